import NextAuth from "next-auth";
import { sessionOptions } from "../../../../server/session.ts";

/** next-auth's own routes: sign-in, sign-out, its token against forged requests. */
async function answer(request: Request, context: unknown): Promise<Response> {
  return NextAuth(request as never, context as never, sessionOptions()) as Promise<Response>;
}

export { answer as GET, answer as POST };
