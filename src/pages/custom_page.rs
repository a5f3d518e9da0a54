//! `/pages/{slug}`: a page that an administrator wrote.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;
use serde_json::json;

use super::structured;
use crate::content::custom_pages::service::{self, Found};
use crate::content::custom_pages::{CustomPage, State};
use crate::content::markup::SafeHtml;
use crate::web::cache::{Dep, Keep, THREAD};
use crate::web::filters::When;
use crate::web::head::Head;
use crate::web::page::moved;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, Web, urls};

#[derive(Template)]
#[template(path = "pages/custom.html")]
struct CustomPageView {
    shell: Shell,
    head: Head,
    title: String,
    lang: String,
    html: SafeHtml,
    changed: When,
    draft: bool,
    /// Where an administrator changes it.
    edit: Option<String>,
}

fn head(shell: &Shell, page: &CustomPage) -> Head {
    let path = urls::custom_page(&page.slug);
    let about = page.about();
    let data = json!({
        "@type": "WebPage", "name": page.title, "description": about, "url": shell.absolute(&path),
        "inLanguage": page.lang, "dateModified": page.changed_at.rfc3339(),
    });
    let crumbs = structured::path(shell, &[(page.title.clone(), path.clone())]);
    let mut head = Head::new(shell, &page.title, &about, &path);
    head.kind = "article";
    head.published = page.published_at;
    head.modified = Some(page.changed_at);
    head.indexed(page.state() == State::Published).with([data, crumbs])
}

/// `GET /pages/{slug}`.
pub async fn show(web: Data<Web>, page: Page, slug: Path<String>) -> Result<HttpResponse, AppError> {
    let (actor, slug, base) = (page.actor.clone(), slug.into_inner(), web.config.base_url.clone());
    let found = web
        .house
        .db
        .read(move |conn| match service::open(conn, &actor, &slug)? {
            Found::Moved(slug) => Ok::<_, AppError>(Err(slug)),
            Found::Here(found) => {
                let html = found.rendered(conn, &base)?;
                Ok(Ok((found, html)))
            }
        })
        .await?;
    let (found, html) = match found {
        Ok(found) => found,
        Err(slug) => return Ok(moved(&urls::custom_page(&slug))),
    };
    let shell = page.shell.clone();
    let template = CustomPageView {
        head: head(&shell, &found),
        changed: shell.when(found.changed_at),
        draft: found.state() != State::Published,
        edit: shell.is_admin().then(|| format!("/admin/pages/{}", found.id)),
        title: found.title,
        lang: found.lang,
        html,
        shell,
    };
    let keep = Keep { modified: Some(found.changed_at), ..Keep::of(vec![Dep::Pages], THREAD) };
    page.kept(&web, &template, keep)
}
