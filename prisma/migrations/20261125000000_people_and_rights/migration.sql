-- AlterTable
ALTER TABLE "access_token" ADD COLUMN "last_used_repository" TEXT;

-- AlterTable
ALTER TABLE "membership" ALTER COLUMN "role" DROP NOT NULL;

-- AlterTable
ALTER TABLE "organization" ADD COLUMN "default_role" "role" DEFAULT 'reader';

-- AlterTable
ALTER TABLE "user" ADD COLUMN "last_active_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "organization_alias" (
    "name" TEXT COLLATE "C" NOT NULL,
    "organization_id" UUID,
    "reserved_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organization_alias_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "team" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "organization_id" UUID NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "display_name" TEXT,
    "description" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,

    CONSTRAINT "team_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "team_membership" (
    "team_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "team_membership_pkey" PRIMARY KEY ("team_id","user_id")
);

-- CreateTable
CREATE TABLE "robot_account" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "organization_id" UUID NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "description" TEXT,
    "suspended_at" TIMESTAMPTZ(3),
    "auth_epoch" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,

    CONSTRAINT "robot_account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "robot_secret" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "robot_id" UUID NOT NULL,
    "hash" BYTEA NOT NULL,
    "pepper_id" TEXT NOT NULL,
    "last_four" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3),
    "last_used_address" TEXT,
    "last_used_repository" TEXT,

    CONSTRAINT "robot_secret_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "access_grant" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "organization_id" UUID NOT NULL,
    "user_id" UUID,
    "team_id" UUID,
    "robot_id" UUID,
    "path_pattern" TEXT COLLATE "C" NOT NULL,
    "permissions" TEXT[] NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "access_grant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "invitation" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "organization_id" UUID,
    "hash" BYTEA NOT NULL,
    "pepper_id" TEXT NOT NULL,
    "email" TEXT,
    "role" "role",
    "created_by_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "invitation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "invitation_team" (
    "invitation_id" UUID NOT NULL,
    "team_id" UUID NOT NULL,

    CONSTRAINT "invitation_team_pkey" PRIMARY KEY ("invitation_id","team_id")
);

-- CreateTable
CREATE TABLE "password_reset" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" UUID NOT NULL,
    "hash" BYTEA NOT NULL,
    "pepper_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "password_reset_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "repository_alias" (
    "organization_id" UUID NOT NULL,
    "path" TEXT COLLATE "C" NOT NULL,
    "repository_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "repository_alias_pkey" PRIMARY KEY ("organization_id","path")
);

-- CreateIndex
CREATE INDEX "organization_alias_organization_id_idx" ON "organization_alias"("organization_id");

-- CreateIndex
CREATE UNIQUE INDEX "team_organization_id_name_key" ON "team"("organization_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "team_id_organization_id_key" ON "team"("id", "organization_id");

-- CreateIndex
CREATE INDEX "team_membership_user_id_organization_id_idx" ON "team_membership"("user_id", "organization_id");

-- CreateIndex
CREATE UNIQUE INDEX "robot_account_organization_id_name_key" ON "robot_account"("organization_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "robot_account_id_organization_id_key" ON "robot_account"("id", "organization_id");

-- CreateIndex
CREATE UNIQUE INDEX "robot_secret_hash_key" ON "robot_secret"("hash");

-- CreateIndex
CREATE INDEX "robot_secret_robot_id_created_at_idx" ON "robot_secret"("robot_id", "created_at");

-- CreateIndex
CREATE INDEX "access_grant_organization_id_path_pattern_idx" ON "access_grant"("organization_id", "path_pattern");

-- CreateIndex
CREATE UNIQUE INDEX "access_grant_user_id_organization_id_path_pattern_key" ON "access_grant"("user_id", "organization_id", "path_pattern");

-- CreateIndex
CREATE UNIQUE INDEX "access_grant_team_id_path_pattern_key" ON "access_grant"("team_id", "path_pattern");

-- CreateIndex
CREATE UNIQUE INDEX "access_grant_robot_id_path_pattern_key" ON "access_grant"("robot_id", "path_pattern");

-- CreateIndex
CREATE UNIQUE INDEX "invitation_hash_key" ON "invitation"("hash");

-- CreateIndex
CREATE INDEX "invitation_organization_id_created_at_idx" ON "invitation"("organization_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "password_reset_hash_key" ON "password_reset"("hash");

-- CreateIndex
CREATE INDEX "password_reset_user_id_idx" ON "password_reset"("user_id");

-- CreateIndex
CREATE INDEX "repository_alias_repository_id_idx" ON "repository_alias"("repository_id");

-- AddForeignKey
ALTER TABLE "organization_alias" ADD CONSTRAINT "organization_alias_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "team" ADD CONSTRAINT "team_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "team_membership" ADD CONSTRAINT "team_membership_team_id_organization_id_fkey" FOREIGN KEY ("team_id", "organization_id") REFERENCES "team"("id", "organization_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "team_membership" ADD CONSTRAINT "team_membership_organization_id_user_id_fkey" FOREIGN KEY ("organization_id", "user_id") REFERENCES "membership"("organization_id", "user_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "robot_account" ADD CONSTRAINT "robot_account_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "robot_secret" ADD CONSTRAINT "robot_secret_robot_id_fkey" FOREIGN KEY ("robot_id") REFERENCES "robot_account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "access_grant" ADD CONSTRAINT "access_grant_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "access_grant" ADD CONSTRAINT "access_grant_organization_id_user_id_fkey" FOREIGN KEY ("organization_id", "user_id") REFERENCES "membership"("organization_id", "user_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "access_grant" ADD CONSTRAINT "access_grant_team_id_organization_id_fkey" FOREIGN KEY ("team_id", "organization_id") REFERENCES "team"("id", "organization_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "access_grant" ADD CONSTRAINT "access_grant_robot_id_organization_id_fkey" FOREIGN KEY ("robot_id", "organization_id") REFERENCES "robot_account"("id", "organization_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_created_by_id_fkey" FOREIGN KEY ("created_by_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitation_team" ADD CONSTRAINT "invitation_team_invitation_id_fkey" FOREIGN KEY ("invitation_id") REFERENCES "invitation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitation_team" ADD CONSTRAINT "invitation_team_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "team"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "password_reset" ADD CONSTRAINT "password_reset_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "repository_alias" ADD CONSTRAINT "repository_alias_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "repository_alias" ADD CONSTRAINT "repository_alias_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repository"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A grant is one principal's, and a role that everybody has is not that of the owners.
ALTER TABLE "access_grant" ADD CONSTRAINT "access_grant_one_principal" CHECK (num_nonnulls("user_id", "team_id", "robot_id") = 1);
ALTER TABLE "access_grant" ADD CONSTRAINT "access_grant_permissions"
  CHECK (cardinality("permissions") > 0 AND "permissions" <@ ARRAY['pull', 'push', 'overwrite', 'delete', 'administer']);
ALTER TABLE "organization" ADD CONSTRAINT "organization_default_role" CHECK ("default_role" <> 'owner');
