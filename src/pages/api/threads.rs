//! Threads over the API: lists, opening, changing, removing, pins, features, closing, accepting.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::views::ThreadView;
use crate::base::actor::Actor;
use crate::base::ids::{PostId, ThreadId};
use crate::base::time::UtcTime;
use crate::content::categories::{self, Readable};
use crate::content::curation::{self, Scope};
use crate::content::posts::service::OpenThread;
use crate::content::posts::{self, Body as Text, Prepared, answers};
use crate::content::tags::{self, TagNames};
use crate::content::threads::lists::{self, Filter, Key, Listing, Period, Sort, Window};
use crate::content::threads::service::Change;
use crate::content::threads::{self, Thread, ThreadKind, Title};
use crate::infra::db::{Conn, DbError};
use crate::people::accounts;
use crate::web::api::{Answered, BadField, Body, Caller, List, ListQuery, json, replay};
use crate::web::error::HttpFault;
use crate::web::idempotency::{Outcome, charge, once};
use crate::web::limits::Soft;
use crate::web::paging::cursor;
use crate::web::{AppError, Web};

/// What a list of threads may be asked for.
#[derive(Debug, Default, Deserialize)]
pub struct ThreadsQuery {
    sort: Option<String>,
    period: Option<String>,
    category: Option<String>,
    tag: Option<String>,
    author: Option<String>,
    limit: Option<String>,
    cursor: Option<String>,
}

fn sort(query: &ThreadsQuery) -> Result<Sort, AppError> {
    Ok(match query.sort.as_deref() {
        None | Some("hot") => Sort::Hot,
        Some("latest") => Sort::Latest,
        Some("new") => Sort::New,
        Some("unanswered") => Sort::Unanswered,
        Some("featured") => Sort::Featured,
        Some("top") => {
            let period = query.period.as_deref().map_or(Some(Period::Week), Period::parse);
            Sort::Top(period.ok_or_else(|| BadField::parameter("period"))?)
        }
        Some(_) => return Err(BadField::parameter("sort").into()),
    })
}

fn filter(conn: &mut Conn, query: &ThreadsQuery, readable: &Readable) -> Result<Filter, AppError> {
    match (&query.category, &query.tag, &query.author) {
        (None, None, None) => Ok(Filter::Site),
        (Some(slug), None, None) => Ok(Filter::Category(readable.by_slug(slug).ok_or(HttpFault::Absent)?.id)),
        (None, Some(slug), None) => {
            let tag = tags::by_slug(conn, slug)?.ok_or(HttpFault::Absent)?;
            Ok(Filter::Tag(tag.id, tag.threads))
        }
        (None, None, Some(name)) => {
            let author = accounts::service::find_by_handle(conn, name)?.id;
            Ok(Filter::Author(author, lists::opened_by(conn, author)?))
        }
        // One at a time: each list is a walk of one index.
        _ => Err(HttpFault::Malformed.into()),
    }
}

fn seek(sort: Sort, keys: Option<Vec<String>>) -> Result<Option<(Key, i64)>, AppError> {
    let Some(keys) = keys else { return Ok(None) };
    let place = || {
        let [value, id] = keys.as_slice() else { return None };
        let key = match sort {
            Sort::Hot | Sort::Top(_) => {
                Key::Number(value.parse::<f64>().ok().filter(|number| number.is_finite())?)
            }
            _ => Key::Time(value.parse().ok()?),
        };
        Some((key, id.parse().ok()?))
    };
    place().map(Some).ok_or_else(|| BadField::parameter("cursor").into())
}

/// Threads with what belongs beside them.
fn views(
    conn: &mut Conn,
    readable: &Readable,
    threads: &[Thread],
    now: UtcTime,
) -> Result<Vec<ThreadView>, AppError> {
    let people: Vec<_> = threads.iter().map(|t| t.author_id).collect();
    let cards = accounts::store::cards(conn, &people)?;
    let ids: Vec<_> = threads.iter().map(|t| t.id).collect();
    let tagged = tags::of_threads(conn, &ids)?;
    let scale = threads::service::scale(conn)?;
    Ok(threads
        .iter()
        .map(|t| {
            ThreadView::new(
                t,
                readable.get(t.category_id),
                cards.iter().find(|c| c.id == t.author_id),
                tagged.iter().filter(|(id, _)| *id == t.id).map(|(_, tag)| tag.name.clone()).collect(),
                scale.present(t.heat, now),
            )
        })
        .collect())
}

