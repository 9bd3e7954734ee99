import type { InvitationOffer, Viewer } from "@layerport/accounts";
import { orDeadLink } from "../../../server/dead-link.ts";
import { rooms } from "../../../server/rooms.ts";
import { findViewer } from "../../../server/viewer.ts";
import { Button } from "../../../ui/button.tsx";
import { LinkButton } from "../../../ui/link-button.tsx";
import { RelTime } from "../../../ui/rel-time.tsx";
import { signOut } from "../../../views/account/sign-out.ts";
import { PlainFrame } from "../../../views/frame/plain-frame.tsx";
import { AcceptForm, NewAccountForm } from "../../../views/invitation/invitation-forms.tsx";

export const metadata = { title: "Invitation" };

/** To what am I invited, and by whom? */
export default async function InvitationPage({ params }: { readonly params: Promise<{ token: string }> }) {
  const { token } = await params;
  const { accounts, environment } = rooms();
  const offer = await orDeadLink(accounts.describeInvitation(token), "INVITATION_INVALID");
  const viewer = await findViewer();
  const { host } = new URL(environment.publicUrl);
  const { organization } = offer;
  return (
    <PlainFrame>
      <h1 className="mb-1 font-semibold text-2xl">
        Join {organization === undefined ? "Layerport" : (organization.displayName ?? organization.name)}
      </h1>
      <p className="mb-6 text-fg-muted">
        <span className="font-mono text-sm">{offer.invitedBy}</span> invites you to{" "}
        {organization === undefined ? null : (
          <>
            <span className="font-mono text-sm">{organization.name}</span>
            {offer.role === undefined ? "" : ` as ${offer.role}`}, an organization on{" "}
          </>
        )}
        <span className="font-mono text-sm">{host}</span>. The invitation ends <RelTime at={offer.expiresAt} />.
      </p>
      {viewer === undefined ? (
        <>
          <NewAccountForm token={token} email={offer.email} />
          {organization === undefined ? null : (
            <div className="mt-6 border-t pt-4">
              <p className="mb-3 text-fg-muted">You have an account here already?</p>
              <LinkButton href={`/login?callbackUrl=${encodeURIComponent(`/invite/${token}`)}`} prefetch={false}>
                Sign in and join
              </LinkButton>
            </div>
          )}
        </>
      ) : (
        <SignedIn offer={offer} viewer={viewer} token={token} />
      )}
    </PlainFrame>
  );
}

function SignedIn({ offer, viewer, token }: { offer: InvitationOffer; viewer: Viewer; token: string }) {
  const { organization, email } = offer;
  const isForAnother = email !== undefined && email !== viewer.email;
  return (
    <div className="flex flex-col gap-4">
      <p>
        You are signed in as <span className="font-mono text-sm">{viewer.name}</span>
        {organization === undefined ? ", so you have an account here already. This invitation makes a new one." : "."}
      </p>
      {isForAnother ? (
        <p>
          The invitation is for <span className="break-words font-medium">{email}</span>, and your address is{" "}
          <span className="break-words font-medium">{viewer.email}</span>. Only an account with the address that was
          invited can accept it.
        </p>
      ) : null}
      {organization !== undefined && !isForAnother ? (
        <AcceptForm token={token} label={`Join ${organization.name} as ${viewer.name}`} />
      ) : null}
      <form action={signOut.bind(null, `/invite/${token}`)}>
        <Button type="submit" className="w-full">
          Sign out, and use another account
        </Button>
      </form>
    </div>
  );
}
