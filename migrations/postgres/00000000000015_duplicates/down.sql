DROP TABLE duplicate_suspects;
DROP TABLE post_fingerprints;
