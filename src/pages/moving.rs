//! Moving a thread to another category: a small page, and what is told afterwards, with a way back.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use crate::base::ids::{CategoryId, ThreadId};
use crate::content::categories::{self, Readable};
use crate::content::threads::{self, Thread, service::Change};
use crate::pages::compose::{Choice, choices, retypable};
use crate::web::error::HttpFault;
use crate::web::page::see_other;
use crate::web::shell::Shell;
use crate::web::told::Told;
use crate::web::{AppError, Page, RawForm, Refused, Web};

/// What is told of a move, on the thread's page.
pub(super) const MOVED: &str = "thread-moved";

#[derive(Template)]
#[template(path = "pages/move.html")]
struct MovePage {
    shell: Shell,
    id: ThreadId,
    title: String,
    back: String,
    categories: Vec<Choice>,
    refused: Refused,
}

/// The thread `id`, for those who may move it.
async fn movable(web: &Web, page: &Page, id: ThreadId) -> Result<(Readable, Thread), AppError> {
    page.member()?;
    let actor = page.actor.clone();
    let (readable, thread) = web
        .house
        .db
        .read(move |conn| {
            let readable = categories::service::readable(conn, &actor)?;
            let thread = threads::service::load_for(conn, &actor, &readable, id)?;
            Ok::<_, AppError>((readable, thread))
        })
        .await?;
    if page.actor.moderates(thread.category_id) {
        Ok((readable, thread))
    } else {
        Err(HttpFault::Forbidden.into())
    }
}

fn draw(
    web: &Web,
    page: &Page,
    readable: &Readable,
    thread: &Thread,
    refused: Refused,
) -> Result<HttpResponse, AppError> {
    let here = readable.get(thread.category_id).map(|c| c.slug.as_str()).unwrap_or_default();
    let template = MovePage {
        shell: page.shell.clone(),
        id: thread.id,
        title: thread.title.clone(),
        back: thread.url(1),
        categories: choices(readable, page, here),
        refused,
    };
    page.answer(web, template.refused.status(), &template)
}

/// `GET /thread/{id}/move`.
pub async fn form(web: Data<Web>, page: Page, id: Path<i64>) -> Result<HttpResponse, AppError> {
    let (readable, thread) = movable(&web, &page, ThreadId(*id)).await?;
    draw(&web, &page, &readable, &thread, Refused::default())
}

/// `POST /thread/{id}/move`, also to take a move back.
pub async fn submit(
    web: Data<Web>,
    page: Page,
    id: Path<i64>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    let member = page.member()?.clone();
    raw.verify(&web, &page)?;
    let (readable, thread) = movable(&web, &page, ThreadId(*id)).await?;
    let category = readable.by_slug(raw.get("category").unwrap_or_default()).map(|c| c.id);
    // Undo takes back what was told, and not what somebody else did since.
    let here = readable.get(thread.category_id).map(|c| c.slug.as_str());
    if raw.get("from").is_some_and(|from| Some(from) != here) {
        let refused = Refused::saying(page.shell.t("thread-moved-since"), StatusCode::CONFLICT);
        return draw(&web, &page, &readable, &thread, refused);
    }
    let done = match category.ok_or(threads::Error::CategoryInvalid) {
        Ok(category) => {
            let (house, id) = (web.house.clone(), thread.id);
            let wanted = Change { category: Some(category), ..Change::default() };
            web.house.db.write(move |conn| threads::service::change(conn, &house, &member, id, &wanted)).await
        }
        Err(e) => Err(e),
    };
    match done.map_err(AppError::from) {
        Ok(now) => Ok(told(thread.category_id, &now).after(&web, see_other(&now.url(1)))),
        Err(e) if retypable(&e) => {
            draw(&web, &page, &readable, &thread, Refused::beside(&page, &e, "category"))
        }
        Err(e) => Err(e),
    }
}

/// What is told of a thread that was changed and stood in the category `before`.
pub(super) fn told(before: CategoryId, now: &Thread) -> Told {
    if before == now.category_id { Told::of("saved") } else { Told::back_to(MOVED, before.0) }
}

/// The words of a move, and the categories that lead back and in which the thread stands, for the thread's page.
pub(super) fn told_move(
    page: &Page,
    readable: &Readable,
    thread: &Thread,
) -> Option<(String, Option<(String, String)>)> {
    let told = page.shell.told.as_ref().filter(|told| told.is_of(MOVED))?;
    let here = readable.get(thread.category_id)?;
    let back = told.back.and_then(|id| readable.get(CategoryId(id)));
    let back = back.filter(|c| c.may_open(&page.actor) && page.actor.moderates(thread.category_id));
    Some((
        page.shell.t1("thread-moved", "name", here.name.as_str()),
        back.map(|c| (c.slug.clone(), here.slug.clone())),
    ))
}
