//! The files around the two indexes: the lock, the pointer to the generation that counts, and the sweep of the
//! others. A generation that no pointer names never counts, so a process may be killed at any point.

use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::IndexError;

const POINTER: &str = "current.json";
const LOCK: &str = "lock";
const PREFIX: &str = "generation-";

/// Which generation counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pointer {
    /// Its number; later ones are higher.
    pub generation: u64,
    /// Version of schema and analysis that built it.
    pub version: String,
    /// Whether it was filled from the database once.
    pub complete: bool,
}

impl Pointer {
    /// Where the generation lies.
    pub fn path(&self, dir: &Path) -> PathBuf {
        generation_path(dir, self.generation)
    }
}

/// Creates `dir` when needed and locks it until the file is dropped.
pub(super) fn lock(dir: &Path) -> Result<File, IndexError> {
    fs::create_dir_all(dir).map_err(IndexError::io(dir))?;
    let path = dir.join(LOCK);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(IndexError::io(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(IndexError::Locked(dir.to_owned())),
        Err(TryLockError::Error(source)) => Err(IndexError::Io { path, source }),
    }
}

/// The pointer, `None` when there is none or it cannot be understood.
pub(super) fn read(dir: &Path) -> Result<Option<Pointer>, IndexError> {
    let path = dir.join(POINTER);
    let mut text = String::new();
    match File::open(&path).and_then(|mut file| file.read_to_string(&mut text)) {
        Ok(_) => Ok(serde_json::from_str(&text).ok()),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidData) => Ok(None),
        Err(source) => Err(IndexError::Io { path, source }),
    }
}

/// Replaces the pointer: after a crash either the old or the new one is there, whole.
pub(super) fn write(dir: &Path, pointer: &Pointer) -> Result<(), IndexError> {
    let path = dir.join(POINTER);
    let fresh = dir.join(format!("{POINTER}.new"));
    let text = serde_json::to_string(pointer).unwrap_or_default();
    let written = File::create(&fresh).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.map_err(IndexError::io(&fresh))?;
    fs::rename(&fresh, &path).map_err(IndexError::io(&path))?;
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(IndexError::io(dir))
}

/// Removes the pointer; no generation counts any more.
pub(super) fn remove(dir: &Path) -> Result<(), IndexError> {
    let path = dir.join(POINTER);
    match fs::remove_file(&path) {
        Err(source) if source.kind() != ErrorKind::NotFound => Err(IndexError::Io { path, source }),
        _ => Ok(()),
    }
}

/// Removes a generation, if it is there.
pub(super) fn remove_generation(dir: &Path, generation: u64) -> Result<(), IndexError> {
    remove_tree(&generation_path(dir, generation))
}

/// Removes every generation that does not count. One that cannot be removed now is left for the next time: it does
/// no harm but take space.
pub(super) fn sweep(dir: &Path, pointer: &Pointer) {
    let entries = fs::read_dir(dir).into_iter().flatten().filter_map(Result::ok);
    for path in entries.map(|entry| entry.path()) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let outdated = name.starts_with(PREFIX) && path != pointer.path(dir);
        if outdated && let Err(error) = remove_tree(&path) {
            tracing::warn!(%error, "an outdated search index could not be removed");
        }
    }
}

fn generation_path(dir: &Path, generation: u64) -> PathBuf {
    dir.join(format!("{PREFIX}{generation:06}"))
}

fn remove_tree(path: &Path) -> Result<(), IndexError> {
    match fs::remove_dir_all(path) {
        Err(source) if source.kind() != ErrorKind::NotFound => {
            Err(IndexError::Io { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}
