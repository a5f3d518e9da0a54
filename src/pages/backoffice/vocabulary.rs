//! What the search is taught in the back office: synonyms and words.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use crate::base::actor::Role;
use crate::base::ids::{SynonymId, WordId};
use crate::infra::db::DbError;
use crate::pages::compose::key;
use crate::pages::confirming::{self, Question};
use crate::reach::vocabulary::model::{GROUPS, WORDS};
use crate::reach::vocabulary::{Error, Synonym, Wanted, Word, parse_words, service};
use crate::web::error::{message, status};
use crate::web::idempotency::once;
use crate::web::page::see_other;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, RawForm, Web};

/// Where all of this stands.
const HERE: &str = "/admin/search/words";
/// Characters of a line at most: twenty terms of fifty characters, and what stands between.
const LINE: usize = 1_100;

#[derive(Template)]
#[template(path = "backoffice/search_words.html")]
struct WordsPage {
    shell: Shell,
    groups: Vec<Synonym>,
    words: Vec<Word>,
    /// The group that is being changed.
    changing: Option<SynonymId>,
    /// The line of a group, and words, as typed.
    terms: String,
    typed: String,
    error: Option<(String, String)>,
    saved: bool,
    limits: (i64, i64, usize),
}

impl WordsPage {
    fn wrong(&self, field: &str) -> Option<&String> {
        self.error.as_ref().filter(|(at, _)| at == field).map(|(_, words)| words)
    }
}

/// What a form did before the page is shown.
#[derive(Default)]
struct Done {
    changing: Option<SynonymId>,
    terms: Option<String>,
    typed: String,
    error: Option<AppError>,
    saved: bool,
}

async fn draw(web: &Web, page: &Page, done: Done) -> Result<HttpResponse, AppError> {
    let (groups, words) = web.house.db.read(|c| service::listed(c).map_err(DbError::from)).await?;
    let shell = page.shell.clone();
    let code = done.error.as_ref().map_or(StatusCode::OK, |e| status(e.0.kind()));
    let stands = groups.iter().find(|g| Some(g.id) == done.changing);
    let template = WordsPage {
        terms: done.terms.or_else(|| stands.map(ToString::to_string)).unwrap_or_default(),
        changing: stands.map(|g| g.id),
        typed: done.typed,
        error: done.error.map(|e| (e.0.field().unwrap_or_default().to_owned(), message(shell.locale, &*e.0))),
        saved: done.saved,
        limits: (GROUPS, WORDS, LINE),
        groups,
        words,
        shell,
    };
    page.answer(web, code, &template)
}

/// `?change=`.
#[derive(Debug, Deserialize)]
pub struct ChangeQuery {
    change: Option<i64>,
}

/// `GET /admin/search/words`.
pub async fn show(web: Data<Web>, page: Page, query: Query<ChangeQuery>) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Operator)?;
    let saved = page.shell.target.ends_with("?saved");
    draw(&web, &page, Done { changing: query.change.map(SynonymId), saved, ..Done::default() }).await
}

/// Shows the page with what was typed when a field is at fault; otherwise what went wrong stands for itself.
async fn settle(
    web: &Web,
    page: &Page,
    done: Result<(), AppError>,
    typed: Done,
) -> Result<HttpResponse, AppError> {
    match done {
        Ok(()) => Ok(see_other(&format!("{HERE}?saved"))),
        Err(e) if e.0.field().is_some() => draw(web, page, Done { error: Some(e), ..typed }).await,
        Err(e) => Err(e),
    }
}

/// `POST /admin/search/synonyms`: a new group, or another in the place of `id`.
pub async fn save_group(web: Data<Web>, page: Page, raw: RawForm) -> Result<HttpResponse, AppError> {
    let actor = page.at_least(Role::Operator)?.clone();
    raw.verify(&web, &page)?;
    let line = raw.get("terms").unwrap_or_default().to_owned();
    let id = raw.get("id").and_then(|id| id.parse().ok()).map(SynonymId);
    let (house, key) = (web.house.clone(), key(&page, &raw, "synonyms"));
    let done = match Wanted::parse(&line) {
        Err(e) => Err(AppError::from(e)),
        Ok(new) => {
            let write = move |conn: &mut _| {
                once(conn, key.as_ref(), house.clock.now(), |conn| {
                    match id {
                        Some(id) => service::change_group(conn, &house, &actor, id, &new)?,
                        None => service::add_group(conn, &house, &actor, &new).map(drop)?,
                    }
                    Ok(((), 303, String::new()))
                })
                .map(drop)
            };
            web.house.db.write(write).await
        }
    };
    settle(&web, &page, done, Done { changing: id, terms: Some(line), ..Done::default() }).await
}

/// `POST /admin/search/synonyms/remove`.
pub async fn remove_group(web: Data<Web>, page: Page, raw: RawForm) -> Result<HttpResponse, AppError> {
    let actor = page.at_least(Role::Operator)?.clone();
    if confirming::is_unsure(&web, &page, &raw)? {
        return confirming::ask(
            &web,
            &page,
            &raw,
            Question::of(&page.shell, "delete-confirm", "delete", HERE),
        );
    }
    let id = SynonymId(raw.get("id").and_then(|id| id.parse().ok()).ok_or(Error::Absent)?);
    let house = web.house.clone();
    web.house.db.write(move |conn| service::remove_group(conn, &house, &actor, id)).await?;
    Ok(see_other(&format!("{HERE}?saved")))
}

/// `POST /admin/search/words`.
pub async fn add_words(web: Data<Web>, page: Page, raw: RawForm) -> Result<HttpResponse, AppError> {
    let actor = page.at_least(Role::Operator)?.clone();
    raw.verify(&web, &page)?;
    let typed = raw.get("words").unwrap_or_default().to_owned();
    let (house, key) = (web.house.clone(), key(&page, &raw, "search_words"));
    let done = match parse_words(&typed) {
        Err(e) => Err(AppError::from(e)),
        Ok(words) => {
            let write = move |conn: &mut _| {
                once(conn, key.as_ref(), house.clock.now(), |conn| {
                    service::add_words(conn, &house, &actor, &words)?;
                    Ok(((), 303, String::new()))
                })
                .map(drop)
            };
            web.house.db.write(write).await
        }
    };
    settle(&web, &page, done, Done { typed, ..Done::default() }).await
}

/// `POST /admin/search/words/remove`.
pub async fn remove_word(web: Data<Web>, page: Page, raw: RawForm) -> Result<HttpResponse, AppError> {
    let actor = page.at_least(Role::Operator)?.clone();
    raw.verify(&web, &page)?;
    let id = WordId(raw.get("id").and_then(|id| id.parse().ok()).ok_or(Error::Absent)?);
    let house = web.house.clone();
    web.house.db.write(move |conn| service::remove_word(conn, &house, &actor, id)).await?;
    Ok(see_other(&format!("{HERE}?saved")))
}
