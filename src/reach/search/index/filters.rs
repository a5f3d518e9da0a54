//! What a query asks besides words: which posts may count, and which threads may be found.

use std::collections::HashSet;

use tantivy::DocId;

use super::run::Query;
use super::schema::Fields;
use super::tally::{Allowed, each, has_bit};
use super::view::{Fact, NONE, Part, View};
use crate::base::fold::fold;
use crate::base::time::SECOND;
use crate::reach::search::analysis::Way;
use crate::reach::search::query::{Has, Mark};

/// Which posts may count for `query`; `None` when all may.
pub(super) fn posts(sides: &[&View], query: &Query<'_>) -> Allowed {
    let parsed = query.parsed;
    let of_author = query.filter.author.is_some() || query.filter.not_author.is_some();
    if !parsed.asks_of_posts() && !of_author {
        return None;
    }
    let bits = |all: &[Has]| all.iter().fold(0, |bits, has| bits | has.bit());
    let (has, not_has) = (bits(&parsed.has), bits(&parsed.not.has));
    let author = query.filter.author.or(parsed.author.as_ref().map(|_| crate::base::ids::MemberId(-1)));
    let mut sides_bits = Vec::new();
    for side in sides {
        let mut parts_bits = Vec::new();
        for part in &side.parts {
            let column = &part.posts;
            let fits = |doc: DocId| {
                column.post.first(doc).is_some()
                    && author.is_none_or(|author| column.author.first(doc) == Some(author.0))
                    && query.filter.not_author.is_none_or(|author| column.author.first(doc) != Some(author.0))
                    && (has == 0 || column.has.first(doc).unwrap_or(0) & has == has)
                    && (not_has == 0 || column.has.first(doc).unwrap_or(0) & not_has == 0)
                    && parsed.min_likes.is_none_or(|least| column.likes.first(doc).unwrap_or(0) >= least)
                    && parsed.after.is_none_or(|at| column.created_at.first(doc).is_some_and(|t| t >= at.0))
                    && parsed.before.is_none_or(|at| column.created_at.first(doc).is_some_and(|t| t < at.0))
            };
            let mut bits = vec![0_u64; part.threads.len().div_ceil(64)];
            for doc in (0..part.reader.max_doc()).filter(|doc| part.is_alive(*doc) && fits(*doc)) {
                if let Some(word) = bits.get_mut(doc as usize / 64) {
                    *word |= 1 << (doc % 64);
                }
            }
            parts_bits.push(bits);
        }
        sides_bits.push(parts_bits);
    }
    Some(sides_bits)
}

/// Calls `take` with the thread and the document of every post that may count: (side, part, document, thread).
pub(super) fn each_allowed(sides: &[&View], allowed: &Allowed, mut take: impl FnMut(&Part, DocId, u32)) {
    for (nth, side) in sides.iter().enumerate() {
        for (at, part) in side.parts.iter().enumerate() {
            let bits = allowed.as_ref().and_then(|sides| sides.get(nth)?.get(at));
            for doc in 0..part.reader.max_doc() {
                let counts = bits.map_or_else(|| part.is_alive(doc), |bits| has_bit(bits, doc));
                if counts && part.thread(doc) != NONE {
                    take(part, doc, part.thread(doc));
                }
            }
        }
    }
}

/// Which threads may be found among those that the reader may see.
pub(super) struct Threads<'q> {
    query: &'q Query<'q>,
    marks: u32,
    not_marks: u32,
    tags: Vec<HashSet<u32>>,
    /// Threads that hold what must not be found: what is found are threads.
    without: HashSet<u32>,
    /// Threads that have a post that may count, when not all may.
    holding: Option<HashSet<u32>>,
}

impl<'q> Threads<'q> {
    pub fn new(
        sides: &[&View],
        fields: &Fields,
        query: &'q Query<'q>,
        excluded: &[Way],
        allowed: &Allowed,
    ) -> tantivy::Result<Self> {
        let parsed = query.parsed;
        let mut tags = Vec::new();
        for tag in &parsed.tags {
            tags.push(holding(sides, (fields.tag, fields.tag), &Way::Placed(fold(tag)))?);
        }
        let mut without = HashSet::new();
        for tag in &parsed.not.tags {
            without.extend(holding(sides, (fields.tag, fields.tag), &Way::Placed(fold(tag)))?);
        }
        for way in excluded {
            for fields in [
                (fields.title, fields.title_loose),
                (fields.body, fields.body_loose),
                (fields.code, fields.code),
            ] {
                without.extend(holding(sides, fields, way)?);
            }
        }
        let holding = allowed.is_some().then(|| {
            let mut holding = HashSet::new();
            each_allowed(sides, allowed, |_, _, thread| {
                holding.insert(thread);
            });
            holding
        });
        let bits =
            |all: &[Mark]| u32::try_from(all.iter().fold(0, |bits, mark| bits | mark.bit())).unwrap_or(0);
        let (marks, not_marks) = (bits(&parsed.marks), bits(&parsed.not.marks));
        Ok(Self { query, marks, not_marks, tags, without, holding })
    }

    /// Whether every thread that the reader may see may be found.
    pub fn is_open(&self) -> bool {
        let filter = &self.query.filter;
        self.marks == 0
            && self.not_marks == 0
            && self.tags.is_empty()
            && self.without.is_empty()
            && self.holding.is_none()
            && filter.categories.is_none()
            && filter.only.is_none()
            && filter.except.is_none()
    }

    /// Whether a thread may be found that the reader may see.
    pub fn allows(&self, thread: u32, fact: &Fact) -> bool {
        let filter = &self.query.filter;
        fact.marks & self.marks == self.marks
            && fact.marks & self.not_marks == 0
            && filter
                .categories
                .as_ref()
                .is_none_or(|ids| ids.iter().any(|id| id.0 == i64::from(fact.category)))
            && filter.only.is_none_or(|only| only.0 == i64::from(thread))
            && filter.except.is_none_or(|except| except.0 != i64::from(thread))
            && self.tags.iter().all(|threads| threads.contains(&thread))
            && !self.without.contains(&thread)
            && self.holding.as_ref().is_none_or(|threads| threads.contains(&thread))
    }
}

/// Threads of which a document has `way`.
fn holding(
    sides: &[&View],
    fields: (tantivy::schema::Field, tantivy::schema::Field),
    way: &Way,
) -> tantivy::Result<HashSet<u32>> {
    let mut threads = HashSet::new();
    for side in sides {
        for part in &side.parts {
            each(part, fields, way, |doc, _| {
                if part.is_alive(doc) {
                    threads.insert(part.thread(doc));
                }
            })?;
        }
    }
    Ok(threads)
}

/// A time as the facts tell it, in microseconds.
pub(super) fn micros(seconds: u32) -> i64 {
    i64::from(seconds) * SECOND
}
