//! Reading and writing `threads`, `read_positions`.

use std::fmt::Write as _;

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::model::{State, Thread, ThreadKind};
use crate::base::ids::{CategoryId, MemberId, PostId, ThreadId};
use crate::base::time::UtcTime;
use crate::content::heat::FLOOR;
use crate::infra::db::Conn;
use crate::infra::db::among::OneOf as _;
use crate::infra::db::dialect::{Count, for_update};
use crate::infra::db::schema::{read_positions, threads};
use crate::on;

/// A new row.
pub struct NewThread<'a> {
    /// Only for imports into an empty database.
    pub id: Option<ThreadId>,
    /// Category.
    pub category: CategoryId,
    /// Author.
    pub author: MemberId,
    /// Kind.
    pub kind: ThreadKind,
    /// Title.
    pub title: &'a str,
    /// Name in the address.
    pub slug: &'a str,
    /// Language.
    pub lang: &'a str,
    /// State.
    pub state: State,
    /// When.
    pub created_at: UtcTime,
}

/// Adds a row without posts and heat.
pub fn insert(conn: &mut Conn, new: &NewThread<'_>) -> QueryResult<ThreadId> {
    let row = (
        (
            threads::category_id.eq(new.category.0),
            threads::author_id.eq(new.author.0),
            threads::kind.eq(new.kind.code()),
            threads::title.eq(new.title),
            threads::slug.eq(new.slug),
            threads::lang.eq(new.lang),
            threads::state.eq(new.state.code()),
            threads::was_public.eq(false),
            threads::closed.eq(false),
            threads::unanswered.eq(true),
        ),
        (
            threads::created_at.eq(new.created_at),
            threads::changed_at.eq(new.created_at),
            threads::last_post_at.eq(new.created_at),
            threads::last_poster_id.eq(new.author.0),
            threads::next_number.eq(1),
            threads::posts.eq(0_i64),
            threads::likes.eq(0_i64),
            threads::views.eq(0_i64),
            threads::heat.eq(FLOOR),
            threads::version.eq(1_i64),
        ),
    );
    match new.id {
        Some(id) => diesel::insert_into(threads::table)
            .values((threads::id.eq(id.0), row))
            .returning(threads::id)
            .get_result(conn),
        None => diesel::insert_into(threads::table).values(row).returning(threads::id).get_result(conn),
    }
}

/// The row of `id`, whatever its state.
pub fn find(conn: &mut Conn, id: ThreadId) -> QueryResult<Option<Thread>> {
    threads::table.find(id.0).select(Thread::as_select()).get_result(conn).optional()
}

/// The rows of `ids`, in no order.
pub fn find_many(conn: &mut Conn, ids: &[ThreadId]) -> QueryResult<Vec<Thread>> {
    threads::table.filter(threads::id.among(ids.iter().map(|i| i.0))).select(Thread::as_select()).load(conn)
}

/// The row of `id`, locked until the transaction ends.
pub fn lock(conn: &mut Conn, id: ThreadId) -> QueryResult<Option<Thread>> {
    let lock = for_update(conn);
    diesel::sql_query(format!("SELECT * FROM threads WHERE id = $1{lock}"))
        .bind::<BigInt, _>(id)
        .get_result::<Thread>(conn)
        .optional()
}

/// Writes back what changed in a locked row. Identity, author and creation time never change here.
pub fn save(conn: &mut Conn, thread: &Thread) -> QueryResult<()> {
    diesel::update(threads::table.find(thread.id.0))
        .set((
            (
                threads::category_id.eq(thread.category_id.0),
                threads::kind.eq(thread.kind),
                threads::title.eq(&thread.title),
                threads::slug.eq(&thread.slug),
                threads::lang.eq(&thread.lang),
                threads::state.eq(thread.state),
                threads::was_public.eq(thread.was_public),
                threads::closed.eq(thread.closed),
                threads::unanswered.eq(thread.unanswered),
            ),
            (
                threads::changed_at.eq(thread.changed_at),
                threads::last_post_at.eq(thread.last_post_at),
                threads::last_poster_id.eq(thread.last_poster_id.0),
                threads::next_number.eq(thread.next_number),
                threads::posts.eq(thread.posts),
                threads::likes.eq(thread.likes),
                threads::views.eq(thread.views),
                threads::heat.eq(thread.heat),
                threads::accepted_post_id.eq(thread.accepted_post_id.map(|p| p.0)),
                threads::featured_at.eq(thread.featured_at),
                threads::version.eq(thread.version + 1),
            ),
        ))
        .execute(conn)
        .map(drop)
}

