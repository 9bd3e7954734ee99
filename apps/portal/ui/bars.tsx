import { clsx } from "clsx";
import { useId } from "react";

/** How a bar is filled. Each differs in form as well as in colour, so it reads in grey. */
export type BarFill = "solid" | "tint" | "hatch" | "dots" | "hollow";
export type BarTone = "accent" | "neutral" | "danger" | "warning" | "cached";

const tones: Record<BarTone, string> = {
  accent: "text-accent",
  neutral: "text-border-strong",
  danger: "text-danger",
  warning: "text-warning",
  cached: "text-cached",
};

/** One length of a bar. */
export interface BarPart {
  readonly size: number;
  readonly fill?: BarFill;
  readonly tone?: BarTone;
}

export interface BarProps {
  /** Lengths from the left, in any unit. */
  readonly parts: readonly BarPart[];
  /** What the full width stands for, in the same unit; the sum of the parts without it. */
  readonly full?: number;
  readonly height?: number;
  /** One sentence for those who do not see it. Without it the bar is decoration beside text that says the same. */
  readonly label?: string;
  readonly className?: string;
}

/** Lengths drawn to scale in one row. Plain SVG from the server: no script, prints well. A part above nothing shows. */
export function Bar({ parts, full, height = 12, label, className }: BarProps) {
  const id = useId();
  const total = full ?? parts.reduce((sum, { size }) => sum + size, 0);
  let start = 0;
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: it has a label, or is hidden.
    <svg
      width="100%"
      height={height}
      className={clsx("forced-mark block overflow-visible", className)}
      {...(label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label })}
    >
      {parts.map((part, index) => {
        const x = start;
        start += part.size;
        if (part.size === 0 || total === 0) return null;
        return (
          <Part
            // biome-ignore lint/suspicious/noArrayIndexKey: parts have no name but their place.
            key={index}
            part={part}
            pattern={`${id}-${index}`}
            from={x / total}
            share={part.size / total}
            height={height}
          />
        );
      })}
    </svg>
  );
}

function Part(props: { part: BarPart; pattern: string; from: number; share: number; height: number }) {
  const { fill = "solid", tone = "accent" } = props.part;
  const place = { x: `${props.from * 100}%`, width: `${props.share * 100}%`, height: props.height };
  return (
    <g className={tones[tone]}>
      {fill === "hatch" || fill === "dots" ? (
        <>
          <pattern
            id={props.pattern}
            width={fill === "hatch" ? 5 : 4}
            height={fill === "hatch" ? 5 : 4}
            patternUnits="userSpaceOnUse"
            {...(fill === "hatch" ? { patternTransform: "rotate(45)" } : {})}
          >
            {fill === "hatch" ? (
              <path d="M1 0v5" stroke="currentColor" strokeWidth="2" />
            ) : (
              <circle cx="2" cy="2" r="1" fill="currentColor" />
            )}
          </pattern>
          <rect {...place} fill={`url(#${props.pattern})`} stroke="currentColor" />
        </>
      ) : (
        <rect
          {...place}
          fill={fill === "hollow" ? "none" : "currentColor"}
          fillOpacity={fill === "tint" ? 0.35 : 1}
          stroke={fill === "solid" ? "none" : "currentColor"}
        />
      )}
      {/* However small, it leaves a mark. */}
      <rect x={place.x} width="1.5" height={props.height} fill="currentColor" />
    </g>
  );
}
