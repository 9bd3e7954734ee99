/**
 * Adds a person, in the worker's environment:
 *
 *   node apps/worker/src/commands/create-user.ts <administrator> <name> <e-mail>
 *
 * Standard input brings two lines: the administrator's password and the new person's. What the administrator's pages
 * would refuse is refused here too, and the log of changes names the administrator.
 */
import { text } from "node:stream/consumers";
import { AccountError, openAccounts, readSecrets } from "@layerport/accounts";
import { openDatabase } from "@layerport/database";
import { EnvironmentError, readEnvironment } from "../environment.ts";

const address = "127.0.0.1";
const usage = "create-user <administrator> <name> <e-mail>, with both passwords on standard input, a line each";

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!AccountError.is(error) && !(error instanceof EnvironmentError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function main([administrator, name, email, ...more]: readonly string[]): Promise<number> {
  if (administrator === undefined || name === undefined || email === undefined || more.length > 0) {
    console.error(usage);
    return 2;
  }
  const [administratorPassword = "", password = ""] = (await text(process.stdin)).split("\n");
  const { databaseUrl, secretsDirectory, publicUrl } = readEnvironment(process.env);
  const database = openDatabase({ url: databaseUrl, connections: 1, applicationName: "layerport create-user" });
  const accounts = openAccounts({
    database,
    secrets: readSecrets(secretsDirectory),
    publicUrl,
    // A person is added whatever repositories there are.
    findRepository: async () => undefined,
    repositoriesOf: async () => [],
  });
  try {
    const { session } = await accounts.signIn({
      nameOrEmail: administrator,
      password: administratorPassword,
      address,
    });
    const viewer = await accounts.findViewer(session.id);
    if (viewer === undefined) throw new AccountError("NOT_ALLOWED");
    try {
      await accounts.createUser(viewer, { name, email, password }, { address });
    } finally {
      await accounts.signOut(session.id, { address });
    }
    console.log(`${name} can sign in now.`);
    return 0;
  } finally {
    await accounts.close();
    await database.close();
  }
}
