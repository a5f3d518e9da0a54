//! Handles in any script, unique after folding case, script and look-alikes.

use unicode_normalization::UnicodeNormalization;
use unicode_security::{RestrictionLevel, RestrictionLevelDetection};

use super::Error;
use crate::base::fold::fold;

/// Handles that would be mistaken for the house itself.
const RESERVED: [&str; 22] = [
    "admin",
    "administrator",
    "root",
    "system",
    "hearth",
    "moderator",
    "operator",
    "staff",
    "support",
    "me",
    "api",
    "null",
    "undefined",
    "everyone",
    "all",
    "here",
    "deleted",
    "anonymous",
    "guest",
    "管理员",
    "官方",
    "客服",
];

/// A member's name in addresses and mentions: 2 to 20 columns wide (a Han character is two columns).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handle {
    text: String,
    fold: String,
    key: String,
}

impl Handle {
    /// Parses what somebody typed.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let handle = Self::shape(text)?;
        if RESERVED.iter().any(|r| skeleton(r) == handle.key) {
            return Err(Error::HandleTaken);
        }
        Ok(handle)
    }

    /// Parses without the reserved list, for imports and the demo.
    pub fn shape(text: &str) -> Result<Self, Error> {
        let text: String = text.trim().trim_start_matches('@').nfkc().collect();
        let width: usize = text.chars().map(|c| if c >= '\u{1100}' { 2 } else { 1 }).sum();
        let letters = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        let ends = text.chars().next().zip(text.chars().last());
        let framed = ends.is_some_and(|(a, z)| a.is_alphanumeric() && z.is_alphanumeric());
        if !(2..=20).contains(&width) || !text.chars().all(letters) || !framed || text.contains("..") {
            return Err(Error::HandleInvalid);
        }
        if text.detect_restriction_level() > RestrictionLevel::HighlyRestrictive {
            return Err(Error::HandleMixed);
        }
        Ok(Self { fold: fold(&text), key: skeleton(&text), text })
    }

    /// As typed, NFKC.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Folded case, width and script: for finding by name.
    pub fn fold(&self) -> &str {
        &self.fold
    }

    /// The confusable skeleton of the fold: the unique key.
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// What a handle looks like at a glance (Unicode TS 39): as it is written (capital i for l), and folded.
fn skeleton(text: &str) -> String {
    let written: String = unicode_security::skeleton(text).collect();
    let folded: String = unicode_security::skeleton(&fold(&written)).collect();
    fold(&folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_script_is_welcome() {
        for good in ["ada", "林间", "小王Tom", "Ольга", "kevin_2", "a-b.c", "さくら"] {
            assert!(Handle::parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn look_alikes_share_a_key() {
        let key = |t: &str| Handle::shape(t).unwrap().key().to_owned();
        assert_eq!(key("bob1"), key("bobl"));
        assert_eq!(key("pauI"), key("paul"), "a capital i");
        assert_eq!(key("發展"), key("发展"), "either script");
        assert_eq!(key("Ａｄａ"), key("ada"), "full width");
        assert_ne!(key("ada"), key("adam"));
    }

    #[test]
    fn odd_handles_are_refused() {
        let long = "汉".repeat(11);
        for bad in ["a", "", "-ab", "ab-", "a b", "a/b", "abcdefghijklmnopqrstu", "a..b", &long, "a\u{202e}b"]
        {
            assert!(Handle::parse(bad).is_err(), "{bad}");
        }
        assert!(matches!(Handle::parse("аdmin2"), Err(Error::HandleMixed)), "Cyrillic a among Latin");
        assert!(matches!(Handle::parse("管理員"), Err(Error::HandleTaken)));
        assert!(matches!(Handle::parse("Admin"), Err(Error::HandleTaken)));
    }
}
