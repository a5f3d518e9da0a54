-- Which node is to do a job, or does it; nothing: any.
ALTER TABLE jobs ADD COLUMN node TEXT;
