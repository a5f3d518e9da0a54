//! What a member can be looked for by besides the handle: the name shown, and how both sound.

use std::collections::BTreeSet;

use crate::base::fold::fold;
use crate::base::pinyin::spoken;

/// Longest form kept, in characters.
const LONGEST: usize = 60;

/// `name` as it is compared: folded, without spaces.
pub fn form(name: &str) -> String {
    fold(name).chars().filter(|ch| !ch.is_whitespace()).take(LONGEST).collect()
}

/// The forms under which whoever has this handle and this name is looked for: the name, and handle and name in
/// pinyin, whole (`zhangwei`) and as initials (`zw`), by every usual reading. Without that of the handle itself.
pub fn forms(handle: &str, name: &str) -> BTreeSet<String> {
    let (handle, name) = (form(handle), form(name));
    let spoken = spoken(&handle).into_iter().chain(spoken(&name));
    let mut forms: BTreeSet<String> = spoken.map(|form| form.chars().take(LONGEST).collect()).collect();
    forms.insert(name);
    forms.remove(&handle);
    forms.remove("");
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(handle: &str, name: &str) -> Vec<String> {
        forms(handle, name).into_iter().collect()
    }

    #[test]
    fn names_are_looked_for_as_written_and_as_they_sound() {
        assert_eq!(all("ada", "Ada Lovelace"), ["adalovelace"]);
        assert!(all("Ada", "ada").is_empty(), "the handle says it all");
        assert_eq!(
            all("zw", "張偉"),
            ["zhangwei", "张伟"],
            "initials that are the handle are not told twice"
        );
        assert_eq!(all("小李88", "小李88"), ["xiaoli88", "xl88"]);
    }

    #[test]
    fn every_usual_reading_counts_up_to_a_limit() {
        let told = all("x", "曾乐");
        for form in ["zengle", "cengle", "zengyue", "zl", "cy"] {
            assert!(told.contains(&form.to_owned()), "{form}: {told:?}");
        }
        assert!(all("x", &"乐".repeat(20)).len() <= 13);
    }
}
