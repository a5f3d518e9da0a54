//! The first hour: five short steps from an empty database to a forum that is ready for members. Each can be skipped,
//! come back to, changed and undone; the dashboard leads here until all are settled or the list is put away.

mod categories;
mod invitation;
mod language;
mod look;
mod name;
mod progress;
mod sets;

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;

pub use progress::{Progress, load};

use self::progress::{State, Step};
use crate::base::actor::Role;
use crate::base::fault::Fault;
use crate::infra::db::DbError;
use crate::web::error::HttpFault;
use crate::web::files::FileForm;
use crate::web::page::see_other;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, RawForm, Refused, Web};

/// Where all of it stands.
pub const PATH: &str = "/admin/start";
/// How many steps there are.
pub const STEPS: usize = Step::ALL.len();

/// One step in the row of steps.
struct Mark {
    url: String,
    name: String,
    about: String,
    state: &'static str,
    words: String,
    current: bool,
}

fn marks(shell: &Shell, progress: &Progress, current: Option<Step>) -> Vec<Mark> {
    let mark = |step: &Step| {
        let state = progress.state(*step).name();
        Mark {
            url: step.url(),
            name: shell.t(&format!("start-step-{}", step.name())),
            about: shell.t(&format!("start-step-{}-about", step.name())),
            words: shell.t(&format!("start-state-{state}")),
            current: current == Some(*step),
            state,
        }
    };
    Step::ALL.iter().map(mark).collect()
}

/// What stands around every step: the row of steps, the way back, what can be undone.
struct Way {
    marks: Vec<Mark>,
    step: &'static str,
    n: usize,
    of: usize,
    title: String,
    about: String,
    back: String,
    skips: bool,
    undo: bool,
    undone: bool,
    refused: Refused,
}

impl Way {
    fn new(page: &Page, progress: &Progress, step: Step, refused: Refused) -> Self {
        let shell = &page.shell;
        Self {
            marks: marks(shell, progress, Some(step)),
            step: step.name(),
            n: step.place() + 1,
            of: STEPS,
            title: shell.t(&format!("start-step-{}", step.name())),
            about: shell.t(&format!("start-step-{}-about", step.name())),
            back: step.before().map_or_else(|| PATH.to_owned(), Step::url),
            skips: progress.state(step) != State::Done,
            undo: progress.can_undo(step),
            undone: shell.target.ends_with("?undone"),
            refused,
        }
    }
}

#[derive(Template)]
#[template(path = "backoffice/start/overview.html")]
struct Overview {
    shell: Shell,
    marks: Vec<Mark>,
    settled: usize,
    of: usize,
    next: Option<String>,
    begun: bool,
    away: bool,
}

/// `GET /admin/start`.
pub async fn overview(web: Data<Web>, page: Page) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    let progress = web.house.db.read(|conn| load(conn).map_err(DbError::from)).await?;
    let shell = page.shell.clone();
    let template = Overview {
        marks: marks(&shell, &progress, None),
        settled: progress.settled(),
        of: STEPS,
        next: progress.next().map(Step::url),
        begun: progress.settled() > 0,
        away: progress.away(),
        shell,
    };
    page.ok(&web, &template)
}

/// `POST /admin/start`: puts the list away, or back on the dashboard.
pub async fn put_away(web: Data<Web>, page: Page, raw: RawForm) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    raw.verify(&web, &page)?;
    let away = raw.get("action") == Some("away");
    let clock = web.house.clock.clone();
    web.house.db.write(move |conn| progress::put_away(conn, &clock, away).map_err(DbError::from)).await?;
    Ok(see_other(if away { "/admin" } else { PATH }))
}

fn step(name: &str) -> Result<Step, AppError> {
    Ok(Step::parse(name).ok_or(HttpFault::Absent)?)
}

/// `GET /admin/start/{step}`.
pub async fn show(web: Data<Web>, page: Page, name: Path<String>) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    match step(&name)? {
        Step::Name => name::draw(&web, &page, None, Refused::default()).await,
        Step::Language => language::draw(&web, &page, None, Refused::default()).await,
        Step::Look => look::draw(&web, &page, None, Refused::default()).await,
        Step::Categories => categories::show(&web, &page).await,
        Step::Invitation => invitation::show(&web, &page).await,
    }
}

/// `POST /admin/start/{step}`.
pub async fn save(
    web: Data<Web>,
    page: Page,
    name: Path<String>,
    sent: FileForm,
) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    let raw = &sent.form;
    raw.verify(&web, &page)?;
    let step = step(&name)?;
    match step {
        Step::Name => name::save(&web, &page, raw).await,
        Step::Language => language::save(&web, &page, raw).await,
        Step::Look => look::save(&web, &page, &sent).await,
        Step::Categories => categories::save(&web, &page, raw).await,
        Step::Invitation => invitation::save(&web, &page, raw).await,
    }
}

/// Where a settled step leads.
fn onward(step: Step) -> HttpResponse {
    see_other(&step.after().map_or_else(|| PATH.to_owned(), Step::url))
}

/// `POST /admin/start/{step}/skip`.
pub async fn skip(
    web: Data<Web>,
    page: Page,
    name: Path<String>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    raw.verify(&web, &page)?;
    let step = step(&name)?;
    let clock = web.house.clock.clone();
    web.house.db.write(move |conn| progress::skip(conn, &clock, step).map_err(DbError::from)).await?;
    Ok(onward(step))
}

/// `POST /admin/start/{step}/undo`: what the step changed is as it was before.
pub async fn undo(
    web: Data<Web>,
    page: Page,
    name: Path<String>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    let actor = page.at_least(Role::Administrator)?.clone();
    raw.verify(&web, &page)?;
    let step = step(&name)?;
    let house = web.house.clone();
    web.house
        .db
        .write(move |conn| {
            let Some(before) = progress::before(conn, step)? else { return Ok::<_, AppError>(()) };
            let left = match step {
                Step::Name => name::undo(conn, &house, &actor, before)?,
                Step::Language => language::undo(conn, &house, &actor, before)?,
                Step::Look => look::undo(conn, &house, &actor, before)?,
                Step::Categories => categories::undo(conn, &house, &actor, before)?,
                Step::Invitation => invitation::undo(conn, &house, &actor, before)?,
            };
            progress::undone(conn, &house.clock, step, left)?;
            Ok(())
        })
        .await?;
    Ok(see_other(&format!("{}?undone", step.url())))
}

/// What a step remembers cannot be read: somebody changed it by hand.
#[derive(Debug, thiserror::Error)]
#[error("what a step of the first hour remembers cannot be read: {0}")]
struct Forgotten(#[from] serde_json::Error);

impl Fault for Forgotten {
    fn kind(&self) -> crate::base::fault::Kind {
        crate::base::fault::Kind::Internal
    }
    fn code(&self) -> &'static str {
        "internal"
    }
}
