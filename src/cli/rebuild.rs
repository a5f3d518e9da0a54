//! `hearth reindex`, `hearth rebuild heat` and `hearth rebuild points`: through the server that holds the data directory, as a job, or
//! alone when there is none.

use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::Failed;
use super::config::Settled;
use crate::app::{Node, jobs as work};
use crate::infra::db::DbError;
use crate::infra::jobs::{self, JobState};
use crate::infra::lock::{DataDirLock, LockError, identity};

/// Options of `rebuild`.
#[derive(Debug, Args)]
pub struct RebuildArgs {
    /// What to rebuild.
    #[arg(value_parser = ["heat", "points"])]
    what: String,
}

/// A bar with rate and time left.
pub fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len} {per_sec}, {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

fn show(bar: &ProgressBar, done: i64, total: i64) {
    bar.set_length(u64::try_from(total.max(done)).unwrap_or(0));
    bar.set_position(u64::try_from(done).unwrap_or(0));
}

/// The lock of the data directory, or nothing when a server holds it.
pub fn alone(settled: &Settled) -> Result<Option<DataDirLock>, Failed> {
    match DataDirLock::acquire(&settled.data_dir) {
        Ok(lock) => Ok(Some(lock)),
        Err(LockError::Held(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Asks the server that holds the data directory for a job and watches it to its end.
pub fn through_server(
    settled: &Settled,
    kind: &'static str,
    args: &serde_json::Value,
) -> Result<String, Failed> {
    let house = settled.house()?;
    let node = identity(&settled.data_dir, &house.random)?;
    let (clock, args) = (house.clock.clone(), args.clone());
    let id = house
        .db
        .write_now(move |c| jobs::ask(c, kind, &args, Some(&node), clock.now()).map_err(DbError::from))?;
    let bar = bar();
    bar.set_message(kind);
    loop {
        let job =
            house.db.read_now(|c| jobs::find(c, id).map_err(DbError::from))?.ok_or("the job has vanished")?;
        show(&bar, job.done, job.total);
        match job.state() {
            JobState::Done => {
                bar.finish_and_clear();
                return Ok(job.message);
            }
            JobState::Failed => return Err(job.message.into()),
            // Nobody holds the directory any more.
            JobState::Waiting | JobState::Running if alone(settled)?.is_some() => {
                return Err(
                    "the server that was asked has ended; it goes on with the job when it starts again"
                        .into(),
                );
            }
            JobState::Waiting | JobState::Running => std::thread::park_timeout(Duration::from_millis(300)),
        }
    }
}

/// `hearth reindex`.
pub fn reindex(settled: &Settled) -> Result<(), Failed> {
    let Some(_lock) = alone(settled)? else {
        let said = through_server(settled, "reindex", &serde_json::Value::Null)?;
        println!("reindexed: {said}");
        return Ok(());
    };
    let node = Node::start(settled.node_options()?)?;
    let bar = bar();
    bar.set_message("reindex");
    let posts = work::reindex(&node, |done, total| show(&bar, done, total))?;
    bar.finish_and_clear();
    node.settle()?;
    println!("reindexed: {posts} posts");
    Ok(())
}

/// `hearth rebuild …`.
pub fn run(settled: &Settled, args: &RebuildArgs) -> Result<(), Failed> {
    let what = args.what.as_str();
    let lock = if settled.database.is_sqlite() { alone(settled)? } else { None };
    if settled.database.is_sqlite() && lock.is_none() {
        let kind = if what == "points" { "rebuild_points" } else { "rebuild_heat" };
        let said = through_server(settled, kind, &serde_json::Value::Null)?;
        println!("rebuilt {what}: {said}");
        return Ok(());
    }
    let house = settled.house()?;
    let bar = bar();
    bar.set_message(what.to_owned());
    let tell = |done, total| show(&bar, done, total);
    let said = if what == "points" {
        format!("{} members", work::rebuild_points(&house.db, tell)?)
    } else {
        format!("{} threads", work::rebuild_heat(&house.db, tell)?)
    };
    bar.finish_and_clear();
    println!("rebuilt {what}: {said}");
    Ok(())
}
