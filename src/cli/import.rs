//! `hearth import …`: on SQLite through the server that holds the data directory, as a job, or alone when there
//! is none; on PostgreSQL as a client of the database. Returns when every reader has caught up.

use std::path::PathBuf;
use std::time::Duration;

use clap::Subcommand;

use super::Failed;
use super::config::Settled;
use super::rebuild::{alone, bar, through_server};
use crate::app::Node;
use crate::app::jobs::{ImportArgs, import_discourse};
use crate::infra::activity::{self, lease};
use crate::infra::db::DbError;
use crate::infra::house::House;

/// Where a community comes from.
#[derive(Debug, Subcommand)]
pub enum Source {
    /// Discourse topics as JSON, as the site serves them.
    Discourse {
        /// A directory with categories.json and topics.jsonl.gz (or *.json), or one file of topics with
        /// categories.json beside it. Threads whose category is told nowhere become private.
        path: PathBuf,
        /// Only the first so many threads of the source. The same limit again changes nothing, a greater one goes on.
        #[arg(long)]
        limit: Option<u64>,
        /// Reads, converts and counts; writes nothing.
        #[arg(long)]
        dry_run: bool,
        /// Names the community: the same name means the same one.
        #[arg(long, default_value = "discourse")]
        source: String,
    },
}

/// Runs it.
pub fn run(settled: &Settled, source: &Source) -> Result<(), Failed> {
    let Source::Discourse { path, limit, dry_run, source } = source;
    let path = path.canonicalize().map_err(|e| format!("{}: {e}", path.display()))?;
    let args = ImportArgs { path, source: source.clone(), limit: *limit, dry_run: *dry_run };
    let said = match alone(settled)? {
        Some(_lock) => {
            let node = Node::start(settled.node_options()?)?;
            let said = take_in(&node.house, &args)?;
            eprintln!("the search index and counters catch up");
            node.settle()?;
            said
        }
        None if settled.database.is_sqlite() => {
            let said = through_server(settled, "import", &serde_json::to_value(&args)?)?;
            wait_for_readers(&settled.house()?)?;
            said
        }
        None => {
            let house = settled.house()?;
            let said = take_in(&house, &args)?;
            wait_for_readers(&house)?;
            said
        }
    };
    println!("{said}");
    Ok(())
}

fn take_in(house: &House, args: &ImportArgs) -> Result<String, Failed> {
    let bar = bar();
    bar.set_message("import");
    let shown = bar.clone();
    let said = import_discourse(house, args, None, move |done, total| {
        shown.set_length(u64::try_from(total.max(done)).unwrap_or(0));
        shown.set_position(u64::try_from(done).unwrap_or(0));
    })?;
    bar.finish_and_clear();
    Ok(said)
}

/// Waits until the readers whose cursors are rows have read the log to its end, while they get on.
pub(super) fn wait_for_readers(house: &House) -> Result<(), Failed> {
    let mut last = (0, 0);
    let mut still = 0;
    loop {
        let (behind, at) = house.db.read_now(|c| {
            let head = activity::head(c)?;
            let waiting = activity::behind_since(c, head)?.is_some();
            let cursors: Vec<i64> = lease::readers(c)?.into_iter().map(|l| l.cursor).collect();
            let behind = waiting || cursors.iter().any(|at| *at < head);
            Ok::<_, DbError>((behind, (head, cursors.iter().sum::<i64>())))
        })?;
        if !behind {
            return Ok(());
        }
        still = if at == last { still + 1 } else { 0 };
        last = at;
        if still > 100 {
            return Err(
                "the import is in, but no running server reads the log; it will when one starts".into()
            );
        }
        std::thread::park_timeout(Duration::from_millis(100));
    }
}
