//! Both sides of the index as of their last commit, with what scoring needs to know of every thread in memory.
//!
//! Resident: 12 bytes a document (its thread, and its place in the order of threads) and 44 bytes a thread: [`Fact`],
//! and by itself the [`Place`] that scoring looks up for every thread found. Both are kept up from commit to commit:
//! only segments that are new, and documents that were deleted since, are looked at.

use std::sync::Arc;

use tantivy::columnar::Column;
use tantivy::{DocId, Searcher, SegmentReader};

use super::document::{ACCEPTED, AUTHORITY, REPEATS};
use super::schema::{Fields, columns};
use super::weights as w;
use crate::base::time::SECOND;

/// Threads whose facts lie in one page, which is copied when one of them changes.
const PAGE: usize = 512;
/// A thread number beyond this cannot be indexed; ids are given one after the other.
pub(super) const MAX_THREAD: i64 = 1 << 31;
/// No thread.
pub(super) const NONE: u32 = u32::MAX;

/// What is known of a thread.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Fact {
    /// Category number; 0 when the thread has no head.
    pub category: u32,
    /// Whether its head is on the restricted side.
    pub restricted: bool,
    /// Bits of [`crate::reach::search::query::Mark`].
    pub marks: u32,
    /// Logarithmic heat as stored.
    pub heat: f32,
    /// When it was opened, in seconds.
    pub created: u32,
    /// When it was last written in, in seconds.
    pub last: u32,
    /// Terms of its title.
    pub title: u32,
    /// Terms of all its posts.
    pub body: u32,
    /// Posts, and how many of them are accepted answers.
    pub posts: u32,
}

/// What scoring looks up for each thread found.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    /// Terms of title and posts together, those of the title weighted.
    pub length: f32,
    /// The category, with the highest bit set on the restricted side; 0 when the thread has no head.
    shelf: u32,
}

/// Marks a category of the restricted side.
const RESTRICTED: u32 = 1 << 31;

impl Place {
    /// Category; 0 when the thread has no head.
    #[inline]
    pub fn category(self) -> u32 {
        self.shelf & !RESTRICTED
    }

    /// Whether not everybody may read it.
    #[inline]
    pub fn is_restricted(self) -> bool {
        self.shelf & RESTRICTED != 0
    }
}

/// Facts of some threads, and their places apart, close together.
#[derive(Debug, Clone)]
struct Sheet {
    facts: [Fact; PAGE],
    places: [Place; PAGE],
}

/// What is known of a thread that is not there.
const NOTHING: Fact = Fact {
    category: 0,
    restricted: false,
    marks: 0,
    heat: 0.0,
    created: 0,
    last: 0,
    title: 0,
    body: 0,
    posts: 0,
};

const BLANK: Sheet = Sheet { facts: [NOTHING; PAGE], places: [Place { length: 0.0, shelf: 0 }; PAGE] };

/// Facts by thread number.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts(Vec<Arc<Sheet>>);

impl Facts {
    /// Of a thread; a blank one when nothing is known.
    #[inline]
    pub fn get(&self, thread: u32) -> &Fact {
        let at = thread as usize;
        self.0.get(at / PAGE).and_then(|sheet| sheet.facts.get(at % PAGE)).unwrap_or(&NOTHING)
    }

    /// Where a thread is, and how long.
    #[inline]
    pub fn place(&self, thread: u32) -> Place {
        let at = thread as usize;
        self.0.get(at / PAGE).and_then(|sheet| sheet.places.get(at % PAGE)).copied().unwrap_or_default()
    }

    /// One more than the greatest thread number.
    pub fn end(&self) -> usize {
        self.0.len() * PAGE
    }

    fn change(&mut self, thread: u32, change: impl FnOnce(&mut Fact)) {
        let at = thread as usize;
        if at / PAGE >= self.0.len() {
            self.0.resize_with(at / PAGE + 1, || Arc::new(BLANK));
        }
        let Some(sheet) = self.0.get_mut(at / PAGE).map(Arc::make_mut) else { return };
        let Sheet { facts, places } = sheet;
        let at = at % PAGE;
        if let (Some(fact), Some(place)) = (facts.get_mut(at), places.get_mut(at)) {
            change(fact);
            *place = Place {
                length: fact.body as f32 + w::TITLE_TERMS * fact.title as f32,
                shelf: fact.category | if fact.restricted { RESTRICTED } else { 0 },
            };
        }
    }
}

/// Columns of the posts in a part.
pub(super) struct Posts {
    pub post: Column<i64>,
    pub author: Column<i64>,
    pub created_at: Column<i64>,
    pub has: Column<u64>,
    pub likes: Column<u64>,
}

