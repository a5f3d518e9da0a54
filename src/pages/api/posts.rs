//! Posts over the API.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::threads::{answer, prepare};
use super::views::PostView;
use crate::base::ids::{PostId, ThreadId};
use crate::base::time::UtcTime;
use crate::content::posts::service::Reply;
use crate::content::posts::{self, edit, removal};
use crate::content::threads::Title;
use crate::content::{categories, reactions, threads};
use crate::people::accounts;
use crate::web::api::{Answered, BadField, Body, Caller, List, ListQuery, json};
use crate::web::error::HttpFault;
use crate::web::idempotency::{charge, once};
use crate::web::limits::Soft;
use crate::web::paging::cursor;
use crate::web::{AppError, Web};

/// The posts of a thread, in order.
#[utoipa::path(get, path = "/api/v1/threads/{id}/posts", tag = "posts",
    params(("id" = i64, Path), ("limit" = Option<i64>, Query), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = List<PostView>), (status = 404), (status = 410)))]
pub async fn list(web: Data<Web>, caller: Caller, id: Path<i64>, query: Query<ListQuery>) -> Answered {
    let limit = query.limit()?;
    let after: i32 = match query.keys(1)?.and_then(|k| k.into_iter().next()) {
        None => 0,
        Some(text) => text.parse().map_err(|_| BadField::parameter("cursor"))?,
    };
    let (actor, id) = (caller.actor.clone(), ThreadId(*id));
    let list = web
        .house
        .db
        .read(move |conn| {
            let readable = categories::service::recall(conn, &actor)?;
            let thread = threads::service::load_for(conn, &actor, &readable, id)?;
            let mut posts = posts::store::after(conn, id, after, limit + 1)?;
            let more = i64::try_from(posts.len()).unwrap_or(0) > limit;
            posts.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            let people: Vec<_> = posts.iter().map(|p| p.author_id).collect();
            let cards = accounts::store::cards(conn, &people)?;
            let answered = posts::service::answered(conn, &posts)?;
            let items: Vec<PostView> = posts
                .iter()
                .map(|p| {
                    let parent = p.reply_to.and_then(|id| answered.get(&id));
                    PostView::new(p, cards.iter().find(|c| c.id == p.author_id), parent)
                })
                .collect();
            let next_cursor = posts.last().filter(|_| more).map(|p| cursor(&[p.number.to_string()]));
            Ok::<_, AppError>(List { items, next_cursor, total: Some(thread.posts) })
        })
        .await?;
    Ok(json(200, &list))
}

/// A reply.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReply {
    /// Markdown.
    pub body: String,
    /// Number of the post it answers: its place in the thread (`number`), not its id. 422 when no such post is listed.
    #[serde(default)]
    pub reply_to: Option<i32>,
}

/// A reply that was written.
#[derive(Debug, Serialize, ToSchema)]
pub struct Written {
    /// Number.
    pub id: i64,
    /// Its place in the thread.
    pub number: i32,
    /// Its address.
    pub url: String,
}

/// Writes a reply.
#[utoipa::path(post, path = "/api/v1/threads/{id}/posts", tag = "posts", request_body = NewReply,
    params(("id" = i64, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = Written), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422), (status = 429)))]
pub async fn create(web: Data<Web>, caller: Caller, id: Path<i64>, body: Body<NewReply>) -> Answered {
    let member = caller.member("write")?.clone();
    let wanted = body.read()?;
    let text = prepare(&web, &wanted.body).await?;
    let key = caller.key(&format!("POST /threads/{id}/posts"), &wanted);
    charge(&web, key.as_ref(), Soft::Post, member.id).await?;
    let (house, reply) = (web.house.clone(), Reply { thread: ThreadId(*id), to: wanted.reply_to, text });
    let done = web
        .house
        .db
        .write(move |conn| {
            once(conn, key.as_ref(), house.clock.now(), |conn| {
                if let Some(number) = reply.to {
                    posts::service::answerable(conn, &member.actor(), reply.thread, number)?;
                }
                let replied = posts::service::reply(conn, &house, &member, &reply)?;
                let view = Written { id: replied.post.0, number: replied.number, url: replied.url };
                let text = serde_json::to_string(&view).unwrap_or_default();
                Ok((view, 201, text))
            })
        })
        .await?;
    Ok(answer(201, done))
}

async fn one(web: &Web, caller: &Caller, id: PostId) -> Result<PostView, AppError> {
    let actor = caller.actor.clone();
    web.house
        .db
        .read(move |conn| {
            let readable = categories::service::recall(conn, &actor)?;
            let (_, post) = posts::service::load_for(conn, &actor, &readable, id)?;
            let card = accounts::store::cards(conn, &[post.author_id])?.pop();
            let answered = posts::service::answered(conn, std::slice::from_ref(&post))?;
            Ok::<_, AppError>(PostView::new(&post, card.as_ref(), answered.values().next()))
        })
        .await
}

/// One post.
#[utoipa::path(get, path = "/api/v1/posts/{id}", tag = "posts", params(("id" = i64, Path)),
    responses((status = 200, body = PostView), (status = 404), (status = 410)))]
