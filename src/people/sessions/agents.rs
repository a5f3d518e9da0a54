//! Which browser and system a session runs in, in words: enough to tell one's own devices apart, no more. User-Agent
//! strings all claim to be several browsers, so the one that others imitate is looked for last.

/// What a User-Agent says; both are proper names, the same in every language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// The browser or program.
    pub browser: String,
    /// The operating system, when it is known.
    pub system: Option<&'static str>,
}

/// A mark in the User-Agent, and the name of who puts it there.
const BROWSERS: [(&str, &str); 22] = [
    ("MicroMessenger/", "WeChat"),
    ("DingTalk/", "DingTalk"),
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("MiuiBrowser/", "Mi Browser"),
    ("QQBrowser/", "QQ Browser"),
    ("UCBrowser/", "UC Browser"),
    ("YaBrowser/", "Yandex Browser"),
    ("Vivaldi/", "Vivaldi"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Trident/", "Internet Explorer"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("Wget/", "Wget"),
];

/// iPads claim to be Macs and Android claims to be Linux; those that say more come first.
const SYSTEMS: [(&str, &str); 10] = [
    ("HarmonyOS", "HarmonyOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
];

/// Characters of an unknown User-Agent that are shown.
const SHOWN: usize = 60;

/// Reads a User-Agent; nothing for an empty one.
pub fn agent(text: &str) -> Option<Agent> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let named = |marks: &[(&'static str, &'static str)]| {
        marks.iter().find(|(mark, _)| text.contains(mark)).map(|(_, name)| *name)
    };
    match named(&BROWSERS) {
        Some(browser) => Some(Agent { browser: browser.to_owned(), system: named(&SYSTEMS) }),
        None if text.chars().count() > SHOWN => {
            let cut: String = text.chars().take(SHOWN).collect();
            Some(Agent { browser: format!("{}…", cut.trim_end()), system: None })
        }
        None => Some(Agent { browser: text.to_owned(), system: None }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_apart_from_those_they_imitate() {
        const CHROME: &str = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
        for (text, browser, system) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0",
                "Firefox",
                Some("Windows"),
            ),
            (&format!("Mozilla/5.0 (X11; Linux x86_64) {CHROME}"), "Chrome", Some("Linux")),
            (
                &format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Edg/131.0.0.0"),
                "Edge",
                Some("Windows"),
            ),
            (
                &format!("Mozilla/5.0 (Linux; Android 10; K) {CHROME} SamsungBrowser/26.0"),
                "Samsung Internet",
                Some("Android"),
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
                "Safari",
                Some("macOS"),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.54",
                "WeChat",
                Some("iOS"),
            ),
            (
                "Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0 Mobile/15E148 Safari/604.1",
                "Chrome",
                Some("iPadOS"),
            ),
            ("curl/8.11.0", "curl", None),
            ("a browser", "a browser", None),
        ] {
            assert_eq!(agent(text), Some(Agent { browser: browser.into(), system }), "{text}");
        }
        assert_eq!(agent(" "), None);
        assert_eq!(agent(&"汉".repeat(200)).unwrap().browser.chars().count(), SHOWN + 1);
    }
}
