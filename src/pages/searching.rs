//! Help around searching, for the scripts of pages: what goes on as a query begins, and threads like one that is
//! being written. The same answers as the API gives, for whoever is signed in here.

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Query};
use serde::{Deserialize, Serialize};

use super::api::search::{NamedThread, suggestions};
use crate::reach::search::Search;
use crate::reach::search::web::limit_key;
use crate::web::limits::Soft;
use crate::web::{AppError, Page, Web};

/// What is typed so far.
#[derive(Debug, Deserialize)]
pub struct Typed {
    #[serde(default)]
    q: String,
}

#[derive(Debug, Serialize)]
struct Threads {
    items: Vec<NamedThread>,
}

/// `GET /search/suggest?q=`.
pub async fn suggest(
    web: Data<Web>,
    search: Data<Search>,
    page: Page,
    typed: Query<Typed>,
) -> Result<HttpResponse, AppError> {
    web.soft.check(Soft::Suggest, &limit_key(&page.actor, page.address))?;
    let found = suggestions(&web, search, &page.actor, &typed.q).await?;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "private, max-age=30")).json(found))
}

/// `GET /search/similar?q=`: threads like the one whose title is being written.
pub async fn similar(
    web: Data<Web>,
    search: Data<Search>,
    page: Page,
    typed: Query<Typed>,
) -> Result<HttpResponse, AppError> {
    web.soft.check(Soft::Suggest, &limit_key(&page.actor, page.address))?;
    let (actor, house, engine) = (page.actor.clone(), web.house.clone(), search.into_inner());
    let title: String = typed.q.chars().take(200).collect();
    let found = web.house.db.read(move |conn| engine.similar(conn, &house, &actor, &title, None)).await?;
    let items = found.iter().map(NamedThread::of).collect();
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "private, max-age=30")).json(Threads { items }))
}
