//! The posts of threads in which something of the query stands: the best one of each, or the newest.

use std::collections::HashMap;

use tantivy::DocId;

use super::IndexError;
use super::filters;
use super::run::{Candidate, Run};
use super::tally::{Tally, each, each_among};
use super::view::Posts;
use super::weights as w;
use crate::reach::search::analysis::{Unit, Way};

/// Threads up to which their posts are looked up one thread at a time, unless fewer postings than so many for each of
/// them were read in all.
const FEW: usize = 500;
const LOOKUP: usize = 20;

/// The best post of a thread.
#[derive(Debug, Clone, Copy)]
pub(super) struct Passage {
    pub post: i64,
    score: f32,
    /// Whether it is an accepted answer or speaks with authority.
    pub good: bool,
    /// Needs met in it.
    pub meets: u32,
}

/// A post in which something stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct PostHit {
    thread: u32,
    pub score: f32,
    good: bool,
    /// Needs met in it.
    meets: u32,
}

impl Run<'_> {
    /// Gives every candidate the time of its newest post that fits, which is the one to show.
    pub(super) fn date(
        &self,
        tally: &mut Tally,
        candidates: &mut [Candidate],
    ) -> Result<HashMap<u32, Passage>, IndexError> {
        let threads: Vec<u32> = candidates.iter().map(|candidate| candidate.thread).collect();
        let mut newest: HashMap<u32, (i64, i64)> = HashMap::with_capacity(candidates.len());
        self.each_hit(tally, &threads, |posts, doc, thread, _, _| {
            let found = (posts.created_at.first(doc).unwrap_or(0), posts.post.first(doc).unwrap_or(0));
            newest.entry(thread).and_modify(|known| *known = found.max(*known)).or_insert(found);
        })?;
        for candidate in candidates {
            let opened = || filters::micros(self.scoring.fact(candidate.thread).created);
            candidate.key = newest.get(&candidate.thread).map_or_else(opened, |(at, _)| *at) as f64;
        }
        let passage = |(_, post)| Passage { post, score: 0.0, good: false, meets: 0 };
        Ok(newest.into_iter().map(|(thread, found)| (thread, passage(found))).collect())
    }

    /// Calls `take` with every post of `threads` in which a unit stands: its columns, which it is, its thread, which
    /// unit and how often.
    fn each_hit(
        &self,
        tally: &mut Tally,
        threads: &[u32],
        mut take: impl FnMut(&Posts, DocId, u32, usize, f32),
    ) -> Result<(), IndexError> {
        if self.scoring.titles_only {
            return Ok(());
        }
        // Of few threads the posts are known, and only where they may be is looked; of many all postings are read.
        let few = threads.len() <= FEW && tally.postings() > LOOKUP * threads.len();
        if !few {
            tally.mark(threads.iter().copied());
        }
        let body = (self.scoring.fields.body, self.scoring.fields.body_loose);
        let code = (self.scoring.fields.code, self.scoring.fields.code);
        for (nth, side) in self.scoring.sides.iter().enumerate() {
            for (at, part) in side.parts.iter().enumerate() {
                let docs = if few { part.docs_of(threads.iter().copied()) } else { Vec::new() };
                if few && docs.is_empty() {
                    continue;
                }
                for (unit, (weight, way)) in self.ways() {
                    for (fields, counts) in [(body, 1.0), (code, w::CODE_TERMS)] {
                        let hit = |doc, terms| {
                            let thread = part.thread(doc);
                            let wanted = few || tally.is_marked(thread) && part.is_alive(doc);
                            if wanted && self.scoring.allows(nth, at, doc) {
                                take(&part.posts, doc, thread, unit, counts * weight * terms as f32);
                            }
                        };
                        if few {
                            each_among(part, fields, way, &docs, hit)
                        } else {
                            each(part, fields, way, hit)
                        }?;
                    }
                }
            }
        }
        Ok(())
    }

    fn ways(&self) -> impl Iterator<Item = (usize, &(f32, Way))> {
        let units = self.plan.units.iter().enumerate();
        let ways = units.flat_map(|(nth, unit): (usize, &Unit)| unit.ways.iter().map(move |way| (nth, way)));
        ways.filter(|(_, (_, way))| !matches!(way, Way::Sounds(_) | Way::Initials(_) | Way::Tag(_)))
    }

    /// Posts of `threads` in which a unit stands.
    pub(super) fn posts(
        &self,
        tally: &mut Tally,
        threads: &[u32],
    ) -> Result<HashMap<i64, PostHit>, IndexError> {
        let mut posts: HashMap<i64, PostHit> = HashMap::new();
        self.each_hit(tally, threads, |columns, doc, thread, unit, terms| {
            let post = columns.post.first(doc).unwrap_or(0);
            let worth = self.worths.get(unit).copied().unwrap_or(0.0);
            let (accepted, authority) = columns.standing(doc);
            let standing = 1.0
                + if accepted { w::ACCEPTED_POST } else { 0.0 }
                + if authority { w::AUTHORITY_POST } else { 0.0 };
            let hit = posts.entry(post).or_insert(PostHit {
                thread,
                score: 0.0,
                good: accepted || authority,
                meets: 0,
            });
            hit.meets |= self.plan.units.get(unit).map_or(0, |unit| unit.meets);
            hit.score += standing * worth * terms / (terms + w::SATURATION);
        })?;
        Ok(posts)
    }

    /// The best post of each candidate: BM25 without length, so that a passage wins by what it holds.
    pub(super) fn passages(
        &self,
        tally: &mut Tally,
        candidates: &[Candidate],
    ) -> Result<HashMap<u32, Passage>, IndexError> {
        let threads: Vec<u32> = candidates.iter().map(|candidate| candidate.thread).collect();
        let posts = self.posts(tally, &threads)?;
        let mut best: HashMap<u32, Passage> = HashMap::new();
        for (post, PostHit { thread, score, good, meets }) in posts {
            let passage = Passage { post, score, good, meets };
            let known = best.entry(thread).or_insert(passage);
            if passage.score > known.score || passage.score >= known.score && passage.post < known.post {
                *known = passage;
            }
        }
        Ok(best)
    }
}
