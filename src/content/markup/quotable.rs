//! The part of a post that a quote shows: the author's own words, cut where Markdown can be cut.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

use super::mentions::is_cjk;
use super::{Keep, excerpt, plain_text, source};

/// Characters of a post that a quote shows at the most; a mark of omission comes on top.
const SHOWN: usize = 1_000;

/// A block at the outermost level, and where it can be cut without breaking what is open there.
struct Piece {
    range: Range<usize>,
    cuts: Vec<usize>,
    /// What closes a code block that was cut.
    fence: Option<String>,
}

/// The Markdown of `md` that is worth quoting: without the quotes in it, of a thousand characters at the most.
pub fn quotable(md: &str) -> String {
    let text = source::prepare(md);
    let mut out = String::new();
    for piece in pieces(&text) {
        let room = SHOWN.saturating_sub(out.chars().count());
        let whole = text.get(piece.range.clone()).unwrap_or_default().trim_end();
        if whole.chars().count() <= room {
            push(&mut out, whole);
            continue;
        }
        let part = cut(&text, &piece, room);
        if part.is_empty() && out.is_empty() {
            out = excerpt(&plain_text(whole, Keep::PREVIEW).replace('\n', " "), room);
        } else if part.is_empty() {
            push(&mut out, "…");
        } else {
            push(&mut out, &part);
            out.push_str(if piece.fence.is_some() { "\n\n…" } else { " …" });
        }
        break;
    }
    close_folds(&mut out);
    if out.is_empty() { "…".into() } else { out }
}

fn push(out: &mut String, block: &str) {
    if !out.is_empty() {
        out.push_str("\n\n");
    }
    out.push_str(block);
}

/// The beginning of a piece, within `room` characters; empty when it has no place to be cut at.
fn cut(text: &str, piece: &Piece, room: usize) -> String {
    let whole = text.get(piece.range.clone()).unwrap_or_default();
    let limit = piece.range.start + whole.char_indices().nth(room).map_or(whole.len(), |(at, _)| at);
    let end = piece.cuts.iter().copied().filter(|at| *at <= limit).max().unwrap_or(piece.range.start);
    let part = text.get(piece.range.start..end).unwrap_or_default();
    // A spoiler that would stay open is left out whole.
    let spoilers = part.matches("||").count();
    let part =
        if spoilers % 2 == 1 { part.rfind("||").and_then(|at| part.get(..at)).unwrap_or(part) } else { part };
    match &piece.fence {
        Some(fence) if !part.is_empty() => format!("{}\n{fence}", part.trim_end()),
        _ => part.trim_end().to_owned(),
    }
}

fn close_folds(out: &mut String) {
    for (open, close) in [("[spoiler]", "[/spoiler]"), ("[details", "[/details]")] {
        for _ in out.matches(close).count()..out.matches(open).count() {
            push(out, close);
        }
    }
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    let (mut depth, mut inline, mut code) = (0_usize, 0_usize, false);
    let mut piece: Option<Piece> = None;
    for (event, range) in Parser::new_ext(text, source::dialect()).into_offset_iter() {
        match &event {
            Event::Start(tag) => {
                if depth == 0 {
                    piece = begin(text, tag, range);
                }
                depth += 1;
                inline += usize::from(is_inline(tag));
                code |= matches!(tag, Tag::CodeBlock(_));
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                match end {
                    TagEnd::CodeBlock => code = false,
                    TagEnd::Emphasis
                    | TagEnd::Strong
                    | TagEnd::Strikethrough
                    | TagEnd::Link
                    | TagEnd::Image => {
                        inline = inline.saturating_sub(1);
                    }
                    _ => {}
                }
                if depth == 0 {
                    found.extend(piece.take());
                } else if inline == 0 && !code && !matches!(end, TagEnd::TableHead | TagEnd::TableCell) {
                    mark(&mut piece, range.end);
                }
            }
            Event::Rule if depth == 0 => found.push(Piece { range, cuts: Vec::new(), fence: None }),
            Event::SoftBreak | Event::HardBreak if inline == 0 => mark(&mut piece, range.start),
            Event::Text(_) if code && depth == 1 => lines(text, &mut piece, range),
            Event::Text(_) if inline == 0 && !code => words(text, &mut piece, range),
            _ => {}
        }
    }
    found
}

