"use client";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { formatFullTime, formatRelativeTime } from "../format/relative-time.ts";
import type { CardContent } from "./card.ts";

const firstDelayMs = 400;
const leaveDelayMs = 120;
/** For so long after one card closed the next opens at once. */
const warmMs = 600;

interface Shown {
  readonly anchor: HTMLElement;
  readonly content: CardContent;
}

/**
 * Shows the cards that `cardProps` put on elements anywhere on the page. A card stays while the pointer is on it, and
 * Escape closes it.
 */
export function HoverCards() {
  const [shown, setShown] = useState<Shown | null>(null);
  const card = useRef<HTMLDivElement>(null);
  const id = useId();

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let warmUntil = 0;
    let current: HTMLElement | null = null;

    const show = (anchor: HTMLElement, delayMs: number) => {
      clearTimeout(timer);
      if (anchor === current) return;
      timer = setTimeout(() => {
        current = anchor;
        setShown({ anchor, content: JSON.parse(anchor.dataset.card ?? "") });
      }, delayMs);
    };
    const hide = (delayMs: number) => {
      clearTimeout(timer);
      if (current === null) return;
      timer = setTimeout(() => {
        current = null;
        warmUntil = Date.now() + warmMs;
        setShown(null);
      }, delayMs);
    };
    const anchorOf = (target: EventTarget | null) =>
      target instanceof Element ? target.closest<HTMLElement>("[data-card]") : null;

    const onOver = (event: PointerEvent) => {
      if (event.pointerType !== "mouse") return;
      if (event.target instanceof Node && card.current?.contains(event.target)) return clearTimeout(timer);
      const anchor = anchorOf(event.target);
      if (anchor) show(anchor, Date.now() < warmUntil || current ? 0 : firstDelayMs);
      else hide(leaveDelayMs);
    };
    const onFocus = (event: FocusEvent) => {
      const anchor = anchorOf(event.target);
      if (anchor && event.target instanceof Element && event.target.matches(":focus-visible")) show(anchor, 0);
    };
    const onBlur = () => hide(0);
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape") hide(0);
    };
    // What is pressed shows something of its own, or moves on.
    const onPress = () => hide(0);
    const onScroll = () => hide(0);

    document.addEventListener("pointerover", onOver);
    document.addEventListener("focusin", onFocus);
    document.addEventListener("focusout", onBlur);
    document.addEventListener("keydown", onKey);
    document.addEventListener("click", onPress);
    document.addEventListener("scroll", onScroll, { capture: true, passive: true });
    return () => {
      clearTimeout(timer);
      document.removeEventListener("pointerover", onOver);
      document.removeEventListener("focusin", onFocus);
      document.removeEventListener("focusout", onBlur);
      document.removeEventListener("keydown", onKey);
      document.removeEventListener("click", onPress);
      document.removeEventListener("scroll", onScroll, { capture: true });
    };
  }, []);

  useLayoutEffect(() => {
    const element = card.current;
    if (!shown || !element) return;
    element.showPopover();
    const place = shown.anchor.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = element;
    const isRoomBelow = place.bottom + 6 + height < window.innerHeight;
    element.style.top = `${isRoomBelow ? place.bottom + 6 : place.top - 6 - height}px`;
    element.style.left = `${Math.max(8, Math.min(place.left, window.innerWidth - width - 8))}px`;
    shown.anchor.setAttribute("aria-describedby", id);
    return () => {
      shown.anchor.removeAttribute("aria-describedby");
      element.hidePopover();
    };
  }, [shown, id]);

  return (
    <div
      ref={card}
      id={id}
      role="tooltip"
      popover="manual"
      className="fixed w-max max-w-[min(28rem,calc(100vw-16px))] rounded-md border bg-raised px-3 py-2 text-fg text-xs"
    >
      {shown ? <Content content={shown.content} /> : null}
    </div>
  );
}

function Content({ content }: { content: CardContent }) {
  if (content.kind === "text") return content.text;
  const lines = content.kind === "lines" ? content.lines : timeLines(new Date(content.at));
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1">
      {lines.map(([term, value]) => (
        <div key={term} className="col-span-2 grid grid-cols-subgrid">
          <dt className="text-fg-muted">{term}</dt>
          <dd className="digits break-all">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function timeLines(at: Date): readonly (readonly [string, string])[] {
  return [
    ["Here", formatFullTime(at)],
    ["UTC", formatFullTime(at, "UTC")],
    ["Relative", formatRelativeTime(at, new Date())],
  ];
}