/// Lists threads.
#[utoipa::path(get, path = "/api/v1/threads", tag = "threads",
    params(("sort" = Option<String>, Query, description = "hot, latest, new, top, unanswered, featured"),
        ("period" = Option<String>, Query, description = "day, week, month, year, all; with top"),
        ("category" = Option<String>, Query), ("tag" = Option<String>, Query), ("author" = Option<String>, Query),
        ("limit" = Option<i64>, Query), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = List<ThreadView>), (status = 400), (status = 404)))]
pub async fn list(web: Data<Web>, caller: Caller, query: Query<ThreadsQuery>) -> Answered {
    let query = query.into_inner();
    let page = ListQuery { limit: query.limit.clone(), cursor: query.cursor.clone() };
    let (limit, keys) = (page.limit()?, page.keys(2)?);
    let order = sort(&query)?;
    let from = seek(order, keys)?;
    let (actor, now) = (caller.actor.clone(), web.house.clock.now());
    let list = web
        .house
        .db
        .read(move |conn| {
            let readable = categories::service::recall(conn, &actor)?;
            let filter = filter(conn, &query, &readable)?;
            let mut threads =
                Listing::new(order, &filter, &readable, Window::After(from, limit)).load(conn)?;
            let more = threads.len() > usize::try_from(limit).unwrap_or(usize::MAX);
            threads.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            let next_cursor = match threads.last().filter(|_| more) {
                None => None,
                Some(last) => {
                    let score = match order {
                        Sort::Top(period) => lists::score(conn, period, last)?,
                        _ => 0.0,
                    };
                    let value = match lists::key(order, last, score) {
                        Key::Time(at) => at.to_string(),
                        Key::Number(x) => format!("{x:?}"),
                    };
                    Some(cursor(&[value, last.id.to_string()]))
                }
            };
            let items = views(conn, &readable, &threads, now)?;
            Ok::<_, AppError>(List { items, next_cursor, total: None })
        })
        .await?;
    Ok(json(200, &list))
}

fn one(conn: &mut Conn, actor: &Actor, id: ThreadId, now: UtcTime) -> Result<ThreadView, AppError> {
    let readable = categories::service::recall(conn, actor)?;
    let thread = threads::service::load_for(conn, actor, &readable, id)?;
    views(conn, &readable, &[thread], now)?.pop().ok_or_else(|| HttpFault::Absent.into())
}

/// One thread.
#[utoipa::path(get, path = "/api/v1/threads/{id}", tag = "threads", params(("id" = i64, Path)),
    responses((status = 200, body = ThreadView), (status = 404), (status = 410)))]
pub async fn show(web: Data<Web>, caller: Caller, id: Path<i64>) -> Answered {
    let (actor, now, id) = (caller.actor.clone(), web.house.clock.now(), ThreadId(*id));
    Ok(json(200, &web.house.db.read(move |conn| one(conn, &actor, id, now)).await?))
}

/// A new thread.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewThread {
    /// Slug of the category.
    pub category: String,
    /// Title.
    pub title: String,
    /// Markdown of the first post.
    pub body: String,
    /// Tags, five at the most.
    #[serde(default)]
    pub tags: Vec<String>,
    /// discussion (default) or question.
    #[serde(default)]
    pub kind: Option<String>,
}

/// A thread that was opened.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenedThread {
    /// Number.
    pub id: i64,
    /// Address.
    pub url: String,
    /// Number of its first post.
    pub first_post_id: i64,
}

/// Renders Markdown off the write path.
pub async fn prepare(web: &Web, text: &str) -> Result<Prepared, AppError> {
    let body = Text::parse(text)?;
    let house = web.house.clone();
    Ok(web.house.db.read(move |c| Prepared::new(c, &house, &body).map_err(DbError::from)).await?)
}

/// A fresh answer, or the one given before.
pub fn answer<T: Serialize>(status: u16, done: Outcome<T>) -> HttpResponse {
    match done {
        Outcome::Fresh(view) => json(status, &view),
        Outcome::Repeated(before) => replay(&before),
    }
}

