//! Syntax inside a line that CommonMark does not have: bare links, mentions, spoilers, a few plain
//! HTML elements. Works on runs of text, in one pass each, so that its time is linear.

use super::emoji;
use super::limits::MAX_INLINE_DEPTH;
use super::links::bare_url_end;
use super::mentions::mention_end;
use super::tree::{Inline, Node, Run};

/// What may be found in the runs at hand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Allowed {
    /// False inside links.
    pub links: bool,
    /// False inside links and quotes.
    pub mentions: bool,
}

/// A piece of inline HTML as a node: a known plain element, a break, nothing for a comment; anything
/// else is shown as it was typed.
pub(super) fn html_piece(html: &str) -> Option<Node> {
    if html.starts_with("<!--") {
        return None;
    }
    Some(match html.to_ascii_lowercase().as_str() {
        "<br>" | "<br/>" | "<br />" => Node::Break,
        "<kbd>" => Node::Open(Inline::Key),
        "</kbd>" => Node::Close(Inline::Key),
        "<sub>" => Node::Open(Inline::Sub),
        "</sub>" => Node::Close(Inline::Sub),
        "<sup>" => Node::Open(Inline::Sup),
        "</sup>" => Node::Close(Inline::Sup),
        "<u>" => Node::Open(Inline::Underline),
        "</u>" => Node::Close(Inline::Underline),
        _ => Node::Raw(Run { text: html.to_owned(), literal: Vec::new() }),
    })
}

/// Turns raw runs among `children` into final nodes and joins markers with their partners.
pub(super) fn finish(children: Vec<Node>, allowed: Allowed) -> Vec<Node> {
    let mut flat = Vec::with_capacity(children.len());
    for node in children {
        match node {
            Node::Raw(run) => scan(&run, allowed, &mut flat),
            other => flat.push(other),
        }
    }
    if flat.iter().any(|node| matches!(node, Node::Open(_) | Node::Close(_))) { pair(flat) } else { flat }
}

fn scan(run: &Run, allowed: Allowed, out: &mut Vec<Node>) {
    let text = run.text.as_str();
    let mut done = 0;
    let mut before: Option<char> = None;
    let mut at = 0;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let found = if run.literal.binary_search(&at).is_ok() {
            None
        } else {
            match c {
                'h' | 'H' if allowed.links => bare_link(text, at, before),
                '@' if allowed.mentions => mention(text, at, before),
                ':' => emoji::at(text, at, before).map(|(end, emoji)| (end, Node::Text(emoji.to_owned()))),
                '|' => bars(text, at, before),
                '[' => bracket(text, at),
                _ => None,
            }
        };
        let Some((end, node)) = found else {
            before = Some(c);
            at += c.len_utf8();
            continue;
        };
        push_text(text.get(done..at), out);
        match node {
            Node::Text(text) => push_text(Some(&text), out),
            other => out.push(other),
        }
        before = text.get(at..end).and_then(|piece| piece.chars().next_back());
        (at, done) = (end, end);
    }
    push_text(text.get(done..), out);
}

fn push_text(text: Option<&str>, out: &mut Vec<Node>) {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return };
    if let Some(Node::Text(last)) = out.last_mut() {
        last.push_str(text);
    } else {
        out.push(Node::Text(text.to_owned()));
    }
}

type Found = Option<(usize, Node)>;

fn bare_link(text: &str, at: usize, before: Option<char>) -> Found {
    if before.is_some_and(|c| c.is_ascii_alphanumeric()) {
        return None;
    }
    let end = bare_url_end(text, at)?;
    let url = text.get(at..end)?.to_owned();
    Some((end, Node::Link(url.clone(), vec![Node::Text(url)])))
}

fn mention(text: &str, at: usize, before: Option<char>) -> Found {
    let end = mention_end(text, at, before)?;
    Some((end, Node::Mention(text.get(at + 1..end)?.to_owned())))
}

