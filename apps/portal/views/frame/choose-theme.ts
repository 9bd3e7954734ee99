"use server";
import { cookies } from "next/headers";
import { parseTheme, preferenceCookies } from "./preferences.ts";

/** Remembers the theme that a form names and draws the page anew. It works without a script. */
export async function chooseTheme(form: FormData): Promise<void> {
  const chosen = form.get("theme");
  const jar = await cookies();
  jar.set(preferenceCookies.theme, parseTheme(typeof chosen === "string" ? chosen : undefined), {
    path: "/",
    maxAge: 60 * 60 * 24 * 365,
    sameSite: "lax",
    httpOnly: true,
  });
}
