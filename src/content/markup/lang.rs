//! Which language a text is in: English, simplified or traditional Chinese, or none we claim to know.
//!
//! Chinese scripts are told apart by characters that only one of them uses. Those are found at first
//! use by asking OpenCC's character tables, so that no list is kept here.

use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;

/// The language of a text, as far as the site distinguishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lang {
    /// English.
    En,
    /// Chinese in simplified characters.
    ZhHans,
    /// Chinese in traditional characters.
    ZhHant,
    /// Anything else, or too little to tell.
    Other,
}

impl Lang {
    /// The BCP 47 code; `und` for [`Lang::Other`].
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhHans => "zh-Hans",
            Self::ZhHant => "zh-Hant",
            Self::Other => "und",
        }
    }

    /// The language with this code; [`Lang::Other`] for unknown ones.
    pub fn from_code(code: &str) -> Self {
        match code {
            "en" => Self::En,
            "zh-Hans" => Self::ZhHans,
            "zh-Hant" => Self::ZhHant,
            _ => Self::Other,
        }
    }
}

const FIRST_HAN: u32 = 0x4E00;
const LAST_HAN: u32 = 0x9FFF;

/// For each character of the main Han block: -1 simplified only, 1 traditional only, 0 either.
static SCRIPTS: LazyLock<Vec<i8>> = LazyLock::new(|| scripts().unwrap_or_default());

fn scripts() -> Option<Vec<i8>> {
    let han: String = (FIRST_HAN..=LAST_HAN).filter_map(char::from_u32).flat_map(|c| [c, '\n']).collect();
    let simplified = OpenCC::from_config(BuiltinConfig::T2s).ok()?.convert(&han);
    let traditional = OpenCC::from_config(BuiltinConfig::S2t).ok()?.convert(&han);
    let found = han.lines().zip(simplified.lines()).zip(traditional.lines());
    Some(
        found
            .map(|((c, simple), full)| match (c != simple, c != full) {
                (true, _) => 1,
                (false, true) => -1,
                (false, false) => 0,
            })
            .collect(),
    )
}

#[derive(Default)]
struct Counts {
    han: usize,
    kana: usize,
    hangul: usize,
    ascii: usize,
    latin: usize,
    other: usize,
    simplified: usize,
    traditional: usize,
}

fn count(text: &str) -> Counts {
    let mut n = Counts::default();
    for c in text.chars().take(20_000) {
        match c {
            'a'..='z' | 'A'..='Z' => n.ascii += 1,
            '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}' => {
                n.han += 1;
                let index = (c as usize).checked_sub(FIRST_HAN as usize);
                match index.and_then(|i| SCRIPTS.get(i)) {
                    Some(1) => n.traditional += 1,
                    Some(-1) => n.simplified += 1,
                    _ => {}
                }
            }
            '\u{3041}'..='\u{30FF}' => n.kana += 1,
            '\u{1100}'..='\u{11FF}' | '\u{AC00}'..='\u{D7AF}' => n.hangul += 1,
            '\u{C0}'..='\u{24F}' => n.latin += 1,
            c if c.is_alphabetic() => n.other += 1,
            _ => {}
        }
    }
    n
}

/// The language of `text` (plain, not Markdown; at most its first 20,000 characters are read).
pub fn detect_lang(text: &str) -> Lang {
    let n = count(text);
    // A Chinese character says about as much as half an English word of five letters.
    let foreign = n.kana * 5 > n.han + n.kana || n.hangul * 5 > n.han + n.hangul;
    if n.han > 0 && !foreign && n.han * 5 >= n.ascii + n.latin + n.other {
        return if n.traditional > n.simplified { Lang::ZhHant } else { Lang::ZhHans };
    }
    let letters = n.ascii + n.latin + n.other + n.han + n.kana + n.hangul;
    if n.ascii == 0 || n.ascii * 10 < letters * 9 { Lang::Other } else { latin(text) }
}

/// The BCP 47 code of a short text of its own, such as a category's name, where it can be told; `zh` for Chinese
/// that both scripts write alike.
pub fn known_lang(text: &str) -> Option<&'static str> {
    match detect_lang(text) {
        Lang::Other => None,
        Lang::ZhHans if count(text).simplified == 0 => Some("zh"),
        lang => Some(lang.code()),
    }
}

/// The BCP 47 code of a title, which is too short to be judged like a text: by what can only be one language, and
/// otherwise as the text under it, whose code is `body`. A name or a product code is in the language of its text.
pub fn title_lang(title: &str, body: &str) -> &'static str {
    let n = count(title);
    let body = Lang::from_code(body);
    let told = match detect_lang(title) {
        Lang::ZhHans if n.simplified == 0 && body == Lang::ZhHant => Lang::ZhHant,
        told @ (Lang::ZhHans | Lang::ZhHant) => told,
        _ if n.han + n.kana + n.hangul + n.other > n.ascii + n.latin => Lang::Other,
        _ if n.latin == 0 && is_english(title) => Lang::En,
        _ => body,
    };
    told.code()
}

