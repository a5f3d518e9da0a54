//! Custom pages in the back office: the list, and one page with preview.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;
use serde::Deserialize;

use crate::base::actor::Role;
use crate::base::ids::PageId;
use crate::content::custom_pages::model::{DESCRIPTION, SLUG, TITLE};
use crate::content::custom_pages::{CustomPage, Error, Prepared, State, Wanted, service, store};
use crate::content::markup::SafeHtml;
use crate::infra::db::DbError;
use crate::pages::compose::key;
use crate::pages::confirming::{self, Question};
use crate::web::error::status;
use crate::web::filters::When;
use crate::web::idempotency::once;
use crate::web::page::see_other;
use crate::web::shell::Shell;
use crate::web::told::Told;
use crate::web::{AppError, Page, RawForm, Refused, Web, urls};

struct Line {
    id: PageId,
    title: String,
    url: String,
    /// The same as people read it.
    shown: String,
    state: &'static str,
    words: String,
    changed: When,
}

#[derive(Template)]
#[template(path = "backoffice/pages.html")]
struct PagesPage {
    shell: Shell,
    lines: Vec<Line>,
    removed: Vec<Line>,
}

/// `GET /admin/pages`.
pub async fn list(web: Data<Web>, page: Page) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    let all = web.house.db.read(|conn| store::all(conn).map_err(DbError::from)).await?;
    let shell = page.shell.clone();
    let line = |p: CustomPage| Line {
        id: p.id,
        url: urls::custom_page(&p.slug),
        shown: format!("/pages/{}", p.slug),
        state: p.state().name(),
        words: shell.t(&format!("page-state-{}", p.state().name())),
        changed: shell.when(p.changed_at),
        title: p.title,
    };
    let (removed, lines): (Vec<_>, Vec<_>) =
        all.into_iter().map(line).partition(|l| l.state == State::Removed.name());
    page.ok(&web, &PagesPage { lines, removed, shell })
}

/// What the form of a page sends.
#[derive(Debug, Clone, Default, Deserialize)]
struct Form {
    #[serde(default)]
    title: String,
    #[serde(default)]
    slug: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    revision: String,
    #[serde(default)]
    action: String,
}

#[derive(Template)]
#[template(path = "backoffice/page.html")]
struct PagePage {
    shell: Shell,
    id: Option<PageId>,
    form: Form,
    /// Where it stands, once it does.
    url: Option<String>,
    refused: Refused,
    /// What stands there now, when it is not what the writer began with.
    current: Option<String>,
    preview: Option<SafeHtml>,
    limits: (usize, usize, usize),
}

impl PagePage {
    fn new(shell: &Shell, id: Option<PageId>, form: Form) -> Self {
        Self {
            shell: shell.clone(),
            id,
            form,
            url: None,
            refused: Refused::default(),
            current: None,
            preview: None,
            limits: (TITLE, SLUG, DESCRIPTION),
        }
    }
}

/// `GET /admin/pages/new`.
pub async fn blank(web: Data<Web>, page: Page) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    let form = Form { state: State::Draft.name().into(), ..Form::default() };
    page.ok(&web, &PagePage::new(&page.shell, None, form))
}

async fn load(web: &Web, id: PageId) -> Result<CustomPage, AppError> {
    let found = web.house.db.read(move |conn| store::find(conn, id).map_err(DbError::from)).await?;
    Ok(found.filter(|p| p.state() != State::Removed).ok_or(Error::Absent)?)
}

/// `GET /admin/pages/{id}`.
pub async fn show(web: Data<Web>, page: Page, id: Path<i64>) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    let found = load(&web, PageId(*id)).await?;
    let form = Form {
        state: found.state().name().into(),
        revision: found.revision.to_string(),
        title: found.title,
        slug: found.slug.clone(),
        description: found.description,
        body: found.body,
        action: String::new(),
    };
    let mut template = PagePage::new(&page.shell, Some(found.id), form);
    template.url = Some(urls::custom_page(&found.slug));
    page.ok(&web, &template)
}

