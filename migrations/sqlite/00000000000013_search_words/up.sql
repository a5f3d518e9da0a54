-- What operators teach the search: words that mean the same, and words of their own. Terms are JSON arrays as typed;
-- the folded form tells two of the same apart from two that differ.
CREATE TABLE search_synonyms (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    terms TEXT NOT NULL,
    means TEXT NOT NULL,
    two_way BOOLEAN NOT NULL,
    folded TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by BIGINT NOT NULL REFERENCES members (id)
);
CREATE UNIQUE INDEX search_synonyms_folded ON search_synonyms (folded);

CREATE TABLE search_words (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    word TEXT NOT NULL,
    folded TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    added_by BIGINT NOT NULL REFERENCES members (id)
);
CREATE UNIQUE INDEX search_words_folded ON search_words (folded);
