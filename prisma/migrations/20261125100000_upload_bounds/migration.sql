-- Lengths that no upload can have, and functions that nobody hashes with.
ALTER TABLE "upload_session" ADD CONSTRAINT "upload_session_length" CHECK ("durable_length" BETWEEN 0 AND 9007199254740991);
ALTER TABLE "upload_session" ADD CONSTRAINT "upload_session_algorithm" CHECK ("algorithm" IN ('sha256', 'sha512'));
