//! The activity log: nothing is lost, nothing is applied twice.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use hearth::app::{Node, NodeOptions};
use hearth::base::actor::Role;
use hearth::base::ids::MemberId;
use hearth::base::time::UtcTime;
use hearth::infra::activity::lease;
use hearth::infra::activity::reader::{Reader, Running};
use hearth::infra::activity::{self, Activity, NewActivity, Verb, sequencer};
use hearth::infra::clock::Clock;
use hearth::infra::db::dialect::Count;
use hearth::infra::db::schema::leases;
use hearth::infra::db::{Conn, Db, DbError, DbOptions};

use crate::support::app::{App, off};
use crate::support::databases::TestDb;
use crate::{app_on_both, on_both};

fn note(member: i64) -> impl Fn(&mut Conn) -> Result<(), DbError> + Send + 'static {
    let clock = Clock::manual(UtcTime(5));
    move |c| {
        let fact = NewActivity::new(Verb::MemberJoined, UtcTime(5)).by(MemberId(member));
        activity::record(c, &clock, &fact).map_err(DbError::from)
    }
}

fn number(db: &Db) -> usize {
    let mut held = None;
    sequencer::step(db, &mut held, "test").unwrap()
}

fn all(db: &Db) -> Vec<Activity> {
    db.read_now(|c| activity::after(c, 0, 100).map_err(DbError::from)).unwrap()
}

/// An effect that can be counted: one setting per activity, named by its place.
fn count(conn: &mut Conn, batch: &[Activity]) -> Result<(), DbError> {
    for a in batch {
        conn.batch_execute(&format!(
            "INSERT INTO settings (name, value, updated_at) VALUES ('seen-{}', '', 0)",
            a.seq
        ))?;
    }
    Ok(())
}

const COUNTER: Reader = Reader { name: "counter", apply: count };

fn effects(db: &Db) -> i64 {
    db.read_now(|c| {
        diesel::sql_query("SELECT COUNT(*) AS n FROM settings").get_result::<Count>(c).map_err(DbError::from)
    })
    .unwrap()
    .n
}

fn expire(db: &Db, name: &'static str) {
    db.write_now(move |c| {
        diesel::update(leases::table.filter(leases::name.eq(name)))
            .set(leases::expires_at.eq(UtcTime(0)))
            .execute(c)
            .map_err(DbError::from)
    })
    .unwrap();
}

on_both! {
    fn places_are_dense_and_in_order(db) {
        for member in 1..=5 {
            db.write_now(note(member)).unwrap();
        }
        let rolled_back = db.write_now(|c| {
            note(9)(c)?;
            Err::<(), _>(DbError::CommitFailed)
        });
        assert!(rolled_back.is_err());
        db.write_now(note(6)).unwrap();
        number(db);
        let log = all(db);
        assert_eq!(log.iter().map(|a| a.seq).collect::<Vec<_>>(), (1..=6).collect::<Vec<_>>());
        assert_eq!(log.iter().filter_map(|a| a.actor).map(|m| m.0).collect::<Vec<_>>(), (1..=6).collect::<Vec<_>>());
    }
}

