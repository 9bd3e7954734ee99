import { AccountError } from "@layerport/accounts";
import { cookies } from "next/headers";
import type { NextAuthOptions } from "next-auth";
import { encode } from "next-auth/jwt";
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

/**
 * Signs this browser in to a session that was made elsewhere than on the sign-in page: the same cookie, in the same
 * form, that next-auth writes and reads. To be called from a server action.
 */
export async function rememberSession(session: { readonly id: string }): Promise<void> {
  const { environment, secrets } = rooms();
  const isSecure = environment.publicUrl.startsWith("https:");
  const value = await encode({
    token: { sessionId: session.id },
    secret: secrets.sessionSecret,
    maxAge: sessionSeconds,
  });
  const jar = await cookies();
  jar.set({
    name: `${isSecure ? "__Secure-" : ""}next-auth.session-token`,
    value,
    httpOnly: true,
    sameSite: "lax",
    secure: isSecure,
    path: "/",
    maxAge: sessionSeconds,
  });
}
