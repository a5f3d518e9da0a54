//! What a mention looks like: `@` and a handle of any script, outside code, links and quotes.
//!
//! A handle has letters, digits, `_`, and `-` or `.` inside. Handles are of one script, so the run
//! ends where Chinese, Japanese or Korean meets another alphabet (`@tom你好` mentions `tom`).

use super::limits::MAX_HANDLE_CHARS;

/// Whether `c` belongs to a script written without spaces between words.
pub(super) fn is_cjk(c: char) -> bool {
    matches!(c,
        '\u{2E80}'..='\u{2FDF}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30FF}' | '\u{3100}'..='\u{312F}'
        | '\u{31A0}'..='\u{31BF}' | '\u{31F0}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// The end of the mention that starts with the `@` at byte `at`, or `None` when there is none.
pub(super) fn mention_end(text: &str, at: usize, before: Option<char>) -> Option<usize> {
    // What precedes makes it an e-mail address, a path or a decorator rather than a mention.
    if before.is_some_and(|c| (c.is_alphanumeric() && !is_cjk(c)) || "@/._-+\\".contains(c)) {
        return None;
    }
    let mut script: Option<bool> = None;
    let mut end = None;
    for (count, (i, c)) in text.get(at + 1..)?.char_indices().enumerate() {
        if c.is_alphabetic() {
            if *script.get_or_insert(is_cjk(c)) != is_cjk(c) {
                break;
            }
        } else if !(c.is_alphanumeric() || c == '_' || (matches!(c, '-' | '.') && end.is_some())) {
            break;
        }
        if count >= MAX_HANDLE_CHARS {
            return None;
        }
        if !matches!(c, '-' | '.') {
            end = Some(at + 1 + i + c.len_utf8());
        }
    }
    end
}
