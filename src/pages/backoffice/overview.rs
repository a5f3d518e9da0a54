//! Site settings, jobs and readers of the log.

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;

use crate::base::actor::Role;
use crate::base::locale::Locale;
use crate::base::time::Zone;
use crate::infra::activity::{self, lease};
use crate::infra::jobs::{self, JobState};
use crate::infra::{db::DbError, i18n};
use crate::reach::search::Search;
use crate::site::audit;
use crate::site::meanwhile::{self, Shown};
use crate::site::settings::{self, Settings};
use crate::web::cache::PageCache;
use crate::web::filters::When;
use crate::web::forms::NotAChoice;
use crate::web::page::see_other;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, RawForm, Refused, Web};

#[derive(Template)]
#[template(path = "backoffice/settings.html")]
struct SettingsPage {
    shell: Shell,
    settings: Settings,
    /// What the form shows, for telling what was changed in it.
    shown: String,
    refused: Refused,
    saved: bool,
    zones: Vec<String>,
}

/// `GET /admin/settings`.
pub async fn settings_form(web: Data<Web>, page: Page) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    let settings = web.house.db.read(|conn| settings::load(conn).map_err(DbError::from)).await?;
    let saved = page.shell.target.ends_with("?saved");
    page.ok(
        &web,
        &SettingsPage {
            shell: page.shell.clone(),
            shown: Shown::of(&settings.rows()).text(),
            settings,
            refused: Refused::default(),
            saved,
            zones: Zone::names(),
        },
    )
}

#[derive(Debug, Deserialize)]
struct SettingsForm {
    name: String,
    #[serde(default)]
    tagline: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    notice: String,
    locale: String,
    half_life_hours: String,
    open: Option<String>,
    #[serde(default = "utc")]
    time_zone: String,
    #[serde(default)]
    shown: String,
}

fn utc() -> String {
    Zone::default().name().to_owned()
}

/// `POST /admin/settings`. Another half-life asks for a rebuild of heat as a job.
pub async fn save_settings(web: Data<Web>, page: Page, raw: RawForm) -> Result<HttpResponse, AppError> {
    let member = page.at_least(Role::Administrator)?.id;
    let form: SettingsForm = raw.accept(&web, &page)?;
    let locale = Locale::parse(&form.locale);
    let wanted = Settings {
        name: form.name,
        tagline: form.tagline,
        description: form.description,
        notice: form.notice,
        locale: locale.unwrap_or(page.shell.locale),
        half_life_hours: form.half_life_hours.trim().parse().unwrap_or(0),
        open: form.open.is_some(),
        time_zone: form.time_zone.trim().to_owned(),
    };
    let shown = Shown::parse(&form.shown);
    // Before it is written as rows, in which an unknown zone would be none.
    let wrong = locale.is_none().then(|| NotAChoice("locale").into());
    let wrong = wrong.into_iter().chain(wanted.wrong().into_iter().map(AppError::from));
    let refused = Refused::by_all(&page, wrong)?;
    if refused.is_refused() {
        return again(&web, &page, wanted, &shown, refused);
    }
    let (house, attempt, seen) = (web.house.clone(), wanted.clone(), shown.clone());
    let done = web
        .house
        .db
        .write(move |conn| {
            let before = settings::load(conn)?;
            let merged = attempt.merged(&seen, &before)?;
            settings::save(conn, &house.clock, &merged)?;
            let changes = meanwhile::changes(&before.rows(), &merged.rows());
            audit::note(conn, &house.clock, Some(member), "site.settings", "site", &changes)?;
            if before.half_life_hours != merged.half_life_hours {
                jobs::ask(conn, "rebuild_heat", &serde_json::Value::Null, None, house.clock.now())?;
            }
            Ok::<_, settings::Error>(())
        })
        .await;
    match done {
        Ok(()) => Ok(see_other("/admin/settings?saved")),
        Err(settings::Error::Meanwhile(fields)) => {
            // Who saves once more has seen that they changed.
            let stored = web.house.db.read(|conn| settings::load(conn).map_err(DbError::from)).await?;
            let each = fields.into_iter().map(|row| settings::Error::Meanwhile(vec![row]));
            again(&web, &page, wanted, &Shown::of(&stored.rows()), Refused::by_all(&page, each)?)
        }
        Err(e) => again(&web, &page, wanted, &shown, Refused::by(&page, e)?),
    }
}

/// The form again with what was typed and what is wrong with it.
fn again(
    web: &Web,
    page: &Page,
    settings: Settings,
    shown: &Shown,
    refused: Refused,
) -> Result<HttpResponse, AppError> {
    let (shell, status, shown) = (page.shell.clone(), refused.status(), shown.text());
    let zones = Zone::names();
    page.answer(web, status, &SettingsPage { shell, settings, shown, refused, saved: false, zones })
}

