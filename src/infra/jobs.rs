//! Jobs: long work that runs inside the server, asked for by a command or in the back office, with progress
//! that both can watch. A job that was running when its node stopped is waiting again when that node starts.
//!
//! A node is named by its data directory ([`crate::infra::lock::identity`]). A job may be meant for one node (its
//! index is what is to be rebuilt); any other is done by whichever takes it first.

use diesel::prelude::*;

use crate::base::time::UtcTime;
use crate::infra::db::schema::jobs;
use crate::infra::db::{Conn, Db, DbError};

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// Not begun.
    Waiting,
    /// At work.
    Running,
    /// Finished.
    Done,
    /// Gave up.
    Failed,
}

impl JobState {
    /// The number in the database.
    pub fn code(self) -> i16 {
        match self {
            Self::Waiting => 0,
            Self::Running => 1,
            Self::Done => 2,
            Self::Failed => 3,
        }
    }

    /// The state of a stored number.
    pub fn from_code(code: i16) -> Self {
        match code {
            0 => Self::Waiting,
            1 => Self::Running,
            2 => Self::Done,
            _ => Self::Failed,
        }
    }

    /// The name in locale keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// A job.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = jobs)]
pub struct Job {
    /// Its id.
    pub id: i64,
    /// What to do.
    pub kind: String,
    /// With what, as JSON.
    pub args: String,
    /// The node that is to do it, or does.
    pub node: Option<String>,
    /// State, as stored.
    pub state: i16,
    /// How far it is.
    pub done: i64,
    /// How far it has to go; 0 when that is not known.
    pub total: i64,
    /// What it says about itself.
    pub message: String,
    /// Asked for then.
    pub created_at: UtcTime,
    /// Begun then.
    pub started_at: Option<UtcTime>,
    /// Ended then.
    pub finished_at: Option<UtcTime>,
}

impl Job {
    /// The state.
    pub fn state(&self) -> JobState {
        JobState::from_code(self.state)
    }
}

/// Asks for a job, of `node` or of any.
pub fn ask(
    conn: &mut Conn,
    kind: &str,
    args: &serde_json::Value,
    node: Option<&str>,
    now: UtcTime,
) -> QueryResult<i64> {
    diesel::insert_into(jobs::table)
        .values((
            jobs::kind.eq(kind),
            jobs::args.eq(args.to_string()),
            jobs::node.eq(node),
            jobs::state.eq(JobState::Waiting.code()),
            jobs::done.eq(0_i64),
            jobs::total.eq(0_i64),
            jobs::message.eq(""),
            jobs::created_at.eq(now),
        ))
        .returning(jobs::id)
        .get_result(conn)
}

/// Takes the oldest job that waits for `node` or for anybody; only one node gets it.
pub fn take(conn: &mut Conn, node: &str, now: UtcTime) -> QueryResult<Option<Job>> {
    let waiting = jobs::table
        .filter(jobs::state.eq(JobState::Waiting.code()))
        .filter(jobs::node.is_null().or(jobs::node.eq(node)))
        .order(jobs::id.asc())
        .select(Job::as_select())
        .first(conn)
        .optional()?;
    let Some(job) = waiting else { return Ok(None) };
    let mine = jobs::table.filter(jobs::id.eq(job.id)).filter(jobs::state.eq(JobState::Waiting.code()));
    let taken = diesel::update(mine)
        .set((jobs::state.eq(JobState::Running.code()), jobs::node.eq(node), jobs::started_at.eq(now)))
        .execute(conn)?;
    Ok((taken == 1).then_some(job))
}

/// Puts what `node` left running when it stopped back into the queue.
pub fn requeue(conn: &mut Conn, node: &str) -> QueryResult<usize> {
    let left = jobs::table.filter(jobs::state.eq(JobState::Running.code())).filter(jobs::node.eq(node));
    diesel::update(left).set(jobs::state.eq(JobState::Waiting.code())).execute(conn)
}

/// Notes how far a job is.
pub fn progress(db: &Db, id: i64, done: i64, total: i64, message: String) -> Result<(), DbError> {
    db.write_now(move |conn| {
        diesel::update(jobs::table.find(id))
            .set((jobs::done.eq(done), jobs::total.eq(total), jobs::message.eq(&message)))
            .execute(conn)?;
        Ok(())
    })
}

/// Ends a job.
pub fn finish(db: &Db, id: i64, outcome: Result<String, String>, now: UtcTime) -> Result<(), DbError> {
    db.write_now(move |conn| {
        let (state, message) = match &outcome {
            Ok(said) => (JobState::Done, said),
            Err(why) => (JobState::Failed, why),
        };
        diesel::update(jobs::table.find(id))
            .set((jobs::state.eq(state.code()), jobs::message.eq(message), jobs::finished_at.eq(now)))
            .execute(conn)?;
        Ok(())
    })
}

/// One job.
pub fn find(conn: &mut Conn, id: i64) -> QueryResult<Option<Job>> {
    jobs::table.find(id).select(Job::as_select()).get_result(conn).optional()
}

/// The newest jobs.
pub fn latest(conn: &mut Conn, limit: i64) -> QueryResult<Vec<Job>> {
    jobs::table.order(jobs::id.desc()).limit(limit).select(Job::as_select()).load(conn)
}

/// True when a job waits for `node` or for anybody.
pub fn has_waiting(conn: &mut Conn, node: &str) -> QueryResult<bool> {
    let waiting = jobs::table
        .filter(jobs::state.eq(JobState::Waiting.code()))
        .filter(jobs::node.is_null().or(jobs::node.eq(node)));
    diesel::select(diesel::dsl::exists(waiting)).get_result(conn)
}
