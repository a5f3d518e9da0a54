CREATE TABLE categories (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    parent_id BIGINT REFERENCES categories (id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    colour TEXT NOT NULL,
    position INTEGER NOT NULL,
    private BOOLEAN NOT NULL,
    post_role SMALLINT NOT NULL,
    threads BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX categories_slug ON categories (slug);

CREATE TABLE former_category_slugs (
    slug TEXT PRIMARY KEY NOT NULL,
    category_id BIGINT NOT NULL REFERENCES categories (id)
);

CREATE TABLE category_members (
    category_id BIGINT NOT NULL REFERENCES categories (id),
    member_id BIGINT NOT NULL REFERENCES members (id),
    PRIMARY KEY (category_id, member_id)
);
CREATE INDEX category_members_member ON category_members (member_id);

CREATE TABLE category_roles (
    category_id BIGINT NOT NULL REFERENCES categories (id),
    role SMALLINT NOT NULL,
    PRIMARY KEY (category_id, role)
);

CREATE TABLE tags (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    threads BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX tags_slug ON tags (slug);
CREATE INDEX tags_by_threads ON tags (threads DESC, id);

CREATE TABLE threads (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    category_id BIGINT NOT NULL REFERENCES categories (id),
    author_id BIGINT NOT NULL REFERENCES members (id),
    kind SMALLINT NOT NULL,
    title TEXT NOT NULL,
    slug TEXT NOT NULL,
    lang TEXT NOT NULL,
    state SMALLINT NOT NULL,
    was_public BOOLEAN NOT NULL,
    closed BOOLEAN NOT NULL,
    unanswered BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    last_post_at BIGINT NOT NULL,
    last_poster_id BIGINT NOT NULL REFERENCES members (id),
    next_number INTEGER NOT NULL,
    posts BIGINT NOT NULL,
    likes BIGINT NOT NULL,
    views BIGINT NOT NULL,
    heat DOUBLE PRECISION NOT NULL,
    accepted_post_id BIGINT,
    featured_at BIGINT,
    deleted_by BIGINT,
    deleted_at BIGINT,
    version BIGINT NOT NULL
);
CREATE INDEX threads_hot ON threads (heat DESC, id DESC) WHERE state = 0;
CREATE INDEX threads_category_hot ON threads (category_id, heat DESC, id DESC) WHERE state = 0;
CREATE INDEX threads_latest ON threads (last_post_at DESC, id DESC) WHERE state = 0;
CREATE INDEX threads_category_latest ON threads (category_id, last_post_at DESC, id DESC) WHERE state = 0;
CREATE INDEX threads_new ON threads (created_at DESC, id DESC) WHERE state = 0;
CREATE INDEX threads_category_new ON threads (category_id, created_at DESC, id DESC) WHERE state = 0;
CREATE INDEX threads_unanswered ON threads (created_at DESC, id DESC) WHERE state = 0 AND unanswered;
CREATE INDEX threads_category_unanswered ON threads (category_id, created_at DESC, id DESC) WHERE state = 0 AND unanswered;
CREATE INDEX threads_featured ON threads (featured_at DESC, id DESC) WHERE state = 0 AND featured_at IS NOT NULL;
CREATE INDEX threads_category_featured ON threads (category_id, featured_at DESC, id DESC) WHERE state = 0 AND featured_at IS NOT NULL;
CREATE INDEX threads_author ON threads (author_id, created_at DESC, id DESC);

CREATE TABLE thread_tags (
    thread_id BIGINT NOT NULL REFERENCES threads (id),
    tag_id BIGINT NOT NULL REFERENCES tags (id),
    PRIMARY KEY (thread_id, tag_id)
);
CREATE INDEX thread_tags_tag ON thread_tags (tag_id, thread_id);

CREATE TABLE engagements (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    thread_id BIGINT NOT NULL REFERENCES threads (id),
    kind SMALLINT NOT NULL,
    source_id BIGINT NOT NULL,
    member_id BIGINT,
    day BIGINT NOT NULL,
    at BIGINT NOT NULL,
    factor DOUBLE PRECISION NOT NULL
);
CREATE UNIQUE INDEX engagements_source ON engagements (thread_id, kind, source_id, COALESCE(member_id, 0));
CREATE INDEX engagements_day ON engagements (day, thread_id);
CREATE INDEX engagements_person ON engagements (thread_id, member_id, kind, day);

CREATE TABLE thread_scores (
    period SMALLINT NOT NULL,
    thread_id BIGINT NOT NULL REFERENCES threads (id),
    category_id BIGINT NOT NULL,
    score DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (period, thread_id)
);
CREATE INDEX thread_scores_top ON thread_scores (period, score DESC, thread_id DESC);
CREATE INDEX thread_scores_category_top ON thread_scores (period, category_id, score DESC, thread_id DESC);

CREATE TABLE posts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    thread_id BIGINT NOT NULL REFERENCES threads (id),
    number INTEGER NOT NULL,
    author_id BIGINT NOT NULL REFERENCES members (id),
    body TEXT NOT NULL,
    html TEXT NOT NULL,
    renderer INTEGER NOT NULL,
    lang TEXT NOT NULL,
    state SMALLINT NOT NULL,
    was_public BOOLEAN NOT NULL,
    reply_to BIGINT,
    likes BIGINT NOT NULL,
    anonymous_likes BIGINT NOT NULL,
    revisions INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    edited_at BIGINT,
    edited_by BIGINT,
    deleted_at BIGINT,
    deleted_by BIGINT
);
CREATE UNIQUE INDEX posts_place ON posts (thread_id, number);
CREATE INDEX posts_author ON posts (author_id, created_at DESC, id DESC);
CREATE INDEX posts_renderer ON posts (renderer, id);

CREATE TABLE revisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    post_id BIGINT NOT NULL REFERENCES posts (id),
    number INTEGER NOT NULL,
    title TEXT,
    body TEXT NOT NULL,
    written_by BIGINT NOT NULL REFERENCES members (id),
    written_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX revisions_place ON revisions (post_id, number);

CREATE TABLE reactions (
    post_id BIGINT NOT NULL REFERENCES posts (id),
    member_id BIGINT NOT NULL REFERENCES members (id),
    kind SMALLINT NOT NULL,
    active BOOLEAN NOT NULL,
    generation INTEGER NOT NULL,
    reacted_at BIGINT NOT NULL,
    PRIMARY KEY (post_id, member_id, kind)
);
CREATE INDEX reactions_member ON reactions (member_id, reacted_at);

CREATE TABLE read_positions (
    member_id BIGINT NOT NULL REFERENCES members (id),
    thread_id BIGINT NOT NULL REFERENCES threads (id),
    number INTEGER NOT NULL,
    read_at BIGINT NOT NULL,
    PRIMARY KEY (member_id, thread_id)
);

CREATE TABLE follows (
    member_id BIGINT NOT NULL REFERENCES members (id),
    thread_id BIGINT NOT NULL REFERENCES threads (id),
    followed_at BIGINT NOT NULL,
    PRIMARY KEY (member_id, thread_id)
);

CREATE TABLE pins (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    thread_id BIGINT NOT NULL REFERENCES threads (id),
    category_id BIGINT,
    position INTEGER NOT NULL,
    until BIGINT,
    pinned_by BIGINT NOT NULL,
    pinned_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX pins_site ON pins (thread_id) WHERE category_id IS NULL;
CREATE UNIQUE INDEX pins_category ON pins (thread_id, category_id) WHERE category_id IS NOT NULL;
CREATE INDEX pins_order ON pins (category_id, position, pinned_at DESC);

CREATE TABLE pin_dismissals (
    pin_id BIGINT NOT NULL,
    member_id BIGINT NOT NULL REFERENCES members (id),
    PRIMARY KEY (member_id, pin_id)
);

CREATE TABLE removals (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    member_id BIGINT NOT NULL REFERENCES members (id),
    removed_by BIGINT NOT NULL,
    removed_at BIGINT NOT NULL,
    undone_at BIGINT,
    thread_ids TEXT NOT NULL,
    post_ids TEXT NOT NULL,
    answers TEXT NOT NULL
);
