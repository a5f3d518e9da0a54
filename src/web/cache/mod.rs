//! Finished pages for readers without an account, in memory: identity, gzip and brotli.
//!
//! A page says what it depends on ([`Dep`]); the log moves those ([`follow`]). An entry notes the tick of the
//! cache at which its rendering began and is sound while nothing it depends on has moved since; so nothing has
//! to be looked up or thrown away when something changes. A node that may not have seen the newest commit serves
//! nothing from here ([`PageCache::is_current`]).

pub mod encoding;
pub mod flight;
pub mod follow;
pub mod serve;

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use data_encoding::HEXLOWER;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};

use crate::base::ids::{CategoryId, MemberId, ThreadId};
use crate::base::time::{SECOND, UtcTime};
use crate::infra::db::memory::BLIND;
use crate::web::AppError;
use crate::web::page::Broken;

use self::flight::Flights;

/// Bytes of pages kept at the most.
const CAPACITY: u64 = 96 * 1024 * 1024;
/// Things remembered as changed; beyond that all is taken to have changed.
const REMEMBERED: usize = 100_000;
/// The longest that a list is kept, in microseconds: heat moves with views, which are no activities.
pub const LIST: i64 = 60 * SECOND;
/// The longest that a thread is kept, in microseconds: its number of views moves.
pub const THREAD: i64 = 600 * SECOND;

/// What a page depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dep {
    /// A thread: its posts, title, tags, likes.
    Thread(ThreadId),
    /// The threads of one category.
    Category(CategoryId),
    /// A member's name, role or level.
    Member(MemberId),
    /// Which thread stands in which list: any activity on any thread.
    Lists,
    /// What can change any list and is rare: threads that moved between categories, were removed, restored or
    /// pinned; members who changed their name or role.
    Moves,
    /// Custom pages.
    Pages,
    /// Settings, categories, brand: the frame of every page.
    Site,
}

/// Called with the request whenever the page is served from memory.
pub type OnHit = Arc<dyn Fn(&HttpRequest) + Send + Sync>;

/// Says of a response that it may be kept.
#[derive(Clone)]
pub struct Keep {
    /// What it depends on, besides the site.
    pub deps: Vec<Dep>,
    /// How long at the most, in microseconds.
    pub limit: i64,
    /// The newest change of its content, where that is known.
    pub modified: Option<UtcTime>,
    /// Called when it is served from memory.
    pub on_hit: Option<OnHit>,
}

impl Keep {
    /// A list of threads of the whole site.
    pub fn list() -> Self {
        Self::of(vec![Dep::Lists, Dep::Moves], LIST)
    }

    /// A list of threads of `categories`.
    pub fn categories(categories: impl IntoIterator<Item = CategoryId>) -> Self {
        let mut deps: Vec<Dep> = categories.into_iter().map(Dep::Category).collect();
        deps.push(Dep::Moves);
        Self::of(deps, LIST)
    }

    /// Something that depends on `deps` and is kept for `limit` at the most.
    pub fn of(deps: Vec<Dep>, limit: i64) -> Self {
        Self { deps, limit, modified: None, on_hit: None }
    }
}

/// One address in one language and theme.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// Path and query.
    pub target: String,
    /// Language of a cookie.
    pub locale: Option<String>,
    /// Theme of a cookie.
    pub theme: Option<String>,
    /// The notice that was put away.
    pub put_away: Option<String>,
}

/// A finished page.
pub struct Entry {
    body: Bytes,
    gzip: OnceLock<Bytes>,
    brotli: OnceLock<Bytes>,
    content_type: String,
    robots: Option<String>,
    /// Hash of the content, without quotes.
    pub tag: String,
    /// When this content was first seen, or what the page said of itself.
    pub modified: UtcTime,
    keep: Keep,
    born: UtcTime,
    tick: u64,
    sound: AtomicU64,
}

/// What a page is made of.
pub struct Made {
    /// The bytes.
    pub body: Bytes,
    /// `Content-Type`.
    pub content_type: String,
    /// `X-Robots-Tag`, if there is one.
    pub robots: Option<String>,
    /// What it depends on.
    pub keep: Keep,
}

#[derive(Clone)]
struct Weight;

impl Weighter<Key, Arc<Entry>> for Weight {
    fn weight(&self, key: &Key, entry: &Arc<Entry>) -> u64 {
        // The compressed forms come later and are about half as large together.
        (entry.body.len() * 3 / 2 + key.target.len() + 500) as u64
    }
}

#[derive(Default)]
struct Changes {
    at: HashMap<Dep, u64>,
    /// Everything changed at this tick.
    floor: u64,
}

