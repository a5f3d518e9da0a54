//! One folding for everything that compares text: search, handles, tags, word rules, duplicates.
//!
//! Two spellings that a reader takes for the same word fold to the same text: traditional and simplified
//! characters, full and half width, upper and lower case, letters with and without accents. Kana and Hangul keep
//! their marks (a dakuten is part of the letter) and are composed. Characters nobody sees (joiners, soft hyphens,
//! direction marks, variation selectors) vanish, so that they hide nothing from a word rule.
//!
//! Folding is for comparing, never for showing: it merges some words that a dictionary keeps apart (皇后 and 後面
//! share 后). A Han character always folds to exactly one, so positions survive.
//!
//! The table is built once from the dictionaries that come with `ferrous-opencc`, a character at a time; the tree
//! carries no copy of them, only the variants that they leave apart.

use std::collections::HashMap;
use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{compose, decompose_compatible};

/// Variants that the traditional-to-simplified dictionary keeps apart although readers do not: forms of Taiwan, of
/// Hong Kong, older and half-simplified ones, each before the one it folds to.
const VARIANTS: &str = "\
    瞭了 畫画 劃画 划画 㓰画 著着 藉借 伕夫 俱具 枱台 敍叙 衞卫 擡抬 痺痹 睪睾 簷檐 粧妆 糭粽 潀潨 衹只 祇只 暱昵 \
    腭颚 鲇鲶 鮎鲶 缐线 讬托 谘咨 钜巨 锺钟 馀余 镟旋 渖沈 侭尽 麹曲 麺面 䌽彩 㳽弥 緪縆 穞稆 妳你 牠它 彷仿 砲炮 \
    旳的 靑青 吿告 郞郎 鄕乡 髙高 戸户 値值 幺么 強强 內内";

/// Latin letters without a decomposition, as they are typed on a keyboard that lacks them.
const LETTERS: [(char, &str); 12] = [
    ('ß', "ss"),
    ('æ', "ae"),
    ('œ', "oe"),
    ('ø', "o"),
    ('ł', "l"),
    ('đ', "d"),
    ('ð', "d"),
    ('þ', "th"),
    ('ħ', "h"),
    ('ŧ', "t"),
    ('ı', "i"),
    ('ς', "σ"),
];

/// Characters up to here are looked up in an array.
const PLANE: usize = 0x1_0000;
/// Marks a character of the array that folds to nothing or to several characters.
const SPECIAL: char = '\u{10FFFF}';

static TABLE: LazyLock<Table> = LazyLock::new(Table::build);

/// One folded character and the bytes of the original text that it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoldedChar {
    /// Byte offset of the first original character.
    pub from: usize,
    /// Byte offset after the last original character; marks that vanished belong to the letter before them.
    pub to: usize,
    /// The folded character.
    pub ch: char,
}

/// Folds `text` for comparing. Folding twice changes nothing.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for ch in text.chars() {
        table().each(ch, |folded| match out.chars().next_back().and_then(|last| join(last, folded)) {
            Some(joined) => {
                out.pop();
                out.push(joined);
            }
            None if is_loose_mark(folded) => {}
            None => out.push(folded),
        });
    }
    out
}

/// Folds `text` and says for every folded character where it stood. A character that expands (`㈱`, `ﬁ`) gives
/// several entries with the same bytes.
pub fn fold_chars(text: &str) -> Vec<FoldedChar> {
    let mut out: Vec<FoldedChar> = Vec::with_capacity(text.len());
    for (from, ch) in text.char_indices() {
        let to = from + ch.len_utf8();
        let before = out.len();
        table().each(ch, |folded| {
            match out.last_mut().and_then(|last| Some((join(last.ch, folded)?, last))) {
                Some((joined, last)) => {
                    last.ch = joined;
                    last.to = to;
                }
                None if is_loose_mark(folded) => {}
                None => out.push(FoldedChar { from, to, ch: folded }),
            }
        });
        if out.len() == before && is_mark(ch) {
            // Every entry of the character that carries the mark, should it have expanded.
            let carrier = out.last().map_or(from, |last| last.from);
            for entry in out.iter_mut().rev().take_while(|entry| entry.from == carrier) {
                entry.to = to;
            }
        }
    }
    out
}

/// Whether `ch` is a Han character, of any script variant.
pub fn is_han(ch: char) -> bool {
    matches!(ch,
        '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}' | '\u{3005}' | '\u{3007}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}')
}

fn table() -> &'static Table {
    &TABLE
}

struct Table {
    plane: Vec<char>,
    special: HashMap<char, Box<[char]>>,
}

impl Table {
    fn build() -> Self {
        let han = HanFold::load();
        let mut table = Self { plane: Vec::with_capacity(PLANE), special: HashMap::new() };
        for code in 0..PLANE as u32 {
            let Some(ch) = char::from_u32(code) else {
                table.plane.push(SPECIAL);
                continue;
            };
            let folded = settle(ch, &han);
            if let [one] = folded.as_slice() {
                table.plane.push(*one);
            } else {
                table.plane.push(SPECIAL);
                table.special.insert(ch, folded.into());
            }
        }
        table
    }

