import { Snippet } from "../../ui/snippet.tsx";
import { preferenceCookies } from "../frame/preferences.ts";
import { pullVariants } from "./pull-variants.ts";

export interface PullBoxProps {
  /** The host of the configured public address, never of the browser's: `reg.example.com`. */
  readonly host: string;
  readonly repository: string;
  /** A tag or a digest. */
  readonly reference: string;
  /** The client that was picked last: `readPreferences().client`. */
  readonly client: string;
  readonly className?: string;
}

/** One line that pulls this image, in the client people use. */
export function PullBox({ host, repository, reference, client, className }: PullBoxProps) {
  return (
    <Snippet
      label="Pull command"
      variants={pullVariants({ host, repository, reference })}
      chosen={client}
      rememberAs={preferenceCookies.client}
      isCompact
      {...(className === undefined ? {} : { className })}
    />
  );
}
