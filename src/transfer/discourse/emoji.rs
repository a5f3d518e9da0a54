//! `:smile:` → 😄. Names follow the lists Discourse shares with GitHub; what only Discourse knows, or a
//! forum made up itself, stays as `:name:`.

use crate::content::markup::emoji;

/// The emoji named by `code`, written with or without its colons; the code in colons when unknown.
pub(super) fn by_code(code: &str) -> String {
    let inner = code.trim().trim_matches(':');
    // ":wave:t3:" carries a skin tone.
    let name = inner.split(":t").next().unwrap_or(inner).to_ascii_lowercase();
    match emoji::by_name(&name) {
        Some(emoji) => emoji.to_owned(),
        None if name.is_empty() => String::new(),
        None => format!(":{inner}:"),
    }
}

/// Replaces codes in running text; unknown ones stay.
pub(super) fn in_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (at, _) in text.match_indices(':') {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        if at >= done
            && let Some((end, emoji)) = emoji::at(text, at, before)
        {
            out.push_str(text.get(done..at).unwrap_or_default());
            out.push_str(emoji);
            done = end;
        }
    }
    out.push_str(text.get(done..).unwrap_or_default());
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
