//! Readers of the log whose effects are rows: effect, cursor and lease epoch commit in one transaction, so
//! each activity takes effect exactly once, even when a paused process wakes up later.

use super::lease::{self, Lease};
use super::{Activity, store};
use crate::infra::db::{Conn, Db, DbError};

/// Activities that share one transaction while the reader keeps up.
const BATCH: i64 = 500;
/// Activities that share one while it has far to go: fewer commits, and pages that many of them touch are written
/// once. No more, because on SQLite others wait that long for their writes.
const LONG_BATCH: i64 = 2_000;

/// How many activities the next transaction takes when `waiting` are left.
fn batch_size(waiting: i64) -> i64 {
    if waiting > LONG_BATCH { LONG_BATCH } else { BATCH }
}

/// What a reader does with a batch, inside the transaction that moves its cursor.
pub type Apply = fn(&mut Conn, &[Activity]) -> Result<(), DbError>;

/// One reader: a name (its lease and cursor) and an effect.
#[derive(Debug, Clone, Copy)]
pub struct Reader {
    /// Names the lease row.
    pub name: &'static str,
    /// The effect.
    pub apply: Apply,
}

/// A reader at work in this process.
#[derive(Debug)]
pub struct Running {
    reader: Reader,
    holder: String,
    held: Option<Lease>,
}

impl Running {
    /// `holder` names this process among the nodes.
    pub fn new(reader: Reader, holder: &str) -> Self {
        Self { reader, holder: holder.to_owned(), held: None }
    }

    /// The reader's name.
    pub fn name(&self) -> &'static str {
        self.reader.name
    }

    /// Takes the lease, if it is to be had.
    pub fn hold(&mut self, db: &Db) -> Result<Option<Lease>, DbError> {
        if self.held.is_none() {
            let (name, holder) = (self.reader.name, self.holder.clone());
            self.held = db.write_now(move |c| lease::acquire(c, name, &holder).map_err(DbError::from))?;
        }
        Ok(self.held.clone())
    }

    /// Applies the next batch; returns how many activities. 0: caught up, or another process is the reader.
    pub fn step(&mut self, db: &Db) -> Result<usize, DbError> {
        let Some(lease) = self.hold(db)? else { return Ok(0) };
        let from = lease.cursor;
        let waiting = db.read_now(move |c| store::head(c).map_err(DbError::from))? - from;
        if waiting <= 0 {
            return Ok(0);
        }
        let apply = self.reader.apply;
        let done = db.write_now(move |c| batch(c, &lease, apply, batch_size(waiting)))?;
        let Some((cursor, count)) = done else {
            self.held = None;
            return Ok(0);
        };
        if let Some(held) = &mut self.held {
            held.cursor = cursor;
        }
        Ok(count)
    }
}

/// `None` when the lease was lost: then nothing was written.
fn batch(conn: &mut Conn, lease: &Lease, apply: Apply, limit: i64) -> Result<Option<(i64, usize)>, DbError> {
    let activities = store::after(conn, lease.cursor, limit)?;
    let cursor = activities.last().map_or(lease.cursor, |a| a.seq);
    if !lease::advance(conn, lease, cursor)? {
        return Ok(None);
    }
    apply(conn, &activities)?;
    Ok(Some((cursor, activities.len())))
}
