//! Searching: the parsed question meets the index, and every hit meets the visibility rule before it is shown.

use std::sync::Arc;

use crate::base::actor::{Actor, Role};
use crate::base::fault::{Fault, Kind};
use crate::base::fold::fold;
use crate::base::ids::{CategoryId, MemberId, ThreadId};
use crate::base::time::UtcTime;
use crate::content::categories::{self, Category, Readable};
use crate::content::heat::Scale;
use crate::content::markup::{Keep, plain_text};
use crate::content::posts::{self, Post};
use crate::content::threads::{self, State, Thread};
use crate::infra::db::memory::remembered;
use crate::infra::db::{Conn, DbError};
use crate::infra::house::House;
use crate::people::accounts::{self, Card};
use crate::reach::vocabulary::{self, Vocabulary};
use crate::room_error;
use crate::site::settings;

use super::analysis::{Analysis, Lexicon};
use super::excerpt::{COLUMNS, Marker, Segment};
use super::index::{Filter, Hit, IndexError, Page, Permit, Query, Results, SearchIndex, Sort, Standing, Why};
use super::meant::Meant;
use super::query::ParsedQuery;

/// What can go wrong with a search.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The index failed.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}
room_error!(Error);

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Index(_) => Kind::Busy,
            Self::Db(e) => e.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Index(_) => "search_unavailable",
            Self::Db(e) => e.code(),
        }
    }
    fn retry_after(&self) -> Option<u64> {
        Some(5)
    }
}

/// Posts shown of a search within one thread.
const WITHIN: usize = 50;

/// Members of the name that is searched for offered at once.
const PEOPLE: usize = 3;
/// Words that may be a name.
const NAMES: usize = 4;
/// Results explained at once.
const EXPLAINED: usize = 10;

/// The search of one node.
#[derive(Clone)]
pub struct Search {
    /// The derived index.
    pub index: Arc<SearchIndex>,
    /// The one analysis of texts and questions.
    pub analysis: Analysis,
}

/// What a reader asks.
#[derive(Debug, Clone)]
pub struct Asked {
    /// As typed.
    pub text: String,
    /// A category chosen beside the box, by address.
    pub category: Option<String>,
    /// In which order.
    pub sort: Sort,
    /// This thread alone.
    pub thread: Option<ThreadId>,
    /// Threads to skip.
    pub offset: usize,
    /// Threads to give.
    pub limit: usize,
    /// Whether a query that finds nothing is searched as it was probably meant.
    pub corrected: bool,
}

/// One thread found, with the passage that was found.
pub struct Found {
    /// The thread.
    pub thread: Thread,
    /// Its best post.
    pub post: Post,
    /// The title, marked.
    pub title: Vec<Segment>,
    /// The passage, marked.
    pub excerpt: Vec<Segment>,
}

/// Everything found.
pub struct Answer {
    /// Threads, best first.
    pub found: Vec<Found>,
    /// How many threads in all.
    pub total: usize,
    /// How many of them hold everything that was typed.
    pub complete: usize,
    /// The same two of what everybody may read: what may be told to others about this search.
    pub public: (usize, usize),
    /// What was typed, taken apart.
    pub parsed: ParsedQuery,
    /// Whether the complete ones come first.
    pub tiered: bool,
    /// The query that was probably meant, when little was found.
    pub meant: Option<String>,
    /// Whether what is found is of the query that was probably meant, as nothing holds what was typed.
    pub corrected: bool,
    /// The member whose handle is the query.
    pub people: Vec<Card>,
    /// The categories the reader may choose from.
    pub readable: Readable,
    /// The index is being filled for the first time: not everything can be found yet.
    pub building: bool,
    /// Categories that were asked for and are not there, for this reader.
    pub unknown: Vec<String>,
}

pub(super) fn permit(actor: &Actor, readable: &Readable) -> Permit {
    if actor.role() == Role::Administrator && readable.everything() {
        return Permit::All;
    }
    match readable.private_ids() {
        ids if ids.is_empty() => Permit::Public,
        ids => Permit::Categories(ids),
    }
}

