//! Folded sections: `[spoiler]` … `[/spoiler]` and `[details="title"]` … `[/details]`, each marker
//! alone on its line, around any blocks. Markers without a partner stay text.

use super::limits::MAX_FOLD_DEPTH;
use super::tree::{Fold, Node, Run};

/// A marker as a node, when `text` is exactly one.
pub(super) fn marker(text: &str) -> Option<Node> {
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    if let Some(name) = inner.strip_prefix('/') {
        return match name.to_ascii_lowercase().as_str() {
            "spoiler" => Some(Node::FoldClose(Fold::Spoiler)),
            "details" => Some(Node::FoldClose(Fold::Details(String::new()))),
            _ => None,
        };
    }
    let (name, title) = inner.split_once('=').unwrap_or((inner, ""));
    match name.to_ascii_lowercase().as_str() {
        "spoiler" => Some(Node::FoldOpen(Fold::Spoiler)),
        "details" => {
            let title = title.trim_matches(['"', '“', '”']).trim();
            (!title.contains(['[', ']'])).then(|| Node::FoldOpen(Fold::Details(title.to_owned())))
        }
        _ => None,
    }
}

/// Cuts the children of a paragraph at lines that are markers: `Err` gives them back when there is none.
pub(super) fn split_lines(children: Vec<Node>) -> Result<Vec<Vec<Node>>, Vec<Node>> {
    if !children.iter().any(|node| matches!(node, Node::Raw(run) if as_marker(run).is_some())) {
        return Err(children);
    }
    let mut lines: Vec<Vec<Node>> = children
        .split(|node| matches!(node, Node::Break))
        .map(|line| match line {
            [Node::Raw(run)] => as_marker(run).map_or_else(|| line.to_vec(), |mark| vec![mark]),
            _ => line.to_vec(),
        })
        .collect();
    lines.dedup_by(|next, line| {
        let joins = !is_marker_line(line) && !is_marker_line(next);
        if joins {
            line.push(Node::Break);
            line.append(next);
        }
        joins
    });
    Ok(lines)
}

fn is_marker_line(line: &[Node]) -> bool {
    matches!(line, [Node::FoldOpen(_) | Node::FoldClose(_)])
}

fn as_marker(run: &Run) -> Option<Node> {
    if run.literal.is_empty() { marker(run.text.trim()) } else { None }
}

/// Joins open and close markers among sibling blocks; what has no partner becomes text again.
pub(super) fn pair(children: Vec<Node>) -> Vec<Node> {
    if !children.iter().any(|node| matches!(node, Node::FoldOpen(_) | Node::FoldClose(_))) {
        return children;
    }
    let mut levels: Vec<(Fold, Vec<Node>)> = Vec::new();
    let mut out = Vec::new();
    for node in children {
        let finished = match node {
            Node::FoldOpen(fold) if levels.len() < MAX_FOLD_DEPTH => {
                levels.push((fold, Vec::new()));
                continue;
            }
            Node::FoldOpen(fold) => as_text(&fold, false),
            Node::FoldClose(fold) => match levels.pop_if(|(open, _)| same(open, &fold)) {
                Some((open, nodes)) => Node::Fold(open, nodes),
                None => as_text(&fold, true),
            },
            other => other,
        };
        levels.last_mut().map_or(&mut out, |(_, nodes)| nodes).push(finished);
    }
    // An author who forgets to close a spoiler meant to hide the rest; a details section is only text.
    while let Some((fold, mut nodes)) = levels.pop() {
        let parent = levels.last_mut().map_or(&mut out, |(_, nodes)| nodes);
        if fold == Fold::Spoiler {
            parent.push(Node::Fold(fold, nodes));
        } else {
            parent.push(as_text(&fold, false));
            parent.append(&mut nodes);
        }
    }
    out
}

fn same(a: &Fold, b: &Fold) -> bool {
    matches!((a, b), (Fold::Spoiler, Fold::Spoiler) | (Fold::Details(_), Fold::Details(_)))
}

fn as_text(fold: &Fold, closing: bool) -> Node {
    let text = match (fold, closing) {
        (Fold::Spoiler, false) => "[spoiler]".to_owned(),
        (Fold::Spoiler, true) => "[/spoiler]".to_owned(),
        (Fold::Details(title), false) => format!("[details=\"{title}\"]"),
        (Fold::Details(_), true) => "[/details]".to_owned(),
    };
    Node::Paragraph(vec![Node::Text(text)])
}