impl Posts {
    fn open(reader: &SegmentReader) -> tantivy::Result<Self> {
        let fast = reader.fast_fields();
        Ok(Self {
            post: fast.i64(columns::POST)?,
            author: fast.i64(columns::AUTHOR)?,
            created_at: fast.i64(columns::CREATED_AT)?,
            has: fast.u64(columns::HAS)?,
            likes: fast.u64(columns::LIKES)?,
        })
    }

    /// Whether the post is an accepted answer, and whether its author speaks with authority.
    pub fn standing(&self, doc: DocId) -> (bool, bool) {
        let has = self.has.first(doc).unwrap_or(0);
        (has & ACCEPTED != 0, has & AUTHORITY != 0)
    }
}

/// A segment with the thread of every document.
#[derive(Clone)]
pub(super) struct Part {
    pub reader: SegmentReader,
    pub threads: Arc<[u32]>,
    /// Threads with their documents, in order.
    order: Arc<[(u32, DocId)]>,
    /// Posts that repeat themselves, ascending.
    repeats: Arc<[DocId]>,
    pub posts: Arc<Posts>,
}

/// Sums over all threads of a side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sums {
    pub threads: u64,
    pub posts: u64,
    pub title: u64,
    pub body: u64,
}

/// A side as of one commit.
#[derive(Clone, Default)]
pub(super) struct View {
    pub parts: Vec<Part>,
    pub sums: Sums,
}

/// Both sides as of one commit.
#[derive(Clone, Default)]
pub(super) struct Views {
    pub public: View,
    pub restricted: View,
    /// Of threads on either side: a thread is on one of them.
    pub facts: Facts,
}

impl Views {
    /// The views of both searchers, made from those before them. What is gone is taken away first: a thread that
    /// changes sides is gone from one and new on the other.
    pub fn next(&self, public: &Searcher, restricted: &Searcher, fields: &Fields) -> tantivy::Result<Self> {
        let mut facts = self.facts.clone();
        let mut sums = [self.public.sums, self.restricted.sums];
        let sides = [(&self.public, public, false), (&self.restricted, restricted, true)];
        for ((view, searcher, _), sums) in sides.iter().zip(&mut sums) {
            view.gone(searcher, fields, |thread, row| take_away(&mut facts, sums, thread, &row))?;
        }
        let mut next = [Vec::new(), Vec::new()];
        for (((view, searcher, restricted), sums), parts) in sides.iter().zip(&mut sums).zip(&mut next) {
            *parts = view.parts_of(searcher, fields, |thread, row| {
                add(&mut facts, sums, thread, &row, *restricted);
            })?;
        }
        let ([public, restricted], [public_sums, restricted_sums]) = (next, sums);
        Ok(Self {
            public: View { parts: public, sums: public_sums },
            restricted: View { parts: restricted, sums: restricted_sums },
            facts,
        })
    }
}

impl View {
    /// Calls `take` with every document that `searcher` has no more.
    fn gone(
        &self,
        searcher: &Searcher,
        fields: &Fields,
        mut take: impl FnMut(u32, Row),
    ) -> tantivy::Result<()> {
        for old in &self.parts {
            let mut readers = searcher.segment_readers().iter();
            let still = readers.find(|reader| reader.segment_id() == old.reader.segment_id());
            if still.is_some_and(|reader| reader.num_deleted_docs() == old.reader.num_deleted_docs()) {
                continue;
            }
            let gone = |doc| old.is_alive(doc) && still.is_none_or(|reader| reader.is_deleted(doc));
            Columns::open(&old.reader, fields)?.each(old, gone, &mut take);
        }
        Ok(())
    }

    /// The segments of `searcher`; `take` is called with every document of those that are new.
    fn parts_of(
        &self,
        searcher: &Searcher,
        fields: &Fields,
        mut take: impl FnMut(u32, Row),
    ) -> tantivy::Result<Vec<Part>> {
        let mut parts = Vec::new();
        for reader in searcher.segment_readers() {
            let known = self.parts.iter().find(|old| old.reader.segment_id() == reader.segment_id());
            let part = match known {
                Some(old) => Part { reader: reader.clone(), ..old.clone() },
                None => Part::open(reader)?,
            };
            if known.is_none() {
                Columns::open(reader, fields)?.each(&part, |doc| part.is_alive(doc), &mut take);
            }
            parts.push(part);
        }
        Ok(parts)
    }
}

fn take_away(facts: &mut Facts, sums: &mut Sums, thread: u32, row: &Row) {
    match *row {
        Row::Post { length } => {
            facts.change(thread, |fact| {
                fact.body = fact.body.saturating_sub(length);
                fact.posts = fact.posts.saturating_sub(1);
            });
            sums.posts -= 1;
            sums.body -= u64::from(length);
        }
        Row::Head(head) => {
            facts.change(thread, |fact| *fact = Fact { body: fact.body, posts: fact.posts, ..NOTHING });
            sums.threads -= 1;
            sums.title -= u64::from(head.title);
        }
    }
}

