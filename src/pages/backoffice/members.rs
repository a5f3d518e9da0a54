//! Members in the back office: finding them, roles, claiming imported accounts, one-time password links.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use crate::base::actor::Role;
use crate::base::ids::MemberId;
use crate::infra::db::{Conn, DbError};
use crate::people::accounts::{self, links, renaming, standing, store};
use crate::site::audit;
use crate::web::filters::When;
use crate::web::forms::NotAChoice;
use crate::web::page::see_other;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, RawForm, Refused, Web, urls};

/// Members on a page.
const SHOWN: i64 = 50;

struct Line {
    handle: String,
    url: String,
    name: String,
    email: String,
    confirmed: bool,
    role: String,
    state: Option<String>,
    joined: When,
}

#[derive(Template)]
#[template(path = "backoffice/members.html")]
struct MembersPage {
    shell: Shell,
    find: String,
    role: String,
    roles: Vec<(String, String)>,
    lines: Vec<Line>,
    next: Option<String>,
}

/// What the address of the list may carry.
#[derive(Debug, Default, Deserialize)]
pub struct MembersQuery {
    #[serde(default)]
    q: String,
    #[serde(default)]
    role: String,
    before: Option<i64>,
}

fn role_choices(shell: &Shell) -> Vec<(String, String)> {
    Role::OF_ACCOUNTS.iter().map(|r| (r.name().to_owned(), shell.t(&format!("role-{}", r.name())))).collect()
}

/// `GET /admin/members`. Looking at member data is noted in the audit log.
pub async fn list(web: Data<Web>, page: Page, query: Query<MembersQuery>) -> Result<HttpResponse, AppError> {
    let viewer = page.at_least(Role::Operator)?.id;
    let (find, role, before) =
        (query.q.chars().take(60).collect::<String>(), Role::parse(&query.role), query.before);
    let asked = find.clone();
    let found = web
        .house
        .db
        .read(move |conn| {
            store::list(conn, &asked, role, before.map(MemberId), SHOWN + 1).map_err(DbError::from)
        })
        .await?;
    let house = web.house.clone();
    let detail = if find.is_empty() { String::new() } else { format!("q={find}") };
    web.house
        .db
        .write(move |c| {
            audit::note(c, &house.clock, Some(viewer), "members.viewed", "members", &detail)
                .map_err(DbError::from)
        })
        .await?;
    let shell = page.shell.clone();
    let shown = usize::try_from(SHOWN).unwrap_or(50);
    let next = (found.len() > shown).then(|| found.get(shown - 1).map_or(0, |m| m.id.0)).map(|id| {
        format!(
            "/admin/members?q={}&role={}&before={id}",
            urls::component(&find),
            urls::component(&query.role)
        )
    });
    let lines = found
        .into_iter()
        .take(shown)
        .map(|m| Line {
            url: format!("/admin/members/{}", urls::component(&m.handle)),
            role: shell.t(&format!("role-{}", m.role().name())),
            state: if m.imported {
                Some(shell.t("member-imported"))
            } else {
                m.suspended_until.filter(|u| *u > shell.now).map(|_| shell.t("member-suspended"))
            },
            joined: shell.when(m.created_at),
            email: m.email.unwrap_or_default(),
            confirmed: m.email_confirmed,
            name: m.display_name,
            handle: m.handle,
        })
        .collect();
    let template =
        MembersPage { roles: role_choices(&shell), role: query.role.clone(), find, lines, next, shell };
    page.ok(&web, &template)
}

#[derive(Template)]
#[template(path = "backoffice/member.html")]
struct MemberPage {
    shell: Shell,
    member: accounts::Member,
    role: String,
    roles: Vec<(String, String)>,
    joined: When,
    profile: String,
    link: Option<String>,
    refused: Refused,
    /// The user name as typed.
    handle: String,
    admin: bool,
    /// The reader may suspend the member, which is done on the profile.
    suspends: bool,
}

/// What a form did before the page is shown.
#[derive(Default)]
struct Done {
    link: Option<String>,
    refused: Refused,
    handle: Option<String>,
}

