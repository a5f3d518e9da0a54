//! `/metrics`: on a listener of its own, or behind a token; otherwise there is no such page.

use actix_web::web::{Data, ServiceConfig, get};
use actix_web::{HttpRequest, HttpResponse};
use metrics::gauge;
use subtle::ConstantTimeEq;

use crate::infra::activity::{self, lease};
use crate::infra::db::{Conn, DbError};
use crate::infra::telemetry::{LOG_BEHIND, LOG_HEAD, PAGES_BYTES, PAGES_KEPT, POSTS_INDEXED, text};
use crate::reach::search::Search;
use crate::web::cache::PageCache;
use crate::web::error::HttpFault;
use crate::web::{AppError, Web};

/// Who may read the figures on the site's own listener.
#[derive(Debug, Clone, Default)]
pub struct MetricsToken(pub Option<String>);

/// `GET /metrics` with `Authorization: Bearer …`.
pub async fn guarded(
    req: HttpRequest,
    token: Data<MetricsToken>,
    web: Data<Web>,
    pages: Data<PageCache>,
    search: Data<Search>,
) -> Result<HttpResponse, AppError> {
    let wanted = token.0.as_deref().ok_or(HttpFault::Absent)?;
    let header = req.headers().get("authorization").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let given = header.strip_prefix("Bearer ").unwrap_or_default();
    if !bool::from(given.as_bytes().ct_eq(wanted.as_bytes())) {
        return Err(HttpFault::Absent.into());
    }
    figures(web, pages, search).await
}

/// The figures, for whoever reaches the listener that is theirs alone.
pub fn own_listener(config: &mut ServiceConfig) {
    config.route("/metrics", get().to(figures));
}

async fn figures(
    web: Data<Web>,
    pages: Data<PageCache>,
    search: Data<Search>,
) -> Result<HttpResponse, AppError> {
    let (kept, bytes) = pages.size();
    gauge!(PAGES_KEPT).set(kept as f64);
    gauge!(PAGES_BYTES).set(bytes as f64);
    let indexed = search.index.num_docs();
    gauge!(POSTS_INDEXED, "index" => "public").set(indexed.public as f64);
    gauge!(POSTS_INDEXED, "index" => "restricted").set(indexed.restricted as f64);
    let at = search.index.cursor();
    web.house.db.read(move |c| readers(c, at)).await?;
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text()))
}

fn readers(conn: &mut Conn, index: i64) -> Result<(), DbError> {
    let head = activity::head(conn)?;
    gauge!(LOG_HEAD).set(head as f64);
    gauge!(LOG_BEHIND, "reader" => "search_index").set((head - index).max(0) as f64);
    for row in lease::readers(conn)? {
        gauge!(LOG_BEHIND, "reader" => row.name).set((head - row.cursor).max(0) as f64);
    }
    Ok(())
}
