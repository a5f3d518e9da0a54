//! Collecting: every matching post is looked at, the best one of each thread stays. So the number of threads is
//! exact, and a thread with a hundred hits takes one place. The cost is linear in the matching posts, a few
//! nanoseconds each.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use super::run::Sort;
use super::schema::columns;
use crate::base::time::{DAY, UtcTime};

/// A post this old gains half of what a new one gains, in days.
const RECENCY_HALF_LIFE: f64 = 365.0;
/// What a post written just now gains.
const RECENCY: f64 = 0.2;
/// How much of its score the second best post adds to its thread.
const SECOND: f64 = 0.3;
/// What an accepted answer gains.
const ACCEPTED: f64 = 0.15;

/// The best post of a thread and what it is worth: a score, or its time when the newest come first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Best {
    pub post: i64,
    pub key: f64,
    /// The key of the thread's second best post, 0 when there is none.
    pub second: f64,
}

impl Best {
    /// Higher first; of equals the later post.
    fn beats(self, other: Self) -> bool {
        self.key > other.key || self.key >= other.key && self.post > other.post
    }

    /// The better of two findings in one thread, which remembers the other.
    fn with(self, other: Self) -> Self {
        let (first, next) = if other.beats(self) { (other, self) } else { (self, other) };
        Self { second: first.second.max(next.key), ..first }
    }

    /// The score of the thread: a second good post adds to the best one.
    pub fn score(self) -> f64 {
        self.key + SECOND * self.second
    }
}

/// Best post by thread.
pub(super) type Threads = HashMap<i64, Best>;

/// Adds `more` to `threads`, keeping the better post.
pub(super) fn merge(threads: &mut Threads, more: Threads) {
    for (thread, best) in more {
        keep(threads, thread, best);
    }
}

fn keep(threads: &mut Threads, thread: i64, best: Best) {
    threads.entry(thread).and_modify(|known| *known = known.with(best)).or_insert(best);
}

/// Collects the best post of each thread.
pub(super) struct ByThread {
    pub sort: Sort,
    pub now: UtcTime,
    /// Only these threads, when the query asks for tags or marks.
    pub only: Option<Arc<HashSet<i64>>>,
    /// Never this thread.
    pub except: Option<i64>,
}

/// The same within one segment.
pub(super) struct SegmentThreads {
    sort: Sort,
    now: UtcTime,
    only: Option<Arc<HashSet<i64>>>,
    except: Option<i64>,
    post: Column<i64>,
    thread: Column<i64>,
    created_at: Column<i64>,
    accepted: Column<u64>,
    threads: Threads,
}

impl Collector for ByThread {
    type Fruit = Threads;
    type Child = SegmentThreads;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<SegmentThreads> {
        let fast = segment.fast_fields();
        Ok(SegmentThreads {
            sort: self.sort,
            now: self.now,
            only: self.only.clone(),
            except: self.except,
            post: fast.i64(columns::POST)?,
            thread: fast.i64(columns::THREAD)?,
            created_at: fast.i64(columns::CREATED_AT)?,
            accepted: fast.u64(columns::ACCEPTED)?,
            threads: Threads::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        self.sort == Sort::Relevance
    }

    fn merge_fruits(&self, fruits: Vec<Threads>) -> tantivy::Result<Threads> {
        let mut all = Threads::new();
        for fruit in fruits {
            merge(&mut all, fruit);
        }
        Ok(all)
    }
}

impl SegmentCollector for SegmentThreads {
    type Fruit = Threads;

    fn collect(&mut self, doc: DocId, score: Score) {
        let Some(thread) = self.thread.first(doc) else { return };
        if self.except == Some(thread) || self.only.as_ref().is_some_and(|only| !only.contains(&thread)) {
            return;
        }
        let created_at = self.created_at.first(doc).unwrap_or_default();
        let key = match self.sort {
            Sort::Relevance => {
                let accepted = self.accepted.first(doc).unwrap_or_default() > 0;
                weigh(f64::from(score), accepted, self.now.since(UtcTime(created_at)))
            }
            Sort::Newest => created_at as f64,
        };
        keep(
            &mut self.threads,
            thread,
            Best { post: self.post.first(doc).unwrap_or_default(), key, second: 0.0 },
        );
    }

    fn harvest(self) -> Threads {
        self.threads
    }
}

/// A score with the gains for age (microseconds) and acceptance.
fn weigh(score: f64, accepted: bool, age: i64) -> f64 {
    let days = age.max(0) as f64 / DAY as f64;
    let recency = RECENCY * (-days / RECENCY_HALF_LIFE).exp2();
    score * (1.0 + recency + if accepted { ACCEPTED } else { 0.0 })
}

/// Collects the threads that any matching post stands in.
pub(super) struct ThreadIds;

/// The same within one segment.
pub(super) struct SegmentThreadIds {
    thread: Column<i64>,
    ids: HashSet<i64>,
}

impl Collector for ThreadIds {
    type Fruit = HashSet<i64>;
    type Child = SegmentThreadIds;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<SegmentThreadIds> {
        Ok(SegmentThreadIds { thread: segment.fast_fields().i64(columns::THREAD)?, ids: HashSet::new() })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, fruits: Vec<HashSet<i64>>) -> tantivy::Result<HashSet<i64>> {
        Ok(fruits.into_iter().flatten().collect())
    }
}

impl SegmentCollector for SegmentThreadIds {
    type Fruit = HashSet<i64>;

    fn collect(&mut self, doc: DocId, _: Score) {
        self.ids.extend(self.thread.first(doc));
    }

    fn harvest(self) -> HashSet<i64> {
        self.ids
    }
}
