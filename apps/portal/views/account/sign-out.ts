"use server";
import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { returnPath } from "../../server/return-path.ts";
import { rooms } from "../../server/rooms.ts";
import { currentOrigin, findViewer } from "../../server/viewer.ts";

/** Ends the session's row, then forgets the cookie that names it, in whichever of its two names and parts it is. */
export async function signOut(returnTo: string): Promise<void> {
  const viewer = await findViewer();
  if (viewer) await rooms().accounts.signOut(viewer.sessionId, await currentOrigin());
  const jar = await cookies();
  for (const { name } of jar.getAll()) {
    if (/^(?:__Secure-)?next-auth\.session-token/.test(name)) {
      jar.set({ name, value: "", maxAge: 0, path: "/", secure: name.startsWith("__Secure-"), httpOnly: true });
    }
  }
  redirect(returnPath(returnTo));
}
