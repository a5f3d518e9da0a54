//! Follows the log: what a post is now is read from the tables, the log only says where to look.

use std::collections::BTreeMap;

use diesel::QueryResult;

use super::fingerprint::{Fingerprint, NEAR, are_alike};
use super::store;
use crate::base::ids::{PostId, ThreadId};
use crate::base::time::UtcTime;
use crate::content::posts::{self, Post};
use crate::content::threads::{self, State, Thread};
use crate::infra::activity::reader::Reader;
use crate::infra::activity::{Activity, Verb};
use crate::infra::db::{Conn, DbError};

/// The reader that keeps fingerprints and pairs.
pub const READER: Reader = Reader { name: "duplicates", apply };

/// Posts read at once.
const AT_ONCE: usize = 200;
/// Posts of a thread that came back which are looked at again.
const OF_THREAD: i64 = 500;

fn apply(conn: &mut Conn, batch: &[Activity]) -> Result<(), DbError> {
    let mut touched: BTreeMap<PostId, UtcTime> = BTreeMap::new();
    let mut openings: BTreeMap<ThreadId, UtcTime> = BTreeMap::new();
    for a in batch {
        match (a.verb, a.post, a.thread) {
            (
                Some(Verb::PostCreated | Verb::PostEdited | Verb::PostDeleted | Verb::PostRestored),
                Some(post),
                _,
            ) => {
                touched.insert(post, a.recorded);
            }
            (Some(Verb::ThreadCreated | Verb::ThreadChanged), _, Some(thread)) => {
                openings.insert(thread, a.recorded);
            }
            (Some(Verb::ThreadDeleted), _, Some(thread)) => {
                touched.extend(store::of_thread(conn, thread)?.into_iter().map(|id| (id, a.recorded)));
            }
            (Some(Verb::ThreadRestored), _, Some(thread)) => {
                let posts = posts::store::of_thread(conn, thread, 0, OF_THREAD)?;
                touched.extend(posts.into_iter().map(|p| (p.id, a.recorded)));
            }
            _ => {}
        }
    }
    let ids: Vec<ThreadId> = openings.keys().copied().collect();
    for some in ids.chunks(AT_ONCE) {
        for post in posts::store::openings(conn, some)? {
            let at = openings.get(&post.thread_id).copied().unwrap_or(post.created_at);
            touched.entry(post.id).or_insert(at);
        }
    }
    let ids: Vec<PostId> = touched.keys().copied().collect();
    for some in ids.chunks(AT_ONCE) {
        look(conn, some, &touched)?;
    }
    Ok(())
}

fn look(conn: &mut Conn, ids: &[PostId], touched: &BTreeMap<PostId, UtcTime>) -> QueryResult<()> {
    let mut found = posts::store::find_many(conn, ids)?;
    found.sort_by_key(|p| p.id);
    let mut around: Vec<ThreadId> = found.iter().map(|p| p.thread_id).collect();
    around.dedup();
    let around = threads::store::find_many(conn, &around)?;
    for id in ids.iter().filter(|id| !found.iter().any(|p| p.id == **id)) {
        store::forget(conn, *id)?;
    }
    for post in &found {
        let print = around.iter().find(|t| t.id == post.thread_id).and_then(|t| print(t, post));
        let at = touched.get(&post.id).copied().unwrap_or(post.created_at);
        keep(conn, post, print, at)?;
    }
    Ok(())
}

/// What a post that readers can find looks like.
fn print(thread: &Thread, post: &Post) -> Option<Fingerprint> {
    if thread.state() != State::Listed || post.state() != State::Listed {
        return None;
    }
    Fingerprint::of(post.opens().then_some(thread.title.as_str()), &post.body)
}

fn is_alike(conn: &mut Conn, post: &Post, other: PostId) -> QueryResult<bool> {
    let found = posts::store::find_many(conn, &[other])?;
    Ok(found.first().is_some_and(|other| are_alike(&post.body, &other.body)))
}

fn keep(conn: &mut Conn, post: &Post, print: Option<Fingerprint>, at: UtcTime) -> QueryResult<()> {
    let before = store::find(conn, post.id)?;
    if before == print {
        return Ok(());
    }
    if before.is_some() {
        store::forget(conn, post.id)?;
    }
    let Some(print) = print else { return Ok(()) };
    store::put(conn, post.id, post.thread_id, print)?;
    for (other, distance) in store::near(conn, post.id, print)? {
        if distance <= NEAR || is_alike(conn, post, other)? {
            store::suspect(conn, (post.id, other), distance, at)?;
        }
    }
    Ok(())
}
