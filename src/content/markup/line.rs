//! A text of a line or two that is no post, such as the site's notice: words and links, nothing else.

use url::Url;

use super::build;
use super::links::{Target, target};
use super::plain::{self, Keep};
use super::tree::{Node, text_of};

/// A run of words, and where it leads when it is a link. Line ends are `\n`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The words.
    pub text: String,
    /// Where they lead.
    pub url: Option<String>,
}

/// The words and links of `md`: addresses as typed and `[words](address)`. Other marks give their words only; a link
/// to anything but a page or a mailbox does too.
pub fn line(md: &str, base_url: &str) -> Vec<Piece> {
    let document = build::document(md);
    let mut pieces = Pieces { site: Url::parse(base_url).ok(), found: Vec::new() };
    for (n, block) in document.blocks.iter().enumerate() {
        if n > 0 {
            pieces.say("\n");
        }
        match block {
            Node::Paragraph(inner) | Node::Heading(_, inner) => pieces.inline(inner),
            other => pieces.say(&plain::block(other, Keep::ALL)),
        }
    }
    pieces.found
}

struct Pieces {
    site: Option<Url>,
    found: Vec<Piece>,
}

impl Pieces {
    fn say(&mut self, text: &str) {
        match self.found.last_mut() {
            Some(Piece { text: before, url: None }) => before.push_str(text),
            _ if text.is_empty() => {}
            _ => self.found.push(Piece { text: text.to_owned(), url: None }),
        }
    }

    fn inline(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Link(dest, inner) => self.link(dest, inner),
                Node::Styled(_, inner) => self.inline(inner),
                Node::Break => self.say("\n"),
                other => self.say(&text_of(std::slice::from_ref(other))),
            }
        }
    }

    fn link(&mut self, dest: &str, inner: &[Node]) {
        let words = text_of(inner);
        let text = if words.trim().is_empty() { dest.to_owned() } else { words };
        match target(dest, self.site.as_ref()) {
            Some(Target::Internal(href) | Target::External { href, .. } | Target::Mail(href)) => {
                self.found.push(Piece { text, url: Some(href) });
            }
            None => self.say(&text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(md: &str) -> String {
        line(md, "https://forum.example")
            .iter()
            .map(|piece| match &piece.url {
                Some(url) => format!("<{}={url}>", piece.text),
                None => piece.text.clone(),
            })
            .collect()
    }

    #[test]
    fn addresses_are_links_and_nothing_else_is_markup() {
        for (md, expected) in [
            ("Closed on Friday.", "Closed on Friday."),
            (
                "See https://status.example/now, please.",
                "See <https://status.example/now=https://status.example/now>, please.",
            ),
            ("Read the [house rules](/pages/rules)!", "Read the <house rules=/pages/rules>!"),
            ("**Bold** <b>a & b</b> @ada ||x||", "Bold <b>a & b</b> @ada x"),
            ("[run](javascript:alert(1))", "run"),
            ("one\ntwo\n\nthree", "one\ntwo\nthree"),
            ("- a\n- b", "a\nb"),
            ("", ""),
        ] {
            assert_eq!(shown(md), expected, "{md}");
        }
    }
}
