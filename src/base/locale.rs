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
}
