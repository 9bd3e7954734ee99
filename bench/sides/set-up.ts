import { request } from "undici";

/** The first person of a Layerport. */
export const administrator = { name: "ada", password: "a long quiet river" } as const;

/** Makes the first administrator through the set-up page, as a browser without scripts would. */
export async function setUp(setupUrl: string): Promise<void> {
  const page = await request(setupUrl);
  const html = await page.body.text();
  const form = new FormData();
  for (const [tag] of html.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
    const name = attribute(tag, "name");
    if (name !== undefined) form.set(name, attribute(tag, "value") ?? "");
  }
  if (![...form.keys()].some((name) => name.startsWith("$ACTION"))) {
    throw new Error(`the set-up page has no form (${page.statusCode}): ${html.slice(0, 500)}`);
  }
  form.set("name", administrator.name);
  form.set("email", "ada@example.test");
  form.set("password", administrator.password);
  form.set("anonymousPull", "on");
  const answer = await fetch(setupUrl, {
    method: "POST",
    body: form,
    headers: { origin: new URL(setupUrl).origin },
    redirect: "manual",
  });
  if (answer.status !== 303) throw new Error(`the set-up form was answered ${answer.status}: ${await answer.text()}`);
}

function attribute(tag: string, name: string): string | undefined {
  const text = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return text?.replaceAll("&quot;", '"').replaceAll("&#x27;", "'").replaceAll("&lt;", "<").replaceAll("&amp;", "&");
}
