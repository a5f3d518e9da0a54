//! Each table is written by one room, and SQL that writes stands where one looks for it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::files::sources;

/// Every table, by the room that writes it.
const OWNERS: [(&str, &[&str]); 29] = [
    ("infra/activity", &["activities", "leases"]),
    ("infra/db", &["schema_info"]),
    ("infra/jobs", &["jobs"]),
    ("web/idempotency", &["idempotent_answers"]),
    ("web/limits", &["request_limits"]),
    ("site/settings", &["settings", "secrets"]),
    ("site/audit", &["audit_entries"]),
    ("people/accounts", &["members", "former_handles", "member_names", "one_time_links"]),
    ("people/roles", &["category_moderators"]),
    ("people/sessions", &["sessions", "api_tokens"]),
    ("people/profiles", &["member_counters"]),
    ("content/categories", &["categories", "former_category_slugs", "category_members", "category_roles"]),
    ("content/uploads", &["uploads", "upload_files"]),
    ("content/custom_pages", &["custom_pages", "former_page_slugs"]),
    ("content/tags", &["tags", "thread_tags"]),
    ("content/heat", &["engagements"]),
    ("content/threads", &["threads", "thread_scores", "read_positions", "follows"]),
    ("content/posts", &["posts", "revisions", "removals"]),
    ("content/reactions", &["reactions"]),
    ("content/curation", &["pins", "pin_dismissals"]),
    ("engage/rules", &["point_rules"]),
    ("engage/levels", &["levels"]),
    ("engage/ledger", &["ledger", "point_accounts", "point_sources", "point_days"]),
    ("reach/related", &["related_threads"]),
    ("reach/vocabulary", &["search_synonyms", "search_words"]),
    ("reach/search_log", &["search_queries"]),
    ("reach/duplicates", &["post_fingerprints", "duplicate_suspects"]),
    ("transfer/import", &["import_map"]),
    ("transfer/addresses", &["former_addresses"]),
];

/// Tables that nobody writes yet, or that only migrations write.
const UNWRITTEN: [&str; 1] = ["schema_info"];

/// Files other than stores and rooms of one file that may hold SQL that writes: parts of the machines.
const MACHINES: [&str; 3] = ["infra/activity/lease.rs", "infra/activity/sequencer.rs", "infra/db/dialect.rs"];

/// A place where a table is written: `raw` when by SQL in a string.
#[derive(Debug, PartialEq, Eq)]
struct Write {
    table: String,
    raw: bool,
}

fn word(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// Names in a file that stand for a table: `schema::x`, `schema::x as y`, `schema::{x, y as z}`.
fn aliases(text: &str) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for part in text.split("schema::").skip(1) {
        let listed = part.strip_prefix('{').and_then(|p| p.split_once('}')).map(|(list, _)| list);
        let items: Vec<&str> = match listed {
            Some(list) => list.split(',').collect(),
            None => vec![part.split([';', ',', ')']).next().unwrap_or_default()],
        };
        for item in items {
            let table = word(item);
            let rest = item.trim_start().strip_prefix(table.as_str()).unwrap_or_default();
            let name = rest.trim_start().strip_prefix("as ").map_or_else(|| table.clone(), word);
            names.insert(name, table);
        }
    }
    names
}

/// What a diesel expression starts from: `x::table…`, or a name bound to one before.
fn target(expression: &str, before: &str) -> String {
    let first = word(expression);
    if expression.trim_start().strip_prefix(first.as_str()).is_some_and(|rest| rest.starts_with("::table")) {
        return first;
    }
    // `let mine = x::table.filter(…)` a few lines above.
    let binding = format!("let {first} = ");
    before.rfind(&binding).map_or(first, |at| target(&before[at + binding.len()..], &before[..at]))
}

fn writes(text: &str) -> Vec<Write> {
    let names = aliases(text);
    let mut found = Vec::new();
    for verb in ["diesel::insert_into(", "diesel::update(", "diesel::delete(", "diesel::replace_into("] {
        for (at, _) in text.match_indices(verb) {
            let name = target(&text[at + verb.len()..], &text[..at]);
            let table = names.get(&name).cloned().unwrap_or(name);
            found.push(Write { table, raw: false });
        }
    }
    for verb in ["INSERT INTO ", "UPDATE ", "DELETE FROM "] {
        for (at, _) in text.match_indices(verb) {
            // Not the UPDATE of a lock or an upsert, and not a comment about one.
            let before = text[..at].trim_end_matches(['\\', '\n', ' ']);
            let commented = text[..at].rsplit('\n').next().is_some_and(|l| l.trim_start().starts_with("//"));
            if before.ends_with(" FOR") || before.ends_with(" DO") || commented {
                continue;
            }
            let table = word(&text[at + verb.len()..]);
            if !table.is_empty() && table.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
                found.push(Write { table, raw: true });
            }
        }
    }
    found
}

