//! How Han characters sound, without tones: what people type who know the word but not the input method's way to it.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use pinyin::{ToPinyin, ToPinyinMulti};

use super::fold::fold;

/// Longest word taken for syllables, in letters.
const MAX_WORD: usize = 40;

/// What every syllable has that is typed as a word or a part of one; grunts (嗯 is `n`) have none.
const VOWELS: [char; 6] = ['a', 'e', 'i', 'o', 'u', 'v'];

/// Every syllable that a character can sound like.
static SYLLABLES: LazyLock<HashSet<String>> = LazyLock::new(|| {
    ('\u{4E00}'..='\u{9FFF}')
        .filter_map(|ch| ch.to_pinyin())
        .map(typed)
        .filter(|s| s.contains(VOWELS))
        .collect()
});

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

/// Characters that everyday words read in more than one way. The other readings of other characters are names, old texts
/// and dialects: heard by chance.
const POLYPHONES: &str = "行长重乐了着还会得地都和种应更调降朝传弹度干好几将教假间角觉空量落没难宁强曲省数提系相校削要与载扎炸中转大单说\
    石藏差称冲处创从当倒恶发分给供华化划混奇卡壳可累率露蒙模蔓磨泊迫仆铺蹊切散厦舍盛什识似宿挑吐尾吓咽殷约轧粘折只";

/// What a (folded) character sounds like in everyday words.
pub fn usual_readings(ch: char) -> Vec<String> {
    let mut readings = readings(ch);
    if !POLYPHONES.contains(ch) {
        readings.truncate(1);
    }
    readings
}

/// The (folded) characters of each syllable, by their usual readings.
static CHARACTERS: LazyLock<HashMap<String, Vec<char>>> = LazyLock::new(|| {
    let mut all: HashMap<String, Vec<char>> = HashMap::new();
    let folded = |ch: &char| fold(ch.encode_utf8(&mut [0; 4])).chars().eq([*ch]);
    for ch in ('\u{4E00}'..='\u{9FFF}').filter(folded) {
        for reading in usual_readings(ch) {
            all.entry(reading).or_default().push(ch);
        }
    }
    all
});

/// The (folded) characters that usually sound like `syllable`.
pub fn sounding(syllable: &str) -> &'static [char] {
    CHARACTERS.get(syllable).map(Vec::as_slice).unwrap_or_default()
}

/// Ways to read a text that are told: most have one, a few have a character with several readings.
const READINGS: usize = 6;

/// How a (folded) text with Han characters is typed by its sound, whole (`shequ`) and by initials (`sq`), by every usual
/// reading; nothing for one without.
pub fn spoken(text: &str) -> Vec<String> {
    let mut told: Vec<(String, String)> = vec![Default::default()];
    let mut han = false;
    for ch in text.chars() {
        let mut heard = readings(ch);
        han |= !heard.is_empty();
        if heard.is_empty() {
            heard.push(ch.to_string());
        }
        told = told
            .iter()
            .flat_map(|(whole, initials)| {
                heard.iter().map(move |sound| {
                    let initial: String = sound.chars().take(1).collect();
                    (format!("{whole}{sound}"), format!("{initials}{initial}"))
                })
            })
            .take(READINGS)
            .collect();
    }
    told.into_iter().filter(|_| han).flat_map(|(whole, initials)| [whole, initials]).collect()
}

