//! One generation: the public and the restricted index, with their writers and readers.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tantivy::directory::MmapDirectory;
use tantivy::indexer::IndexWriterOptions;
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyError};

use super::schema::{Fields, columns};
use super::tally::Tally;
use super::view::Views;
use super::{Batch, Head, IndexError, PostDocument, prepared};
use crate::base::ids::{PostId, ThreadId};
use crate::infra::priority::giving_way;
use crate::reach::search::analysis::Analysis;

const PUBLIC: &str = "public";
const RESTRICTED: &str = "restricted";

/// Both indexes and how far they have read.
pub(super) struct Generation {
    pub public: Side,
    pub restricted: Side,
    pub fields: Fields,
    analysis: Analysis,
    cursor: AtomicI64,
    writers: Mutex<Slot>,
    memory: usize,
    /// What searches see.
    views: RwLock<Arc<Views>>,
    /// Arrays for scoring that no search uses at the moment.
    tallies: Mutex<Vec<Tally>>,
}

/// Where the writers are.
enum Slot {
    Open(Box<Writers>),
    /// Dropped after a failure, with all that was not committed; the next change makes new ones.
    Failed,
    /// Another generation has taken over.
    Retired,
}

/// One of the two indexes.
pub(super) struct Side {
    index: Index,
    reader: IndexReader,
}

/// What a document stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    Post(PostId),
    Head(ThreadId),
}

/// Where the two indexes of the generation at `path` lie, with whether they are the restricted one.
pub(super) fn side_paths(path: &Path) -> [(PathBuf, bool); 2] {
    [(path.join(PUBLIC), false), (path.join(RESTRICTED), true)]
}

/// The one writer of each index.
pub(super) struct Writers {
    pub public: IndexWriter,
    pub restricted: IndexWriter,
}

impl Generation {
    /// Makes an empty generation at `path`.
    pub fn create(path: &Path, analysis: &Analysis, memory: usize) -> Result<Self, IndexError> {
        for side in [PUBLIC, RESTRICTED] {
            let path = path.join(side);
            fs::create_dir_all(&path).map_err(IndexError::io(&path))?;
            Index::builder().schema(Fields::build().0).create_in_dir(&path)?;
        }
        Self::open(path, analysis, memory)
    }

    /// Opens the generation at `path`.
    pub fn open(path: &Path, analysis: &Analysis, memory: usize) -> Result<Self, IndexError> {
        let (_, fields) = Fields::build();
        let public = Side::open(&path.join(PUBLIC))?;
        let restricted = Side::open(&path.join(RESTRICTED))?;
        let cursor = public.cursor()?.min(restricted.cursor()?);
        let writers = Writers::new(&public, &restricted, memory)?;
        let generation = Self {
            public,
            restricted,
            fields,
            analysis: analysis.clone(),
            cursor: AtomicI64::new(cursor),
            writers: Mutex::new(Slot::Open(Box::new(writers))),
            memory,
            views: RwLock::default(),
            tallies: Mutex::default(),
        };
        generation.look()?;
        Ok(generation)
    }

    /// Whether a file differs from what was written; reads all of it.
    pub fn is_damaged(&self) -> Result<bool, IndexError> {
        Ok(self.public.is_damaged()? || self.restricted.is_damaged()?)
    }