/// What others said, and what notes say elsewhere, is not quoted.
fn begin(text: &str, tag: &Tag<'_>, range: Range<usize>) -> Option<Piece> {
    let fence = match tag {
        Tag::BlockQuote(_) | Tag::FootnoteDefinition(_) => return None,
        Tag::CodeBlock(CodeBlockKind::Fenced(_)) => {
            let start = text.get(range.clone()).unwrap_or_default().trim_start();
            let mark = start.chars().next().unwrap_or('`');
            Some(start.chars().take_while(|c| *c == mark).collect())
        }
        _ => None,
    };
    Some(Piece { range, cuts: Vec::new(), fence })
}

fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. })
}

fn mark(piece: &mut Option<Piece>, at: usize) {
    if let Some(piece) = piece {
        piece.cuts.push(at);
    }
}

fn lines(text: &str, piece: &mut Option<Piece>, range: Range<usize>) {
    let start = range.start;
    for (at, _) in text.get(range).unwrap_or_default().match_indices('\n') {
        mark(piece, start + at);
    }
}

/// Ends of words; between any two characters where words are written without spaces.
fn words(text: &str, piece: &mut Option<Piece>, range: Range<usize>) {
    let start = range.start;
    for (at, c) in text.get(range).unwrap_or_default().char_indices() {
        if c.is_whitespace() {
            mark(piece, start + at);
        } else if is_cjk(c) {
            mark(piece, start + at + c.len_utf8());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_said_is_left_out() {
        let md = "> [@mei](/p/1):\n> Which seal?\n\nThe **lip** seal.\n\n> > deep\n\n- one\n- two\n\n```rust\nlet a = 1;\n```";
        assert_eq!(quotable(md), "The **lip** seal.\n\n- one\n- two\n\n```rust\nlet a = 1;\n```");
        assert_eq!(quotable("> only a quote"), "…");
        assert_eq!(quotable(""), "…");
        assert_eq!(quotable("Said[^1].\n\n[^1]: elsewhere"), "Said[^1].");
    }

    #[test]
    fn what_is_long_is_cut_where_nothing_is_open() {
        let long = format!("{}**strong words that would be torn apart** and more", "word ".repeat(198));
        let short = quotable(&long);
        assert!(short.ends_with("word …") && short.chars().count() <= SHOWN + 2, "{short}");
        let chinese = quotable(&"轴承".repeat(900));
        assert_eq!(chinese.chars().count(), SHOWN + 2);
        let code = quotable(&format!("````c\n{}````", "int x; // ```\n".repeat(200)));
        assert!(code.ends_with("int x; // ```\n````\n\n…"), "{code}");
        let list = quotable(&"- an item of a list with *some* words in it\n".repeat(60));
        assert!(list.ends_with(" …") && list.matches('*').count().is_multiple_of(2), "{list}");
        let second = quotable(&format!("First.\n\n{}", "x".repeat(3_000)));
        assert_eq!(second, "First.\n\n…");
        let endless = quotable(&"y".repeat(3_000));
        assert!(endless.ends_with("y…") && endless.chars().count() <= SHOWN + 1, "one endless word");
    }

    #[test]
    fn what_is_hidden_stays_hidden() {
        let block = quotable(&format!("[spoiler]\n{}\n[/spoiler]", "It was the seal. ".repeat(100)));
        assert!(block.starts_with("[spoiler]") && block.ends_with("[/spoiler]"), "{block}");
        let inline = quotable(&format!("{}||{}||", "word ".repeat(190), "it was the seal ".repeat(10)));
        assert!(!inline.contains("seal") && !inline.contains("||"), "{inline}");
    }
}
