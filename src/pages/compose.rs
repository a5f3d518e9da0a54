//! Writing: new threads, replies, changing a thread's title, category and tags. What is refused comes back in
//! the form; a double click posts once.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use crate::base::fault::Kind;
use crate::base::ids::{CategoryId, ThreadId};
use crate::content::categories::{self, Readable};
use crate::content::markup::SafeHtml;
use crate::content::posts::service::{OpenThread, Place, Reply};
use crate::content::posts::{self, Body, Prepared};
use crate::content::tags::{self, TagNames};
use crate::content::threads::{self, ThreadKind, Title, service::Change};
use crate::infra::db::DbError;
use crate::pages::moving;
use crate::pages::replying::asked_for;
use crate::pages::thread::ReplyBox;
use crate::reach::search::Search;
use crate::web::error::{HttpFault, message};
use crate::web::idempotency::{Key, Outcome, charge, once};
use crate::web::limits::Soft;
use crate::web::page::see_other;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, RawForm, Web};

/// Refusals that the writer can mend: the form comes back with what was typed.
pub fn retypable(error: &AppError) -> bool {
    matches!(error.0.kind(), Kind::Invalid | Kind::TooMany | Kind::Conflict | Kind::Busy)
        || matches!(error.0.code(), "category_closed" | "suspended")
}

/// Where a form that is sent again with other content was posted the first time.
fn posted(error: &AppError) -> Option<String> {
    if error.0.code() != "idempotency_key_reused" {
        return None;
    }
    error.0.args().into_iter().find(|(name, _)| *name == "answer").map(|(_, url)| url)
}

/// Why a form is refused, in words for people.
fn told(page: &Page, error: &AppError) -> String {
    if posted(error).is_some() {
        page.shell.t("posted-already")
    } else {
        message(page.shell.locale, &*error.0)
    }
}

/// A category one may choose.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Address name.
    pub slug: String,
    /// Name, with those above before it.
    pub name: String,
    /// Chosen now.
    pub chosen: bool,
}

pub(super) fn choices(readable: &Readable, page: &Page, chosen: &str) -> Vec<Choice> {
    readable
        .categories()
        .iter()
        .filter(|c| c.may_open(&page.actor))
        .map(|c| Choice {
            slug: c.slug.clone(),
            name: readable.path(c.id).iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(" / "),
            chosen: c.slug == chosen,
        })
        .collect()
}

#[derive(Template)]
#[template(path = "pages/compose.html")]
struct ComposePage {
    shell: Shell,
    heading: String,
    action: String,
    submit: String,
    back: String,
    categories: Vec<Choice>,
    may_move: bool,
    kind: String,
    title: String,
    tags: String,
    body: Option<String>,
    /// What is to be said of the form as a whole.
    told: Option<String>,
    /// Why the form as a whole is refused.
    error: Option<String>,
    /// Its writer may not write any more: what was typed is there to be copied.
    stuck: bool,
    /// Every field that is wrong, and why.
    wrong: Vec<(String, String)>,
    /// Where the form's content stands already.
    posted: Option<String>,
    preview: Option<SafeHtml>,
    /// The thread is new: threads like it are looked for while its title is written.
    fresh: bool,
    /// Title and address of those found for a preview.
    similar: Vec<(String, String)>,
}

impl ComposePage {
    /// True when there is nowhere to write and nothing typed that would be lost without the form.
    fn is_idle(&self) -> bool {
        let typed = !self.title.is_empty() || self.body.as_ref().is_some_and(|body| !body.is_empty());
        self.may_move && self.categories.is_empty() && !typed
    }

    /// With the reasons of a refusal, each beside its field.
    fn refused(mut self, page: &Page, reasons: &[AppError]) -> Self {
        for reason in reasons {
            if reason.0.code() == "suspended" {
                self.stuck = true;
                self.error = Some(page.shell.t1("reply-stuck", "why", told(page, reason)));
                continue;
            }
            match reason.0.field().filter(|field| self.shows(field)) {
                Some(field) => self.wrong.push((field.to_owned(), told(page, reason))),
                None => self.error = Some(told(page, reason)),
            }
        }
        self.posted = reasons.iter().find_map(posted);
        self
    }