/// Syllables that many take for `syllable`: front and back nasals, flat and curled tongue, n and l.
pub fn confused(syllable: &str) -> Vec<String> {
    let mut others = Vec::new();
    match syllable.strip_suffix('g') {
        Some(short) if short.ends_with('n') => others.push(short.to_owned()),
        _ if syllable.ends_with('n') => others.push(format!("{syllable}g")),
        _ => {}
    }
    for (one, other) in [("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("l", "n")] {
        if let Some(rest) = syllable.strip_prefix(one) {
            others.push(format!("{other}{rest}"));
        } else if let Some(rest) = syllable.strip_prefix(other).filter(|_| one.len() > 1) {
            others.push(format!("{one}{rest}"));
        }
    }
    others.retain(|other| SYLLABLES.contains(other));
    others
}

/// Ways to cut a word looked at.
const CUTS: usize = 4;

/// A word typed in letters as the syllables it may be (`xian` is one or two); nothing when it is not all syllables.
pub fn syllables(word: &str) -> Vec<Vec<String>> {
    let letters =
        word.len() >= 2 && word.len() <= MAX_WORD && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let mut cuts = Vec::new();
    if letters {
        // From the end: whether the rest can be cut at all.
        let mut ends = vec![false; word.len() + 1];
        if let Some(end) = ends.last_mut() {
            *end = true;
        }
        for at in (0..word.len()).rev() {
            let can = lengths(word, at).any(|length| ends.get(at + length) == Some(&true));
            if let Some(slot) = ends.get_mut(at) {
                *slot = can;
            }
        }
        cut(word, 0, &ends, &mut Vec::new(), &mut cuts);
    }
    cuts
}

/// Lengths of the syllables that stand at `at`, the longest first.
fn lengths(word: &str, at: usize) -> impl Iterator<Item = usize> + '_ {
    let longest = 6.min(word.len() - at);
    (1..=longest)
        .rev()
        .filter(move |length| word.get(at..at + length).is_some_and(|part| SYLLABLES.contains(part)))
}

fn cut(word: &str, at: usize, ends: &[bool], so_far: &mut Vec<String>, cuts: &mut Vec<Vec<String>>) {
    if at == word.len() {
        cuts.push(so_far.clone());
        return;
    }
    for length in lengths(word, at) {
        if cuts.len() < CUTS && ends.get(at + length) == Some(&true) {
            so_far.extend(word.get(at..at + length).map(str::to_owned));
            cut(word, at + length, ends, so_far, cuts);
            so_far.pop();
        }
    }
}

/// Whether a word may be the initials of the characters it stands for (`sqyx` for 社区营销).
pub fn may_be_initials(word: &str) -> bool {
    (2..=8).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_into_syllables_that_exist() {
        let cuts = |word: &str| syllables(word).iter().map(|cut| cut.join(" ")).collect::<Vec<_>>();
        assert!(cuts("shequyingxiao").contains(&"she qu ying xiao".to_owned()));
        assert_eq!(cuts("xian"), ["xian", "xi an"]);
        assert!(cuts("chuanganqi").contains(&"chuan gan qi".to_owned()), "not chuang an qi alone");
        assert_eq!(cuts("nver"), ["nv er"]);
        assert!(cuts(&"xian".repeat(10)).len() <= CUTS);
        for word in ["sqyx", "printer", "", "a", "社区", "Shequ"] {
            assert!(cuts(word).is_empty(), "{word}");
        }
    }

    #[test]
    fn sounds_that_many_mix_up_are_known() {
        assert_eq!(confused("ying"), ["yin"]);
        assert_eq!(confused("shan"), ["shang", "san"]);
        assert_eq!(confused("lan"), ["lang", "nan"]);
        assert!(confused("ka").is_empty());
    }

    #[test]
    fn a_syllable_has_its_characters() {
        for (syllable, ch) in [("gan", '感'), ("zhong", '重'), ("chong", '重'), ("hang", '行')] {
            assert!(sounding(syllable).contains(&ch), "{syllable} {ch}");
        }
        assert!(
            !sounding("gan").contains(&'紺') && !sounding("gan").contains(&'个'),
            "folded and usual ones alone"
        );
        assert!(sounding("xyz").is_empty());
    }

    #[test]
    fn characters_have_all_their_readings() {
        assert_eq!(readings('重').first().map(String::as_str), Some("zhong"));
        assert!(readings('重').contains(&"chong".to_owned()));
        assert!(readings('a').is_empty());
    }
}
