//! From records to rows: some threads made ready outside the write transaction, then written in one.

use std::collections::{HashMap, HashSet};

use super::{Error, Summary, map, people};
use crate::base::ids::{CategoryId, MemberId, PostId, ThreadId};
use crate::base::time::UtcTime;
use crate::content::posts::bulk::{self, MoreImport, PostImport, ThreadImport, UNFINISHED};
use crate::content::posts::{self, Body, Prepared};
use crate::content::tags::{MAX_CHARS, TagNames};
use crate::content::threads::{self, State, ThreadKind, Title};
use crate::content::{curation, markup};
use crate::infra::db::Conn;
use crate::infra::db::dialect::reserve_ids;
use crate::infra::house::House;
use crate::people::accounts;
use crate::transfer::addresses::{self, Kind};
use crate::transfer::links::MARK;
use crate::transfer::records::{ForeignId, PinRecord, PostRecord, RecordKind, ThreadRecord};

/// What the run knows while it makes threads ready.
pub struct Known {
    /// Which ids are kept.
    pub keep: map::Keep,
    /// Categories by foreign id.
    pub categories: HashMap<String, i64>,
    /// Members by foreign id.
    pub members: HashMap<String, i64>,
}

impl Known {
    fn author(&self, author: Option<&ForeignId>) -> Option<MemberId> {
        author
            .and_then(|id| self.members.get(&id.0))
            .or_else(|| self.members.get(people::GONE))
            .copied()
            .map(MemberId)
    }

    /// The name of the category that takes `thread` in.
    pub fn shelf<'a>(&self, thread: &'a ThreadRecord) -> &'a str {
        match &thread.category {
            None => people::NOWHERE,
            Some(id) if self.categories.contains_key(&id.0) => &id.0,
            Some(_) => people::UNKNOWN,
        }
    }
}

/// A thread made ready, or what came later to one that is here.
#[derive(Clone)]
pub struct Ready {
    foreign: ForeignId,
    /// The thread here, when only posts are added to it.
    here: Option<ThreadId>,
    posts: Vec<ForeignId>,
    paths: Vec<String>,
    pin: Option<PinRecord>,
    thread: ThreadImport,
}

/// Turns a record into what the room of posts takes; nothing when no usable post is left. With `here` its
/// posts are added to that thread.
pub fn ready(
    conn: &mut Conn,
    house: &House,
    known: &Known,
    here: Option<ThreadId>,
    record: &ThreadRecord,
) -> Result<Option<Ready>, Error> {
    let now = house.clock.now();
    let mut foreign = Vec::with_capacity(record.posts.len());
    let mut made: Vec<PostImport> = Vec::with_capacity(record.posts.len());
    for post in &record.posts {
        let Some(ready) = ready_post(conn, house, known, post, now)? else { continue };
        // Numbers ascend and are given once; what does not fit has no place.
        if made.last().is_none_or(|last| last.number < ready.number) {
            made.push(ready);
            foreign.push(post.id.clone());
        }
    }
    let Some(first) = made.first_mut() else { return Ok(None) };
    let state = match first.state {
        State::Deleted => State::Deleted,
        State::Hidden => State::Hidden,
        _ if record.hidden => State::Hidden,
        _ => State::Listed,
    };
    if here.is_none() {
        // What opens a thread stands first, also where the one before it stands elsewhere now.
        first.state = State::Listed;
        first.number = 1;
    }
    let question = record.kind == RecordKind::Question || record.accepted_number.is_some();
    let category = known.categories.get(known.shelf(record)).copied().unwrap_or_default();
    let Some(author) = known.author(record.author.as_ref()) else { return Ok(None) };
    let thread = ThreadImport {
        id: own(&record.id, known.keep.threads && here.is_none()).map(ThreadId),
        category: CategoryId(category),
        author,
        kind: if question { ThreadKind::Question } else { ThreadKind::Discussion },
        title: Title::cut(&record.title),
        tags: tag_names(&record.tags),
        state,
        created_at: record.created_at.min(now),
        views: i64::try_from(record.views).unwrap_or(i64::MAX),
        closed: record.closed || record.archived,
        featured: record.featured,
        accepted: record.accepted_number.and_then(|n| i32::try_from(n).ok()),
        posts: made,
    };
    let pin = record.pin.filter(|pin| pin.until.is_none_or(|until| until > now));
    Ok(Some(Ready {
        foreign: record.id.clone(),
        here,
        posts: foreign,
        paths: record.old_paths.clone(),
        pin,
        thread,
    }))
}

fn ready_post(
    conn: &mut Conn,
    house: &House,
    known: &Known,
    post: &PostRecord,
    now: UtcTime,
) -> Result<Option<PostImport>, Error> {
    let number = i32::try_from(post.number).ok().filter(|n| (1..i32::MAX).contains(n));
    let (Some(number), Some(author)) = (number, known.author(post.author.as_ref())) else { return Ok(None) };
    let body = Body::imported(&post.body);
    let mut text = Prepared::new(conn, house, &body)?;
    if waits(conn, known, &text.body)? {
        text.renderer = UNFINISHED;
    }
    let state = match (post.deleted, post.hidden) {
        (true, _) => State::Deleted,
        (_, true) => State::Hidden,
        _ => State::Listed,
    };
    Ok(Some(PostImport {
        id: own(&post.id, known.keep.posts).map(PostId),
        number,
        author,
        text,
        state,
        reply_to: post.reply_to.and_then(|n| i32::try_from(n).ok()),
        likes: i64::from(post.likes),
        staff_note: post.staff_note,
        created_at: post.created_at.min(now),
        edited_at: post.edited_at.map(|at| at.min(now)),
    }))
}

