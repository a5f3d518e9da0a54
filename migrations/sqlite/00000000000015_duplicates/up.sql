-- Fingerprints of posts, in four bands: two that differ in three bits at most have one band in common. And pairs of
-- posts that look the same, the newer first, until somebody says that they are not.
CREATE TABLE post_fingerprints (
    post_id BIGINT PRIMARY KEY NOT NULL REFERENCES posts (id),
    thread_id BIGINT NOT NULL,
    hash BIGINT NOT NULL,
    band_a INTEGER NOT NULL,
    band_b INTEGER NOT NULL,
    band_c INTEGER NOT NULL,
    band_d INTEGER NOT NULL
);
CREATE INDEX post_fingerprints_thread ON post_fingerprints (thread_id);
CREATE INDEX post_fingerprints_a ON post_fingerprints (band_a, post_id);
CREATE INDEX post_fingerprints_b ON post_fingerprints (band_b, post_id);
CREATE INDEX post_fingerprints_c ON post_fingerprints (band_c, post_id);
CREATE INDEX post_fingerprints_d ON post_fingerprints (band_d, post_id);

CREATE TABLE duplicate_suspects (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    post_id BIGINT NOT NULL REFERENCES posts (id),
    of_post_id BIGINT NOT NULL REFERENCES posts (id),
    distance SMALLINT NOT NULL,
    at BIGINT NOT NULL,
    state SMALLINT NOT NULL
);
CREATE UNIQUE INDEX duplicate_suspects_pair ON duplicate_suspects (post_id, of_post_id);
CREATE INDEX duplicate_suspects_of ON duplicate_suspects (of_post_id);
CREATE INDEX duplicate_suspects_open ON duplicate_suspects (id) WHERE state = 0;
