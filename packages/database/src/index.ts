// The pipe: the generated Prisma client, one pool of connections, transactions, and look-ups that share a query.
// It imports registry-core only, and it alone imports Prisma. Begin with database.ts.

export { batchedLookup, type LookupStatement } from "./batched-lookup.ts";
export { type Conflict, conflictOf } from "./conflict.ts";
export { type Database, type DatabaseOptions, openDatabase, type Statement } from "./database.ts";
export { Prisma } from "./generated/client.ts";
export type { Lease, Leases } from "./lease.ts";
export { organizationNamed, repositoryAt } from "./names.ts";
export type { Subscription } from "./subscribe.ts";
export type { PrismaTransaction, Statements, Transaction } from "./transaction.ts";
