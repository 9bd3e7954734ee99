import { z } from "zod";
import type { ChangeQuery } from "./access-change.ts";

/** The cookie that carries what was just changed to the page that is shown next. No page and no link can set it. */
export const noticeCookie = { name: "changed", seconds: 30 } as const;

/** What was changed, and the change that takes it back. */
export interface Notice {
  readonly text: string;
  readonly undo?: ChangeQuery | undefined;
}

const noticeSchema = z.strictObject({
  text: z.string().max(1000),
  undo: z.record(z.string(), z.string()).optional(),
});

/** The notice as the cookie's value. */
export function formatNotice(notice: Notice): string {
  return JSON.stringify(notice);
}

/** Reads the cookie; `undefined` where there is none, or none of ours. */
export function findNotice(value: string | undefined): Notice | undefined {
  if (value === undefined) return undefined;
  try {
    return noticeSchema.safeParse(JSON.parse(value)).data;
  } catch {
    // Somebody wrote it by hand; there is nothing to tell.
    return undefined;
  }
}
