//! Posts by themselves: permanent addresses, editing, history.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Path};
use askama::Template;
use serde::Deserialize;

use crate::base::fault::Kind;
use crate::base::ids::PostId;
use crate::content::categories;
use crate::content::markup::SafeHtml;
use crate::content::posts::{self, Body, Prepared, edit};
use crate::content::threads::Title;
use crate::infra::db::DbError;
use crate::pages::rows::authors;
use crate::web::error::{HttpFault, message};
use crate::web::filters::When;
use crate::web::page::see_other;
use crate::web::shell::Shell;
use crate::web::told::Told;
use crate::web::{AppError, Page, RawForm, Refused, Web, urls};

/// `GET /p/{id}`: 302 to the place of the post.
pub async fn permalink(web: Data<Web>, page: Page, id: Path<i64>) -> Result<HttpResponse, AppError> {
    let (actor, id) = (page.actor.clone(), PostId(*id));
    let (thread, post) = web
        .house
        .db
        .read(move |conn| {
            let readable = categories::service::recall(conn, &actor)?;
            Ok::<_, AppError>(posts::service::load_for(conn, &actor, &readable, id)?)
        })
        .await?;
    let place = urls::post_in_thread(thread.id, &thread.slug, post.number, post.id);
    Ok(HttpResponse::Found().insert_header((LOCATION, place)).finish())
}

#[derive(Template)]
#[template(path = "pages/edit.html")]
struct EditPage {
    shell: Shell,
    id: PostId,
    title: Option<String>,
    body: String,
    back: String,
    revision: i32,
    /// What stands there now, when it is not what the writer began with.
    current: Option<String>,
    error: Option<String>,
    /// What is wrong with which field.
    wrong: Refused,
    preview: Option<SafeHtml>,
}

/// What the form of an edit sends.
#[derive(Debug, Deserialize)]
pub struct EditForm {
    title: Option<String>,
    #[serde(default)]
    body: String,
    #[serde(default)]
    revision: String,
    action: Option<String>,
}

async fn editable(
    web: &Web,
    page: &Page,
    id: PostId,
) -> Result<(crate::content::threads::Thread, posts::Post), AppError> {
    page.member()?;
    let actor = page.actor.clone();
    web.house
        .db
        .read(move |conn| {
            let readable = categories::service::recall(conn, &actor)?;
            let (thread, post) = posts::service::load_for(conn, &actor, &readable, id)?;
            if edit::may_edit(&actor, &thread, &post) {
                Ok((thread, post))
            } else {
                Err(HttpFault::Forbidden.into())
            }
        })
        .await
}

/// `GET /post/{id}/edit`.
pub async fn edit_form(web: Data<Web>, page: Page, id: Path<i64>) -> Result<HttpResponse, AppError> {
    let (thread, post) = editable(&web, &page, PostId(*id)).await?;
    let template = EditPage {
        id: post.id,
        title: post.opens().then(|| thread.title.clone()),
        back: urls::post(post.id),
        revision: post.revisions,
        current: None,
        body: post.body,
        error: None,
        wrong: Refused::default(),
        preview: None,
        shell: page.shell.clone(),
    };
    page.ok(&web, &template)
}

/// `POST /post/{id}/edit`.
pub async fn save_edit(
    web: Data<Web>,
    page: Page,
    id: Path<i64>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    page.member()?;
    let form: EditForm = raw.accept(&web, &page)?;
    let id = PostId(*id);
    let (thread, post) = match editable(&web, &page, id).await {
        Ok(found) => found,
        Err(e) => return unsaved(&web, &page, id, form, e),
    };
    let refused = |shell: &Shell, error: Option<String>, preview: Option<SafeHtml>| EditPage {
        id,
        title: post.opens().then(|| form.title.clone().unwrap_or_else(|| thread.title.clone())),
        body: form.body.clone(),
        back: urls::post(id),
        revision: form.revision.parse().unwrap_or(post.revisions),
        current: None,
        error,
        wrong: Refused::default(),
        preview,
        shell: shell.clone(),
    };
    let wrong = wrong(&page, &form)?;
    if wrong.is_refused() {
        let again = EditPage { wrong, ..refused(&page.shell, None, None) };
        return page.answer(&web, again.wrong.status(), &again);
    }
    match change(&web, &page, id, &form).await {
        Ok(Changed::Saved(url)) => Ok(Told::beside("saved", id.0).after(&web, see_other(&url))),
        Ok(Changed::Preview(html)) => page.ok(&web, &refused(&page.shell, None, Some(html))),
        Err(e) if e.0.code() == "edited_meanwhile" => {
            let (_, now) = editable(&web, &page, id).await?;
            let own = now.edited_by.is_some() && now.edited_by == page.actor.id();
            let text =
                if own { page.shell.t("edited-meanwhile-own") } else { message(page.shell.locale, &*e.0) };
            let mut again = refused(&page.shell, Some(text), None);
            // Whoever has seen what stands there may replace it.
            again.revision = now.revisions;
            again.current = Some(now.body);
            page.answer(&web, StatusCode::CONFLICT, &again)
        }
        Err(e) if crate::pages::compose::retypable(&e) => {
            let text = message(page.shell.locale, &*e.0);
            page.answer(&web, StatusCode::UNPROCESSABLE_ENTITY, &refused(&page.shell, Some(text), None))
        }
        Err(e) => Err(e),
    }
}

