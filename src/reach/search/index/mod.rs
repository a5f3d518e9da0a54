//! The search index of one node: two tantivy indexes of one schema, one for what everybody may read and one for
//! the rest.
//!
//! The index is a copy that can always be made again. It knows how far it has read the activity log (its cursor
//! travels in tantivy's own commit), which version of schema and analysis built it, and whether it was ever
//! complete. It holds ids and terms, no text to show.
//!
//! A rebuild fills a new *generation* (a subdirectory) while the present one keeps answering, also one that an
//! earlier analysis wrote, as long as its fields are the same; a small pointer file, replaced by a rename, says which
//! generation counts. Whatever a killed process leaves behind is swept away at the
//! next start.

mod document;
mod error;
mod filters;
mod generation;
mod homophones;
mod passages;
mod plan;
mod pointer;
mod prepared;
mod rebuild;
mod run;
mod schema;
mod snapshot;
mod spelling;
mod suggest;
mod tally;
mod view;
mod weights;

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

pub use document::{Batch, Head, PostDocument};
pub use error::IndexError;
pub use homophones::Homophone;
pub use rebuild::Rebuild;
pub use run::{Filter, Hit, Page, Permit, Query, Results, Sort, Why};
pub use snapshot::{Snapshot, snapshot};
pub use spelling::Spelling;
pub use tally::Share;

use tantivy::TantivyError;

use generation::Generation;
use pointer::Pointer;

use super::analysis::Analysis;
use crate::base::ids::{PostId, ThreadId};

/// Memory that each of the two writers may fill before it writes a segment, in bytes.
pub const DEFAULT_MEMORY: usize = 50_000_000;

/// The index of this node. Share it in an [`Arc`]; searching never waits for writing.
pub struct SearchIndex {
    dir: PathBuf,
    analysis: Analysis,
    memory: usize,
    /// Held for as long as the index is open; another process that tries gets [`IndexError::Locked`].
    _lock: File,
    current: RwLock<Current>,
    rebuilding: AtomicBool,
    progress: Mutex<Option<Progress>>,
    /// Its files may be damaged: they were not looked at since the start, or a search failed.
    suspect: AtomicBool,
}

struct Current {
    generation: Arc<Generation>,
    standing: Standing,
}

/// What can be expected of a generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It was never filled.
    Empty,
    /// Another analysis filled it: it answers, and is to be built anew.
    Outdated,
    /// It holds everything up to its cursor.
    Complete,
}

/// How far a rebuild is, in threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Threads taken in.
    pub done: i64,
    /// Threads in all, as counted at the beginning.
    pub total: i64,
}

/// How many posts an index holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Posts that everybody may read.
    pub public: u64,
    /// Posts that only some may read.
    pub restricted: u64,
}

impl SearchIndex {
    /// Opens the index under `dir`. One that another version wrote serves on when its fields are the same; otherwise,
    /// and when there is none, an empty one is begun. See [`Self::standing`]. `memory` is per writer, in bytes, at
    /// least 15 MB; see [`DEFAULT_MEMORY`].
    ///
    /// # Errors
    /// [`IndexError::Locked`] while another process has it open, [`IndexError::Corrupt`] when its files are damaged
    /// (then [`Self::discard`] it), [`IndexError::Io`].
    pub fn open(dir: &Path, analysis: &Analysis, memory: usize) -> Result<Self, IndexError> {
        let lock = pointer::lock(dir)?;
        let known = pointer::read(dir)?;
        let open = |pointer: &Pointer| guarded(|| Generation::open(&pointer.path(dir), analysis, memory));
        let (pointer, generation, standing) = match known {
            Some(same) if same.version == schema::version() => {
                let standing = if same.complete { Standing::Complete } else { Standing::Empty };
                let generation = open(&same)?;
                (same, generation, standing)
            }
            other => {
                let numbered = other.as_ref().map_or(0, |other| other.generation);
                // Whatever is wrong with it: what another version wrote is not needed.
                let served =
                    other.filter(|other| other.complete).and_then(|other| Some((open(&other).ok()?, other)));
                if let Some((generation, other)) = served {
                    (other, generation, Standing::Outdated)
                } else {
                    let fresh =
                        Pointer { generation: numbered + 1, version: schema::version(), complete: false };
                    pointer::remove_generation(dir, fresh.generation)?;
                    let generation = Generation::create(&fresh.path(dir), analysis, memory)?;
                    pointer::write(dir, &fresh)?;
                    (fresh, generation, Standing::Empty)
                }
            }
        };
        pointer::sweep(dir, &pointer);
        Ok(Self {
            dir: dir.to_owned(),
            analysis: analysis.clone(),
            memory,
            _lock: lock,
            current: RwLock::new(Current { generation: Arc::new(generation), standing }),
            rebuilding: AtomicBool::new(false),
            progress: Mutex::default(),
            suspect: AtomicBool::new(true),
        })
    }

