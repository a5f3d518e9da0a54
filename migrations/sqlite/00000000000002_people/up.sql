CREATE TABLE members (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    public_id TEXT NOT NULL,
    handle TEXT NOT NULL,
    handle_key TEXT NOT NULL,
    handle_fold TEXT NOT NULL,
    display_name TEXT NOT NULL,
    email TEXT,
    email_key TEXT,
    email_confirmed BOOLEAN NOT NULL,
    role SMALLINT NOT NULL,
    password_hash TEXT,
    bio TEXT NOT NULL,
    locale TEXT,
    theme TEXT,
    profile_public BOOLEAN NOT NULL,
    suspended_until BIGINT,
    suspended_reason TEXT,
    imported BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT
);
CREATE UNIQUE INDEX members_public_id ON members (public_id);
CREATE UNIQUE INDEX members_handle_key ON members (handle_key);
CREATE UNIQUE INDEX members_email_key ON members (email_key) WHERE email_confirmed;
CREATE UNIQUE INDEX members_handle_fold ON members (handle_fold);
CREATE INDEX members_role ON members (role, id);

CREATE TABLE former_handles (
    handle_key TEXT PRIMARY KEY NOT NULL,
    member_id BIGINT NOT NULL REFERENCES members (id),
    changed_at BIGINT NOT NULL
);

CREATE TABLE category_moderators (
    member_id BIGINT NOT NULL REFERENCES members (id),
    category_id BIGINT NOT NULL,
    PRIMARY KEY (member_id, category_id)
);

CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    token_hash BLOB NOT NULL,
    member_id BIGINT NOT NULL REFERENCES members (id),
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    agent TEXT NOT NULL,
    address TEXT NOT NULL
);
CREATE UNIQUE INDEX sessions_token ON sessions (token_hash);
CREATE INDEX sessions_member ON sessions (member_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE api_tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    token_hash BLOB NOT NULL,
    member_id BIGINT NOT NULL REFERENCES members (id),
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    seen_at BIGINT
);
CREATE UNIQUE INDEX api_tokens_token ON api_tokens (token_hash);
CREATE INDEX api_tokens_member ON api_tokens (member_id);

CREATE TABLE one_time_links (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    token_hash BLOB NOT NULL,
    purpose SMALLINT NOT NULL,
    member_id BIGINT REFERENCES members (id),
    issued_by BIGINT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE UNIQUE INDEX one_time_links_token ON one_time_links (token_hash);

CREATE TABLE member_counters (
    member_id BIGINT PRIMARY KEY NOT NULL REFERENCES members (id),
    threads BIGINT NOT NULL,
    posts BIGINT NOT NULL,
    likes_given BIGINT NOT NULL,
    likes_received BIGINT NOT NULL,
    answers_accepted BIGINT NOT NULL
);