/// `wing/room` of a file below `src`; a wing that has no rooms stands for itself.
fn room(relative: &Path) -> String {
    let parts: Vec<String> =
        relative.iter().map(|p| p.to_string_lossy().trim_end_matches(".rs").to_owned()).collect();
    parts.iter().take(2).cloned().collect::<Vec<_>>().join("/")
}

fn relative(path: &Path) -> &Path {
    path.strip_prefix(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).unwrap()
}

/// Text of a file without the tests at its end.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned()
}

fn declared() -> BTreeSet<String> {
    super::files::schema().split("diesel::table! {").skip(1).map(word).collect()
}

#[test]
fn every_table_is_written_by_one_room() {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in sources("src", &[".rs"]) {
        for write in writes(&code(&path)) {
            // SQLite's own table of counts; ids are reserved beside the code that knows dialects.
            if write.table != "sqlite_sequence" {
                found.entry(write.table).or_default().insert(room(relative(&path)));
            }
        }
    }
    let tables = declared();
    let mut wrong: Vec<String> = Vec::new();
    let mut owned = BTreeSet::new();
    for (owner, of) in OWNERS {
        for table in of {
            assert!(owned.insert((*table).to_owned()), "{table} has two owners in the list");
            let writers = found.get(*table).cloned().unwrap_or_default();
            let expected =
                if UNWRITTEN.contains(table) { BTreeSet::new() } else { BTreeSet::from([owner.to_owned()]) };
            if writers != expected {
                wrong.push(format!("{table} belongs to {owner} and is written by {writers:?}"));
            }
        }
    }
    wrong.extend(found.keys().filter(|t| !tables.contains(*t)).map(|t| format!("no such table: {t}")));
    wrong.extend(
        tables.symmetric_difference(&owned).map(|t| format!("without an owner, or without a table: {t}")),
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn sql_that_writes_stands_in_stores() {
    let mut wrong = Vec::new();
    for path in sources("src", &[".rs"]) {
        let file = relative(&path);
        let shown = file.display().to_string();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let folder = path.parent().unwrap();
        // A room of one file is its own store.
        let alone = (name == "mod.rs" && !folder.join("store.rs").exists()) || file.iter().count() == 2;
        let store = matches!(name.as_str(), "store.rs" | "bulk.rs" | "reader.rs");
        if !store && !alone && !MACHINES.contains(&shown.as_str()) {
            wrong.extend(
                writes(&code(&path)).iter().filter(|w| w.raw).map(|w| format!("{shown}: {}", w.table)),
            );
        }
    }
    assert!(wrong.is_empty(), "SQL that writes outside of stores:\n{}", wrong.join("\n"));
}

#[test]
fn the_guard_sees_every_way_to_write() {
    let text = r#"
        use crate::infra::db::schema::{members, one_time_links as links};
        use crate::infra::db::schema::posts as rows;
        // UPDATE nothing in a comment
        let mine = links::table.filter(x);
        diesel::update(mine.filter(y)).execute(c);
        diesel::insert_into(members::table).values(v);
        diesel::delete(
            rows::table.find(1),
        );
        diesel::sql_query("INSERT INTO tags (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 2");
        diesel::sql_query("SELECT 1 FROM t FOR UPDATE");
        diesel::sql_query("UPDATE categories SET x = 1");
        diesel::sql_query("DELETE FROM follows");
    "#;
    let mut tables: Vec<(String, bool)> = writes(text).into_iter().map(|w| (w.table, w.raw)).collect();
    tables.sort();
    let expected = [
        ("categories", true),
        ("follows", true),
        ("members", false),
        ("one_time_links", false),
        ("posts", false),
        ("tags", true),
    ];
    assert_eq!(tables, expected.map(|(t, raw)| (t.to_owned(), raw)));
}

/// `first` binds a limit, and SQLite plans a statement with a bound limit anew each time it runs.
#[test]
fn only_the_first_of_several_rows_is_asked_for_as_such() {
    let mut wrong = Vec::new();
    for path in sources("src", &["rs"]) {
        let text = std::fs::read_to_string(&path).unwrap();
        for call in [".first(conn)", ".first::<"] {
            for (at, _) in text.match_indices(call) {
                let before = text.get(..at).unwrap_or_default();
                let statement =
                    before.rfind([';', '{']).and_then(|from| before.get(from..)).unwrap_or(before);
                if !statement.contains(".order(") {
                    wrong.push(format!("{}: {}", path.display(), statement.trim()));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "`get_result` gives the one row of a key without planning it again:\n{wrong:#?}"
    );
}
