//! Addresses of former forums, answered with one 301 to where the content lives now. What the reader may not
//! see has no address here either.

use actix_web::http::Method;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};

use super::addresses::{self, Kind};
use crate::base::actor::Actor;
use crate::base::fault::Kind as FaultKind;
use crate::base::ids::{CategoryId, MemberId, PostId, ThreadId};
use crate::content::threads::months::Month;
use crate::content::threads::views::ViewBuffer;
use crate::content::{categories, posts, threads};
use crate::infra::db::Conn;
use crate::pages::archive::{self, PageQuery};
use crate::pages::home::{self, ListQuery};
use crate::pages::profile;
use crate::pages::replying::ThreadQuery;
use crate::pages::thread;
use crate::people::accounts;
use crate::web::error::HttpFault;
use crate::web::page::moved;
use crate::web::{AppError, Page, Web, urls};

/// Where `path` of a former forum leads `actor`.
fn place(conn: &mut Conn, actor: &Actor, path: &str) -> Result<String, AppError> {
    let (kind, id) = addresses::resolve(conn, path)?.ok_or(HttpFault::Absent)?;
    let readable = categories::service::readable(conn, actor)?;
    match kind {
        Kind::Thread => Ok(threads::service::load_for(conn, actor, &readable, ThreadId(id))?.url(1)),
        Kind::Post => {
            let (thread, post) = posts::service::load_for(conn, actor, &readable, PostId(id))?;
            Ok(urls::post_in_thread(thread.id, &thread.slug, post.number, post.id))
        }
        Kind::Category => Ok(urls::category(&readable.get(CategoryId(id)).ok_or(HttpFault::Absent)?.slug)),
        Kind::Member => {
            let member = accounts::store::find(conn, MemberId(id))?.ok_or(HttpFault::Absent)?;
            let shown = actor.member().is_some() || member.is_public();
            if shown { Ok(urls::member(&member.handle)) } else { Err(HttpFault::Absent.into()) }
        }
    }
}

/// The member whom the address of a former forum names, where the handle has stayed the same.
fn namesake(conn: &mut Conn, actor: &Actor, path: &str) -> Result<String, AppError> {
    let rest = path.strip_prefix("/u/").or_else(|| path.strip_prefix("/users/")).ok_or(HttpFault::Absent)?;
    let member = accounts::service::find_by_handle(conn, rest.split('/').next().unwrap_or_default())?;
    let shown = actor.member().is_some() || member.is_public();
    if shown { Ok(urls::member(&member.handle)) } else { Err(HttpFault::Absent.into()) }
}

fn absent(error: &AppError) -> bool {
    error.0.kind() == FaultKind::Absent
}

async fn redirect(web: &Web, page: &Page, path: String) -> Result<HttpResponse, AppError> {
    let actor = page.actor.clone();
    let url = web
        .house
        .db
        .read(move |conn| match place(conn, &actor, &path) {
            Err(e) if absent(&e) => namesake(conn, &actor, &path),
            found => found,
        })
        .await?;
    Ok(moved(&url))
}

/// `GET /t/{id}/{slug}`: a first segment that is a number is Hearth's own.
pub async fn thread(
    web: Data<Web>,
    views: Data<ViewBuffer>,
    page: Page,
    path: Path<(String, String)>,
    query: Query<ThreadQuery>,
    req: HttpRequest,
) -> Result<HttpResponse, AppError> {
    let (first, second) = path.into_inner();
    match first.parse::<i64>() {
        Ok(id) => thread::show(web, views, page, ThreadId(id), second, query, req).await,
        Err(_) => redirect(&web, &page, format!("/t/{first}/{second}")).await,
    }
}

/// `GET /t/{slug}/{id}/{number}`.
pub async fn post(
    web: Data<Web>,
    page: Page,
    path: Path<(String, String, String)>,
) -> Result<HttpResponse, AppError> {
    let (slug, id, number) = path.into_inner();
    redirect(&web, &page, format!("/t/{slug}/{id}/{number}")).await
}

/// `GET /c/{slug}/{year}-{month}`: what is no month may be a category of a former forum.
pub async fn category(
    web: Data<Web>,
    page: Page,
    path: Path<(String, String)>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, AppError> {
    if Month::parse(&path.1).is_some() {
        return archive::category_month(web, page, path, query).await;
    }
    let (slug, id) = path.into_inner();
    redirect(&web, &page, format!("/c/{slug}/{id}")).await
}

/// `GET /c/{slug}`: a number was a category of a former forum; no category here is called like that.
pub async fn category_front(
    web: Data<Web>,
    page: Page,
    slug: Path<String>,
    query: Query<ListQuery>,
) -> Result<HttpResponse, AppError> {
    let path = format!("/c/{slug}");
    match home::category(web.clone(), page.clone(), slug, query).await {
        Err(e) if absent(&e) => redirect(&web, &page, path).await,
        answer => answer,
    }
}

/// `GET /u/{username}`: who has no profile here by this name may have had one in a former forum.
pub async fn member(web: Data<Web>, page: Page, handle: Path<String>) -> Result<HttpResponse, AppError> {
    let path = format!("/u/{handle}");
    match profile::show(web.clone(), page.clone(), handle).await {
        Err(e) if absent(&e) => redirect(&web, &page, path).await,
        answer => answer,
    }
}

/// `GET /u/{username}/{what}`: the tab of a profile in a former forum; here a profile has one page.
pub async fn member_tab(
    web: Data<Web>,
    page: Page,
    path: Path<(String, String)>,
) -> Result<HttpResponse, AppError> {
    let (handle, what) = path.into_inner();
    redirect(&web, &page, format!("/u/{handle}/{what}")).await
}

/// Every address that nothing else answers.
pub async fn elsewhere(web: Data<Web>, page: Page, req: HttpRequest) -> Result<HttpResponse, AppError> {
    if req.method() != Method::GET && req.method() != Method::HEAD {
        return Err(HttpFault::Absent.into());
    }
    let path = percent_encoding::percent_decode_str(req.path()).decode_utf8_lossy().into_owned();
    redirect(&web, &page, path).await
}
