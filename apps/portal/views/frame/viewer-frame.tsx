import { findViewer } from "../../server/viewer.ts";
import { Button } from "../../ui/button.tsx";
import { signOut } from "../account/sign-out.ts";
import { accountMenuLine } from "./account-menu.tsx";
import { Frame, type FrameProps } from "./frame.tsx";

type ViewerFrameProps = Pick<FrameProps, "breadcrumb" | "query" | "width" | "children"> & {
  /** The path of this page, to which a stranger comes back after signing in. */
  readonly path: string;
};

const links = [
  { href: "/", label: "Home" },
  { href: "/settings/profile", label: "Settings" },
  { href: "/settings/tokens", label: "Access tokens" },
  { href: "/organizations/new", label: "New organization" },
];

const administrationLink = { href: "/admin/users", label: "Administration" };

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
    <Frame
      {...frame}
      viewer={{ name: viewer.name, email: viewer.email }}
      links={viewer.isAdministrator || viewer.isAuditor ? [...links, administrationLink] : links}
      signOut={<SignOutForm />}
    >
      {children}
    </Frame>
  );
}

function SignOutForm() {
  return (
    <form action={signOut.bind(null, "/login")}>
      <Button type="submit" variant="ghost" className={accountMenuLine}>
        Sign out
      </Button>
    </form>
  );
}
