import { clsx } from "clsx";
import { Circle, CircleAlert, CircleCheck, CircleDashed, CircleX, Info, LoaderCircle } from "lucide-react";
import type { ComponentType, ReactNode } from "react";

/** What a status means. Its icon and its words say it; the colour only helps. */
export type Tone = "neutral" | "success" | "warning" | "danger" | "info" | "cached" | "running";

const colours: Record<Tone, string> = {
  neutral: "text-fg-muted",
  success: "text-success",
  warning: "text-warning",
  danger: "text-danger",
  info: "text-info",
  cached: "text-cached",
  running: "text-accent",
};

const grounds: Record<Tone, string> = {
  neutral: "border-border bg-surface",
  success: "border-success-bg bg-success-bg",
  warning: "border-warning-bg bg-warning-bg",
  danger: "border-danger-bg bg-danger-bg",
  info: "border-info-bg bg-info-bg",
  cached: "border-cached-bg bg-cached-bg",
  running: "border-border bg-surface",
};

const icons: Record<Tone, ComponentType<{ size: number; className?: string }>> = {
  neutral: Circle,
  success: CircleCheck,
  warning: CircleAlert,
  danger: CircleX,
  info: Info,
  cached: CircleDashed,
  running: LoaderCircle,
};

/** A short fact in a box: "private", "amd64", "expired". */
export function Badge({ tone = "neutral", icon, children }: { tone?: Tone; icon?: ReactNode; children: ReactNode }) {
  return (
    <span
      className={clsx(
        "inline-flex h-5 items-center gap-1 whitespace-nowrap rounded-sm border px-1.5 text-xs",
        colours[tone],
        grounds[tone],
      )}
    >
      {icon}
      {children}
    </span>
  );
}

/** How something stands: an icon for each tone, and words. It pulses only while something runs. */
export function Status({ tone, children }: { tone: Tone; children: ReactNode }) {
  const Icon = icons[tone];
  return (
    <span className={clsx("inline-flex items-center gap-1.5 whitespace-nowrap", colours[tone])}>
      <Icon size={14} aria-hidden className={tone === "running" ? "pulse" : ""} />
      {children}
    </span>
  );
}
