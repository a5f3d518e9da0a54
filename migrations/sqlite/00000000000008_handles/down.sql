DROP TABLE former_handles;
CREATE TABLE former_handles (
    handle_key TEXT PRIMARY KEY NOT NULL,
    member_id BIGINT NOT NULL REFERENCES members (id),
    changed_at BIGINT NOT NULL
);
ALTER TABLE members DROP COLUMN handle_changed_at;
