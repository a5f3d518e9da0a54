-- What was searched for, without personal data: addresses and numbers are masked before anything is written, and who
-- asked is a hash under a key that is thrown away with its period.
CREATE TABLE search_queries (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    public_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    folded TEXT NOT NULL,
    shown TEXT NOT NULL,
    locale TEXT NOT NULL,
    total BIGINT NOT NULL,
    complete BIGINT NOT NULL,
    period BIGINT NOT NULL,
    asker BIGINT NOT NULL,
    clicked SMALLINT
);
CREATE UNIQUE INDEX search_queries_public ON search_queries (public_id);
CREATE INDEX search_queries_at ON search_queries (at);
