//! `hearth search eval`: how well search finds what judged queries meant.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::Subcommand;

use super::Failed;
use crate::transfer::judged::{Figures, evaluate};

/// What can be asked of search.
#[derive(Debug, Subcommand)]
pub enum SearchCommand {
    /// Loads a corpus into a scratch index and prints how well the queries of a judgements folder are answered.
    Eval {
        /// JSON Lines (question and answers, threads, Discourse topics) or `id TAB text`, plain or gzip.
        corpus: PathBuf,
        /// A folder with `queries.tsv` and `qrels.txt`.
        judgements: PathBuf,
        /// Also prints a line for each query: id, MRR, nDCG, recall, milliseconds.
        #[arg(long)]
        each: bool,
    },
}

/// Runs it.
pub fn run(command: &SearchCommand) -> Result<(), Failed> {
    let SearchCommand::Eval { corpus, judgements, each } = command;
    let shows = std::io::stderr().is_terminal();
    let judged = evaluate(corpus, judgements, |documents| {
        if shows {
            eprint!("\r{documents} documents");
        }
    })?;
    if shows {
        eprintln!();
    }
    let mut out = std::io::stdout().lock();
    if *each {
        for one in &judged {
            let Figures { mrr, ndcg, recall } = one.figures;
            writeln!(out, "{}\t{mrr:.4}\t{ndcg:.4}\t{recall:.4}\t{:.2}", one.query, millis(one.took))?;
        }
    }
    let Figures { mrr, ndcg, recall } =
        Figures::mean(&judged.iter().map(|one| one.figures).collect::<Vec<_>>());
    let mut took: Vec<Duration> = judged.iter().map(|one| one.took).collect();
    took.sort_unstable();
    let at = |part: f64| {
        let place = (part * took.len() as f64).ceil() as usize;
        took.get(place.saturating_sub(1)).copied().map_or(0.0, millis)
    };
    writeln!(
        out,
        "MRR@10 {mrr:.4} nDCG@10 {ndcg:.4} Recall@20 {recall:.4} p50 {:.2} ms p99 {:.2} ms",
        at(0.5),
        at(0.99)
    )?;
    Ok(())
}

fn millis(took: Duration) -> f64 {
    took.as_secs_f64() * 1_000.0
}
