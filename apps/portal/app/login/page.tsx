import { redirect } from "next/navigation";
import { firstValue, type SearchParameters } from "../../server/parameters.ts";
import { returnPath } from "../../server/return-path.ts";
import { rooms } from "../../server/rooms.ts";
import { findViewer } from "../../server/viewer.ts";
import { LoginForm } from "../../views/account/login-form.tsx";
import { PlainFrame } from "../../views/frame/plain-frame.tsx";

export const metadata = { title: "Sign in" };

/** How do I get in here? */
export default async function LoginPage({ searchParams }: { readonly searchParams: SearchParameters }) {
  const query = await searchParams;
  const returnTo = returnPath(firstValue(query.callbackUrl));
  if ((await rooms().accounts.setupState()) === "open") redirect("/setup");
  if (await findViewer()) redirect(returnTo);
  const { host } = new URL(rooms().environment.publicUrl);
  return (
    <PlainFrame>
      <h1 className="mb-1 font-semibold text-2xl">Sign in</h1>
      <p className="mb-6 text-fg-muted">
        to <span className="font-mono text-sm">{host}</span>
      </p>
      {firstValue(query.notice) === "password-set" ? (
        <p role="status" className="mb-4 text-success">
          Your new password is set. Sign in with it.
        </p>
      ) : null}
      <LoginForm returnTo={returnTo} failure={firstValue(query.error)} />
    </PlainFrame>
  );
}
