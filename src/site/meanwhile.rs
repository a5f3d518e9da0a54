//! Forms that several administrators may have open at once: what another one saved meanwhile stays, where this one left
//! it as it was shown.

use std::collections::BTreeMap;

/// Values by name, as they are stored.
pub type Rows = Vec<(&'static str, String)>;

/// What a form showed, by name. It travels in the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown(BTreeMap<String, String>);

impl Shown {
    /// Of the values that are stored.
    pub fn of(rows: &Rows) -> Self {
        Self(rows.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
    }

    /// As it came back; nothing was shown when it cannot be read.
    pub fn parse(text: &str) -> Self {
        Self(serde_json::from_str(text).unwrap_or_default())
    }

    /// As it travels.
    pub fn text(&self) -> String {
        serde_json::to_string(&self.0).unwrap_or_default()
    }

    /// The values to store: those `wanted` where they are others than were shown, else those `stored` now.
    ///
    /// # Errors
    /// The values that both changed, as they are stored now.
    pub fn merge(&self, wanted: Rows, stored: &Rows) -> Result<Rows, Rows> {
        let now = |name: &str| stored.iter().find(|(of, _)| *of == name).map(|(_, value)| value);
        let (mut merged, mut both) = (Rows::new(), Rows::new());
        for (name, wanted) in wanted {
            match (self.0.get(name), now(name)) {
                (Some(shown), Some(stored)) if *shown == wanted => merged.push((name, stored.clone())),
                (Some(shown), Some(stored)) if shown != stored && *stored != wanted => {
                    both.push((name, stored.clone()));
                }
                _ => merged.push((name, wanted)),
            }
        }
        if both.is_empty() { Ok(merged) } else { Err(both) }
    }
}

/// Longest value told, in characters.
const TOLD: usize = 120;

/// A stored value as it is told: rows of a list one after the other.
pub fn in_words(value: &str) -> String {
    let listed: Option<Vec<BTreeMap<String, String>>> = serde_json::from_str(value).ok();
    let row = |row: BTreeMap<String, String>| row.into_values().rev().collect::<Vec<_>>().join(" ");
    let words = listed.map(|rows| rows.into_iter().map(row).collect::<Vec<_>>().join(", "));
    words.unwrap_or_else(|| value.to_owned()).chars().take(TOLD).collect()
}

/// Whether what the first of `rows` was changed to can be told.
pub fn is_told(rows: &Rows) -> bool {
    rows.first().is_some_and(|(_, value)| !in_words(value).is_empty())
}

/// The names of the values that differ, for the log of staff.
pub fn changes(before: &Rows, after: &Rows) -> String {
    let differs =
        |(name, value): &&(&'static str, String)| !before.iter().any(|(of, was)| of == name && was == value);
    after.iter().filter(differs).map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_in_words() {
        assert_eq!(in_words("#aa0044"), "#aa0044");
        assert_eq!(
            in_words(r#"[{"label":"Docs","address":"/docs"},{"label":"Shop","address":"/s"}]"#),
            "Docs /docs, Shop /s"
        );
        assert!(in_words("[]").is_empty() && is_told(&rows("1", "2")) && !is_told(&rows("", "2")));
    }

    fn rows(a: &str, b: &str) -> Rows {
        vec![("a", a.to_owned()), ("b", b.to_owned())]
    }

    #[test]
    fn what_each_changed_stays_and_what_both_changed_is_asked_about() {
        let shown = Shown::parse(&Shown::of(&rows("1", "2")).text());
        assert_eq!(shown.merge(rows("1", "3"), &rows("1", "2")), Ok(rows("1", "3")));
        assert_eq!(shown.merge(rows("1", "3"), &rows("4", "2")), Ok(rows("4", "3")));
        assert_eq!(shown.merge(rows("1", "3"), &rows("1", "3")), Ok(rows("1", "3")), "both the same");
        assert_eq!(shown.merge(rows("1", "3"), &rows("1", "4")), Err(vec![("b", "4".to_owned())]));
        assert_eq!(shown.merge(rows("5", "3"), &rows("4", "4")), Err(rows("4", "4")), "all at once");
        assert_eq!(Shown::parse("{").merge(rows("1", "3"), &rows("4", "4")), Ok(rows("1", "3")));
        assert_eq!(changes(&rows("1", "2"), &rows("1", "3")), "b");
    }
}
