//! Words by the initials of their characters, as people type them who save letters: 糖尿病 is `tnb`.
//!
//! They begin and end where words do. Any three letters are the initials of some three neighbours in a long title, so
//! without that most of what they find would be chance.

use std::ops::Range;

use jieba_rs::Token as Word;

use super::Analysis;
use super::function::is_function;
use super::scan::{PieceKind, Scan};
use crate::base::pinyin::usual_readings;

/// Characters of the longest stretch that is abbreviated, and ways to abbreviate one.
const LONGEST: usize = 8;
const WAYS: usize = 4;

/// A stretch of whole words with the initials that stand for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Abbreviation {
    /// Its initials, lower case.
    pub letters: String,
    /// Byte offsets in the original text.
    pub bytes: Range<usize>,
    /// Position of its first character among the terms of the text.
    pub position: u32,
}

impl Analysis {
    /// Every stretch of two to eight Han characters of `text` that consists of whole words, in order.
    pub fn abbreviations(&self, text: &str) -> Vec<Abbreviation> {
        let scan = Scan::new(text);
        let mut found = Vec::new();
        for piece in scan.pieces.iter().filter(|piece| piece.kind == PieceKind::Han) {
            let run = scan.folded(piece.chars.clone());
            let chars: Vec<char> = run.chars().collect();
            for within in self.stretches(&run) {
                for letters in letters(chars.get(within.clone()).unwrap_or_default()) {
                    let chars = piece.chars.start + within.start..piece.chars.start + within.end;
                    found.push(Abbreviation {
                        letters,
                        bytes: scan.bytes(chars),
                        position: piece.position + within.start as u32,
                    });
                }
            }
        }
        found
    }

    /// Neighbouring words of a Han run together, words within words, and the run itself, in characters; each stretch once.
    fn stretches(&self, run: &str) -> Vec<Range<usize>> {
        let length = run.chars().count();
        let cut = self.jieba.cut(run, false);
        let says = |word: &Word<'_>| word.end - word.start > 1 || !is_function(word.word);
        let mut stretches: Vec<Range<usize>> = Vec::new();
        for (nth, first) in cut.iter().enumerate().filter(|(_, first)| says(first)) {
            // What does not consist of known words for the most part meets by chance.
            let mut known = 0;
            for last in cut.iter().skip(nth) {
                let stretch = first.start..last.end;
                if stretch.len() > LONGEST {
                    break;
                }
                known += if last.end - last.start > 1 { last.end - last.start } else { 0 };
                if says(last) && (known * 2 > stretch.len() || stretch.len() == length) {
                    stretches.push(stretch);
                }
            }
        }
        let within = self.jieba.cut_all(run);
        stretches.extend(within.iter().map(|word| word.start..word.end));
        stretches.retain(|stretch| (2..=LONGEST).contains(&stretch.len()));
        stretches.sort_by_key(|stretch| (stretch.start, stretch.end));
        stretches.dedup();
        stretches
    }
}

/// How `chars` are abbreviated, by their usual readings.
fn letters(chars: &[char]) -> Vec<String> {
    let mut ways = vec![String::new()];
    for ch in chars {
        let mut initials: Vec<char> = Vec::new();
        for initial in usual_readings(*ch).iter().filter_map(|reading| reading.chars().next()) {
            if !initials.contains(&initial) {
                initials.push(initial);
            }
        }
        ways = ways
            .iter()
            .flat_map(|way| initials.iter().map(move |initial| format!("{way}{initial}")))
            .take(WAYS)
            .collect();
    }
    ways
}

#[cfg(test)]
mod tests {
    use crate::reach::search::analysis::for_tests;

    fn letters(text: &str) -> Vec<String> {
        for_tests().abbreviations(text).into_iter().map(|found| found.letters).collect()
    }

    #[test]
    fn whole_words_and_their_neighbours_are_abbreviated() {
        let found = letters("社區營銷");
        for wanted in ["sq", "sqyx", "yx"] {
            assert!(found.iter().any(|letters| letters == wanted), "{wanted}: {found:?}");
        }
        assert!(!found.iter().any(|letters| letters == "qy"), "{found:?}");
        assert!(letters("不是内部命令").iter().all(|letters| letters != "snb"));
        assert!(letters("银行").contains(&"yh".to_owned()), "the second reading");
        assert!(letters("糖尿病能吃什么").contains(&"tnb".to_owned()));
        assert!(letters("高血压了吗").iter().all(|letters| letters != "gxyl"), "了 says nothing");
        assert!(letters("原神").contains(&"ys".to_owned()), "all there is");
        assert!(letters("pump 泵").is_empty());
    }

    #[test]
    fn they_lie_on_the_original_characters() {
        let text = "How 高血壓 is";
        let found = for_tests().abbreviations(text);
        let one = found.iter().find(|found| found.letters == "gxy").unwrap();
        assert_eq!(text.get(one.bytes.clone()), Some("高血壓"));
    }
}
