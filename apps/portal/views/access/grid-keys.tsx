"use client";
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";

const steps: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/**
 * Walks by arrow keys through the cells of the table in it, those marked `data-grid-cell`: one stop of the Tab key
 * instead of one for each. Without a script every cell is a stop.
 */
export function GridKeys(props: { readonly label: string; readonly className: string; readonly children: ReactNode }) {
  const region = useRef<HTMLElement>(null);

  useEffect(() => {
    cellsOf(region.current).forEach((cell, index) => {
      cell.tabIndex = index === 0 ? 0 : -1;
    });
  });

  const walk = (event: KeyboardEvent) => {
    const step = steps[event.key];
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const from = document.activeElement;
    if (!(from instanceof HTMLElement) || !from.matches("[data-grid-cell]")) return;
    event.preventDefault();
    const to = nextCell(from, step);
    if (to === undefined) return;
    from.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  };

  return (
    <section
      ref={region}
      aria-label={props.label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by the keyboard.
      tabIndex={0}
      onKeyDown={walk}
      className={props.className}
    >
      {props.children}
    </section>
  );
}

function cellsOf(parent: Element | null): readonly HTMLElement[] {
  return [...(parent?.querySelectorAll<HTMLElement>("[data-grid-cell]") ?? [])];
}

/** The next cell in a direction that can be pressed; those in between that cannot are passed over. */
function nextCell(from: HTMLElement, [rows, columns]: readonly [number, number]): HTMLElement | undefined {
  const row = from.closest("tr");
  const column = [...(row?.cells ?? [])].findIndex((cell) => cell.contains(from));
  const table = row?.closest("table");
  let at = row?.rowIndex ?? 0;
  let across = column;
  for (;;) {
    at += rows;
    across += columns;
    const cell = table?.rows[at]?.cells[across];
    if (cell === undefined) return undefined;
    const [found] = cellsOf(cell);
    if (found !== undefined) return found;
  }
}
