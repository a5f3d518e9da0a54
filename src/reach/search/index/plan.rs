//! From what was typed to what tantivy is asked.
//!
//! A post must hold every unit typed. Two kinds only add to its score: single Han characters out of longer runs, and
//! words that stand in a large part of all posts. When that finds almost nothing, [`Plan::relaxed`] asks for a part
//! of the units, so that a question typed as a sentence still finds its topic.

use std::ops::Bound;

use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, Occur, PhraseQuery,
    Query as Ask, RangeQuery, TermQuery, TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::run::{Query, Sort};
use super::schema::{Fields, whole_title};
use crate::base::fold::fold;
use crate::reach::search::analysis::{Alternative, Analysis, Unit};

/// What hits in the parts of a post count, the body being 1. These and the other weights here were chosen on judged
/// queries: see `docs/decisions/search-analysis.md`.
const TITLE: f32 = 2.0;
const CONTEXT: f32 = 1.0;
const TAG: f32 = 1.5;
const HANDLE: f32 = 0.5;
/// How much further hits on the same unit add to the best one.
const TIE: f32 = 0.4;
/// What the whole text standing together adds.
const TOGETHER: f32 = 0.2;
/// Added when the title is the query: more than any score.
const WHOLE_TITLE: f32 = 10_000.0;
/// Units beyond these are left out.
const MAX_UNITS: usize = 64;
const MAX_LOOSE_UNITS: usize = 160;
/// The part of its words, one in so many, that a post must hold when all are too much.
const RELAXED_PART: usize = 8;
/// A word in more than this part of all posts narrows nothing.
const COMMON: f64 = 0.1;
/// Fewer posts than this tell nothing about what is common.
const ENOUGH_POSTS: u64 = 1_000;

/// What everybody's posts say about terms; from the public index alone, so that scores tell nothing of the rest.
pub(super) trait Frequencies {
    /// Posts in the index.
    fn posts(&self) -> u64;
    /// Posts that hold `term`.
    fn holding(&self, term: &Term) -> u64;
}

/// A query ready to be asked of either index.
pub(super) struct Plan<'q> {
    fields: Fields,
    query: &'q Query<'q>,
    /// Quoted phrases that must stand, and units that must not.
    exact: Vec<Unit>,
    excluded: Vec<Unit>,
    /// Units from words, and whether each narrows.
    strict: Vec<(Unit, bool)>,
    loose: Vec<Unit>,
    together: Option<Unit>,
}

impl<'q> Plan<'q> {
    /// Analyses what was typed.
    pub fn new(fields: Fields, analysis: &Analysis, query: &'q Query<'q>, known: &dyn Frequencies) -> Self {
        let parsed = query.parsed;
        let words = parsed.words();
        let phrases = |negated| {
            let clauses = parsed.clauses.iter().filter(move |clause| clause.negated == negated);
            clauses.filter(move |clause| clause.exact || negated)
        };
        let excluded = phrases(true).filter_map(|clause| analysis.phrase(&clause.text)).collect();
        let exact = phrases(false).filter_map(|clause| analysis.phrase(&clause.text)).collect();
        let mut strict = analysis.units(&words);
        strict.truncate(MAX_UNITS);
        let narrows: Vec<bool> = strict
            .iter()
            .map(|unit| !unit.is_single_character() && !is_common(&fields, unit, known))
            .collect();
        let none_narrows = !narrows.contains(&true);
        let strict =
            strict.into_iter().zip(narrows).map(|(unit, narrows)| (unit, narrows || none_narrows)).collect();
        let mut loose = analysis.loose_units(&words);
        loose.truncate(MAX_LOOSE_UNITS);
        let together = analysis.phrase(&words).filter(|unit| {
            let terms = unit.any.iter().map(|way| way.terms.len()).max().unwrap_or(0);
            (2..=16).contains(&terms)
        });
        Self { fields, query, exact, excluded, strict, loose, together }
    }

