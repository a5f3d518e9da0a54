//! Numbers committed activities on PostgreSQL, in small batches, under a lease: gap-free by construction and
//! independent of transaction ids. A slow transaction is numbered when it commits, after the faster ones.

use diesel::prelude::*;

use super::lease::{self, Lease};
use super::store;
use crate::infra::db::{Conn, Db, DbError};

/// The lease's name.
pub const NAME: &str = "sequencer";

/// Rows numbered in one transaction at the most.
const BATCH: i64 = 1_000;

/// Numbers what is committed; returns how many rows. Does nothing on SQLite, or while another process holds
/// the lease.
pub fn step(db: &Db, held: &mut Option<Lease>, holder: &str) -> Result<usize, DbError> {
    if db.url().is_sqlite() {
        return Ok(0);
    }
    if held.is_none() {
        let holder = holder.to_owned();
        *held = db.write_now(move |c| lease::acquire(c, NAME, &holder).map_err(DbError::from))?;
    }
    let Some(mine) = held.clone() else { return Ok(0) };
    // An idle site writes nothing.
    if db.read_now(|c| store::unnumbered(c, 1).map_err(DbError::from))?.is_empty() {
        return Ok(0);
    }
    let numbered = db.write_now(move |c| number(c, &mine).map_err(DbError::from))?;
    if numbered.is_none() {
        *held = None;
    }
    Ok(numbered.unwrap_or(0))
}

/// `None` when the lease was lost. Public so that the interleaving tests can drive it.
pub fn number(conn: &mut Conn, lease: &Lease) -> QueryResult<Option<usize>> {
    if !lease::advance(conn, lease, 0)? {
        return Ok(None);
    }
    diesel::sql_query(format!(
        "UPDATE activities SET seq = numbered.seq FROM ( \
           SELECT id, (SELECT COALESCE(MAX(seq), 0) FROM activities WHERE seq IS NOT NULL) \
                      + ROW_NUMBER() OVER (ORDER BY id) AS seq \
           FROM activities WHERE seq IS NULL ORDER BY id LIMIT {BATCH}) AS numbered \
         WHERE activities.id = numbered.id"
    ))
    .execute(conn)
    .map(Some)
}