/// Opens a thread.
#[utoipa::path(post, path = "/api/v1/threads", tag = "threads", request_body = NewThread,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = OpenedThread), (status = 401), (status = 403), (status = 422), (status = 429)))]
pub async fn create(web: Data<Web>, caller: Caller, body: Body<NewThread>) -> Answered {
    let member = caller.member("write")?.clone();
    let wanted = body.read()?;
    let title = Title::parse(&wanted.title)?;
    let kind = ThreadKind::parse(wanted.kind.as_deref().unwrap_or("discussion"))?;
    let names = TagNames::parse(wanted.tags.iter().map(String::as_str)).map_err(threads::Error::from)?;
    let text = prepare(&web, &wanted.body).await?;
    let (house, actor, key) = (web.house.clone(), caller.actor.clone(), caller.key("POST /threads", &wanted));
    charge(&web, key.as_ref(), Soft::Post, member.id).await?;
    let done = web
        .house
        .db
        .write(move |conn| {
            once(conn, key.as_ref(), house.clock.now(), |conn| {
                let readable = categories::service::recall(conn, &actor)?;
                let category = readable.by_slug(&wanted.category).ok_or(threads::Error::CategoryInvalid)?.id;
                let open = OpenThread {
                    category,
                    kind,
                    title: title.clone(),
                    tags: names.clone(),
                    text: text.clone(),
                };
                let opened = posts::service::open(conn, &house, &member, &open)?;
                let view =
                    OpenedThread { id: opened.thread.0, url: opened.url, first_post_id: opened.post.0 };
                let text = serde_json::to_string(&view).unwrap_or_default();
                Ok((view, 201, text))
            })
        })
        .await?;
    Ok(answer(201, done))
}

/// What may be changed about a thread.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ThreadChange {
    /// Title.
    pub title: Option<String>,
    /// Slug of the category; moderators only.
    pub category: Option<String>,
    /// Tags.
    pub tags: Option<Vec<String>>,
    /// discussion or question.
    pub kind: Option<String>,
}

/// Changes a thread.
#[utoipa::path(patch, path = "/api/v1/threads/{id}", tag = "threads", params(("id" = i64, Path)),
    request_body = ThreadChange, responses((status = 200, body = ThreadView), (status = 403), (status = 404), (status = 422)))]
pub async fn change(web: Data<Web>, caller: Caller, id: Path<i64>, body: Body<ThreadChange>) -> Answered {
    let member = caller.member("write")?.clone();
    let (house, actor, id, wanted) = (web.house.clone(), caller.actor.clone(), ThreadId(*id), body.read()?);
    let view = web
        .house
        .db
        .write(move |conn| {
            let readable = categories::service::recall(conn, &actor)?;
            let category = match wanted.category.as_deref() {
                Some(slug) => Some(readable.by_slug(slug).ok_or(threads::Error::CategoryInvalid)?.id),
                None => None,
            };
            let names = wanted.tags.as_ref().map(|t| TagNames::parse(t.iter().map(String::as_str)));
            let change = Change {
                title: wanted.title.as_deref().map(Title::parse).transpose()?,
                kind: wanted.kind.as_deref().map(ThreadKind::parse).transpose()?,
                category,
                tags: names.transpose().map_err(threads::Error::from)?,
            };
            threads::service::change(conn, &house, &member, id, &change)?;
            one(conn, &actor, id, house.clock.now())
        })
        .await?;
    Ok(json(200, &view))
}

/// Removes a thread.
#[utoipa::path(delete, path = "/api/v1/threads/{id}", tag = "threads", params(("id" = i64, Path)),
    responses((status = 204), (status = 403), (status = 404)))]
pub async fn delete(web: Data<Web>, caller: Caller, id: Path<i64>) -> Answered {
    let member = caller.member("write")?.clone();
    let (house, id) = (web.house.clone(), ThreadId(*id));
    web.house
        .db
        .write(move |conn| Ok::<_, AppError>(threads::service::delete(conn, &house, &member, id).map(drop)?))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A pin.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PinBody {
    /// site or category.
    pub scope: String,
    /// RFC 3339; for good without.
    pub until: Option<String>,
    /// Order among pins, lowest first.
    pub position: Option<i32>,
}

/// Pins a thread.
#[utoipa::path(put, path = "/api/v1/threads/{id}/pin", tag = "moderation", params(("id" = i64, Path)),
    request_body = PinBody, responses((status = 204), (status = 403), (status = 404), (status = 422)))]
