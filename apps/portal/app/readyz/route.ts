import { rooms } from "../../server/rooms.ts";

export const dynamic = "force-dynamic";

/** Answers 200 when pages can be made: the database answers and the secrets are readable. */
export async function GET(): Promise<Response> {
  try {
    await rooms().database.ping();
    return Response.json({ status: "ok" });
  } catch (error) {
    rooms().log.warn({ err: error }, "not ready");
    return Response.json({ status: "unavailable" }, { status: 503 });
  }
}
