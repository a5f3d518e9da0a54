//! Imports go downward: a wing uses only wings below it.

use std::collections::HashMap;

use super::files::sources;

/// The wings, lowest first.
const WINGS: [&str; 14] = [
    "base", "infra", "web", "site", "people", "content", "engage", "govern", "reach", "insight", "pages",
    "transfer", "app", "cli",
];

/// Rooms of wings whose order is law, lowest first.
const ROOMS: [(&str, &[&str]); 4] = [
    ("people", &["accounts", "roles", "sessions", "sso", "profiles"]),
    (
        "content",
        &[
            "markup",
            "uploads",
            "custom_pages",
            "categories",
            "tags",
            "heat",
            "threads",
            "posts",
            "drafts",
            "reactions",
            "curation",
        ],
    ),
    ("engage", &["rules", "levels", "ledger"]),
    ("reach", &["vocabulary", "search_log", "duplicates", "search", "related", "feeds", "sitemaps"]),
];

/// `crate::a::b` paths that a source file names.
fn imports(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for part in text.split("crate::").skip(1) {
        let path: String =
            part.chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == ':').collect();
        let mut names = path.split("::");
        let wing = names.next().unwrap_or_default().to_owned();
        found.push((wing, names.next().unwrap_or_default().to_owned()));
    }
    found
}

#[test]
fn wings_import_only_downward() {
    let height: HashMap<&str, usize> = WINGS.iter().enumerate().map(|(i, w)| (*w, i)).collect();
    let mut wrong = Vec::new();
    for path in sources("src", &[".rs"]) {
        let relative = path.strip_prefix(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).unwrap();
        let mut parts = relative.iter().map(|p| p.to_string_lossy().into_owned());
        let (wing, room) = (parts.next().unwrap(), parts.next().unwrap_or_default());
        let Some(mine) = height.get(wing.as_str()) else { continue };
        for (other, other_room) in imports(&std::fs::read_to_string(&path).unwrap()) {
            match height.get(other.as_str()) {
                Some(theirs) if theirs > mine => {
                    wrong.push(format!("{}: crate::{other}", relative.display()));
                }
                Some(theirs) if theirs == mine => {
                    let order = ROOMS.iter().find(|(w, _)| *w == wing).map_or(&[][..], |(_, r)| r);
                    let place = |name: &str| order.iter().position(|r| *r == name.trim_end_matches(".rs"));
                    if let (Some(a), Some(b)) = (place(&room), place(&other_room))
                        && b > a
                    {
                        wrong.push(format!("{}: crate::{other}::{other_room}", relative.display()));
                    }
                }
                _ => {}
            }
        }
    }
    assert!(wrong.is_empty(), "imports that go upward:\n{}", wrong.join("\n"));
}

#[test]
fn the_map_names_every_wing() {
    let map = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs")).unwrap();
    for line in map.lines().filter_map(|l| l.strip_prefix("pub mod ")) {
        let wing = line.trim_end_matches(';');
        assert!(WINGS.contains(&wing), "lib.rs has a wing that the law does not know: {wing}");
        assert!(map.contains(&format!("[`{wing}`]")), "the map in lib.rs does not explain {wing}");
    }
}
