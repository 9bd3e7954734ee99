export const dynamic = "force-dynamic";

/** Answers while the process serves requests. */
export function GET(): Response {
  return Response.json({ status: "ok" });
}