/// The pages of this node.
pub struct PageCache {
    entries: Cache<Key, Arc<Entry>, Weight>,
    changes: Mutex<Changes>,
    /// Pages that are being drawn.
    pub flights: Flights,
    tick: AtomicU64,
    /// The commit up to which the log was applied, and when that was last looked at.
    applied: AtomicU64,
    looked: AtomicI64,
    /// The place in the log up to which it was applied, for the back office.
    place: AtomicI64,
}

impl Default for PageCache {
    fn default() -> Self {
        Self {
            entries: Cache::with_weighter(2_000, CAPACITY, Weight),
            changes: Mutex::default(),
            flights: Flights::default(),
            tick: AtomicU64::new(1),
            applied: AtomicU64::new(0),
            looked: AtomicI64::new(i64::MIN),
            place: AtomicI64::new(0),
        }
    }
}

impl PageCache {
    /// The present tick; take it before reading what a page shows.
    pub fn tick(&self) -> u64 {
        self.tick.load(Ordering::Acquire)
    }

    /// True when every activity up to `commit` of this process has been applied, and others were looked for
    /// within [`BLIND`] of `now`. A clock that was set back makes the node blind until it looks again.
    pub fn is_current(&self, commit: u64, now: UtcTime) -> bool {
        let age = now.0.saturating_sub(self.looked.load(Ordering::Acquire));
        self.applied.load(Ordering::Acquire) >= commit && (0..BLIND).contains(&age)
    }

    /// Notes that the log has been applied up to `commit` of this process, by a look that began at `at`.
    pub fn caught_up(&self, commit: u64, at: UtcTime) {
        self.applied.fetch_max(commit, Ordering::AcqRel);
        self.looked.store(at.0, Ordering::Release);
    }

    /// Notes up to which place of the log it was applied.
    pub fn read_to(&self, place: i64) {
        self.place.store(place, Ordering::Relaxed);
    }

    /// The place in the log up to which it was applied.
    pub fn place(&self) -> i64 {
        self.place.load(Ordering::Relaxed)
    }

    /// Makes every entry that depends on one of `deps` unsound.
    pub fn moved(&self, deps: impl IntoIterator<Item = Dep>) {
        let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let tick = self.tick.load(Ordering::Acquire) + 1;
        for dep in deps {
            changes.at.insert(dep, tick);
        }
        if changes.at.len() > REMEMBERED {
            changes.at.clear();
            changes.floor = tick;
        }
        self.tick.store(tick, Ordering::Release);
    }

    /// Makes every entry unsound.
    pub fn everything_moved(&self) {
        let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let tick = self.tick.load(Ordering::Acquire) + 1;
        changes.at.clear();
        changes.floor = tick;
        self.tick.store(tick, Ordering::Release);
    }

    /// The sound entry of `key` that is not too old at `now`.
    pub fn find(&self, key: &Key, now: UtcTime) -> Option<Arc<Entry>> {
        let entry = self.entries.get(key)?;
        let young = (0..entry.keep.limit).contains(&now.since(entry.born));
        (young && self.is_sound(&entry)).then_some(entry)
    }

    fn is_sound(&self, entry: &Entry) -> bool {
        let now = self.tick();
        if entry.sound.load(Ordering::Acquire) == now {
            return true;
        }
        let changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let tick = self.tick.load(Ordering::Acquire);
        let moved = |dep: &Dep| changes.at.get(dep).is_some_and(|at| *at > entry.tick);
        let sound = changes.floor <= entry.tick && !moved(&Dep::Site) && !entry.keep.deps.iter().any(moved);
        if sound {
            entry.sound.store(tick, Ordering::Release);
        }
        sound
    }

    /// Makes an entry of a page whose rendering began at `tick`, and keeps it under `key` when one is given.
    pub fn put(&self, key: Option<Key>, made: Made, tick: u64, now: UtcTime) -> Arc<Entry> {
        let tag = fingerprint(&made.body);
        let before = key.as_ref().and_then(|k| self.entries.get(k)).filter(|e| e.tag == tag);
        let modified = made.keep.modified.or(before.map(|e| e.modified)).unwrap_or(now);
        let entry = Arc::new(Entry {
            body: made.body,
            gzip: OnceLock::new(),
            brotli: OnceLock::new(),
            content_type: made.content_type,
            robots: made.robots,
            tag,
            modified,
            keep: made.keep,
            born: now,
            tick,
            sound: AtomicU64::new(0),
        });
        if let Some(key) = key {
            self.entries.insert(key, entry.clone());
        }
        entry
    }

    /// Pages kept, and their bytes as reckoned.
    pub fn size(&self) -> (usize, u64) {
        (self.entries.len(), self.entries.weight())
    }
}