#[test]
fn a_slow_postgres_transaction_loses_no_activity() {
    let db = TestDb::postgres();
    let mut slow = db.dedicated().unwrap();
    slow.batch_execute("BEGIN").unwrap();
    note(1)(&mut slow).unwrap();
    // The slow one has the lower id and is still open while the fast one commits and is numbered and read.
    db.write_now(note(2)).unwrap();
    assert_eq!(number(&db), 1);
    let mut reader = Running::new(COUNTER, "a");
    assert_eq!(reader.step(&db).unwrap(), 1);
    slow.batch_execute("COMMIT").unwrap();
    assert_eq!(number(&db), 1);
    assert_eq!(reader.step(&db).unwrap(), 1, "the slow activity is read after all");
    let log = all(&db);
    assert_eq!(log.iter().filter_map(|a| a.actor).map(|m| m.0).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(effects(&db), 2);
}

on_both! {
    fn a_reader_paused_past_its_lease_writes_nothing(db) {
        db.write_now(note(1)).unwrap();
        number(db);
        let mut paused = Running::new(COUNTER, "paused");
        let mut other = Running::new(COUNTER, "other");
        paused.hold(db).unwrap().unwrap();
        assert_eq!(other.step(db).unwrap(), 0, "the lease is held");
        expire(db, "counter");
        assert_eq!(other.step(db).unwrap(), 1, "the other node takes over");
        db.write_now(note(2)).unwrap();
        number(db);
        // It still believes that it holds the lease at cursor 0: everything would be applied twice.
        assert_eq!(paused.step(db).unwrap(), 0);
        assert_eq!(effects(db), 1);
        assert_eq!(other.step(db).unwrap(), 1);
        assert_eq!(effects(db), 2);
    }
}

#[test]
fn a_sequencer_that_lost_its_lease_numbers_nothing() {
    let db = TestDb::postgres();
    db.write_now(note(1)).unwrap();
    let old =
        db.write_now(|c| lease::acquire(c, sequencer::NAME, "old").map_err(DbError::from)).unwrap().unwrap();
    expire(&db, sequencer::NAME);
    let new =
        db.write_now(|c| lease::acquire(c, sequencer::NAME, "new").map_err(DbError::from)).unwrap().unwrap();
    assert!(new.epoch > old.epoch);
    assert_eq!(db.write_now(move |c| sequencer::number(c, &old).map_err(DbError::from)).unwrap(), None);
    assert!(all(&db).is_empty());
    assert_eq!(db.write_now(move |c| sequencer::number(c, &new).map_err(DbError::from)).unwrap(), Some(1));
}

on_both! {
    fn a_failing_effect_keeps_the_cursor(db) {
        fn fail(_: &mut Conn, _: &[Activity]) -> Result<(), DbError> {
            Err(DbError::CommitFailed)
        }
        db.write_now(note(1)).unwrap();
        number(db);
        let mut failing = Running::new(Reader { name: "counter", apply: fail }, "a");
        assert!(failing.step(db).is_err());
        let mut sound = Running::new(COUNTER, "a");
        assert_eq!(sound.step(db).unwrap(), 1, "nothing was skipped");
    }
}

on_both! {
    fn the_log_tells_how_far_a_reader_is_behind(db) {
        let behind = |seq| db.read_now(move |c| activity::behind_since(c, seq).map_err(DbError::from)).unwrap();
        assert_eq!(behind(0), None);
        db.write_now(note(1)).unwrap();
        assert_eq!(behind(0), Some(UtcTime(5)), "committed, numbered or not");
        number(db);
        assert_eq!(behind(0), Some(UtcTime(5)));
        assert_eq!(behind(1), None);
    }
}

/// A further node on the same database.
fn node(app: &App, name: &str, dir: &std::path::Path) -> Node {
    let db = &app.node.house.db;
    let options = NodeOptions {
        name: name.into(),
        index_memory: 15_000_000,
        ..NodeOptions::new(DbOptions::new(db.url().clone()), dir.join(name), app.node.web.config.clone())
    };
    off(|| Node::assemble(db.clone(), options)).unwrap()
}

app_on_both! {
    async fn a_node_that_died_takes_its_leases_back_at_once(app) {
        app.member("ada", Role::Member);
        app.settle();
        app.member("bo", Role::Member);
        let dir = tempfile::tempdir().unwrap();
        let behind = || {
            off(|| app.node.house.db.read_now(|c| {
                let head = activity::head(c)?;
                let unread = lease::all(c)?.iter().any(|l| l.name == "member_counters" && l.cursor < head);
                Ok::<_, DbError>(unread || activity::behind_since(c, head)?.is_some())
            })).unwrap()
        };
        let other = node(app, "another", dir.path());
        off(|| other.settle()).unwrap();
        assert!(behind(), "the leases of a node that may be alive are left to it");
        let again = node(app, &app.node.name, dir.path());
        off(|| again.settle()).unwrap();
        assert!(!behind());
    }
}

#[test]
fn the_head_of_a_long_log_is_read_from_its_index() {
    #[derive(QueryableByName)]
    struct Step {
        #[diesel(sql_type = diesel::sql_types::Text)]
        detail: String,
    }
    let db = TestDb::sqlite();
    // PostgreSQL's planner adds the condition by itself; SQLite reads the whole log without it.
    let plan = db
        .read_now(|c| {
            let sql = format!("EXPLAIN QUERY PLAN {}", activity::HEAD);
            diesel::sql_query(sql).load::<Step>(c).map_err(DbError::from)
        })
        .unwrap();
    assert!(plan.iter().all(|s| s.detail.contains("COVERING INDEX activities_seq")), "{}", plan[0].detail);
}
