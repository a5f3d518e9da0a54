//! Threads about the same as another one, shown under it. They are looked for ahead of time, in the public index
//! alone, so that a page pays one look at a table and nothing private can show.

use std::sync::atomic::{AtomicI64, Ordering};

use diesel::dsl::max;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::base::ids::ThreadId;
use crate::base::time::{DAY, HOUR, UtcTime};
use crate::content::categories::Readable;
use crate::content::markup::{Keep, plain_text};
use crate::content::threads::{Thread, store};
use crate::content::{posts, tags};
use crate::infra::db::schema::{related_threads, threads};
use crate::infra::db::{Conn, DbError};
use crate::infra::house::House;
use crate::on;
use crate::reach::search::index::{Filter, Hit, Page, Permit, Standing};
use crate::reach::search::query::ParsedQuery;
use crate::reach::search::{Search, help, service};

/// Related threads kept of each thread.
const KEPT: usize = 6;
/// A thread worth less than this part of the best one is about something else.
const CLOSE: f64 = 0.4;
/// A thread with less than this part of all that could be shared is about something else too, the best one or not.
const SHARED: f64 = 0.15;
/// Characters of the opening post that say what a thread is about.
const OPENING: usize = 400;
/// Threads looked for in one round.
const ROUND: i64 = 40;
/// A thread that changed is looked at again after this long.
const STALE: i64 = DAY;
/// When all threads have been looked at, the next walk over all of them begins after this long.
const REST: i64 = HOUR;

/// How far this node has walked over the threads.
#[derive(Debug, Default)]
pub struct Walk {
    at: AtomicI64,
    began: AtomicI64,
}

#[derive(QueryableByName)]
struct Wanting {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// Threads after `after` that have none yet, or old ones.
fn wanting(conn: &mut Conn, after: i64, now: UtcTime) -> QueryResult<Vec<ThreadId>> {
    let rows = diesel::sql_query(
        "SELECT t.id AS id FROM threads t LEFT JOIN related_threads r ON r.thread_id = t.id \
         WHERE t.id > $1 AND t.state = 0 \
         AND (r.thread_id IS NULL OR (r.made_at < t.changed_at AND r.made_at < $2)) ORDER BY t.id LIMIT $3",
    )
    .bind::<BigInt, _>(after)
    .bind::<BigInt, _>(now.0 - STALE)
    .bind::<BigInt, _>(ROUND)
    .load::<Wanting>(conn)?;
    Ok(rows.into_iter().map(|row| ThreadId(row.id)).collect())
}

/// What a thread is about, in words.
fn about(conn: &mut Conn, thread: &Thread) -> QueryResult<String> {
    let mut text = thread.title.clone();
    for (_, tag) in tags::of_threads(conn, &[thread.id])? {
        text.push(' ');
        text.push_str(&tag.name);
    }
    if let Some(post) = posts::store::at(conn, thread.id, 1)? {
        text.push('\n');
        text.extend(plain_text(&post.body, Keep::PREVIEW).chars().take(OPENING));
    }
    Ok(text)
}

/// Looks for the related threads of the next few that have none; returns how many. Later rounds go on from there.
///
/// # Errors
/// Index or database fail.
pub fn prepare(house: &House, search: &Search, walk: &Walk) -> Result<usize, service::Error> {
    let now = house.clock.now();
    if search.index.standing() == Standing::Empty {
        return Ok(0);
    }
    let mut after = walk.at.load(Ordering::Relaxed);
    if now.0 - walk.began.load(Ordering::Relaxed) > REST {
        // What changed since lies anywhere.
        walk.began.store(now.0, Ordering::Relaxed);
        after = 0;
    }
    let (found, reached) = house.db.read_now(|conn| {
        let mut found = Vec::new();
        // What is opened from now on has a greater id: a round that finds nothing must not look at all again.
        let newest = threads::table.select(max(threads::id)).get_result::<Option<i64>>(conn)?.unwrap_or(0);
        let wanting = wanting(conn, after, now)?;
        let reached = wanting.last().map_or(newest.max(after), |last| last.0);
        for id in wanting {
            let Some(thread) = store::find(conn, id)? else { continue };
            let parsed = ParsedQuery::plain(&about(conn, &thread)?);
            let found_of = search.with_query(conn, house, &parsed, Filter::default(), |query| {
                search.index.search(query, &Permit::Public, Page { offset: 0, limit: KEPT + 1 })
            })?;
            // What it has in common with itself is all there is to have in common.
            let (itself, others): (Vec<&Hit>, Vec<&Hit>) =
                found_of.hits.iter().partition(|hit| hit.thread == id);
            let best = others.first().map_or(0.0, |hit| hit.score);
            let all = itself.first().map_or(best, |hit| hit.score);
            let least = (CLOSE * best).max(SHARED * all);
            let close = others.iter().filter(|hit| hit.score >= least).map(|hit| hit.thread.0);
            found.push((id.0, close.take(KEPT).collect::<Vec<i64>>()));
        }
        Ok::<_, service::Error>((found, reached))
    })?;
    walk.at.store(reached, Ordering::Relaxed);
    let count = found.len();
    house.db.write_now(move |conn| {
        for (thread, related) in &found {
            keep(conn, *thread, related, now)?;
        }
        Ok::<_, DbError>(())
    })?;
    Ok(count)
}

fn keep(conn: &mut Conn, thread: i64, related: &[i64], now: UtcTime) -> QueryResult<usize> {
    let row = (
        related_threads::thread_id.eq(thread),
        related_threads::related.eq(serde_json::json!(related).to_string()),
        related_threads::made_at.eq(now.0),
    );
    on!(conn, |c| {
        diesel::insert_into(related_threads::table)
            .values(row.clone())
            .on_conflict(related_threads::thread_id)
            .do_update()
            .set((row.1.clone(), row.2))
            .execute(c)
    })
}

/// The threads related to `thread` that can still be read, closest first.
///
/// # Errors
/// The database fails.
pub fn shown(conn: &mut Conn, readable: &Readable, thread: ThreadId) -> Result<Vec<Thread>, service::Error> {
    let ids = of(conn, thread)?;
    help::shown(conn, readable, &ids)
}

fn of(conn: &mut Conn, thread: ThreadId) -> QueryResult<Vec<ThreadId>> {
    let stored: Option<String> = related_threads::table
        .filter(related_threads::thread_id.eq(thread.0))
        .select(related_threads::related)
        .get_result(conn)
        .optional()?;
    let ids: Vec<i64> = stored.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    Ok(ids.into_iter().map(ThreadId).collect())
}
