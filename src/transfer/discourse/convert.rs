//! Chooses between the two forms of a post's text.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::cooked::Converter;
use super::raw;
use super::shapes::Poll;
use super::site::OldSite;
use crate::transfer::records::Report;

/// Turns texts of one forum into our Markdown.
pub(super) struct Texts {
    site: Arc<OldSite>,
    converter: Converter,
}

impl Texts {
    pub fn new(site: OldSite) -> Self {
        let site = Arc::new(site);
        Self { converter: Converter::new(&site), site }
    }

    /// The forum's address, where it is known.
    pub fn home(&self) -> Option<String> {
        self.site.base.clone()
    }

    /// The text of a post, from `raw` where it says everything, else from `cooked`; with the votes of its `polls`.
    pub fn markdown(&self, raw: Option<&str>, cooked: Option<&str>, polls: &[Poll]) -> Option<String> {
        match (raw, cooked) {
            (Some(raw), Some(cooked)) if raw::needs_cooked(raw) || !polls.is_empty() => {
                Some(self.converter.markdown(cooked, polls))
            }
            (Some(raw), _) => Some(raw::markdown(raw, &self.site)),
            (None, Some(cooked)) => Some(self.converter.markdown(cooked, polls)),
            (None, None) => None,
        }
    }

    /// Puts what was come across so far into the report.
    pub fn tell(&self, report: &mut Report) {
        let tally = &self.converter.tally;
        report.remote_images = tally.images.load(Ordering::Relaxed);
        report.polls = tally.polls.load(Ordering::Relaxed);
        report.cards = tally.cards.load(Ordering::Relaxed);
        report.embeds = tally.embeds.load(Ordering::Relaxed);
        report.internal_links = tally.internal_links.load(Ordering::Relaxed);
    }
}
