//! Reading and writing `posts` and `revisions`.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::model::{Post, Prepared};
use crate::base::ids::{MemberId, PostId, ThreadId};
use crate::base::time::UtcTime;
use crate::content::threads::State;
use crate::infra::db::Conn;
use crate::infra::db::among::OneOf as _;
use crate::infra::db::dialect::{Count, for_update};
use crate::infra::db::schema::{posts, revisions};

/// A new row.
pub struct NewPost<'a> {
    /// Only for imports into an empty database.
    pub id: Option<PostId>,
    /// Thread.
    pub thread: ThreadId,
    /// Place in the thread.
    pub number: i32,
    /// Author.
    pub author: MemberId,
    /// Text.
    pub text: &'a Prepared,
    /// State.
    pub state: State,
    /// The post it answers.
    pub reply_to: Option<PostId>,
    /// Likes without names.
    pub anonymous_likes: i64,
    /// When.
    pub created_at: UtcTime,
    /// Last edited then, for imports.
    pub edited_at: Option<UtcTime>,
}

/// Adds a row.
pub fn insert(conn: &mut Conn, new: &NewPost<'_>) -> QueryResult<PostId> {
    let row = (
        posts::thread_id.eq(new.thread.0),
        posts::number.eq(new.number),
        posts::author_id.eq(new.author.0),
        posts::body.eq(&new.text.body),
        posts::html.eq(&new.text.html),
        posts::renderer.eq(new.text.renderer),
        posts::lang.eq(new.text.lang),
        posts::state.eq(new.state.code()),
        posts::was_public.eq(false),
        posts::reply_to.eq(new.reply_to.map(|p| p.0)),
        posts::likes.eq(new.anonymous_likes),
        posts::anonymous_likes.eq(new.anonymous_likes),
        posts::revisions.eq(0),
        posts::created_at.eq(new.created_at),
        posts::edited_at.eq(new.edited_at),
    );
    match new.id {
        Some(id) => diesel::insert_into(posts::table)
            .values((posts::id.eq(id.0), row))
            .returning(posts::id)
            .get_result(conn),
        None => diesel::insert_into(posts::table).values(row).returning(posts::id).get_result(conn),
    }
}

/// The row of `id`, whatever its state.
pub fn find(conn: &mut Conn, id: PostId) -> QueryResult<Option<Post>> {
    posts::table.find(id.0).select(Post::as_select()).get_result(conn).optional()
}

/// The rows of `ids`, in no order.
pub fn find_many(conn: &mut Conn, ids: &[PostId]) -> QueryResult<Vec<Post>> {
    posts::table.filter(posts::id.among(ids.iter().map(|i| i.0))).select(Post::as_select()).load(conn)
}

/// The row of `id`, locked. The thread's row comes first.
pub fn lock(conn: &mut Conn, id: PostId) -> QueryResult<Option<Post>> {
    let lock = for_update(conn);
    diesel::sql_query(format!("SELECT * FROM posts WHERE id = $1{lock}"))
        .bind::<BigInt, _>(id)
        .get_result::<Post>(conn)
        .optional()
}

/// Posts of `thread` with numbers `from..=to`, in order; listed ones only unless `all`.
pub fn range(conn: &mut Conn, thread: ThreadId, from: i32, to: i32, all: bool) -> QueryResult<Vec<Post>> {
    let mut query = posts::table
        .filter(posts::thread_id.eq(thread.0))
        .filter(posts::number.between(from, to))
        .order(posts::number.asc())
        .select(Post::as_select())
        .into_boxed();
    if !all {
        query = query.filter(posts::state.eq(State::Listed.code()));
    }
    query.load(conn)
}

/// Listed posts of `thread` after number `after`, in order.
pub fn after(conn: &mut Conn, thread: ThreadId, after: i32, limit: i64) -> QueryResult<Vec<Post>> {
    posts::table
        .filter(posts::thread_id.eq(thread.0))
        .filter(posts::number.gt(after))
        .filter(posts::state.eq(State::Listed.code()))
        .order(posts::number.asc())
        .limit(limit)
        .select(Post::as_select())
        .load(conn)
}

/// Who wrote listed posts of `thread`, most posts first. Of a long thread only the latest posts before number `next`
/// are counted, so that the answer costs the same whatever the length.
pub fn talkers(conn: &mut Conn, thread: ThreadId, next: i32, limit: i64) -> QueryResult<Vec<MemberId>> {
    const LATEST: i32 = 500;
    posts::table
        .filter(posts::thread_id.eq(thread.0))
        .filter(posts::number.ge(next.saturating_sub(LATEST)))
        .filter(posts::state.eq(State::Listed.code()))
        .group_by(posts::author_id)
        .order((diesel::dsl::count_star().desc(), posts::author_id.asc()))
        .select(posts::author_id)
        .limit(limit)
        .load(conn)
}

