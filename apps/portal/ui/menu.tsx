"use client";
import { Menu as Primitive } from "@base-ui/react/menu";
import { clsx } from "clsx";
import { Ellipsis } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { announce } from "./announce.ts";
import { type ButtonSize, type ButtonVariant, buttonStyle } from "./button.tsx";
import { copyText } from "./copy-text.ts";

/** One line of a menu: it leads somewhere, copies, or acts. */
export type MenuItem = {
  readonly label: string;
  readonly icon?: ReactNode;
  /** A single key that does the same on the page. */
  readonly shortcut?: string;
  readonly isDanger?: boolean;
} & ({ readonly href: string } | { readonly copy: string } | { readonly onSelect: () => void | Promise<void> });

export interface MenuProps {
  /** The button's name. */
  readonly label: string;
  /** What the button shows; three dots without it. */
  readonly children?: ReactNode;
  readonly variant?: ButtonVariant;
  readonly size?: ButtonSize;
  /** Groups are parted by a line. */
  readonly groups: readonly (readonly MenuItem[])[];
}

const row = (isDanger: boolean | undefined) =>
  clsx(
    "flex h-8 cursor-pointer select-none items-center gap-2 rounded-sm px-2 text-sm outline-none pointer-coarse:h-11",
    "data-highlighted:bg-hover",
    isDanger ? "text-danger" : "text-fg",
  );

/** A button with a list of things to do. */
export function Menu({ label, children, variant = "ghost", size = "sm", groups }: MenuProps) {
  return (
    <Primitive.Root>
      <Primitive.Trigger
        aria-label={children === undefined ? label : undefined}
        className={clsx(buttonStyle(variant, size), children === undefined && "aspect-square px-0!")}
      >
        {children ?? <Ellipsis size={16} aria-hidden />}
      </Primitive.Trigger>
      <Primitive.Portal container={typeof document === "undefined" ? null : document.getElementById("main")}>
        <Primitive.Positioner className="z-50 outline-none" sideOffset={4} align="end">
          <Primitive.Popup className="min-w-44 rounded-md border border-border-strong bg-raised p-1 outline-none transition-opacity duration-(--motion-menu) data-ending-style:opacity-0 data-starting-style:opacity-0">
            {groups.map((items, index) => (
              <Primitive.Group
                key={items[0]?.label ?? index}
                className={index === 0 ? undefined : "mt-1 border-t pt-1"}
              >
                {items.map((item) => (
                  <Line key={item.label} item={item} />
                ))}
              </Primitive.Group>
            ))}
          </Primitive.Popup>
        </Primitive.Positioner>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

function Line({ item }: { item: MenuItem }) {
  const content = (
    <>
      {item.icon}
      <span className="flex-1">{item.label}</span>
      {item.shortcut === undefined ? null : <kbd className="text-fg-subtle text-xs">{item.shortcut}</kbd>}
    </>
  );
  if ("href" in item) {
    return (
      <Primitive.LinkItem render={<Link href={item.href} />} closeOnClick className={row(item.isDanger)}>
        {content}
      </Primitive.LinkItem>
    );
  }
  const select = async () => {
    if ("copy" in item) announce((await copyText(item.copy)) ? "Copied" : "The browser did not let this page copy");
    else await item.onSelect();
  };
  return (
    <Primitive.Item onClick={() => void select()} className={row(item.isDanger)}>
      {content}
    </Primitive.Item>
  );
}
