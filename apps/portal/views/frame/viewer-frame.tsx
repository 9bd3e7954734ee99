import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { rooms } from "../../server/rooms.ts";
import { currentOrigin, findViewer } from "../../server/viewer.ts";
import { Button } from "../../ui/button.tsx";
import { accountMenuLine } from "./account-menu.tsx";
import { Frame, type FrameProps } from "./frame.tsx";

type ViewerFrameProps = Pick<FrameProps, "breadcrumb" | "query" | "width" | "children"> & {
  /** The path of this page, to which a stranger comes back after signing in. */
  readonly path: string;
};

const links = [
  { href: "/", label: "Home" },
  { href: "/settings/tokens", label: "Access tokens" },
  { href: "/organizations/new", label: "New organization" },
];

/** The frame with whoever looks at this page in it. */
export async function ViewerFrame({ path, children, ...frame }: ViewerFrameProps) {
  const viewer = await findViewer();
  if (!viewer) {
    return (
      <Frame {...frame} signInHref={`/login?callbackUrl=${encodeURIComponent(path)}`}>
        {children}
      </Frame>
    );
  }
  return (
    <Frame {...frame} viewer={{ name: viewer.name, email: viewer.email }} links={links} signOut={<SignOutForm />}>
      {children}
    </Frame>
  );
}

function SignOutForm() {
  return (
    <form action={signOut}>
      <Button type="submit" variant="ghost" className={accountMenuLine}>
        Sign out
      </Button>
    </form>
  );
}

/** Ends the session's row, then forgets the cookie that names it, in whichever of its two names and parts it is. */
async function signOut(): Promise<void> {
  "use server";
  const viewer = await findViewer();
  if (viewer) await rooms().accounts.signOut(viewer.sessionId, await currentOrigin());
  const jar = await cookies();
  for (const { name } of jar.getAll()) {
    if (/^(?:__Secure-)?next-auth\.session-token/.test(name)) {
      jar.set({ name, value: "", maxAge: 0, path: "/", secure: name.startsWith("__Secure-"), httpOnly: true });
    }
  }
  redirect("/login");
}
