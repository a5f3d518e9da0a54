-- Threads of the same title, so that their pages can be told apart; and when threads changed, for sitemaps.
CREATE INDEX threads_slug ON threads (slug, id) WHERE state = 0;
CREATE INDEX threads_sitemap ON threads (id, category_id, changed_at) WHERE state = 0;
