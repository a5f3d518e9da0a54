CREATE TABLE schema_info (
    id INTEGER PRIMARY KEY NOT NULL,
    min_compatible BIGINT NOT NULL
);
INSERT INTO schema_info (id, min_compatible) VALUES (1, 1);

CREATE TABLE activities (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    seq BIGINT,
    verb TEXT NOT NULL,
    actor_id BIGINT,
    member_id BIGINT,
    thread_id BIGINT,
    post_id BIGINT,
    category_id BIGINT,
    origin SMALLINT NOT NULL,
    occurred_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    payload TEXT NOT NULL
);
CREATE UNIQUE INDEX activities_seq ON activities (seq) WHERE seq IS NOT NULL;
CREATE INDEX activities_unnumbered ON activities (id) WHERE seq IS NULL;

CREATE TABLE leases (
    name TEXT PRIMARY KEY NOT NULL,
    epoch BIGINT NOT NULL,
    holder TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    cursor BIGINT NOT NULL
);

CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind TEXT NOT NULL,
    args TEXT NOT NULL,
    state SMALLINT NOT NULL,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    message TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT
);
CREATE INDEX jobs_waiting ON jobs (id) WHERE state = 0;

CREATE TABLE settings (
    name TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE secrets (
    name TEXT PRIMARY KEY NOT NULL,
    value BLOB NOT NULL
);

CREATE TABLE audit_entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    actor_id BIGINT,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE TRIGGER audit_entries_keep BEFORE UPDATE ON audit_entries BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END;
CREATE TRIGGER audit_entries_stay BEFORE DELETE ON audit_entries BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END;

CREATE TABLE request_limits (
    bucket TEXT NOT NULL,
    slot BIGINT NOT NULL,
    hits BIGINT NOT NULL,
    PRIMARY KEY (bucket, slot)
);

CREATE TABLE idempotent_answers (
    member_id BIGINT NOT NULL,
    route TEXT NOT NULL,
    request_key TEXT NOT NULL,
    request_hash BLOB NOT NULL,
    status SMALLINT NOT NULL,
    answer TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (member_id, route, request_key)
);
CREATE INDEX idempotent_answers_age ON idempotent_answers (created_at);
