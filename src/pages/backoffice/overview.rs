//! Dashboard, site settings, jobs and readers, audit log.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use crate::base::actor::Role;
use crate::base::ids::MemberId;
use crate::base::locale::Locale;
use crate::content::{posts, threads};
use crate::infra::activity::{self, lease};
use crate::infra::jobs;
use crate::infra::{db::DbError, i18n};
use crate::pages::rows::authors;
use crate::people::accounts;
use crate::site::audit;
use crate::site::settings::{self, Settings};
use crate::web::error::message;
use crate::web::filters::When;
use crate::web::page::see_other;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, RawForm, Web};

#[derive(Template)]
#[template(path = "backoffice/dashboard.html")]
struct Dashboard {
    shell: Shell,
    tiles: Vec<(String, String)>,
}

/// `GET /admin`.
pub async fn dashboard(web: Data<Web>, page: Page) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Operator)?;
    let (members, threads, posts, head) = web
        .house
        .db
        .read(|conn| {
            Ok::<_, DbError>((
                accounts::store::count(conn)?,
                threads::store::count_listed(conn)?,
                posts::store::count_listed(conn)?,
                activity::head(conn)?,
            ))
        })
        .await?;
    let shell = page.shell.clone();
    let tile = |key: &str, n: i64| (shell.t(key), i18n::number(n));
    let tiles = vec![
        tile("stat-members", members),
        tile("stat-threads", threads),
        tile("stat-posts", posts),
        tile("stat-activities", head),
    ];
    page.ok(&web, &Dashboard { tiles, shell })
}

#[derive(Template)]
#[template(path = "backoffice/settings.html")]
struct SettingsPage {
    shell: Shell,
    settings: Settings,
    error: Option<(String, String)>,
    saved: bool,
}

/// `GET /admin/settings`.
pub async fn settings_form(web: Data<Web>, page: Page) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    let settings = web.house.db.read(|conn| settings::load(conn).map_err(DbError::from)).await?;
    let saved = page.shell.target.ends_with("?saved");
    page.ok(&web, &SettingsPage { shell: page.shell.clone(), settings, error: None, saved })
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
}

/// `POST /admin/settings`. Another half-life asks for a rebuild of heat as a job.
pub async fn save_settings(web: Data<Web>, page: Page, raw: RawForm) -> Result<HttpResponse, AppError> {
    let member = page.at_least(Role::Administrator)?.id;
    let form: SettingsForm = raw.accept(&web, &page)?;
    let wanted = Settings {
        name: form.name,
        tagline: form.tagline,
        description: form.description,
        notice: form.notice,
        locale: Locale::parse(&form.locale).unwrap_or_default(),
        half_life_hours: form.half_life_hours.trim().parse().unwrap_or(0),
        open: form.open.is_some(),
    };
    let (house, attempt) = (web.house.clone(), wanted.clone());
    let done = web
        .house
        .db
        .write(move |conn| {
            let before = settings::load(conn)?;
            settings::save(conn, &house.clock, &attempt)?;
            audit::note(conn, &house.clock, Some(member), "site.settings", "site", "")?;
            if before.half_life_hours != attempt.half_life_hours {
                jobs::ask(conn, "rebuild_heat", &serde_json::Value::Null, None, house.clock.now())?;
            }
            Ok::<_, settings::Error>(())
        })
        .await;
    match done {
        Ok(()) => Ok(see_other("/admin/settings?saved")),
        Err(e) => {
            use crate::base::fault::Fault;
            let Some(field) = e.field() else { return Err(e.into()) };
            let error = Some((field.to_owned(), message(page.shell.locale, &e)));
            let template = SettingsPage { shell: page.shell.clone(), settings: wanted, error, saved: false };
            page.answer(&web, StatusCode::UNPROCESSABLE_ENTITY, &template)
        }
    }
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

/// `GET /admin/jobs`: jobs, and how far each reader of the log is.
pub async fn jobs_page(web: Data<Web>, page: Page) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    let (head, leases, jobs) = web
        .house
        .db
        .read(|conn| Ok::<_, DbError>((activity::head(conn)?, lease::all(conn)?, jobs::latest(conn, 50)?)))
        .await?;
    let shell = page.shell.clone();
    let template = JobsPage {
        head: i18n::number(head),
        readers: leases
            .into_iter()
            .filter(|l| l.name != activity::sequencer::NAME)
            .map(|l| ReaderRow {
                cursor: i18n::number(l.cursor),
                behind: i18n::number((head - l.cursor).max(0)),
                name: l.name,
                holder: l.holder,
            })
            .collect(),
        jobs: jobs
            .into_iter()
            .map(|j| JobRow {
                id: j.id,
                state: shell.t(&format!("job-{}", j.state().name())),
                progress: if j.total > 0 {
                    format!("{} / {}", i18n::number(j.done), i18n::number(j.total))
                } else {
                    i18n::number(j.done)
                },
                when: When::new(shell.locale, j.created_at),
                kind: j.kind,
                message: j.message,
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

struct AuditRow {
    who: String,
    action: String,
    subject: String,
    detail: String,
    when: When,
}

#[derive(Template)]
#[template(path = "backoffice/audit.html")]
struct AuditPage {
    shell: Shell,
    entries: Vec<AuditRow>,
    next: Option<i64>,
}

/// `?before=`.
#[derive(Debug, Deserialize)]
pub struct BeforeQuery {
    before: Option<i64>,
}

/// `GET /admin/audit`.
pub async fn audit_page(
    web: Data<Web>,
    page: Page,
    query: Query<BeforeQuery>,
) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    let (before, actor) = (query.before, page.actor.clone());
    let (entries, names) = web
        .house
        .db
        .read(move |conn| {
            let entries = audit::latest(conn, before, 101)?;
            let people: Vec<MemberId> = entries.iter().filter_map(|e| e.actor_id).collect();
            Ok::<_, DbError>((entries, authors(conn, &people, &actor)?))
        })
        .await?;
    let shell = page.shell.clone();
    let next = (entries.len() > 100).then(|| entries.get(99).map_or(0, |e| e.id));
    let entries = entries
        .into_iter()
        .take(100)
        .map(|e| AuditRow {
            who: e
                .actor_id
                .and_then(|id| names.get(&id))
                .map_or_else(|| shell.t("audit-house"), |a| a.name.clone()),
            when: When::new(shell.locale, e.recorded_at),
            action: e.action,
            subject: e.subject,
            detail: e.detail,
        })
        .collect();
    page.ok(&web, &AuditPage { entries, next, shell })
}
