//! Scoring: BM25 over threads, a unit at a time. The terms of all posts of a thread and of its title count together
//! (Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple weighted fields", 2004), so a thread ranks by
//! what is said in it as a whole, and a long thread is not a bag of lucky posts.
//!
//! Every posting is read once and added to its thread in an array. No heap and no pruning: the number of threads
//! found is exact, and the result does not depend on how the index happens to be cut into segments.

use tantivy::postings::Postings;
use tantivy::query::{BooleanQuery, EnableScoring, Occur, PhraseQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, TERMINATED, Term};

use super::run::Permit;
use super::schema::{Fields, initials_term, pair_term};
use super::view::{Fact, Facts, NONE, Part, Place, Sums, View, Views};
use super::weights as w;
use crate::reach::search::analysis::{MAX_NEEDS, Unit, Way};

/// Postings in a block.
const BLOCK: usize = 128;
/// Marks a thread that is in the list of those found, and one that not everybody may read.
const LISTED: u32 = 1 << 31;
const RESTRICTED: u32 = 1 << MAX_NEEDS;

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    /// Terms gathered for the unit being read.
    gathered: f32,
    total: f32,
    /// The unit for which `gathered` holds.
    stamp: u32,
    meets: u32,
}

/// An array of slots by thread number, used again from query to query.
#[derive(Default)]
pub(super) struct Tally {
    slots: Vec<Slot>,
    stamp: u32,
    /// Threads with a score.
    found: Vec<u32>,
    /// Threads that have the unit being read, the first `count` of these.
    touched: Vec<u32>,
    count: usize,
    titles: Vec<(u32, f32)>,
    /// Postings read in posts.
    read: usize,
}

/// What one unit gave a thread, for those who want to know why it ranks where it does.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// The unit, as words.
    pub unit: String,
    /// Public threads that have it.
    pub threads: usize,
    /// Terms counted in the thread.
    pub terms: f32,
    /// What the text as a whole, and the title by itself, added to the score.
    pub text: f32,
    /// See `text`.
    pub title: f32,
}

/// What reading a unit gave.
pub(super) struct Read {
    /// What a hit on it is worth.
    pub worth: f32,
    /// Public threads that have it.
    pub public: usize,
    /// What it gave the thread that was asked about.
    pub share: Option<Share>,
}

/// Which documents may count, a bit each, by side and part; `None`: all.
pub(super) type Allowed = Option<Vec<Vec<Vec<u64>>>>;

/// What scoring needs to know: what there is, and what of it this reader may see.
pub(super) struct Scoring<'a> {
    pub fields: Fields,
    /// The public side, then the restricted one where the reader may see some of it.
    pub sides: Vec<&'a View>,
    pub facts: &'a Facts,
    pub permit: &'a Permit,
    pub allowed: Allowed,
    pub titles_only: bool,
    /// How much of each part is read for each way of a unit, from its end, where the later threads are; all of it
    /// for ways beyond these.
    pub newest: Vec<f32>,
    /// Sums of the public side, for everybody.
    pub sums: Sums,
}

/// A thread found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub thread: u32,
    pub total: f32,
    /// Needs met.
    pub meets: u32,
    /// Whether everybody may read it.
    pub public: bool,
}

/// Whether bit `doc` is set.
pub(super) fn has_bit(bits: &[u64], doc: DocId) -> bool {
    bits.get(doc as usize / 64).is_some_and(|word| word >> (doc % 64) & 1 == 1)
}

impl<'a> Scoring<'a> {
    /// For a reader with `permit`, everything by default.
    pub fn new(views: &'a Views, fields: Fields, permit: &'a Permit) -> Self {
        let mut sides = vec![&views.public];
        if permit.sees_some() {
            sides.push(&views.restricted);
        }
        let sums = views.public.sums;
        Self {
            fields,
            sides,
            facts: &views.facts,
            permit,
            allowed: None,
            titles_only: false,
            newest: Vec::new(),
            sums,
        }
    }