    /// Throws away what is under `dir`, so that the next [`Self::open`] begins an empty index.
    ///
    /// # Errors
    /// [`IndexError::Locked`] while it is open, [`IndexError::Io`].
    pub fn discard(dir: &Path) -> Result<(), IndexError> {
        let _lock = pointer::lock(dir)?;
        pointer::remove(dir)
    }

    /// What can be expected of it now. Unless it is complete it is to be built from the database.
    pub fn standing(&self) -> Standing {
        self.current.read().unwrap_or_else(PoisonError::into_inner).standing
    }

    /// Compares the files with what was written, once after the start and once after every search or change that failed,
    /// and looks whether they are still there; when they differ the index is to be built anew. Reads all of it.
    ///
    /// # Errors
    /// [`IndexError`] when the files cannot be read.
    pub fn examine(&self) -> Result<(), IndexError> {
        let gone = !matches!(pointer::read(&self.dir), Ok(Some(_)));
        let suspect = self.suspect.swap(false, Ordering::AcqRel) || gone;
        if !suspect || self.standing() != Standing::Complete {
            return Ok(());
        }
        let generation = self.generation();
        // Files that are gone are damage too.
        if gone || generation.is_damaged().unwrap_or(true) {
            let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
            if Arc::ptr_eq(&current.generation, &generation) {
                tracing::error!("files of the search index are damaged");
                current.standing = Standing::Outdated;
            }
        }
        Ok(())
    }

    /// Runs a search; one that fails makes the files suspect.
    fn look<T>(&self, search: impl FnOnce(&Generation) -> Result<T, IndexError>) -> Result<T, IndexError> {
        let generation = self.generation();
        let found = guarded(|| search(&generation));
        if found.is_err() {
            self.suspect.store(true, Ordering::Release);
        }
        found
    }

    /// How far a rebuild is; `None` while there is none.
    pub fn progress(&self) -> Option<Progress> {
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Position in the activity log up to which the index holds everything; 0 for an empty one. Ask again after a
    /// rebuild: it may lie further back than before.
    pub fn cursor(&self) -> i64 {
        self.generation().cursor()
    }

    /// Takes in `batch`: what the log says after `from` up to `to`. When it returns, the changes can be found and
    /// the cursor stands at `to`. Doing the same again changes nothing, so after a failure the caller goes on from
    /// [`Self::cursor`].
    ///
    /// # Errors
    /// [`IndexError::CursorMoved`] when the index does not stand at `from`, because a rebuild has taken over;
    /// otherwise writing failed, and the index may in part be ahead of its cursor.
    pub fn apply(&self, batch: &Batch, from: i64, to: i64) -> Result<(), IndexError> {
        let applied = self.generation().apply(batch, from, to);
        if applied.as_ref().is_err_and(|error| !matches!(error, IndexError::CursorMoved { .. })) {
            self.suspect.store(true, Ordering::Release);
        }
        applied
    }

    /// Begins to fill a new generation while the present one keeps answering and keeps taking changes.
    ///
    /// # Errors
    /// [`IndexError::Rebuilding`] while one is being filled, and what [`Self::open`] gives.
    pub fn start_rebuild(&self) -> Result<Rebuild<'_>, IndexError> {
        if self.rebuilding.swap(true, Ordering::AcqRel) {
            return Err(IndexError::Rebuilding);
        }
        Rebuild::start(self).inspect_err(|_| self.rebuilding.store(false, Ordering::Release))
    }