    /// True for the fields that the form has.
    fn shows(&self, field: &str) -> bool {
        match field {
            "title" | "kind" | "tags" => true,
            "category" => self.may_move,
            "body" => self.body.is_some(),
            _ => false,
        }
    }

    fn error_of(&self, field: &str) -> Option<&String> {
        self.wrong.iter().find(|(f, _)| f == field).map(|(_, words)| words)
    }
}

/// What the form of a new thread sends; also what links may fill in.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ThreadForm {
    #[serde(default)]
    category: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    tags: String,
    #[serde(default)]
    body: String,
    action: Option<String>,
}

async fn readable_for(web: &Web, page: &Page) -> Result<Readable, AppError> {
    let actor = page.actor.clone();
    web.house.db.read(move |c| Ok::<_, AppError>(categories::service::readable(c, &actor)?)).await
}

fn blank(page: &Page, readable: &Readable, form: &ThreadForm) -> ComposePage {
    ComposePage {
        heading: page.shell.t("compose-title"),
        action: "/compose".into(),
        submit: page.shell.t("compose-submit"),
        back: "/".into(),
        categories: choices(readable, page, &form.category),
        may_move: true,
        kind: if form.kind.is_empty() { "discussion".into() } else { form.kind.clone() },
        title: form.title.clone(),
        tags: form.tags.clone(),
        body: Some(form.body.clone()),
        told: None,
        error: None,
        stuck: false,
        wrong: Vec::new(),
        posted: None,
        preview: None,
        fresh: true,
        similar: Vec::new(),
        shell: page.shell.clone(),
    }
}

/// Threads like the one being written, of those that its author may read.
async fn similar(
    web: &Web,
    search: Data<Search>,
    page: &Page,
    title: &str,
) -> Result<Vec<(String, String)>, AppError> {
    let (actor, house, engine) = (page.actor.clone(), web.house.clone(), search.into_inner());
    let title: String = title.chars().take(200).collect();
    let found = web.house.db.read(move |conn| engine.similar(conn, &house, &actor, &title, None)).await?;
    Ok(found.into_iter().map(|thread| (thread.title.clone(), thread.url(1))).collect())
}

/// `GET /compose`.
pub async fn form(web: Data<Web>, page: Page, query: Query<ThreadForm>) -> Result<HttpResponse, AppError> {
    let member = page.member()?;
    if member.suspended_until.is_some() {
        return Err(threads::Error::Suspended.into());
    }
    let readable = readable_for(&web, &page).await?;
    page.ok(&web, &blank(&page, &readable, &query))
}

/// Renders what was typed, off the write path.
pub async fn prepare(web: &Web, body: &str) -> Result<Prepared, AppError> {
    rendered(web, Body::parse(body)?).await
}

async fn rendered(web: &Web, body: Body) -> Result<Prepared, AppError> {
    let house = web.house.clone();
    Ok(web.house.db.read(move |c| Prepared::new(c, &house, &body).map_err(DbError::from)).await?)
}

/// The key of a form's one-time number.
pub fn key(page: &Page, raw: &RawForm, route: &str) -> Option<Key> {
    let member = page.actor.id()?;
    let nonce = raw.nonce()?;
    Some(Key { member, route: route.to_owned(), key: nonce.to_owned(), hash: raw.fingerprint() })
}

