//! What can be taught, and what is checked before it is kept.

use std::collections::HashSet;
use std::fmt;

use super::Error;
use crate::base::fold::{fold, is_visible};
use crate::base::ids::{SynonymId, WordId};

/// Groups of synonyms at most.
pub const GROUPS: i64 = 500;
/// Terms of one group at most, both sides of an arrow together.
pub const TERMS: usize = 20;
/// Characters of a term or a word at most.
pub const LENGTH: usize = 50;
/// Words at most.
pub const WORDS: i64 = 2_000;
/// Characters of a word at least: one alone is no word that could be torn apart.
const SHORTEST: usize = 2;

/// What the search was taught.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vocabulary {
    /// Groups of terms, in the order in which they were made.
    pub synonyms: Vec<Synonym>,
    /// Words as typed, in the order of their folded form.
    pub words: Vec<String>,
}

/// Terms that find each other, or of which some find others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synonym {
    /// Its id.
    pub id: SynonymId,
    /// The terms; those left of the arrow when there is one.
    pub from: Vec<String>,
    /// What the terms find besides themselves; empty for a group without an arrow.
    pub to: Vec<String>,
    /// Each of the terms finds any other.
    pub two_way: bool,
}

/// A word of the dictionary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Its id.
    pub id: WordId,
    /// The word.
    pub word: String,
}

/// A group as typed, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub(super) from: Vec<String>,
    pub(super) to: Vec<String>,
}

fn separates(c: char) -> bool {
    matches!(c, ',' | '，' | '、')
}

/// One line, single blanks.
fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn term(typed: &str) -> Result<String, Error> {
    let term = tidy(typed);
    let sound = is_visible(&term)
        && term.chars().count() <= LENGTH
        && !term.chars().any(|c| separates(c) || c.is_control())
        && !term.contains("=>");
    // What is told back is cut, so that a pasted page does not come back as a message.
    if sound {
        Ok(term)
    } else {
        Err(Error::Term { term: term.chars().take(LENGTH).collect(), limit: LENGTH })
    }
}

/// Each term once, however it is written.
fn terms(typed: &[String], seen: &mut HashSet<String>) -> Result<Vec<String>, Error> {
    let mut kept = Vec::new();
    for typed in typed {
        let term = term(typed)?;
        if seen.insert(fold(&term)) {
            kept.push(term);
        }
    }
    Ok(kept)
}

impl Wanted {
    /// Checks the terms of a group; with nothing in `to` each of `from` finds any other.
    pub fn of(from: &[String], to: &[String]) -> Result<Self, Error> {
        if from.len() + to.len() > TERMS {
            return Err(Error::TooManyTerms { limit: TERMS });
        }
        let mut seen = HashSet::new();
        let left = terms(from, &mut seen)?;
        let right = terms(to, &mut seen)?;
        let one_way = !to.is_empty();
        if left.is_empty() || (one_way && right.is_empty()) || (!one_way && left.len() < 2) {
            return Err(Error::TooFew);
        }
        Ok(Self { from: left, to: right })
    }

    /// Reads a line: `a, b, c` find each other, `a => b, c`: a also finds b and c.
    pub fn parse(line: &str) -> Result<Self, Error> {
        let split = |side: &str| -> Vec<String> {
            side.split(separates).filter(|t| is_visible(t)).map(str::to_owned).collect()
        };
        let line = line.replace(['→', '⇒'], "=>").replace("＝＞", "=>");
        match line.split("=>").collect::<Vec<_>>()[..] {
            [all] => Self::of(&split(all), &[]),
            [left, right] => {
                let (left, right) = (split(left), split(right));
                if right.is_empty() { Err(Error::TooFew) } else { Self::of(&left, &right) }
            }
            _ => Err(Error::Arrows),
        }
    }

    /// The group as it would be kept: for trying what it would do.
    pub fn synonym(&self, id: SynonymId) -> Synonym {
        Synonym { id, from: self.from.clone(), to: self.to.clone(), two_way: self.two_way() }
    }

    pub(super) fn two_way(&self) -> bool {
        self.to.is_empty()
    }

    /// The same for groups that say the same.
    pub(super) fn folded(&self) -> String {
        let side = |terms: &[String]| {
            let mut folded: Vec<String> = terms.iter().map(|t| fold(t)).collect();
            folded.sort_unstable();
            folded.join(",")
        };
        format!("{}=>{}", side(&self.from), side(&self.to))
    }
}

