-- CreateEnum
CREATE TYPE "organization_kind" AS ENUM ('personal', 'shared');

-- CreateEnum
CREATE TYPE "role" AS ENUM ('reader', 'writer', 'maintainer', 'owner');

-- CreateEnum
CREATE TYPE "visibility" AS ENUM ('public', 'private');

-- CreateEnum
CREATE TYPE "blob_state" AS ENUM ('pending', 'live', 'deleting', 'trashed', 'quarantined');

-- CreateEnum
CREATE TYPE "reference_kind" AS ENUM ('config', 'layer', 'child', 'subject');

-- CreateEnum
CREATE TYPE "tag_event_kind" AS ENUM ('created', 'moved', 'removed', 'restored');

-- CreateTable
CREATE TABLE "organization" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT COLLATE "C" NOT NULL,
    "kind" "organization_kind" NOT NULL,
    "display_name" TEXT,
    "description" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organization_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "display_name" TEXT,
    "password_hash" TEXT,
    "is_administrator" BOOLEAN NOT NULL DEFAULT false,
    "is_auditor" BOOLEAN NOT NULL DEFAULT false,
    "suspended_at" TIMESTAMPTZ(3),
    "auth_epoch" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "membership" (
    "organization_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role" "role" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "membership_pkey" PRIMARY KEY ("organization_id","user_id")
);