/// True when links or mentions in `body` may mean what is not here yet. Where members lived here before, a
/// mention may name one of them in place of one who comes later under another handle.
fn waits(conn: &mut Conn, known: &Known, body: &str) -> Result<bool, Error> {
    if body.contains(MARK) {
        return Ok(true);
    }
    let handles = markup::mentions(body);
    if handles.is_empty() {
        return Ok(false);
    }
    Ok(!known.keep.any() || accounts::store::known_handles(conn, &handles)?.len() < handles.len())
}

fn own(id: &ForeignId, keep: bool) -> Option<i64> {
    id.0.parse().ok().filter(|id| keep && *id > 0 && *id < i64::MAX / 2)
}

/// As many tags as a thread may have, each as long as a tag may be.
fn tag_names(tags: &[String]) -> TagNames {
    let cut: Vec<String> = tags.iter().map(|tag| tag.chars().take(MAX_CHARS).collect()).collect();
    let most = |n| TagNames::parse(cut.iter().take(n).map(String::as_str)).ok();
    (0..=cut.len()).rev().find_map(most).unwrap_or_default()
}

/// Writes `batch` in the transaction of `conn`; returns what that adds to the summary.
pub fn write(conn: &mut Conn, house: &House, source: &str, batch: &[Ready]) -> Result<Summary, Error> {
    let mut wanted: Vec<ThreadImport> = batch.iter().map(|ready| ready.thread.clone()).collect();
    give_way(conn, &mut wanted)?;
    let (mut more, mut new, mut fresh) = (Vec::new(), Vec::new(), Vec::new());
    for (ready, thread) in batch.iter().zip(wanted) {
        if let Some(here) = ready.here {
            let add = MoreImport { thread: here, accepted: thread.accepted, posts: thread.posts };
            more.push((ready, add));
        } else {
            new.push(ready);
            fresh.push(thread);
        }
    }
    let mut sum = enter(conn, house, source, &new, &fresh)?;
    let (grown, more): (Vec<&Ready>, Vec<MoreImport>) = more.into_iter().unzip();
    let mut rows = Vec::new();
    for (ready, ids) in grown.into_iter().zip(bulk::extend(conn, house, &more)?) {
        sum.posts += ids.len() as u64;
        if !ids.is_empty() {
            sum.grown_threads += 1;
            sum.likes += ready.thread.posts.iter().map(|p| p.likes as u64).sum::<u64>();
        }
        rows.extend(ready.posts.iter().zip(ids).map(|(foreign, id)| (foreign.0.clone(), id.0)));
    }
    map::put(conn, source, Kind::Post, &rows)?;
    Ok(sum)
}

/// Writes threads that are new here.
fn enter(
    conn: &mut Conn,
    house: &House,
    source: &str,
    batch: &[&Ready],
    wanted: &[ThreadImport],
) -> Result<Summary, Error> {
    let done = bulk::import(conn, house, wanted)?;
    let mut sum = Summary { threads: done.len() as u64, ..Summary::default() };
    let (mut thread_rows, mut post_rows) = (Vec::new(), Vec::new());
    for (ready, imported) in batch.iter().zip(&done) {
        let id = imported.thread;
        thread_rows.push((ready.foreign.0.clone(), id.0));
        for (foreign, post) in ready.posts.iter().zip(&imported.posts) {
            post_rows.push((foreign.0.clone(), post.0));
        }
        for path in &ready.paths {
            addresses::remember(conn, path, Kind::Thread, id.0)?;
        }
        if let Some(pin) = &ready.pin {
            let category = (!pin.site_wide).then_some(ready.thread.category);
            curation::import(conn, house, id, category, pin.until)?;
        }
        sum.posts += imported.posts.len() as u64;
        sum.likes += ready.thread.posts.iter().map(|p| p.likes as u64).sum::<u64>();
    }
    map::put(conn, source, Kind::Thread, &thread_rows)?;
    map::put(conn, source, Kind::Post, &post_rows)?;
    Ok(sum)
}

/// Ids to keep are set aside in the database; those given to somebody else meanwhile are given up.
fn give_way(conn: &mut Conn, wanted: &mut [ThreadImport]) -> Result<(), Error> {
    let threads_ids: Vec<ThreadId> = wanted.iter().filter_map(|t| t.id).collect();
    let post_ids: Vec<PostId> = wanted.iter().flat_map(|t| &t.posts).filter_map(|p| p.id).collect();
    if let Some(most) = threads_ids.iter().max() {
        reserve_ids(conn, "threads", most.0)?;
    }
    if let Some(most) = post_ids.iter().max() {
        reserve_ids(conn, "posts", most.0)?;
    }
    let mut threads_given: HashSet<ThreadId> =
        threads::store::given(conn, &threads_ids)?.into_iter().collect();
    let mut posts_given: HashSet<PostId> = posts::store::given(conn, &post_ids)?.into_iter().collect();
    for thread in wanted {
        thread.id = thread.id.filter(|id| threads_given.insert(*id));
        for post in &mut thread.posts {
            post.id = post.id.filter(|id| posts_given.insert(*id));
        }
    }
    Ok(())
}
