//! Search over the API.

use actix_web::web::{Data, Path, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::actor::Actor;
use crate::base::fold::fold;
use crate::base::ids::ThreadId;
use crate::content::categories;
use crate::content::markup::slugify;
use crate::content::threads::{self, Thread};
use crate::people::accounts::Card;
use crate::reach::related;
use crate::reach::search::index::Sort;
use crate::reach::search::service::{Asked, Search};
use crate::reach::search::web::limit_key;
use crate::web::api::{Answered, BadField, Caller, List, ListQuery, json};
use crate::web::limits::Soft;
use crate::web::paging::cursor;
use crate::web::{AppError, Web, urls};

/// What a search is asked for.
#[derive(Debug, Deserialize)]
pub struct SearchQuery {
    #[serde(default)]
    q: String,
    category: Option<String>,
    sort: Option<String>,
    /// Within this thread alone, post by post.
    thread: Option<i64>,
    limit: Option<String>,
    cursor: Option<String>,
    /// Whether to search what was probably meant when nothing holds what was typed.
    #[serde(default)]
    correct: bool,
}

/// One thread found.
#[derive(Debug, Serialize, ToSchema)]
pub struct HitView {
    /// Number of the thread.
    pub thread_id: i64,
    /// Number of its best post.
    pub post_id: i64,
    /// Title of the thread.
    pub title: String,
    /// The passage that was found, plain text.
    pub excerpt: String,
    /// Where the matches stand in the excerpt: pairs of first and last + 1, in characters.
    pub marks: Vec<(usize, usize)>,
    /// Address of the post.
    pub url: String,
}

/// What a search gave.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundView {
    /// Best first.
    pub items: Vec<HitView>,
    /// Continues the list; `null` at the end.
    pub next_cursor: Option<String>,
    /// How many there are in all.
    pub total: i64,
    /// How many of them hold everything that was typed; the others hold a part of it.
    pub complete: i64,
    /// What looks like an operator and is none: it was searched as words.
    pub unread: Vec<String>,
    /// The query was longer than 2,000 characters, and its end was not read.
    pub cut: bool,
    /// Categories that were asked for and are not there.
    pub unknown: Vec<String>,
    /// The query that was probably meant.
    pub meant: Option<String>,
    /// Whether the items are those of `meant`.
    pub corrected: bool,
    /// Members of that name; to members alone.
    pub members: Vec<Named>,
}

/// Results after which there is no further page.
const DEEPEST: i64 = 1_500;

fn marks(segments: &[crate::reach::search::excerpt::Segment]) -> Vec<(usize, usize)> {
    let mut at = 0;
    let mut found = Vec::new();
    for segment in segments {
        let end = at + segment.text.chars().count();
        if segment.marked {
            found.push((at, end));
        }
        at = end;
    }
    found
}

/// Searches threads and posts.
#[utoipa::path(get, path = "/api/v1/search", tag = "search",
    params(("q" = String, Query), ("category" = Option<String>, Query),
        ("sort" = Option<String>, Query, description = "relevance (default), newest or hottest"),
        ("thread" = Option<i64>, Query, description = "the posts of this thread alone"),
        ("correct" = Option<bool>, Query, description = "search what was probably meant when nothing holds what was typed"),
        ("limit" = Option<i64>, Query), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = FoundView), (status = 400), (status = 429)))]
pub async fn search(
    web: Data<Web>,
    search: Data<Search>,
    caller: Caller,
    query: Query<SearchQuery>,
) -> Answered {
    let page = ListQuery { limit: query.limit.clone(), cursor: query.cursor.clone() };
    let limit = page.limit()?;
    let offset = match page.keys(1)?.and_then(|keys| keys.into_iter().next()) {
        None => Some(0),
        Some(key) => key.parse().ok().filter(|offset| (0..=DEEPEST).contains(offset)),
    };
    let offset: i64 = offset.ok_or_else(|| BadField::parameter("cursor"))?;
    if query.sort.as_deref().is_some_and(|sort| Sort::parse(sort).is_none()) {
        return Err(BadField::parameter("sort").into());
    }
    web.soft.check(Soft::Search, &limit_key(&caller.actor, caller.address))?;
    let asked = Asked {
        text: query.q.clone(),
        category: query.category.clone(),
        sort: query.sort.as_deref().and_then(Sort::parse).unwrap_or_default(),
        thread: query.thread.map(ThreadId),
        offset: usize::try_from(offset).unwrap_or(0),
        limit: usize::try_from(limit).unwrap_or(30),
        corrected: query.correct,
    };
    let (actor, house, engine) = (caller.actor.clone(), web.house.clone(), search.into_inner());
    let answer = web.house.db.read(move |conn| engine.run(conn, &house, &actor, &asked)).await?;
    let total = i64::try_from(answer.total).unwrap_or(i64::MAX);
    let next = offset + limit;
    let items = answer
        .found
        .into_iter()
        .map(|f| HitView {
            thread_id: f.thread.id.0,
            post_id: f.post.id.0,
            title: f.thread.title.clone(),
            marks: marks(&f.excerpt),
            excerpt: f.excerpt.into_iter().map(|s| s.text).collect(),
            url: urls::post_in_thread(f.thread.id, &f.thread.slug, f.post.number, f.post.id),
        })
        .collect();
    let more = query.thread.is_none() && next < total && next <= DEEPEST;
    let found = FoundView {
        items,
        next_cursor: more.then(|| cursor(&[next.to_string()])),
        total,
        complete: i64::try_from(answer.complete).unwrap_or(i64::MAX),
        cut: answer.parsed.cut,
        unread: answer.parsed.unread,
        unknown: answer.unknown,
        meant: answer.meant,
        corrected: answer.corrected,
        members: answer.people.iter().map(member).collect(),
    };
    Ok(json(200, &found))
}

