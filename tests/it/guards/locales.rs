//! The three catalogues say the same things, and everything the code asks for is in them.

use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::FluentResource;
use hearth::base::locale::Locale;
use hearth::infra::i18n;

use super::files::sources;

/// Families of keys that the code puts together, with every ending they can have.
const FAMILIES: [(&str, &[&str]); 16] = [
    ("brand-family-", &["sans", "serif", "rounded"]),
    ("list-", &["hot", "latest", "new", "top", "unanswered", "featured", "following"]),
    ("search-log-", &["query", "times", "nothing", "opened"]),
    ("period-", &["day", "week", "month", "year", "all"]),
    ("role-", &["visitor", "member", "expert", "moderator", "operator", "administrator"]),
    ("health-", &["fine", "busy", "wrong"]),
    ("page-state-", &["draft", "published", "removed"]),
    ("start-step-", &["language", "name", "look", "categories", "invitation"]),
    ("start-state-", &["open", "skipped", "done"]),
    ("start-set-", &["vendor", "retailer", "service", "own"]),
    ("heat-", &["opened", "reply", "like", "accepted", "share", "bookmark", "view", "anonymous"]),
    (
        "points-reason-",
        &["thread", "reply", "like", "accepted", "first-of-day", "adjusted", "spent", "other"],
    ),
    (
        "job-",
        &[
            "waiting",
            "running",
            "done",
            "failed",
            "rebuild-heat",
            "rebuild-points",
            "reindex",
            "recount",
            "import",
        ],
    ),
    ("reader-", &["member-counters", "points", "top-scores", "duplicates", "search-index", "page-cache"]),
    (
        "audit-subject-",
        &[
            "category",
            "entry",
            "invitation",
            "member",
            "members",
            "page",
            "post",
            "site",
            "synonyms",
            "thread",
            "words",
        ],
    ),
    (
        "audit-action-",
        &[
            "category-changed",
            "category-created",
            "category-removed",
            "duplicate-dismissed",
            "invitation-accepted",
            "invitation-made",
            "invitation-revoked",
            "job-asked",
            "member-claimed",
            "member-content-removed",
            "member-content-restored",
            "member-created",
            "member-first-administrator",
            "member-password-link",
            "member-password-set",
            "member-role",
            "member-suspended",
            "member-unsuspended",
            "members-viewed",
            "page-changed",
            "page-created",
            "page-removed",
            "page-restored",
            "points-adjusted",
            "points-levels",
            "points-revoked",
            "points-rules",
            "post-deleted",
            "post-restored",
            "site-branding",
            "site-logo",
            "site-settings",
            "synonyms-added",
            "synonyms-changed",
            "synonyms-removed",
            "thread-closed",
            "thread-deleted",
            "thread-featured",
            "thread-pinned",
            "thread-reopened",
            "thread-restored",
            "thread-unfeatured",
            "thread-unpinned",
            "words-added",
            "words-removed",
        ],
    ),
];

/// Values that templates may print unescaped: each is the sanitiser's own type or was made by it.
const SAFE: [&str; 3] = ["post.html", "html", "bio"];

/// Messages of a catalogue: key to the names of its variables.
fn messages(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut key = String::new();
    for line in text.lines() {
        if line.starts_with(|c: char| c.is_ascii_lowercase()) {
            line.split('=').next().unwrap().trim().clone_into(&mut key);
            let before = found.insert(key.clone(), BTreeSet::new());
            assert!(before.is_none(), "{key} is there twice");
        } else if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        // What only selects a plural form is the grammar's business, not the caller's.
        if line.ends_with("->") {
            continue;
        }
        for part in line.split('$').skip(1) {
            let name = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            found.get_mut(&key).unwrap().insert(name);
        }
    }
    found
}

/// What stands in quotes directly after each `opening` in `text`.
fn quoted_after<'t>(text: &'t str, opening: &str) -> Vec<&'t str> {
    text.split(opening).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// String literals of `fn code(&self)` bodies.
fn error_codes(text: &str) -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for body in text.split("fn code(&self) -> &'static str {").skip(1) {
        let end = body.find("\n    }").unwrap_or(body.len());
        let quoted = body[..end].split('"').skip(1).step_by(2);
        codes.extend(quoted.map(str::to_owned));
    }
    codes
}

fn read(dir: &str, ending: &str) -> Vec<(String, String)> {
    let name = |p: &std::path::Path| p.display().to_string();
    sources(dir, &[ending]).iter().map(|p| (name(p), std::fs::read_to_string(p).unwrap())).collect()
}