/// A file for machines, drawn from `template`, that everybody gets alike.
pub fn file(content_type: &str, template: &impl Template, keep: Keep) -> Result<HttpResponse, AppError> {
    let mut response = HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((CACHE_CONTROL, "public, max-age=0, must-revalidate"))
        .body(template.render().map_err(Broken)?);
    response.extensions_mut().insert(keep);
    Ok(response)
}

/// A hash of `body` in which what stands in elements marked `data-soft` does not count: counters that move in
/// batches, such as views.
fn fingerprint(body: &[u8]) -> String {
    const MARK: &[u8] = b" data-soft>";
    let mut hash = Sha256::new();
    let mut rest = body;
    while let Some(at) = rest.windows(MARK.len()).position(|w| w == MARK) {
        let (before, after) = rest.split_at(at + MARK.len());
        hash.update(before);
        let end = after.iter().position(|b| *b == b'<').unwrap_or(after.len());
        rest = after.get(end..).unwrap_or_default();
    }
    hash.update(rest);
    HEXLOWER.encode(hash.finalize().get(..12).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(target: &str) -> Key {
        Key { target: target.into(), locale: None, theme: None, put_away: None }
    }

    fn made(body: &str, deps: &[Dep]) -> Made {
        Made {
            body: Bytes::copy_from_slice(body.as_bytes()),
            content_type: "text/html".into(),
            robots: None,
            keep: Keep::of(deps.to_vec(), LIST),
        }
    }

    const A: Dep = Dep::Thread(ThreadId(1));
    const B: Dep = Dep::Thread(ThreadId(2));

    #[test]
    fn an_entry_lives_until_what_it_depends_on_moves() {
        let cache = PageCache::default();
        cache.put(Some(key("/a")), made("a", &[A]), cache.tick(), UtcTime(1));
        cache.put(Some(key("/b")), made("b", &[B]), cache.tick(), UtcTime(1));
        cache.moved([A]);
        assert!(cache.find(&key("/a"), UtcTime(1)).is_none() && cache.find(&key("/b"), UtcTime(1)).is_some());
        cache.moved([Dep::Site]);
        assert!(cache.find(&key("/b"), UtcTime(1)).is_none());
    }

    #[test]
    fn what_moved_while_a_page_was_drawn_makes_it_unsound() {
        let cache = PageCache::default();
        let begun = cache.tick();
        cache.moved([A]);
        cache.put(Some(key("/a")), made("a", &[A]), begun, UtcTime(1));
        assert!(cache.find(&key("/a"), UtcTime(1)).is_none());
    }

    #[test]
    fn too_many_changes_are_a_change_of_everything() {
        let cache = PageCache::default();
        cache.put(Some(key("/a")), made("a", &[A]), cache.tick(), UtcTime(1));
        let many = i64::try_from(REMEMBERED).unwrap() + 10;
        cache.moved((10..many + 10).map(|n| Dep::Thread(ThreadId(n))));
        assert!(cache.find(&key("/a"), UtcTime(1)).is_none());
        cache.put(Some(key("/a")), made("a", &[A]), cache.tick(), UtcTime(1));
        assert!(cache.find(&key("/a"), UtcTime(1)).is_some());
    }

    #[test]
    fn a_node_that_may_be_behind_serves_nothing() {
        let cache = PageCache::default();
        let at = |micros| UtcTime(50 * SECOND + micros);
        assert!(!cache.is_current(0, at(0)), "the log was never read");
        cache.caught_up(3, at(0));
        assert!(cache.is_current(3, at(0)) && !cache.is_current(4, at(0)));
        assert!(
            cache.is_current(3, at(BLIND - 1)) && !cache.is_current(3, at(BLIND)),
            "blind after a second"
        );
        assert!(!cache.is_current(3, at(-1)), "the clock was set back");
    }

    #[test]
    fn an_entry_grows_old() {
        let cache = PageCache::default();
        cache.put(Some(key("/a")), made("a", &[A]), cache.tick(), UtcTime(1));
        assert!(cache.find(&key("/a"), UtcTime(LIST)).is_some());
        assert!(cache.find(&key("/a"), UtcTime(LIST + 1)).is_none());
    }

    #[test]
    fn the_same_content_keeps_its_date_and_soft_counters_do_not_count() {
        let cache = PageCache::default();
        let put = |body: &str, at| cache.put(Some(key("/a")), made(body, &[A]), cache.tick(), UtcTime(at));
        let first = put("<p>x</p><span data-soft>10 views</span>", 1);
        let second = put("<p>x</p><span data-soft>11 views</span>", 2);
        assert_eq!((&first.tag, first.modified), (&second.tag, second.modified));
        let third = put("<p>y</p><span data-soft>11 views</span>", 3);
        assert_ne!(first.tag, third.tag);
        assert_eq!(third.modified, UtcTime(3));
    }
}
