//! The table of engagements: a row per source. Each (thread, member, kind, UTC day) counts once, at its
//! earliest remaining source, so a person counts once a day per kind and arrival order does not matter.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Double, Nullable, SmallInt};

use super::model::{Kind, Scale, add, subtract, sum};
use crate::base::ids::{MemberId, ThreadId};
use crate::base::time::{DAY, UtcTime};
use crate::infra::db::Conn;
use crate::infra::db::among::OneOf as _;
use crate::infra::db::schema::engagements;

/// One thing somebody did with a thread.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Engagement {
    /// The thread.
    pub thread: ThreadId,
    /// What.
    pub kind: Kind,
    /// The row that stands for it: a post for replies, likes and answers, a day for views.
    pub source: i64,
    /// Who; nobody for views and imported likes, which never repeat each other.
    pub member: Option<MemberId>,
    /// When.
    pub at: UtcTime,
    /// Multiplies the weight: 0.1 for the author's own replies, the number of views or anonymous likes.
    pub factor: f64,
}

/// A stored engagement.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = engagements)]
pub struct Row {
    /// Its id.
    pub id: i64,
    /// Kind, as stored.
    pub kind: i16,
    /// Its source.
    pub source_id: i64,
    /// Who.
    pub member_id: Option<MemberId>,
    /// UTC day.
    pub day: i64,
    /// When.
    pub at: UtcTime,
    /// Multiplies the weight.
    pub factor: f64,
}

impl Row {
    /// This row as a term of the sum.
    pub fn term(&self, scale: Scale) -> f64 {
        Kind::from_code(self.kind).map_or(super::FLOOR, |kind| scale.term(kind, self.factor, self.at))
    }
}

/// How a change of the rows changes the sum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Effect {
    /// The sum stays.
    Nothing,
    /// This term is added.
    Add(f64),
    /// This term is taken away.
    Remove(f64),
    /// The sum must be computed from the rows.
    Recompute,
}

impl Effect {
    /// The sum after this effect.
    pub fn apply(self, conn: &mut Conn, scale: Scale, thread: ThreadId, before: f64) -> QueryResult<f64> {
        match self {
            Self::Nothing => Ok(before),
            Self::Add(term) => Ok(add(before, term)),
            Self::Remove(term) => match subtract(before, term) {
                Some(after) => Ok(after),
                None => total(conn, scale, thread),
            },
            Self::Recompute => total(conn, scale, thread),
        }
    }
}

/// The rows of one thread that count: the earliest of each (member, kind, day), and all anonymous ones.
pub fn counted(rows: Vec<Row>) -> Vec<Row> {
    let mut best: HashMap<(MemberId, i16, i64), Row> = HashMap::new();
    let mut all = Vec::new();
    for row in rows {
        let Some(member) = row.member_id else {
            all.push(row);
            continue;
        };
        match best.entry((member, row.kind, row.day)) {
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(row);
            }
            std::collections::hash_map::Entry::Occupied(mut held) => {
                if (row.at, row.id) < (held.get().at, held.get().id) {
                    held.insert(row);
                }
            }
        }
    }
    all.extend(best.into_values());
    all.sort_by_key(|r| (r.at, r.id));
    all
}

/// All rows of `thread`.
pub fn rows(conn: &mut Conn, thread: ThreadId) -> QueryResult<Vec<Row>> {
    engagements::table.filter(engagements::thread_id.eq(thread.0)).select(Row::as_select()).load(conn)
}

/// All rows of `threads`, by thread.
pub fn rows_of(conn: &mut Conn, threads: &[ThreadId]) -> QueryResult<HashMap<ThreadId, Vec<Row>>> {
    let ids: Vec<i64> = threads.iter().map(|id| id.0).collect();
    let all: Vec<(ThreadId, Row)> = engagements::table
        .filter(engagements::thread_id.among(ids))
        .select((engagements::thread_id, Row::as_select()))
        .load(conn)?;
    let mut by_thread: HashMap<ThreadId, Vec<Row>> = HashMap::new();
    for (thread, row) in all {
        by_thread.entry(thread).or_default().push(row);
    }
    Ok(by_thread)
}

/// The heat of `thread`, computed from its rows.
pub fn total(conn: &mut Conn, scale: Scale, thread: ThreadId) -> QueryResult<f64> {
    Ok(sum(counted(rows(conn, thread)?).iter().map(|r| r.term(scale))))
}

fn group(conn: &mut Conn, thread: ThreadId, member: MemberId, kind: Kind, day: i64) -> QueryResult<Vec<Row>> {
    engagements::table
        .filter(engagements::thread_id.eq(thread.0))
        .filter(engagements::member_id.eq(member.0))
        .filter(engagements::kind.eq(kind.code()))
        .filter(engagements::day.eq(day))
        .order((engagements::at.asc(), engagements::id.asc()))
        .select(Row::as_select())
        .load(conn)
}

/// Stores `new` and says what that does to the sum. The same source twice does nothing. The thread's row
/// must be locked.
pub fn insert(conn: &mut Conn, scale: Scale, new: &Engagement) -> QueryResult<Effect> {
    let day = new.at.0.div_euclid(DAY);
    let before = match new.member {
        Some(member) => group(conn, new.thread, member, new.kind, day)?,
        None => Vec::new(),
    };
    if !insert_row(conn, new, day)? {
        return Ok(Effect::Nothing);
    }
    Ok(match before.first() {
        None => Effect::Add(scale.term(new.kind, new.factor, new.at)),
        Some(earliest) if earliest.at <= new.at => Effect::Nothing,
        Some(_) => Effect::Recompute,
    })
}

