//! What machines read in a page's head: title, description, canonical address, cards, feeds, structured data.

use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use crate::base::time::UtcTime;
use crate::web::shell::Shell;

/// Columns of a title that search engines show (a Han character takes two).
const TITLE: usize = 65;

/// Structured data, ready for a `<script>` element: nothing in it can end the element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonLd(String);

impl JsonLd {
    /// A document of schema.org.
    pub fn new(mut document: Value) -> Self {
        if let Some(map) = document.as_object_mut() {
            map.insert("@context".into(), "https://schema.org".into());
        }
        let text = document.to_string();
        Self(text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026"))
    }
}

impl std::fmt::Display for JsonLd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for JsonLd {}

/// The head of a page.
#[derive(Debug, Clone)]
pub struct Head {
    /// The whole `<title>`.
    pub title: String,
    /// `og:title`: without the site's name.
    pub name: String,
    /// One or two sentences.
    pub description: String,
    /// The path of the page's one address; nothing for a variant that is for people only.
    pub canonical: Option<String>,
    /// For search engines to keep.
    pub index: bool,
    /// `og:type`.
    pub kind: &'static str,
    /// Address of the page's feed, with its title.
    pub feed: Option<(String, String)>,
    /// First published.
    pub published: Option<UtcTime>,
    /// Last changed.
    pub modified: Option<UtcTime>,
    /// Structured data.
    pub data: Vec<JsonLd>,
}

impl Head {
    /// The head of the page `name` at `canonical`.
    pub fn new(shell: &Shell, name: &str, description: &str, canonical: &str) -> Self {
        Self {
            title: title(name, &shell.site),
            name: name.to_owned(),
            description: description.to_owned(),
            canonical: Some(canonical.to_owned()),
            index: true,
            kind: "website",
            feed: None,
            published: None,
            modified: None,
            data: Vec::new(),
        }
    }

    /// For search engines only when `index`; a page that is not has no canonical address either.
    #[must_use]
    pub fn indexed(mut self, index: bool) -> Self {
        self.index = index;
        if !index {
            self.canonical = None;
        }
        self
    }

    /// With a feed.
    #[must_use]
    pub fn fed(mut self, title: String, url: String) -> Self {
        self.feed = Some((title, url));
        self
    }

    /// With a feed, if there is one.
    #[must_use]
    pub fn maybe_fed(mut self, feed: Option<(String, String)>) -> Self {
        self.feed = feed;
        self
    }

    /// With structured data, if the page is for search engines at all.
    #[must_use]
    pub fn with(mut self, data: impl IntoIterator<Item = Value>) -> Self {
        if self.index {
            self.data.extend(data.into_iter().map(JsonLd::new));
        }
        self
    }
}

/// `name · site`, or the name alone where both are too wide.
fn title(name: &str, site: &str) -> String {
    if name.width() + site.width() + 3 <= TITLE { format!("{name} · {site}") } else { name.to_owned() }
}

/// schema.org's path to a page: `crumbs` are (name, absolute address), the last is the page itself.
pub fn breadcrumbs(crumbs: &[(String, String)]) -> Value {
    let items: Vec<Value> = crumbs
        .iter()
        .enumerate()
        .map(|(n, (name, url))| {
            serde_json::json!({ "@type": "ListItem", "position": n + 1, "name": name, "item": url })
        })
        .collect();
    serde_json::json!({ "@type": "BreadcrumbList", "itemListElement": items })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_structured_data_ends_its_element() {
        let text = JsonLd::new(serde_json::json!({ "name": "</script><b>&amp;" })).to_string();
        assert!(!text.contains('<') && !text.contains('>') && !text.contains('&'), "{text}");
        let back: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(back["name"], "</script><b>&amp;");
        assert_eq!(back["@context"], "https://schema.org");
    }

    #[test]
    fn a_wide_title_does_without_the_site() {
        assert_eq!(title("Short", "Forum"), "Short · Forum");
        let wide = "字".repeat(30);
        assert_eq!(title(&wide, "Forum 123"), wide);
    }
}
