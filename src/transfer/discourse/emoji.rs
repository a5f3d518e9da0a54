//! `:smile:` → 😄. Names follow the lists Discourse shares with GitHub; what only Discourse knows, or a
//! forum made up itself, stays as `:name:`.

use crate::content::markup::emoji::by_name;

/// The emoji named by `code`, written with or without its colons; the code in colons when unknown.
pub(super) fn by_code(code: &str) -> String {
    let inner = code.trim().trim_matches(':');
    // ":wave:t3:" carries a skin tone.
    let name = inner.split(":t").next().unwrap_or(inner).to_ascii_lowercase();
    match by_name(&name) {
        Some(emoji) => emoji.to_owned(),
        None if name.is_empty() => String::new(),
        None => format!(":{inner}:"),
    }
}

/// Replaces codes in running text; unknown ones stay.
pub(super) fn in_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(':') {
        let (before, found) = rest.split_at(at);
        out.push_str(before);
        let name = found.get(1..).and_then(|after| after.split_once(':')).map(|(name, _)| name);
        let known = name.filter(|name| {
            (1..=40).contains(&name.len())
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'+' || b == b'-')
        });
        let emoji = known.map(by_code).filter(|emoji| !emoji.starts_with(':'));
        if let (Some(emoji), Some(name)) = (emoji, known) {
            out.push_str(&emoji);
            rest = found.get(name.len() + 2..).unwrap_or_default();
        } else {
            out.push(':');
            rest = found.get(1..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_codes_become_emoji() {
        assert_eq!(by_code(":smile:"), "😄");
        assert_eq!(by_code(":slight_smile:"), "🙂");
        assert_eq!(by_code(":+1:"), "👍");
        assert_eq!(by_code(":our_logo:"), ":our_logo:");
        assert_eq!(in_text("at 10:30:15 :smile: :nope: ::"), "at 10:30:15 😄 :nope: ::");
    }
}
