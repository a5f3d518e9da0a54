//! What an activity is.

use crate::base::ids::{CategoryId, MemberId, PostId, ThreadId};
use crate::base::time::UtcTime;

macro_rules! verbs {
    ($($(#[$doc:meta])* $name:ident = $text:literal),+ $(,)?) => {
        /// What happened, in the past tense.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Verb { $($(#[$doc])* $name),+ }

        impl Verb {
            /// The name in the database.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }

            /// The verb of a stored name; `None` when a newer release wrote it.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

verbs! {
    /// An account was made.
    MemberJoined = "member.joined",
    /// A name or a role changed.
    MemberChanged = "member.changed",
    /// A handle changed.
    MemberRenamed = "member.renamed",
    /// A member reached another level, or fell back to one.
    MemberLevelled = "member.levelled",
    /// An account was suspended.
    MemberSuspended = "member.suspended",
    /// A suspension ended.
    MemberUnsuspended = "member.unsuspended",
    /// A category was made, changed or moved.
    CategoryChanged = "category.changed",
    /// A thread was opened, with its first post.
    ThreadCreated = "thread.created",
    /// A title, kind, category or set of tags changed, or a thread was closed or reopened.
    ThreadChanged = "thread.changed",
    /// A thread was removed.
    ThreadDeleted = "thread.deleted",
    /// A removed thread came back.
    ThreadRestored = "thread.restored",
    /// A reply was written.
    PostCreated = "post.created",
    /// A post was edited.
    PostEdited = "post.edited",
    /// A post was removed.
    PostDeleted = "post.deleted",
    /// A removed post came back.
    PostRestored = "post.restored",
    /// A post was liked; `member_id` is the post's author.
    PostLiked = "post.liked",
    /// A like was taken back; `member_id` is the post's author.
    PostUnliked = "post.unliked",
    /// A post was accepted as the answer; `member_id` is its author.
    AnswerAccepted = "answer.accepted",
    /// An accepted answer was given up; `member_id` is its author.
    AnswerUnaccepted = "answer.unaccepted",
    /// A thread was pinned.
    ThreadPinned = "thread.pinned",
    /// A pin was taken off.
    ThreadUnpinned = "thread.unpinned",
    /// A thread was marked as featured.
    ThreadFeatured = "thread.featured",
    /// A thread is no longer featured.
    ThreadUnfeatured = "thread.unfeatured",
    /// A custom page was made, changed, removed or brought back.
    PageChanged = "page.changed",
    /// The search was taught synonyms or words, or forgot them.
    VocabularyChanged = "vocabulary.changed",
    /// Branding, notice or another setting changed.
    SiteChanged = "site.changed",
}

impl Verb {
    /// True for what changes the frame of every page, or else what nodes remember between requests: settings,
    /// categories, the words of the search.
    pub fn frames(self) -> bool {
        matches!(self, Self::SiteChanged | Self::CategoryChanged | Self::VocabularyChanged)
    }
}

/// Where an activity comes from. Imports move counters, heat and the index, never mail or pushes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Origin {
    /// A person did it just now.
    #[default]
    Live,
    /// It came in with another community.
    Import,
    /// Hearth did it by itself.
    System,
}

impl Origin {
    /// The number in the database.
    pub fn code(self) -> i16 {
        match self {
            Self::Live => 0,
            Self::Import => 1,
            Self::System => 2,
        }
    }

    /// The origin of a stored number.
    pub fn from_code(code: i16) -> Self {
        match code {
            1 => Self::Import,
            2 => Self::System,
            _ => Self::Live,
        }
    }
}

/// An activity about to be recorded. The payload holds ids and numbers, never text or personal data.
#[derive(Debug, Clone)]
pub struct NewActivity {
    /// What happened.
    pub verb: Verb,
    /// Who did it, if a person did.
    pub actor: Option<MemberId>,
    /// The other member it concerns.
    pub member: Option<MemberId>,
    /// The thread it concerns.
    pub thread: Option<ThreadId>,
    /// The post it concerns.
    pub post: Option<PostId>,
    /// The category it concerns.
    pub category: Option<CategoryId>,
    /// Where it comes from.
    pub origin: Origin,
    /// When it happened.
    pub at: UtcTime,
    /// Further ids and numbers.
    pub payload: serde_json::Value,
}

impl NewActivity {
    /// An activity of `verb` at `at` by nobody about nothing; fill in the rest.
    pub fn new(verb: Verb, at: UtcTime) -> Self {
        Self {
            verb,
            actor: None,
            member: None,
            thread: None,
            post: None,
            category: None,
            origin: Origin::Live,
            at,
            payload: serde_json::Value::Null,
        }
    }

    /// Sets who did it.
    #[must_use]
    pub fn by(mut self, actor: MemberId) -> Self {
        self.actor = Some(actor);
        self
    }

    /// Sets the other member concerned.
    #[must_use]
    pub fn to(mut self, member: MemberId) -> Self {
        self.member = Some(member);
        self
    }

    /// Sets the thread and its category.
    #[must_use]
    pub fn on(mut self, thread: ThreadId, category: CategoryId) -> Self {
        self.thread = Some(thread);
        self.category = Some(category);
        self
    }

    /// Sets the post.
    #[must_use]
    pub fn post(mut self, post: PostId) -> Self {
        self.post = Some(post);
        self
    }

    /// Sets the origin.
    #[must_use]
    pub fn from(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// Sets further ids and numbers.
    #[must_use]
    pub fn with(mut self, payload: serde_json::Value) -> Self {
        self.payload = payload;
        self
    }
}

/// A numbered activity, as readers see it.
#[derive(Debug, Clone)]
pub struct Activity {
    /// Place in the log, dense, from 1.
    pub seq: i64,
    /// What happened; `None` when a newer release wrote it.
    pub verb: Option<Verb>,
    /// Who did it.
    pub actor: Option<MemberId>,
    /// The other member it concerns.
    pub member: Option<MemberId>,
    /// The thread it concerns.
    pub thread: Option<ThreadId>,
    /// The post it concerns.
    pub post: Option<PostId>,
    /// The category it concerns.
    pub category: Option<CategoryId>,
    /// Where it comes from.
    pub origin: Origin,
    /// When it happened.
    pub at: UtcTime,
    /// When it was written down here; later than `at` for imports.
    pub recorded: UtcTime,
    /// Further ids and numbers.
    pub payload: serde_json::Value,
}
