//! What operators teach the search, made ready for reading queries: words of their own, and what means the same.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::base::fold::{fold, is_han};
use crate::reach::search::analysis::stem;

/// Longest word or synonym looked for, in characters.
const LONGEST: usize = 50;
/// Letters by which a word grows when it is inflected.
const INFLECTED: usize = 4;
/// Meanings looked at for one term.
const MEANINGS: usize = 20;

/// Words and synonyms, folded.
#[derive(Debug, Clone, Default)]
pub struct Lexicon {
    words: HashSet<String>,
    means: HashMap<String, Vec<String>>,
    /// The same of single English words, by their stems.
    stems: HashMap<String, Vec<String>>,
    longest: usize,
}

impl Lexicon {
    /// From words, and from (terms, what they also mean).
    pub fn new<'a>(
        words: impl IntoIterator<Item = &'a str>,
        synonyms: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let mut lexicon = Self::default();
        for word in words {
            let word = fold(word.trim());
            if word.chars().count() > 1 && word.chars().all(is_han) {
                lexicon.words.insert(word);
            }
        }
        for (term, meaning) in synonyms {
            let (term, meaning) = (fold(term.trim()), fold(meaning.trim()));
            if term.is_empty() || meaning.is_empty() || term == meaning {
                continue;
            }
            if term.chars().count() > 1 && term.chars().all(is_han) {
                lexicon.words.insert(term.clone());
            }
            if is_word(&term) {
                add(lexicon.stems.entry(stem(&term)).or_default(), &meaning);
            }
            add(lexicon.means.entry(term).or_default(), &meaning);
        }
        let lengths = lexicon.words.iter().chain(lexicon.means.keys()).map(|word| word.chars().count());
        lexicon.longest = (lengths.max().unwrap_or(0) + INFLECTED).min(LONGEST);
        lexicon
    }

    /// How long the longest word is with which `chars` begin; 0 when none does.
    pub(in crate::reach::search::analysis) fn word_at(&self, chars: &[char]) -> usize {
        if self.words.is_empty() {
            return 0;
        }
        let longest = self.longest.min(chars.len());
        let known = |length: &usize| {
            chars.get(..*length).is_some_and(|part| self.words.contains(&part.iter().collect::<String>()))
        };
        (2..=longest).rev().find(known).unwrap_or(0)
    }

    /// Where in folded `text` terms stand that mean something else as well: the longest, from the left.
    pub(super) fn synonyms_in(&self, text: &[char]) -> Vec<(Range<usize>, &[String])> {
        let mut found = Vec::new();
        let mut at = 0;
        while !self.means.is_empty() && at < text.len() {
            let longest = self.longest.min(text.len() - at);
            let hit = (1..=longest).rev().find_map(|length| {
                let part: String = text.get(at..at + length)?.iter().collect();
                let inflected = || self.stems.get(&stem(&part)).filter(|_| is_word(&part));
                let apart = is_apart(text, at, at + length);
                let meanings = self.means.get(&part).or_else(|| apart.then(inflected)?)?;
                apart.then_some((length, meanings.as_slice()))
            });
            match hit {
                Some((length, meanings)) => {
                    found.push((at..at + length, meanings));
                    at += length;
                }
                None => at += 1,
            }
        }
        found
    }
}

fn add(meanings: &mut Vec<String>, meaning: &str) {
    if meanings.len() < MEANINGS && !meanings.iter().any(|known| known == meaning) {
        meanings.push(meaning.to_owned());
    }
}

/// Whether it is one word that has a stem.
fn is_word(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// Whether a stretch of text does not begin or end within a word of a spaced script.
fn is_apart(text: &[char], from: usize, to: usize) -> bool {
    let letter = |at: Option<usize>| {
        at.and_then(|at| text.get(at)).is_some_and(|ch| ch.is_alphanumeric() && !is_han(*ch))
    };
    let begins = !(letter(from.checked_sub(1)) && letter(Some(from)));
    let ends = !(letter(to.checked_sub(1)) && letter(Some(to)));
    begins && ends
}
