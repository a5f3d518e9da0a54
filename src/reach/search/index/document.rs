//! What goes into the index: a post with everything it may be found by.

use crate::base::ids::{CategoryId, MemberId, PostId, ThreadId};
use crate::base::time::UtcTime;
use crate::reach::search::query::Mark;

/// A post as the index takes it. Only posts that are listed belong here: nothing deleted, hidden, held or scheduled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostDocument {
    /// Which post.
    pub post: PostId,
    /// The thread it stands in.
    pub thread: ThreadId,
    /// The category the thread is filed in.
    pub category: CategoryId,
    /// Who wrote it.
    pub author: MemberId,
    /// The author's handle.
    pub author_handle: String,
    /// Place in the thread; 1 opens it.
    pub number: i64,
    /// When it was written.
    pub created_at: UtcTime,
    /// Whether only some readers may see it.
    pub restricted: bool,
    /// Whether it is the accepted answer of its thread.
    pub accepted: bool,
    /// The title of its thread. A reply is found by its thread's title too, at little weight: when a title changes,
    /// every post of the thread is put again.
    pub thread_title: String,
    /// The post as plain text, without markup.
    pub body: String,
    /// Tags of the thread; looked at on the opening post only.
    pub tags: Vec<String>,
    /// What the thread is; looked at on the opening post only.
    pub marks: Vec<Mark>,
}

impl PostDocument {
    /// Whether it opens its thread.
    pub fn is_opening(&self) -> bool {
        self.number == 1
    }
}

/// Changes to take in together. Threads and posts are removed first, then `put` is added or replaced. A post stands
/// in `put` once, as it is now.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// Posts to add or replace; wherever they were before, they move to where they belong now.
    pub put: Vec<PostDocument>,
    /// Posts to remove.
    pub remove_posts: Vec<PostId>,
    /// Threads to remove with all their posts.
    pub remove_threads: Vec<ThreadId>,
}
