//! `hearth import …`.

use std::path::PathBuf;

use clap::Subcommand;

use super::Failed;
use super::config::Settled;

/// Where a community comes from.
#[derive(Debug, Subcommand)]
pub enum Source {
    /// Discourse topics as JSON, as the site serves them.
    Discourse {
        /// A directory with categories.json and topics.jsonl.gz (or *.json), or one file.
        path: PathBuf,
        /// Threads at the most.
        #[arg(long)]
        limit: Option<usize>,
        /// Reads, converts and counts; writes nothing.
        #[arg(long)]
        dry_run: bool,
    },
}

/// Runs it.
pub fn run(_settled: &Settled, _source: &Source) -> Result<(), Failed> {
    Err("not built".into())
}
