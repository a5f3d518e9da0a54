//! What a custom page is, and what is checked before it is written.

use diesel::prelude::*;

use super::Error;
use crate::base::fold::{fold, is_visible};
use crate::base::ids::PageId;
use crate::base::time::UtcTime;
use crate::content::markup::{self, RENDERER_VERSION, RenderContext, SafeHtml, slugify};
use crate::infra::db::Conn;
use crate::infra::db::schema::custom_pages;
use crate::infra::house::House;
use crate::people::accounts;

/// Characters of a title at most.
pub const TITLE: usize = 100;
/// Characters of an address at most.
pub const SLUG: usize = 60;
/// Characters of a description at most.
pub const DESCRIPTION: usize = 300;
/// Columns of a description that was taken from the text.
const EXCERPT: usize = 155;

/// Where a page stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// For administrators only.
    Draft,
    /// For everybody.
    Published,
    /// Taken away.
    Removed,
}

impl State {
    /// The number in the database.
    pub fn code(self) -> i16 {
        match self {
            Self::Draft => 0,
            Self::Published => 1,
            Self::Removed => 2,
        }
    }

    /// The state of a stored number; an unknown one is hidden.
    pub fn from_code(code: i16) -> Self {
        match code {
            1 => Self::Published,
            2 => Self::Removed,
            _ => Self::Draft,
        }
    }

    /// The name in forms and locale keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Removed => "removed",
        }
    }
}

/// One custom page.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = custom_pages)]
pub struct CustomPage {
    /// Its id.
    pub id: PageId,
    /// The name in its address.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What it is about, for search engines; empty for the beginning of the text.
    pub description: String,
    /// Markdown, as typed.
    pub body: String,
    /// Rendered and sanitised.
    pub html: String,
    /// Version of the renderer that made `html`.
    pub renderer: i32,
    /// Language of the text.
    pub lang: String,
    /// State, as stored.
    pub state: i16,
    /// Was readable by everybody when it was removed.
    pub was_public: bool,
    /// Counts its changes.
    pub revision: i32,
    /// When everybody could first read it.
    pub published_at: Option<UtcTime>,
    /// When what readers see last changed.
    pub changed_at: UtcTime,
}

impl CustomPage {
    /// The state.
    pub fn state(&self) -> State {
        State::from_code(self.state)
    }

    /// What it is about: as it was written, or the beginning of the text.
    pub fn about(&self) -> String {
        if !self.description.is_empty() {
            return self.description.clone();
        }
        let plain = markup::plain_text(&self.body, markup::Keep::PREVIEW).replace('\n', " ");
        markup::excerpt(plain.trim(), EXCERPT)
    }

    /// The text as HTML of the present renderer.
    pub fn rendered(&self, conn: &mut Conn, base_url: &str) -> QueryResult<SafeHtml> {
        if self.renderer == RENDERER_VERSION {
            return Ok(SafeHtml::from_stored(self.html.clone()));
        }
        render(conn, base_url, &self.body)
    }
}

/// Renders a page's text; its headings stand right below the page's own.
pub fn render(conn: &mut Conn, base_url: &str, body: &str) -> QueryResult<SafeHtml> {
    let known = accounts::store::known_handles(conn, &markup::mentions(body))?;
    let mention = |name: &str| {
        let folded = fold(name);
        known.iter().find(|(fold, _)| *fold == folded).map(|(_, handle)| handle.clone())
    };
    let context =
        RenderContext { mention: &mention, topmost: Some(2), ..RenderContext::new(base_url, "page") };
    Ok(markup::render(body, &context))
}

/// A page as typed, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) body: String,
    pub(super) state: State,
}

fn check_slug(slug: &str) -> Result<(), Error> {
    let plain = |c: char| c.is_alphanumeric() || c == '-';
    let framed = slug.starts_with('-') || slug.ends_with('-');
    if slug.is_empty()
        || slug.chars().count() > SLUG
        || !slug.chars().all(plain)
        || framed
        || slug.to_lowercase() != *slug
    {
        return Err(Error::SlugInvalid { limit: SLUG });
    }
    Ok(())
}

impl Wanted {
    /// Checks everything. An address that is left empty follows from the title.
    pub fn parse(
        title: &str,
        slug: &str,
        description: &str,
        body: &str,
        published: bool,
    ) -> Result<Self, Error> {
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        if !is_visible(&title) || title.chars().count() > TITLE || title.chars().any(char::is_control) {
            return Err(Error::TitleInvalid { limit: TITLE });
        }
        let slug = if slug.trim().is_empty() { slugify(&title) } else { slug.trim().to_owned() };
        check_slug(&slug)?;
        let description = description.split_whitespace().collect::<Vec<_>>().join(" ");
        if description.chars().count() > DESCRIPTION {
            return Err(Error::DescriptionTooLong { limit: DESCRIPTION });
        }
        let body = body.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "");
        if !is_visible(&body) {
            return Err(Error::BodyMissing);
        }
        markup::check(&body)?;
        let state = if published { State::Published } else { State::Draft };
        Ok(Self { slug, title, description, body: body.trim_end().to_owned(), state })
    }
}

/// A page ready to be stored: rendered, its language told. Made outside the write transaction.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub(super) wanted: Wanted,
    pub(super) html: String,
    pub(super) lang: &'static str,
}

impl Prepared {
    /// Looks up who is mentioned, and renders.
    pub fn new(conn: &mut Conn, house: &House, wanted: Wanted) -> QueryResult<Self> {
        let html = render(conn, &house.base_url, &wanted.body)?.into_string();
        let plain = markup::plain_text(&wanted.body, markup::Keep::PREVIEW);
        let lang = markup::detect_lang(&plain).code();
        Ok(Self { wanted, html, lang })
    }

    /// The text as it will stand on the page.
    pub fn html(&self) -> SafeHtml {
        SafeHtml::from_stored(self.html.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(title: &str, slug: &str) -> Result<Wanted, Error> {
        Wanted::parse(title, slug, " what  it is ", "Text\r\n", true)
    }

    #[test]
    fn pages_have_limits_and_an_address() {
        let page = parse(" House  rules ", "").unwrap();
        assert_eq!((page.title.as_str(), page.slug.as_str()), ("House rules", "house-rules"));
        assert_eq!((page.description.as_str(), page.body.as_str()), ("what it is", "Text"));
        assert_eq!(parse("条款", "").unwrap().slug, "条款");
        for slug in ["Rules", "a/b", "-a", "a-", "a b", "..", &"x".repeat(61)] {
            assert!(matches!(parse("x", slug), Err(Error::SlugInvalid { .. })), "{slug}");
        }
        assert!(matches!(parse("!?", ""), Err(Error::SlugInvalid { .. })), "nothing to make an address of");
        assert!(matches!(parse(" ", "x"), Err(Error::TitleInvalid { .. })));
        assert!(matches!(parse(&"x".repeat(101), "x"), Err(Error::TitleInvalid { .. })));
        assert!(matches!(Wanted::parse("x", "", "", " \n", true), Err(Error::BodyMissing)));
        let long = "x".repeat(301);
        assert!(matches!(Wanted::parse("x", "", &long, "x", true), Err(Error::DescriptionTooLong { .. })));
    }
}