/// `POST /compose`.
pub async fn submit(
    web: Data<Web>,
    search: Data<Search>,
    page: Page,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    page.member()?;
    let form: ThreadForm = raw.accept(&web, &page)?;
    let readable = readable_for(&web, &page).await?;
    let refused = |reasons: &[AppError], status: StatusCode| {
        page.answer(&web, status, &blank(&page, &readable, &form).refused(&page, reasons))
    };
    if form.action.as_deref() == Some("preview") {
        return match prepare(&web, &form.body).await {
            Ok(text) => {
                let mut again = blank(&page, &readable, &form);
                again.preview = Some(SafeHtml::from_stored(text.html));
                again.similar = similar(&web, search, &page, &form.title).await?;
                page.ok(&web, &again)
            }
            Err(e) if retypable(&e) => refused(&[e], StatusCode::UNPROCESSABLE_ENTITY),
            Err(e) => Err(e),
        };
    }
    let written = match written(&form, &readable) {
        Ok(written) => written,
        Err(reasons) => return refused(&reasons, StatusCode::UNPROCESSABLE_ENTITY),
    };
    match open(&web, &page, &raw, written).await {
        Ok(url) => Ok(see_other(&url)),
        Err(e) if retypable(&e) => {
            let status = crate::web::error::status(e.0.kind());
            refused(&[e], status)
        }
        Err(e) => Err(e),
    }
}

/// A new thread as its form sent it, each field checked by itself.
struct Written {
    category: CategoryId,
    title: Title,
    kind: ThreadKind,
    tags: TagNames,
    body: Body,
}

/// What was parsed; an error joins the others.
fn good<T, E: Into<AppError>>(parsed: Result<T, E>, wrong: &mut Vec<AppError>) -> Option<T> {
    parsed.map_err(|e| wrong.push(e.into())).ok()
}

/// Every field of a new thread, or everything that is wrong with them at once, in the order of the form.
fn written(form: &ThreadForm, readable: &Readable) -> Result<Written, Vec<AppError>> {
    let mut wrong = Vec::new();
    let category = readable.by_slug(&form.category).map(|c| c.id).ok_or(threads::Error::CategoryInvalid);
    let title = good(Title::parse(&form.title), &mut wrong);
    let category = good(category, &mut wrong);
    let kind = good(ThreadKind::parse(&form.kind), &mut wrong);
    let tags = good(TagNames::parse_line(&form.tags).map_err(threads::Error::from), &mut wrong);
    let body = good(Body::parse(&form.body), &mut wrong);
    match (category, title, kind, tags, body) {
        (Some(category), Some(title), Some(kind), Some(tags), Some(body)) => {
            Ok(Written { category, title, kind, tags, body })
        }
        _ => Err(wrong),
    }
}

async fn open(web: &Web, page: &Page, raw: &RawForm, written: Written) -> Result<String, AppError> {
    let member = page.member()?.clone();
    let Written { category, title, kind, tags, body } = written;
    let text = rendered(web, body).await?;
    let (house, key) = (web.house.clone(), key(page, raw, "open_thread"));
    charge(web, key.as_ref(), Soft::Post, member.id).await?;
    let wanted = OpenThread { category, kind, title, tags, text };
    let done = web
        .house
        .db
        .write(move |conn| {
            once(conn, key.as_ref(), house.clock.now(), |conn| {
                let place = Place::Opening(wanted.category, wanted.title.as_str());
                let body = &wanted.text.body;
                if let Some(url) = posts::service::said_before(conn, &house, member.id, place, body)? {
                    return Ok((url.clone(), 303, url));
                }
                let opened = posts::service::open(conn, &house, &member, &wanted)?;
                Ok((opened.url.clone(), 303, opened.url))
            })
        })
        .await?;
    Ok(place(done))
}

fn place(done: Outcome<String>) -> String {
    match done {
        Outcome::Fresh(url) => url,
        Outcome::Repeated(answer) => answer.answer,
    }
}

/// What the reply box sends.
#[derive(Debug, Clone, Deserialize)]
pub struct ReplyForm {
    #[serde(default)]
    body: String,
    #[serde(default)]
    reply_to: String,
    action: Option<String>,
    page: Option<i64>,
}

