//! Where a few terms stand in a text, without making all the others: marking twenty results reads twenty posts.

use std::collections::HashSet;

use super::scan::Scan;
use super::units::{Unit, Way};
use crate::base::fold::is_han;

/// Which terms of a text are wanted.
pub(super) trait Wanted {
    /// Whether a term that begins with `ch` may be wanted.
    fn begins(&self, ch: char) -> bool;
    /// Whether a term is wanted.
    fn has(&self, text: &str, placed: bool) -> bool;
    /// Whether dictionary words of a run of folded Han characters may be wanted.
    fn has_words_of(&self, run: &str) -> bool;
}

/// Every term, for the index.
pub(super) struct Everything;

impl Wanted for Everything {
    fn begins(&self, _: char) -> bool {
        true
    }
    fn has(&self, _: &str, _: bool) -> bool {
        true
    }
    fn has_words_of(&self, _: &str) -> bool {
        true
    }
}

/// The terms in which units may stand.
#[derive(Debug, Clone, Default)]
pub struct Sought {
    placed: HashSet<String>,
    loose: HashSet<String>,
    /// Loose terms of three Han characters and more, which only the dictionary gives.
    words: Vec<String>,
    /// First characters, a bit for every 256th.
    firsts: [u64; 4],
    /// Something is looked for by its sound, which any Han character may have.
    sounds: bool,
}

impl Sought {
    /// The terms of `units`.
    pub fn new<'u>(units: impl Iterator<Item = &'u Unit>) -> Self {
        let mut sought = Self::default();
        for (_, way) in units.flat_map(|unit| &unit.ways) {
            match way {
                Way::Placed(text) => sought.add(text, true),
                Way::Loose(text) => sought.add(text, false),
                Way::Phrase { terms, .. } => terms.iter().for_each(|(_, text)| sought.add(text, true)),
                Way::Sounds(_) => sought.sounds = true,
                Way::Tag(_) | Way::Initials(_) => {}
            }
        }
        sought
    }

    fn add(&mut self, text: &str, placed: bool) {
        if let Some(first) = text.chars().next() {
            let (word, bit) = place(first);
            if let Some(word) = self.firsts.get_mut(word) {
                *word |= bit;
            }
        }
        let terms = if placed { &mut self.placed } else { &mut self.loose };
        terms.insert(text.to_owned());
        if !placed && text.chars().count() > 2 && text.chars().all(is_han) {
            self.words.push(text.to_owned());
        }
    }
}

fn place(ch: char) -> (usize, u64) {
    let low = u32::from(ch) % 256;
    (low as usize / 64, 1 << (low % 64))
}

impl Wanted for Sought {
    fn begins(&self, ch: char) -> bool {
        let (word, bit) = place(ch);
        self.firsts.get(word).is_some_and(|word| word & bit != 0) || self.sounds && is_han(ch)
    }

    fn has(&self, text: &str, placed: bool) -> bool {
        let terms = if placed { &self.placed } else { &self.loose };
        terms.contains(text) || self.sounds && placed && text.chars().all(is_han)
    }

    fn has_words_of(&self, run: &str) -> bool {
        self.words.iter().any(|word| run.contains(word.as_str()))
    }
}

/// Whether a word or code may give a wanted term. Every term begins as the piece or one of its parts does, and parts
/// begin at a capital, a digit or punctuation.
pub(super) fn may_give(wanted: &impl Wanted, scan: &Scan<'_>, chars: std::ops::Range<usize>) -> bool {
    let chars = scan.chars.get(chars).unwrap_or_default();
    let Some((first, rest)) = chars.split_first() else { return false };
    let lower = |from: usize| scan.text.as_bytes().get(from).is_some_and(u8::is_ascii_lowercase);
    wanted.begins(first.ch) || rest.iter().any(|c| !lower(c.from) && wanted.begins(c.ch))
}