    /// How many posts the index holds, as of the last change.
    pub fn num_docs(&self) -> Counts {
        let generation = self.generation();
        let views = generation.views();
        Counts { public: views.public.sums.posts, restricted: views.restricted.sums.posts }
    }

    /// The stored heat of a thread as the index knows it; `None` for one that it does not hold.
    pub fn heat(&self, thread: ThreadId) -> Option<f32> {
        let thread = u32::try_from(thread.0).ok()?;
        let views = self.generation().views();
        let fact = views.facts.get(thread);
        (fact.category != 0).then_some(fact.heat)
    }

    /// Finds threads for a reader who may see what `permit` allows.
    ///
    /// # Errors
    /// [`IndexError`] when the index cannot be read; no query is an error.
    pub fn search(&self, query: &Query<'_>, permit: &Permit, page: Page) -> Result<Results, IndexError> {
        self.look(|generation| run::search(generation, &self.analysis, query, permit, page))
    }

    /// The posts of `thread` that fit, the best first, at most `limit`.
    ///
    /// # Errors
    /// [`IndexError`] when the index cannot be read.
    pub fn within(
        &self,
        query: &Query<'_>,
        permit: &Permit,
        thread: ThreadId,
        limit: usize,
    ) -> Result<Vec<PostId>, IndexError> {
        self.look(|generation| run::within(generation, &self.analysis, query, permit, thread, limit))
    }

    /// Why `thread` ranks where it does.
    ///
    /// # Errors
    /// [`IndexError`] when the index cannot be read.
    pub fn explain(&self, query: &Query<'_>, permit: &Permit, thread: ThreadId) -> Result<Why, IndexError> {
        self.look(|generation| run::explain(generation, &self.analysis, query, permit, thread))
    }

    /// Threads whose titles go on as `query` begins, at most `limit`.
    ///
    /// # Errors
    /// [`IndexError`] when the index cannot be read.
    pub fn suggest(
        &self,
        query: &Query<'_>,
        permit: &Permit,
        limit: usize,
    ) -> Result<Vec<ThreadId>, IndexError> {
        self.look(|generation| suggest::threads(generation, &self.analysis, query, permit, limit))
    }

    /// The word that `word` was probably meant to be, when no public post has it, or few have beside many with the other.
    ///
    /// # Errors
    /// [`IndexError`] when the index cannot be read.
    pub fn spelling(&self, word: &str) -> Result<Option<Spelling>, IndexError> {
        self.look(|generation| spelling::spelling(generation, word))
    }

    /// The beginning of a query with what stands in no public title put right.
    ///
    /// # Errors
    /// [`IndexError`] when the index cannot be read.
    pub fn begun(&self, text: &str) -> Result<Option<String>, IndexError> {
        self.look(|generation| spelling::begun(generation, text))
    }

    /// Whether a public post or title that is still there has `word` (folded) as it stands.
    ///
    /// # Errors
    /// [`IndexError`] when the index cannot be read.
    pub fn is_written(&self, word: &str) -> Result<bool, IndexError> {
        self.look(|generation| spelling::is_written(generation, word))
    }

    /// Public threads with titles that hold whole words of these initials; at most `limit`.
    ///
    /// # Errors
    /// [`IndexError`] when the index cannot be read.
    pub fn abbreviated(&self, letters: &str, limit: usize) -> Result<Vec<ThreadId>, IndexError> {
        self.look(|generation| suggest::abbreviated(generation, letters, limit))
    }

    /// Words of public posts and titles that sound like `syllables`, the likeliest first.
    ///
    /// # Errors
    /// [`IndexError`] when the index cannot be read.
    pub fn homophones(&self, syllables: &[String]) -> Result<Vec<Homophone>, IndexError> {
        self.look(|generation| homophones::homophones(generation, syllables))
    }

    fn generation(&self) -> Arc<Generation> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner).generation)
    }
}

/// Runs `work` on files that may be damaged: the engine trusts what it reads, and may panic over it.
fn guarded<T>(work: impl FnOnce() -> Result<T, IndexError>) -> Result<T, IndexError> {
    let damaged = || TantivyError::InternalError("it panicked over what it read".into());
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(IndexError::Corrupt(damaged())))
}

impl std::fmt::Debug for SearchIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SearchIndex").field("dir", &self.dir).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
