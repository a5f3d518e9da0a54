DROP TABLE member_counters;
DROP TABLE one_time_links;
DROP TABLE api_tokens;
DROP TABLE sessions;
DROP TABLE category_moderators;
DROP TABLE former_handles;
DROP TABLE members;
