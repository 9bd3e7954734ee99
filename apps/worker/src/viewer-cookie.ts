import { decode } from "next-auth/jwt";

/** The session that a browser shows, as the portal's cookie names it. */
export interface SessionCookies {
  /** Whether the header holds the session's cookie at all, good or not. */
  isPresent(cookieHeader: string | undefined): boolean;
  /** The id of the session, or `undefined` for no cookie, or one that the portal did not make. */
  findSessionId(cookieHeader: string | undefined): Promise<string | undefined>;
}

/** Reads cookies that the portal encrypts with this secret. Their name depends on whether the address is https. */
export function openSessionCookies(publicUrl: string, sessionSecret: string): SessionCookies {
  const name = publicUrl.startsWith("https:") ? "__Secure-next-auth.session-token" : "next-auth.session-token";
  return {
    isPresent: (header) => findCookie(header, name) !== undefined,
    async findSessionId(header) {
      const token = findCookie(header, name);
      if (token === undefined) return undefined;
      try {
        const payload = await decode({ token, secret: sessionSecret });
        return typeof payload?.sessionId === "string" ? payload.sessionId : undefined;
      } catch {
        // It has expired, or was not made by the portal: either way it names no session.
        return undefined;
      }
    },
  };
}

function findCookie(header: string | undefined, name: string): string | undefined {
  return header
    ?.split(";")
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}