async fn draw(web: &Web, page: &Page, handle: &str, done: Done) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Operator)?;
    let asked = handle.to_owned();
    let member = web
        .house
        .db
        .read(move |conn| Ok::<_, AppError>(accounts::service::find_by_handle(conn, &asked)?))
        .await?;
    let shell = page.shell.clone();
    let Done { link, refused, handle } = done;
    let template = MemberPage {
        role: member.role().name().to_owned(),
        roles: role_choices(&shell),
        joined: shell.when(member.created_at),
        profile: urls::member(&member.handle),
        admin: page.actor.role() == Role::Administrator,
        suspends: member.role() < page.actor.role(),
        handle: handle.unwrap_or_else(|| member.handle.clone()),
        link,
        refused,
        member,
        shell,
    };
    page.answer(web, template.refused.status(), &template)
}

/// `GET /admin/members/{handle}`.
pub async fn show(web: Data<Web>, page: Page, handle: Path<String>) -> Result<HttpResponse, AppError> {
    draw(&web, &page, &handle, Done::default()).await
}

#[derive(Debug, Deserialize)]
struct RoleForm {
    role: String,
}

/// `POST /admin/members/{handle}/role`.
pub async fn set_role(
    web: Data<Web>,
    page: Page,
    handle: Path<String>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    let actor = page.at_least(Role::Administrator)?.clone();
    let form: RoleForm = raw.accept(&web, &page)?;
    let (house, name) = (web.house.clone(), handle.clone());
    let done: Result<_, AppError> = match Role::parse(&form.role) {
        Some(role) => {
            let set = move |conn: &mut Conn| standing::set_role(conn, &house, Some(&actor), &name, role);
            web.house.db.write(set).await.map_err(AppError::from)
        }
        None => Err(NotAChoice("role").into()),
    };
    match done {
        Ok(member) => Ok(see_other(&format!("/admin/members/{}", urls::component(&member.handle)))),
        Err(e) => {
            let last = e.0.code() == "last_administrator";
            let refused = if last { Refused::beside(&page, &e, "role") } else { Refused::by(&page, e)? };
            draw(&web, &page, &handle, Done { refused, ..Done::default() }).await
        }
    }
}

/// `POST /admin/members/{handle}/password-link`: shows a one-time link, good for 24 hours.
pub async fn password_link(
    web: Data<Web>,
    page: Page,
    handle: Path<String>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    let actor = page.at_least(Role::Administrator)?.clone();
    raw.verify(&web, &page)?;
    let (house, name) = (web.house.clone(), handle.clone());
    let token =
        web.house.db.write(move |conn| links::issue_password(conn, &house, Some(&actor), &name)).await?;
    let link = format!("{}/password?token={token}", web.config.base_url);
    draw(&web, &page, &handle, Done { link: Some(link), ..Done::default() }).await
}

#[derive(Debug, Deserialize)]
struct HandleForm {
    username: String,
}

/// `POST /admin/members/{handle}/handle`: gives a member another user name.
pub async fn set_handle(
    web: Data<Web>,
    page: Page,
    handle: Path<String>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    let actor = page.at_least(Role::Administrator)?.clone();
    let form: HandleForm = raw.accept(&web, &page)?;
    let (house, name, wanted) = (web.house.clone(), handle.clone(), form.username.clone());
    let done =
        web.house.db.write(move |conn| renaming::change_by_staff(conn, &house, &actor, &name, &wanted)).await;
    match done {
        Ok(handle) => Ok(see_other(&format!("/admin/members/{}", urls::component(&handle)))),
        Err(e) => {
            let refused = Refused::by(&page, e)?;
            let done = Done { refused, handle: Some(form.username), ..Done::default() };
            draw(&web, &page, &handle, done).await
        }
    }
}

#[derive(Debug, Deserialize)]
struct ClaimForm {
    #[serde(default)]
    email: String,
}

/// `POST /admin/members/{handle}/claim`: hands an imported account to its owner, with a password link.
pub async fn claim(
    web: Data<Web>,
    page: Page,
    handle: Path<String>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    let actor = page.at_least(Role::Administrator)?.clone();
    let form: ClaimForm = raw.accept(&web, &page)?;
    let (house, name) = (web.house.clone(), handle.clone());
    let done = web
        .house
        .db
        .write(move |conn| {
            standing::claim(conn, &house, &actor, &name, &form.email)?;
            links::issue_password(conn, &house, Some(&actor), &name)
        })
        .await;
    match done {
        Ok(token) => {
            let link = format!("{}/password?token={token}", web.config.base_url);
            draw(&web, &page, &handle, Done { link: Some(link), ..Done::default() }).await
        }
        Err(e) => {
            let refused = Refused::by(&page, e)?;
            draw(&web, &page, &handle, Done { refused, ..Done::default() }).await
        }
    }
}
