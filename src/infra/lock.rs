//! The lock on a data directory: one `serve` at a time, and nobody restores or migrates beneath it.

use std::fs::{File, OpenOptions};
use std::path::Path;

/// Held as long as the value lives; the operating system releases it when the process ends, however it ends.
#[derive(Debug)]
pub struct DataDirLock(#[expect(dead_code, reason = "held for its lock")] File);

/// Why the lock could not be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process holds it.
    #[error("another process is using the data directory {0}")]
    Held(String),
    /// The lock file cannot be made.
    #[error("cannot lock the data directory {0}: {1}")]
    Io(String, std::io::Error),
}

impl DataDirLock {
    /// Takes the exclusive lock of `dir`, creating the directory when it is missing.
    pub fn acquire(dir: &Path) -> Result<Self, LockError> {
        let name = dir.display().to_string();
        std::fs::create_dir_all(dir).map_err(|e| LockError::Io(name.clone(), e))?;
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(dir.join("lock"))
            .map_err(|e| LockError::Io(name.clone(), e))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(std::fs::TryLockError::WouldBlock) => Err(LockError::Held(name)),
            Err(std::fs::TryLockError::Error(e)) => Err(LockError::Io(name, e)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_is_refused_until_the_first_lets_go() {
        let dir = tempfile::tempdir().unwrap();
        let first = DataDirLock::acquire(dir.path()).unwrap();
        assert!(matches!(DataDirLock::acquire(dir.path()), Err(LockError::Held(_))));
        drop(first);
        DataDirLock::acquire(dir.path()).unwrap();
    }
}
