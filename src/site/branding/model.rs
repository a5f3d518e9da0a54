//! What makes the site look like its owner's.

use serde::{Deserialize, Serialize};

use super::colour::Colour;
use super::error::Error;
use super::fonts::{self, Family};
use super::palette::{self, Mode, Palette};

/// Links in the menu and in the footer at most.
pub const LINKS: usize = 8;
/// Characters of a link's label, and of its address.
const LABEL: usize = 40;
const ADDRESS: usize = 500;

/// The colour of a site whose owner chose none.
pub const DEFAULT_COLOUR: Colour = Colour::rgb(0x2f, 0x6f, 0x6b);

/// A link of the owner's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What it says.
    pub label: String,
    /// Where it leads: a path of this site, or an https or mailto address.
    pub url: String,
}

impl Link {
    /// Checks both halves.
    pub fn parse(label: &str, url: &str) -> Result<Self, Error> {
        let (label, url) = (label.trim(), url.trim());
        if label.is_empty() || label.chars().count() > LABEL || label.chars().any(char::is_control) {
            return Err(Error::Label { limit: LABEL });
        }
        if url.is_empty() {
            return Err(Error::AddressMissing);
        }
        let inside = url.starts_with('/') && !url.starts_with("//") && !url.contains('\\');
        let outside = url::Url::parse(url).is_ok_and(|u| matches!(u.scheme(), "https" | "http" | "mailto"));
        if url.chars().count() > ADDRESS
            || url.chars().any(|c| c.is_control() || c == ' ')
            || !(inside || outside)
        {
            return Err(Error::Address(url.to_owned()));
        }
        Ok(Self { label: label.to_owned(), url: url.to_owned() })
    }
}

/// The brand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brand {
    /// The one colour that all others follow from.
    pub colour: Colour,
    /// The built-in font stack.
    pub family: Family,
    /// Families tried before it.
    pub own_fonts: Vec<String>,
    /// Links in the menu.
    pub menu: Vec<Link>,
    /// Links in the footer.
    pub footer: Vec<Link>,
    /// Key of the uploaded logo, when there is one.
    pub logo: Option<String>,
    /// Key of the uploaded icon, when there is one of its own.
    pub icon: Option<String>,
}

impl Default for Brand {
    fn default() -> Self {
        Self {
            colour: DEFAULT_COLOUR,
            family: Family::default(),
            own_fonts: Vec::new(),
            menu: Vec::new(),
            footer: Vec::new(),
            logo: None,
            icon: None,
        }
    }
}

impl Brand {
    /// What words and signs in its colour look like on light pages and on dark ones, where they have to be read.
    pub fn words(&self) -> [Colour; 2] {
        [Mode::Light, Mode::Dark]
            .map(|mode| Palette::of(self.colour, mode).get("accent").unwrap_or(self.colour))
    }

    /// The style sheet that follows from it.
    pub fn css(&self) -> String {
        [palette::css(self.colour), fonts::css(self.family, &self.own_fonts)].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_here_or_to_the_web() {
        for (label, url) in [
            ("Shop", "https://shop.example/a?b=1"),
            ("Rules", "/pages/rules"),
            ("Mail", "mailto:a@b.example"),
        ] {
            assert!(Link::parse(label, url).is_ok(), "{url}");
        }
        for url in [
            "",
            "shop",
            "//evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "/a b",
            "/a\nb",
        ] {
            assert!(Link::parse("x", url).is_err(), "{url:?}");
        }
        assert!(Link::parse(" ", "/").is_err());
        assert!(Link::parse(&"x".repeat(41), "/").is_err());
    }
}
