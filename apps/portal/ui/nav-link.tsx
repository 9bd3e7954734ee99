"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { LinkProgress } from "./link-progress.tsx";

/** A link of a menu that knows whether it leads to the page being looked at, or with `isPrefix` to one below it. */
export function NavLink(props: { href: string; isPrefix?: boolean; className?: string; children: ReactNode }) {
  const pathname = usePathname();
  const isCurrent = pathname === props.href || (props.isPrefix === true && pathname.startsWith(`${props.href}/`));
  return (
    <Link href={props.href} aria-current={isCurrent ? "page" : undefined} className={props.className}>
      {props.children}
      <LinkProgress />
    </Link>
  );
}
