//! Month archives of the site and of categories: the settled way to every thread.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use crate::content::categories::{self, Category};
use crate::content::threads::months::{self, Month};
use crate::infra::i18n;
use crate::pages::rows::{Row, rows};
use crate::pages::structured;
use crate::web::cache::Keep;
use crate::web::error::HttpFault;
use crate::web::head::Head;
use crate::web::page::moved;
use crate::web::paging::{Asked, Pager, asked};
use crate::web::shell::Shell;
use crate::web::{AppError, Page, Web, urls};

#[derive(Template)]
#[template(path = "pages/archive.html")]
struct MonthsPage {
    shell: Shell,
    head: Head,
    heading: String,
    crumbs: Vec<(String, String)>,
    months: Vec<(String, String, String)>,
}

#[derive(Template)]
#[template(path = "pages/month.html")]
struct MonthPage {
    shell: Shell,
    head: Head,
    heading: String,
    crumbs: Vec<(String, String)>,
    rows: Vec<Row>,
    pager: Pager,
}

/// `?page=`.
#[derive(Debug, Deserialize)]
pub struct PageQuery {
    page: Option<String>,
}

/// The feed that tells of what is new where this archive is; none of what visitors do not read.
fn feed(shell: &Shell, category: Option<&Category>, restricted: bool) -> Option<(String, String)> {
    match category {
        _ if restricted => None,
        Some(c) => {
            Some((format!("{} · {}", c.name, shell.site), format!("{}/feed.xml", urls::category(&c.slug))))
        }
        None => Some((shell.site.clone(), "/feed.xml".to_owned())),
    }
}

/// `GET /archive`.
pub async fn site(web: Data<Web>, page: Page) -> Result<HttpResponse, AppError> {
    all(web, page, None).await
}

/// `GET /c/{slug}/archive`.
pub async fn of_category(web: Data<Web>, page: Page, slug: Path<String>) -> Result<HttpResponse, AppError> {
    all(web, page, Some(slug.into_inner())).await
}

async fn all(web: Data<Web>, page: Page, slug: Option<String>) -> Result<HttpResponse, AppError> {
    let reader = page.clone();
    let (found, category, restricted) = web
        .house
        .db
        .read(move |conn| {
            let readable = categories::service::recall(conn, &reader.actor)?;
            let category = match &slug {
                Some(slug) => Some(readable.by_slug(slug).ok_or(HttpFault::Absent)?.clone()),
                None => None,
            };
            let restricted = category.as_ref().is_some_and(|c| readable.is_restricted(c.id));
            let found = months::all(conn, &readable, category.as_ref().map(|c| c.id))?;
            Ok::<_, AppError>((found, category, restricted))
        })
        .await?;
    let shell = page.shell.clone();
    let base = category.as_ref().map_or_else(|| "/archive".to_owned(), |c| urls::category(&c.slug));
    let heading = match &category {
        Some(c) => shell.t1("archive-of", "name", &c.name),
        None => shell.t("archive"),
    };
    let canonical = if category.is_some() { format!("{base}/archive") } else { base.clone() };
    let crumbs: Vec<_> = category.iter().map(|c| (c.name.clone(), urls::category(&c.slug))).collect();
    let about = match &category {
        Some(c) => shell.t2("archive-of-about", "name", &c.name, "site", &shell.site),
        None => shell.t1("archive-about", "site", &shell.site),
    };
    let here = [crumbs.clone(), vec![(shell.t("archive"), canonical.clone())]].concat();
    let template = MonthsPage {
        head: Head::new(&shell, &heading, &about, &canonical)
            .indexed(!restricted && !found.is_empty())
            .maybe_fed(feed(&shell, category.as_ref(), restricted))
            .with([structured::path(&shell, &here)]),
        crumbs,
        months: found
            .iter()
            .map(|(m, n, _)| {
                (
                    i18n::month(shell.locale, m.year, m.month),
                    format!("{base}/{m}"),
                    shell.n("threads-count", *n),
                )
            })
            .collect(),
        heading,
        shell,
    };
    page.kept(&web, &template, Keep::list())
}

/// `GET /archive/{year}-{month}`.
pub async fn site_month(
    web: Data<Web>,
    page: Page,
    path: Path<String>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, AppError> {
    month(web, page, None, &path, query.page.as_deref()).await
}

/// `GET /c/{slug}/{year}-{month}`.
pub async fn category_month(
    web: Data<Web>,
    page: Page,
    path: Path<(String, String)>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, AppError> {
    let (slug, text) = path.into_inner();
    month(web, page, Some(slug), &text, query.page.as_deref()).await
}

async fn month(
    web: Data<Web>,
    page: Page,
    slug: Option<String>,
    text: &str,
    asked_page: Option<&str>,
) -> Result<HttpResponse, AppError> {
    let month = Month::parse(text).ok_or(HttpFault::Absent)?;
    let base = slug.as_deref().map_or_else(|| "/archive".to_owned(), urls::category);
    let path = format!("{base}/{month}");
    let n = match asked(asked_page)? {
        Asked::Page(n) => n,
        Asked::Redirect(n) => return Ok(moved(&urls::paged(&path, n))),
    };
    let reader = page.clone();
    let (rows, last, category, restricted) = web
        .house
        .db
        .read(move |conn| {
            let readable = categories::service::recall(conn, &reader.actor)?;
            let category = match &slug {
                Some(slug) => Some(readable.by_slug(slug).ok_or(HttpFault::Absent)?.clone()),
                None => None,
            };
            let (threads, last) = months::page(conn, &readable, category.as_ref().map(|c| c.id), month, n)?;
            if threads.is_empty() {
                return Err(AppError::from(HttpFault::Absent));
            }
            let restricted = category.as_ref().is_some_and(|c| readable.is_restricted(c.id));
            let rows = rows(conn, &reader.actor, &readable, &reader.shell, &[], &threads)?;
            Ok((rows, last, category, restricted))
        })
        .await?;
    let shell = page.shell.clone();
    let when = i18n::month(shell.locale, month.year, month.month);
    let heading = match &category {
        Some(c) => format!("{} · {when}", c.name),
        None => when,
    };
    let suffix = if n > 1 { shell.t1("title-page", "n", n) } else { String::new() };
    let mut crumbs: Vec<(String, String)> =
        category.iter().map(|c| (c.name.clone(), urls::category(&c.slug))).collect();
    crumbs.push((shell.t("archive"), if category.is_some() { format!("{base}/archive") } else { base }));
    let about = shell.t2("month-about", "month", &heading, "site", &shell.site);
    let here = [crumbs.clone(), vec![(heading.clone(), path.clone())]].concat();
    let template = MonthPage {
        head: Head::new(&shell, &format!("{heading}{suffix}"), &about, &urls::paged(&path, n))
            .indexed(!restricted)
            .maybe_fed(feed(&shell, category.as_ref(), restricted))
            .with([structured::path(&shell, &here)]),
        crumbs,
        rows,
        pager: Pager::new(&path, n, last),
        heading,
        shell,
    };
    page.kept(&web, &template, Keep::list())
}
