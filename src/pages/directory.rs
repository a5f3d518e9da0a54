//! `/categories` and `/tags`.

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::content::categories;
use crate::content::tags;
use crate::infra::i18n;
use crate::web::cache::Keep;
use crate::web::head::Head;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, Web, urls};

struct Entry {
    name: String,
    url: String,
    mark: String,
    description: String,
    threads: String,
    private: bool,
    storey: usize,
}

#[derive(Template)]
#[template(path = "pages/categories.html")]
struct CategoriesPage {
    shell: Shell,
    head: Head,
    entries: Vec<Entry>,
}

/// `GET /categories`.
pub async fn all_categories(web: Data<Web>, page: Page) -> Result<HttpResponse, AppError> {
    let actor = page.actor.clone();
    let readable = web
        .house
        .db
        .read(move |conn| Ok::<_, AppError>(categories::service::readable(conn, &actor)?))
        .await?;
    let entries = readable
        .categories()
        .iter()
        .map(|c| Entry {
            name: c.name.clone(),
            url: urls::category(&c.slug),
            mark: super::shell::mark(c),
            description: c.description.clone(),
            threads: i18n::count(page.shell.locale, "threads-count", c.threads),
            private: readable.is_restricted(c.id),
            storey: readable.path(c.id).len(),
        })
        .collect();
    let shell = page.shell.clone();
    let about = shell.t1("categories-about", "site", &shell.site);
    let head = Head::new(&shell, &shell.t("nav-categories"), &about, "/categories");
    page.kept(&web, &CategoriesPage { shell, head, entries }, Keep::list())
}

#[derive(Template)]
#[template(path = "pages/tags.html")]
struct TagsPage {
    shell: Shell,
    head: Head,
    tags: Vec<(String, String, String)>,
}

/// Tags shown at the most.
const SHOWN: i64 = 200;

#[derive(QueryableByName)]
struct Used {
    #[diesel(sql_type = Text)]
    slug: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// `GET /tags`: counted from what the reader may read, so that a tag of a private category stays private.
pub async fn all_tags(web: Data<Web>, page: Page) -> Result<HttpResponse, AppError> {
    let actor = page.actor.clone();
    let used = web
        .house
        .db
        .read(move |conn| {
            let readable = categories::service::readable(conn, &actor)?;
            if readable.everything() {
                let all = tags::most_used(conn, SHOWN)?;
                return Ok(all
                    .into_iter()
                    .map(|t| Used { slug: t.slug, name: t.name, n: t.threads })
                    .collect());
            }
            let ids: Vec<String> = readable.ids().iter().map(|id| id.0.to_string()).collect();
            let within = if ids.is_empty() { "-1".to_owned() } else { ids.join(",") };
            diesel::sql_query(format!(
                "SELECT g.slug, g.name, COUNT(*) AS n FROM tags g JOIN thread_tags x ON x.tag_id = g.id \
                 JOIN threads t ON t.id = x.thread_id WHERE t.state = 0 AND t.category_id IN ({within}) \
                 GROUP BY g.id, g.slug, g.name ORDER BY n DESC, g.id LIMIT {SHOWN}"
            ))
            .load::<Used>(conn)
            .map_err(AppError::from)
        })
        .await?;
    let tags: Vec<_> = used.into_iter().map(|t| (t.name, urls::tag(&t.slug), i18n::number(t.n))).collect();
    let shell = page.shell.clone();
    let about = shell.t1("tags-about", "site", &shell.site);
    let head = Head::new(&shell, &shell.t("nav-tags"), &about, "/tags").indexed(tags.len() >= 3);
    page.kept(&web, &TagsPage { shell, head, tags }, Keep::list())
}
