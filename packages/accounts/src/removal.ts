import type { Database } from "@layerport/database";
import type { Accounts } from "./accounts.ts";

/** Takes out of the database what has ended and nobody asks for any more. */
export type Removal = Pick<
  Accounts,
  "removeEndedSessions" | "removeExpiredRefreshTokens" | "removeOldSignInAttempts" | "removeEndedLinks"
>;

/** An invitation holds somebody's address, which is kept no longer than it helps to find out what happened. */
const linkDays = 30;

/** Removal over one database. Repeating it, or running it twice at once, does no harm. */
export function openRemoval(database: Database): Removal {
  const remove = async (text: string): Promise<number> => {
    const [counted] = await database.query<{ count: number }>({
      text: `WITH removed AS (${text} RETURNING 1) SELECT count(*) AS count FROM removed`,
    });
    return counted?.count ?? 0;
  };
  return {
    // A person's own page still shows for a while where they were signed in.
    removeEndedSessions: () =>
      remove("DELETE FROM browser_session WHERE least(expires_at, revoked_at) < now() - interval '30 days'"),
    removeExpiredRefreshTokens: () => remove("DELETE FROM refresh_token WHERE expires_at < now()"),
    async removeEndedLinks() {
      const invitations = await remove(
        `DELETE FROM invitation
          WHERE coalesce(accepted_at, revoked_at, expires_at) < now() - interval '${linkDays} days'`,
      );
      const resets = await remove(
        `DELETE FROM password_reset WHERE coalesce(used_at, expires_at) < now() - interval '${linkDays} days'`,
      );
      return invitations + resets;
    },
    removeOldSignInAttempts: () => remove("DELETE FROM sign_in_attempt WHERE at < now() - interval '1 day'"),
  };
}