fn missing<'k>(keys: impl IntoIterator<Item = &'k str>) -> Vec<&'k str> {
    keys.into_iter().filter(|key| !i18n::has(Locale::En, key)).collect()
}

#[test]
fn every_catalogue_parses_without_a_slip() {
    for (locale, text) in i18n::sources() {
        if let Err((_, slips)) = FluentResource::try_new(text.to_owned()) {
            panic!("{}: {slips:?}", locale.code());
        }
    }
}

#[test]
fn every_language_has_the_same_keys_with_the_same_variables() {
    let english = messages(i18n::sources()[0].1);
    for (locale, text) in i18n::sources() {
        let other = messages(text);
        for (key, variables) in &english {
            assert_eq!(Some(variables), other.get(key), "{} of {}", key, locale.code());
            assert!(i18n::has(locale, key), "{key} of {} does not parse", locale.code());
        }
        let extra: Vec<_> = other.keys().filter(|k| !english.contains_key(*k)).collect();
        assert!(extra.is_empty(), "{} has more than English: {extra:?}", locale.code());
    }
}

#[test]
fn chinese_is_punctuated_as_chinese() {
    for (locale, text) in i18n::sources().into_iter().skip(1) {
        for line in text.lines().filter(|l| l.contains(" = ")) {
            let between = |c: char| line.split(c).skip(1).any(|rest| rest.starts_with(|n| n > '\u{2e80}'));
            assert!(!between(',') && !between(';') && !between('?'), "{}: {line}", locale.code());
            let wrong = if locale == Locale::ZhTw { ['“', '”', '…'] } else { ['「', '」', '…'] };
            assert!(!line.replace("……", "").contains(wrong), "{}: {line}", locale.code());
        }
    }
}

#[test]
fn every_key_that_is_asked_for_exists() {
    let openings = [".t(\"", ".t1(\"", ".t2(\"", ".n(\"", "stat(\"", "tile(\"", "empty: \""];
    let counted = ["(locale, \"", "shell.locale, \""];
    let mut wrong = Vec::new();
    for (name, text) in read("templates", ".html").into_iter().chain(read("src", ".rs")) {
        // Unit tests ask for what is not there on purpose.
        let text = text.split("#[cfg(test)]").next().unwrap();
        let asked = openings.iter().chain(&counted).flat_map(|o| quoted_after(text, o));
        for key in missing(asked.filter(|key| !key.is_empty())) {
            wrong.push(format!("{name}: {key}"));
        }
    }
    assert!(wrong.is_empty(), "keys without a message:\n{}", wrong.join("\n"));
}

#[test]
fn every_family_of_keys_is_complete() {
    for (start, ends) in FAMILIES {
        for end in ends {
            assert!(i18n::has(Locale::En, &format!("{start}{end}")), "{start}{end}");
        }
    }
    for name in FAMILIES[1].1 {
        assert!(i18n::has(Locale::En, &format!("list-{name}-about")), "list-{name}-about");
    }
    for (start, ends) in FAMILIES.iter().filter(|(start, _)| matches!(*start, "start-step-" | "start-set-")) {
        for end in *ends {
            assert!(i18n::has(Locale::En, &format!("{start}{end}-about")), "{start}{end}-about");
        }
    }
}

#[test]
fn every_error_can_be_said() {
    let mut codes = BTreeSet::from(["method_not_allowed".to_owned()]);
    for (_, text) in read("src", ".rs") {
        codes.extend(error_codes(&text));
    }
    assert!(codes.len() > 40, "the codes were not found: {codes:?}");
    let keys: Vec<String> = codes.iter().map(|c| format!("error-{}", c.replace('_', "-"))).collect();
    let unsaid = missing(keys.iter().map(String::as_str));
    assert!(unsaid.is_empty(), "errors without words: {unsaid:?}");
    for hint in
        ["sign-in", "search", "gone", "wait", "noted", "ask", "home", "back"].map(|end| format!("hint-{end}"))
    {
        assert!(i18n::has(Locale::En, &hint), "{hint}");
    }
}

#[test]
fn only_sanitised_values_are_printed_as_they_are() {
    for (name, text) in read("templates", ".html") {
        for part in text.split("{{").skip(1) {
            let expression = part.split("}}").next().unwrap().trim();
            if let Some(value) = expression.strip_suffix("safe").map(|e| e.trim_end_matches([' ', '|'])) {
                assert!(SAFE.contains(&value), "{name}: {value} is printed unescaped");
            }
        }
    }
}