struct ReaderRow {
    name: String,
    holder: String,
    cursor: String,
    behind: String,
}

struct JobRow {
    id: i64,
    kind: String,
    state: String,
    progress: String,
    message: String,
    when: When,
}

#[derive(Template)]
#[template(path = "backoffice/jobs.html")]
struct JobsPage {
    shell: Shell,
    head: String,
    readers: Vec<ReaderRow>,
    jobs: Vec<JobRow>,
}

/// What a job says about itself: how much it did, in the reader's language, or its report.
fn said(shell: &Shell, job: &jobs::Job) -> String {
    let count = job.message.split_once(' ').and_then(|(n, _)| n.parse::<i64>().ok());
    match (job.state(), job.kind.as_str(), count) {
        (JobState::Done, "rebuild_heat", Some(n)) => i18n::count(shell.locale, "threads-count", n),
        (JobState::Done, "reindex", Some(n)) => i18n::count(shell.locale, "posts-count", n),
        _ => job.message.clone(),
    }
}

/// How far a job is; nothing for one that counts nothing, which is not at 0 when it is done.
fn progress(job: &jobs::Job) -> String {
    match (job.done, job.total) {
        (0, 0) => String::new(),
        (done, 0) => i18n::number(done),
        (done, total) => format!("{} / {}", i18n::number(done), i18n::number(total)),
    }
}

/// The words for a name that is kept in the database; the name itself when there are none.
pub(super) fn known(shell: &Shell, family: &str, name: &str) -> String {
    let key = format!("{family}-{}", name.replace(['.', '_'], "-"));
    if i18n::has(shell.locale, &key) { shell.t(&key) } else { name.to_owned() }
}

/// `GET /admin/jobs`: jobs, and how far each reader of the log is.
pub async fn jobs_page(
    web: Data<Web>,
    search: Data<Search>,
    pages: Data<PageCache>,
    page: Page,
) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    let (head, leases, jobs) = web
        .house
        .db
        .read(|conn| Ok::<_, DbError>((activity::head(conn)?, lease::all(conn)?, jobs::latest(conn, 50)?)))
        .await?;
    let shell = page.shell.clone();
    let row = |key: &str, cursor: i64, holder: String| ReaderRow {
        name: shell.t(&format!("reader-{}", key.replace('_', "-"))),
        cursor: i18n::number(cursor),
        behind: i18n::number((head - cursor).max(0)),
        holder,
    };
    let mut readers: Vec<ReaderRow> = leases
        .into_iter()
        .filter(|l| l.reads() && l.name != activity::sequencer::NAME)
        .map(|l| row(&l.name, l.cursor, l.holder))
        .collect();
    // Each node has its own; these are those of the node that answers.
    readers.push(row("search-index", search.index.cursor(), web.node.to_string()));
    readers.push(row("page-cache", pages.place(), web.node.to_string()));
    let template = JobsPage {
        head: i18n::number(head),
        readers,
        jobs: jobs
            .into_iter()
            .map(|j| JobRow {
                id: j.id,
                state: shell.t(&format!("job-{}", j.state().name())),
                progress: progress(&j),
                when: shell.when(j.created_at),
                message: said(&shell, &j),
                kind: known(&shell, "job", &j.kind),
            })
            .collect(),
        shell,
    };
    page.ok(&web, &template)
}

#[derive(Debug, Deserialize)]
struct AskForm {
    kind: String,
}

/// `POST /admin/jobs`: asks for a rebuild.
pub async fn ask_job(web: Data<Web>, page: Page, raw: RawForm) -> Result<HttpResponse, AppError> {
    let member = page.at_least(Role::Administrator)?.id;
    let form: AskForm = raw.accept(&web, &page)?;
    if !matches!(form.kind.as_str(), "rebuild_heat" | "rebuild_points" | "reindex" | "recount") {
        return Err(crate::web::error::HttpFault::Malformed.into());
    }
    let (house, node) = (web.house.clone(), web.node.clone());
    web.house
        .db
        .write(move |conn| {
            // An index belongs to the node that answers here; everything else is done once for all nodes.
            let node = (form.kind == "reindex").then_some(&*node);
            jobs::ask(conn, &form.kind, &serde_json::Value::Null, node, house.clock.now())?;
            audit::note(conn, &house.clock, Some(member), "job.asked", &form.kind, "")?;
            Ok::<_, DbError>(())
        })
        .await?;
    Ok(see_other("/admin/jobs"))
}
