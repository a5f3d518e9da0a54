//! What a member can be looked for by besides the handle: the name shown, and how both sound.

use std::collections::BTreeSet;

use crate::base::fold::fold;
use crate::base::pinyin::readings;

/// Ways to read a name that are kept: most have one, a few have a character with several readings.
const READINGS: usize = 6;
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
    let mut forms: BTreeSet<String> = sounds(&handle).chain(sounds(&name)).collect();
    forms.insert(name);
    forms.remove(&handle);
    forms.remove("");
    forms
}

/// How a form with Han characters sounds, whole and by initials; nothing for one without.
fn sounds(form: &str) -> impl Iterator<Item = String> {
    let mut told: Vec<(String, String)> = vec![Default::default()];
    let mut han = false;
    for ch in form.chars() {
        let mut heard = readings(ch);
        han |= !heard.is_empty();
        if heard.is_empty() {
            heard.push(ch.to_string());
        }
        told = told
            .iter()
            .flat_map(|(whole, initials)| {
                heard.iter().map(move |sound| {
                    let initial: String = sound.chars().take(1).collect();
                    (format!("{whole}{sound}"), format!("{initials}{initial}"))
                })
            })
            .take(READINGS)
            .collect();
    }
    told.into_iter()
        .filter(move |_| han)
        .flat_map(|(whole, initials)| [whole, initials])
        .map(|form| form.chars().take(LONGEST).collect())
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
        assert!(all("x", &"乐".repeat(20)).len() <= 2 * READINGS + 1);
    }
}
