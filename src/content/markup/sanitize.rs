//! The allow list, applied to everything the writer produced: a second, independent wall.
//!
//! It knows nothing of Markdown. Should the writer ever let an author's markup through, only these
//! elements and attributes survive, with no style, no script and no id of the author's choosing.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use super::build::is_language;
use super::links::is_upload;
use super::write::LINK_REL;

const TAGS: [&str; 39] = [
    "a",
    "blockquote",
    "br",
    "cite",
    "code",
    "del",
    "details",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "img",
    "input",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "section",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
    "b",
    "i",
    "s",
];

/// Class names that may stand on each element; `code` has its own rule.
const CLASSES: [(&str, &[&str]); 9] = [
    ("a", &["mention", "remote-image"]),
    ("details", &["spoiler", "earlier"]),
    ("p", &["quote-by"]),
    ("section", &["notes"]),
    ("span", &["spoiler", "link-host"]),
    ("sup", &["note-ref"]),
    ("td", &["center", "right"]),
    ("th", &["center", "right"]),
    ("code", &[]),
];

const ATTRIBUTES: [(&str, &[&str]); 14] = [
    ("a", &["href", "rel", "class", "id"]),
    ("code", &["class"]),
    ("details", &["class"]),
    ("img", &["src", "alt", "width", "height", "loading"]),
    ("input", &["type", "disabled", "checked", "aria-label"]),
    ("li", &["id"]),
    ("ol", &["start"]),
    ("p", &["class"]),
    ("section", &["class"]),
    ("span", &["class", "tabindex"]),
    ("sup", &["class"]),
    ("td", &["class"]),
    ("th", &["class"]),
    ("ul", &[]),
];

static SANITIZER: LazyLock<Builder<'static>> = LazyLock::new(sanitizer);

/// For texts with something from right to left in them: each block finds its own side, and its marks go with it.
static EITHER_WAY: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = sanitizer();
    for tag in ["blockquote", "details", "ol", "table", "ul"] {
        builder.set_tag_attribute_value(tag, "dir", "auto");
    }
    builder
});

fn sanitizer() -> Builder<'static> {
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(TAGS))
        .clean_content_tags(HashSet::from(["script", "style"]))
        .tag_attributes(
            ATTRIBUTES.iter().map(|(tag, names)| (*tag, names.iter().copied().collect())).collect(),
        )
        .set_tag_attribute_value("input", "type", "checkbox")
        .set_tag_attribute_value("input", "disabled", "")
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None)
        .attribute_filter(attribute);
    builder
}

fn attribute<'v>(tag: &str, name: &str, value: &'v str) -> Option<Cow<'v, str>> {
    let fits = match (tag, name) {
        ("code", "class") => value.strip_prefix("language-").is_some_and(is_language),
        (_, "class") => CLASSES.iter().any(|(t, names)| *t == tag && names.contains(&value)),
        (_, "id") => value.starts_with("u-"),
        (_, "rel") => value == LINK_REL,
        ("img", "src") => is_upload(value),
        ("img", "loading") => value == "lazy",
        ("img", "width" | "height") => value.parse::<u32>().is_ok(),
        ("ol", "start") => value.parse::<u64>().is_ok(),
        ("span", "tabindex") => value == "0",
        ("a", "href") => !value.starts_with("//") && !value.starts_with("/\\"),
        _ => true,
    };
    fits.then_some(Cow::Borrowed(value))
}

/// Keeps what the allow list knows.
pub(super) fn clean(html: &str) -> String {
    let sanitizer = if html.chars().any(reads_leftwards) { &EITHER_WAY } else { &SANITIZER };
    sanitizer.clean(html).to_string()
}

/// Whether `c` belongs to a script that is written from right to left, by the blocks that Unicode keeps for them.
fn reads_leftwards(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn blocks_find_their_side_where_something_reads_leftwards() {
        for (html, left) in [
            ("<p>x</p><ul><li>y</li></ul>", "<p>x</p><ul><li>y</li></ul>"),
            ("<p>שלום</p><ul><li>y</li></ul>", "<p>שלום</p><ul dir=\"auto\"><li>y</li></ul>"),
            (
                "<blockquote dir=\"ltr\"><p>سلام</p></blockquote>",
                "<blockquote dir=\"auto\"><p>سلام</p></blockquote>",
            ),
        ] {
            assert_eq!(clean(html), left, "{html}");
        }
    }

    #[test]
    fn markup_that_slipped_past_the_writer_is_stopped_here() {
        for (html, left) in [
            ("<p style=\"position:fixed\" class=\"x\" id=\"top\" onclick=\"a()\">x</p>", "<p>x</p>"),
            ("<script>alert(1)</script>x", "x"),
            ("<a href=\"javascript:x\">x</a>", "<a>x</a>"),
            ("<a href=\"//evil.example\">x</a>", "<a>x</a>"),
            ("<img src=\"https://evil.example/a.png\" alt=\"x\">", "<img alt=\"x\">"),
            ("<svg><a xlink:href=\"javascript:x\">x</a></svg>", ""),
            ("<input type=\"password\" name=\"p\">", "<input type=\"checkbox\" disabled=\"\">"),
            ("<form action=\"/x\"><button>x</button></form>", "x"),
        ] {
            assert_eq!(clean(html), left, "{html}");
        }
    }
}
