import { conflictOf, type Database, type Transaction } from "@layerport/database";
import { AccountError } from "./account-error.ts";
import type { Viewer } from "./accounts.ts";
import { record } from "./audit.ts";
import { actorOf, type RequestOrigin } from "./identity.ts";
import { parseDescription, parsePartName } from "./name.ts";
import { insertGrant, parsePathPattern, parsePermissions, readGrants, toGrant, unusedDays } from "./open-grants.ts";
import { lockOrganization, type OrganizationAccess, requireOperation, type Sql, toText } from "./operations.ts";
import type { RobotAccount, RobotSecret, Robots } from "./robot.ts";
import type { Pepper } from "./secrets.ts";
import { isUuid } from "./session.ts";
import { createToken, hashToken } from "./token-format.ts";

/** What a form may offer for a robot. */
export const robotRules = {
  defaultDays: 90,
  maximumDays: 365,
  defaultOverlapHours: 24,
  maximumOverlapHours: 168,
} as const;

/** Robot accounts over one database. */
export function openRobots(database: Database, pepper: Pepper): Robots {
  /** A change of one robot under the lock of its organization. */
  const change = async <Answer>(
    viewer: Viewer,
    address: { readonly organization: string; readonly robot: string },
    work: (transaction: Transaction, organization: OrganizationAccess, robot: RobotAccount) => Promise<Answer>,
  ): Promise<Answer> =>
    database.transaction(async (transaction) => {
      const { organization } = address;
      const found = await lockOrganization(transaction, viewer, { organization, operation: "change-robots" });
      return work(transaction, found, await getRobot(transaction, found, address.robot));
    });

  const insertSecret = async (transaction: Transaction, robotId: string, days: number): Promise<string> => {
    const secret = createToken("rob");
    await transaction.query({
      text: `INSERT INTO robot_secret (robot_id, hash, pepper_id, last_four, expires_at)
        VALUES ($1::uuid, $2::bytea, $3::text, $4::text, now() + make_interval(days => $5::int))`,
      values: [robotId, hashToken(pepper, secret), pepper.id, secret.slice(-4), days],
    });
    return secret;
  };

  const setSuspended = (
    viewer: Viewer,
    address: { readonly organization: string; readonly robot: string },
    to: { readonly state: "suspended" | "reinstated"; readonly origin: RequestOrigin | undefined },
  ): Promise<void> =>
    change(viewer, address, async (transaction, organization, robot) => {
      if (robot.isSuspended === (to.state === "suspended")) return;
      await transaction.query({
        text:
          to.state === "suspended"
            ? "UPDATE robot_account SET suspended_at = now(), auth_epoch = auth_epoch + 1 WHERE id = $1::uuid"
            : "UPDATE robot_account SET suspended_at = NULL WHERE id = $1::uuid",
        values: [robot.id],
      });
      await record(transaction, {
        action: `robot.${to.state}`,
        actor: actorOf(viewer.identity, to.origin),
        target: robot.loginName,
        organization: organization.name,
      });
    });

  return {
    async listRobots(viewer, organization) {
      const found = await requireOperation(database, viewer, { organization, operation: "read-robots" });
      return readRobots(database, found);
    },

    async describeRobot(viewer, organization, robot) {
      const found = await requireOperation(database, viewer, { organization, operation: "read-robots" });
      return getRobot(database, found, robot);
    },

    async createRobot(viewer, organization, robot, origin) {
      const name = parsePartName(robot.name, "ROBOT_NAME_INVALID");
      const description = parseDescription(robot.description);
      const days = parseDays(robot.expiresInDays);
      const grants = robot.grants.map(({ pattern, permissions }) => ({ pattern, held: parsePermissions(permissions) }));
      return database.transaction(async (transaction) => {
        const found = await lockOrganization(transaction, viewer, { organization, operation: "change-robots" });
        const principalId = await insertRobot(transaction, { organization: found, name, description, viewer });
        for (const { pattern, held } of grants) {
          const pathPattern = parsePathPattern(pattern, found.name);
          const principal = { kind: "robot" } as const;
          await insertGrant(transaction, { organization: found, principal, principalId, pathPattern, held, viewer });
        }
        const secret = await insertSecret(transaction, principalId, days);
        const made = await getRobot(transaction, found, name);
        await record(transaction, {
          action: "robot.created",
          actor: actorOf(viewer.identity, origin),
          target: made.loginName,
          organization: found.name,
          after: {
            expiresAt: made.expiresAt.toISOString(),
            grants: made.grants.map(({ pattern, permissions }) => ({ pattern, permissions })),
          },
        });
        return { robot: made, secret };
      });
    },

    async rotateRobotSecret(viewer, organization, rotation, origin) {
      const days = parseDays(rotation.expiresInDays);
      const overlapHours = parseOverlap(rotation.overlapHours);
      return change(viewer, { organization, robot: rotation.robot }, async (transaction, found, robot) => {
        await transaction.query({
          text: `UPDATE robot_secret SET expires_at = least(expires_at, now() + make_interval(hours => $2::int))
            WHERE robot_id = $1::uuid AND expires_at > now()`,
          values: [robot.id, overlapHours],
        });
        const secret = await insertSecret(transaction, robot.id, days);
        const rotated = await getRobot(transaction, found, robot.name);
        await record(transaction, {
          action: "robot-secret.rotated",
          actor: actorOf(viewer.identity, origin),
          target: robot.loginName,
          organization: found.name,
          after: { overlapHours, expiresAt: rotated.expiresAt.toISOString() },
        });
        return { robot: rotated, secret };
      });
    },

    async revokeRobotSecret(viewer, organization, { robot: name, id }, origin) {
      await change(viewer, { organization, robot: name }, async (transaction, found, robot) => {
        const revoked = isUuid(id)
          ? await transaction.query({
              text: `UPDATE robot_secret SET expires_at = now()
                WHERE id = $1::uuid AND robot_id = $2::uuid AND expires_at > now() RETURNING id`,
              values: [id, robot.id],
            })
          : [];
        if (revoked.length === 0) throw new AccountError("TOKEN_UNKNOWN");
        await record(transaction, {
          action: "robot-secret.revoked",
          actor: actorOf(viewer.identity, origin),
          target: robot.loginName,
          organization: found.name,
          after: { id },
        });
      });
    },

    suspendRobot: (viewer, organization, robot, origin) =>
      setSuspended(viewer, { organization, robot }, { state: "suspended", origin }),

    reinstateRobot: (viewer, organization, robot, origin) =>
      setSuspended(viewer, { organization, robot }, { state: "reinstated", origin }),

    async deleteRobot(viewer, organization, robot, origin) {
      await change(viewer, { organization, robot }, async (transaction, found, { id, loginName, grants }) => {
        await transaction.query({ text: "DELETE FROM robot_account WHERE id = $1::uuid", values: [id] });
        await record(transaction, {
          action: "robot.deleted",
          actor: actorOf(viewer.identity, origin),
          target: loginName,
          organization: found.name,
          before: { grants: grants.map(({ pattern, permissions }) => ({ pattern, permissions })) },
        });
      });
    },
  };
}