    /// Calls `take` with every character that `ch` folds to.
    fn each(&self, ch: char, mut take: impl FnMut(char)) {
        match self.plane.get(ch as usize) {
            Some(&SPECIAL) => {
                self.special.get(&ch).into_iter().flat_map(|folded| folded.iter().copied()).for_each(take);
            }
            Some(&one) => take(one),
            None => plain(ch).into_iter().filter_map(|folded| self.han(folded)).for_each(take),
        }
    }

    /// What a character reached by decomposition folds to; compatibility ideographs beyond the first plane end here.
    fn han(&self, ch: char) -> Option<char> {
        match self.plane.get(ch as usize) {
            Some(&one) if one != SPECIAL => Some(one),
            Some(_) => None,
            None => Some(ch),
        }
    }
}

/// Folds one character until nothing changes any more.
fn settle(ch: char, han: &HanFold) -> Vec<char> {
    let mut now = vec![ch];
    for _ in 0..4 {
        let next: Vec<char> =
            now.iter().flat_map(|&c| plain(c)).map(|c| if is_han(c) { han.fold(c) } else { c }).collect();
        if next == now {
            break;
        }
        now = next;
    }
    now
}

/// Width, case and accents of one character; nothing of Han.
fn plain(ch: char) -> Vec<char> {
    if is_invisible(ch) {
        return Vec::new();
    }
    if is_kana_or_hangul(ch) {
        return std::iter::once(ch).nfkc().collect();
    }
    let mut out = Vec::new();
    decompose_compatible(ch, |part| {
        if is_mark(part) && !is_kana_mark(part) {
            return;
        }
        for lower in part.to_lowercase() {
            match LETTERS.iter().find(|(letter, _)| *letter == lower) {
                Some((_, typed)) => out.extend(typed.chars()),
                None if is_mark(lower) && !is_kana_mark(lower) => {}
                None => out.push(lower),
            }
        }
    });
    if out.iter().any(|&part| is_kana_or_hangul(part)) {
        return out.into_iter().nfkc().collect();
    }
    out
}

/// Two characters that are one letter: kana with a voice mark after it, Hangul syllables typed in pieces.
fn join(last: char, next: char) -> Option<char> {
    let joins = is_kana_mark(next) || matches!(next, '\u{1161}'..='\u{1175}' | '\u{11A8}'..='\u{11C2}');
    if joins { compose(last, next) } else { None }
}

/// A voice mark that found no kana to stand on.
fn is_loose_mark(ch: char) -> bool {
    is_kana_mark(ch)
}

fn is_kana_mark(ch: char) -> bool {
    matches!(ch, '\u{3099}' | '\u{309A}')
}

fn is_kana_or_hangul(ch: char) -> bool {
    matches!(ch, '\u{3041}'..='\u{3096}' | '\u{309D}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}'
        | '\u{1100}'..='\u{11FF}' | '\u{3130}'..='\u{318F}' | '\u{AC00}'..='\u{D7A3}' | '\u{FF66}'..='\u{FFDC}')
}

/// Accents of alphabets whose letters are read the same without them. Vowel signs of Indic scripts and the like are
/// letters of their own and stay.
fn is_mark(ch: char) -> bool {
    matches!(ch, '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0489}' | '\u{0591}'..='\u{05C7}'
        | '\u{064B}'..='\u{065F}' | '\u{0670}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}' | '\u{3099}' | '\u{309A}')
        && !matches!(ch, '\u{05BE}' | '\u{05C0}' | '\u{05C3}' | '\u{05C6}')
        || is_invisible(ch)
}