    /// Facts of a thread.
    #[inline]
    pub fn fact(&self, thread: u32) -> &'a Fact {
        self.facts.get(thread)
    }

    /// Whether the reader may see a thread.
    #[inline]
    pub fn permits(&self, place: Place) -> bool {
        match (place.category(), self.permit) {
            (0, _) => false,
            _ if !place.is_restricted() => true,
            (_, Permit::Public) => false,
            (_, Permit::All) => true,
            (category, Permit::Categories(ids)) => ids.iter().any(|id| id.0 == i64::from(category)),
        }
    }

    /// Whether a document may count.
    #[inline]
    pub fn allows(&self, side: usize, part: usize, doc: DocId) -> bool {
        match &self.allowed {
            None => true,
            Some(sides) => {
                sides.get(side).and_then(|parts| parts.get(part)).is_some_and(|bits| has_bit(bits, doc))
            }
        }
    }

    /// Public postings of a unit, about.
    pub fn cost(&self, unit: &Unit) -> tantivy::Result<u64> {
        let Some(public) = self.sides.first() else { return Ok(0) };
        let mut cost = 0;
        for (_, way) in &unit.ways {
            cost += match way {
                Way::Placed(text) => frequency(public, self.fields.body, text)?,
                Way::Loose(text) => frequency(public, self.fields.body_loose, text)?,
                Way::Phrase { terms, pairs } => {
                    let mut least = u64::MAX;
                    for pair in pairs {
                        least = least.min(frequency(public, self.fields.body_loose, pair)?);
                    }
                    for (_, term) in terms {
                        least = least.min(frequency(public, self.fields.body, term)?);
                    }
                    least
                }
                Way::Sounds(_) | Way::Initials(_) | Way::Tag(_) => 0,
            };
        }
        Ok(cost)
    }
}

fn frequency(view: &View, field: Field, text: &str) -> tantivy::Result<u64> {
    let term = Term::from_field_text(field, text);
    let mut all = 0;
    for part in &view.parts {
        all += u64::from(part.reader.inverted_index(field)?.doc_freq(&term)?);
    }
    Ok(all)
}

impl Tally {
    /// Makes ready for threads numbered below `end`.
    pub fn reset(&mut self, end: usize) {
        for thread in self.found.drain(..) {
            if let Some(slot) = self.slots.get_mut(thread as usize) {
                *slot = Slot { stamp: slot.stamp, ..Slot::default() };
            }
        }
        if self.stamp > u32::MAX - 10_000 {
            self.slots.clear();
            self.stamp = 0;
        }
        if self.slots.len() < end {
            self.slots.resize(end, Slot::default());
            self.touched.resize(end, NONE);
        }
        self.read = 0;
    }

    /// How many postings were read in posts.
    pub fn postings(&self) -> usize {
        self.read
    }