/// An author typed as `@name`: nobody of that name finds nothing.
fn author(conn: &mut Conn, name: Option<&String>) -> Result<Option<MemberId>, Error> {
    let Some(name) = name else { return Ok(None) };
    let found = match accounts::store::by_handle(conn, name)? {
        None => accounts::store::by_former_handle(conn, name)?,
        found => found,
    };
    // Posts show names, so a name may be typed too.
    let id = match found {
        Some(member) => Some(member.id),
        None => accounts::store::called(conn, name)?.first().map(|card| card.id),
    };
    Ok(Some(id.unwrap_or(MemberId(-1))))
}

/// The category of an address, or else of a name.
fn category<'r>(readable: &'r Readable, name: &str) -> Option<&'r Category> {
    let name = fold(name);
    let all = readable.categories();
    let addressed = all.iter().find(|category| fold(&category.slug) == name);
    addressed.or_else(|| all.iter().find(|category| fold(&category.name) == name))
}

/// The categories asked for by operator and by form; an unknown one finds nothing.
fn scope(parsed: &ParsedQuery, chosen: Option<&str>, readable: &Readable) -> Option<Vec<CategoryId>> {
    let of = |name: &str| category(readable, name).map(|c| readable.with_children(c.id)).unwrap_or_default();
    let typed = parsed.category.as_deref().map(of);
    let chosen = chosen.filter(|c| !c.is_empty()).map(of);
    let asked = match (typed, chosen) {
        (Some(a), Some(b)) => Some(a.into_iter().filter(|id| b.contains(id)).collect()),
        (a, b) => a.or(b),
    };
    if parsed.not.categories.is_empty() {
        return asked;
    }
    let without: Vec<CategoryId> = parsed.not.categories.iter().flat_map(|name| of(name)).collect();
    let all = asked.unwrap_or_else(|| readable.categories().iter().map(|category| category.id).collect());
    Some(all.into_iter().filter(|id| !without.contains(id)).collect())
}

/// What a query asks besides words, of what `readable` lets see.
fn filter(
    conn: &mut Conn,
    parsed: &ParsedQuery,
    chosen: Option<&str>,
    readable: &Readable,
) -> Result<Filter, Error> {
    Ok(Filter {
        categories: scope(parsed, chosen, readable),
        author: author(conn, parsed.author.as_ref())?,
        not_author: author(conn, parsed.not.author.as_ref())?,
        ..Filter::default()
    })
}

/// A vocabulary made ready for reading queries.
pub fn lexicon_of(vocabulary: &Vocabulary) -> Lexicon {
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    for synonym in &vocabulary.synonyms {
        let means = if synonym.two_way { &synonym.from } else { &synonym.to };
        for term in &synonym.from {
            pairs.extend(means.iter().map(|meaning| (term.as_str(), meaning.as_str())));
        }
    }
    Lexicon::new(vocabulary.words.iter().map(String::as_str), pairs)
}

/// What operators taught the search.
pub(super) fn lexicon(conn: &mut Conn) -> Result<Arc<Lexicon>, Error> {
    Ok(remembered(conn, |conn| Ok(lexicon_of(&vocabulary::service::load(conn)?)))?)
}

/// How far the scale of heat has moved by `now`, in half-lives.
pub(super) fn heat_age(conn: &mut Conn, now: UtcTime) -> Result<f64, Error> {
    Ok(Scale::hours(settings::recall(conn)?.half_life_hours).age(now))
}

