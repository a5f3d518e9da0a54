-- Points. The rows of `ledger` are the truth; `point_accounts` and the members' levels follow from them.
-- Accounts above zero are members; the account of a kind is its number below zero.
CREATE TABLE ledger (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    account BIGINT NOT NULL,
    kind SMALLINT NOT NULL,
    subject BIGINT NOT NULL,
    giver BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    delta BIGINT NOT NULL,
    reverses BIGINT REFERENCES ledger (id),
    balances BIGINT REFERENCES ledger (id),
    reason TEXT NOT NULL,
    post_id BIGINT,
    occurred_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX ledger_award ON ledger (account, kind, subject, giver, generation) WHERE reverses IS NULL AND balances IS NULL;
CREATE UNIQUE INDEX ledger_reversal ON ledger (reverses) WHERE reverses IS NOT NULL;
CREATE UNIQUE INDEX ledger_balance ON ledger (balances) WHERE balances IS NOT NULL;
CREATE INDEX ledger_account ON ledger (account, occurred_at DESC, id DESC);
CREATE TRIGGER ledger_keep BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_stay BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TABLE point_accounts (
    member_id BIGINT PRIMARY KEY NOT NULL REFERENCES members (id),
    balance BIGINT NOT NULL,
    growth BIGINT NOT NULL,
    debt BIGINT NOT NULL
);

-- What points are given for, one row each: a thread, a reply, a like, an answer, a day with a post.
CREATE TABLE point_sources (
    kind SMALLINT NOT NULL,
    subject BIGINT NOT NULL,
    giver BIGINT NOT NULL,
    account BIGINT NOT NULL,
    thread_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    holds BIGINT NOT NULL,
    standing BOOLEAN NOT NULL,
    amount BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    entry_id BIGINT,
    PRIMARY KEY (kind, subject, giver)
);
CREATE INDEX point_sources_thread ON point_sources (thread_id, kind);

-- Points given on a day for a kind, also those taken back since: a cap is used up once.
CREATE TABLE point_days (
    account BIGINT NOT NULL,
    kind SMALLINT NOT NULL,
    day BIGINT NOT NULL,
    used BIGINT NOT NULL,
    PRIMARY KEY (account, kind, day)
);

-- Rules and levels as administrators set them; without a row the defaults of the program hold.
CREATE TABLE point_rules (
    kind SMALLINT PRIMARY KEY NOT NULL,
    points BIGINT NOT NULL,
    per_day BIGINT
);

CREATE TABLE levels (
    number SMALLINT PRIMARY KEY NOT NULL,
    threshold BIGINT NOT NULL,
    name_en TEXT NOT NULL,
    name_zh_cn TEXT NOT NULL,
    name_zh_tw TEXT NOT NULL
);

-- The step that a member's growth has reached.
ALTER TABLE members ADD COLUMN level SMALLINT NOT NULL DEFAULT 1;