/// `POST /thread/{id}/reply`.
pub async fn reply(
    web: Data<Web>,
    page: Page,
    id: Path<i64>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    page.member()?;
    let form: ReplyForm = raw.accept(&web, &page)?;
    let id = ThreadId(*id);
    let to = form.reply_to.parse::<i32>().ok();
    // The box again, for the thread as a whole: what was typed stays.
    if form.action.as_deref() == Some("drop") {
        return again(&web, &page, id, form, ReplyBox::default(), StatusCode::OK).await;
    }
    // The box again, for one post, by a button beside it.
    if let Some((number, quoting)) = form.action.as_deref().and_then(asked_for) {
        let boxed = ReplyBox { reply_to: Some(number), quoting, ..ReplyBox::default() };
        return again(&web, &page, id, form, boxed, StatusCode::OK).await;
    }
    if form.action.as_deref() == Some("preview") {
        let (shown, status) = match prepare(&web, &form.body).await {
            Ok(text) => {
                let preview = Some(SafeHtml::from_stored(text.html));
                (ReplyBox { preview, reply_to: to, ..ReplyBox::default() }, StatusCode::OK)
            }
            Err(e) if retypable(&e) => (refused(&page, &e, to), StatusCode::UNPROCESSABLE_ENTITY),
            Err(e) => return Err(e),
        };
        return again(&web, &page, id, form, shown, status).await;
    }
    match write(&web, &page, &raw, &form, id, to).await {
        Ok(url) => Ok(see_other(&url)),
        Err(e) if retypable(&e) => {
            let status = crate::web::error::status(e.0.kind());
            again(&web, &page, id, form, refused(&page, &e, to), status).await
        }
        Err(e) => Err(e),
    }
}

/// The reply box with why it was refused, beside the text when that is what is wrong.
fn refused(page: &Page, error: &AppError, to: Option<i32>) -> ReplyBox {
    let (words, at_text) = (Some(told(page, error)), error.0.field() == Some("body"));
    let (wrong, whole) = if at_text { (words, None) } else { (None, words) };
    ReplyBox { wrong, error: whole, posted: posted(error), reply_to: to, ..ReplyBox::default() }
}

/// The thread's page again, with what was typed.
async fn again(
    web: &Web,
    page: &Page,
    id: ThreadId,
    form: ReplyForm,
    shown: ReplyBox,
    status: StatusCode,
) -> Result<HttpResponse, AppError> {
    let thread = crate::pages::thread::thread_for(web, page, id).await?;
    let n = form.page.unwrap_or(1).clamp(1, thread.last_page().max(1));
    crate::pages::thread::draw(
        web,
        page,
        id,
        Some(thread.slug),
        n,
        ReplyBox { body: form.body, ..shown },
        status,
    )
    .await
}

async fn write(
    web: &Web,
    page: &Page,
    raw: &RawForm,
    form: &ReplyForm,
    id: ThreadId,
    to: Option<i32>,
) -> Result<String, AppError> {
    let member = page.member()?.clone();
    let text = prepare(web, &form.body).await?;
    let (house, key) = (web.house.clone(), key(page, raw, "reply"));
    charge(web, key.as_ref(), Soft::Post, member.id).await?;
    let wanted = Reply { thread: id, to, text };
    let done = web
        .house
        .db
        .write(move |conn| {
            once(conn, key.as_ref(), house.clock.now(), |conn| {
                let body = &wanted.text.body;
                let place = Place::Reply(id, to);
                if let Some(url) = posts::service::said_before(conn, &house, member.id, place, body)? {
                    return Ok((url.clone(), 303, url));
                }
                let replied = posts::service::reply(conn, &house, &member, &wanted)?;
                Ok((replied.url.clone(), 303, replied.url))
            })
        })
        .await?;
    Ok(place(done))
}

