DROP TABLE former_page_slugs;
DROP TABLE custom_pages;
