//! Scores over rolling periods of UTC days, for `/top`: kept up by a reader of the log, expired nightly.
//!
//! The score of a thread is the undecayed sum of its counted engagements in the period.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::lists::Period;
use super::model::State;
use super::store::{self, Held, Place};
use crate::base::ids::ThreadId;
use crate::base::time::UtcTime;
use crate::content::heat::{self, Kind};
use crate::infra::activity::reader::Reader;
use crate::infra::activity::{Activity, Verb};
use crate::infra::clock::Clock;
use crate::infra::db::among::OneOf as _;
use crate::infra::db::schema::thread_scores as scores;
use crate::infra::db::{Conn, DbError};
use crate::site::settings;

/// The reader that keeps the scores.
pub const READER: Reader = Reader { name: "top_scores", apply };

fn apply(conn: &mut Conn, batch: &[Activity]) -> Result<(), DbError> {
    let touched: BTreeSet<ThreadId> = batch
        .iter()
        .filter(|a| {
            !matches!(
                a.verb,
                Some(Verb::PostEdited | Verb::ThreadPinned | Verb::ThreadUnpinned | Verb::ThreadFeatured)
            )
        })
        .filter_map(|a| a.thread)
        .collect();
    refresh(conn, touched, Clock::System.now().day())?;
    Ok(())
}

/// Threads that share their statements at the most.
const AT_ONCE: usize = 500;

/// Computes the scores of threads from their engagements; what has not changed is not written.
pub fn refresh(conn: &mut Conn, threads: impl IntoIterator<Item = ThreadId>, today: i64) -> QueryResult<()> {
    let ids: Vec<ThreadId> = threads.into_iter().collect();
    for part in ids.chunks(AT_ONCE) {
        let (stored, wanted) = (stored(conn, part)?, wanted(conn, part, today)?);
        let gone: Vec<Place> = stored.keys().filter(|place| !wanted.contains_key(place)).copied().collect();
        let moved = |(place, held): &(&Place, &Held)| stored.get(place) != Some(held);
        let moved: Vec<(Place, Held)> = wanted.iter().filter(moved).map(|(p, h)| (*p, *h)).collect();
        for (period, thread) in gone {
            diesel::delete(scores::table.find((period, thread))).execute(conn)?;
        }
        store::save_scores(conn, &moved)?;
    }
    Ok(())
}

fn stored(conn: &mut Conn, threads: &[ThreadId]) -> QueryResult<BTreeMap<Place, Held>> {
    // With the period named too, the walk is one of the key.
    let rows: Vec<(i16, i64, i64, f64)> = scores::table
        .filter(scores::period.among(Period::ALL.map(Period::code)))
        .filter(scores::thread_id.among(threads.iter().map(|id| id.0)))
        .select((scores::period, scores::thread_id, scores::category_id, scores::score))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(period, thread, category, score)| ((period, thread), (category, score)))
        .collect())
}

fn wanted(conn: &mut Conn, threads: &[ThreadId], today: i64) -> QueryResult<BTreeMap<Place, Held>> {
    let mut listed = store::find_many(conn, threads)?;
    listed.retain(|t| t.state() == State::Listed);
    let ids: Vec<ThreadId> = listed.iter().map(|t| t.id).collect();
    let mut rows = heat::store::rows_of(conn, &ids)?;
    let mut found = BTreeMap::new();
    for thread in listed {
        let counted = heat::store::counted(rows.remove(&thread.id).unwrap_or_default());
        for period in Period::ALL {
            let first = period.days().map_or(i64::MIN, |days| today - days + 1);
            let score: f64 = counted
                .iter()
                .filter(|r| r.day >= first)
                .filter_map(|r| Kind::from_code(r.kind).map(|k| k.weight() * r.factor))
                .sum();
            if score > 0.0 {
                found.insert((period.code(), thread.id.0), (thread.category_id.0, score));
            }
        }
    }
    Ok(found)
}

/// Lets go of what has left its period since the last time: the threads that were engaged with on the days
/// that lie just outside now, or lay so on a night when nothing ran.
pub fn expire(conn: &mut Conn, now: UtcTime) -> QueryResult<usize> {
    let today = now.day();
    let last = settings::marked(conn, MARK)?.unwrap_or(today - 1);
    let mut stale = BTreeSet::new();
    for days in Period::ALL.iter().filter_map(|p| p.days()) {
        for night in last + 1..=today {
            stale.extend(heat::store::threads_of_day(conn, night - days)?);
        }
    }
    let expired = stale.len();
    refresh(conn, stale, today)?;
    settings::mark(conn, MARK, today, now)?;
    Ok(expired)
}

/// The mark of the last day whose scores are right.
const MARK: &str = "top_expired";
