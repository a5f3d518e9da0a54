//! The words of a post without its markup: for the search index, descriptions and previews.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::tree::{Document, Fold, Inline, Node};
use super::{build, write};

/// Which parts of a post its plain text keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// Words of others that the post quotes.
    pub quotes: bool,
    /// What an author chose to hide.
    pub spoilers: bool,
    /// Code blocks.
    pub code: bool,
}

impl Keep {
    /// Everything there is to read.
    pub const ALL: Self = Self { quotes: true, spoilers: true, code: true };
    /// For the index: a post is found by its own words, not by the ones it quotes.
    pub const SEARCH: Self = Self { quotes: false, spoilers: true, code: true };
    /// What of that is shown: a spoiler is found, and stays covered.
    pub const EXCERPT: Self = Self { spoilers: false, ..Self::SEARCH };
    /// For the index without its code, which the index keeps apart.
    pub const PROSE: Self = Self { code: false, ..Self::SEARCH };
    /// For descriptions and previews.
    pub const PREVIEW: Self = Self { quotes: false, spoilers: false, code: false };
}

/// The words of a Markdown post, one block a line.
pub fn plain_text(md: &str, keep: Keep) -> String {
    plain_of(&build::document(md), keep)
}

/// The words of a Markdown post as the index takes them, and its code blocks: those it quotes are not its own.
pub fn prose_and_code(md: &str) -> (String, String) {
    let document = build::document(md);
    let mut code = String::new();
    gather_code(&document.blocks, &mut code);
    (plain_of(&document, Keep::PROSE), code)
}

/// The words of one block.
pub(super) fn block(node: &Node, keep: Keep) -> String {
    let mut out = String::new();
    push(std::slice::from_ref(node), keep, &mut out);
    out.truncate(out.trim_end().len());
    out
}

fn plain_of(document: &Document, keep: Keep) -> String {
    let mut out = String::new();
    push(&document.blocks, keep, &mut out);
    for (_, note) in &document.notes {
        push(note, keep, &mut out);
    }
    out.truncate(out.trim_end().len());
    out
}

fn gather_code(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match node {
            Node::CodeBlock(_, code) => {
                start_line(out);
                out.push_str(code.trim_end());
            }
            Node::List(_, items) => items.iter().for_each(|item| gather_code(item, out)),
            Node::Item(inner) | Node::Fold(_, inner) => gather_code(inner, out),
            _ => {}
        }
    }
}

fn push(nodes: &[Node], keep: Keep, out: &mut String) {
    for node in nodes {
        match node {
            Node::Paragraph(inner) | Node::Heading(_, inner) => line(inner, keep, out),
            Node::Quote(_, inner) if keep.quotes => push(inner, keep, out),
            Node::List(_, items) => items.iter().for_each(|item| line(item, keep, out)),
            Node::CodeBlock(_, code) if keep.code => {
                start_line(out);
                out.push_str(code.trim_end());
                start_line(out);
            }
            Node::Table(_, rows) => {
                for row in rows {
                    start_line(out);
                    for (nth, cell) in row.iter().enumerate() {
                        out.push_str(if nth > 0 { " · " } else { "" });
                        push(cell, keep, out);
                    }
                }
                start_line(out);
            }
            Node::Fold(Fold::Spoiler, inner) | Node::Styled(Inline::Spoiler, inner) => {
                hidden(inner, keep, out);
            }
            Node::Fold(Fold::Details(title), inner) => {
                start_line(out);
                out.push_str(title);
                line(inner, keep, out);
            }
            Node::Text(text) | Node::Code(text) => out.push_str(text),
            Node::Raw(run) => out.push_str(&run.text),
            Node::Styled(_, inner) | Node::Link(_, inner) | Node::Item(inner) | Node::Cell(inner) => {
                push(inner, keep, out);
            }
            Node::Image(_, alt) => out.push_str(write::sized(alt).0),
            Node::Break => start_line(out),
            Node::Mention(handle) => {
                out.push('@');
                out.push_str(handle);
            }
            _ => {}
        }
    }
}

fn line(nodes: &[Node], keep: Keep, out: &mut String) {
    start_line(out);
    push(nodes, keep, out);
    start_line(out);
}

fn hidden(nodes: &[Node], keep: Keep, out: &mut String) {
    if keep.spoilers { push(nodes, keep, out) } else { out.push('…') }
}

fn start_line(out: &mut String) {
    out.truncate(out.trim_end_matches(' ').len());
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
}

/// The beginning of `text` on one line, at most `columns` wide (a Chinese character takes two), cut
/// between whole characters, at a word boundary where one is near; `…` marks a cut.
pub fn excerpt(text: &str, columns: usize) -> String {
    let mut out = String::new();
    let mut width = 0;
    let mut word_end = 0;
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let gap = usize::from(!out.is_empty());
        let room = columns.saturating_sub(width + gap);
        let needed = word.width();
        // The last word may use the column otherwise kept for the mark of a cut.
        if needed < room || (needed == room && words.peek().is_none()) {
            if gap == 1 {
                out.push(' ');
            }
            out.push_str(word);
            width += gap + needed;
            word_end = out.len();
            continue;
        }
        if gap == 1 && room > 1 {
            out.push(' ');
        }
        let mut left = room.saturating_sub(1);
        for cluster in word.graphemes(true) {
            let Some(rest) = left.checked_sub(cluster.width()) else { break };
            left = rest;
            out.push_str(cluster);
        }
        // Half a Latin word says little; part of a Chinese sentence, written without spaces, says much.
        if word_end > 0 && word.is_ascii() {
            out.truncate(word_end);
        }
        out.truncate(out.trim_end().len());
        if columns > 0 {
            out.push('…');
        }
        break;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_leaves_out_what_is_asked() {
        let md = "# Title\n\n> said by others\n\nown **words** and `code`\n\n```rust\nfn x() {}\n```\n\n- one\n- two ||secret||\n";
        assert_eq!(
            plain_text(md, Keep::ALL),
            "Title\nsaid by others\nown words and code\nfn x() {}\none\ntwo secret"
        );
        assert_eq!(plain_text(md, Keep::PREVIEW), "Title\nown words and code\none\ntwo …");
        assert_eq!(plain_text("[spoiler]\nx\n[/spoiler]", Keep::PREVIEW), "…");
    }

    #[test]
    fn excerpts_are_cut_by_width_and_between_characters() {
        assert_eq!(excerpt("short text", 20), "short text");
        assert_eq!(excerpt("exactly ten", 11), "exactly ten");
        assert_eq!(excerpt("the quick brown fox", 12), "the quick…");
        assert_eq!(excerpt("热度排名让好内容浮现", 9), "热度排名…");
        assert_eq!(excerpt("热度 排名让好内容浮现", 10), "热度 排名…");
        assert_eq!(excerpt("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 3), "👩‍👩‍👧‍👦…");
        assert_eq!(excerpt("a\n b\t c", 10), "a b c");
        assert_eq!(excerpt("abc", 0), "");
    }
}
