//! How text becomes search terms: one analysis for posts and for queries, so that the two always meet.
//!
//! Text is folded first ([`crate::base::fold`]), then cut into pieces by `scan`:
//!
//! - **Han runs** are indexed as every single character at its position, every pair of neighbours and every longer
//!   dictionary word. Pairs do not depend on where a word is cut, so every substring of a post finds it; words rank
//!   better where the dictionary knows them. The dictionary's hidden Markov model stays off on both sides: the words
//!   it invents depend on their neighbours and would be lost.
//! - **Words, numbers and codes** (`AB-1200/3`, `foo::bar`, `C++`) are indexed as written and by their parts, one
//!   position a part.
//! - **Kana, Hangul, emoji** are single characters, found as phrases.
//!
//! A term is *placed* when it stands in the text as it is, with a position that phrases use, or *loose*: a pair, a
//! dictionary word, the stem of a word, a part of a camel-case name, a code without its punctuation. The two lie in
//! fields of their own, so a loose term can never be taken for a word somebody typed.

mod function;
mod initials;
mod scan;
mod sought;
mod terms;
mod units;

use std::ops::Range;
use std::sync::Arc;

use jieba_rs::Jieba;

pub use function::is_function;
pub use initials::Abbreviation;
pub use sought::Sought;
pub use terms::stem;
pub use units::{ASKS, CODE, Lexicon, MAX_NEEDS, PART, Question, Unit, Way, in_script_of};

/// Raised when the same text gives other terms than before; an index built by another version is rebuilt.
pub const VERSION: u32 = 4;
/// Words that the dictionary writes with a character that folding replaces. Without them these would be indexed by
/// their characters alone: found all the same, but ranked as two words.
const FOLDED_WORDS: [&str; 16] = [
    "计画",
    "规画",
    "策画",
    "企画",
    "筹画",
    "区画",
    "画分",
    "画算",
    "画清",
    "画定",
    "具乐部",
    "狼借",
    "慰借",
    "枕借",
    "凭借",
    "一应具全",
];

/// The dictionary and the rules, shared by every thread; cloning is cheap.
#[derive(Clone)]
pub struct Analysis {
    jieba: Arc<Jieba>,
}

/// A term as it stands in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The folded term.
    pub text: String,
    /// Whether it stands in the text as it is; otherwise it was derived from what stands there.
    pub placed: bool,
    /// Byte offset in the original text.
    pub from: usize,
    /// Byte offset after the last original character.
    pub to: usize,
    /// Position for phrases; punctuation that ends a Han phrase leaves a gap.
    pub position: u32,
    /// How many positions the term covers.
    pub length: u32,
}

impl Analysis {
    /// Loads the dictionary: about 0.3 s and 30 MB, so once per process.
    pub fn new() -> Self {
        let mut jieba = Jieba::new();
        for word in FOLDED_WORDS {
            jieba.add_word(word, None, None);
        }
        Self { jieba: Arc::new(jieba) }
    }

    /// Whether known words of two characters and more make up at least half of a (folded) Han run.
    pub fn is_worded(&self, run: &str, lexicon: &Lexicon) -> bool {
        let words = self.han_words(run, lexicon).into_iter().map(|(within, _)| within.len());
        let covered: usize = words.filter(|length| *length > 1).sum();
        covered * 2 >= run.chars().count()
    }

    /// The parts of a (folded) Han run that fall apart into single characters that say something: no word that is known.
    pub fn unknown_parts(&self, run: &str, lexicon: &Lexicon) -> Vec<String> {
        let chars: Vec<char> = run.chars().collect();
        let parts = unknown(&self.han_words(run, lexicon)).into_iter();
        parts.filter_map(|part| Some(chars.get(part)?.iter().collect())).collect()
    }

    /// Whether the dictionary or the operators know a (folded) Han word.
    pub fn is_word(&self, word: &str, lexicon: &Lexicon) -> bool {
        let chars: Vec<char> = word.chars().collect();
        self.jieba.has_word(word) || chars.len() > 1 && lexicon.word_at(&chars) == chars.len()
    }
}

/// Where two and more of the `words` of a run in a row are single characters that say something.
fn unknown(words: &[(Range<usize>, String)]) -> Vec<Range<usize>> {
    let single = |(within, word): &&(Range<usize>, String)| within.len() == 1 && !is_function(word);
    let rows = words.split(|word| !single(&word)).filter(|row| row.len() > 1);
    rows.filter_map(|row| Some(row.first()?.0.start..row.last()?.0.end)).collect()
}

impl Default for Analysis {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Analysis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Analysis").finish_non_exhaustive()
    }
}

/// One dictionary for all tests of a run: loading it takes longer than most of them.
#[cfg(test)]
pub(super) fn for_tests() -> Analysis {
    static SHARED: std::sync::LazyLock<Analysis> = std::sync::LazyLock::new(Analysis::new);
    SHARED.clone()
}

#[cfg(test)]
mod tests;
