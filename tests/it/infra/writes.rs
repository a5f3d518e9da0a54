//! The doors to the database: what one request does must not hurt another.

use std::sync::mpsc;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use hearth::infra::db::dialect::Count;
use hearth::infra::db::{Conn, Db, DbError, DbOptions};

use crate::on_both;
use crate::support::databases::TestDb;

fn put(name: &str) -> impl Fn(&mut Conn) -> Result<(), DbError> + Send + 'static {
    let sql = format!("INSERT INTO settings (name, value, updated_at) VALUES ('{name}', '', 0)");
    move |c| c.batch_execute(&sql).map_err(DbError::from)
}

fn names(db: &Db) -> i64 {
    db.read_now(|c| {
        diesel::sql_query("SELECT COUNT(*) AS n FROM settings").get_result::<Count>(c).map_err(DbError::from)
    })
    .unwrap()
    .n
}

on_both! {
    fn a_panicking_write_hurts_only_its_own_request(db) {
        let (go, wait) = mpsc::channel::<()>();
        let wait = std::sync::Mutex::new(wait);
        let (first, panicking, after) = std::thread::scope(|s| {
            // The first write holds the writer until the others are queued, so that they share its batch.
            let first = s.spawn(|| db.write_now(move |c| {
                let _ = wait.lock().unwrap().recv();
                put("first")(c)
            }));
            let panicking = s.spawn(|| db.write_now(|c| -> Result<(), DbError> {
                put("lost")(c)?;
                panic!("on purpose")
            }));
            let after = s.spawn(|| db.write_now(put("after")));
            go.send(()).unwrap();
            (first.join().unwrap(), panicking.join().unwrap(), after.join().unwrap())
        });
        first.unwrap();
        assert!(matches!(panicking, Err(DbError::Panicked)));
        after.unwrap();
        assert_eq!(names(db), 2, "the panicking write left nothing");
        db.write_now(put("later")).unwrap();
    }
}

on_both! {
    fn a_refused_write_is_rolled_back_alone(db) {
        let refused = db.write_now(|c| {
            put("half")(c)?;
            Err::<(), _>(DbError::CommitFailed)
        });
        assert!(refused.is_err());
        assert_eq!(names(db), 0);
    }
}

/// Leaves a violated foreign key behind that only the COMMIT notices.
fn poison(c: &mut Conn) -> Result<(), DbError> {
    c.batch_execute(
        "PRAGMA defer_foreign_keys = ON; \
         INSERT INTO former_category_slugs (slug, category_id) VALUES ('nowhere', 999)",
    )
    .map_err(DbError::from)
}

#[test]
fn a_batch_that_cannot_commit_acknowledges_nobody_falsely() {
    let db = TestDb::sqlite();
    let (go, wait) = mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let (holder, poisoned, good) = std::thread::scope(|s| {
        let holder = s.spawn(|| {
            db.write_now(move |c| {
                let _ = wait.lock().unwrap().recv();
                put("holder")(c)
            })
        });
        let poisoned = s.spawn(|| db.write_now(poison));
        let good = s.spawn(|| db.write_now(put("good")));
        drop(go);
        (holder.join().unwrap(), poisoned.join().unwrap(), good.join().unwrap())
    });
    holder.unwrap();
    good.unwrap();
    assert!(matches!(poisoned, Err(DbError::CommitFailed)));
    assert_eq!(names(&db), 2, "the good ones were run again alone");
}

#[test]
fn a_full_queue_is_refused_at_once() {
    let db = TestDb::with(|url| DbOptions { queue: 1, readers: 1, ..DbOptions::new(url) });
    let (go, wait) = mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let (started, running) = mpsc::channel::<()>();
    std::thread::scope(|s| {
        let holder = s.spawn(|| {
            db.write_now(move |c| {
                let _ = started.send(());
                let _ = wait.lock().unwrap().recv();
                put("holder")(c)
            })
        });
        running.recv().unwrap();
        // One more fits the queue; it is pushed from here so that the order is certain.
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut waiting = std::pin::pin!(db.write(put("waiting")));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        let _guard = runtime.enter();
        assert!(waiting.as_mut().poll(&mut context).is_pending());
        assert!(matches!(db.write_now(put("refused")), Err(DbError::QueueFull)));
        go.send(()).unwrap();
        holder.join().unwrap().unwrap();
        runtime.block_on(waiting).unwrap();
    });
    assert_eq!(names(&db), 2);
}

on_both! {
    fn readers_cannot_write(db) {
        if db.url().is_sqlite() {
            assert!(db.read_now(put("never")).is_err());
        }
    }
}
