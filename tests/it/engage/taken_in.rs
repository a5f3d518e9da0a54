//! Communities that come in earn by the dates of their posts; and the statements of the reader walk indexes.

use diesel::prelude::*;
use diesel::sql_types::Text;
use hearth::engage::ledger::store;
use hearth::infra::db::dialect::Count;
use hearth::infra::db::{Conn, DbError};
use hearth::transfer::demo;

use super::stage::{settle, sound};
use crate::on_both;
use crate::support::databases::TestDb;
use crate::transfer::fixture;

fn number(db: &TestDb, sql: &str) -> i64 {
    db.read_now(|c| diesel::sql_query(sql).get_result::<Count>(c).map_err(DbError::from)).unwrap().n
}

on_both! {
    fn the_demo_has_points_and_levels(db) {
        demo::fill(&fixture::house(db)).unwrap();
        settle(db);
        sound(db);
        assert!(number(db, "SELECT COUNT(*) AS n FROM point_accounts WHERE balance > 0") >= 25);
        assert!(number(db, "SELECT COUNT(DISTINCT level) AS n FROM members") >= 3);
        for kind in 1..=5 {
            assert!(number(db, &format!("SELECT COUNT(*) AS n FROM ledger WHERE account > 0 AND kind = {kind}")) > 0);
        }
        let now = fixture::NOW.0;
        assert_eq!(number(db, &format!("SELECT COUNT(*) AS n FROM ledger WHERE occurred_at > {now}")), 0);
    }
}

on_both! {
    fn an_imported_community_earns_by_the_dates_of_its_posts(db) {
        fixture::import_all(db);
        settle(db);
        sound(db);
        let threads = number(db, "SELECT COUNT(*) AS n FROM threads WHERE state = 0");
        let awarded = "SELECT COUNT(*) AS n FROM ledger WHERE account > 0 AND kind = 1 AND reverses IS NULL";
        assert!(threads >= 5 && number(db, awarded) >= threads);
        let dated = "SELECT COUNT(*) AS n FROM ledger l JOIN posts p ON p.id = l.post_id \
                     WHERE l.account > 0 AND l.kind <= 3 AND l.reverses IS NULL AND l.occurred_at <> p.created_at";
        assert_eq!(number(db, dated), 0);
        // Once more brings nothing new, and awards nothing anew.
        let rows = number(db, "SELECT COUNT(*) AS n FROM ledger");
        fixture::import_all(db);
        settle(db);
        assert_eq!(number(db, "SELECT COUNT(*) AS n FROM ledger"), rows);
    }
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// What SQLite would do for the statements of `run`, seen by their text.
fn plan(conn: &mut Conn, sql: &str) -> Vec<String> {
    let steps: Vec<Step> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(conn).unwrap();
    steps.into_iter().map(|s| s.detail).collect()
}

#[test]
fn no_statement_of_the_reader_scans_a_table() {
    let db = TestDb::sqlite();
    db.read_now(|c| {
        for sql in
            [store::used_sql(&[(hearth::base::ids::MemberId(1), 2, 3)]), store::days_sql(&[(1, 2)], "")]
        {
            let steps = plan(c, &sql);
            assert!(steps.iter().any(|s| s.contains("SEARCH")), "{steps:?}");
            assert!(!steps.iter().any(|s| s.starts_with("SCAN d") || s.starts_with("SCAN s")), "{steps:?}");
        }
        Ok::<_, DbError>(())
    })
    .unwrap();
}