fn is_invisible(ch: char) -> bool {
    matches!(ch, '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Traditional to simplified, one character at a time.
struct HanFold {
    converter: Option<OpenCC>,
    variants: HashMap<char, char>,
}

impl HanFold {
    /// Loads what is compiled into the crate. Were the dictionary left out of a build, the variants would still fold.
    fn load() -> Self {
        let pair = |pair: &str| {
            let mut chars = pair.chars();
            Some((chars.next()?, chars.next()?))
        };
        Self {
            converter: OpenCC::from_config(BuiltinConfig::T2s).ok(),
            variants: VARIANTS.split_whitespace().filter_map(pair).collect(),
        }
    }

    fn fold(&self, ch: char) -> char {
        if let Some(&folded) = self.variants.get(&ch) {
            return folded;
        }
        let Some(converter) = &self.converter else { return ch };
        let converted = converter.convert(ch.encode_utf8(&mut [0; 4]));
        let mut chars = converted.chars();
        match (chars.next(), chars.next()) {
            (Some(one), None) => one,
            _ => ch,
        }
    }
}

/// True when `text` shows a reader anything: blanks, controls, joiners, direction marks and code points that stand for
/// no character do not count.
pub fn is_visible(text: &str) -> bool {
    text.chars().any(|c| {
        let none = matches!(u32::from(c) & 0xFFFF, 0xFFFE | 0xFFFF) || matches!(c, '\u{fdd0}'..='\u{fdef}');
        // Letters that are drawn as nothing: Braille and Hangul blanks.
        let blank = matches!(c, '\u{2800}' | '\u{3164}' | '\u{ffa0}' | '\u{115f}' | '\u{1160}');
        !(none || blank || c.is_whitespace() || c.is_control())
            && fold(c.encode_utf8(&mut [0; 4])).chars().any(|f| !f.is_whitespace())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_nobody_sees_is_not_visible() {
        for text in
            ["", " \n\t", "\u{200b}", "\u{feff} \u{ad}", "\u{fffe}", "\u{2800}\u{3164}", "\u{202e}\u{2060}"]
        {
            assert!(!is_visible(text), "{text:?}");
        }
        for text in ["a", "。", "\u{200b}1", "🙂", "é", "…", "-"] {
            assert!(is_visible(text), "{text:?}");
        }
    }

    #[test]
    fn what_readers_take_for_the_same_folds_to_the_same() {
        for (one, other) in [
            ("社區營銷", "社区营销"),
            ("後臺", "后台"),
            ("後台", "后台"),
            ("瞭解計畫", "了解计划"),
            ("看著藉口", "看着借口"),
            ("家俱", "家具"),
            ("衞生敍述", "卫生叙述"),
            ("龍擡頭", "龙抬头"),
            ("Ｒｕｓｔ　１２３", "rust 123"),
            ("Café", "cafe\u{301}"),
            ("ÅNGSTRÖM", "angstrom"),
            ("Łódź straße", "lodz strasse"),
            ("㈱", "(株)"),
            ("ﬁne", "FINE"),
            ("ｶﾞﾗｽ", "ガラス"),
            ("가", "\u{1100}\u{1161}"),
            ("İstanbul", "istanbul"),
            ("❤\u{FE0F}", "❤"),
            ("pass\u{200B}word\u{AD}", "password"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} and {other}");
        }
    }

    #[test]
    fn what_differs_to_readers_stays_apart() {
        for (one, other) in
            [("か", "が"), ("は", "ぱ"), ("ア", "あ"), ("社区", "社会"), ("a", "b"), ("한", "하")]
        {
            assert_ne!(fold(one), fold(other), "{one} and {other}");
        }
    }

    #[test]
    fn simplified_words_keep_their_spelling() {
        for word in
            ["什么", "社区营销", "抬头", "干净", "著作权".replace('著', "着").as_str(), "里面", "台湾"]
        {
            assert_eq!(fold(word), word);
        }
    }

    #[test]
    fn the_choice_of_script_is_invisible() {
        let mut apart = Vec::new();
        for standard in [BuiltinConfig::S2t, BuiltinConfig::S2tw, BuiltinConfig::S2hk] {
            let converter = OpenCC::from_config(standard).unwrap();
            for simplified in '\u{4E00}'..='\u{9FFF}' {
                let simplified = simplified.to_string();
                let traditional = converter.convert(&simplified);
                if fold(&simplified) != fold(&traditional)
                    && traditional.chars().all(|ch| (ch as u32) < 0x1_0000)
                {
                    apart.push(format!("{simplified}{traditional}"));
                }
            }
        }
        assert!(apart.is_empty(), "{apart:?}");
    }

    #[test]
    fn offsets_lead_back_to_the_original() {
        let text = "e\u{301}㈱ｶﾞ後";
        let folded = fold_chars(text);
        let spans: Vec<_> = folded.iter().map(|c| (c.ch, &text[c.from..c.to])).collect();
        assert_eq!(
            spans,
            [('e', "e\u{301}"), ('(', "㈱"), ('株', "㈱"), (')', "㈱"), ('ガ', "ｶﾞ"), ('后', "後")]
        );
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn both_ways_of_folding_agree(text in "(\\PC|[가-힣ㄱ-ㅎァ-ヴｦ-ﾟ\u{300}-\u{320}\u{1100}-\u{11ff}]){0,40}") {
            let chars: String = fold_chars(&text).iter().map(|c| c.ch).collect();
            prop_assert_eq!(fold(&text), chars.clone());
            prop_assert_eq!(fold(&chars), chars);
        }

        #[test]
        fn spans_stay_on_characters_and_in_order(text in "\\PC{0,40}") {
            let mut last = 0;
            for c in fold_chars(&text) {
                prop_assert!(text.is_char_boundary(c.from) && text.is_char_boundary(c.to));
                prop_assert!(c.from < c.to && c.from >= last);
                last = c.from;
            }
        }

        #[test]
        fn a_han_character_stays_one(ch in "\\p{Han}") {
            let ch = ch.chars().next().unwrap();
            if matches!(ch, '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{2EBEF}') {
                prop_assert_eq!(fold(&ch.to_string()).chars().count(), 1);
                prop_assert!(fold(&ch.to_string()).chars().all(is_han));
            }
        }
    }
}