/// The edit of a post that went away, or out of reach, meanwhile: what was typed is shown, to be copied elsewhere.
fn unsaved(
    web: &Web,
    page: &Page,
    id: PostId,
    form: EditForm,
    error: AppError,
) -> Result<HttpResponse, AppError> {
    let kind = error.0.kind();
    if form.body.trim().is_empty() || !matches!(kind, Kind::Gone | Kind::Absent | Kind::Forbidden) {
        return Err(error);
    }
    let words = message(page.shell.locale, &*error.0);
    let template = EditPage {
        id,
        title: form.title,
        body: form.body,
        back: "/".into(),
        revision: form.revision.parse().unwrap_or_default(),
        current: None,
        error: Some(format!("{words} {}", page.shell.t("edit-unsaved"))),
        wrong: Refused::default(),
        preview: None,
        shell: page.shell.clone(),
    };
    page.answer(web, crate::web::error::status(kind), &template)
}

/// Everything that is wrong with the fields of an edit.
fn wrong(page: &Page, form: &EditForm) -> Result<Refused, AppError> {
    let mut wrong = Refused::default();
    wrong.heed(page, "title", form.title.as_deref().map(Title::parse).transpose())?;
    wrong.heed(page, "body", Body::parse(&form.body))?;
    Ok(wrong)
}

enum Changed {
    Saved(String),
    Preview(SafeHtml),
}

async fn change(web: &Web, page: &Page, id: PostId, form: &EditForm) -> Result<Changed, AppError> {
    let member = page.member()?.clone();
    let body = Body::parse(&form.body)?;
    let title = form.title.as_deref().map(Title::parse).transpose()?;
    let house = web.house.clone();
    let text = web.house.db.read(move |c| Prepared::new(c, &house, &body).map_err(DbError::from)).await?;
    if form.action.as_deref() == Some("preview") {
        return Ok(Changed::Preview(SafeHtml::from_stored(text.html)));
    }
    let house = web.house.clone();
    let wanted = edit::Edit { post: id, text, title, seen: form.revision.parse().ok() };
    let (thread, post) = web
        .house
        .db
        .write(move |conn| Ok::<_, AppError>(edit::edit(conn, &house, &member, &wanted)?))
        .await?;
    Ok(Changed::Saved(urls::post_in_thread(thread.id, &thread.slug, post.number, post.id)))
}

struct Version {
    number: i32,
    title: Option<String>,
    body: String,
    when: When,
}

#[derive(Template)]
#[template(path = "pages/history.html")]
struct HistoryPage {
    shell: Shell,
    back: String,
    author: String,
    versions: Vec<Version>,
}

/// `GET /post/{id}/history`: earlier versions, for moderators and the author.
pub async fn history(web: Data<Web>, page: Page, id: Path<i64>) -> Result<HttpResponse, AppError> {
    page.member()?;
    let (actor, id) = (page.actor.clone(), PostId(*id));
    let (post, earlier, author) = web
        .house
        .db
        .read(move |conn| {
            let readable = categories::service::recall(conn, &actor)?;
            let (thread, post) = posts::service::load_for(conn, &actor, &readable, id)?;
            if actor.id() != Some(post.author_id) && !actor.moderates(thread.category_id) {
                return Err(AppError::from(HttpFault::Forbidden));
            }
            let earlier = posts::store::history(conn, id)?;
            let author = authors(conn, &[post.author_id], &actor)?.remove(&post.author_id);
            Ok((post, earlier, author))
        })
        .await?;
    let mut versions = vec![Version {
        number: post.revisions + 1,
        title: None,
        body: post.body.clone(),
        when: page.shell.when(post.edited_at.unwrap_or(post.created_at)),
    }];
    versions.extend(earlier.into_iter().map(|r| Version {
        number: r.number,
        title: r.title,
        body: r.body,
        when: page.shell.when(r.written_at),
    }));
    let template = HistoryPage {
        back: urls::post(post.id),
        author: author.map(|a| a.name).unwrap_or_default(),
        versions,
        shell: page.shell.clone(),
    };
    page.ok(&web, &template)
}
