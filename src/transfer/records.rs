//! What any forum consists of, in words no source owns. Readers produce these; the importer alone
//! turns them into rows.
//!
//! Ids are those of the source, as text, since some sources count and others name. Texts are Markdown
//! as `content::markup` reads it, with links inside the old forum kept as placeholders
//! ([`super::links`]). Numbers of posts are the source's; gaps are allowed.

use crate::base::time::UtcTime;

/// The id of a thing in the forum it comes from; unique among things of its kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ForeignId(pub String);

impl From<i64> for ForeignId {
    fn from(id: i64) -> Self {
        Self(id.to_string())
    }
}

impl std::fmt::Display for ForeignId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where threads were filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryRecord {
    /// Its id in the source.
    pub id: ForeignId,
    /// The category it is under.
    pub parent: Option<ForeignId>,
    /// Its name.
    pub name: String,
    /// Its part of the address; may be empty.
    pub slug: String,
    /// What it is for, as Markdown; may be empty.
    pub description: String,
    /// `RRGGBB`, lower case, where the source has colours.
    pub color: Option<String>,
    /// Order among its siblings, ascending.
    pub position: i64,
    /// Only some may read it; the source does not say here who.
    pub restricted: bool,
    /// Addresses it had, paths only.
    pub old_paths: Vec<String>,
}

/// What a member was trusted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MemberRole {
    /// Nothing special.
    Member,
    /// Kept order.
    Moderator,
    /// Ran the forum.
    Administrator,
}

/// A person who wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRecord {
    /// Their id in the source.
    pub id: ForeignId,
    /// The name used in mentions and addresses.
    pub handle: String,
    /// The name shown, when it differs.
    pub name: Option<String>,
    /// When they joined, where the source says so.
    pub joined_at: Option<UtcTime>,
    /// What they were trusted with.
    pub role: MemberRole,
    /// A title shown beside the name.
    pub title: Option<String>,
    /// Suspended when the data was taken.
    pub suspended: bool,
    /// Addresses of their page, paths only.
    pub old_paths: Vec<String>,
}

/// What a thread is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordKind {
    /// Talk.
    Discussion,
    /// Wants an answer.
    Question,
    /// A proposal to vote on.
    Idea,
    /// Long-form content.
    Article,
    /// From the operators.
    Announcement,
}

/// How far a pin reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinRecord {
    /// On every list, not only in its category.
    pub site_wide: bool,
    /// Until when; `None` for good.
    pub until: Option<UtcTime>,
}

/// A discussion with everything said in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadRecord {
    /// Its id in the source.
    pub id: ForeignId,
    /// Where it was filed.
    pub category: Option<ForeignId>,
    /// Its title, plain text.
    pub title: String,
    /// What it is.
    pub kind: RecordKind,
    /// Who opened it; `None` when the account is gone.
    pub author: Option<ForeignId>,
    /// When it was opened.
    pub created_at: UtcTime,
    /// How often it was read; moves the counter, never heat.
    pub views: u64,
    /// Takes no more replies.
    pub closed: bool,
    /// Takes no more changes at all.
    pub archived: bool,
    /// Held at the top.
    pub pin: Option<PinRecord>,
    /// Marked by staff as lasting.
    pub featured: bool,
    /// Left out of lists, or deleted but kept: not to be shown.
    pub hidden: bool,
    /// What it is about.
    pub tags: Vec<String>,
    /// The number of the post that answers it.
    pub accepted_number: Option<i64>,
    /// Its posts by ascending number; the first opens it.
    pub posts: Vec<PostRecord>,
    /// Addresses it had, paths only.
    pub old_paths: Vec<String>,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostRecord {
    /// Its id in the source.
    pub id: ForeignId,
    /// Its number in the thread, as in the source.
    pub number: i64,
    /// Who wrote it; `None` when the account is gone.
    pub author: Option<ForeignId>,
    /// When it was written.
    pub created_at: UtcTime,
    /// When its text last changed, if it did.
    pub edited_at: Option<UtcTime>,
    /// The text, Markdown.
    pub body: String,
    /// The number of the post it replies to.
    pub reply_to: Option<i64>,
    /// Likes, by whom is not known.
    pub likes: u32,
    /// Hidden by flags or staff.
    pub hidden: bool,
    /// Deleted but kept.
    pub deleted: bool,
    /// Written by staff about the thread (a ruling, a note), not a contribution to it.
    pub staff_note: bool,
    /// Addresses it had, paths only.
    pub old_paths: Vec<String>,
}

/// One thing read from a source. Members come before the thread in which they are first seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// A category; all come before the first thread.
    Category(CategoryRecord),
    /// A member.
    Member(MemberRecord),
    /// A thread with its posts.
    Thread(ThreadRecord),
}

/// A record that could not be read, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRecord {
    /// The file.
    pub file: String,
    /// The line in it, from 1; 1 for a file that is one record.
    pub line: u64,
    /// Path of the field, `post_stream.posts[3].created_at`.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
}

impl std::fmt::Display for BadRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        // A record that is no JSON at all, or nothing but a bare value, has no field to name.
        if !matches!(self.field.as_str(), "" | ".") {
            write!(f, ", {}", self.field)?;
        }
        write!(f, ": {}", self.problem)
    }
}

/// What was read, what was left out and why. Numbers of things, not of bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Categories given out.
    pub categories: u64,
    /// Members given out.
    pub members: u64,
    /// Threads given out.
    pub threads: u64,
    /// Posts given out.
    pub posts: u64,
    /// Likes on those posts.
    pub likes: u64,
    /// Notices the forum wrote itself ("closed this topic"), left out.
    pub notices_skipped: u64,
    /// Deleted posts, left out.
    pub deleted_skipped: u64,
    /// Private conversations and whispers among staff, left out.
    pub private_skipped: u64,
    /// Posts given out as hidden.
    pub hidden: u64,
    /// Posts without an author any more.
    pub orphans: u64,
    /// Threads whose file lists more posts than it holds.
    pub incomplete_threads: u64,
    /// Images elsewhere, kept as links to fetch later.
    pub remote_images: u64,
    /// Polls, kept as lists.
    pub polls: u64,
    /// Preview cards, kept as links.
    pub cards: u64,
    /// Players and frames, kept as links.
    pub embeds: u64,
    /// Links to threads of the old forum, kept as placeholders.
    pub internal_links: u64,
    /// Records that could not be read.
    pub bad: Vec<BadRecord>,
}

/// Why a source cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The path does not open.
    #[error("cannot read {path}")]
    Open {
        /// The path as given.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The path opens but holds nothing this reader knows.
    #[error("{path} holds no {expected}")]
    Nothing {
        /// The path as given.
        path: String,
        /// What should be there.
        expected: &'static str,
    },
}