/// The post at `number` of `thread`.
pub fn at(conn: &mut Conn, thread: ThreadId, number: i32) -> QueryResult<Option<Post>> {
    posts::table
        .filter(posts::thread_id.eq(thread.0))
        .filter(posts::number.eq(number))
        .select(Post::as_select())
        .get_result(conn)
        .optional()
}

/// The last listed post of `thread` before the post `id`.
pub fn listed_before(conn: &mut Conn, thread: ThreadId, id: PostId) -> QueryResult<Option<Post>> {
    let Some(post) = find(conn, id)? else { return Ok(None) };
    posts::table
        .filter(posts::thread_id.eq(thread.0))
        .filter(posts::number.lt(post.number))
        .filter(posts::state.eq(State::Listed.code()))
        .order(posts::number.desc())
        .select(Post::as_select())
        .first(conn)
        .optional()
}

/// How many listed posts of `thread` stand before its post `number`.
pub fn count_before(conn: &mut Conn, thread: ThreadId, number: i32) -> QueryResult<i64> {
    posts::table
        .filter(posts::thread_id.eq(thread.0))
        .filter(posts::number.lt(number))
        .filter(posts::state.eq(State::Listed.code()))
        .count()
        .get_result(conn)
}

/// When the last listed post of `thread` was written, and by whom.
pub fn last_listed(conn: &mut Conn, thread: ThreadId) -> QueryResult<Option<(UtcTime, MemberId)>> {
    posts::table
        .filter(posts::thread_id.eq(thread.0))
        .filter(posts::state.eq(State::Listed.code()))
        .order(posts::number.desc())
        .select((posts::created_at, posts::author_id))
        .first(conn)
        .optional()
}

/// Sets the state of a post.
pub fn set_state(
    conn: &mut Conn,
    id: PostId,
    state: State,
    was_public: bool,
    by: Option<(MemberId, UtcTime)>,
) -> QueryResult<()> {
    diesel::update(posts::table.find(id.0))
        .set((
            posts::state.eq(state.code()),
            posts::was_public.eq(was_public),
            posts::deleted_by.eq(by.map(|(who, _)| who.0)),
            posts::deleted_at.eq(by.map(|(_, at)| at)),
        ))
        .execute(conn)
        .map(drop)
}

/// Who removed a post, and when.
pub fn removal(conn: &mut Conn, id: PostId) -> QueryResult<Option<(MemberId, UtcTime)>> {
    let row: Option<(Option<MemberId>, Option<UtcTime>)> =
        posts::table.find(id.0).select((posts::deleted_by, posts::deleted_at)).get_result(conn).optional()?;
    Ok(row.and_then(|(by, at)| by.zip(at)))
}

/// Moves the number of likes.
pub fn add_likes(conn: &mut Conn, id: PostId, change: i64) -> QueryResult<i64> {
    diesel::update(posts::table.find(id.0))
        .set(posts::likes.eq(posts::likes + change))
        .returning(posts::likes)
        .get_result(conn)
}

/// Replaces the text and keeps the version before as a revision.
pub fn revise(
    conn: &mut Conn,
    before: &Post,
    title: Option<&str>,
    text: &Prepared,
    by: MemberId,
    now: UtcTime,
) -> QueryResult<()> {
    diesel::insert_into(revisions::table)
        .values((
            revisions::post_id.eq(before.id.0),
            revisions::number.eq(before.revisions + 1),
            revisions::title.eq(title),
            revisions::body.eq(&before.body),
            revisions::written_by.eq(before.author_id.0),
            revisions::written_at.eq(before.edited_at.unwrap_or(before.created_at)),
        ))
        .execute(conn)?;
    diesel::update(posts::table.find(before.id.0))
        .set((
            posts::body.eq(&text.body),
            posts::html.eq(&text.html),
            posts::renderer.eq(text.renderer),
            posts::lang.eq(text.lang),
            posts::revisions.eq(before.revisions + 1),
            posts::edited_at.eq(now),
            posts::edited_by.eq(by.0),
        ))
        .execute(conn)
        .map(drop)
}

/// Replaces rendered HTML without a revision, when the renderer has changed.
pub fn rerender(conn: &mut Conn, id: PostId, text: &Prepared) -> QueryResult<usize> {
    diesel::update(posts::table.find(id.0))
        .set((posts::html.eq(&text.html), posts::renderer.eq(text.renderer)))
        .execute(conn)
}

/// Posts rendered by an older renderer, at most `limit`. Those that an import has not finished are left to it.
pub fn outdated(conn: &mut Conn, renderer: i32, limit: i64) -> QueryResult<Vec<Post>> {
    posts::table
        .filter(posts::renderer.lt(renderer))
        .filter(posts::renderer.gt(super::bulk::UNFINISHED))
        .order((posts::renderer.asc(), posts::id.asc()))
        .limit(limit)
        .select(Post::as_select())
        .load(conn)
}

