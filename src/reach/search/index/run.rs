//! Running a query for one reader.

use std::collections::HashSet;
use std::sync::Arc;

use tantivy::query::{Bm25StatisticsProvider, BooleanQuery, Query as Ask};
use tantivy::schema::Field;
use tantivy::{Searcher, Term};

use super::IndexError;
use super::generation::Generation;
use super::group::{Best, ByThread, ThreadIds, Threads, merge};
use super::plan::{Frequencies, Plan, in_categories, silent};
use crate::base::ids::{CategoryId, MemberId, PostId, ThreadId};
use crate::base::time::UtcTime;
use crate::reach::search::analysis::Analysis;
use crate::reach::search::query::ParsedQuery;

/// With fewer threads than this that hold everything typed, those that hold a part of it follow.
const TOO_FEW: usize = 20;

/// What to look for.
#[derive(Debug, Clone)]
pub struct Query<'q> {
    /// What was typed.
    pub parsed: &'q ParsedQuery,
    /// What the names in it mean.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
    /// The time now, for the gain of recent posts.
    pub now: UtcTime,
}

/// What the caller made of the names typed, and further limits.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only these categories. An unknown slug is an empty list: nothing is found.
    pub categories: Option<Vec<CategoryId>>,
    /// Only this author; without it the handle typed is compared with that at indexing.
    pub author: Option<MemberId>,
    /// Everything but this thread, when looking for related ones.
    pub except: Option<ThreadId>,
}

/// The order of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Best first.
    #[default]
    Relevance,
    /// The thread with the newest matching post first.
    Newest,
}

/// What a reader may see besides what everybody may.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Permit {
    /// Nothing.
    #[default]
    Public,
    /// Restricted posts in these categories.
    Categories(Vec<CategoryId>),
    /// Everything.
    All,
}

/// Which part of the results to give.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// Threads to leave out at the top.
    pub offset: usize,
    /// Threads to give at most.
    pub limit: usize,
}

/// One thread found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// The thread.
    pub thread: ThreadId,
    /// Its best post.
    pub post: PostId,
    /// What it is worth; only good for comparing within one result. 0 when the newest come first.
    pub score: f64,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Results {
    /// One page of threads.
    pub hits: Vec<Hit>,
    /// Number of threads found, exact.
    pub total: usize,
    /// How many of them, at the top, hold everything typed; the rest hold a part of it.
    pub complete: usize,
}

/// One index with what limits this reader in it.
struct Part {
    searcher: Searcher,
    permit: Option<Box<dyn Ask>>,
}

pub(super) fn search(
    generation: &Generation,
    analysis: &Analysis,
    query: &Query<'_>,
    permit: &Permit,
    page: Page,
) -> Result<Results, IndexError> {
    let public = Public(generation.public.searcher());
    let plan = Plan::new(generation.fields, analysis, query, &public);
    if query.parsed.is_empty() && query.filter.categories.is_none() && query.filter.author.is_none()
        || plan.is_vain()
    {
        return Ok(Results::default());
    }
    let parts = parts(generation, permit, &public);
    let sort = if plan.has_words() { query.sort } else { Sort::Newest };
    let collector = ByThread {
        sort,
        now: query.now,
        only: threads_asked_for(&plan, &parts)?,
        except: query.filter.except.map(|thread| thread.0),
    };
    let strict = ask(&parts, &plan.strict(), &collector, &public)?;
    let complete = strict.len();
    let mut found = order(strict, sort);
    if complete < TOO_FEW && plan.can_relax() {
        let mut more = ask(&parts, &plan.relaxed(), &collector, &public)?;
        for hit in &found {
            more.remove(&hit.thread.0);
        }
        found.extend(order(more, sort));
    }
    let total = found.len();
    Ok(Results { hits: found.into_iter().skip(page.offset).take(page.limit).collect(), total, complete })
}

/// The indexes this reader may look into.
fn parts(generation: &Generation, permit: &Permit, public: &Public) -> Vec<Part> {
    let mut parts = vec![Part { searcher: public.0.clone(), permit: None }];
    let limit = match permit {
        Permit::All => Some(None),
        Permit::Categories(categories) if !categories.is_empty() => {
            Some(Some(in_categories(&generation.fields, categories.iter().map(|category| category.0))))
        }
        Permit::Public | Permit::Categories(_) => None,
    };
    parts.extend(limit.map(|permit| Part { searcher: generation.restricted.searcher(), permit }));
    parts
}

fn ask(
    parts: &[Part],
    query: &dyn Ask,
    collector: &ByThread,
    public: &Public,
) -> Result<Threads, IndexError> {
    let mut threads = Threads::new();
    for part in parts {
        let query = part.limited(query.box_clone());
        merge(&mut threads, part.searcher.search_with_statistics_provider(&query, collector, public)?);
    }
    Ok(threads)
}

/// The threads whose opening posts have the tags and marks asked for; `None` when none were.
fn threads_asked_for(plan: &Plan<'_>, parts: &[Part]) -> Result<Option<Arc<HashSet<i64>>>, IndexError> {
    let Some(query) = plan.of_threads() else { return Ok(None) };
    let mut threads = HashSet::new();
    for part in parts {
        threads.extend(part.searcher.search(&part.limited(query.box_clone()), &ThreadIds)?);
    }
    Ok(Some(Arc::new(threads)))
}

fn order(threads: Threads, sort: Sort) -> Vec<Hit> {
    let worth = |best: &Best| if sort == Sort::Relevance { best.score() } else { best.key };
    let mut threads: Vec<(i64, Best)> = threads.into_iter().collect();
    threads
        .sort_by(|(_, one), (_, other)| worth(other).total_cmp(&worth(one)).then(other.post.cmp(&one.post)));
    let hits = threads.into_iter().map(|(thread, best)| Hit {
        thread: ThreadId(thread),
        post: PostId(best.post),
        score: if sort == Sort::Relevance { worth(&best) } else { 0.0 },
    });
    hits.collect()
}

impl Part {
    fn limited(&self, query: Box<dyn Ask>) -> BooleanQuery {
        let mut all = vec![query];
        all.extend(self.permit.as_ref().map(|permit| silent(permit.box_clone())));
        BooleanQuery::intersection(all)
    }
}

/// Statistics of the public index, for scoring in both. Never 0, so that an empty one divides by nothing.
struct Public(Searcher);

impl Bm25StatisticsProvider for Public {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        Ok(Bm25StatisticsProvider::total_num_tokens(&self.0, field)?.max(1))
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(Bm25StatisticsProvider::total_num_docs(&self.0)?.max(1))
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        Searcher::doc_freq(&self.0, term)
    }
}

impl Frequencies for Public {
    fn posts(&self) -> u64 {
        self.0.num_docs()
    }

    fn holding(&self, term: &Term) -> u64 {
        Searcher::doc_freq(&self.0, term).unwrap_or(0)
    }
}
