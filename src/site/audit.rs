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

/// Which lines are wanted: those that fit all that is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// By whom.
    pub actor: By,
    /// What was done.
    pub action: Option<String>,
    /// Not before.
    pub from: Option<UtcTime>,
    /// Not after.
    pub until: Option<UtcTime>,
}

/// Whose acts are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum By {
    /// Everybody's.
    #[default]
    Anybody,
    /// Those of commands on the server.
    House,
    /// Those of one member.
    Member(MemberId),
}

/// The newest `limit` lines before line `before`, of those that are wanted.
pub fn latest(conn: &mut Conn, wanted: &Wanted, before: Option<i64>, limit: i64) -> QueryResult<Vec<Entry>> {
    let mut query =
        entries::table.select(Entry::as_select()).order(entries::id.desc()).limit(limit).into_boxed();
    if let Some(before) = before {
        query = query.filter(entries::id.lt(before));
    }
    query = match wanted.actor {
        By::Anybody => query,
        By::House => query.filter(entries::actor_id.is_null()),
        By::Member(id) => query.filter(entries::actor_id.eq(id.0)),
    };
    if let Some(action) = &wanted.action {
        query = query.filter(entries::action.eq(action.clone()));
    }
    if let Some(from) = wanted.from {
        query = query.filter(entries::recorded_at.ge(from.0));
    }
    if let Some(until) = wanted.until {
        query = query.filter(entries::recorded_at.le(until.0));
    }
    query.load(conn)
}

/// Whose acts and which there are: what one may ask for.
pub fn choices(conn: &mut Conn) -> QueryResult<(Vec<Option<MemberId>>, Vec<String>)> {
    let actors = entries::table.select(entries::actor_id).distinct().load(conn)?;
    let actions =
        entries::table.select(entries::action).distinct().order(entries::action.asc()).load(conn)?;
    Ok((actors, actions))
}