pub async fn show(web: Data<Web>, caller: Caller, id: Path<i64>) -> Answered {
    Ok(json(200, &one(&web, &caller, PostId(*id)).await?))
}

/// A new text for a post.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostChange {
    /// Markdown.
    pub body: String,
    /// A new title, on a post that opens a thread.
    pub title: Option<String>,
    /// `revisions` of the post as it was read. When the post was edited since, nothing is saved: 409.
    pub revision: Option<i32>,
}

/// Edits a post; the version before is kept.
#[utoipa::path(put, path = "/api/v1/posts/{id}", tag = "posts", params(("id" = i64, Path)), request_body = PostChange,
    responses((status = 200, body = PostView), (status = 403), (status = 404),
        (status = 409, description = "edited since `revision`"), (status = 422)))]
pub async fn change(web: Data<Web>, caller: Caller, id: Path<i64>, body: Body<PostChange>) -> Answered {
    let member = caller.member("write")?.clone();
    let sent = body.read()?;
    let text = prepare(&web, &sent.body).await?;
    let title = sent.title.as_deref().map(Title::parse).transpose()?;
    let wanted = edit::Edit { post: PostId(*id), text, title, seen: sent.revision };
    let house = web.house.clone();
    web.house
        .db
        .write(move |conn| Ok::<_, AppError>(edit::edit(conn, &house, &member, &wanted).map(drop)?))
        .await?;
    Ok(json(200, &one(&web, &caller, PostId(*id)).await?))
}

/// Removes a post.
#[utoipa::path(delete, path = "/api/v1/posts/{id}", tag = "posts", params(("id" = i64, Path)),
    responses((status = 204), (status = 403), (status = 404)))]
pub async fn delete(web: Data<Web>, caller: Caller, id: Path<i64>) -> Answered {
    let member = caller.member("write")?.clone();
    let (house, id) = (web.house.clone(), PostId(*id));
    web.house
        .db
        .write(move |conn| Ok::<_, AppError>(removal::delete(conn, &house, &member, id).map(drop)?))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// An earlier version of a post.
#[derive(Debug, Serialize, ToSchema)]
pub struct RevisionView {
    /// 1 is the first version.
    pub number: i32,
    /// The title it had, on a post that opens a thread.
    pub title: Option<String>,
    /// Markdown.
    pub body: String,
    /// Since when it stood.
    #[schema(value_type = String, format = DateTime)]
    pub written_at: UtcTime,
}

/// The earlier versions of a post, newest first: for its author and moderators.
#[utoipa::path(get, path = "/api/v1/posts/{id}/revisions", tag = "posts", params(("id" = i64, Path)),
    responses((status = 200, body = List<RevisionView>), (status = 403), (status = 404)))]
pub async fn revisions(web: Data<Web>, caller: Caller, id: Path<i64>) -> Answered {
    caller.member("read")?;
    let (actor, id) = (caller.actor.clone(), PostId(*id));
    let items = web
        .house
        .db
        .read(move |conn| {
            let readable = categories::service::recall(conn, &actor)?;
            let (thread, post) = posts::service::load_for(conn, &actor, &readable, id)?;
            if actor.id() != Some(post.author_id) && !actor.moderates(thread.category_id) {
                return Err(AppError::from(HttpFault::Forbidden));
            }
            let history = posts::store::history(conn, id)?;
            Ok(history
                .into_iter()
                .map(|r| RevisionView {
                    number: r.number,
                    title: r.title,
                    body: r.body,
                    written_at: r.written_at,
                })
                .collect::<Vec<_>>())
        })
        .await?;
    Ok(json(200, &List { items, next_cursor: None, total: None }))
}

/// A reaction.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReactionBody {
    /// like.
    pub kind: String,
}

/// How many reactions a post has now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reacted {
    /// Likes.
    pub count: i64,
}

async fn react(web: &Web, caller: &Caller, id: i64, on: bool) -> Answered {
    let member = caller.member("write")?.clone();
    web.soft.check(Soft::Reaction, &member.id.to_string())?;
    let house = web.house.clone();
    let count = web
        .house
        .db
        .write(move |conn| Ok::<_, AppError>(reactions::set(conn, &house, &member, PostId(id), on)?))
        .await?;
    Ok(json(200, &Reacted { count }))
}

/// Likes a post.
#[utoipa::path(put, path = "/api/v1/posts/{id}/reaction", tag = "posts", params(("id" = i64, Path)),
    request_body = ReactionBody, responses((status = 200, body = Reacted), (status = 403), (status = 404), (status = 422)))]
pub async fn like(web: Data<Web>, caller: Caller, id: Path<i64>, body: Body<ReactionBody>) -> Answered {
    caller.member("write")?;
    if body.read()?.kind != "like" {
        return Err(reactions::Error::KindInvalid.into());
    }
    react(&web, &caller, *id, true).await
}

/// Takes the like back.
#[utoipa::path(delete, path = "/api/v1/posts/{id}/reaction", tag = "posts", params(("id" = i64, Path)),
    responses((status = 200, body = Reacted), (status = 403), (status = 404)))]
pub async fn unlike(web: Data<Web>, caller: Caller, id: Path<i64>) -> Answered {
    react(&web, &caller, *id, false).await
}
