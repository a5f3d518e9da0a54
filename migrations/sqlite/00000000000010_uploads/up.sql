-- Pictures that members and administrators uploaded, decoded and encoded anew. The bytes stand in the database: they
-- are small, every node has them, and a copy of the database is a copy of the community.
CREATE TABLE uploads (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    key TEXT NOT NULL,
    member_id BIGINT NOT NULL REFERENCES members (id),
    purpose SMALLINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX uploads_key ON uploads (key);
CREATE INDEX uploads_member ON uploads (member_id, created_at);

CREATE TABLE upload_files (
    upload_id BIGINT NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
    variant TEXT NOT NULL,
    content_type TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (upload_id, variant)
);

-- The key of a member's picture.
ALTER TABLE members ADD COLUMN avatar TEXT;
