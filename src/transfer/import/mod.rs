//! Takes a community in: any iterator of [`records`](super::records) becomes rows, through the services of the
//! rooms that own them, with activities of origin `import`.
//!
//! **Safe to stop and to run again.** A thread, its posts and their rows in `import_map` are one transaction;
//! what the map holds is passed over. So a second run changes nothing, and one that was killed goes on.
//!
//! **Ids** of categories, threads and posts are kept when there are none here at the first run ([`map::Keep`]);
//! the databases' own counting is moved past them before they are used, and one that is taken meanwhile gives
//! way to a new one. Members always get new ids.
//!
//! **Links and mentions** may point at what has not been read yet. Posts that hold any are stored with
//! [`UNFINISHED`](crate::content::posts::bulk::UNFINISHED) for a renderer and are rewritten and rendered once
//! everything is here (`finish`); a run that was stopped before that leaves them for the next.
//!
//! **Pace.** Texts are rendered outside the write transactions, some two hundred posts at a time, while the
//! batch before is being written.
//!
//! **Again.** A later state of the source brings what is new: threads, and posts of threads that are here (with
//! their numbers, unless somebody here has taken them). What was here stays as it is: posts that were moved to
//! another thread since, changed or removed are left alone. One run of a source at a time, by a lease.

mod batch;
mod finish;
pub mod map;
mod people;
mod run;

pub use people::UNKNOWN_CATEGORY;
pub use run::run;

use crate::content::{categories, posts};
use crate::infra::db::DbError;
use crate::people::accounts;
use crate::room_error;

/// How to import.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Only so many threads of the source, from its start, here already or not; then the run stops as if
    /// interrupted. So the same limit again changes nothing, and a greater one goes on.
    pub limit: Option<u64>,
    /// Reads, converts and counts; writes nothing.
    pub dry_run: bool,
    /// How many threads the source has, where that is known: for the progress bar.
    pub total: Option<u64>,
    /// The old forum's address, without a slash at the end: where links to what never came go on leading.
    pub home: Option<String>,
    /// Who holds the lease on the source: a name that only one living process uses. Chance makes one up.
    pub holder: Option<String>,
}

/// What a run is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Taking in threads.
    Threads,
    /// Putting the new addresses into links, and the members into mentions, of posts.
    Links,
}

/// Is told how far a run has come; called from the thread that writes.
pub trait Progress: Sync {
    /// `done` of `total` things (threads, or posts to finish); no total where nobody knows.
    fn step(&self, stage: Stage, done: u64, total: Option<u64>);
}

/// Tells nobody.
impl Progress for () {
    fn step(&self, _: Stage, _: u64, _: Option<u64>) {}
}

/// What a run did. What was read, and what could not be, is in the reader's own report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Categories made.
    pub categories: u64,
    /// Members made.
    pub members: u64,
    /// Threads taken in.
    pub threads: u64,
    /// Posts taken in.
    pub posts: u64,
    /// Anonymous likes taken in.
    pub likes: u64,
    /// Threads that were here already.
    pub known_threads: u64,
    /// Threads that were here already and got posts which came later.
    pub grown_threads: u64,
    /// Posts of new threads that stand elsewhere here and were left there.
    pub moved_posts: u64,
    /// Members who could not keep their handle.
    pub renamed: u64,
    /// Posts whose author's account was gone.
    pub orphans: u64,
    /// Threads filed nowhere, or in a category that the source does not tell about.
    pub unfiled: u64,
    /// Those of them that are in a private category now, since nobody said who may read theirs.
    pub shelved: u64,
    /// The limit ended the run before the source did.
    pub limited: bool,
    /// Posts whose links or mentions were put right.
    pub finished: u64,
    /// Posts that still wait for that, because the run was limited.
    pub unfinished: u64,
    /// The ids of threads were kept.
    pub kept_ids: bool,
    /// Records that could not be taken in, and why.
    pub problems: Vec<String>,
}

/// Why an import stopped. What was written stands; run it again to go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An account could not be made.
    #[error("a member could not be taken in")]
    Member(#[from] accounts::Error),
    /// A category could not be made.
    #[error("a category could not be taken in")]
    Category(#[from] categories::Error),
    /// A thread could not be made.
    #[error("a thread could not be taken in")]
    Thread(#[from] posts::Error),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Another run takes in the same source.
    #[error("another import of “{0}” is running; if it was killed just now, try again in ten seconds")]
    Running(String),
    /// The lease lapsed and another run took over.
    #[error("another import of the same source took over")]
    Overtaken,
    /// The thread that writes died.
    #[error("the writing thread died")]
    Writer,
}
room_error!(Error);