pub async fn pin(web: Data<Web>, caller: Caller, id: Path<i64>, body: Body<PinBody>) -> Answered {
    let member = caller.member("moderate")?.clone();
    let sent = body.read()?;
    let until = match sent.until.as_deref() {
        None => None,
        Some(text) => Some(UtcTime::parse(text).ok_or(curation::Error::UntilInvalid)?),
    };
    let wanted =
        curation::Wanted { scope: Scope::parse(&sent.scope)?, until, position: sent.position.unwrap_or(0) };
    let (house, id) = (web.house.clone(), ThreadId(*id));
    web.house
        .db
        .write(move |conn| Ok::<_, AppError>(curation::pin(conn, &house, &member, id, wanted)?))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `?scope=`.
#[derive(Debug, Deserialize)]
pub struct ScopeQuery {
    scope: Option<String>,
}

/// Takes a thread's pins off.
#[utoipa::path(delete, path = "/api/v1/threads/{id}/pin", tag = "moderation",
    params(("id" = i64, Path), ("scope" = Option<String>, Query)), responses((status = 204), (status = 403), (status = 404)))]
pub async fn unpin(web: Data<Web>, caller: Caller, id: Path<i64>, query: Query<ScopeQuery>) -> Answered {
    let member = caller.member("moderate")?.clone();
    let scope = query.scope.as_deref().map(Scope::parse).transpose()?;
    let (house, id) = (web.house.clone(), ThreadId(*id));
    web.house
        .db
        .write(move |conn| Ok::<_, AppError>(curation::unpin(conn, &house, &member, id, scope)?))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn mark(web: &Web, caller: &Caller, id: i64, what: &'static str, on: bool) -> Answered {
    let member = caller.member("moderate")?.clone();
    let (house, id) = (web.house.clone(), ThreadId(id));
    web.house
        .db
        .write(move |conn| {
            match what {
                "feature" => threads::service::set_featured(conn, &house, &member, id, on)?,
                _ => threads::service::set_closed(conn, &house, &member, id, on)?,
            };
            Ok::<_, AppError>(())
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Marks a thread as featured.
#[utoipa::path(put, path = "/api/v1/threads/{id}/feature", tag = "moderation", params(("id" = i64, Path)),
    responses((status = 204), (status = 403), (status = 404)))]
pub async fn feature(web: Data<Web>, caller: Caller, id: Path<i64>) -> Answered {
    mark(&web, &caller, *id, "feature", true).await
}

/// Takes the mark off.
#[utoipa::path(delete, path = "/api/v1/threads/{id}/feature", tag = "moderation", params(("id" = i64, Path)),
    responses((status = 204), (status = 403), (status = 404)))]
pub async fn unfeature(web: Data<Web>, caller: Caller, id: Path<i64>) -> Answered {
    mark(&web, &caller, *id, "feature", false).await
}

/// Closes a thread.
#[utoipa::path(put, path = "/api/v1/threads/{id}/close", tag = "moderation", params(("id" = i64, Path)),
    responses((status = 204), (status = 403), (status = 404)))]
pub async fn close(web: Data<Web>, caller: Caller, id: Path<i64>) -> Answered {
    mark(&web, &caller, *id, "close", true).await
}

/// Reopens a thread.
#[utoipa::path(delete, path = "/api/v1/threads/{id}/close", tag = "moderation", params(("id" = i64, Path)),
    responses((status = 204), (status = 403), (status = 404)))]
pub async fn reopen(web: Data<Web>, caller: Caller, id: Path<i64>) -> Answered {
    mark(&web, &caller, *id, "close", false).await
}

/// An answer to accept.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptBody {
    /// Number of the post.
    pub post_id: i64,
}

async fn set_accepted(web: &Web, caller: &Caller, id: i64, post: Option<PostId>) -> Answered {
    let member = caller.member("write")?.clone();
    let (house, id) = (web.house.clone(), ThreadId(id));
    web.house
        .db
        .write(move |conn| Ok::<_, AppError>(answers::accept(conn, &house, &member, id, post).map(drop)?))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Accepts an answer: the asker, or a moderator.
#[utoipa::path(put, path = "/api/v1/threads/{id}/accepted", tag = "threads", params(("id" = i64, Path)),
    request_body = AcceptBody, responses((status = 204), (status = 403), (status = 404), (status = 409)))]
pub async fn accept(web: Data<Web>, caller: Caller, id: Path<i64>, body: Body<AcceptBody>) -> Answered {
    caller.member("write")?;
    set_accepted(&web, &caller, *id, Some(PostId(body.read()?.post_id))).await
}

/// Takes the acceptance back.
#[utoipa::path(delete, path = "/api/v1/threads/{id}/accepted", tag = "threads", params(("id" = i64, Path)),
    responses((status = 204), (status = 403), (status = 404)))]
pub async fn unaccept(web: Data<Web>, caller: Caller, id: Path<i64>) -> Answered {
    set_accepted(&web, &caller, *id, None).await
}
