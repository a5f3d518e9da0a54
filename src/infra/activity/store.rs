//! Reading and appending the log.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, SmallInt, Text};

use super::model::{Activity, NewActivity, Origin, Verb};
use crate::base::ids::{CategoryId, MemberId, PostId, ThreadId};
use crate::base::time::UtcTime;
use crate::infra::clock::Clock;
use crate::infra::db::dialect::Count;
use crate::infra::db::schema::activities;
use crate::infra::db::{self, Conn};

/// Appends `activity`. Call it last in the transaction, after the row locks, so that ids follow the commit
/// order of each thread.
pub fn record(conn: &mut Conn, clock: &Clock, activity: &NewActivity) -> QueryResult<()> {
    let seq = match conn {
        Conn::Pg(_) => "NULL",
        Conn::Sqlite(_) => "(SELECT COALESCE(MAX(seq), 0) + 1 FROM activities WHERE seq IS NOT NULL)",
    };
    diesel::sql_query(format!(
        "INSERT INTO activities (verb, actor_id, member_id, thread_id, post_id, category_id, origin, \
         occurred_at, recorded_at, payload, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, {seq})"
    ))
    .bind::<Text, _>(activity.verb.as_str())
    .bind::<Nullable<BigInt>, _>(activity.actor)
    .bind::<Nullable<BigInt>, _>(activity.member)
    .bind::<Nullable<BigInt>, _>(activity.thread)
    .bind::<Nullable<BigInt>, _>(activity.post)
    .bind::<Nullable<BigInt>, _>(activity.category)
    .bind::<SmallInt, _>(activity.origin.code())
    .bind::<BigInt, _>(activity.at)
    .bind::<BigInt, _>(clock.now())
    .bind::<Text, _>(activity.payload.to_string())
    .execute(conn)?;
    db::news::tell(activity.verb.frames());
    Ok(())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = activities)]
struct Row {
    seq: Option<i64>,
    verb: String,
    actor_id: Option<MemberId>,
    member_id: Option<MemberId>,
    thread_id: Option<ThreadId>,
    post_id: Option<PostId>,
    category_id: Option<CategoryId>,
    origin: i16,
    occurred_at: UtcTime,
    recorded_at: UtcTime,
    payload: String,
}

/// The next `limit` numbered activities after place `seq`, in order.
pub fn after(conn: &mut Conn, seq: i64, limit: i64) -> QueryResult<Vec<Activity>> {
    let rows: Vec<Row> = activities::table
        .filter(activities::seq.gt(seq))
        .order(activities::seq.asc())
        .limit(limit)
        .select(Row::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(Activity::from).collect())
}

/// Committed activities without a number, `limit` at the most: only what must not wait for the order reads
/// them. None on SQLite.
pub fn unnumbered(conn: &mut Conn, limit: i64) -> QueryResult<Vec<Activity>> {
    if matches!(conn, Conn::Sqlite(_)) {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = activities::table
        .filter(activities::seq.is_null())
        .limit(limit)
        .select(Row::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(Activity::from).collect())
}

impl From<Row> for Activity {
    fn from(row: Row) -> Self {
        Self {
            seq: row.seq.unwrap_or_default(),
            verb: Verb::parse(&row.verb),
            actor: row.actor_id,
            member: row.member_id,
            thread: row.thread_id,
            post: row.post_id,
            category: row.category_id,
            origin: Origin::from_code(row.origin),
            at: row.occurred_at,
            recorded: row.recorded_at,
            payload: serde_json::from_str(&row.payload).unwrap_or_default(),
        }
    }
}

/// What the dashboard counts of an activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glimpse {
    /// What happened; `None` when a newer release wrote it.
    pub verb: Option<Verb>,
    /// Who did it.
    pub actor: Option<MemberId>,
    /// When it happened.
    pub at: UtcTime,
}

/// The newest `limit` numbered activities, newest first.
pub fn latest(conn: &mut Conn, limit: i64) -> QueryResult<Vec<Glimpse>> {
    let rows: Vec<(String, Option<MemberId>, UtcTime)> = activities::table
        .filter(activities::seq.is_not_null())
        .order(activities::seq.desc())
        .limit(limit)
        .select((activities::verb, activities::actor_id, activities::occurred_at))
        .load(conn)?;
    Ok(rows.into_iter().map(|(verb, actor, at)| Glimpse { verb: Verb::parse(&verb), actor, at }).collect())
}

/// Selects the place of the newest numbered activity. The index holds numbered ones only, so SQLite goes through
/// the whole log unless the condition says so too.
pub const HEAD: &str = "SELECT COALESCE(MAX(seq), 0) AS n FROM activities WHERE seq IS NOT NULL";

/// The place of the newest numbered activity; 0 for an empty log.
pub fn head(conn: &mut Conn) -> QueryResult<i64> {
    diesel::sql_query(HEAD).get_result::<Count>(conn).map(|row| row.n)
}

/// When the oldest activity that a reader at `seq` has not applied was recorded, numbered or not.
pub fn behind_since(conn: &mut Conn, seq: i64) -> QueryResult<Option<UtcTime>> {
    let sql = "SELECT COALESCE(MIN(recorded_at), 0) AS n FROM (\
               SELECT recorded_at FROM (SELECT recorded_at FROM activities WHERE seq > $1 ORDER BY seq LIMIT 1) AS a \
               UNION ALL SELECT recorded_at FROM (SELECT recorded_at FROM activities WHERE seq IS NULL ORDER BY id LIMIT 1) AS b) AS c";
    let found = diesel::sql_query(sql).bind::<BigInt, _>(seq).get_result::<Count>(conn)?.n;
    Ok((found != 0).then_some(UtcTime(found)))
}