    /// Threads found that the reader may see.
    pub fn found(&self) -> impl Iterator<Item = Found> + '_ {
        self.found.iter().filter_map(|&thread| {
            let Slot { total, meets, .. } = *self.slots.get(thread as usize)?;
            let public = meets & RESTRICTED == 0;
            Some(Found { thread, total, meets: meets & !(LISTED | RESTRICTED), public })
        })
    }

    /// Adds `gain` to a thread that was found.
    pub fn add(&mut self, thread: u32, gain: f32) {
        if let Some(slot) = self.slots.get_mut(thread as usize).filter(|slot| slot.meets & LISTED != 0) {
            slot.total += gain;
        }
    }

    /// Marks `threads` alone, for [`Self::is_marked`].
    pub fn mark(&mut self, threads: impl Iterator<Item = u32>) {
        self.stamp += 1;
        for thread in threads {
            if let Some(slot) = self.slots.get_mut(thread as usize) {
                slot.stamp = self.stamp;
            }
        }
    }

    /// Whether a thread was marked last.
    pub fn is_marked(&self, thread: u32) -> bool {
        self.slots.get(thread as usize).is_some_and(|slot| slot.stamp == self.stamp)
    }

    /// Reads one unit.
    pub fn read(&mut self, scoring: &Scoring<'_>, unit: &Unit, asked: Option<u32>) -> tantivy::Result<Read> {
        self.stamp += 1;
        self.count = 0;
        self.titles.clear();
        let mut public = 0;
        for (nth, side) in scoring.sides.iter().enumerate() {
            for (at, (weight, way)) in unit.ways.iter().enumerate() {
                if !scoring.titles_only {
                    self.bodies(scoring, nth, side, *weight, way)?;
                }
                let newest = scoring.newest.get(at).copied().unwrap_or(1.0);
                self.heads(scoring, side, (*weight, newest), way)?;
            }
            if nth == 0 {
                public = self.count;
            }
        }
        Ok(self.settle(scoring, unit, public, asked))
    }

    fn bodies(
        &mut self,
        scoring: &Scoring<'_>,
        nth: usize,
        side: &View,
        weight: f32,
        way: &Way,
    ) -> tantivy::Result<()> {
        let fields = (scoring.fields.body, scoring.fields.body_loose);
        for (at, part) in side.parts.iter().enumerate() {
            let lengths = part.reader.get_fieldnorms_reader(scoring.fields.body)?;
            let filtered = scoring.allowed.is_some();
            let deletes = part.reader.has_deletes();
            each(part, fields, way, |doc, terms| {
                self.read += 1;
                let thread = part.thread(doc);
                if deletes && !part.is_alive(doc) {
                    return;
                }
                let dense =
                    terms > w::REPEATED && (terms * w::DENSE > lengths.fieldnorm(doc) || part.repeats(doc));
                let terms = if dense { 1.0 } else { terms as f32 };
                let counts = !filtered || scoring.allows(nth, at, doc);
                self.gather(thread, if counts { weight * terms } else { 0.0 });
            })?;
            each(part, (scoring.fields.code, scoring.fields.code), way, |doc, _| {
                if !deletes || part.is_alive(doc) {
                    let counts = !filtered || scoring.allows(nth, at, doc);
                    self.gather(part.thread(doc), if counts { weight * w::CODE_TERMS } else { 0.0 });
                }
            })?;
        }
        Ok(())
    }

    fn heads(
        &mut self,
        scoring: &Scoring<'_>,
        side: &View,
        (weight, newest): (f32, f32),
        way: &Way,
    ) -> tantivy::Result<()> {
        let fields = match way {
            Way::Sounds(_) | Way::Initials(_) => (scoring.fields.sounds, scoring.fields.sounds),
            _ => (scoring.fields.title, scoring.fields.title_loose),
        };
        let tag = match way {
            Way::Loose(text) | Way::Tag(text) => Some(Way::Placed(text.clone())),
            _ => None,
        };
        for part in &side.parts {
            let from = (part.reader.max_doc() as f32 * (1.0 - newest)) as DocId;
            each_from(part, fields, way, from, |doc, _| {
                if part.is_alive(doc) {
                    let thread = part.thread(doc);
                    self.titles.push((thread, weight));
                    self.gather(thread, weight * w::TITLE_TERMS);
                }
            })?;
            let Some(tag) = &tag else { continue };
            each(part, (scoring.fields.tag, scoring.fields.tag), tag, |doc, _| {
                if part.is_alive(doc) {
                    self.gather(part.thread(doc), weight * w::TAG_TERMS);
                }
            })?;
        }
        Ok(())
    }

    /// Adds terms to a thread. Nothing branches on what is in its slot: the slots of postings that follow are fetched
    /// meanwhile, where a branch guessed wrong would wait for each.
    #[inline]
    fn gather(&mut self, thread: u32, terms: f32) {
        let Some(slot) = self.slots.get_mut(thread as usize) else { return };
        let anew = slot.stamp != self.stamp;
        slot.gathered = if anew { 0.0 } else { slot.gathered } + terms;
        slot.stamp = self.stamp;
        if let Some(next) = self.touched.get_mut(self.count) {
            *next = thread;
        }
        self.count += usize::from(anew);
    }

    /// Turns what was gathered into scores.
    fn settle(&mut self, scoring: &Scoring<'_>, unit: &Unit, public: usize, asked: Option<u32>) -> Read {
        let sums = scoring.sums;
        let threads = sums.threads.max(1) as f32;
        let holding = (public as f32).min(threads);
        let rareness = (1.0 + (threads - holding + 0.5) / (holding + 0.5)).ln();
        let rareness = if unit.spaced { rareness.powf(w::RARENESS_SPACED) } else { rareness };
        let worth = unit.weight * rareness;
        let k = if unit.spaced { w::SATURATION_SPACED } else { w::SATURATION };
        let k_title = if unit.spaced { w::SATURATION_SPACED_TITLE } else { w::SATURATION };
        let mean_title = (sums.title as f32 / threads).max(1.0);
        let mean = (sums.body as f32 / threads + w::TITLE_TERMS * mean_title).max(1.0);
        let mut share = None;
        for &thread in self.touched.iter().take(self.count) {
            let Some(slot) = self.slots.get_mut(thread as usize).filter(|slot| slot.gathered > 0.0) else {
                continue;
            };
            let place = scoring.facts.place(thread);
            if slot.meets & LISTED == 0 {
                if !scoring.permits(place) {
                    // Not scored by its title either.
                    slot.gathered = 0.0;
                    continue;
                }
                self.found.push(thread);
                slot.meets |= if place.is_restricted() { RESTRICTED } else { 0 };
            }
            let norm = k * (1.0 - w::LENGTH + w::LENGTH * place.length / mean);
            let text = worth * slot.gathered * (k + 1.0) / (slot.gathered + norm);
            slot.total += text;
            slot.meets |= unit.meets | LISTED;
            if asked == Some(thread) {
                share = Some(Share {
                    unit: label(unit),
                    threads: public,
                    terms: slot.gathered,
                    text,
                    title: 0.0,
                });
            }
        }
        for (thread, weight) in &self.titles {
            let Some(slot) = self.slots.get_mut(*thread as usize).filter(|slot| slot.gathered > 0.0) else {
                continue;
            };
            let length = scoring.fact(*thread).title as f32 / mean_title;
            let norm = k_title * (1.0 - w::LENGTH + w::LENGTH * length);
            let title = w::TITLE * worth * weight * (k_title + 1.0) / (1.0 + norm);
            slot.total += title;
            if let Some(share) = share.as_mut().filter(|_| asked == Some(*thread)) {
                share.title += title;
            }
            if unit.either {
                slot.gathered = 0.0;
            }
        }
        Read { worth, public, share }
    }
}