/// Notes who removed a thread and when; nothing for restored ones.
pub fn set_removal(conn: &mut Conn, id: ThreadId, removal: Option<(MemberId, UtcTime)>) -> QueryResult<()> {
    diesel::update(threads::table.find(id.0))
        .set((
            threads::deleted_by.eq(removal.map(|(by, _)| by.0)),
            threads::deleted_at.eq(removal.map(|(_, at)| at)),
        ))
        .execute(conn)
        .map(drop)
}

/// Who removed a thread, and when.
pub fn removal(conn: &mut Conn, id: ThreadId) -> QueryResult<Option<(MemberId, UtcTime)>> {
    let row: Option<(Option<MemberId>, Option<UtcTime>)> = threads::table
        .find(id.0)
        .select((threads::deleted_by, threads::deleted_at))
        .get_result(conn)
        .optional()?;
    Ok(row.and_then(|(by, at)| by.zip(at)))
}

/// Notes that `member` has read `thread` up to `number`; never moves back.
pub fn mark_read(
    conn: &mut Conn,
    member: MemberId,
    thread: ThreadId,
    number: i32,
    now: UtcTime,
) -> QueryResult<()> {
    on!(conn, |c| diesel::sql_query(
        "INSERT INTO read_positions (member_id, thread_id, number, read_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (member_id, thread_id) DO UPDATE SET \
         number = CASE WHEN read_positions.number > excluded.number THEN read_positions.number ELSE excluded.number END, \
         read_at = excluded.read_at",
    )
    .bind::<BigInt, _>(member)
    .bind::<BigInt, _>(thread)
    .bind::<diesel::sql_types::Integer, _>(number)
    .bind::<BigInt, _>(now)
    .execute(c))
    .map(drop)
}

/// How far `member` has read each of `threads`.
pub fn read_positions(
    conn: &mut Conn,
    member: MemberId,
    of: &[ThreadId],
) -> QueryResult<Vec<(ThreadId, i32)>> {
    read_positions::table
        .filter(read_positions::member_id.eq(member.0))
        .filter(read_positions::thread_id.among(of.iter().map(|t| t.0)))
        .select((read_positions::thread_id, read_positions::number))
        .load(conn)
}

/// Which of `ids` are given already.
pub fn given(conn: &mut Conn, ids: &[ThreadId]) -> QueryResult<Vec<ThreadId>> {
    threads::table.filter(threads::id.among(ids.iter().map(|i| i.0))).select(threads::id).load(conn)
}

/// Notes that what is shown of a thread has changed although nobody wrote in it.
pub fn touch(conn: &mut Conn, id: ThreadId) -> QueryResult<usize> {
    diesel::update(threads::table.find(id.0)).set(threads::version.eq(threads::version + 1)).execute(conn)
}

/// Ids from `after` on, ascending, at most `limit`, whatever their state: for walks over everything.
pub fn ids_after(conn: &mut Conn, after: ThreadId, limit: i64) -> QueryResult<Vec<ThreadId>> {
    threads::table
        .filter(threads::id.gt(after.0))
        .order(threads::id.asc())
        .limit(limit)
        .select(threads::id)
        .load(conn)
}

