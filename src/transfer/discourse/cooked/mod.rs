//! The HTML Discourse made of a post → the Markdown our renderer reads.
//!
//! General HTML is left to `htmd`; what Discourse adds (quotes, mentions, emoji, cards, players,
//! lightboxes, polls, spoilers) has a handler each in [`handlers`].

mod cards;
mod dom;
mod handlers;
mod polls;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use htmd::HtmlToMarkdown;
use htmd::options::{BrStyle, BulletListMarker, Options};

use super::shapes::Poll;
use super::site::OldSite;

/// Deeper HTML than this is read as bare text: the conversion recurses over it.
const MAX_DEPTH: usize = 200;

/// What conversions came across, summed over all posts.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub images: AtomicU64,
    pub polls: AtomicU64,
    pub cards: AtomicU64,
    pub embeds: AtomicU64,
    pub internal_links: AtomicU64,
}

impl Tally {
    fn add(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

/// Converts posts of one forum.
pub(super) struct Converter {
    html: HtmlToMarkdown,
    pub tally: Arc<Tally>,
}

impl Converter {
    pub fn new(site: &Arc<OldSite>) -> Self {
        let tally = Arc::new(Tally::default());
        let options = Options {
            br_style: BrStyle::TwoSpaces,
            bullet_list_marker: BulletListMarker::Dash,
            ul_bullet_spacing: 1,
            ol_number_spacing: 1,
            preformatted_code: true,
            ..Options::default()
        };
        let builder = HtmlToMarkdown::builder().options(options).scripting_enabled(false);
        let html = handlers::register(builder, site, &tally).build();
        Self { html, tally }
    }

    /// Converts one post, with the votes of its `polls`.
    pub fn markdown(&self, cooked: &str, polls: &[Poll]) -> String {
        let whole = polls::complete(cooked, polls);
        let Ok(tree) = self.html.html_to_tree(&whole) else { return String::new() };
        if dom::depth(&tree) > MAX_DEPTH {
            let text = dom::text(&tree);
            dom::dismantle(&tree);
            return text;
        }
        dom::ready(&tree);
        polls::count(&tree, polls);
        tidy(&self.html.tree_to_markdown(&tree))
    }
}

/// Takes off spaces at line ends outside code fences (our line breaks need none) and runs of empty lines.
fn tidy(md: &str) -> String {
    let mut out = String::with_capacity(md.len());
    let mut fence: Option<usize> = None;
    let mut empty = 0;
    for line in md.lines() {
        let text = line.trim_start_matches([' ', '>', '-']);
        let ticks = text.bytes().take_while(|&b| b == b'`').count();
        match fence {
            Some(open) if ticks >= open && text.trim_end().len() == ticks => fence = None,
            None if ticks >= 3 => fence = Some(ticks),
            _ => {}
        }
        let line = if fence.is_some() { line } else { line.trim_end() };
        empty = if line.is_empty() && fence.is_none() { empty + 1 } else { 0 };
        if empty < 2 {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.trim_matches('\n').to_owned()
}
