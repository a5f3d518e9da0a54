//! Does the index say what the database says? Looked at from outside, also while a server writes to both.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::follow::{FollowError, Touched};
use super::index::{IndexError, snapshot};
use crate::base::ids::{CategoryId, PostId, ThreadId};
use crate::content::categories::model::path;
use crate::content::categories::{self, Readable};
use crate::content::posts;
use crate::infra::activity;
use crate::infra::db::{Conn, Db};

/// Activities that may wait for the index before comparing says nothing any more.
const WAITING: i64 = 50_000;

/// How index and database differ, apart from what the index has yet to hear of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Differences {
    /// In posts.
    pub posts: Apart,
    /// In titles of threads.
    pub titles: Apart,
}

/// How what is held differs from what is listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Apart {
    /// Listed, but not in the index.
    pub missing: usize,
    /// In the index, but not listed.
    pub spare: usize,
    /// Among the public ones though only some may read it, or the other way about.
    pub misfiled: usize,
}

/// What comparing gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compared {
    /// There is no complete index; the server builds it when it starts.
    NoIndex,
    /// Its files are damaged.
    Damaged,
    /// Too much of the log waits for the index.
    FarBehind,
    /// Both were compared.
    Done(Differences),
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = BigInt)]
    thread: i64,
    #[diesel(sql_type = BigInt)]
    category: i64,
}

const POSTS: &str = "SELECT p.id AS id, p.thread_id AS thread, t.category_id AS category \
                     FROM posts p JOIN threads t ON t.id = p.thread_id WHERE p.state = 0 AND t.state = 0";
const TITLES: &str = "SELECT id, id AS thread, category_id AS category FROM threads WHERE state = 0";

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
    let found = match snapshot(dir) {
        Ok(Some(found)) => found,
        Ok(None) => return Ok(Compared::NoIndex),
        Err(IndexError::Corrupt(_) | IndexError::Engine(_)) => return Ok(Compared::Damaged),
        Err(error) => return Err(error.into()),
    };
    db.read_now(move |conn| {
        let Some(touched) = unsettled(conn, found.cursor)? else { return Ok(Compared::FarBehind) };
        let house = House::load(conn, &touched)?;
        let held = found.posts.iter().map(|(post, restricted)| (post.0, *restricted)).collect();
        let rows = diesel::sql_query(POSTS).load(conn)?;
        let (mut posts, spare) =
            house.apart(held, rows, |row| touched.reaches(PostId(row.id), ThreadId(row.thread)));
        posts.spare = spare_posts(conn, spare.into_iter().map(PostId).collect(), &touched)?;

        let held = found.heads.iter().map(|(thread, restricted)| (thread.0, *restricted)).collect();
        let rows = diesel::sql_query(TITLES).load(conn)?;
        let (mut titles, spare) = house.apart(held, rows, |row| touched.reaches_title(ThreadId(row.thread)));
        titles.spare = spare.into_iter().filter(|id| !touched.reaches_title(ThreadId(*id))).count();
        Ok(Compared::Done(Differences { posts, titles }))
    })
}

/// What the categories say of who may read, and which of them are changing.
struct House {
    public: Readable,
    moving: HashSet<CategoryId>,
}

impl House {
    fn load(conn: &mut Conn, touched: &Touched) -> QueryResult<Self> {
        let all = categories::store::all(conn)?;
        let moving = all
            .iter()
            .filter(|c| path(&all, c.id).iter().any(|above| touched.categories.contains(&above.id)))
            .map(|c| c.id)
            .collect();
        Ok(Self { public: categories::service::public(conn)?, moving })
    }

    /// Compares what the index holds (ids, with whether they are restricted) with the rows that are listed; also
    /// gives the ids that are held and not listed.
    fn apart(
        &self,
        held: Vec<(i64, bool)>,
        rows: Vec<Row>,
        is_unsettled: impl Fn(&Row) -> bool,
    ) -> (Apart, Vec<i64>) {
        let count = held.len();
        let mut held: HashMap<i64, bool> = held.into_iter().collect();
        // What is in both indexes is in one of them wrongly.
        let mut apart = Apart { misfiled: count - held.len(), ..Apart::default() };
        for row in rows {
            let category = CategoryId(row.category);
            let restricted = held.remove(&row.id);
            if is_unsettled(&row) || self.moving.contains(&category) {
                continue;
            }
            match restricted {
                None => apart.missing += 1,
                Some(restricted) if restricted == self.public.has(category) => apart.misfiled += 1,
                Some(_) => {}
            }
        }
        (apart, held.into_keys().collect())
    }
}

/// How many of `posts`, which are not listed, the index ought to have let go.
fn spare_posts(conn: &mut Conn, posts: Vec<PostId>, touched: &Touched) -> QueryResult<usize> {
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
