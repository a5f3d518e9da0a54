//! Readies a text for the Markdown parser: drops invisible controls, sets fold markers apart.

use std::borrow::Cow;

use pulldown_cmark::Options;

use super::beside_han::{LETTER, lettered};

/// The dialect: CommonMark with tables, footnotes, strikethrough and task lists.
pub(super) fn dialect() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
}

/// Characters that only serve to deceive: controls, the ones that reorder text around them, and the one that stands
/// for a letter while the text is parsed.
pub(super) fn is_deceiving(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | LETTER)
        || (c.is_control() && !matches!(c, '\n' | '\t' | '\r'))
}

/// The text as the parser is to see it.
pub(super) fn prepare(md: &str) -> Cow<'_, str> {
    lettered(folds_apart(md))
}

/// The text without deceiving characters, and with empty lines around fold markers that stand alone,
/// so that a marker ends a list or paragraph above it as people expect.
fn folds_apart(md: &str) -> Cow<'_, str> {
    let clean: Cow<'_, str> = if md.contains(is_deceiving) {
        Cow::Owned(md.chars().filter(|&c| !is_deceiving(c)).collect())
    } else {
        Cow::Borrowed(md)
    };
    if !clean.lines().any(is_fold_line) {
        return clean;
    }
    let mut out = String::with_capacity(clean.len() + 64);
    let mut fence: Option<(char, usize)> = None;
    for line in clean.lines() {
        fence = after_line(fence, line);
        if fence.is_none() && is_fold_line(line) {
            out.push('\n');
            out.push_str(line.trim());
            out.push('\n');
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    Cow::Owned(out)
}

/// Whether a code fence is open after `line`, and which.
fn after_line(open: Option<(char, usize)>, line: &str) -> Option<(char, usize)> {
    let text = line.trim_start();
    let Some(mark) = text.chars().next().filter(|c| matches!(c, '`' | '~')) else { return open };
    let length = text.chars().take_while(|&c| c == mark).count();
    let rest = text.trim_start_matches(mark).trim();
    match open {
        Some((m, n)) if m == mark && length >= n && rest.is_empty() => None,
        Some(_) => open,
        None if length >= 3 && !(mark == '`' && rest.contains('`')) => Some((mark, length)),
        None => None,
    }
}

/// Whether `line`, unindented, is nothing but a fold marker.
fn is_fold_line(line: &str) -> bool {
    line.starts_with('[') && super::folds::marker(line.trim_end()).is_some()
}
