//! Judgements, and the measures that rankings are compared by.

use std::collections::HashMap;
use std::io::BufRead;
use std::path::Path;

use super::corpus::{CorpusError, reader};

/// A query with the documents that answer it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its id.
    pub id: String,
    /// As typed.
    pub text: String,
    /// Documents taken out of the results, such as the one the query was taken from.
    pub left_out: Vec<String>,
    /// Documents that answer it.
    pub answers: Vec<String>,
}

/// The queries of a folder: `queries.tsv` (id, query, language, documents to leave out) and `qrels.txt` (TREC:
/// query, 0, document, relevance).
#[derive(Debug, Clone, Default)]
pub struct Judgements(Vec<Asked>);

impl Judgements {
    /// Reads the folder at `path`.
    ///
    /// # Errors
    /// [`CorpusError`] when a file cannot be read or a line has too few columns.
    pub fn read(path: &Path) -> Result<Self, CorpusError> {
        let mut answers: HashMap<String, Vec<String>> = HashMap::new();
        each_line(&path.join("qrels.txt"), |line| {
            let mut columns = line.split_whitespace();
            let (query, document) = (columns.next()?, columns.nth(1)?);
            if columns.next()?.parse::<i64>().ok()? > 0 {
                answers.entry(query.to_owned()).or_default().push(document.to_owned());
            }
            Some(())
        })?;
        let mut queries = Vec::new();
        each_line(&path.join("queries.tsv"), |line| {
            let mut columns = line.split('\t');
            let (id, text) = (columns.next()?.to_owned(), columns.next()?.to_owned());
            let left_out = columns.nth(1).unwrap_or_default().split(',').map(str::trim);
            let left_out = left_out.filter(|name| !name.is_empty()).map(str::to_owned).collect();
            if let Some(answers) = answers.remove(&id) {
                queries.push(Asked { id, text, left_out, answers });
            }
            Some(())
        })?;
        Ok(Self(queries))
    }

    /// Queries that have an answer.
    pub fn queries(&self) -> &[Asked] {
        &self.0
    }
}

fn each_line(path: &Path, mut take: impl FnMut(&str) -> Option<()>) -> Result<(), CorpusError> {
    for (number, line) in (1..).zip(reader(path)?.lines()) {
        let line = line.map_err(|source| CorpusError::File { path: path.to_owned(), source })?;
        if !line.trim().is_empty() && take(&line).is_none() {
            let problem = format!("{}: too few columns", path.display());
            return Err(CorpusError::Line { line: number, problem });
        }
    }
    Ok(())
}

/// How good a ranking is, each from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Figures {
    /// Reciprocal rank of the first answer among ten.
    pub mrr: f64,
    /// Normalised discounted cumulative gain among ten, an answer being relevant or not (Järvelin and Kekäläinen,
    /// "Cumulated gain-based evaluation of IR techniques", 2002).
    pub ndcg: f64,
    /// The part of the answers among twenty.
    pub recall: f64,
}

impl Figures {
    /// Of one ranking. `known` are the answers that the corpus has, of `answers` in all.
    pub fn of(ranked: &[i64], left_out: &[i64], known: &[i64], answers: usize) -> Self {
        let ranked: Vec<bool> =
            ranked.iter().filter(|id| !left_out.contains(id)).map(|id| known.contains(id)).collect();
        let gain = |place: usize| 1.0 / (place as f64 + 2.0).log2();
        let hits =
            |depth: usize| ranked.iter().take(depth).enumerate().filter(|(_, hit)| **hit).map(|(at, _)| at);
        let best: f64 = (0..answers.min(10)).map(gain).sum();
        Self {
            mrr: hits(10).next().map_or(0.0, |place| 1.0 / (place as f64 + 1.0)),
            ndcg: if best > 0.0 { hits(10).map(gain).sum::<f64>() / best } else { 0.0 },
            recall: if answers == 0 { 0.0 } else { hits(20).count() as f64 / answers as f64 },
        }
    }

    /// The mean over `all`.
    pub fn mean(all: &[Self]) -> Self {
        let n = all.len().max(1) as f64;
        let mean = |of: fn(&Self) -> f64| all.iter().map(of).sum::<f64>() / n;
        Self { mrr: mean(|f| f.mrr), ndcg: mean(|f| f.ndcg), recall: mean(|f| f.recall) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_follow_their_definitions() {
        let figures = Figures::of(&[9, 1, 2, 3], &[9], &[2, 3], 2);
        assert!((figures.mrr - 0.5).abs() < 1e-12);
        let (second, third) = (1.0 / 3_f64.log2(), 1.0 / 4_f64.log2());
        assert!((figures.ndcg - (second + third) / (1.0 + second)).abs() < 1e-12);
        assert!((figures.recall - 1.0).abs() < 1e-12);
        assert_eq!(Figures::of(&[1], &[], &[], 1), Figures::default());
        let deep: Vec<i64> = (0..30).collect();
        let figures = Figures::of(&deep, &[], &[15, 25], 2);
        assert_eq!((figures.mrr, figures.ndcg), (0.0, 0.0));
        assert!((figures.recall - 0.5).abs() < 1e-12);
    }

    #[test]
    fn an_answer_that_the_corpus_lacks_counts_as_missed() {
        let figures = Figures::of(&[1], &[], &[1], 2);
        assert!((figures.recall - 0.5).abs() < 1e-12 && figures.ndcg < 1.0);
    }
}
