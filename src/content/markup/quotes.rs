//! Quotes that say whom they quote, in plain Markdown: the first line of the quote is a link followed
//! by a colon, or a name in bold with `@` followed by a colon.
//!
//! ```markdown
//! > [@mei](/p/123):
//! > The words quoted.
//! ```
//!
//! Any other Markdown reader shows that sensibly too, which is why there is no new syntax.

use super::tree::{Attribution, Node, text_of};

/// Quotes `text` (Markdown) of `handle`, said at `post_url`; ends with an empty line, ready for a reply.
pub fn quote(handle: &str, post_url: &str, text: &str) -> String {
    let handle = handle.replace(['[', ']', '\n'], "");
    let url = post_url.replace(['(', ')', ' ', '\n'], "");
    let mut out = format!("> [@{handle}]({url}):\n");
    for line in text.trim().lines() {
        out.push_str(if line.is_empty() { ">" } else { "> " });
        out.push_str(line);
        out.push('\n');
    }
    out.push('\n');
    out
}

/// Takes the author line off the children of a quote.
pub(super) fn take_attribution(children: &mut Vec<Node>) -> Option<Attribution> {
    let Some(Node::Paragraph(line)) = children.first_mut() else { return None };
    let found = match line.as_slice() {
        [Node::Link(url, text), Node::Text(colon), rest @ ..] if ends_line(colon, rest) => {
            Attribution { who: text_of(text).trim().to_owned(), url: Some(url.clone()) }
        }
        [Node::Styled(super::tree::Inline::Strong, name), Node::Text(colon), rest @ ..]
            if ends_line(colon, rest) && text_of(name).starts_with('@') =>
        {
            Attribution { who: text_of(name), url: None }
        }
        _ => return None,
    };
    if found.who.is_empty() {
        return None;
    }
    line.drain(..line.len().min(3));
    if line.is_empty() {
        children.remove(0);
    }
    Some(found)
}

fn ends_line(colon: &str, rest: &[Node]) -> bool {
    matches!(colon.trim_end(), ":" | "：") && matches!(rest.first(), None | Some(Node::Break))
}
