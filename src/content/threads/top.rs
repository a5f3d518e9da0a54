//! Scores over rolling periods of UTC days, for `/top`: kept up by a reader of the log, expired nightly.
//!
//! The score of a thread is the undecayed sum of its counted engagements in the period.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::lists::Period;
use super::model::{State, Thread};
use super::store;
use crate::base::ids::ThreadId;
use crate::base::time::UtcTime;
use crate::content::heat::{self, Kind};
use crate::infra::activity::reader::Reader;
use crate::infra::activity::{Activity, Verb};
use crate::infra::clock::Clock;
use crate::infra::db::schema::thread_scores as scores;
use crate::infra::db::{Conn, DbError};
use crate::on;
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
    let today = Clock::System.now().day();
    for id in touched {
        refresh(conn, id, today)?;
    }
    Ok(())
}

/// Computes the scores of one thread from its engagements.
pub fn refresh(conn: &mut Conn, id: ThreadId, today: i64) -> QueryResult<()> {
    let thread = store::find(conn, id)?.filter(|t| t.state() == State::Listed);
    let Some(thread) = thread else {
        return diesel::delete(scores::table.filter(scores::thread_id.eq(id.0))).execute(conn).map(drop);
    };
    let rows = heat::store::counted(heat::store::rows(conn, id)?);
    for period in Period::ALL {
        let first = period.days().map_or(i64::MIN, |days| today - days + 1);
        let score: f64 = rows
            .iter()
            .filter(|r| r.day >= first)
            .filter_map(|r| Kind::from_code(r.kind).map(|k| k.weight() * r.factor))
            .sum();
        put(conn, period, &thread, score)?;
    }
    Ok(())
}

fn put(conn: &mut Conn, period: Period, thread: &Thread, score: f64) -> QueryResult<()> {
    if score <= 0.0 {
        return diesel::delete(scores::table.find((period.code(), thread.id.0))).execute(conn).map(drop);
    }
    on!(conn, |c| diesel::insert_into(scores::table)
        .values((
            scores::period.eq(period.code()),
            scores::thread_id.eq(thread.id.0),
            scores::category_id.eq(thread.category_id.0),
            scores::score.eq(score),
        ))
        .on_conflict((scores::period, scores::thread_id))
        .do_update()
        .set((scores::category_id.eq(thread.category_id.0), scores::score.eq(score)))
        .execute(c))
    .map(drop)
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
    for id in &stale {
        refresh(conn, *id, today)?;
    }
    settings::mark(conn, MARK, today, now)?;
    Ok(stale.len())
}

/// The mark of the last day whose scores are right.
const MARK: &str = "top_expired";
