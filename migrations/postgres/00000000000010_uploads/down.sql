ALTER TABLE members DROP COLUMN avatar;
DROP TABLE upload_files;
DROP TABLE uploads;
