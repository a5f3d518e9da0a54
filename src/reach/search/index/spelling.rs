//! Words that are nearly what was typed.
//!
//! Spelling comes from the public side alone, whoever asks.

use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder, SINK_STATE};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, TERMINATED, TantivyError};
use tantivy_fst::Automaton;

use super::IndexError;
use super::generation::Generation;
use super::suggest::{endings, note};
use super::view::View;
use crate::base::fold::{fold, is_han};
use crate::base::pinyin::syllables;
use crate::reach::search::analysis::stem;

/// Words nearly like a misspelt one that are looked at.
const NEAREST: usize = 12;
/// A word shorter than this has too many neighbours.
const SHORTEST: usize = 4;
/// A longer one is looked for as it is.
const LONGEST: usize = 30;
/// A word that stands in up to so many posts may be a slip, when the right one stands in so many times as many: in
/// shorter words a letter more makes another word more often.
const SLIPPED: u64 = 20;
const SLIPS: u64 = 20;
const SLIPS_SHORT: u64 = 50;
const COMMON_SLIP: usize = 6;
/// From this length on a word that stands only once may be what was meant.
const ONCE: usize = 5;
/// From this length on two letters may be wrong.
const TWO_WRONG: usize = 8;

/// The word of public posts that `word` most likely was meant to be: it stands in none of them, or in so few beside
/// the other that it looks like a slip of somebody else.
/// A word that stands somewhere is looked at only when it is `doubted`.
pub(super) fn spelling(
    generation: &Generation,
    word: &str,
    doubted: bool,
) -> Result<Option<String>, IndexError> {
    let word = fold(word);
    let length = word.chars().count();
    if !is_spelt(&word) {
        return Ok(None);
    }
    let views = generation.views();
    let public = &views.public;
    let fields = generation.fields;
    let known = living(public, &fields, &word, SLIPPED + 1)?;
    let times = if length < COMMON_SLIP { SLIPS_SHORT } else { SLIPS };
    if known > 0 && (!doubted || length <= SHORTEST || known > SLIPPED) {
        return Ok(None);
    }
    let wrong = if length < TWO_WRONG || known > 0 { 1 } else { 2 };
    let builder = LevenshteinAutomatonBuilder::new(wrong, true);
    let found = near(public, &[fields.body, fields.title], || builder.build_dfa(&word))?;
    // Nearer first; among equals what begins alike and stands in most posts.
    let distance = builder.build_dfa(&word);
    let first = word.chars().next();
    // Another form of the same word is found anyway.
    let form = stem(&word);
    let likely = |count: u32, term: &str| {
        count > u32::from(length < ONCE)
            && u64::from(count) >= times * known
            && term.chars().count() >= SHORTEST
            && stem(term) != form
    };
    let mut likely: Vec<(u32, String)> =
        found.into_iter().filter(|(count, term)| likely(*count, term)).collect();
    likely.sort_by_key(|(count, term)| {
        let wrong = match distance.eval(term) {
            Distance::Exact(n) | Distance::AtLeast(n) => n,
        };
        (wrong, term.chars().next() != first, std::cmp::Reverse(*count))
    });
    // The counts of the dictionary know of documents that were taken away since; those must not speak.
    for (_, term) in likely.into_iter().take(NEAREST) {
        let least = times * known;
        let least = least.max(if length < ONCE { 2 } else { 1 });
        if living(public, &fields, &term, least)? >= least {
            return Ok(Some(term));
        }
    }
    Ok(None)
}

/// Whether `word` is one that may be misspelt.
fn is_spelt(word: &str) -> bool {
    let vowels = |ch: char| !ch.is_ascii() || "aeiouy".contains(ch);
    (SHORTEST..=LONGEST).contains(&word.chars().count())
        && word.chars().all(|ch| ch.is_alphabetic() && !is_han(ch))
        && word.contains(vowels)
}

