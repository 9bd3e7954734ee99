import type { ReactNode } from "react";
import { Button } from "../../ui/button.tsx";
import { LinkButton } from "../../ui/link-button.tsx";
import { FailurePage } from "./failure-page.tsx";

/**
 * There is nothing here, or nothing this viewer may see: the two read alike. `nearest` are names among what the viewer
 * may see.
 */
export function NotFoundPage(props: {
  nearest?: readonly { readonly href: string; readonly label: string }[];
  signInHref?: string;
  requestId?: string | undefined;
}) {
  return (
    <FailurePage
      status={404}
      title="There is nothing at this address"
      requestId={props.requestId}
      actions={
        <>
          <LinkButton href="/explore" variant="primary">
            Search repositories
          </LinkButton>
          {props.signInHref === undefined ? null : (
            <LinkButton href={props.signInHref} prefetch={false}>
              Sign in
            </LinkButton>
          )}
          <LinkButton href="/">Go home</LinkButton>
        </>
      }
    >
      <p>The name may be misspelt, the thing deleted, or not visible to you.</p>
      {props.nearest && props.nearest.length > 0 ? (
        <div>
          <p>Names near it:</p>
          <ul className="mt-1">
            {props.nearest.map(({ href, label }) => (
              <li key={href}>
                <LinkButton href={href} variant="ghost" className="-ms-3 font-mono">
                  {label}
                </LinkButton>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </FailurePage>
  );
}

/** A link of one use that does not lead on: unknown, used, withdrawn and expired read alike. */
export function DeadLinkPage(props: { title: string; children: ReactNode; requestId?: string | undefined }) {
  return (
    <FailurePage
      status={404}
      title={props.title}
      requestId={props.requestId}
      actions={
        <>
          <LinkButton href="/login" prefetch={false} variant="primary">
            Sign in
          </LinkButton>
          <LinkButton href="/">Go home</LinkButton>
        </>
      }
    >
      {props.children}
    </FailurePage>
  );
}

/**
 * The viewer sees the thing, but may not do this. `grantors` are those who can grant it.
 * @public
 */
export function ForbiddenPage(props: {
  /** What was refused: "change the settings of acme/api". */
  act: string;
  /** Whose owners can grant it: "acme". */
  owner: string;
  grantors: readonly string[];
  /** A way to ask, and the way back. */
  actions?: ReactNode;
  requestId?: string | undefined;
}) {
  return (
    <FailurePage
      status={403}
      title={`You may not ${props.act}`}
      requestId={props.requestId}
      actions={props.actions ?? <LinkButton href="/">Go home</LinkButton>}
    >
      <p>
        {props.grantors.length === 0
          ? `An owner of ${props.owner} can grant it.`
          : `Ask an owner of ${props.owner}: ${props.grantors.map((name) => `@${name}`).join(", ")}.`}
      </p>
    </FailurePage>
  );
}

/**
 * Layerport cannot answer for now: work on it, or a store that does not answer. Trying again is a plain request.
 * @public
 */
export function UnavailablePage(props: { why?: ReactNode; retryHref: string; requestId?: string | undefined }) {
  return (
    <FailurePage
      status={503}
      title="Layerport cannot answer right now"
      requestId={props.requestId}
      actions={
        <>
          <form action={props.retryHref}>
            <Button type="submit" variant="primary">
              Try again
            </Button>
          </form>
          <LinkButton href="/">Go home</LinkButton>
        </>
      }
    >
      <p>{props.why ?? "The database or the storage behind it does not answer."}</p>
      <p>Nothing you pushed is lost. Try again in a minute; if it stays, tell whoever runs this installation.</p>
    </FailurePage>
  );
}
