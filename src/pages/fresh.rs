//! What came after a page was drawn, for the bars that offer it: a few numbers, the same for all who may read the
//! same, so that readers without an account get them from memory.

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Path, Query};
use serde::{Deserialize, Serialize};

use crate::base::actor::Actor;
use crate::base::ids::ThreadId;
use crate::base::time::UtcTime;
use crate::content::categories::{self, Readable};
use crate::content::tags;
use crate::content::threads;
use crate::content::threads::lists::{Filter, Listing, Sort, Window};
use crate::infra::db::Conn;
use crate::web::cache::{Dep, Keep, THREAD};
use crate::web::error::HttpFault;
use crate::web::{AppError, Page, Web, urls};

/// Threads looked at: more than that are "30 and more".
const MOST: i64 = 30;

fn answer(page: &Page, body: &impl Serialize, keep: Keep) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header(("x-robots-tag", "noindex"));
    if page.actor.member().is_some() {
        return response.insert_header((CACHE_CONTROL, "private, no-cache")).json(body);
    }
    let response = response.insert_header((CACHE_CONTROL, "public, max-age=0, must-revalidate")).json(body);
    let mut response = response;
    response.extensions_mut().insert(keep);
    response
}

/// How far a thread goes.
#[derive(Debug, Serialize)]
struct Length {
    /// Number of its last post.
    last: i32,
}

/// `GET /fresh/thread/{id}`.
pub async fn thread(web: Data<Web>, page: Page, id: Path<i64>) -> Result<HttpResponse, AppError> {
    let (actor, id) = (page.actor.clone(), ThreadId(*id));
    let thread = web
        .house
        .db
        .read(move |conn| {
            let readable = categories::service::recall(conn, &actor)?;
            Ok::<_, AppError>(threads::service::load_for(conn, &actor, &readable, id)?)
        })
        .await?;
    let keep = Keep::of(vec![Dep::Thread(id)], THREAD);
    Ok(answer(&page, &Length { last: thread.next_number - 1 }, keep))
}

/// `?category=`, `?tag=` or `?following=`: which list, when it is not the whole site's.
#[derive(Debug, Default, Deserialize)]
pub struct ListQuery {
    category: Option<String>,
    tag: Option<String>,
    following: Option<String>,
}

impl ListQuery {
    /// The filter, and what the answer depends on.
    fn filter(
        &self,
        conn: &mut Conn,
        actor: &Actor,
        readable: &Readable,
    ) -> Result<(Filter, Keep), AppError> {
        if let Some(slug) = &self.category {
            let id = readable.by_slug(slug).ok_or(HttpFault::Absent)?.id;
            return Ok((Filter::Category(id), Keep::categories(readable.with_children(id))));
        }
        if let Some(slug) = &self.tag {
            let tag = tags::by_slug(conn, slug)?.ok_or(HttpFault::Absent)?;
            return Ok((Filter::Tag(tag.id, tag.threads), Keep::list()));
        }
        match (&self.following, actor.id()) {
            (Some(_), Some(member)) => Ok((Filter::FollowedBy(member), Keep::list())),
            // A session that ended: there is nothing more to tell, and no form to lead to the login for.
            (Some(_), None) => Err(HttpFault::Absent.into()),
            (None, _) => Ok((Filter::Site, Keep::list())),
        }
    }
}

/// When the threads at the head of a list moved there.
#[derive(Debug, Serialize)]
struct Moves {
    /// Milliseconds since 1970, newest first.
    at: Vec<i64>,
}

/// Milliseconds of `at`, in which browsers reckon.
pub fn millis(at: UtcTime) -> i64 {
    at.0.div_euclid(1_000)
}

/// When the newest threads of `filter` were opened (`new`) or last written in.
fn moves(
    conn: &mut Conn,
    readable: &Readable,
    sort: Sort,
    filter: &Filter,
    most: i64,
) -> Result<Vec<i64>, AppError> {
    let found = Listing::new(sort, filter, readable, Window::After(None, most)).load(conn)?;
    let at = found.iter().map(|t| if sort == Sort::New { t.created_at } else { t.last_post_at });
    Ok(at.map(millis).take(usize::try_from(most).unwrap_or(0)).collect())
}

/// By what a list says that something came: `new` by new threads, the others by posts.
fn by(list: Sort) -> Sort {
    if list == Sort::New { Sort::New } else { Sort::Latest }
}

/// Where a list asks for what came, and what its page knew.
#[derive(Debug, Clone)]
pub struct Watch {
    /// The address that tells.
    pub url: String,
    /// When the newest of what the page knew came, in milliseconds since 1970; 0 for nothing.
    pub since: i64,
}

impl Watch {
    /// For the list `sort` of `filter`; `of` is the name and value by which [`ListQuery`] knows the filter.
    pub fn list(
        conn: &mut Conn,
        readable: &Readable,
        sort: Sort,
        filter: &Filter,
        of: Option<(&str, &str)>,
    ) -> Result<Self, AppError> {
        let newest = moves(conn, readable, by(sort), filter, 1)?;
        let name = if sort == Sort::New { "new" } else { "latest" };
        let query =
            of.map_or_else(String::new, |(name, value)| format!("?{name}={}", urls::component(value)));
        Ok(Self { url: format!("/fresh/list/{name}{query}"), since: newest.first().copied().unwrap_or(0) })
    }
}

/// `GET /fresh/list/{sort}`, of the site or of what [`ListQuery`] names.
pub async fn list(
    web: Data<Web>,
    page: Page,
    sort: Path<String>,
    query: Query<ListQuery>,
) -> Result<HttpResponse, AppError> {
    let sort = match sort.as_str() {
        "new" => Sort::New,
        "latest" => Sort::Latest,
        _ => return Err(HttpFault::Absent.into()),
    };
    let (actor, query) = (page.actor.clone(), query.into_inner());
    let (at, keep) = web
        .house
        .db
        .read(move |conn| {
            let readable = categories::service::recall(conn, &actor)?;
            let (filter, keep) = query.filter(conn, &actor, &readable)?;
            let at = moves(conn, &readable, sort, &filter, MOST)?;
            if at.is_empty() && query.tag.is_some() {
                // A tag that the reader can see on no thread is a tag that is not there.
                return Err(HttpFault::Absent.into());
            }
            Ok::<_, AppError>((at, keep))
        })
        .await?;
    Ok(answer(&page, &Moves { at }, keep))
}