/// The members whose handle or name is the query, then those whose name has all its words; for members alone, as
/// profiles are.
fn people(conn: &mut Conn, actor: &Actor, parsed: &ParsedQuery) -> Result<Vec<Card>, Error> {
    let plain = parsed.clauses.iter().all(|clause| !clause.exact && !clause.negated && !clause.or);
    if !(1..=NAMES).contains(&parsed.clauses.len())
        || !plain
        || actor.member().is_none()
        || parsed.asks_of_posts()
    {
        return Ok(Vec::new());
    }
    let name = parsed.words();
    let mut people = accounts::store::called(conn, &name)?;
    if people.len() < PEOPLE && name.chars().count() > 2 {
        let words = |text: &str| fold(text).split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let asked = words(&name);
        for card in accounts::store::complete(conn, &name)? {
            let named = words(&card.display_name);
            let known = people.iter().any(|known| known.handle == card.handle);
            if !known && asked.iter().all(|word| named.contains(word)) {
                people.push(card);
            }
        }
    }
    people.truncate(PEOPLE);
    Ok(people)
}

/// The posts to show of `hits`: where only the title fits, the opening one.
fn best_posts(conn: &mut Conn, hits: &[Hit]) -> Result<Vec<Post>, Error> {
    let ids: Vec<_> = hits.iter().filter_map(|hit| hit.post).collect();
    let mut posts = posts::store::find_many(conn, &ids)?;
    let untold: Vec<ThreadId> = hits.iter().filter(|hit| hit.post.is_none()).map(|hit| hit.thread).collect();
    posts.extend(posts::store::openings(conn, &untold)?);
    Ok(posts)
}

/// The posts of one thread that fit, as hits of their own.
fn within(
    index: &SearchIndex,
    query: &Query<'_>,
    permit: &Permit,
    thread: ThreadId,
) -> Result<Results, IndexError> {
    let posts = index.within(query, permit, thread, WITHIN)?;
    let hits: Vec<Hit> = posts.into_iter().map(|post| Hit { thread, post: Some(post), score: 0.0 }).collect();
    Ok(Results { total: hits.len(), complete: hits.len(), tiered: false, public: (0, 0), hits })
}

/// What of `hits` is listed and stands where the reader may read, marked.
fn show(conn: &mut Conn, readable: &Readable, marker: &Marker, hits: &[Hit]) -> Result<Vec<Found>, Error> {
    let threads = threads::store::find_many(conn, &hits.iter().map(|h| h.thread).collect::<Vec<_>>())?;
    let posts = best_posts(conn, hits)?;
    let found = hits.iter().filter_map(|hit| {
        let thread = threads.iter().find(|t| t.id == hit.thread)?;
        let post = posts.iter().find(|p| match hit.post {
            Some(id) => p.id == id,
            None => p.thread_id == hit.thread && p.opens(),
        })?;
        let shown = thread.state() == State::Listed
            && post.state() == State::Listed
            && readable.has(thread.category_id);
        shown.then(|| Found {
            title: marker.whole(&thread.title),
            excerpt: marker.excerpt(&plain_text(&post.body, Keep::EXCERPT), COLUMNS),
            thread: thread.clone(),
            post: post.clone(),
        })
    });
    Ok(found.collect())
}

impl Search {
    /// Searches now, on this thread.
    pub fn run(&self, conn: &mut Conn, house: &House, actor: &Actor, asked: &Asked) -> Result<Answer, Error> {
        let mut answer = self.once(conn, house, actor, asked)?;
        // A later page is corrected when the first one was.
        let later = asked.offset > 0 && !(asked.corrected && answer.complete == 0);
        if later || answer.parsed.is_empty() {
            return Ok(answer);
        }
        let slip = self.meant(conn, house, &answer.parsed, &asked.text, answer.complete)?;
        let meant = match slip {
            Some(meant) => Some(meant),
            None => self.abbreviated(conn, &answer.parsed)?.map(|text| Meant { text, sure: false }),
        };
        let Some(Meant { text, sure }) = meant else { return Ok(answer) };
        let better = self.once(conn, house, actor, &Asked { text: text.clone(), ..asked.clone() })?;
        // What finds no more than what was typed helps nobody.
        let more = better.complete > answer.complete;
        if !more && !(sure && (better.complete > 0 || better.total > answer.total)) {
            return Ok(answer);
        }
        let corrected = sure && asked.corrected && answer.complete == 0 && better.complete > 0;
        if corrected {
            let Answer { found, total, complete, tiered, parsed, .. } = better;
            answer = Answer { found, total, complete, tiered, parsed, ..answer };
        }
        Ok(Answer { meant: Some(text), corrected, ..answer })
    }

