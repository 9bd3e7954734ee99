import pg from "pg";

/**
 * Lets the access tokens of this name reach the end of their life now, as no form can: the shortest that can be chosen
 * is a day. Answers how many there were.
 */
export async function expireAccessTokens(databaseUrl: string, name: string): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query("UPDATE access_token SET expires_at = now() WHERE name = $1", [name]);
    return rowCount ?? 0;
  } finally {
    await client.end();
  }
}
