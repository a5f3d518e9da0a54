//! `hearth seed`: a synthetic community for measuring, through the importer. On SQLite it needs the data directory
//! for itself; on PostgreSQL it is a client of the database.

use clap::Args;

use super::Failed;
use super::config::Settled;
use super::import::wait_for_readers;
use super::rebuild::{alone, bar};
use crate::app::Node;
use crate::infra::house::House;
use crate::transfer::import::{self, Options, Progress, Stage};
use crate::transfer::seed::{Seed, Size};

/// Options of `seed`.
#[derive(Debug, Args)]
pub struct SeedArgs {
    /// Members to make.
    #[arg(long, default_value_t = 1_000)]
    members: u64,
    /// Threads to make.
    #[arg(long, default_value_t = 10_000)]
    threads: u64,
    /// Posts to make, the first of each thread included.
    #[arg(long, default_value_t = 50_000)]
    posts: u64,
    /// The same number makes the same community.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

struct Shown(indicatif::ProgressBar);

impl Progress for Shown {
    fn step(&self, stage: Stage, done: u64, total: Option<u64>) {
        self.0.set_message(if stage == Stage::Threads { "threads" } else { "links" });
        self.0.set_length(total.unwrap_or(0).max(done));
        self.0.set_position(done);
    }
}

/// Runs it.
pub fn run(settled: &Settled, args: &SeedArgs) -> Result<(), Failed> {
    let lock = alone(settled)?;
    let summary = if lock.is_some() {
        let node = Node::start(settled.node_options()?)?;
        let summary = fill(&node.house, args)?;
        eprintln!("the search index and counters catch up");
        node.settle()?;
        summary
    } else if settled.database.is_sqlite() {
        return Err("a server is using the data directory; stop it first".into());
    } else {
        let house = settled.house()?;
        let summary = fill(&house, args)?;
        wait_for_readers(&house)?;
        summary
    };
    println!("made: {} members, {} threads, {} posts", summary.members, summary.threads, summary.posts);
    Ok(())
}

fn fill(house: &House, args: &SeedArgs) -> Result<import::Summary, Failed> {
    let size = Size { members: args.members, threads: args.threads, posts: args.posts };
    let bar = Shown(bar());
    let options = Options { total: Some(args.threads), ..Options::default() };
    let mut records = Seed::new(size, args.seed, house.clock.now());
    let source = format!("seed-{}", args.seed);
    let summary = import::run(house, &source, &mut records, &options, &bar)?;
    bar.0.finish_and_clear();
    Ok(summary)
}