interface RobotRow {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly isSuspended: boolean;
}

interface SecretRow extends Omit<RobotSecret, "lastUsedAt" | "lastUsedAddress" | "lastUsedRepository"> {
  readonly robotId: string;
  readonly lastUsedAt: Date | null;
  readonly lastUsedAddress: string | null;
  readonly lastUsedRepository: string | null;
}

/** The robots of an organization by name, or the one of this name, in three statements however many there are. */
export async function readRobots(
  sql: Sql,
  organization: { readonly id: string; readonly name: string },
  name?: string,
): Promise<readonly RobotAccount[]> {
  const robots = await sql.query<RobotRow>({
    name: "robots-list",
    text: `SELECT id, name, description, created_at AS "createdAt", created_by AS "createdBy",
        suspended_at IS NOT NULL AS "isSuspended"
      FROM robot_account WHERE organization_id = $1::uuid AND ($2::text IS NULL OR name = $2) ORDER BY name`,
    values: [organization.id, name === undefined ? null : toText(name)],
  });
  const ids = robots.map(({ id }) => id);
  if (ids.length === 0) return [];
  const grants = await readGrants(sql, organization, { principalIds: ids });
  const secrets = await sql.query<SecretRow>({
    name: "robot-secrets-list",
    text: `SELECT id, robot_id AS "robotId", last_four AS "lastFour", created_at AS "createdAt",
        expires_at AS "expiresAt", expires_at <= now() AS "isExpired", last_used_at AS "lastUsedAt",
        last_used_address AS "lastUsedAddress", last_used_repository AS "lastUsedRepository"
      FROM robot_secret WHERE robot_id = ANY ($1::uuid[]) ORDER BY created_at DESC, id`,
    values: [ids],
  });
  const secretsOf = Map.groupBy(secrets, ({ robotId }) => robotId);
  const grantsOf = Map.groupBy(grants, ({ principalId }) => principalId);
  return robots.map((robot) => {
    const own = (secretsOf.get(robot.id) ?? []).map(toSecret);
    const used = own.filter(({ lastUsedAt }) => lastUsedAt !== undefined).sort(byLastUse);
    const [newest, latest] = [own[0], used[0]];
    const expiresAt = newest?.expiresAt ?? robot.createdAt;
    const endedAfter = new Date(Date.now() - 30 * dayMs);
    return {
      ...robot,
      description: robot.description ?? undefined,
      loginName: `${organization.name}+${robot.name}`,
      expiresAt,
      isExpired: own.every(({ isExpired }) => isExpired),
      lastUsedAt: latest?.lastUsedAt,
      lastUsedAddress: latest?.lastUsedAddress,
      lastUsedRepository: latest?.lastUsedRepository,
      isUnused: (latest?.lastUsedAt ?? robot.createdAt).getTime() < Date.now() - unusedDays * dayMs,
      secrets: own.filter((secret) => secret.expiresAt > endedAfter),
      grants: (grantsOf.get(robot.id) ?? []).map(toGrant),
    };
  });
}

