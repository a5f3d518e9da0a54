DROP INDEX threads_sitemap;
DROP INDEX threads_slug;
