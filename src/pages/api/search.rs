//! Search over the API.

use actix_web::web::{Data, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::reach::search::index::Sort;
use crate::reach::search::service::{Asked, Search};
use crate::reach::search::web::limit_key;
use crate::web::api::{Answered, BadField, Caller, List, ListQuery, json};
use crate::web::limits::Soft;
use crate::web::paging::cursor;
use crate::web::{Web, urls};

/// What a search is asked for.
#[derive(Debug, Deserialize)]
pub struct SearchQuery {
    #[serde(default)]
    q: String,
    category: Option<String>,
    sort: Option<String>,
    limit: Option<String>,
    cursor: Option<String>,
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
        ("limit" = Option<i64>, Query), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = List<HitView>), (status = 400), (status = 429)))]
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
    if query.q.chars().count() > 200 {
        return Err(BadField::parameter("q").into());
    }
    if query.sort.as_deref().is_some_and(|sort| Sort::parse(sort).is_none()) {
        return Err(BadField::parameter("sort").into());
    }
    web.soft.check(Soft::Search, &limit_key(&caller.actor, caller.address))?;
    let asked = Asked {
        text: query.q.clone(),
        category: query.category.clone(),
        sort: query.sort.as_deref().and_then(Sort::parse).unwrap_or_default(),
        offset: usize::try_from(offset).unwrap_or(0),
        limit: usize::try_from(limit).unwrap_or(30),
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
    let next_cursor = (next < total && next <= DEEPEST).then(|| cursor(&[next.to_string()]));
    Ok(json(200, &List::<HitView> { items, next_cursor, total: Some(total) }))
}
