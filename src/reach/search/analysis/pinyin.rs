//! How Han characters sound, without tones: what people type who know the word but not the input method's way to it.

use std::collections::HashSet;
use std::sync::LazyLock;

use pinyin::{ToPinyin, ToPinyinMulti};

/// Longest word taken for syllables, in letters.
const MAX_WORD: usize = 40;

/// Every syllable that a character can sound like.
static SYLLABLES: LazyLock<HashSet<String>> =
    LazyLock::new(|| ('\u{4E00}'..='\u{9FFF}').filter_map(|ch| ch.to_pinyin()).map(typed).collect());

/// A reading as it is typed: `ü` has no key, `v` stands for it.
fn typed(reading: pinyin::Pinyin) -> String {
    reading.plain().replace('ü', "v")
}

/// What a (folded) character may sound like, the usual reading first; nothing for what is no Han character.
pub fn readings(ch: char) -> Vec<String> {
    let mut readings: Vec<String> = Vec::new();
    for reading in ch.to_pinyin().into_iter().chain(ch.to_pinyin_multi().into_iter().flatten()) {
        let reading = typed(reading);
        if !readings.contains(&reading) {
            readings.push(reading);
        }
    }
    readings
}

/// A word typed in letters as the syllables it may be, the longest first; nothing when it is not all syllables.
pub fn syllables(word: &str) -> Option<Vec<String>> {
    let letters =
        word.len() >= 2 && word.len() <= MAX_WORD && word.bytes().all(|byte| byte.is_ascii_lowercase());
    if !letters {
        return None;
    }
    // From the end: how long the first syllable of the rest is, 0 when the rest cannot be cut.
    let mut first = vec![0_usize; word.len() + 1];
    for at in (0..word.len()).rev() {
        let fits = |length: &usize| {
            let end = at + length;
            let reaches = end == word.len() || first.get(end).is_some_and(|&next| next > 0);
            reaches && word.get(at..end).is_some_and(|part| SYLLABLES.contains(part))
        };
        let longest = (1..=6.min(word.len() - at)).rev().find(fits).unwrap_or(0);
        if let Some(slot) = first.get_mut(at) {
            *slot = longest;
        }
    }
    let mut cut = Vec::new();
    let mut at = 0;
    while at < word.len() {
        let length = first.get(at).copied().filter(|&length| length > 0)?;
        cut.push(word.get(at..at + length)?.to_owned());
        at += length;
    }
    Some(cut)
}

/// A word as the initials of the characters it may stand for (`sqyx` for 社区营销), as they are indexed.
pub fn initials(word: &str) -> Option<Vec<String>> {
    let letters = (2..=12).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase());
    letters.then(|| word.chars().map(|ch| ch.to_ascii_uppercase().to_string()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_into_syllables_that_exist() {
        let cut = |word: &str| syllables(word).map(|cut| cut.join(" "));
        assert_eq!(cut("shequyingxiao").as_deref(), Some("she qu ying xiao"));
        assert_eq!(cut("xian").as_deref(), Some("xian"));
        assert_eq!(cut("fangan").as_deref(), Some("fang an"));
        assert_eq!(cut("nver").as_deref(), Some("nv er"));
        for word in ["sqyx", "printer", "", "a", "社区", "Shequ"] {
            assert_eq!(cut(word), None, "{word}");
        }
    }

    #[test]
    fn characters_have_all_their_readings() {
        assert_eq!(readings('重').first().map(String::as_str), Some("zhong"));
        assert!(readings('重').contains(&"chong".to_owned()));
        assert!(readings('a').is_empty());
    }
}
