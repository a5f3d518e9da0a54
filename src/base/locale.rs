//! The languages of the interface, and the language of a text.

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Locale {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    ZhCn,
    /// Traditional Chinese as written in Taiwan.
    ZhTw,
}

impl Locale {
    /// All of them, in the order of the language menu.
    pub const ALL: [Self; 3] = [Self::En, Self::ZhCn, Self::ZhTw];

    /// The name in cookies, settings and file names.
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhCn => "zh-CN",
            Self::ZhTw => "zh-TW",
        }
    }

    /// The value of the HTML `lang` attribute.
    pub fn lang(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhCn => "zh-Hans",
            Self::ZhTw => "zh-Hant",
        }
    }

    /// Language and territory as social cards want them.
    pub fn territory(self) -> &'static str {
        match self {
            Self::En => "en_US",
            Self::ZhCn => "zh_CN",
            Self::ZhTw => "zh_TW",
        }
    }

    /// The language's own name.
    pub fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::ZhCn => "简体中文",
            Self::ZhTw => "繁體中文",
        }
    }

    /// The locale of a stored or submitted code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.code() == code)
    }

    /// The language that a browser asks for first (`Accept-Language`, RFC 9110, section 12.5.4) among those spoken
    /// here. Of Chinese the script counts, or what is written where it is spoken.
    pub fn accepted(header: &str) -> Option<Self> {
        let mut best: Option<(Self, f32)> = None;
        for part in header.split(',') {
            let (tag, rest) = part.split_once(';').unwrap_or((part, ""));
            let weight = rest.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.trim().parse::<f32>().ok());
            let (Some(locale), Some(weight)) = (Self::of_tag(tag.trim()), weight) else { continue };
            if weight > 0.0 && best.is_none_or(|(_, least)| weight > least) {
                best = Some((locale, weight));
            }
        }
        best.map(|(locale, _)| locale)
    }

    fn of_tag(tag: &str) -> Option<Self> {
        let tag = tag.to_ascii_lowercase();
        let mut parts = tag.split('-');
        match parts.next() {
            Some("en") => Some(Self::En),
            Some("zh") => {
                let parts: Vec<&str> = parts.collect();
                let simplified = parts.contains(&"hans");
                let traditional = ["hant", "tw", "hk", "mo"].iter().any(|p| parts.contains(p));
                Some(if traditional && !simplified { Self::ZhTw } else { Self::ZhCn })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_says_which_language_is_read() {
        let of = Locale::accepted;
        assert_eq!(of("zh-TW,zh;q=0.9,en-US;q=0.8,en;q=0.7"), Some(Locale::ZhTw));
        assert_eq!(of("de-DE, zh-Hans-HK;q=0.8, en;q=0.9"), Some(Locale::En));
        assert_eq!(of("zh-hk"), Some(Locale::ZhTw));
        assert_eq!(of("zh"), Some(Locale::ZhCn));
        assert_eq!(of("en;q=0, zh-SG;q=0.1"), Some(Locale::ZhCn));
        for nothing in ["", "*", "fr", "de;q=1", "en;q=much"] {
            assert_eq!(of(nothing), None, "{nothing}");
        }
    }
}
