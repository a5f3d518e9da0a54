//! The Markdown a Discourse author typed → ours. Mostly the same dialect; what differs is written
//! line by line outside code: quotes in brackets, uploads, polls, emoji codes, links inside the forum.

use super::emoji;
use super::site::{OldLink, OldSite};
use crate::transfer::links::ForeignLink;

/// Raw texts may hold HTML that our dialect shows as text; then the cooked form reads better.
pub(super) fn needs_cooked(raw: &str) -> bool {
    const HTML: [&str; 16] = [
        "<img", "<a ", "<b>", "<i>", "<div", "<span", "<table", "<details", "<p>", "<iframe", "<video",
        "<ul", "<ol", "<big", "<small", "<h",
    ];
    let raw = raw.to_ascii_lowercase();
    HTML.iter().any(|tag| raw.contains(tag)) || raw.contains("[date=") || raw.contains("[date-range")
}

/// Converts one post.
pub(super) fn markdown(raw: &str, site: &OldSite) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut fence: Option<usize> = None;
    let mut depth = 0usize;
    for line in raw.lines() {
        let text = line.trim();
        let ticks = text.bytes().take_while(|&b| b == b'`').count();
        if let Some(open) = fence {
            if ticks >= open && text.len() == ticks {
                fence = None;
            }
            push(&mut out, depth, line);
        } else if ticks >= 3 {
            fence = Some(ticks);
            push(&mut out, depth, line);
        } else if let Some(head) = text.strip_prefix("[quote").and_then(|rest| rest.split_once(']')) {
            push(&mut out, depth, "");
            depth += 1;
            if let Some(first) = attribution(head.0) {
                push(&mut out, depth, &first);
            }
            if !head.1.trim().is_empty() {
                depth = body_line(&mut out, depth, head.1, site);
            }
        } else {
            depth = body_line(&mut out, depth, line, site);
        }
    }
    out.trim_matches('\n').to_owned()
}

/// Writes a line of prose and gives the depth of quotes after it.
fn body_line(out: &mut String, depth: usize, line: &str, site: &OldSite) -> usize {
    if let Some((last, after)) = line.split_once("[/quote]") {
        if !last.trim().is_empty() {
            push(out, depth, &prose(last, site));
        }
        let depth = depth.saturating_sub(1);
        push(out, depth, "");
        if !after.trim().is_empty() {
            push(out, depth, &prose(after.trim_start(), site));
        }
        return depth;
    }
    let text = line.trim();
    if !(text.starts_with("[poll") && text.ends_with(']') || text == "[/poll]") {
        push(out, depth, &prose(line, site));
    }
    depth
}

fn push(out: &mut String, depth: usize, line: &str) {
    out.push_str(&"> ".repeat(depth.min(8)));
    out.push_str(line);
    out.truncate(out.trim_end_matches(' ').len());
    out.push('\n');
}

/// `="mei, post:3, topic:12"` → the first line of a quote of ours.
fn attribution(head: &str) -> Option<String> {
    let head = head.trim_start_matches('=').trim().trim_matches(['"', '“', '”']);
    let mut pieces = head.split(',').map(str::trim);
    let handle = pieces.next().filter(|handle| !handle.is_empty())?;
    let (mut topic, mut post_number) = (None, None);
    for piece in pieces {
        match piece.split_once(':') {
            Some(("topic", id)) => topic = id.parse().ok(),
            Some(("post", number)) => post_number = number.parse().ok(),
            _ => {}
        }
    }
    Some(match topic {
        Some(topic) => format!("[@{handle}]({}):", ForeignLink { topic, post_number }.placeholder()),
        None => format!("**@{handle}**:"),
    })
}

/// One line outside code fences; code spans in it stay as they are.
fn prose(line: &str, site: &OldSite) -> String {
    let mut out = String::with_capacity(line.len());
    for (i, piece) in line.split('`').enumerate() {
        if i > 0 {
            out.push('`');
        }
        out.push_str(&if i % 2 == 1 {
            piece.to_owned()
        } else {
            addresses(&emoji_outside_links(piece), site)
        });
    }
    out
}

fn emoji_outside_links(text: &str) -> String {
    if text.contains("://") { text.to_owned() } else { emoji::in_text(text) }
}

/// Rewrites addresses of the forum: uploads get a whole address, threads a placeholder.
fn addresses(text: &str, site: &OldSite) -> String {
    let mut text = text.to_owned();
    if let Some(base) = &site.base {
        text = text.replace("upload://", &format!("{base}/uploads/short-url/"));
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = next_address(rest) {
        let (before, found) = rest.split_at(at);
        out.push_str(before);
        let end = found
            .find(|c: char| c.is_whitespace() || matches!(c, ')' | '>' | '"' | '<'))
            .unwrap_or(found.len());
        let (address, tail) = found.split_at(end);
        match site.link(address) {
            OldLink::Thread(link) if before.ends_with("](") || before.ends_with('<') => {
                out.push_str(&link.placeholder());
            }
            OldLink::Thread(link) => {
                out.push('<');
                out.push_str(&link.placeholder());
                out.push('>');
            }
            _ => out.push_str(address),
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

fn next_address(text: &str) -> Option<usize> {
    let whole = ["https://", "http://"].into_iter().filter_map(|scheme| text.find(scheme)).min();
    let path = text.find("](/t/").map(|at| at + 2);
    match (whole, path) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