    /// What searches see now.
    pub fn views(&self) -> Arc<Views> {
        Arc::clone(&self.views.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Runs a search on what can be seen now, with an array to score in.
    pub fn with_tally<T>(
        &self,
        search: impl FnOnce(&mut Tally, &Views) -> Result<T, IndexError>,
    ) -> Result<T, IndexError> {
        let free = self.tallies.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut tally = free.unwrap_or_default();
        let done = search(&mut tally, &self.views());
        self.tallies.lock().unwrap_or_else(PoisonError::into_inner).push(tally);
        done
    }

    /// Makes the views of what was committed.
    fn look(&self) -> Result<(), IndexError> {
        let next = self.views().next(&self.public.searcher(), &self.restricted.searcher(), &self.fields)?;
        *self.views.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
        Ok(())
    }

    /// Log position up to which both indexes hold everything.
    pub fn cursor(&self) -> i64 {
        self.cursor.load(Ordering::Acquire)
    }

    /// Takes in `batch`, what the log says after `from` up to `to`, commits and shows it. A post on the move leaves
    /// the public index first: between the two commits it is found in neither or in both, never in the public one
    /// alone when it has become restricted.
    pub fn apply(&self, batch: &Batch, from: i64, to: i64) -> Result<(), IndexError> {
        self.write(|writers, fields| {
            let cursor = self.cursor();
            if cursor != from {
                return Err(IndexError::CursorMoved { cursor });
            }
            writers.remove(fields, batch);
            for post in &batch.put {
                writers.add(fields, &self.analysis, post)?;
            }
            for head in &batch.heads {
                writers.add_head(fields, &self.analysis, head)?;
            }
            self.commit_with(writers, to)
        })?;
        self.reload()
    }

    /// Adds heads and posts that are known to be new, to be seen at the next commit.
    pub fn add(&self, heads: &[Head], posts: &[PostDocument]) -> Result<(), IndexError> {
        self.write(|writers, fields| {
            heads.iter().try_for_each(|head| writers.add_head(fields, &self.analysis, head))?;
            posts.iter().try_for_each(|post| writers.add(fields, &self.analysis, post))
        })
    }

    /// Commits both indexes with `cursor` and shows what was committed.
    pub fn commit(&self, cursor: i64) -> Result<(), IndexError> {
        self.write(|writers, _| self.commit_with(writers, cursor))?;
        self.reload()
    }

    /// Lets go of the writers for good; searches that have begun end in peace.
    pub fn retire(&self) {
        *self.writers.lock().unwrap_or_else(PoisonError::into_inner) = Slot::Retired;
    }

    fn commit_with(&self, writers: &mut Writers, cursor: i64) -> Result<(), IndexError> {
        for writer in [&mut writers.public, &mut writers.restricted] {
            let mut commit = writer.prepare_commit()?;
            commit.set_payload(&cursor.to_string());
            commit.commit()?;
        }
        self.cursor.store(cursor, Ordering::Release);
        Ok(())
    }

    fn reload(&self) -> Result<(), IndexError> {
        self.public.reload()?;
        self.restricted.reload()?;
        self.look()
    }

    /// Runs `work` with the writers. When it fails they are dropped with all that was not committed.
    fn write(
        &self,
        work: impl FnOnce(&mut Writers, &Fields) -> Result<(), IndexError>,
    ) -> Result<(), IndexError> {
        let mut slot = self.writers.lock().unwrap_or_else(PoisonError::into_inner);
        let mut writers = match std::mem::replace(&mut *slot, Slot::Failed) {
            Slot::Open(writers) => writers,
            Slot::Failed => Box::new(Writers::new(&self.public, &self.restricted, self.memory)?),
            Slot::Retired => {
                *slot = Slot::Retired;
                return Err(IndexError::CursorMoved { cursor: 0 });
            }
        };
        work(&mut writers, &self.fields)?;
        *slot = Slot::Open(writers);
        Ok(())
    }
}

impl Writers {
    fn new(public: &Side, restricted: &Side, memory: usize) -> Result<Self, IndexError> {
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(memory)
            .build();
        // The threads that merge are started here.
        giving_way(|| {
            Ok(Self {
                public: public.index.writer_with_options(options.clone())?,
                restricted: restricted.index.writer_with_options(options)?,
            })
        })
    }

    /// Deletes from both indexes whatever `batch` removes or is about to put.
    fn remove(&self, fields: &Fields, batch: &Batch) {
        for writer in [&self.public, &self.restricted] {
            for thread in &batch.remove_threads {
                writer.delete_term(fields.thread_term(thread.0));
            }
            for post in batch.remove_posts.iter().chain(batch.put.iter().map(|post| &post.post)) {
                writer.delete_term(fields.post_term(post.0));
            }
            for head in &batch.heads {
                writer.delete_term(fields.head_term(head.thread.0));
            }
        }
    }

    fn add(&self, fields: &Fields, analysis: &Analysis, post: &PostDocument) -> Result<(), IndexError> {
        let writer = if post.restricted { &self.restricted } else { &self.public };
        writer.add_document(fields.post(analysis, post))?;
        Ok(())
    }

    fn add_head(&self, fields: &Fields, analysis: &Analysis, head: &Head) -> Result<(), IndexError> {
        let writer = if head.restricted { &self.restricted } else { &self.public };
        writer.add_document(fields.head(analysis, head))?;
        Ok(())
    }
}

impl Side {
    /// Opens the index at `path` for reading.
    pub fn open(path: &Path) -> Result<Self, IndexError> {
        let directory = MmapDirectory::open(path).map_err(TantivyError::from)?;
        let index = Index::open(directory)?;
        if index.schema() != Fields::build().0 {
            return Err(TantivyError::SchemaError("the fields are not the ones expected".into()).into());
        }
        index.tokenizers().register(prepared::NAME, prepared::analyzer());
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { index, reader })
    }

    /// The index as of the last commit.
    pub fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    /// Calls `take` with every post in it, and with every thread whose head is.
    pub fn each(&self, mut take: impl FnMut(Held)) -> Result<(), IndexError> {
        for segment in self.searcher().segment_readers() {
            let fast = segment.fast_fields();
            let (posts, threads) = (fast.i64(columns::POST)?, fast.i64(columns::THREAD)?);
            for doc in segment.doc_ids_alive() {
                // Heads have no post.
                match (posts.first(doc), threads.first(doc)) {
                    (Some(post), _) => take(Held::Post(PostId(post))),
                    (None, Some(thread)) => take(Held::Head(ThreadId(thread))),
                    (None, None) => {}
                }
            }
        }
        Ok(())
    }

    /// Whether a file differs from what was written; reads all of it.
    pub fn is_damaged(&self) -> Result<bool, IndexError> {
        Ok(!self.index.validate_checksum()?.is_empty())
    }

    /// Shows what was committed since.
    pub fn reload(&self) -> Result<(), IndexError> {
        Ok(self.reader.reload()?)
    }

    /// Log position that the last commit reached; 0 without one.
    pub fn cursor(&self) -> Result<i64, IndexError> {
        let payload = self.index.load_metas()?.payload;
        Ok(payload.and_then(|text| text.parse().ok()).unwrap_or(0))
    }
}