/// English words that no other language written in Latin letters has, or hardly ever in a title.
const ENGLISH_ONLY: [&str; 30] = [
    "the", "with", "this", "that", "you", "your", "how", "what", "why", "which", "who", "where", "when",
    "should", "from", "does", "they", "there", "only", "after", "before", "without", "about", "between",
    "into", "works", "doesn't", "don't", "can't", "isn't",
];

/// True for what is English beyond doubt, short as it may be.
fn is_english(text: &str) -> bool {
    let (mut all, mut english, mut only) = (0usize, 0usize, 0usize);
    for word in words(text).take(40) {
        let word = word.to_lowercase().replace('’', "'");
        all += 1;
        only += usize::from(ENGLISH_ONLY.contains(&word.as_str()));
        english += usize::from(ENGLISH.contains(&word.as_str()) || ENGLISH_ONLY.contains(&word.as_str()));
    }
    only > 0 && english * 5 >= all
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphabetic() && c != '\'' && c != '’').filter(|word| !word.is_empty())
}

/// Words that make up about a third of any English text and little of the others'.
const ENGLISH: [&str; 48] = [
    "the", "and", "is", "to", "of", "in", "a", "i", "it", "for", "you", "on", "with", "this", "that", "have",
    "not", "my", "can", "how", "what", "why", "are", "be", "from", "do", "does", "was", "when", "or", "if",
    "but", "me", "we", "they", "at", "as", "an", "so", "no", "your", "will", "there", "just", "only", "any",
    "get", "by",
];

fn latin(text: &str) -> Lang {
    let (mut all, mut english) = (0usize, 0usize);
    for word in words(text).take(400) {
        all += 1;
        english += usize::from(ENGLISH.contains(&word.to_lowercase().as_str()));
    }
    // Short texts and listings are mostly names; they are taken for English.
    if all < 12 || english * 20 >= all { Lang::En } else { Lang::Other }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_apart() {
        for (text, lang) in [
            ("How do I reset the device without losing my settings?", Lang::En),
            ("Crash on start", Lang::En),
            ("请问如何重置设备而不丢失设置？", Lang::ZhHans),
            ("請問如何重置設備而不遺失設定？", Lang::ZhHant),
            ("用 Rust 写的 HTTP server 启动后报错 connection refused，怎么办？", Lang::ZhHans),
            ("デバイスをリセットするにはどうすればいいですか", Lang::Other),
            ("기기를 초기화하려면 어떻게 해야 하나요", Lang::Other),
            ("Как сбросить устройство", Lang::Other),
            (
                "Wie kann ich das Gerät zurücksetzen ohne dass alle meine Einstellungen verloren gehen und neu gemacht werden",
                Lang::Other,
            ),
            ("12345 !!!", Lang::Other),
            ("", Lang::Other),
        ] {
            assert_eq!(detect_lang(text), lang, "{text}");
        }
    }

    #[test]
    fn a_title_is_told_by_itself_or_by_its_text() {
        for (title, body, lang) in [
            ("Welcome: how this community works", "und", "en"),
            ("Welcome: how this community works", "zh-Hans", "en"),
            ("Why doesn’t it start?", "und", "en"),
            ("Spare part for discontinued BF-100 with 2-wire output", "und", "en"),
            ("Crash on start", "en", "en"),
            ("Crash on start", "und", "und"),
            ("AB-1200/3", "und", "und"),
            ("AB-1200/3", "zh-Hant", "zh-Hant"),
            ("Bonjour tout le monde", "und", "und"),
            ("On a un plugin pour ça", "und", "und"),
            ("Was ist das?", "und", "und"),
            ("La doc of the day, une habitude française", "und", "und"),
            ("感測器與韌體", "und", "zh-Hant"),
            ("公告", "zh-Hant", "zh-Hant"),
            ("公告", "en", "zh-Hans"),
            ("Как сбросить устройство", "en", "und"),
            ("お知らせ", "en", "und"),
            ("42", "en", "en"),
        ] {
            assert_eq!(title_lang(title, body), lang, "{title} over {body}");
        }
    }

    #[test]
    fn short_names_are_told_as_far_as_can_be() {
        for (name, lang) in [
            ("Announcements", Some("en")),
            ("传感器", Some("zh-Hans")),
            ("感測器與韌體", Some("zh-Hant")),
            ("公告", Some("zh")),
            ("お知らせ", None),
            ("42", None),
        ] {
            assert_eq!(known_lang(name), lang, "{name}");
        }
    }

    #[test]
    fn codes_go_there_and_back() {
        for lang in [Lang::En, Lang::ZhHans, Lang::ZhHant, Lang::Other] {
            assert_eq!(Lang::from_code(lang.code()), lang);
        }
    }
}
