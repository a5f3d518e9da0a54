//! What a text refers to, without rendering it: asked before a post is stored.

use std::collections::HashSet;

use super::build;
use super::limits::{MAX_MENTIONS, MarkupError, Stats};
use super::tree::{Document, Node};

/// What a post refers to, in order of appearance.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outline {
    /// Handles mentioned, as first written, each once.
    pub mentions: Vec<String>,
    /// Destinations of links, repeats included.
    pub links: Vec<String>,
    /// Addresses of images, repeats included.
    pub images: Vec<String>,
}

/// Reads what `md` refers to.
pub fn outline(md: &str) -> Outline {
    let document = build::document(md);
    let mut found = Finder::default();
    found.document(&document);
    found.outline
}

/// Counts `md` and compares with the [`super::limits`].
pub fn check(md: &str) -> Result<Stats, MarkupError> {
    let chars = md.chars().count();
    let stats = Stats { chars, ..Stats::default() };
    // Too long is refused before anything is parsed.
    stats.within_limits()?;
    let found = outline(md);
    Stats { links: found.links.len(), mentions: found.mentions.len(), images: found.images.len(), ..stats }
        .within_limits()
}

/// The first handles `md` mentions, for the caller to look up; at most [`MAX_MENTIONS`].
pub fn mentions(md: &str) -> Vec<String> {
    let mut found = outline(md).mentions;
    found.truncate(MAX_MENTIONS);
    found
}

#[derive(Default)]
struct Finder {
    outline: Outline,
    seen: HashSet<String>,
}

impl Finder {
    fn document(&mut self, document: &Document) {
        self.nodes(&document.blocks);
        for (_, note) in &document.notes {
            self.nodes(note);
        }
    }

    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Quote(by, inner) => {
                    // The author line of a quote is free, unless it leads away from the site.
                    let url = by.as_ref().and_then(|by| by.url.as_ref());
                    self.outline
                        .links
                        .extend(url.filter(|url| !url.starts_with('/') || url.starts_with("//")).cloned());
                    self.nodes(inner);
                }
                Node::Paragraph(inner)
                | Node::Heading(_, inner)
                | Node::Fold(_, inner)
                | Node::Styled(_, inner)
                | Node::Item(inner)
                | Node::Cell(inner) => self.nodes(inner),
                Node::List(_, items) => items.iter().for_each(|item| self.nodes(item)),
                Node::Table(_, rows) => rows.iter().flatten().for_each(|cell| self.nodes(cell)),
                Node::Link(url, inner) => {
                    self.outline.links.push(url.clone());
                    self.nodes(inner);
                }
                Node::Image(url, _) => self.outline.images.push(url.clone()),
                Node::Mention(handle) if self.seen.insert(handle.to_lowercase()) => {
                    self.outline.mentions.push(handle.clone());
                }
                _ => {}
            }
        }
    }
}