    /// Whether there is anything to find by, besides filters.
    pub fn has_words(&self) -> bool {
        !self.strict.is_empty() || !self.exact.is_empty()
    }

    /// Whether words were typed of which none could be made a term (punctuation alone).
    pub fn is_vain(&self) -> bool {
        !self.has_words() && self.query.parsed.clauses.iter().any(|clause| !clause.negated)
    }

    /// Whether asking for a part of the words could find more.
    pub fn can_relax(&self) -> bool {
        self.strict.len() > 1 || self.loose.len() > 1
    }

    /// Posts that hold all that was typed.
    pub fn strict(&self) -> Box<dyn Ask> {
        let units = self.strict.iter().map(|(unit, narrows)| {
            let occur = if *narrows { Occur::Must } else { Occur::Should };
            (occur, self.anywhere(unit))
        });
        self.complete(units.collect())
    }

    /// Posts that hold a part of it.
    pub fn relaxed(&self) -> Box<dyn Ask> {
        let (single, words): (Vec<&Unit>, Vec<&Unit>) =
            self.loose.iter().partition(|unit| unit.is_single_character());
        let ask =
            |units: Vec<&Unit>| units.into_iter().map(|unit| (Occur::Should, self.anywhere(unit))).collect();
        if words.is_empty() {
            let any: Vec<_> = ask(single);
            return self.complete(vec![(Occur::Must, Box::new(BooleanQuery::new(any)))]);
        }
        let least = words.len().div_ceil(RELAXED_PART);
        let some = BooleanQuery::with_minimum_required_clauses(ask(words), least);
        let mut clauses: Vec<(Occur, Box<dyn Ask>)> = ask(single);
        clauses.push((Occur::Must, Box::new(some)));
        self.complete(clauses)
    }

    /// Adds what holds for every way of asking: phrases, exclusions, filters, gains.
    fn complete(&self, mut clauses: Vec<(Occur, Box<dyn Ask>)>) -> Box<dyn Ask> {
        clauses.extend(self.exact.iter().map(|unit| (Occur::Must, self.anywhere(unit))));
        clauses.extend(self.filters().into_iter().map(|filter| (Occur::Must, silent(filter))));
        if !clauses.iter().any(|(occur, _)| *occur == Occur::Must) {
            clauses.push((Occur::Must, silent(Box::new(AllQuery))));
        }
        if self.query.sort == Sort::Relevance {
            if let Some(unit) = &self.together {
                clauses.push((Occur::Should, Box::new(BoostQuery::new(self.anywhere(unit), TOGETHER))));
            }
            let title =
                Term::from_field_text(self.fields.whole_title, &whole_title(&self.query.parsed.wanted()));
            let same = Box::new(TermQuery::new(title, IndexRecordOption::Basic));
            clauses.push((Occur::Should, Box::new(ConstScoreQuery::new(same, WHOLE_TITLE))));
        }
        for unit in &self.excluded {
            for field in [self.fields.title, self.fields.context, self.fields.body] {
                clauses.extend(unit.any.iter().map(|way| (Occur::MustNot, stands(field, way))));
            }
        }
        Box::new(BooleanQuery::with_minimum_required_clauses(clauses, 0))
    }

    /// Posts of the reader's choice of categories, author and time; tags and marks are a matter of the thread.
    fn filters(&self) -> Vec<Box<dyn Ask>> {
        let mut filters: Vec<Box<dyn Ask>> = Vec::new();
        let filter = &self.query.filter;
        if let Some(categories) = &filter.categories {
            filters.push(in_categories(&self.fields, categories.iter().map(|category| category.0)));
        }
        if let Some(author) = filter.author {
            filters.push(exactly(Term::from_field_i64(self.fields.author, author.0)));
        } else if let Some(handle) = &self.query.parsed.author {
            filters.push(exactly(Term::from_field_text(self.fields.author_handle, &fold(handle))));
        }
        let (after, before) = (self.query.parsed.after, self.query.parsed.before);
        if after.is_some() || before.is_some() {
            let term = |at: crate::base::time::UtcTime| Term::from_field_i64(self.fields.created_at, at.0);
            filters.push(Box::new(RangeQuery::new(
                after.map_or(Bound::Unbounded, |at| Bound::Included(term(at))),
                before.map_or(Bound::Unbounded, |at| Bound::Excluded(term(at))),
            )));
        }
        filters
    }

