//! What a post is, and what is made ready before it is written.

use diesel::prelude::*;

use super::Error;
use crate::base::fold::fold;
use crate::base::fold::is_visible;
use crate::base::ids::{MemberId, PostId, ThreadId};
use crate::base::time::UtcTime;
use crate::content::markup::{self, RENDERER_VERSION, RenderContext};
use crate::content::threads::State;
use crate::infra::db::Conn;
use crate::infra::db::schema::posts;
use crate::infra::house::House;
use crate::people::accounts;

/// One post.
#[derive(Debug, Clone, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = posts)]
pub struct Post {
    /// Its id.
    pub id: PostId,
    /// Its thread.
    pub thread_id: ThreadId,
    /// Its place in the thread, from 1; given once.
    pub number: i32,
    /// Who wrote it.
    pub author_id: MemberId,
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
    /// The post it answers.
    pub reply_to: Option<PostId>,
    /// Likes.
    pub likes: i64,
    /// Likes that came in without names.
    pub anonymous_likes: i64,
    /// Earlier versions kept.
    pub revisions: i32,
    /// Written then.
    pub created_at: UtcTime,
    /// Last edited then.
    pub edited_at: Option<UtcTime>,
    /// Last edited by.
    pub edited_by: Option<MemberId>,
}

impl Post {
    /// The state.
    pub fn state(&self) -> State {
        State::from_code(self.state)
    }

    /// True for the post that opens the thread.
    pub fn opens(&self) -> bool {
        self.number == 1
    }
}

/// The text of a post: not empty, within the limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body(String);

impl Body {
    /// Parses what somebody typed. Line ends become `\n`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "");
        if !is_visible(&text) {
            return Err(Error::BodyMissing);
        }
        markup::check(&text)?;
        Ok(Self(text.trim_end().to_owned()))
    }

    /// Takes the text of another community, cut at a generous length instead of refused.
    pub fn imported(text: &str) -> Self {
        let text = text.replace('\0', "");
        let cut: String = text.trim().chars().take(200_000).collect();
        Self(if cut.is_empty() { "…".into() } else { cut })
    }

    /// The Markdown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text made ready to be stored: rendered, its language told. Made outside the write transaction.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// Markdown.
    pub body: String,
    /// Rendered and sanitised.
    pub html: String,
    /// Language code.
    pub lang: &'static str,
    /// Version of the renderer.
    pub renderer: i32,
}

impl Prepared {
    /// Looks up who is mentioned, and renders.
    pub fn new(conn: &mut Conn, house: &House, body: &Body) -> QueryResult<Self> {
        let handles = markup::mentions(body.as_str());
        let known = accounts::store::known_handles(conn, &handles)?;
        let mention = |name: &str| {
            let folded = fold(name);
            known.iter().find(|(fold, _)| *fold == folded).map(|(_, handle)| handle.clone())
        };
        let key = house.random.public_id();
        let key = key.get(..8).unwrap_or(&key);
        let context = RenderContext { mention: &mention, ..RenderContext::new(&house.base_url, key) };
        let html = markup::render(body.as_str(), &context).into_string();
        let plain = markup::plain_text(body.as_str(), markup::Keep::PREVIEW);
        let lang = markup::detect_lang(&plain).code();
        Ok(Self { body: body.as_str().to_owned(), html, lang, renderer: RENDERER_VERSION })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_not_empty_and_not_endless() {
        assert!(matches!(Body::parse(" \r\n "), Err(Error::BodyMissing)));
        assert_eq!(Body::parse("a\r\nb\0 ").unwrap().as_str(), "a\nb");
        assert!(matches!(Body::parse(&"字".repeat(32_001)), Err(Error::Markup(_))));
    }
}
