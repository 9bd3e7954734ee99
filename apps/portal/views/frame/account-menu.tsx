import { Settings } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { Avatar } from "../../ui/avatar.tsx";
import { cardProps } from "../../ui/card.ts";
import type { Theme } from "./preferences.ts";
import { ThemeSwitch } from "./theme-switch.tsx";

/** Who is signed in, as the frame shows it. */
export interface FrameViewer {
  readonly name: string;
  readonly email?: string;
}

export interface AccountMenuProps {
  /** Nobody is signed in without it. */
  readonly viewer?: FrameViewer | undefined;
  /** Pages of the viewer's own: tokens, settings, administration. */
  readonly links?: readonly { readonly href: string; readonly label: string }[];
  /** A form with one button that signs out. */
  readonly signOut?: ReactNode;
  readonly theme: Theme;
}

const line = "flex h-8 w-full items-center rounded-sm px-2 text-start hover:bg-hover pointer-coarse:h-11";

/** The menu at the end of the bar: the browser's own popover, so it needs no script. */
export function AccountMenu({ viewer, links = [], signOut, theme }: AccountMenuProps) {
  const name = viewer ? `Account of ${viewer.name}` : "Appearance";
  return (
    <>
      <button
        type="button"
        popoverTarget="account-menu"
        aria-label={name}
        className="finger inline-flex size-8 shrink-0 items-center justify-center rounded-md text-fg-muted hover:bg-hover hover:text-fg"
        {...cardProps({ kind: "text", text: name })}
      >
        {viewer ? <Avatar name={viewer.name} /> : <Settings size={16} aria-hidden />}
      </button>
      <div
        id="account-menu"
        popover="auto"
        className="top-[calc(var(--bar)-2px)]! right-2! w-60 rounded-md border border-border-strong p-1 sm:right-4!"
      >
        {viewer ? (
          <div className="mb-1 border-b px-2 pt-1.5 pb-2">
            <p className="truncate font-medium">{viewer.name}</p>
            {viewer.email === undefined ? null : <p className="truncate text-fg-muted text-sm">{viewer.email}</p>}
          </div>
        ) : null}
        {links.map(({ href, label }) => (
          <Link key={href} href={href} className={line}>
            {label}
          </Link>
        ))}
        <div className="flex items-center justify-between gap-2 px-2 py-1.5">
          <span className="text-fg-muted">Theme</span>
          <ThemeSwitch theme={theme} />
        </div>
        {signOut ? <div className="mt-1 border-t pt-1 [&_button]:w-full">{signOut}</div> : null}
      </div>
    </>
  );
}

/** The look of the sign-out button inside the menu. */
export const accountMenuLine = `${line} justify-start! px-[7px]! font-normal! text-base! text-fg!`;
