//! Room on the disk that holds a node's files.

use std::path::Path;

/// Bytes of a file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// What this process may still fill.
    pub free: u64,
    /// All of it.
    pub total: u64,
}

/// The room around `path`; `None` where the system does not tell.
pub fn space(path: &Path) -> Option<Space> {
    let found = fs4::statvfs(path).ok()?;
    Some(Space { free: found.available_space(), total: found.total_space() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_no_more_room_than_disk() {
        let here = space(Path::new(".")).unwrap();
        assert!(here.total > 0 && here.free <= here.total);
        assert_eq!(space(Path::new("no such folder")), None);
    }
}