-- CreateTable
CREATE TABLE "access_token" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "pepper_id" TEXT NOT NULL,
    "last_four" TEXT NOT NULL,
    "permissions" TEXT[],
    "repository_patterns" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "last_used_address" TEXT,

    CONSTRAINT "access_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "refresh_token" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "family_id" UUID NOT NULL,
    "replaces_id" UUID,
    "user_id" UUID NOT NULL,
    "access_token_id" UUID,
    "hash" BYTEA NOT NULL,
    "pepper_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "auth_epoch" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "refresh_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "browser_session" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "auth_epoch" INTEGER NOT NULL,
    "user_agent" TEXT,
    "address" TEXT,

    CONSTRAINT "browser_session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_in_attempt" (
    "id" BIGSERIAL NOT NULL,
    "account" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sign_in_attempt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "instance_setting" (
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_by" TEXT NOT NULL,

    CONSTRAINT "instance_setting_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "audit_record" (
    "sequence" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "action" TEXT NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT,
    "actor_name" TEXT NOT NULL,
    "address" TEXT,
    "user_agent" TEXT,
    "request_id" TEXT,
    "organization" TEXT,
    "repository" TEXT,
    "target" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_record_pkey" PRIMARY KEY ("sequence")
);

-- CreateTable
CREATE TABLE "audit_head" (
    "id" INTEGER NOT NULL,
    "sequence" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_head_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "repository" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "organization_id" UUID NOT NULL,
    "path" TEXT COLLATE "C" NOT NULL,
    "visibility" "visibility" NOT NULL DEFAULT 'private',
    "description" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "last_pushed_at" TIMESTAMPTZ(3),

    CONSTRAINT "repository_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "blob" (
    "generation" UUID NOT NULL,
    "digest" TEXT COLLATE "C" NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "state" "blob_state" NOT NULL,
    "content" BYTEA,
    "last_promised_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "state_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "blob_pkey" PRIMARY KEY ("generation")
);

-- CreateTable
CREATE TABLE "repository_blob" (
    "repository_id" UUID NOT NULL,
    "digest" TEXT COLLATE "C" NOT NULL,
    "linked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- CreateTable
CREATE TABLE "manifest_content" (
    "digest" TEXT COLLATE "C" NOT NULL,
    "content" BYTEA NOT NULL,

    CONSTRAINT "manifest_content_pkey" PRIMARY KEY ("digest")
);

-- CreateTable
CREATE TABLE "manifest" (
    "repository_id" UUID NOT NULL,
    "digest" TEXT COLLATE "C" NOT NULL,
    "media_type" TEXT NOT NULL,
    "size_bytes" INTEGER NOT NULL,
    "artifact_type" TEXT,
    "subject_digest" TEXT COLLATE "C",
    "config_digest" TEXT COLLATE "C",
    "annotations" JSON,
    "image_bytes" BIGINT,
    "depth" INTEGER NOT NULL,
    "os" TEXT,
    "architecture" TEXT,
    "variant" TEXT,
    "pushed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "pushed_by" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "manifest_reference" (
    "repository_id" UUID NOT NULL,
    "manifest_digest" TEXT COLLATE "C" NOT NULL,
    "kind" "reference_kind" NOT NULL,
    "position" INTEGER NOT NULL,
    "digest" TEXT COLLATE "C" NOT NULL,
    "media_type" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "os" TEXT,
    "architecture" TEXT,
    "variant" TEXT,
    "is_attestation" BOOLEAN NOT NULL DEFAULT false
);

-- CreateTable
CREATE TABLE "tag" (
    "repository_id" UUID NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "digest" TEXT COLLATE "C" NOT NULL,
    "version_key" TEXT COLLATE "C",
    "pushed_at" TIMESTAMPTZ(3) NOT NULL,
    "pushed_by" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "tag_event" (
    "id" BIGSERIAL NOT NULL,
    "repository_id" UUID NOT NULL,
    "tag" TEXT COLLATE "C" NOT NULL,
    "kind" "tag_event_kind" NOT NULL,
    "digest_before" TEXT,
    "digest_after" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT,
    "actor_name" TEXT NOT NULL,

    CONSTRAINT "tag_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "upload_session" (
    "id" UUID NOT NULL,
    "repository_id" UUID NOT NULL,
    "principal" TEXT NOT NULL,
    "algorithm" TEXT NOT NULL,
    "durable_length" BIGINT NOT NULL DEFAULT 0,
    "content" BYTEA,
    "staged_id" UUID,
    "writer" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_active_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "upload_session_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "organization_name_key" ON "organization"("name");

-- CreateIndex
CREATE UNIQUE INDEX "user_name_key" ON "user"("name");

-- CreateIndex
CREATE UNIQUE INDEX "user_email_key" ON "user"("email");

-- CreateIndex
CREATE INDEX "membership_user_id_idx" ON "membership"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "access_token_hash_key" ON "access_token"("hash");

-- CreateIndex
CREATE INDEX "access_token_user_id_created_at_idx" ON "access_token"("user_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "refresh_token_hash_key" ON "refresh_token"("hash");

-- CreateIndex
CREATE INDEX "refresh_token_user_id_idx" ON "refresh_token"("user_id");

-- CreateIndex
CREATE INDEX "refresh_token_family_id_idx" ON "refresh_token"("family_id");

-- CreateIndex
CREATE INDEX "refresh_token_replaces_id_idx" ON "refresh_token"("replaces_id");

-- CreateIndex
CREATE INDEX "refresh_token_expires_at_idx" ON "refresh_token"("expires_at");

-- CreateIndex
CREATE INDEX "browser_session_user_id_idx" ON "browser_session"("user_id");

-- CreateIndex
CREATE INDEX "sign_in_attempt_account_at_idx" ON "sign_in_attempt"("account", "at");

-- CreateIndex
CREATE INDEX "sign_in_attempt_address_at_idx" ON "sign_in_attempt"("address", "at");

-- CreateIndex
CREATE INDEX "audit_record_repository_sequence_idx" ON "audit_record"("repository", "sequence");

-- CreateIndex
CREATE INDEX "audit_record_organization_sequence_idx" ON "audit_record"("organization", "sequence");

-- CreateIndex
CREATE INDEX "audit_record_actor_id_sequence_idx" ON "audit_record"("actor_id", "sequence");

-- CreateIndex
CREATE INDEX "audit_record_at_idx" ON "audit_record"("at");

-- CreateIndex
CREATE UNIQUE INDEX "repository_organization_id_path_key" ON "repository"("organization_id", "path");

-- CreateIndex
CREATE INDEX "blob_digest_idx" ON "blob"("digest");

-- CreateIndex
CREATE INDEX "blob_state_state_at_idx" ON "blob"("state", "state_at");

-- CreateIndex
CREATE UNIQUE INDEX "blob_live_digest" ON "blob"("digest") WHERE (state = 'live'::blob_state);

-- CreateIndex
CREATE INDEX "repository_blob_digest_idx" ON "repository_blob"("digest");

-- CreateIndex
CREATE INDEX "manifest_repository_id_subject_digest_digest_idx" ON "manifest"("repository_id", "subject_digest", "digest");

-- CreateIndex
CREATE INDEX "manifest_digest_idx" ON "manifest"("digest");

-- CreateIndex
CREATE INDEX "manifest_reference_repository_id_digest_idx" ON "manifest_reference"("repository_id", "digest");

-- CreateIndex
CREATE INDEX "manifest_reference_digest_idx" ON "manifest_reference"("digest");

-- CreateIndex
CREATE INDEX "tag_repository_id_digest_idx" ON "tag"("repository_id", "digest");

-- CreateIndex
CREATE INDEX "tag_repository_id_version_key_name_idx" ON "tag"("repository_id", "version_key", "name");

-- CreateIndex
CREATE INDEX "tag_repository_id_pushed_at_name_idx" ON "tag"("repository_id", "pushed_at", "name");

-- CreateIndex
CREATE INDEX "tag_event_repository_id_tag_id_idx" ON "tag_event"("repository_id", "tag", "id");

-- CreateIndex
CREATE INDEX "tag_event_repository_id_id_idx" ON "tag_event"("repository_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "upload_session_staged_id_key" ON "upload_session"("staged_id");

-- CreateIndex
CREATE INDEX "upload_session_last_active_at_idx" ON "upload_session"("last_active_at");

-- How the names of an organization's repositories begin: the order in which the catalog lists them.
CREATE INDEX "organization_beginning" ON "organization" (("name" || '/'));

-- Primary keys of tables that are looked up by more than one index. Of indexes that cost the same by its estimate the
-- planner takes the newest, and while a table is small they all do; so the exact ones come last.
ALTER TABLE "tag" ADD CONSTRAINT "tag_pkey" PRIMARY KEY ("repository_id","name");
ALTER TABLE "manifest" ADD CONSTRAINT "manifest_pkey" PRIMARY KEY ("repository_id","digest");
ALTER TABLE "repository_blob" ADD CONSTRAINT "repository_blob_pkey" PRIMARY KEY ("repository_id","digest");
ALTER TABLE "manifest_reference" ADD CONSTRAINT "manifest_reference_pkey" PRIMARY KEY ("repository_id","manifest_digest","kind","position");

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "access_token" ADD CONSTRAINT "access_token_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refresh_token" ADD CONSTRAINT "refresh_token_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "browser_session" ADD CONSTRAINT "browser_session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "repository" ADD CONSTRAINT "repository_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "repository_blob" ADD CONSTRAINT "repository_blob_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repository"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "manifest" ADD CONSTRAINT "manifest_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repository"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "manifest" ADD CONSTRAINT "manifest_digest_fkey" FOREIGN KEY ("digest") REFERENCES "manifest_content"("digest") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "manifest_reference" ADD CONSTRAINT "manifest_reference_repository_id_manifest_digest_fkey" FOREIGN KEY ("repository_id", "manifest_digest") REFERENCES "manifest"("repository_id", "digest") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tag" ADD CONSTRAINT "tag_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repository"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tag" ADD CONSTRAINT "tag_repository_id_digest_fkey" FOREIGN KEY ("repository_id", "digest") REFERENCES "manifest"("repository_id", "digest") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "tag_event" ADD CONSTRAINT "tag_event_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repository"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "upload_session" ADD CONSTRAINT "upload_session_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repository"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Text that is looked up and paged byte by byte has the collation "C" above, whatever the database's own is.

-- The chain begins with 32 zero bytes.
INSERT INTO "audit_head" ("id", "sequence", "hash") VALUES (1, 0, decode(repeat('00', 32), 'hex'));

-- Repositories whose name has one component belong to this organization.
INSERT INTO "organization" ("name", "kind", "display_name") VALUES ('library', 'shared', 'Library');

-- Records and events are only ever added: nothing in Layerport updates or deletes them.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% rows are never changed', TG_TABLE_NAME;
END;
$$;
CREATE TRIGGER audit_record_is_append_only BEFORE UPDATE OR DELETE ON "audit_record"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tag_event_is_append_only BEFORE UPDATE ON "tag_event"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Manifests and configs are compressed content or small JSON: compressing them again costs time on every read.
ALTER TABLE "blob" ALTER COLUMN "content" SET STORAGE EXTERNAL;
ALTER TABLE "manifest_content" ALTER COLUMN "content" SET STORAGE EXTERNAL;
ALTER TABLE "upload_session" ALTER COLUMN "content" SET STORAGE EXTERNAL;
