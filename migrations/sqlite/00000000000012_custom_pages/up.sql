-- Pages that administrators write in Markdown, and the addresses that they had.
CREATE TABLE custom_pages (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    slug TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    body TEXT NOT NULL,
    html TEXT NOT NULL,
    renderer INTEGER NOT NULL,
    lang TEXT NOT NULL,
    state SMALLINT NOT NULL,
    was_public BOOLEAN NOT NULL,
    revision INTEGER NOT NULL,
    published_at BIGINT,
    changed_at BIGINT NOT NULL,
    changed_by BIGINT NOT NULL REFERENCES members (id)
);
CREATE UNIQUE INDEX custom_pages_slug ON custom_pages (slug);

CREATE TABLE former_page_slugs (
    slug TEXT PRIMARY KEY NOT NULL,
    page_id BIGINT NOT NULL REFERENCES custom_pages (id)
);
