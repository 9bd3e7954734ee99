import type { Database } from "@layerport/database";
import type { KnownRepository, OrganizationName, RepositoryName } from "@layerport/registry-core";
import { openAccessTokens } from "./access-token.ts";
import type { Accounts } from "./accounts.ts";
import { record } from "./audit.ts";
import { openAuthentication } from "./authenticate.ts";
import { openAuthorization } from "./authorize.ts";
import { openBearerTokens } from "./bearer.ts";
import { actorOf, anonymous } from "./identity.ts";
import { openLastUse } from "./last-use.ts";
import { openMailer } from "./mail.ts";
import { openAdministration } from "./open-administration.ts";
import { openExplanations } from "./open-explanations.ts";
import { openGrants } from "./open-grants.ts";
import { openInvitations } from "./open-invitations.ts";
import { openMembers } from "./open-members.ts";
import { openOrganizations } from "./open-organizations.ts";
import { openPasswordResets } from "./open-password-resets.ts";
import { openPreviews } from "./open-previews.ts";
import { openProfiles } from "./open-profiles.ts";
import { openRobots } from "./open-robots.ts";
import { openTeams } from "./open-teams.ts";
import { openUnusedRights } from "./open-unused-rights.ts";
import { openPasswords } from "./password.ts";
import { openRefreshTokens } from "./refresh-token.ts";
import { openRemoval } from "./removal.ts";
import type { Secrets } from "./secrets.ts";
import { openSessions } from "./session.ts";
import { openSettings } from "./settings.ts";
import { openSetup } from "./setup.ts";
import { openSignInLimit } from "./sign-in-limit.ts";
import { openUsers } from "./user.ts";

/** What accounts are opened with. */
export interface AccountsOptions {
  readonly database: Database;
  readonly secrets: Secrets;
  /** The one address of this Layerport: the issuer of bearer tokens, and its host their audience. */
  readonly publicUrl: string;
  /** What the store knows of a repository, by its name or a former one; `undefined` for none. */
  readonly findRepository: (repository: RepositoryName) => Promise<KnownRepository | undefined>;
  /** Every repository of an organization. */
  readonly repositoriesOf: (organization: OrganizationName) => Promise<readonly KnownRepository[]>;
  /** Where mails go and from whom they come; without a URL, links are handed over by whoever made them. */
  readonly mail?: { readonly url: string | undefined; readonly from: string | undefined } | undefined;
  /** Told of work in the background that failed and will be tried again. */
  readonly onError?: (error: Error) => void;
}

/** Opens the gatehouse over one database. Nothing is asked of it before the first use. */
export function openAccounts(options: AccountsOptions): Accounts {
  const { database, secrets, findRepository, repositoriesOf, onError = () => {} } = options;
  const { origin: issuer, host: service } = new URL(options.publicUrl);
  const { peppers } = secrets;

  const passwords = openPasswords();
  const settings = openSettings(database);
  const lastUse = openLastUse(database, onError);
  const authorization = openAuthorization({
    database,
    findRepository,
    allowsAnonymousPull: settings.allowsAnonymousPull,
    lastUse,
  });
  const limit = openSignInLimit(database);
  const authentication = openAuthentication({ database, peppers, passwords, limit, lastUse });

  const mailer = openMailer({
    url: options.mail?.url,
    from: options.mail?.from ?? `Layerport <layerport@${new URL(issuer).hostname}>`,
    onError,
  });

  const accounts: Accounts = {
    anonymous,
    service,
    actorOf,
    record,
    ...authentication,
    ...authorization,
    ...openBearerTokens({ secrets, issuer, service, authorization }),
    ...openRefreshTokens({ database, peppers, authorization, lastUse }),
    ...settings,
    ...openSetup(database, secrets, passwords),
    ...openSessions(database, authentication, lastUse),
    ...openUsers(database, passwords),
    ...openAccessTokens(database, peppers[0]),
    ...openOrganizations(database),
    ...openMembers(database),
    ...openTeams(database),
    ...openGrants(database),
    ...openRobots(database, peppers[0]),
    ...openInvitations({ database, peppers, passwords, mailer, publicUrl: issuer }),
    ...openPasswordResets({ database, peppers, passwords, mailer, publicUrl: issuer }),
    ...openProfiles({ database, authentication, passwords }),
    ...openAdministration(database),
    ...openUnusedRights(database),
    ...openExplanations({ database, findRepository, allowsAnonymousPull: settings.allowsAnonymousPull }),
    ...openPreviews({ database, repositoriesOf }),
    ...openRemoval(database),
    close: () => lastUse.close(),
  };
  return accounts;
}
