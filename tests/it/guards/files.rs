//! No source file grows past 600 lines.

use std::path::{Path, PathBuf};

/// Every file of ours below `dir` whose name ends in one of `endings`.
pub fn sources(dir: &str, endings: &[&str]) -> Vec<PathBuf> {
    fn walk(dir: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).unwrap().flatten() {
            let path = entry.path();
            if path.ends_with("node_modules") {
                continue;
            }
            if path.is_dir() {
                walk(&path, endings, found);
            } else if endings.iter().any(|e| path.to_string_lossy().ends_with(e)) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(dir), endings, &mut found);
    found.sort();
    assert!(!found.is_empty(), "nothing below {dir}");
    found
}

/// What `infra/db/schema` declares, all of it.
pub fn schema() -> String {
    let files = sources("src/infra/db/schema", &[".rs"]);
    files.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect::<Vec<_>>().join("\n")
}

#[test]
fn no_file_is_longer_than_600_lines() {
    for dir in ["src", "tests"] {
        for path in sources(dir, &[".rs", ".html", ".css", ".js"]) {
            let lines = std::fs::read_to_string(&path).unwrap().lines().count();
            assert!(lines <= 600, "{} has {lines} lines: split it by verb", path.display());
        }
    }
}
