//! A look at the index from beside the process that owns it.

use std::path::Path;

use tantivy::TantivyError;

use super::generation::{Held, Side, side_paths};
use super::{IndexError, pointer, schema};
use crate::base::ids::{PostId, ThreadId};

/// Times to begin again when the owner tidies away a file, or a whole generation, that was about to be opened.
const TRIES: usize = 5;

/// What the index held at one moment.
#[derive(Debug)]
pub struct Snapshot {
    /// Everything in the log up to here is in it; some of what follows may be too.
    pub cursor: i64,
    /// The posts, with whether they are in the restricted index.
    pub posts: Vec<(PostId, bool)>,
    /// The threads whose titles it holds, likewise.
    pub heads: Vec<(ThreadId, bool)>,
}

/// Reads which posts and titles the index under `dir` holds, without locking or changing it. `None` when there is no index, or
/// one that was never completed or that another version wrote.
///
/// # Errors
/// [`IndexError`] when it cannot be read, [`IndexError::Corrupt`] when its files are damaged.
pub fn snapshot(dir: &Path) -> Result<Option<Snapshot>, IndexError> {
    let mut left = TRIES;
    loop {
        match super::guarded(|| once(dir)) {
            Err(_) if left > 1 => left -= 1,
            done => return done,
        }
    }
}

fn once(dir: &Path) -> Result<Option<Snapshot>, IndexError> {
    let known = pointer::read(dir)?.filter(|p| p.complete && p.version == schema::version());
    let Some(pointer) = known else { return Ok(None) };
    let mut snapshot = Snapshot { cursor: i64::MAX, posts: Vec::new(), heads: Vec::new() };
    for (path, restricted) in side_paths(&pointer.path(dir)) {
        let side = Side::open(&path)?;
        snapshot.cursor = snapshot.cursor.min(side.cursor()?);
        if side.is_damaged()? {
            return Err(IndexError::Corrupt(TantivyError::InternalError("its files are damaged".into())));
        }
        // Whatever was committed between the two lies beyond the cursor, where the reader looks at the log.
        side.reload()?;
        side.each(|held| match held {
            Held::Post(post) => snapshot.posts.push((post, restricted)),
            Held::Head(thread) => snapshot.heads.push((thread, restricted)),
        })?;
    }
    Ok(Some(snapshot))
}
