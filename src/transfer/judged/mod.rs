//! How well does search find what people meant? Judged queries over a corpus, run through the very analysis, fields
//! and ranking of the forum, in an index that is thrown away. For `hearth search eval`.
//!
//! Threads get numbers in the order of the corpus, and all carry the same time, heat and standing: only the text
//! decides. Queries are taken as plain text, as a composer's title or a pasted paragraph is.

mod corpus;
mod measure;

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

pub use corpus::CorpusError;
pub use measure::{Figures, Judgements};

use crate::base::time::UtcTime;
use crate::reach::search::analysis::{Analysis, Lexicon};
use crate::reach::search::index::{Filter, IndexError, Page, Permit, Query, SearchIndex, Sort};
use crate::reach::search::query::ParsedQuery;

/// Threads taken into the index at once.
const BATCH: usize = 500;
/// Results looked at for a query; measures look at 20 after those left out.
const DEPTH: usize = 60;
/// Memory of the scratch index's writers, in bytes.
const MEMORY: usize = 100_000_000;

/// Why an evaluation could not be run.
#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    /// The corpus or the judgements cannot be read.
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    /// The scratch index failed.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// No place for the scratch index.
    #[error("no place for a scratch index: {0}")]
    Scratch(#[from] std::io::Error),
    /// No query has a judgement.
    #[error("the judgements name no query that has an answer")]
    NoQueries,
}

/// One judged query, as it came out.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// Its id.
    pub query: String,
    /// Figures of this query alone.
    pub figures: Figures,
    /// How long the search took.
    pub took: Duration,
}

/// Loads `corpus` into a scratch index and runs the queries of the folder `judgements`. `progress` hears of documents
/// taken in.
///
/// # Errors
/// [`EvalError`].
pub fn evaluate(
    corpus: &Path,
    judgements: &Path,
    mut progress: impl FnMut(usize),
) -> Result<Vec<Judged>, EvalError> {
    let judged = Judgements::read(judgements)?;
    let scratch = tempfile::tempdir()?;
    let analysis = Analysis::new();
    let index = SearchIndex::open(scratch.path(), &analysis, MEMORY)?;
    let rebuild = index.start_rebuild()?;
    let mut names: Vec<String> = Vec::new();
    let (mut heads, mut posts) = (Vec::new(), Vec::new());
    let mut next_post = 1;
    for document in corpus::open(corpus)? {
        let document = document?;
        let number = i64::try_from(names.len()).unwrap_or(0) + 1;
        heads.push(document.head(number));
        let of_thread = document.posts(number, next_post);
        next_post += i64::try_from(of_thread.len()).unwrap_or(0);
        posts.extend(of_thread);
        names.push(document.id);
        if heads.len() == BATCH {
            rebuild.put(&heads, &posts)?;
            heads.clear();
            posts.clear();
            progress(names.len());
        }
    }
    rebuild.put(&heads, &posts)?;
    rebuild.finish(1)?;
    progress(names.len());
    let known: HashMap<&str, i64> = (1..).zip(&names).map(|(number, name)| (name.as_str(), number)).collect();
    let lexicon = Lexicon::default();
    let mut all = Vec::new();
    for asked in judged.queries() {
        let parsed = ParsedQuery::plain(&asked.text);
        let query = Query {
            parsed: &parsed,
            lexicon: &lexicon,
            filter: Filter::default(),
            sort: Sort::Relevance,
            now: UtcTime(corpus::TIME),
            heat_age: 0.0,
        };
        let begun = Instant::now();
        let results = index.search(&query, &Permit::Public, Page { offset: 0, limit: DEPTH })?;
        let took = begun.elapsed();
        let ranked: Vec<i64> = results.hits.iter().map(|hit| hit.thread.0).collect();
        let numbers = |names: &[String]| -> Vec<i64> {
            names.iter().filter_map(|name| known.get(name.as_str()).copied()).collect()
        };
        let figures =
            Figures::of(&ranked, &numbers(&asked.left_out), &numbers(&asked.answers), asked.answers.len());
        all.push(Judged { query: asked.id.clone(), figures, took });
    }
    if all.is_empty() { Err(EvalError::NoQueries) } else { Ok(all) }
}
