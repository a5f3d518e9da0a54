//! What a thread is, and the thread half of the visibility rule.

use diesel::prelude::*;

use super::Error;
use crate::base::actor::Actor;
use crate::base::fold::is_visible;
use crate::base::ids::{CategoryId, MemberId, PostId, ThreadId};
use crate::base::time::UtcTime;
use crate::content::categories::Readable;
use crate::content::markup;
use crate::infra::db::schema::threads;

/// What a thread is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ThreadKind {
    /// Talk.
    Discussion,
    /// Asks for an answer, of which one can be accepted.
    Question,
}

impl ThreadKind {
    /// All kinds that can be opened.
    pub const ALL: [Self; 2] = [Self::Discussion, Self::Question];

    /// The number in the database.
    pub fn code(self) -> i16 {
        match self {
            Self::Discussion => 0,
            Self::Question => 1,
        }
    }

    /// The kind of a stored number.
    pub fn from_code(code: i16) -> Self {
        if code == 1 { Self::Question } else { Self::Discussion }
    }

    /// The name in forms, the API and locale keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::Discussion => "discussion",
            Self::Question => "question",
        }
    }

    /// The kind of a name.
    pub fn parse(name: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|k| k.name() == name).ok_or(Error::KindInvalid)
    }
}

/// Whether a thread or post is listed, and if not, why. Only listed content is in lists, counts and search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// In lists, for everybody who may read the category.
    Listed,
    /// Waits for review.
    Held,
    /// Hidden by staff.
    Hidden,
    /// To be published later.
    Scheduled,
    /// Removed.
    Deleted,
}

impl State {
    /// The number in the database.
    pub fn code(self) -> i16 {
        match self {
            Self::Listed => 0,
            Self::Held => 1,
            Self::Hidden => 2,
            Self::Scheduled => 3,
            Self::Deleted => 4,
        }
    }

    /// The state of a stored number; an unknown one is hidden.
    pub fn from_code(code: i16) -> Self {
        match code {
            0 => Self::Listed,
            1 => Self::Held,
            3 => Self::Scheduled,
            4 => Self::Deleted,
            _ => Self::Hidden,
        }
    }
}

/// A title: 1 to 200 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title(String);

impl Title {
    /// Parses what somebody typed; runs of blanks become one.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let title: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let title: String = title.chars().filter(|c| !c.is_control() && !is_direction(*c)).collect();
        if !is_visible(&title) {
            return Err(Error::TitleMissing);
        }
        if title.chars().count() > 200 {
            return Err(Error::TitleTooLong);
        }
        Ok(Self(title))
    }

    /// Cuts instead of refusing: for imports.
    pub fn cut(text: &str) -> Self {
        let title: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect();
        if is_visible(&title) { Self(title) } else { Self("…".into()) }
    }

    /// The title.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Characters that turn the direction of what follows, a way to forge text.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// One thread.
#[derive(Debug, Clone, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = threads)]
pub struct Thread {
    /// Its id.
    pub id: ThreadId,
    /// Where it is filed.
    pub category_id: CategoryId,
    /// Who opened it.
    pub author_id: MemberId,
    /// Kind, as stored.
    pub kind: i16,
    /// Title.
    pub title: String,
    /// The name in its address.
    pub slug: String,
    /// Language of the first post.
    pub lang: String,
    /// State, as stored.
    pub state: i16,
    /// Was readable by everybody when it was removed.
    pub was_public: bool,
    /// Takes no more replies.
    pub closed: bool,
    /// Waits for a reply, or for an accepted answer.
    pub unanswered: bool,
    /// Opened then.
    pub created_at: UtcTime,
    /// Its content last changed then: a post, an edit, a removal.
    pub changed_at: UtcTime,
    /// Last listed post.
    pub last_post_at: UtcTime,
    /// Who wrote it.
    pub last_poster_id: MemberId,
    /// The number the next post gets.
    pub next_number: i32,
    /// Listed posts, the first included.
    pub posts: i64,
    /// Likes on its listed posts.
    pub likes: i64,
    /// Views.
    pub views: i64,
    /// Heat.
    pub heat: f64,
    /// The accepted answer.
    pub accepted_post_id: Option<PostId>,
    /// Featured since.
    pub featured_at: Option<UtcTime>,
    /// Moves with every change.
    pub version: i64,
}

/// What an actor may see of a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// All of it.
    Full,
    /// That it was removed.
    Gone,
    /// Nothing: the same as for what never was.
    Absent,
}

impl Thread {
    /// The kind.
    pub fn kind(&self) -> ThreadKind {
        ThreadKind::from_code(self.kind)
    }

    /// The state.
    pub fn state(&self) -> State {
        State::from_code(self.state)
    }

    /// The language of its title.
    pub fn title_lang(&self) -> &'static str {
        markup::title_lang(&self.title, &self.lang)
    }

    /// Replies: listed posts but the first.
    pub fn replies(&self) -> i64 {
        (self.posts - 1).max(0)
    }

    /// The last page of the thread.
    pub fn last_page(&self) -> i64 {
        crate::web::urls::page_of(self.next_number - 1)
    }

    /// The address of page `page`.
    pub fn url(&self, page: i64) -> String {
        crate::web::urls::thread(self.id, &self.slug, page)
    }

    /// The visibility rule for one thread by address.
    pub fn access(&self, actor: &Actor, readable: &Readable) -> Access {
        let may_read = readable.has(self.category_id);
        match self.state() {
            State::Listed if may_read => Access::Full,
            _ if may_read && actor.moderates(self.category_id) => Access::Full,
            State::Held | State::Scheduled if may_read && actor.id() == Some(self.author_id) => Access::Full,
            // It was public when it was removed, whatever became of its category since.
            State::Deleted if self.was_public => Access::Gone,
            _ => Access::Absent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_one_line() {
        assert_eq!(Title::parse("  a \n b ").unwrap().as_str(), "a b");
        assert_eq!(Title::parse("a\u{202e}b").unwrap().as_str(), "ab");
        assert!(matches!(Title::parse(" \u{202e} "), Err(Error::TitleMissing)));
        assert!(matches!(Title::parse(&"字".repeat(201)), Err(Error::TitleTooLong)));
        assert!(Title::parse(&"字".repeat(200)).is_ok());
    }
}
