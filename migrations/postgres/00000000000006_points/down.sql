ALTER TABLE members DROP COLUMN level;
DROP TABLE levels;
DROP TABLE point_rules;
DROP TABLE point_days;
DROP TABLE point_sources;
DROP TABLE point_accounts;
DROP TABLE ledger;
DROP FUNCTION ledger_refuse;
