DELETE FROM one_time_links WHERE purpose = 3;
ALTER TABLE one_time_links DROP COLUMN revoked_at;
ALTER TABLE one_time_links DROP COLUMN note;
ALTER TABLE one_time_links DROP COLUMN used;
ALTER TABLE one_time_links DROP COLUMN uses;
ALTER TABLE one_time_links DROP COLUMN role;