    /// What tags and marks ask of a thread's opening post; `None` when nothing is asked.
    pub fn of_threads(&self) -> Option<Box<dyn Ask>> {
        let parsed = self.query.parsed;
        let tags = parsed.tags.iter().map(|tag| Term::from_field_text(self.fields.tag, &fold(tag)));
        let marks = parsed.marks.iter().map(|mark| Term::from_field_u64(self.fields.mark, *mark as u64));
        let all: Vec<Box<dyn Ask>> = tags.chain(marks).map(exactly).collect();
        (!all.is_empty()).then(|| -> Box<dyn Ask> { Box::new(BooleanQuery::intersection(all)) })
    }

    /// Posts that meet `unit` in any of their parts.
    fn anywhere(&self, unit: &Unit) -> Box<dyn Ask> {
        let mut places = vec![(self.fields.title, TITLE)];
        if !self.query.parsed.in_title {
            places.push((self.fields.body, 1.0));
            if self.query.sort == Sort::Relevance {
                places.push((self.fields.context, CONTEXT));
            }
        }
        let mut ways: Vec<Box<dyn Ask>> = Vec::new();
        for way in &unit.any {
            for &(field, weight) in &places {
                ways.push(Box::new(BoostQuery::new(stands(field, way), weight * way.weight)));
            }
        }
        if let (false, Some(first)) = (self.query.parsed.in_title, unit.any.first()) {
            let text: String = first.terms.iter().map(|(_, term)| term.as_str()).collect();
            for (field, weight) in [(self.fields.tag, TAG), (self.fields.author_handle, HANDLE)] {
                ways.push(Box::new(BoostQuery::new(exactly(Term::from_field_text(field, &text)), weight)));
            }
        }
        Box::new(DisjunctionMaxQuery::with_tie_breaker(ways, TIE))
    }
}

/// Only posts in one of `categories`.
pub(super) fn in_categories(fields: &Fields, categories: impl Iterator<Item = i64>) -> Box<dyn Ask> {
    let field = fields.category;
    Box::new(TermSetQuery::new(categories.map(move |category| Term::from_field_i64(field, category))))
}

/// `ask` without a say in the score.
pub(super) fn silent(ask: Box<dyn Ask>) -> Box<dyn Ask> {
    Box::new(ConstScoreQuery::new(ask, 0.0))
}

fn exactly(term: Term) -> Box<dyn Ask> {
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

fn stands(field: Field, way: &Alternative) -> Box<dyn Ask> {
    let term = |text: &String| Term::from_field_text(field, text);
    match way.terms.as_slice() {
        [(_, one)] => Box::new(TermQuery::new(term(one), IndexRecordOption::WithFreqs)),
        many => {
            let terms = many.iter().map(|(at, text)| (*at as usize, term(text))).collect();
            Box::new(PhraseQuery::new_with_offset(terms))
        }
    }
}

/// Whether `unit` is one word that stands in a large part of all posts.
fn is_common(fields: &Fields, unit: &Unit, known: &dyn Frequencies) -> bool {
    let Some([(_, word)]) = unit.any.first().map(|way| way.terms.as_slice()) else { return false };
    let posts = known.posts();
    let holding = known.holding(&Term::from_field_text(fields.body, word));
    posts >= ENOUGH_POSTS && holding as f64 > COMMON * posts as f64
}
