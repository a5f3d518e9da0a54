//! The lock on a data directory: one `serve` at a time, and nobody restores or migrates beneath it.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

use crate::infra::random::Random;

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

/// The name of the node whose data lie in `dir`: a random string, made when the directory is first used.
pub fn identity(dir: &Path, random: &Random) -> Result<String, LockError> {
    let file = dir.join("node");
    let failed = |e| LockError::Io(dir.display().to_string(), e);
    if let Ok(name) = std::fs::read_to_string(&file)
        && !name.trim().is_empty()
    {
        return Ok(name.trim().to_owned());
    }
    let name = random.public_id();
    std::fs::create_dir_all(dir).map_err(failed)?;
    File::create(&file).and_then(|mut f| writeln!(f, "{name}")).map_err(failed)?;
    Ok(name)
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

    #[test]
    fn a_directory_keeps_its_name() {
        let dir = tempfile::tempdir().unwrap();
        let name = identity(dir.path(), &Random::system()).unwrap();
        assert_eq!(identity(dir.path(), &Random::system()).unwrap(), name);
    }
}