fn line(f: &mut fmt::Formatter<'_>, from: &[String], to: &[String]) -> fmt::Result {
    f.write_str(&from.join(", "))?;
    if to.is_empty() { Ok(()) } else { write!(f, " => {}", to.join(", ")) }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        line(f, &self.from, &self.to)
    }
}

impl fmt::Display for Synonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        line(f, &self.from, &self.to)
    }
}

/// Reads words with commas or line ends between, each once however it is written.
pub fn parse_words(typed: &str) -> Result<Vec<String>, Error> {
    let mut seen = HashSet::new();
    let mut words = Vec::new();
    for part in typed.split(|c: char| separates(c) || c == '\n' || c == '\r') {
        let word = tidy(part);
        if word.is_empty() {
            continue;
        }
        let folded = fold(&word);
        let length = folded.chars().count().min(word.chars().count());
        if length < SHORTEST
            || word.chars().count() > LENGTH
            || !is_visible(&word)
            || word.contains(char::is_control)
        {
            let word = word.chars().take(LENGTH).collect();
            return Err(Error::Word { word, least: SHORTEST, limit: LENGTH });
        }
        if seen.insert(folded) {
            words.push(word);
        }
    }
    match i64::try_from(words.len()) {
        Ok(0) => Err(Error::NoWords),
        Ok(n) if n <= WORDS => Ok(words),
        _ => Err(Error::WordsFull { limit: WORDS }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_group() {
        let both = Wanted::parse(" 手機,  cell  phone， 行動電話、mobile ,").unwrap();
        assert_eq!(both.from, ["手機", "cell phone", "行動電話", "mobile"]);
        assert!(both.two_way());
        let one = Wanted::parse("k8s, k8 => kubernetes").unwrap();
        assert_eq!((one.to_string().as_str(), one.two_way()), ("k8s, k8 => kubernetes", false));
        assert_eq!(Wanted::parse("a → b").unwrap(), Wanted::parse("a => b").unwrap());
    }

    #[test]
    fn what_folds_to_the_same_is_the_same() {
        assert!(matches!(Wanted::parse("頭髮, 头发"), Err(Error::TooFew)), "found together anyway");
        assert!(matches!(Wanted::parse("Café => cafe"), Err(Error::TooFew)));
        let (one, other) =
            (Wanted::parse("軟體, Software").unwrap(), Wanted::parse("software, 软体").unwrap());
        assert_eq!(one.folded(), other.folded());
        assert_ne!(Wanted::parse("a => b").unwrap().folded(), Wanted::parse("b => a").unwrap().folded());
        assert_ne!(Wanted::parse("a => b").unwrap().folded(), Wanted::parse("a, b").unwrap().folded());
        assert_eq!(parse_words("Hearth Pro\nhearth  pro, 頭髮\r\n头发").unwrap(), ["Hearth Pro", "頭髮"]);
    }

    #[test]
    fn groups_and_words_have_limits() {
        for few in ["", "a", "a, A", "=> a", "a =>", ",,,", "\u{200b}, a"] {
            assert!(matches!(Wanted::parse(few), Err(Error::TooFew)), "{few:?}");
        }
        assert!(matches!(Wanted::parse("a => b => c"), Err(Error::Arrows)));
        let many: Vec<String> = (0..21).map(|n| format!("t{n}")).collect();
        assert!(matches!(Wanted::parse(&many.join(",")), Err(Error::TooManyTerms { .. })));
        assert!(Wanted::of(&many[..20], &[]).is_ok());
        let long = "字".repeat(51);
        assert!(matches!(Wanted::parse(&format!("a, {long}")), Err(Error::Term { limit: 50, .. })));
        assert!(Wanted::parse(&format!("a, {}", "字".repeat(50))).is_ok());
        for bad in ["a,b", "a=>b", " ", "x\u{7}y"] {
            assert!(matches!(Wanted::of(&[bad.into(), "c".into()], &[]), Err(Error::Term { .. })), "{bad:?}");
        }
        assert!(matches!(parse_words(" \n, "), Err(Error::NoWords)));
        for bad in ["字", &long, "x", "\u{200b}\u{200b}\u{200b}"] {
            assert!(matches!(parse_words(bad), Err(Error::Word { .. })), "{bad:?}");
        }
        let full: Vec<String> = (0..2_001).map(|n| format!("word{n}")).collect();
        assert!(matches!(parse_words(&full.join("\n")), Err(Error::WordsFull { .. })));
    }
}
