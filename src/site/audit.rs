//! The audit log: what staff did to whom. Append-only; the database refuses changes.

use diesel::prelude::*;

use crate::base::ids::MemberId;
use crate::base::time::UtcTime;
use crate::infra::clock::Clock;
use crate::infra::db::Conn;
use crate::infra::db::schema::audit_entries as entries;

/// Notes that `actor` did `action` to `subject` (such as `member:7`); `detail` is shown to administrators.
pub fn note(
    conn: &mut Conn,
    clock: &Clock,
    actor: Option<MemberId>,
    action: &str,
    subject: &str,
    detail: &str,
) -> QueryResult<()> {
    diesel::insert_into(entries::table)
        .values((
            entries::actor_id.eq(actor.map(|a| a.0)),
            entries::action.eq(action),
            entries::subject.eq(subject),
            entries::detail.eq(detail),
            entries::recorded_at.eq(clock.now().0),
        ))
        .execute(conn)
        .map(drop)
}

/// One line of the log.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = entries)]
pub struct Entry {
    /// Place in the log.
    pub id: i64,
    /// Who did it; nothing for a command on the server.
    pub actor_id: Option<MemberId>,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: String,
    /// More about it.
    pub detail: String,
    /// When.
    pub recorded_at: UtcTime,
}

/// What staff only looked at.
const VIEWS: [&str; 1] = ["members.viewed"];

/// The newest `limit` acts, without what was only looked at.
pub fn acts(conn: &mut Conn, limit: i64) -> QueryResult<Vec<Entry>> {
    let acts = entries::table.filter(entries::action.ne_all(VIEWS)).order(entries::id.desc()).limit(limit);
    acts.select(Entry::as_select()).load(conn)
}

/// The newest `limit` lines before line `before`.
pub fn latest(conn: &mut Conn, before: Option<i64>, limit: i64) -> QueryResult<Vec<Entry>> {
    let mut query =
        entries::table.select(Entry::as_select()).order(entries::id.desc()).limit(limit).into_boxed();
    if let Some(before) = before {
        query = query.filter(entries::id.lt(before));
    }
    query.load(conn)
}