/// Stores a row without looking at the sum: for imports and restorations, which compute it once at the end.
pub fn insert_row(conn: &mut Conn, new: &Engagement, day: i64) -> QueryResult<bool> {
    diesel::sql_query(
        "INSERT INTO engagements (thread_id, kind, source_id, member_id, day, at, factor) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
    )
    .bind::<BigInt, _>(new.thread)
    .bind::<SmallInt, _>(new.kind.code())
    .bind::<BigInt, _>(new.source)
    .bind::<Nullable<BigInt>, _>(new.member)
    .bind::<BigInt, _>(day)
    .bind::<BigInt, _>(new.at)
    .bind::<Double, _>(new.factor)
    .execute(conn)
    .map(|n| n == 1)
}

/// Takes one source away and says what that does to the sum.
pub fn remove(
    conn: &mut Conn,
    scale: Scale,
    thread: ThreadId,
    kind: Kind,
    source: i64,
    member: Option<MemberId>,
) -> QueryResult<Effect> {
    let mut query = engagements::table
        .filter(engagements::thread_id.eq(thread.0))
        .filter(engagements::kind.eq(kind.code()))
        .filter(engagements::source_id.eq(source))
        .select(Row::as_select())
        .into_boxed();
    query = match member {
        Some(member) => query.filter(engagements::member_id.eq(member.0)),
        None => query.filter(engagements::member_id.is_null()),
    };
    let Some(gone) = query.get_result::<Row>(conn).optional()? else { return Ok(Effect::Nothing) };
    let group = match gone.member_id {
        Some(member) => group(conn, thread, member, kind, gone.day)?,
        None => Vec::new(),
    };
    diesel::delete(engagements::table.find(gone.id)).execute(conn)?;
    let counted = group.first().is_none_or(|first| first.id == gone.id);
    Ok(match (counted, group.len()) {
        (false, _) => Effect::Nothing,
        (true, 0 | 1) => Effect::Remove(gone.term(scale)),
        (true, _) => Effect::Recompute,
    })
}

/// Since when a source stands; nothing when it does not.
pub fn since(conn: &mut Conn, thread: ThreadId, kind: Kind, source: i64) -> QueryResult<Option<UtcTime>> {
    engagements::table
        .filter(engagements::thread_id.eq(thread.0))
        .filter(engagements::kind.eq(kind.code()))
        .filter(engagements::source_id.eq(source))
        .select(engagements::at)
        .get_result(conn)
        .optional()
}

/// Takes away everything that stands on post `source`: the reply itself, likes on it, its acceptance.
pub fn remove_of_post(conn: &mut Conn, thread: ThreadId, source: i64) -> QueryResult<usize> {
    diesel::delete(
        engagements::table
            .filter(engagements::thread_id.eq(thread.0))
            .filter(engagements::source_id.eq(source))
            .filter(engagements::kind.ne(Kind::View.code())),
    )
    .execute(conn)
}

/// Adds `viewers` to the views of one day; returns the term that the sum gains.
pub fn add_views(
    conn: &mut Conn,
    scale: Scale,
    thread: ThreadId,
    day: i64,
    viewers: i64,
) -> QueryResult<f64> {
    let at = UtcTime(day * DAY);
    diesel::sql_query(
        "INSERT INTO engagements (thread_id, kind, source_id, member_id, day, at, factor) \
         VALUES ($1, $2, $3, NULL, $4, $5, $6) \
         ON CONFLICT (thread_id, kind, source_id, COALESCE(member_id, 0)) \
         DO UPDATE SET factor = engagements.factor + excluded.factor",
    )
    .bind::<BigInt, _>(thread)
    .bind::<SmallInt, _>(Kind::View.code())
    .bind::<BigInt, _>(day)
    .bind::<BigInt, _>(day)
    .bind::<BigInt, _>(at)
    .bind::<Double, _>(viewers as f64)
    .execute(conn)?;
    Ok(scale.term(Kind::View, viewers as f64, at))
}

/// Threads with engagements on `day`, for the rolling scores.
pub fn threads_of_day(conn: &mut Conn, day: i64) -> QueryResult<Vec<ThreadId>> {
    engagements::table.filter(engagements::day.eq(day)).select(engagements::thread_id).distinct().load(conn)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: i64, member: Option<i64>, at: i64) -> Row {
        Row {
            id,
            kind: Kind::Reply.code(),
            source_id: id,
            member_id: member.map(MemberId),
            day: UtcTime(at).day(),
            at: UtcTime(at),
            factor: 1.0,
        }
    }

    #[test]
    fn a_person_counts_once_a_day_at_the_earliest() {
        let rows = vec![
            row(1, Some(7), 50),
            row(2, Some(7), 20),
            row(3, Some(8), 60),
            row(4, None, 1),
            row(5, None, 1),
            row(6, Some(7), DAY + 1),
        ];
        let ids: Vec<i64> = counted(rows).iter().map(|r| r.id).collect();
        assert_eq!(ids, [4, 5, 2, 3, 6]);
    }
}