/// A unit as people read it.
fn label(unit: &Unit) -> String {
    let words = unit.ways.iter().map(|(_, way)| match way {
        Way::Placed(text) | Way::Loose(text) => text.clone(),
        Way::Tag(text) => format!("#{text}"),
        Way::Phrase { terms, .. } => {
            let spaced = terms.iter().any(|(_, term)| term.is_ascii());
            let terms: Vec<&str> = terms.iter().map(|(_, term)| term.as_str()).collect();
            format!("“{}”", terms.join(if spaced { " " } else { "" }))
        }
        Way::Sounds(sounds) => format!("[{}]", sounds.join(" ")),
        Way::Initials(letters) => format!("[{letters}]"),
    });
    words.collect::<Vec<_>>().join(" | ")
}

/// Calls `take` with every document in which `way` stands and how often; of phrases, once. `fields` are those of
/// placed and of loose terms. Deleted documents are among them.
pub(super) fn each(
    part: &Part,
    fields: (Field, Field),
    way: &Way,
    take: impl FnMut(DocId, u32),
) -> tantivy::Result<()> {
    each_from(part, fields, way, 0, take)
}

/// As [`each`], from about document `from` on: up to a block of postings before it are among them.
fn each_from(
    part: &Part,
    fields: (Field, Field),
    way: &Way,
    from: DocId,
    mut take: impl FnMut(DocId, u32),
) -> tantivy::Result<()> {
    let (placed, loose) = fields;
    match way {
        Way::Placed(text) => each_of_term(part, placed, text, from, take),
        Way::Loose(text) => each_of_term(part, loose, text, from, take),
        Way::Tag(_) => Ok(()),
        Way::Sounds(sounds) if sounds.len() < 3 => {
            sound_terms(sounds).iter().try_for_each(|one| each_of_term(part, placed, one, from, &mut take))
        }
        Way::Initials(letters) => each_of_term(part, placed, &initials_term(letters), from, take),
        Way::Sounds(_) | Way::Phrase { .. } => match phrase(fields, way) {
            Some(query) => each_of_query(part, query.as_ref(), from, &mut take),
            None => Ok(()),
        },
    }
}

/// The terms of several syllables: by pairs, as every hundredth character has each of them.
pub(super) fn sound_terms(sounds: &[String]) -> Vec<String> {
    match sounds {
        [one] => vec![one.clone()],
        _ => sounds.iter().zip(sounds.iter().skip(1)).map(|(one, next)| pair_term(one, next)).collect(),
    }
}

