//! What goes into the index: posts, and a head for each thread.

use crate::base::ids::{CategoryId, MemberId, PostId, ThreadId};
use crate::base::time::UtcTime;
use crate::reach::search::query::{Has, Mark};

/// A post as the index takes it. Only posts that are listed belong here: nothing deleted, hidden, held or scheduled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostDocument {
    /// Which post.
    pub post: PostId,
    /// The thread it stands in.
    pub thread: ThreadId,
    /// Who wrote it.
    pub author: MemberId,
    /// When it was written.
    pub created_at: UtcTime,
    /// Whether only some readers may see it.
    pub restricted: bool,
    /// Whether it is the accepted answer of its thread.
    pub accepted: bool,
    /// Whether its author speaks with authority: staff or an expert.
    pub authority: bool,
    /// Likes it has.
    pub likes: u64,
    /// What it contains besides words.
    pub has: Vec<Has>,
    /// The post as plain text, without markup and code blocks.
    pub body: String,
    /// Its code blocks.
    pub code: String,
}

/// The bit of an accepted answer among those of [`Has`].
pub(super) const ACCEPTED: u64 = 1 << 16;
/// The bit of an author with authority.
pub(super) const AUTHORITY: u64 = 1 << 17;
/// The bit of a post that repeats itself.
pub(super) const REPEATS: u64 = 1 << 18;

impl PostDocument {
    /// What it has, a bit each.
    pub(super) fn has_bits(&self) -> u64 {
        let has = self.has.iter().fold(0, |bits, has| bits | has.bit());
        has | if self.accepted { ACCEPTED } else { 0 } | if self.authority { AUTHORITY } else { 0 }
    }
}

/// A thread as the index takes it, put again whenever any of this changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// The thread.
    pub thread: ThreadId,
    /// The category it is filed in.
    pub category: CategoryId,
    /// Whether only some readers may see it.
    pub restricted: bool,
    /// Its title.
    pub title: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// What it is.
    pub marks: Vec<Mark>,
    /// When it was opened.
    pub created_at: UtcTime,
    /// When it was last written in.
    pub last_at: UtcTime,
    /// Its heat, as stored: the logarithm (base 2) of the sum that decays.
    pub heat: f64,
}

impl Head {
    /// Its marks, a bit each.
    pub(super) fn mark_bits(&self) -> u64 {
        self.marks.iter().fold(0, |bits, mark| bits | mark.bit())
    }
}

/// Changes to take in together. Threads and posts are removed first, then what is put is added or replaced. A post
/// or a head stands in it once, as it is now.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// Posts to add or replace; wherever they were before, they move to where they belong now.
    pub put: Vec<PostDocument>,
    /// Heads to add or replace.
    pub heads: Vec<Head>,
    /// Posts to remove.
    pub remove_posts: Vec<PostId>,
    /// Threads to remove with their heads and all their posts.
    pub remove_threads: Vec<ThreadId>,
}
