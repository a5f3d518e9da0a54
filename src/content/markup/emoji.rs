//! Emoji by their short names: those that Discourse shares with GitHub.

/// Names that Discourse has and the common list has not.
const OWN: [(&str, &str); 14] = [
    ("slight_smile", "🙂"),
    ("slightly_smiling_face", "🙂"),
    ("slightly_smiling", "🙂"),
    ("frowning", "😦"),
    ("upside_down", "🙃"),
    ("thinking", "🤔"),
    ("nerd", "🤓"),
    ("hugs", "🤗"),
    ("rofl", "🤣"),
    ("face_with_raised_eyebrow", "🤨"),
    ("slight_frown", "🙁"),
    ("slightly_frowning_face", "🙁"),
    ("facepalm", "🤦"),
    ("smiley_face", "😃"),
];

/// Longest short name, in bytes.
const LONGEST: usize = 40;

/// The emoji of a short name, without its colons.
pub fn by_name(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let own = OWN.iter().find(|(own, _)| *own == name).map(|(_, emoji)| *emoji);
    own.or_else(|| emojis::get_by_shortcode(&name).map(emojis::Emoji::as_str))
}

/// The emoji of the `:name:` at byte `at`, and where that ends. A colon within words or numbers (`10:30`, `a::b`)
/// begins no name.
pub fn at(text: &str, at: usize, before: Option<char>) -> Option<(usize, &'static str)> {
    let apart =
        |ch: Option<char>| ch.is_none_or(|ch| !ch.is_ascii_alphanumeric() && !matches!(ch, ':' | '/'));
    let (name, after) = text.get(at + 1..)?.split_once(':')?;
    let shaped = (1..=LONGEST).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'+' | b'-'));
    if !shaped || !apart(before) || !apart(after.chars().next()) {
        return None;
    }
    Some((at + name.len() + 2, by_name(name)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_apart() {
        let whole =
            |text: &str, from: usize| at(text, from, text.get(..from).and_then(|t| t.chars().next_back()));
        assert_eq!(whole("so :smile: it", 3), Some((10, "😄")));
        assert_eq!(whole("好:+1:的", 3), Some((7, "👍")));
        for (text, from) in
            [("10:30:15", 2), ("std::vec::Vec", 4), (":nope:", 0), ("a:100:", 1), (": x :", 0)]
        {
            assert_eq!(whole(text, from), None, "{text}");
        }
    }
}
