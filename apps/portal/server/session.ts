import { AccountError } from "@layerport/accounts";
import type { NextAuthOptions } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import { requestOrigin } from "./request-origin.ts";
import { rooms } from "./rooms.ts";

/** How long a browser stays signed in, in seconds. */
const sessionSeconds = 30 * 24 * 60 * 60;

/**
 * How browsers sign in. The cookie is next-auth's encrypted token; it carries nothing but the id of a row, and the row
 * is read at each request, so that a session can be ended.
 */
export function sessionOptions(): NextAuthOptions {
  const { accounts, secrets } = rooms();
  return {
    secret: secrets.sessionSecret,
    session: { strategy: "jwt", maxAge: sessionSeconds },
    pages: { signIn: "/login", error: "/login" },
    providers: [
      Credentials({
        credentials: { name: { label: "Name or e-mail" }, password: { label: "Password", type: "password" } },
        async authorize(credentials, request) {
          const { session, user } = await accounts
            .signIn({
              nameOrEmail: credentials?.name ?? "",
              password: credentials?.password ?? "",
              ...requestOrigin(new Headers(request.headers as Record<string, string>)),
            })
            .catch(refuse);
          return { id: user.id, name: user.name, email: user.email, sessionId: session.id };
        },
      }),
    ],
    callbacks: {
      jwt: ({ token, user }) => (isSignedIn(user) ? { sessionId: user.sessionId } : { sessionId: token.sessionId }),
      session: ({ session, token }) => ({ ...session, sessionId: token.sessionId }),
    },
    events: {
      async signOut({ token }) {
        if (typeof token.sessionId === "string") await accounts.signOut(token.sessionId);
      },
    },
  };
}

/** next-auth hands the page an error's message and nothing else of it, so the code travels as the message. */
function refuse(error: unknown): never {
  if (AccountError.is(error)) throw new Error(error.code, { cause: error });
  rooms().log.error({ err: error }, "a sign-in failed");
  throw new Error("UNAVAILABLE", { cause: error });
}

function isSignedIn(user: unknown): user is { readonly sessionId: string } {
  return typeof user === "object" && user !== null && "sessionId" in user && typeof user.sessionId === "string";
}
