//! Many threads at once, made by the database itself: for lists at size, where only order and plans matter.

use hearth::base::actor::SignedIn;
use hearth::infra::db::DatabaseUrl;

use super::stage::Stage;

/// Twenty categories, of which a visitor may read four and `insider` eighteen.
pub struct Crowd {
    pub stage: Stage,
    pub admin: SignedIn,
    pub insider: SignedIn,
    /// Opened every other thread.
    pub prolific: SignedIn,
    /// Opened one thread in a hundred.
    pub rare: SignedIn,
}

/// Tags of one thread in two, and of one in a hundred.
pub const COMMON_TAG: i64 = 1;
pub const RARE_TAG: i64 = 2;

impl Crowd {
    /// `n` threads; every twentieth is not listed.
    pub fn new(db: &hearth::infra::db::Db, n: i64) -> Self {
        let stage = Stage::new(db);
        let admin = stage.with_role("root1", hearth::base::actor::Role::Administrator);
        let (insider, prolific) = (stage.member("insider"), stage.member("prolific"));
        let (rare, others) = (stage.member("rare"), stage.member("others"));
        for k in 1..=20 {
            let id = stage.category_with(&format!("c{k}"), k > 4, None);
            if (5..=18).contains(&k) {
                stage.admit(id, &[insider.id], &[]);
            }
        }
        let crowd = Self { stage, admin, insider, prolific, rare };
        crowd.fill(n, others.id.0);
        crowd
    }

    fn fill(&self, n: i64, others: i64) {
        let numbers = match self.stage.house.db.url() {
            DatabaseUrl::Pg(_) => format!("SELECT i FROM generate_series(1::BIGINT, {n}) AS g (i)"),
            DatabaseUrl::Sqlite(_) => {
                format!(
                    "WITH RECURSIVE g (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < {n}) SELECT i FROM g"
                )
            }
        };
        let (prolific, rare, insider) = (self.prolific.id, self.rare.id, self.insider.id);
        let (start, step) = (1_600_000_000_000_000_i64, 150_000_000_000_000 / n);
        // Keys repeat, so that ids have to break ties.
        self.stage.sql(&format!(
            "INSERT INTO threads (category_id, author_id, kind, title, slug, lang, state, was_public, closed, unanswered, \
             created_at, changed_at, last_post_at, last_poster_id, next_number, posts, likes, views, heat, featured_at, version) \
             SELECT 1 + (i * 7919) % 20, CASE WHEN i % 100 = 3 THEN {rare} WHEN i % 2 = 0 THEN {prolific} ELSE {others} END, \
             0, 'Thread', 'thread', 'en', CASE WHEN i % 20 = 7 THEN 1 + i % 4 ELSE 0 END, FALSE, FALSE, i % 10 = 1, \
             {start} + (i / 3) * 3 * {step}, 0, {start} + (i * 31 % {n}) / 2 * {step}, {others}, 2, 1, 0, 0, \
             (i * 48271 % 9973) / 16.0, CASE WHEN i % 50 = 5 THEN {start} + i / 200 * {step} END, 1 FROM ({numbers}) AS numbers"
        ));
        self.stage.sql(&format!(
            "INSERT INTO tags (slug, name, threads, created_at) VALUES ('common', 'common', {}, 0), ('rare', 'rare', {}, 0)",
            self.stage.count("threads WHERE id % 2 = 1 AND state = 0"),
            self.stage.count("threads WHERE id % 100 = 9 AND state = 0"),
        ));
        for sql in [
            format!("INSERT INTO thread_tags (thread_id, tag_id) SELECT id, {COMMON_TAG} FROM threads WHERE id % 2 = 1"),
            format!("INSERT INTO thread_tags (thread_id, tag_id) SELECT id, {RARE_TAG} FROM threads WHERE id % 100 = 9"),
            format!("INSERT INTO follows (member_id, thread_id, followed_at) SELECT {insider}, id, 0 FROM threads WHERE id % 150 = 11"),
            "INSERT INTO thread_scores (period, thread_id, category_id, score) SELECT p.period, t.id, t.category_id, \
             (t.id * 37 % 211) / 8.0 FROM threads t JOIN (SELECT 1 AS period UNION ALL SELECT 2 UNION ALL SELECT 3 \
             UNION ALL SELECT 4 UNION ALL SELECT 5) AS p ON t.id % (6 - p.period) = 0 WHERE t.state = 0".to_owned(),
        ] {
            self.stage.sql(&sql);
        }
    }
}
