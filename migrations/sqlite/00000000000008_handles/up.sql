-- Handles can be changed. A former handle is found by its fold, as a present one is; what looks like it (the key)
-- stays taken too. The table was never written before, so it is made anew.
ALTER TABLE members ADD COLUMN handle_changed_at BIGINT;
DROP TABLE former_handles;
CREATE TABLE former_handles (
    handle_fold TEXT PRIMARY KEY NOT NULL,
    handle_key TEXT NOT NULL,
    member_id BIGINT NOT NULL REFERENCES members (id),
    changed_at BIGINT NOT NULL
);
CREATE INDEX former_handles_key ON former_handles (handle_key);
CREATE INDEX former_handles_member ON former_handles (member_id);