/// An earlier version of a post.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = revisions)]
pub struct Revision {
    /// 1 is the first version.
    pub number: i32,
    /// The title it had, on posts that open a thread.
    pub title: Option<String>,
    /// Markdown.
    pub body: String,
    /// Who wrote the post.
    pub written_by: MemberId,
    /// Since when it stood.
    pub written_at: UtcTime,
}

/// The earlier versions of a post, newest first.
pub fn history(conn: &mut Conn, id: PostId) -> QueryResult<Vec<Revision>> {
    revisions::table
        .filter(revisions::post_id.eq(id.0))
        .order(revisions::number.desc())
        .limit(200)
        .select(Revision::as_select())
        .load(conn)
}

/// Posts with ids after `after`, ascending, whatever their state: for walks over everything.
pub fn ids_after(conn: &mut Conn, after: PostId, limit: i64) -> QueryResult<Vec<Post>> {
    posts::table
        .filter(posts::id.gt(after.0))
        .order(posts::id.asc())
        .limit(limit)
        .select(Post::as_select())
        .load(conn)
}

/// Which numbers of `thread` are taken, whatever became of the posts.
pub fn numbers(conn: &mut Conn, thread: ThreadId) -> QueryResult<BTreeMap<i32, PostId>> {
    posts::table
        .filter(posts::thread_id.eq(thread.0))
        .select((posts::number, posts::id))
        .load::<(i32, PostId)>(conn)
        .map(|rows| rows.into_iter().collect())
}

/// Which of `ids` are given already.
pub fn given(conn: &mut Conn, ids: &[PostId]) -> QueryResult<Vec<PostId>> {
    posts::table.filter(posts::id.among(ids.iter().map(|i| i.0))).select(posts::id).load(conn)
}

/// All posts of a thread, whatever their state, after number `after`.
pub fn of_thread(conn: &mut Conn, thread: ThreadId, after: i32, limit: i64) -> QueryResult<Vec<Post>> {
    posts::table
        .filter(posts::thread_id.eq(thread.0))
        .filter(posts::number.gt(after))
        .order(posts::number.asc())
        .limit(limit)
        .select(Post::as_select())
        .load(conn)
}

/// The pages of a thread that have a listed post on them, ascending, `size` numbers a page.
pub fn pages(conn: &mut Conn, thread: ThreadId, size: i64) -> QueryResult<Vec<i64>> {
    let sql = format!(
        "SELECT DISTINCT CAST((number - 1) / {size} + 1 AS BIGINT) AS n FROM posts WHERE thread_id = $1 AND state = 0 ORDER BY n"
    );
    let rows: Vec<Count> = diesel::sql_query(sql).bind::<BigInt, _>(thread).load(conn)?;
    Ok(rows.into_iter().map(|row| row.n).collect())
}

/// The listed first posts of `threads`.
pub fn openings(conn: &mut Conn, threads: &[ThreadId]) -> QueryResult<Vec<Post>> {
    if threads.is_empty() {
        return Ok(Vec::new());
    }
    posts::table
        .filter(posts::thread_id.among(threads.iter().map(|t| t.0)))
        .filter(posts::number.eq(1))
        .filter(posts::state.eq(State::Listed.code()))
        .select(Post::as_select())
        .load(conn)
}

/// The newest listed posts of a thread, newest first.
pub fn newest(conn: &mut Conn, thread: ThreadId, limit: i64) -> QueryResult<Vec<Post>> {
    posts::table
        .filter(posts::thread_id.eq(thread.0))
        .filter(posts::state.eq(State::Listed.code()))
        .order(posts::number.desc())
        .limit(limit)
        .select(Post::as_select())
        .load(conn)
}

/// How many posts are listed in all.
pub fn count_listed(conn: &mut Conn) -> QueryResult<i64> {
    posts::table.filter(posts::state.eq(State::Listed.code())).count().get_result(conn)
}

/// Ids of all posts of `author`, whatever their state.
pub fn ids_by_author(conn: &mut Conn, author: MemberId) -> QueryResult<Vec<PostId>> {
    posts::table.filter(posts::author_id.eq(author.0)).select(posts::id).load(conn)
}

/// The listed posts of `author`, newest first.
pub fn by_author(
    conn: &mut Conn,
    author: MemberId,
    before: Option<PostId>,
    limit: i64,
) -> QueryResult<Vec<Post>> {
    let mut query = posts::table
        .filter(posts::author_id.eq(author.0))
        .filter(posts::state.eq(State::Listed.code()))
        .order((posts::created_at.desc(), posts::id.desc()))
        .limit(limit)
        .select(Post::as_select())
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(posts::id.lt(before.0));
    }
    query.load(conn)
}
