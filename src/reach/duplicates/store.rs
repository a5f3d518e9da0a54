//! Reading and writing `post_fingerprints` and `duplicate_suspects`.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::fingerprint::{Fingerprint, WORTH_A_LOOK};
use crate::base::ids::{PostId, SuspectId, ThreadId};
use crate::base::time::UtcTime;
use crate::infra::db::Conn;
use crate::infra::db::schema::{duplicate_suspects as suspects, post_fingerprints as prints};
use crate::on;

/// Posts of one band that are compared at most: so many copies of one text are told apart from one by then.
const CANDIDATES: i64 = 50;
/// Pairs that one post is part of at most when it is looked at.
const PAIRS: usize = 5;

/// Nobody has decided.
const OPEN: i16 = 0;
/// Somebody said that they are no duplicates.
const DISMISSED: i16 = 1;

pub(super) fn find(conn: &mut Conn, post: PostId) -> QueryResult<Option<Fingerprint>> {
    let found: Option<i64> = prints::table.find(post.0).select(prints::hash).get_result(conn).optional()?;
    Ok(found.map(|h| Fingerprint(h.cast_unsigned())))
}

pub(super) fn put(conn: &mut Conn, post: PostId, thread: ThreadId, print: Fingerprint) -> QueryResult<()> {
    let [a, b, c, d] = print.bands();
    let row = (
        prints::thread_id.eq(thread.0),
        prints::hash.eq(print.0.cast_signed()),
        prints::band_a.eq(a),
        prints::band_b.eq(b),
        prints::band_c.eq(c),
        prints::band_d.eq(d),
    );
    on!(conn, |k| diesel::insert_into(prints::table)
        .values((prints::post_id.eq(post.0), row))
        .on_conflict(prints::post_id)
        .do_update()
        .set(row)
        .execute(k))
    .map(drop)
}

/// The posts nearest to `print` other than `post`, with the bits in which they differ; those that are only somewhat near
/// are worth a look.
pub(super) fn near(conn: &mut Conn, post: PostId, print: Fingerprint) -> QueryResult<Vec<(PostId, u32)>> {
    let [a, b, c, d] = print.bands();
    let mut found: BTreeMap<PostId, u32> = BTreeMap::new();
    for band in 0..4 {
        let mut query = prints::table
            .filter(prints::post_id.ne(post.0))
            .order(prints::post_id.desc())
            .limit(CANDIDATES)
            .select((prints::post_id, prints::hash))
            .into_boxed();
        query = match band {
            0 => query.filter(prints::band_a.eq(a)),
            1 => query.filter(prints::band_b.eq(b)),
            2 => query.filter(prints::band_c.eq(c)),
            _ => query.filter(prints::band_d.eq(d)),
        };
        let rows: Vec<(PostId, i64)> = query.load(conn)?;
        let apart = |hash: i64| print.distance(Fingerprint(hash.cast_unsigned()));
        found
            .extend(rows.into_iter().map(|(id, hash)| (id, apart(hash))).filter(|(_, n)| *n <= WORTH_A_LOOK));
    }
    let mut nearest: Vec<(PostId, u32)> = found.into_iter().collect();
    nearest.sort_by_key(|(id, distance)| (*distance, *id));
    nearest.truncate(PAIRS);
    Ok(nearest)
}

/// Notes a pair, unless it is known.
pub(super) fn suspect(
    conn: &mut Conn,
    (one, other): (PostId, PostId),
    distance: u32,
    at: UtcTime,
) -> QueryResult<()> {
    let (newer, older) = if one > other { (one, other) } else { (other, one) };
    on!(conn, |c| diesel::insert_into(suspects::table)
        .values((
            suspects::post_id.eq(newer.0),
            suspects::of_post_id.eq(older.0),
            suspects::distance.eq(i16::try_from(distance).unwrap_or(i16::MAX)),
            suspects::at.eq(at),
            suspects::state.eq(OPEN),
        ))
        .on_conflict((suspects::post_id, suspects::of_post_id))
        .do_nothing()
        .execute(c))
    .map(drop)
}

/// Forgets the undecided pairs of `post`, and its fingerprint.
pub(super) fn forget(conn: &mut Conn, post: PostId) -> QueryResult<()> {
    diesel::delete(suspects::table.filter(suspects::post_id.eq(post.0)).filter(suspects::state.eq(OPEN)))
        .execute(conn)?;
    diesel::delete(suspects::table.filter(suspects::of_post_id.eq(post.0)).filter(suspects::state.eq(OPEN)))
        .execute(conn)?;
    diesel::delete(prints::table.find(post.0)).execute(conn).map(drop)
}

/// The posts of `thread` that have a fingerprint.
pub(super) fn of_thread(conn: &mut Conn, thread: ThreadId) -> QueryResult<Vec<PostId>> {
    prints::table.filter(prints::thread_id.eq(thread.0)).select(prints::post_id).load(conn)
}

/// A noted pair.
#[derive(Debug, Clone, Queryable)]
pub struct Suspect {
    /// Its id.
    pub id: SuspectId,
    /// The newer post.
    pub post: PostId,
    /// The older one.
    pub of: PostId,
    /// When it was noted.
    pub at: UtcTime,
}

/// The undecided pairs before `before`, the newest first.
pub(super) fn open(conn: &mut Conn, before: Option<SuspectId>, limit: i64) -> QueryResult<Vec<Suspect>> {
    suspects::table
        .filter(suspects::state.eq(OPEN))
        .filter(suspects::id.lt(before.map_or(i64::MAX, |id| id.0)))
        .order(suspects::id.desc())
        .limit(limit)
        .select((suspects::id, suspects::post_id, suspects::of_post_id, suspects::at))
        .load(conn)
}

/// The undecided pair of `id`.
pub(super) fn open_one(conn: &mut Conn, id: SuspectId) -> QueryResult<Option<Suspect>> {
    suspects::table
        .find(id.0)
        .filter(suspects::state.eq(OPEN))
        .select((suspects::id, suspects::post_id, suspects::of_post_id, suspects::at))
        .get_result(conn)
        .optional()
}

pub(super) fn dismiss(conn: &mut Conn, id: SuspectId) -> QueryResult<usize> {
    diesel::update(suspects::table.find(id.0)).set(suspects::state.eq(DISMISSED)).execute(conn)
}