async fn prepared(web: &Web, form: &Form) -> Result<Prepared, AppError> {
    let published = form.state == State::Published.name();
    let wanted = Wanted::parse(&form.title, &form.slug, &form.description, &form.body, published)?;
    let house = web.house.clone();
    Ok(web
        .house
        .db
        .read(move |conn| Prepared::new(conn, &house, wanted.clone()).map_err(DbError::from))
        .await?)
}

async fn store_it(
    web: &Web,
    page: &Page,
    raw: &RawForm,
    id: Option<PageId>,
    form: &Form,
) -> Result<(), AppError> {
    let actor = page.at_least(Role::Administrator)?.clone();
    let new = prepared(web, form).await?;
    let (house, key) = (web.house.clone(), key(page, raw, "custom_page"));
    let seen = form.revision.parse().unwrap_or(0);
    web.house
        .db
        .write(move |conn| match id {
            Some(id) => Ok(service::change(conn, &house, &actor, id, seen, &new).map(drop)?),
            None => once(conn, key.as_ref(), house.clock.now(), |conn| {
                service::create(conn, &house, &actor, &new)?;
                Ok(((), 303, String::new()))
            })
            .map(drop),
        })
        .await
}

async fn save(
    web: Data<Web>,
    page: Page,
    id: Option<PageId>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    let form: Form = raw.accept(&web, &page)?;
    let mut template = PagePage::new(&page.shell, id, form.clone());
    let done = if form.action == "preview" {
        match prepared(&web, &form).await {
            Ok(text) => {
                template.preview = Some(text.html());
                return page.ok(&web, &template);
            }
            Err(e) => Err(e),
        }
    } else {
        store_it(&web, &page, &raw, id, &form).await
    };
    let Err(e) = done else { return Ok(Told::of("saved").after(&web, see_other("/admin/pages"))) };
    // Sent again with something else in it: the browser went back to a form that had its effect.
    let code = e.0.code();
    template.refused = if code == "idempotency_key_reused" {
        Refused::saying(page.shell.t("posted-already"), status(e.0.kind()))
    } else {
        Refused::by(&page, e)?
    };
    if let (Some(id), "page_changed_meanwhile") = (id, code) {
        // Whoever has seen what stands there may replace it.
        let now = load(&web, id).await?;
        template.form.revision = now.revision.to_string();
        template.current = Some(now.body);
    }
    page.answer(&web, template.refused.status(), &template)
}

/// `POST /admin/pages`.
pub async fn create(web: Data<Web>, page: Page, raw: RawForm) -> Result<HttpResponse, AppError> {
    save(web, page, None, raw).await
}

/// `POST /admin/pages/{id}`.
pub async fn update(
    web: Data<Web>,
    page: Page,
    id: Path<i64>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    let id = PageId(*id);
    save(web, page, Some(id), raw).await
}

/// `POST /admin/pages/{id}/remove`.
pub async fn remove(
    web: Data<Web>,
    page: Page,
    id: Path<i64>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    let actor = page.at_least(Role::Administrator)?.clone();
    if confirming::is_unsure(&web, &page, &raw)? {
        return confirming::ask(
            &web,
            &page,
            &raw,
            Question::of(&page.shell, "page-remove-confirm", "page-remove", format!("/admin/pages/{id}")),
        );
    }
    let (house, id) = (web.house.clone(), PageId(*id));
    web.house.db.write(move |conn| service::remove(conn, &house, &actor, id)).await?;
    Ok(see_other("/admin/pages"))
}

/// `POST /admin/pages/{id}/restore`.
pub async fn restore(
    web: Data<Web>,
    page: Page,
    id: Path<i64>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    let actor = page.at_least(Role::Administrator)?.clone();
    raw.verify(&web, &page)?;
    let (house, id) = (web.house.clone(), PageId(*id));
    web.house.db.write(move |conn| service::restore(conn, &house, &actor, id)).await?;
    Ok(see_other("/admin/pages"))
}