/// Listed threads after `after` with their stored heat, ascending.
pub fn heats_after(conn: &mut Conn, after: ThreadId, limit: i64) -> QueryResult<Vec<(ThreadId, f64)>> {
    threads::table
        .filter(threads::id.gt(after.0))
        .filter(threads::state.eq(State::Listed.code()))
        .order(threads::id.asc())
        .limit(limit)
        .select((threads::id, threads::heat))
        .load(conn)
}

/// The listed threads of categories, ascending.
pub fn ids_of_categories(conn: &mut Conn, categories: &[CategoryId]) -> QueryResult<Vec<ThreadId>> {
    threads::table
        .filter(threads::category_id.among(categories.iter().map(|c| c.0)))
        .filter(threads::state.eq(State::Listed.code()))
        .order(threads::id.asc())
        .select(threads::id)
        .load(conn)
}

/// How many threads are listed in all.
pub fn count_listed(conn: &mut Conn) -> QueryResult<i64> {
    threads::table.filter(threads::state.eq(State::Listed.code())).count().get_result(conn)
}

/// How many listed questions still wait for an answer, counted up to `most`.
pub fn count_unanswered(conn: &mut Conn, most: i64) -> QueryResult<i64> {
    let waiting = "SELECT 1 FROM threads WHERE state = 0 AND unanswered";
    let sql = format!("SELECT COUNT(*) AS n FROM ({waiting} LIMIT {most}) AS waiting");
    diesel::sql_query(sql).get_result::<Count>(conn).map(|row| row.n)
}

/// Writes heat alone; the row must be locked.
pub fn set_heat(conn: &mut Conn, id: ThreadId, heat: f64) -> QueryResult<usize> {
    diesel::update(threads::table.find(id.0)).set(threads::heat.eq(heat)).execute(conn)
}

/// The accepted answer of a thread that has it, for sanity checks.
pub fn accepted(conn: &mut Conn, id: ThreadId) -> QueryResult<Option<PostId>> {
    threads::table.find(id.0).select(threads::accepted_post_id).get_result(conn)
}

/// True when an older listed thread of `categories` has the same name in its address.
pub fn has_older_namesake(conn: &mut Conn, thread: &Thread, categories: &[CategoryId]) -> QueryResult<bool> {
    let older = threads::table
        .filter(threads::state.eq(State::Listed.code()))
        .filter(threads::slug.eq(&thread.slug))
        .filter(threads::id.lt(thread.id.0))
        .filter(threads::category_id.among(categories.iter().map(|c| c.0)));
    diesel::select(diesel::dsl::exists(older)).get_result(conn)
}

/// A row of the scores: in which period, which thread.
pub type Place = (i16, i64);
/// What it holds: category and score.
pub type Held = (i64, f64);

/// Rows of scores that share a statement at the most.
const SCORES: usize = 500;

/// Adds scores, or replaces what is stored of them.
pub fn save_scores(conn: &mut Conn, moved: &[(Place, Held)]) -> QueryResult<()> {
    for part in moved.chunks(SCORES) {
        let mut sql =
            String::from("INSERT INTO thread_scores (period, thread_id, category_id, score) VALUES ");
        for (i, ((period, thread), (category, score))) in part.iter().enumerate() {
            // `{:?}` writes a number that reads back as the same one.
            let _ = write!(sql, "{}({period},{thread},{category},{score:?})", if i > 0 { "," } else { "" });
        }
        sql.push_str(
            " ON CONFLICT (period, thread_id) DO UPDATE SET category_id = excluded.category_id, score = excluded.score",
        );
        diesel::sql_query(sql).execute(conn)?;
    }
    Ok(())
}

/// Who wrote the post that opens `thread`, while that post is listed.
pub fn opener(conn: &mut Conn, thread: ThreadId) -> QueryResult<Option<MemberId>> {
    use crate::infra::db::schema::posts;
    posts::table
        .filter(posts::thread_id.eq(thread.0))
        .filter(posts::number.eq(1))
        .filter(posts::state.eq(State::Listed.code()))
        .select(posts::author_id)
        .get_result(conn)
        .optional()
}