const dayMs = 24 * 60 * 60 * 1000;

function byLastUse(one: RobotSecret, other: RobotSecret): number {
  return (other.lastUsedAt?.getTime() ?? 0) - (one.lastUsedAt?.getTime() ?? 0);
}

function toSecret(row: SecretRow): RobotSecret {
  const { id, lastFour, createdAt, expiresAt, isExpired } = row;
  return {
    id,
    lastFour,
    createdAt,
    expiresAt,
    isExpired,
    lastUsedAt: row.lastUsedAt ?? undefined,
    lastUsedAddress: row.lastUsedAddress ?? undefined,
    lastUsedRepository: row.lastUsedRepository ?? undefined,
  };
}

/** @throws ROBOT_UNKNOWN */
async function getRobot(
  sql: Sql,
  organization: { readonly id: string; readonly name: string },
  name: string,
): Promise<RobotAccount> {
  const [robot] = await readRobots(sql, organization, name);
  if (robot === undefined) throw new AccountError("ROBOT_UNKNOWN");
  return robot;
}

/** @throws ROBOT_NAME_TAKEN */
async function insertRobot(
  transaction: Transaction,
  robot: {
    readonly organization: OrganizationAccess;
    readonly name: string;
    readonly description: string | undefined;
    readonly viewer: Viewer;
  },
): Promise<string> {
  const { organization, name, description, viewer } = robot;
  try {
    const [made] = await transaction.query<{ id: string }>({
      text: `INSERT INTO robot_account (organization_id, name, description, created_by)
        VALUES ($1::uuid, $2::text, $3::text, $4::text) RETURNING id`,
      values: [organization.id, name, description ?? null, viewer.name],
    });
    if (made === undefined) throw new Error("a robot was not made");
    return made.id;
  } catch (error) {
    if (conflictOf(error) === "duplicate") throw new AccountError("ROBOT_NAME_TAKEN", { cause: error });
    throw error;
  }
}

function parseDays(days: number): number {
  if (!Number.isInteger(days) || days < 1 || days > robotRules.maximumDays) {
    throw new AccountError("ROBOT_EXPIRY_INVALID");
  }
  return days;
}

function parseOverlap(hours: number = robotRules.defaultOverlapHours): number {
  if (!Number.isInteger(hours) || hours < 0 || hours > robotRules.maximumOverlapHours) {
    throw new AccountError("OVERLAP_INVALID");
  }
  return hours;
}
