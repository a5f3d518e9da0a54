//! Markdown in, safe HTML out, at the time of writing; and the plain words of a post.
//!
//! The dialect is CommonMark with tables, task lists, strikethrough and footnotes, and on top of it:
//!
//! | written | means |
//! |---|---|
//! | `@handle` | mentions a member; outside code, links and quotes |
//! | `https://…` | a link, also without angle brackets |
//! | `:rocket:` | an emoji by its short name |
//! | <code>&#124;&#124;words&#124;&#124;</code> | a spoiler in a line (`[spoiler]words[/spoiler]` too) |
//! | `[spoiler]` … `[/spoiler]`, each alone on a line | a spoiler around blocks |
//! | `[details="title"]` … `[/details]`, each alone on a line | a folded section |
//! | `> [@handle](/p/1):` as the first line of a quote | says who is quoted ([`quote`]) |
//! | `![alt`<code>&#124;</code>`690x388](/uploads/…)` | an image with its size in pixels |
//! | `<kbd>` `<sub>` `<sup>` `<u>` `<br>` | these, without attributes |
//!
//! Other raw HTML is shown as it was typed: nothing an author wrote is lost and nothing runs. HTML
//! comments are dropped. A line break is a line break, since members press Enter and mean it.
//! Headings move down by two, below the page's own (or to where [`RenderContext::topmost`] says). Images elsewhere become links until they have
//! been fetched into `/uploads/`. Nesting beyond the [`limits`] is shown flat.
//!
//! This room does no I/O: who may be mentioned and which images have been fetched is asked of the
//! caller through [`RenderContext`].

mod beside_han;
mod build;
pub mod emoji;
mod folds;
mod inline;
mod lang;
pub mod limits;
mod line;
mod links;
mod mentioned;
mod mentions;
mod outline;
mod plain;
mod quotable;
mod quotes;
mod sanitize;
mod slug;
mod source;
mod tree;
mod write;

#[cfg(test)]
mod safety_tests;
#[cfg(test)]
mod tests;

pub use lang::{Lang, detect_lang, known_lang, title_lang};
pub use limits::{MarkupError, Stats};
pub use line::{Piece, line};
pub use outline::{Outline, check, mentions, outline};
pub use plain::{Keep, excerpt, plain_text, prose_and_code};
pub use quotable::quotable;
pub use quotes::quote;
pub use slug::slugify;

/// Raised whenever the same text would render differently; stored HTML of an older version is
/// rendered anew by a job.
pub const RENDERER_VERSION: i32 = 4;

/// HTML that went through the allow list. Templates print only this type unescaped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SafeHtml(String);

impl SafeHtml {
    /// Takes back what [`render`] gave and the database kept. For rows only, never for input.
    pub fn from_stored(html: String) -> Self {
        Self(html)
    }

    /// The HTML.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The HTML, to store.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl std::fmt::Display for SafeHtml {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Words the renderer adds, in the language of the post.
#[derive(Debug, Clone, Copy)]
pub struct Labels<'a> {
    /// Summary of a folded spoiler.
    pub spoiler: &'a str,
    /// Summary of a folded section without a title.
    pub details: &'a str,
    /// Summary of quotes nested too deeply to show.
    pub earlier: &'a str,
    /// Name of an image that has none.
    pub image: &'a str,
}

impl Default for Labels<'_> {
    fn default() -> Self {
        Self { spoiler: "Spoiler", details: "Details", earlier: "Earlier quotes", image: "Image" }
    }
}

/// Looks something up by name.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What rendering needs to know about the world.
#[derive(Clone, Copy)]
pub struct RenderContext<'a> {
    /// Address of this site, `https://forum.example`; links to it are internal.
    pub base_url: &'a str,
    /// Unique for each post of a page; keeps footnotes of different posts apart. Letters, digits, `-`.
    pub post_key: &'a str,
    /// The canonical handle of the member a mention names, `None` when there is no such member.
    pub mention: Lookup<'a>,
    /// The `/uploads/…` path of a remote image that has been fetched.
    pub rehosted: Option<Lookup<'a>>,
    /// Words the renderer adds.
    pub labels: Labels<'a>,
    /// The level of the highest heading, whatever was written, where the text is the page's own; otherwise
    /// headings stand two below what is written.
    pub topmost: Option<u8>,
}

impl<'a> RenderContext<'a> {
    /// A context in which nobody can be mentioned and no image has been fetched.
    pub fn new(base_url: &'a str, post_key: &'a str) -> Self {
        Self {
            base_url,
            post_key,
            mention: &|_| None,
            rehosted: None,
            labels: Labels::default(),
            topmost: None,
        }
    }
}

impl std::fmt::Debug for RenderContext<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RenderContext").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

/// Renders a post. Never fails; time and size are linear in the text.
pub fn render(md: &str, context: &RenderContext<'_>) -> SafeHtml {
    SafeHtml(sanitize::clean(&write::html(&build::document(md), context)))
}
