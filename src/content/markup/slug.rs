//! The readable part of an address. Chinese titles keep their characters.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Characters in a slug.
pub const MAX_SLUG_CHARS: usize = 60;
/// Bytes of a slug once percent-encoded; a Chinese character takes nine.
pub const MAX_SLUG_ENCODED: usize = 180;

/// Words of `title` in lower case, joined by `-`; `-` alone when it has none. The same title always
/// gives the same slug.
pub fn slugify(title: &str) -> String {
    let mut slug = String::new();
    let (mut chars, mut encoded) = (0, 0);
    let mut gap = false;
    // Where the last whole word ended, to cut there rather than inside a word.
    let mut word_end = 0;
    // Apostrophes go first: taken out later they would let marks around them meet in another order.
    let kept = title.chars().filter(|c| !matches!(c, '\'' | '’')).map(|c| if c == 'İ' { 'I' } else { c });
    let folded: String = kept.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    for c in folded.chars() {
        let belongs = c.is_alphanumeric() || (is_combining_mark(c) && !gap && !slug.is_empty());
        if !belongs {
            gap = true;
            continue;
        }
        if gap && !slug.is_empty() {
            word_end = slug.len();
            slug.push('-');
            (chars, encoded) = (chars + 1, encoded + 1);
        }
        gap = false;
        chars += 1;
        encoded += if c.is_ascii() { 1 } else { 3 * c.len_utf8() };
        if chars > MAX_SLUG_CHARS || encoded > MAX_SLUG_ENCODED {
            if c.is_ascii() && word_end > 0 {
                slug.truncate(word_end);
            }
            break;
        }
        slug.push(c);
    }
    let slug = slug.trim_matches('-');
    if slug.is_empty() { "-".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_readable_addresses() {
        assert_eq!(slugify("How do I reset it?"), "how-do-i-reset-it");
        assert_eq!(slugify("如何重置设备？"), "如何重置设备");
        assert_eq!(slugify("Don’t panic: C++ & Rust"), "dont-panic-c-rust");
        assert_eq!(slugify("ＦＵＬＬ width"), "full-width");
        assert_eq!(slugify("../../etc/passwd"), "etc-passwd");
        assert_eq!(slugify("!?"), "-");
        assert_eq!(slugify(""), "-");
    }

    #[test]
    fn long_titles_are_cut_between_words() {
        let slug = slugify(&"word ".repeat(40));
        assert!(slug.len() <= MAX_SLUG_CHARS && slug.ends_with("-word"), "{slug}");
        assert_eq!(slugify(&"字".repeat(100)).chars().count(), 20);
        assert_eq!(slugify(&"x".repeat(100)).len(), MAX_SLUG_CHARS);
    }
}
