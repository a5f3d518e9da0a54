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
/// How much likelier it is that a letter was left out or swapped than that another was typed.
const HASTE: u64 = 20;

/// A word that is written otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spelling {
    /// The word, folded.
    pub word: String,
    /// Nobody wrote what was typed, and the other word stands in more than one document.
    pub sure: bool,
}

/// The word of public posts that `word` most likely was meant to be: it stands in none of them, or in so few beside
/// the other that it looks like a slip of somebody else.
pub(super) fn spelling(generation: &Generation, word: &str) -> Result<Option<Spelling>, IndexError> {
    let word = fold(word);
    let length = word.chars().count();
    if !is_spelt(&word) {
        return Ok(None);
    }
    let views = generation.views();
    let public = &views.public;
    let fields = generation.fields;
    let (written, loose) = ([fields.body, fields.title], [fields.body_loose, fields.title_loose]);
    let known = living(public, written, &word, SLIPPED + 1)?;
    let times = if length < COMMON_SLIP { SLIPS_SHORT } else { SLIPS };
    if known > SLIPPED || known > 0 && length <= SHORTEST {
        return Ok(None);
    }
    // Another form of it stands somewhere, and is found.
    let form = stem(&word);
    if known == 0 && living(public, loose, &form, 1)? > 0 {
        return Ok(None);
    }
    let wrong = if length < TWO_WRONG || known > 0 { 1 } else { 2 };
    let builder = LevenshteinAutomatonBuilder::new(wrong, true);
    let found = near(public, &written, || builder.build_dfa(&word))?;
    let distance = builder.build_dfa(&word);
    let first = word.chars().next();
    let digits = |text: &str| text.chars().filter(|ch| ch.is_numeric()).collect::<String>();
    let likely = |count: u32, term: &str| {
        count > u32::from(length < ONCE)
            && u64::from(count) >= times * known
            && term.chars().count() >= SHORTEST
            && stem(term) != form
            && digits(term) == digits(&word)
    };
    let mut likely: Vec<(u32, String)> =
        found.into_iter().filter(|(count, term)| likely(*count, term)).collect();
    // Nearer first; among equals what begins alike and stands in most posts, letters that were left out or swapped sooner
    // than wrong ones.
    likely.sort_by_key(|(count, term)| {
        let wrong = match distance.eval(term) {
            Distance::Exact(n) | Distance::AtLeast(n) => n,
        };
        let often = u64::from(*count) * if is_hasty(&word, term) { HASTE } else { 1 };
        (wrong, term.chars().next() != first, std::cmp::Reverse(often))
    });
    // The counts of the dictionary know of documents that were taken away since; those must not speak.
    for (_, term) in likely.into_iter().take(NEAREST) {
        let least = (times * known).max(if length < ONCE { 2 } else { 1 });
        let found = living(public, written, &term, least.max(2))?;
        if found >= least {
            return Ok(Some(Spelling { word: term, sure: known == 0 && found > 1 }));
        }
    }
    Ok(None)
}

/// Whether `typed` is `meant` with letters left out, or with neighbours swapped.
fn is_hasty(typed: &str, meant: &str) -> bool {
    let mut left = meant.chars();
    let left_out = typed.chars().all(|ch| left.any(|next| next == ch));
    let sorted = |text: &str| {
        let mut letters: Vec<char> = text.chars().collect();
        letters.sort_unstable();
        letters
    };
    left_out || sorted(typed) == sorted(meant)
}

/// Whether `word` is one that may be misspelt.
fn is_spelt(word: &str) -> bool {
    let vowels = |ch: char| !ch.is_ascii() || "aeiouy".contains(ch);
    (SHORTEST..=LONGEST).contains(&word.chars().count())
        && word.chars().all(|ch| ch.is_alphanumeric() && !is_han(ch))
        && word.chars().filter(|ch| ch.is_alphabetic()).count() >= SHORTEST
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
    let fields = [generation.fields.body, generation.fields.title];
    Ok(living(&generation.views().public, fields, word, 1)? > 0)
}

/// How many documents that are still there hold `word` in `fields`, counted up to `enough`.
fn living(public: &View, fields: [Field; 2], word: &str, enough: u64) -> Result<u64, IndexError> {
    let mut count = 0;
    for part in &public.parts {
        for field in fields {
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
