import { orDeadLink } from "../../../server/dead-link.ts";
import { rooms } from "../../../server/rooms.ts";
import { PlainFrame } from "../../../views/frame/plain-frame.tsx";
import { ResetForm } from "../../../views/password-reset/reset-form.tsx";

export const metadata = { title: "Set a new password" };

/** How do I get in again? */
export default async function ResetPage({ params }: { readonly params: Promise<{ token: string }> }) {
  const { token } = await params;
  const { name } = await orDeadLink(rooms().accounts.describePasswordReset(token), "RESET_INVALID");
  return (
    <PlainFrame>
      <h1 className="mb-1 font-semibold text-2xl">Set a new password</h1>
      <p className="mb-6 text-fg-muted">
        for <span className="font-mono text-sm">{name}</span>. Every browser that is signed in as {name} is signed out.
        Access tokens stay.
      </p>
      <ResetForm token={token} name={name} />
    </PlainFrame>
  );
}
