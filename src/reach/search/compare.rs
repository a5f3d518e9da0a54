//! Does the index say what the database says? Looked at from outside, also while a server writes to both.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::follow::{FollowError, Touched};
use super::index::snapshot;
use crate::base::ids::{CategoryId, PostId, ThreadId};
use crate::content::categories;
use crate::content::categories::model::path;
use crate::content::posts;
use crate::infra::activity;
use crate::infra::db::{Conn, Db};

/// Activities that may wait for the index before comparing says nothing any more.
const WAITING: i64 = 50_000;

/// How index and database differ, in posts, apart from those that the index has yet to hear of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Differences {
    /// Listed posts that the index lacks.
    pub missing: usize,
    /// Posts of the index that are not listed.
    pub spare: usize,
    /// Posts among the public ones that only some may read, or the other way about.
    pub misfiled: usize,
}

/// What comparing gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compared {
    /// There is no complete index; the server builds it when it starts.
    NoIndex,
    /// Too much of the log waits for the index.
    FarBehind,
    /// Both were compared.
    Done(Differences),
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    post: i64,
    #[diesel(sql_type = BigInt)]
    thread: i64,
    #[diesel(sql_type = BigInt)]
    category: i64,
}

const LISTED: &str = "SELECT p.id AS post, p.thread_id AS thread, t.category_id AS category \
                      FROM posts p JOIN threads t ON t.id = p.thread_id WHERE p.state = 0 AND t.state = 0";

/// What the log says after the cursor of the index. `None`: too much.
fn unsettled(conn: &mut Conn, cursor: i64) -> QueryResult<Option<Touched>> {
    let mut waiting = activity::after(conn, cursor, WAITING + 1)?;
    waiting.extend(activity::unnumbered(conn, WAITING + 1)?);
    let few = i64::try_from(waiting.len()).is_ok_and(|n| n <= WAITING);
    Ok(few.then(|| Touched::by(&waiting)))
}

/// Compares the index under `dir` with the database.
///
/// # Errors
/// [`FollowError`] when either cannot be read.
pub fn compare(db: &Db, dir: &Path) -> Result<Compared, FollowError> {
    let Some(found) = snapshot(dir)? else { return Ok(Compared::NoIndex) };
    db.read_now(move |conn| {
        let Some(touched) = unsettled(conn, found.cursor)? else { return Ok(Compared::FarBehind) };
        let all = categories::store::all(conn)?;
        let moving: HashSet<CategoryId> = all
            .iter()
            .filter(|c| path(&all, c.id).iter().any(|above| touched.categories.contains(&above.id)))
            .map(|c| c.id)
            .collect();
        let public = categories::service::public(conn)?;
        let rows: Vec<Row> = diesel::sql_query(LISTED).load(conn)?;
        let mut held: HashMap<PostId, bool> = found.posts.iter().copied().collect();
        // A post in both indexes is in one of them wrongly.
        let twice = found.posts.len() - held.len();
        let mut differences = Differences { misfiled: twice, ..Differences::default() };
        for row in rows {
            let (thread, category) = (ThreadId(row.thread), CategoryId(row.category));
            let restricted = held.remove(&PostId(row.post));
            if touched.reaches(PostId(row.post), thread) || moving.contains(&category) {
                continue;
            }
            match restricted {
                None => differences.missing += 1,
                Some(restricted) if restricted == public.has(category) => differences.misfiled += 1,
                Some(_) => {}
            }
        }
        differences.spare = spare(conn, held.into_keys().collect(), &touched)?;
        Ok(Compared::Done(differences))
    })
}

/// How many of `posts`, which are not listed, the index ought to have let go.
fn spare(conn: &mut Conn, posts: Vec<PostId>, touched: &Touched) -> QueryResult<usize> {
    let mut spare = 0;
    for some in posts.chunks(500) {
        let threads: HashMap<PostId, ThreadId> =
            posts::store::find_many(conn, some)?.into_iter().map(|p| (p.id, p.thread_id)).collect();
        spare += some
            .iter()
            .filter(|post| threads.get(post).is_none_or(|thread| !touched.reaches(**post, *thread)))
            .filter(|post| !touched.posts.contains(post))
            .count();
    }
    Ok(spare)
}