/// Terms that an automaton reads, with the documents that hold them.
fn near(
    public: &View,
    fields: &[Field],
    automaton: impl Fn() -> DFA,
) -> Result<Vec<(u32, String)>, IndexError> {
    let mut found: Vec<(u32, String)> = Vec::new();
    for part in &public.parts {
        for field in fields {
            let inverted = part.reader.inverted_index(*field)?;
            let mut stream =
                inverted.terms().search(Near(automaton())).into_stream().map_err(TantivyError::from)?;
            while stream.advance() {
                if let Ok(term) = std::str::from_utf8(stream.key()) {
                    note(&mut found, term, stream.value().doc_freq);
                }
            }
        }
    }
    Ok(found)
}

/// `text`, the beginning of a query, with the words that stand in no public title replaced by the most frequent ones that
/// differ in one letter and begin alike; the last word may go on. Nothing when there are none.
pub(super) fn begun(generation: &Generation, text: &str) -> Result<Option<String>, IndexError> {
    let views = generation.views();
    let (public, title) = (&views.public, generation.fields.title);
    let builder = LevenshteinAutomatonBuilder::new(1, true);
    let mut better: Vec<String> = Vec::new();
    let mut changed = false;
    let folded = fold(text);
    let mut words = folded.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let unfinished = words.peek().is_none() && !text.ends_with(char::is_whitespace);
        let stands = if unfinished {
            !endings(&[public], title, word)?.0.is_empty()
        } else {
            holding_title(public, title, word)?
        };
        if stands || !is_spelt(word) || !syllables(word).is_empty() {
            better.push(word.to_owned());
            continue;
        }
        let found = near(public, &[title], || {
            if unfinished { builder.build_prefix_dfa(word) } else { builder.build_dfa(word) }
        })?;
        let alike = found.into_iter().filter(|(_, term)| term.chars().next() == word.chars().next());
        // The shorter of two that are as frequent: less of it is guessed.
        let Some((_, term)) =
            alike.max_by(|one, other| one.0.cmp(&other.0).then(other.1.len().cmp(&one.1.len())))
        else {
            return Ok(None);
        };
        better.push(term);
        changed = true;
    }
    Ok(changed.then(|| better.join(" ")))
}

fn holding_title(public: &View, title: Field, word: &str) -> Result<bool, IndexError> {
    let term = tantivy::Term::from_field_text(title, word);
    for part in &public.parts {
        if part.reader.inverted_index(title)?.doc_freq(&term).map_err(TantivyError::from)? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a public document that is still there holds `word` in a title or a body.
pub(super) fn is_written(generation: &Generation, word: &str) -> Result<bool, IndexError> {
    Ok(living(&generation.views().public, &generation.fields, word, 1)? > 0)
}

/// How many documents that are still there hold `word` in a title or a body, counted up to `enough`.
fn living(public: &View, fields: &super::schema::Fields, word: &str, enough: u64) -> Result<u64, IndexError> {
    let mut count = 0;
    for part in &public.parts {
        for field in [fields.body, fields.title] {
            let term = tantivy::Term::from_field_text(field, word);
            let inverted = part.reader.inverted_index(field)?;
            let Some(mut postings) =
                inverted.read_postings(&term, IndexRecordOption::Basic).map_err(TantivyError::from)?
            else {
                continue;
            };
            while count < enough && postings.doc() != TERMINATED {
                count += u64::from(part.is_alive(postings.doc()));
                postings.advance();
            }
        }
    }
    Ok(count)
}

/// Words near one word, as tantivy walks its dictionary.
struct Near(DFA);

impl Automaton for Near {
    type State = u32;

    fn start(&self) -> u32 {
        self.0.initial_state()
    }

    fn is_match(&self, state: &u32) -> bool {
        matches!(self.0.distance(*state), Distance::Exact(_))
    }

    fn can_match(&self, state: &u32) -> bool {
        *state != SINK_STATE
    }

    fn accept(&self, state: &u32, byte: u8) -> u32 {
        self.0.transition(*state, byte)
    }
}