/// What finds a phrase, or several sounds in a row; `None` for the other ways.
fn phrase((placed, loose): (Field, Field), way: &Way) -> Option<Box<dyn Query>> {
    match way {
        Way::Sounds(sounds) => {
            let terms = sound_terms(sounds).into_iter().enumerate();
            let terms = terms.map(|(at, text)| (at, Term::from_field_text(placed, &text)));
            Some(Box::new(PhraseQuery::new_with_offset(terms.collect())))
        }
        Way::Phrase { terms, pairs } => {
            let mut all: Vec<(Occur, Box<dyn Query>)> = Vec::new();
            for pair in pairs {
                let term = Term::from_field_text(loose, pair);
                all.push((Occur::Must, Box::new(TermQuery::new(term, IndexRecordOption::Basic))));
            }
            let terms = terms.iter().map(|(at, text)| (*at as usize, Term::from_field_text(placed, text)));
            all.push((Occur::Must, Box::new(PhraseQuery::new_with_offset(terms.collect()))));
            Some(Box::new(BooleanQuery::new(all)))
        }
        Way::Placed(_) | Way::Loose(_) | Way::Initials(_) | Way::Tag(_) => None,
    }
}

/// Calls `take` with those of `docs` (ascending) in which `way` stands and how often; of phrases, once. `fields` as in
/// [`each`]. Reads only the parts of the postings in which they may be.
pub(super) fn each_among(
    part: &Part,
    fields: (Field, Field),
    way: &Way,
    docs: &[DocId],
    mut take: impl FnMut(DocId, u32),
) -> tantivy::Result<()> {
    let (placed, loose) = fields;
    let one = match way {
        Way::Placed(text) => Some((placed, text)),
        Way::Loose(text) => Some((loose, text)),
        // These stand in titles and tags alone.
        Way::Tag(_) | Way::Initials(_) | Way::Sounds(_) => return Ok(()),
        Way::Phrase { .. } => None,
    };
    if let Some((field, text)) = one {
        let term = Term::from_field_text(field, text);
        let inverted = part.reader.inverted_index(field)?;
        let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::WithFreqs)? else {
            return Ok(());
        };
        seek(&mut postings, docs, |postings, doc| take(doc, postings.term_freq()));
    } else if let Some(query) = phrase(fields, way) {
        let weight = query.weight(EnableScoring::disabled_from_schema(part.reader.schema()))?;
        seek(&mut weight.scorer(&part.reader, 1.0)?, docs, |_, doc| take(doc, 1));
    }
    Ok(())
}

/// Calls `take` with those of `docs` that are in `set`.
fn seek<S: DocSet>(set: &mut S, docs: &[DocId], mut take: impl FnMut(&mut S, DocId)) {
    for &doc in docs {
        let at = if set.doc() < doc { set.seek(doc) } else { set.doc() };
        if at == TERMINATED {
            return;
        }
        if at == doc {
            take(set, doc);
        }
    }
}

fn each_of_term(
    part: &Part,
    field: Field,
    text: &str,
    from: DocId,
    mut take: impl FnMut(DocId, u32),
) -> tantivy::Result<()> {
    let inverted = part.reader.inverted_index(field)?;
    let term = Term::from_field_text(field, text);
    let Some(mut block) = inverted.read_block_postings(&term, IndexRecordOption::WithFreqs)? else {
        return Ok(());
    };
    if from > 0 {
        block.seek(from);
    }
    loop {
        let (docs, counts) = (block.docs(), block.freqs());
        if counts.len() == docs.len() {
            docs.iter().zip(counts).for_each(|(&doc, &count)| take(doc, count));
        } else {
            for &doc in docs {
                take(doc, 1);
            }
        }
        if docs.len() < BLOCK {
            return Ok(());
        }
        block.advance();
    }
}

/// Calls `take` with every document of a query from `from` on.
fn each_of_query(
    part: &Part,
    query: &dyn Query,
    from: DocId,
    take: &mut impl FnMut(DocId, u32),
) -> tantivy::Result<()> {
    let weight = query.weight(EnableScoring::disabled_from_schema(part.reader.schema()))?;
    let mut scorer = weight.scorer(&part.reader, 1.0)?;
    let mut doc = if scorer.doc() < from { scorer.seek(from) } else { scorer.doc() };
    while doc != TERMINATED {
        take(doc, 1);
        doc = scorer.advance();
    }
    Ok(())
}
