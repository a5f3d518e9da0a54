//! Help around searching: suggestions while typing, threads like one that is being written.

use super::index::{Filter, Page, Query, Sort};
use super::query::ParsedQuery;
use super::service::{Error, Search, heat_age, lexicon, permit};
use crate::base::actor::Actor;
use crate::base::fold::{fold, is_han};
use crate::base::ids::ThreadId;
use crate::base::pinyin::spoken;
use crate::content::categories::{self, Readable};
use crate::content::tags;
use crate::content::threads::{self, State, Thread};
use crate::infra::db::Conn;
use crate::infra::house::House;
use crate::people::accounts::{self, Card};

/// Longest text looked at for suggestions, in characters.
pub const TYPED: usize = 60;
/// Threads suggested; of tags, categories and members [`OTHERS`] each.
const THREADS: usize = 6;
const OTHERS: usize = 3;
/// Letters from which on members are offered without an `@`.
const NAME: usize = 3;
/// Similar threads offered.
const SIMILAR: usize = 5;

/// What goes on as the text typed begins.
#[derive(Debug, Default)]
pub struct Suggestions {
    /// Threads by their titles.
    pub threads: Vec<Thread>,
    /// Names of tags.
    pub tags: Vec<String>,
    /// Address and name of categories.
    pub categories: Vec<(String, String)>,
    /// Members; for members alone.
    pub members: Vec<Card>,
}

impl Search {
    /// What goes on as `text` begins, of what `actor` may see; members to members alone.
    ///
    /// # Errors
    /// Index or database fail.
    pub fn suggest(
        &self,
        conn: &mut Conn,
        house: &House,
        actor: &Actor,
        text: &str,
    ) -> Result<Suggestions, Error> {
        let text: String = text.trim_start().chars().take(TYPED).collect();
        let folded = fold(text.trim());
        if folded.chars().count() < if folded.chars().any(is_han) { 1 } else { 2 } {
            return Ok(Suggestions::default());
        }
        let readable = categories::service::recall(conn, actor)?;
        let parsed = ParsedQuery::plain(&text);
        let ask = |query: &Query<'_>| self.index.suggest(query, &permit(actor, &readable), THREADS);
        let mut found = self.with_query(conn, house, &parsed, Filter::default(), ask)?;
        if found.is_empty() {
            let better = match self.index.begun(&text)? {
                None => self.heard(conn, &text)?,
                better => better,
            };
            if let Some(better) = better {
                let parsed = ParsedQuery::plain(&better);
                found = self.with_query(conn, house, &parsed, Filter::default(), ask)?;
            }
        }
        let within = (!readable.everything()).then(|| readable.ids());
        let heard = |name: &str| {
            folded.len() > 1 && spoken(&fold(name)).iter().any(|sound| sound.starts_with(&folded))
        };
        let named = readable
            .categories()
            .iter()
            .filter(|c| fold(&c.name).contains(&folded) || c.slug.starts_with(&folded) || heard(&c.name));
        let threads = shown(conn, &readable, &found)?;
        let mut tags = tags::beginning(conn, text.trim(), within.as_deref(), OTHERS)?;
        if tags.is_empty() && folded.is_ascii() {
            // Tags that sound so are those of threads that do.
            let ids: Vec<ThreadId> = threads.iter().map(|thread| thread.id).collect();
            for (_, tag) in tags::of_threads(conn, &ids)? {
                if tags.len() < OTHERS && heard(&tag.name) && !tags.contains(&tag.name) {
                    tags.push(tag.name);
                }
            }
        }
        Ok(Suggestions {
            categories: named.take(OTHERS).map(|c| (c.slug.clone(), c.name.clone())).collect(),
            threads,
            tags,
            members: match actor.member() {
                Some(_)
                    if text.starts_with('@')
                        || folded.chars().count() >= NAME
                        || folded.chars().all(is_han) =>
                {
                    accounts::store::complete(conn, text.trim())?.into_iter().take(OTHERS).collect()
                }
                _ => Vec::new(),
            },
        })
    }

    /// Threads that `actor` may read and that are about what `text` is about, the closest first.
    ///
    /// # Errors
    /// Index or database fail.
    pub fn similar(
        &self,
        conn: &mut Conn,
        house: &House,
        actor: &Actor,
        text: &str,
        except: Option<ThreadId>,
    ) -> Result<Vec<Thread>, Error> {
        let readable = categories::service::recall(conn, actor)?;
        let parsed = ParsedQuery::plain(text);
        if parsed.clauses.iter().all(|clause| clause.text.trim().chars().count() < 2) {
            return Ok(Vec::new());
        }
        let page = Page { offset: 0, limit: SIMILAR };
        let filter = Filter { except, ..Filter::default() };
        let found = self.with_query(conn, house, &parsed, filter, |query| {
            self.index.search(query, &permit(actor, &readable), page)
        })?;
        let ids: Vec<ThreadId> = found.hits.iter().map(|hit| hit.thread).collect();
        shown(conn, &readable, &ids)
    }

    /// Asks with what this node and its operators know.
    ///
    /// # Errors
    /// Index or database fail.
    pub fn with_query<T>(
        &self,
        conn: &mut Conn,
        house: &House,
        parsed: &ParsedQuery,
        filter: Filter,
        ask: impl FnOnce(&Query<'_>) -> Result<T, super::index::IndexError>,
    ) -> Result<T, Error> {
        let lexicon = lexicon(conn)?;
        let now = house.clock.now();
        let heat_age = heat_age(conn, now)?;
        let query = Query { parsed, lexicon: &lexicon, filter, sort: Sort::Relevance, now, heat_age };
        Ok(ask(&query)?)
    }
}

/// The listed threads among `ids` that stand in `readable` categories, in the order of `ids`.
pub fn shown(conn: &mut Conn, readable: &Readable, ids: &[ThreadId]) -> Result<Vec<Thread>, Error> {
    let found = threads::store::find_many(conn, ids)?;
    let fits = |thread: &&Thread| thread.state() == State::Listed && readable.has(thread.category_id);
    Ok(ids
        .iter()
        .filter_map(|id| found.iter().find(|thread| thread.id == *id))
        .filter(fits)
        .cloned()
        .collect())
}