fn add(facts: &mut Facts, sums: &mut Sums, thread: u32, row: &Row, restricted: bool) {
    match *row {
        Row::Post { length } => {
            facts.change(thread, |fact| {
                fact.body += length;
                fact.posts += 1;
            });
            sums.posts += 1;
            sums.body += u64::from(length);
        }
        Row::Head(head) => {
            facts.change(thread, |fact| {
                *fact = Fact { body: fact.body, posts: fact.posts, restricted, ..head };
            });
            sums.threads += 1;
            sums.title += u64::from(head.title);
        }
    }
}

impl Part {
    fn open(reader: &SegmentReader) -> tantivy::Result<Self> {
        let threads = threads_of(reader)?;
        let mut order: Vec<(u32, DocId)> = threads.iter().copied().zip(0..).collect();
        order.sort_unstable();
        let posts = Posts::open(reader)?;
        let repeats = |doc: &DocId| posts.has.first(*doc).is_some_and(|has| has & REPEATS != 0);
        let repeats = (0..reader.max_doc()).filter(repeats).collect();
        Ok(Self { reader: reader.clone(), threads, order: order.into(), repeats, posts: Arc::new(posts) })
    }

    /// The documents of `threads`, ascending.
    pub fn docs_of(&self, threads: impl Iterator<Item = u32>) -> Vec<DocId> {
        let mut docs = Vec::new();
        for thread in threads {
            let from = self.order.partition_point(|(at, _)| *at < thread);
            let of_thread = self.order.iter().skip(from).take_while(|(at, _)| *at == thread);
            docs.extend(of_thread.map(|(_, doc)| *doc).filter(|doc| self.is_alive(*doc)));
        }
        docs.sort_unstable();
        docs
    }

    #[inline]
    pub fn is_alive(&self, doc: DocId) -> bool {
        !self.reader.is_deleted(doc)
    }

    /// Whether a post repeats itself.
    #[inline]
    pub fn repeats(&self, doc: DocId) -> bool {
        self.repeats.binary_search(&doc).is_ok()
    }

    /// The thread of a document.
    #[inline]
    pub fn thread(&self, doc: DocId) -> u32 {
        self.threads.get(doc as usize).copied().unwrap_or(NONE)
    }
}

fn threads_of(reader: &SegmentReader) -> tantivy::Result<Arc<[u32]>> {
    let column: Column<i64> = reader.fast_fields().i64(columns::THREAD)?;
    let thread = |doc| {
        let thread = column.first(doc).filter(|thread| (0..MAX_THREAD).contains(thread));
        thread.and_then(|thread| u32::try_from(thread).ok()).unwrap_or(NONE)
    };
    Ok((0..reader.max_doc()).map(thread).collect())
}

/// What a document adds to the facts.
enum Row {
    Post { length: u32 },
    Head(Fact),
}

struct Columns {
    category: Column<i64>,
    marks: Column<u64>,
    heat: Column<f64>,
    created_at: Column<i64>,
    last_at: Column<i64>,
    title: tantivy::fieldnorm::FieldNormReader,
    body: tantivy::fieldnorm::FieldNormReader,
}

impl Columns {
    fn open(reader: &SegmentReader, fields: &Fields) -> tantivy::Result<Self> {
        let fast = reader.fast_fields();
        Ok(Self {
            category: fast.i64(columns::CATEGORY)?,
            marks: fast.u64(columns::MARKS)?,
            heat: fast.f64(columns::HEAT)?,
            created_at: fast.i64(columns::CREATED_AT)?,
            last_at: fast.i64(columns::LAST_AT)?,
            title: reader.get_fieldnorms_reader(fields.title)?,
            body: reader.get_fieldnorms_reader(fields.body)?,
        })
    }

    fn each(&self, part: &Part, wanted: impl Fn(DocId) -> bool, mut take: impl FnMut(u32, Row)) {
        for doc in (0..part.reader.max_doc()).filter(|doc| wanted(*doc)) {
            let thread = part.thread(doc);
            if thread != NONE {
                take(thread, self.row(doc));
            }
        }
    }

    fn row(&self, doc: DocId) -> Row {
        let Some(marks) = self.marks.first(doc) else {
            return Row::Post { length: self.body.fieldnorm(doc) };
        };
        let seconds = |column: &Column<i64>| {
            u32::try_from(column.first(doc).unwrap_or(0).max(0) / SECOND).unwrap_or(u32::MAX)
        };
        Row::Head(Fact {
            category: u32::try_from(self.category.first(doc).unwrap_or(0)).unwrap_or(0),
            marks: u32::try_from(marks).unwrap_or(0),
            heat: self.heat.first(doc).unwrap_or(f64::MIN) as f32,
            created: seconds(&self.created_at),
            last: seconds(&self.last_at),
            title: self.title.fieldnorm(doc),
            restricted: false,
            body: 0,
            posts: 0,
        })
    }
}
