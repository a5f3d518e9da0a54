-- What members can be looked for by besides their handles: the name shown, and how both sound. Filled at the first
-- start of a release that knows it; how characters sound is not for SQL to say.
CREATE TABLE member_names (
    name TEXT NOT NULL,
    member_id BIGINT NOT NULL REFERENCES members (id),
    PRIMARY KEY (name, member_id)
) WITHOUT ROWID;
CREATE INDEX member_names_member ON member_names (member_id);
