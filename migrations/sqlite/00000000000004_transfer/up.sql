CREATE TABLE import_map (
    source TEXT NOT NULL,
    kind SMALLINT NOT NULL,
    foreign_id TEXT NOT NULL,
    local_id BIGINT NOT NULL,
    PRIMARY KEY (source, kind, foreign_id)
);

CREATE TABLE former_addresses (
    path TEXT PRIMARY KEY NOT NULL,
    kind SMALLINT NOT NULL,
    local_id BIGINT NOT NULL
);