/// `||` opens after anything but a letter or digit of the Latin kind and before no space; it closes
/// the mirrored way. So `a || b` and `a||b` in code typed as prose stay what they are.
fn bars(text: &str, at: usize, before: Option<char>) -> Found {
    let rest = text.get(at..)?;
    let length = rest.bytes().take_while(|&b| b == b'|').count();
    if length != 2 {
        return Some((at + length, Node::Text("|".repeat(length))));
    }
    let after = rest.chars().nth(2);
    let opens = after.is_none_or(|c| !c.is_whitespace()) && before.is_none_or(|c| !c.is_ascii_alphanumeric());
    let closes =
        before.is_none_or(|c| !c.is_whitespace()) && after.is_none_or(|c| !c.is_ascii_alphanumeric());
    let node = match (opens, closes) {
        (_, true) => Node::Close(Inline::Spoiler),
        (true, false) => Node::Open(Inline::Spoiler),
        (false, false) => Node::Text("||".to_owned()),
    };
    // Where both are possible, `pair` reads a close without an open as an open.
    Some((at + 2, node))
}

fn bracket(text: &str, at: usize) -> Found {
    let rest = text.get(at..)?;
    for (mark, node) in
        [("[spoiler]", Node::Open(Inline::Spoiler)), ("[/spoiler]", Node::Close(Inline::Spoiler))]
    {
        if rest.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark)) {
            return Some((at + mark.len(), node));
        }
    }
    None
}

fn source_of(kind: Inline, closing: bool) -> &'static str {
    match (kind, closing) {
        (Inline::Key, false) => "<kbd>",
        (Inline::Key, true) => "</kbd>",
        (Inline::Sub, false) => "<sub>",
        (Inline::Sub, true) => "</sub>",
        (Inline::Sup, false) => "<sup>",
        (Inline::Sup, true) => "</sup>",
        (Inline::Underline, false) => "<u>",
        (Inline::Underline, true) => "</u>",
        (Inline::Spoiler | Inline::Emphasis | Inline::Strong | Inline::Strike, _) => "||",
    }
}

/// Joins each close with the nearest open of its kind among siblings; the rest becomes text again.
fn pair(nodes: Vec<Node>) -> Vec<Node> {
    let mut levels: Vec<(Inline, Vec<Node>)> = Vec::new();
    let mut out = Vec::new();
    for node in nodes {
        match node {
            Node::Close(kind) => match levels.iter().rposition(|(open, _)| *open == kind) {
                Some(depth) => {
                    while levels.len() > depth + 1 {
                        dissolve(&mut levels, &mut out);
                    }
                    if let Some((_, inner)) = levels.pop() {
                        top(&mut levels, &mut out).push(Node::Styled(kind, inner));
                    }
                }
                None if kind == Inline::Spoiler && levels.len() < MAX_INLINE_DEPTH => {
                    levels.push((kind, Vec::new()));
                }
                None => push_text(Some(source_of(kind, true)), top(&mut levels, &mut out)),
            },
            Node::Open(kind) if levels.len() < MAX_INLINE_DEPTH => levels.push((kind, Vec::new())),
            Node::Open(kind) => push_text(Some(source_of(kind, false)), top(&mut levels, &mut out)),
            Node::Text(text) => push_text(Some(&text), top(&mut levels, &mut out)),
            other => top(&mut levels, &mut out).push(other),
        }
    }
    while !levels.is_empty() {
        dissolve(&mut levels, &mut out);
    }
    out
}

fn top<'a>(levels: &'a mut [(Inline, Vec<Node>)], out: &'a mut Vec<Node>) -> &'a mut Vec<Node> {
    levels.last_mut().map_or(out, |(_, nodes)| nodes)
}

/// Gives the innermost open marker back as text, followed by what came after it.
fn dissolve(levels: &mut Vec<(Inline, Vec<Node>)>, out: &mut Vec<Node>) {
    let Some((kind, inner)) = levels.pop() else { return };
    let parent = top(levels, out);
    push_text(Some(source_of(kind, false)), parent);
    for node in inner {
        match node {
            Node::Text(text) => push_text(Some(&text), parent),
            other => parent.push(other),
        }
    }
}
