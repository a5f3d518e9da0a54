//! Reads the log for the page cache: what happened moves what pages depend on.
//!
//! The order of activities does not matter here and seeing one twice does no harm, so rows that have no number
//! yet (PostgreSQL) are applied as well: a node knows of its own commit at once. What the process remembers of the
//! frame ([`crate::infra::db::memory`]) is followed by the same steps.

use super::{Dep, PageCache};
use crate::infra::activity::{self, Activity, Verb};
use crate::infra::clock::Clock;
use crate::infra::db::{Db, DbError};

/// Activities read at once; when more are waiting, all pages are let go of instead.
const BATCH: i64 = 1_000;

/// Where this node's cache stands in the log.
#[derive(Debug, Default)]
pub struct Follow {
    cursor: Option<i64>,
}

impl Follow {
    /// Applies what is new; returns how many numbered activities that was.
    pub fn step(&mut self, db: &Db, clock: &Clock, cache: &PageCache) -> Result<usize, DbError> {
        let (commit, at) = (db.news(), clock.now());
        let from = self.cursor;
        let (unnumbered, numbered, head) = db.read_now(|c| {
            // In this order: what is numbered between the two is seen by the second.
            let unnumbered = activity::unnumbered(c, BATCH)?;
            let head = activity::head(c)?;
            let numbered = match from {
                Some(from) if from < head => activity::after(c, from, BATCH)?,
                _ => Vec::new(),
            };
            Ok::<_, DbError>((unnumbered, numbered, head))
        })?;
        let full = usize::try_from(BATCH).unwrap_or(usize::MAX);
        if from.is_none() || unnumbered.len() >= full || numbered.len() >= full {
            cache.everything_moved();
            db.memory().moved();
            self.cursor = Some(head);
        } else {
            let deps: Vec<Dep> = unnumbered.iter().chain(&numbered).flat_map(moved).collect();
            if deps.contains(&Dep::Site) {
                db.memory().moved();
            }
            if !deps.is_empty() {
                cache.moved(deps);
            }
            self.cursor = numbered.last().map_or(from, |a| Some(a.seq));
        }
        cache.read_to(self.cursor.unwrap_or(0));
        db.memory().looked(at);
        cache.caught_up(commit, at);
        Ok(numbered.len())
    }
}

/// What an activity moves.
fn moved(activity: &Activity) -> Vec<Dep> {
    let mut deps = Vec::new();
    deps.extend(activity.thread.map(Dep::Thread));
    deps.extend(activity.category.map(Dep::Category));
    if activity.thread.is_some() {
        deps.push(Dep::Lists);
    }
    match activity.verb {
        None => deps.push(Dep::Site),
        Some(verb) if verb.frames() => deps.push(Dep::Site),
        Some(Verb::PageChanged) => deps.push(Dep::Pages),
        Some(Verb::MemberLevelled) => deps.extend(activity.member.map(Dep::Member)),
        Some(Verb::MemberChanged | Verb::MemberRenamed | Verb::MemberSuspended | Verb::MemberUnsuspended) => {
            deps.extend(activity.member.or(activity.actor).map(Dep::Member));
            deps.push(Dep::Moves);
        }
        Some(
            Verb::ThreadChanged
            | Verb::ThreadDeleted
            | Verb::ThreadRestored
            | Verb::ThreadPinned
            | Verb::ThreadUnpinned,
        ) => deps.push(Dep::Moves),
        Some(_) => {}
    }
    deps
}
