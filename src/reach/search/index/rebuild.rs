//! Filling a new generation while the present one serves.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use super::generation::Generation;
use super::pointer::{self, Pointer};
use super::{Current, Head, IndexError, PostDocument, Progress, SearchIndex, Standing, schema};

/// A generation being filled. Dropped before [`Self::finish`], it is thrown away.
pub struct Rebuild<'i> {
    index: &'i SearchIndex,
    generation: Arc<Generation>,
    pointer: Pointer,
    finished: bool,
}

impl<'i> Rebuild<'i> {
    pub(super) fn start(index: &'i SearchIndex) -> Result<Self, IndexError> {
        let last = pointer::read(&index.dir)?.map_or(0, |pointer| pointer.generation);
        let pointer = Pointer { generation: last + 1, version: schema::version(), complete: true };
        pointer::remove_generation(&index.dir, pointer.generation)?;
        let generation = Generation::create(&pointer.path(&index.dir), &index.analysis, index.memory)?;
        Ok(Self { index, generation: Arc::new(generation), pointer, finished: false })
    }

    /// Adds heads and posts. Give each once.
    ///
    /// # Errors
    /// [`IndexError`] when writing fails; the rebuild is then lost.
    pub fn put(&self, heads: &[Head], posts: &[PostDocument]) -> Result<(), IndexError> {
        self.generation.add(heads, posts)
    }

    /// Tells how far it is.
    pub fn note(&self, progress: Progress) {
        *self.index.progress.lock().unwrap_or_else(PoisonError::into_inner) = Some(progress);
    }

    /// Makes this the generation that counts. `cursor` is the end of the log as it was *before* the first post was
    /// read from the database; what happened since is then read from the log again.
    ///
    /// # Errors
    /// [`IndexError`] when writing fails; the old generation then still counts.
    pub fn finish(mut self, cursor: i64) -> Result<(), IndexError> {
        self.generation.commit(cursor)?;
        let mut current = self.index.current.write().unwrap_or_else(PoisonError::into_inner);
        pointer::write(&self.index.dir, &self.pointer)?;
        self.finished = true;
        let fresh = Current { generation: Arc::clone(&self.generation), standing: Standing::Complete };
        let old = std::mem::replace(&mut *current, fresh);
        drop(current);
        old.generation.retire();
        pointer::sweep(&self.index.dir, &self.pointer);
        Ok(())
    }
}

impl Drop for Rebuild<'_> {
    fn drop(&mut self) {
        if !self.finished {
            self.generation.retire();
            if let Err(error) = pointer::remove_generation(&self.index.dir, self.pointer.generation) {
                tracing::warn!(%error, "an unfinished search index could not be removed");
            }
        }
        *self.index.progress.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.index.rebuilding.store(false, Ordering::Release);
    }
}