/// `GET /thread/{id}/edit`.
pub async fn thread_form(web: Data<Web>, page: Page, id: Path<i64>) -> Result<HttpResponse, AppError> {
    page.member()?;
    let (actor, id) = (page.actor.clone(), ThreadId(*id));
    let (readable, thread, names) = web
        .house
        .db
        .read(move |conn| {
            let readable = categories::service::readable(conn, &actor)?;
            let thread = threads::service::load_for(conn, &actor, &readable, id)?;
            let names: Vec<String> =
                tags::of_threads(conn, &[id])?.into_iter().map(|(_, t)| t.name).collect();
            Ok::<_, AppError>((readable, thread, names))
        })
        .await?;
    let moderates = page.actor.moderates(thread.category_id);
    if !moderates && page.actor.id() != Some(thread.author_id) {
        return Err(HttpFault::Forbidden.into());
    }
    let slug = readable.get(thread.category_id).map(|c| c.slug.clone()).unwrap_or_default();
    let form = ThreadForm {
        category: slug,
        kind: thread.kind().name().into(),
        title: thread.title.clone(),
        tags: names.join(", "),
        ..ThreadForm::default()
    };
    page.ok(&web, &change_page(&page, &readable, &thread, &form))
}

fn change_page(page: &Page, readable: &Readable, thread: &threads::Thread, form: &ThreadForm) -> ComposePage {
    ComposePage {
        heading: page.shell.t("thread-edit"),
        action: format!("/thread/{}/edit", thread.id),
        submit: page.shell.t("save"),
        back: thread.url(1),
        body: None,
        may_move: page.actor.moderates(thread.category_id),
        ..blank(page, readable, form)
    }
}

/// `POST /thread/{id}/edit`.
pub async fn save_thread(
    web: Data<Web>,
    page: Page,
    id: Path<i64>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    let member = page.member()?.clone();
    let form: ThreadForm = raw.accept(&web, &page)?;
    let id = ThreadId(*id);
    let readable = readable_for(&web, &page).await?;
    let house = web.house.clone();
    let done = match changed(&form, &readable) {
        Ok(wanted) => web
            .house
            .db
            .write(move |c| {
                let before = threads::store::find(c, id)?.map(|thread| thread.category_id);
                let now = threads::service::change(c, &house, &member, id, &wanted)?;
                Ok::<_, AppError>((before.unwrap_or(now.category_id), now))
            })
            .await
            .map_err(|e| vec![e]),
        Err(reasons) => Err(reasons),
    };
    match done {
        Ok((before, thread)) => Ok(moving::told(before, &thread).after(&web, see_other(&thread.url(1)))),
        Err(reasons) if reasons.iter().all(retypable) => {
            let thread = crate::pages::thread::thread_for(&web, &page, id).await?;
            let again = change_page(&page, &readable, &thread, &form).refused(&page, &reasons);
            page.answer(&web, StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        Err(reasons) => {
            Err(reasons.into_iter().find(|e| !retypable(e)).unwrap_or(HttpFault::Malformed.into()))
        }
    }
}

/// What a thread is to become, or everything that is wrong with it at once.
fn changed(form: &ThreadForm, readable: &Readable) -> Result<Change, Vec<AppError>> {
    let mut wrong = Vec::new();
    let title = good(Title::parse(&form.title), &mut wrong);
    let category = match form.category.as_str() {
        "" => None,
        slug => {
            let found = readable.by_slug(slug).map(|c| c.id).ok_or(threads::Error::CategoryInvalid);
            good(found, &mut wrong)
        }
    };
    let kind = good(ThreadKind::parse(&form.kind), &mut wrong);
    let tags = good(TagNames::parse_line(&form.tags).map_err(threads::Error::from), &mut wrong);
    if wrong.is_empty() { Ok(Change { title, kind, category, tags }) } else { Err(wrong) }
}

/// The form of a new thread again, filled with `saved`, for whoever had to sign in before it could be sent.
pub(super) async fn resumed(
    web: &Web,
    page: &Page,
    saved: Vec<(String, String)>,
) -> Result<HttpResponse, AppError> {
    let form: ThreadForm = RawForm::of(saved).parse()?;
    let readable = readable_for(web, page).await?;
    let mut again = blank(page, &readable, &form);
    again.heading = page.shell.t("resume-head");
    again.told = Some(page.shell.t("resume-text"));
    page.ok(web, &again)
}