/// A thread by its name.
#[derive(Debug, Serialize, ToSchema)]
pub struct NamedThread {
    /// Number of the thread.
    pub id: i64,
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
}

impl NamedThread {
    /// Of a thread that the caller may read.
    pub fn of(thread: &Thread) -> Self {
        Self { id: thread.id.0, title: thread.title.clone(), url: thread.url(1) }
    }
}

/// A name with its address.
#[derive(Debug, Serialize, ToSchema)]
pub struct Named {
    /// As shown.
    pub name: String,
    /// Where it leads.
    pub url: String,
}

/// What goes on as the text typed begins.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestionsView {
    /// Threads by their titles.
    pub threads: Vec<NamedThread>,
    /// Tags.
    pub tags: Vec<Named>,
    /// Categories.
    pub categories: Vec<Named>,
    /// Members; for members alone.
    pub members: Vec<Named>,
}

/// What is typed so far.
#[derive(Debug, Deserialize)]
pub struct Typed {
    #[serde(default)]
    q: String,
}

/// What goes on as `q` begins.
#[utoipa::path(get, path = "/api/v1/search/suggest", tag = "search", params(("q" = String, Query)),
    responses((status = 200, body = SuggestionsView), (status = 429)))]
pub async fn suggest(web: Data<Web>, search: Data<Search>, caller: Caller, typed: Query<Typed>) -> Answered {
    web.soft.check(Soft::Suggest, &limit_key(&caller.actor, caller.address))?;
    let found = suggestions(&web, search, &caller.actor, &typed.q).await?;
    Ok(json(200, &found))
}

/// Suggestions as pages and the API give them.
///
/// # Errors
/// Index or database fail.
pub async fn suggestions(
    web: &Web,
    search: Data<Search>,
    actor: &Actor,
    typed: &str,
) -> Result<SuggestionsView, AppError> {
    let limit = if typed.starts_with('@') { Soft::Profile } else { Soft::Named };
    let asker = actor.id();
    let (actor, house, typed) = (actor.clone(), web.house.clone(), typed.to_owned());
    let engine = search.into_inner();
    let mut found = web.house.db.read(move |conn| engine.suggest(conn, &house, &actor, &typed)).await?;
    // Only what shows members counts as looking at them; beyond the limit they are left out.
    if !found.members.is_empty()
        && asker.is_none_or(|asker| web.soft.check(limit, &asker.to_string()).is_err())
    {
        found.members.clear();
    }
    let named = |name: String, url: String| Named { name, url };
    Ok(SuggestionsView {
        threads: found.threads.iter().map(NamedThread::of).collect(),
        tags: found
            .tags
            .into_iter()
            .map(|tag| (urls::tag(&slugify(&fold(&tag))), tag))
            .map(|(u, t)| named(t, u))
            .collect(),
        categories: found
            .categories
            .into_iter()
            .map(|(slug, name)| named(name, urls::category(&slug)))
            .collect(),
        members: found.members.into_iter().map(|card| member(&card)).collect(),
    })
}

/// A member as one among several: the name, with the handle where it is another.
fn member(card: &Card) -> Named {
    let handle = &card.handle;
    let name = if card.display_name == *handle {
        handle.clone()
    } else {
        format!("{} @{handle}", card.display_name)
    };
    Named { name, url: urls::member(handle) }
}

/// A title that is being written.
#[derive(Debug, Deserialize)]
pub struct SimilarQuery {
    #[serde(default)]
    title: String,
}

/// Threads like the one that is about to be opened.
#[utoipa::path(get, path = "/api/v1/search/similar", tag = "search", params(("title" = String, Query)),
    responses((status = 200, body = List<NamedThread>), (status = 429)))]
pub async fn similar(
    web: Data<Web>,
    search: Data<Search>,
    caller: Caller,
    query: Query<SimilarQuery>,
) -> Answered {
    web.soft.check(Soft::Suggest, &limit_key(&caller.actor, caller.address))?;
    let (actor, house, engine) = (caller.actor.clone(), web.house.clone(), search.into_inner());
    let title: String = query.title.chars().take(200).collect();
    let found = web.house.db.read(move |conn| engine.similar(conn, &house, &actor, &title, None)).await?;
    let items = found.iter().map(NamedThread::of).collect();
    Ok(json(200, &List::<NamedThread> { items, next_cursor: None, total: None }))
}

/// Threads about the same as one that the caller may read.
#[utoipa::path(get, path = "/api/v1/threads/{id}/related", tag = "search", params(("id" = i64, Path)),
    responses((status = 200, body = List<NamedThread>), (status = 404)))]
pub async fn related(web: Data<Web>, caller: Caller, path: Path<i64>) -> Answered {
    let (actor, id) = (caller.actor.clone(), ThreadId(path.into_inner()));
    let found = web
        .house
        .db
        .read(move |conn| {
            let readable = categories::service::recall(conn, &actor)?;
            threads::service::load_for(conn, &actor, &readable, id)?;
            Ok::<_, AppError>(related::shown(conn, &readable, id)?)
        })
        .await?;
    let items = found.iter().map(NamedThread::of).collect();
    Ok(json(200, &List::<NamedThread> { items, next_cursor: None, total: None }))
}