    /// Searches what was typed.
    fn once(&self, conn: &mut Conn, house: &House, actor: &Actor, asked: &Asked) -> Result<Answer, Error> {
        let parsed = ParsedQuery::parse(&asked.text);
        let everywhere = asked.category.as_deref().is_none_or(str::is_empty);
        let parsed = if everywhere { parsed.with_something_to_find() } else { parsed };
        let readable = categories::service::recall(conn, actor)?;
        let chosen = asked.category.as_deref();
        let filter = Filter { only: asked.thread, ..filter(conn, &parsed, chosen, &readable)? };
        let asked_for = parsed.category.iter().chain(&parsed.not.categories);
        let unknown: Vec<String> =
            asked_for.filter(|name| category(&readable, name).is_none()).cloned().collect();
        let building = self.index.standing() == Standing::Empty;
        if parsed.is_empty() {
            return Ok(Answer {
                found: Vec::new(),
                total: 0,
                complete: 0,
                public: (0, 0),
                tiered: false,
                parsed,
                meant: None,
                corrected: false,
                people: Vec::new(),
                readable,
                building,
                unknown,
            });
        }
        let lexicon = lexicon(conn)?;
        let now = house.clock.now();
        let heat_age = heat_age(conn, now)?;
        let query = Query { parsed: &parsed, lexicon: &lexicon, filter, sort: asked.sort, now, heat_age };
        let page = Page { offset: asked.offset, limit: asked.limit };
        let permit = permit(actor, &readable);
        let results = match asked.thread {
            None => self.index.search(&query, &permit, page)?,
            Some(thread) => within(&self.index, &query, &permit, thread)?,
        };
        let marker = Marker::new(&self.analysis, &lexicon, &parsed);
        let found = show(conn, &readable, &marker, &results.hits)?;
        let people = match parsed.author.as_deref().filter(|_| results.total == 0) {
            // Nobody of that name, or a part of one: who may be meant, for those who may look at members.
            Some(name) if actor.member().is_some() => {
                let mut people = accounts::store::complete(conn, name)?;
                people.truncate(PEOPLE);
                people
            }
            _ if asked.offset == 0 => people(conn, actor, &parsed)?,
            _ => Vec::new(),
        };
        Ok(Answer {
            found,
            total: results.total,
            complete: results.complete,
            public: results.public,
            tiered: results.tiered,
            parsed,
            meant: None,
            corrected: false,
            people,
            readable,
            building,
            unknown,
        })
    }

    /// The first threads that `text` finds with `lexicon`, each with why it ranks where it does; for operators.
    ///
    /// # Errors
    /// Index or database fail.
    pub fn explain(
        &self,
        conn: &mut Conn,
        house: &House,
        actor: &Actor,
        text: &str,
        lexicon: &Lexicon,
    ) -> Result<Vec<(Thread, Why)>, Error> {
        let parsed = ParsedQuery::parse(text).with_something_to_find();
        let readable = categories::service::recall(conn, actor)?;
        let permit = permit(actor, &readable);
        let filter = filter(conn, &parsed, None, &readable)?;
        let now = house.clock.now();
        let heat_age = heat_age(conn, now)?;
        let query = Query { parsed: &parsed, lexicon, filter, sort: Sort::Relevance, now, heat_age };
        let results = self.index.search(&query, &permit, Page { offset: 0, limit: EXPLAINED })?;
        let ids: Vec<ThreadId> = results.hits.iter().map(|hit| hit.thread).collect();
        let mut explained = Vec::new();
        for thread in super::help::shown(conn, &readable, &ids)? {
            let why = self.index.explain(&query, &permit, thread.id)?;
            explained.push((thread, why));
        }
        Ok(explained)
    }
}
