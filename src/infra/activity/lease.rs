//! Leases: work that only one process may do, guarded by an epoch that moves with every new holder.
//!
//! A holder proves itself inside each transaction by updating the lease row `WHERE epoch = mine`: if another
//! process took over while it was paused, the update finds no row and the transaction is abandoned. The row
//! also holds the reader's cursor, so effect, cursor and proof commit together.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::base::time::{SECOND, UtcTime};
use crate::infra::db::Conn;
use crate::infra::db::dialect::database_now;
use crate::infra::db::schema::leases;

/// How long a lease lasts unless its holder extends it.
pub const LEASE: i64 = 10 * SECOND;

/// A lease that this process holds, as far as it knows.
#[derive(Debug, Clone)]
pub struct Lease {
    /// What is leased.
    pub name: String,
    /// Moves with every new holder.
    pub epoch: i64,
    /// The cursor kept in the row when the lease was taken or last moved.
    pub cursor: i64,
}

#[derive(QueryableByName)]
struct Taken {
    #[diesel(sql_type = BigInt)]
    epoch: i64,
    #[diesel(sql_type = BigInt)]
    cursor: i64,
}

/// Takes the lease `name` for `holder` when it is free, expired or already `holder`'s. `None`: another has it.
pub fn acquire(conn: &mut Conn, name: &str, holder: &str) -> QueryResult<Option<Lease>> {
    diesel::sql_query(
        "INSERT INTO leases (name, epoch, holder, expires_at, cursor) VALUES ($1, 0, '', 0, 0) ON CONFLICT (name) DO NOTHING",
    )
    .bind::<Text, _>(name)
    .execute(conn)?;
    let now = database_now(conn)?;
    let taken = diesel::sql_query(
        "UPDATE leases SET epoch = epoch + 1, holder = $1, expires_at = $2 \
         WHERE name = $3 AND (expires_at <= $4 OR holder = $5) RETURNING epoch, cursor",
    )
    .bind::<Text, _>(holder)
    .bind::<BigInt, _>(now.plus(LEASE))
    .bind::<Text, _>(name)
    .bind::<BigInt, _>(now)
    .bind::<Text, _>(holder)
    .load::<Taken>(conn)?;
    Ok(taken.into_iter().next().map(|t| Lease { name: name.to_owned(), epoch: t.epoch, cursor: t.cursor }))
}

/// Extends `lease` and moves its cursor; false when another process has taken it over. Part of the
/// transaction that carries the effect.
pub fn advance(conn: &mut Conn, lease: &Lease, cursor: i64) -> QueryResult<bool> {
    let until = database_now(conn)?.plus(LEASE);
    let moved = diesel::update(
        leases::table.filter(leases::name.eq(&lease.name)).filter(leases::epoch.eq(lease.epoch)),
    )
    .set((leases::expires_at.eq(until), leases::cursor.eq(cursor)))
    .execute(conn)?;
    Ok(moved == 1)
}

/// Lets `lease` go early, so that another process need not wait.
pub fn release(conn: &mut Conn, lease: &Lease) -> QueryResult<()> {
    diesel::update(leases::table.filter(leases::name.eq(&lease.name)).filter(leases::epoch.eq(lease.epoch)))
        .set(leases::expires_at.eq(UtcTime(0)))
        .execute(conn)
        .map(drop)
}

/// One row of the back office's table of readers.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = leases)]
pub struct LeaseRow {
    /// What is leased.
    pub name: String,
    /// Moves with every new holder.
    pub epoch: i64,
    /// Which process holds it.
    pub holder: String,
    /// When it lapses.
    pub expires_at: UtcTime,
    /// Place in the log.
    pub cursor: i64,
}

/// The readers of the log among the leases, by name.
pub fn readers(conn: &mut Conn) -> QueryResult<Vec<LeaseRow>> {
    Ok(all(conn)?.into_iter().filter(LeaseRow::reads).collect())
}

impl LeaseRow {
    /// True for a reader of the log: not what numbers it, nor work with a colon in its name, which has no place
    /// in the log.
    pub fn reads(&self) -> bool {
        self.name != super::sequencer::NAME && !self.name.contains(':')
    }
}

/// All leases, by name.
pub fn all(conn: &mut Conn) -> QueryResult<Vec<LeaseRow>> {
    leases::table.order(leases::name.asc()).select(LeaseRow::as_select()).load(conn)
}
