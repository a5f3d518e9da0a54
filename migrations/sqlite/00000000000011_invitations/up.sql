-- Invitations stand among the one-time links: a role for whoever comes by one, how often it may be used and how
-- often it was, a note for whoever made it.
ALTER TABLE one_time_links ADD COLUMN role SMALLINT;
ALTER TABLE one_time_links ADD COLUMN uses INTEGER NOT NULL DEFAULT 1;
ALTER TABLE one_time_links ADD COLUMN used INTEGER NOT NULL DEFAULT 0;
ALTER TABLE one_time_links ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE one_time_links ADD COLUMN revoked_at BIGINT;
