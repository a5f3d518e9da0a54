//! Sign-up, by oneself or by invitation, and an invitation opened by somebody who has an account.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::access::{AccessPage, AccessQuery, field_errors, in_language, limited, network, open_session};
use super::again::with_session;
use crate::base::actor::Role;
use crate::base::fault::Kind;
use crate::base::ids::MemberId;
use crate::base::time::UtcTime;
use crate::infra::db::DbError;
use crate::infra::i18n;
use crate::people::accounts::handle::Handle;
use crate::people::accounts::invitations::{self, Invitation};
use crate::people::accounts::password::PasswordPool;
use crate::people::accounts::service::{SignUp, sign_up};
use crate::people::accounts::{self, Member};
use crate::site::settings;
use crate::web::error::{message, status};
use crate::web::limits::{JUDGED, SIGN_UP, guard};
use crate::web::page::see_other;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, RawForm, Web, urls};

/// The path of an invitation's link. The secret stands in the query, which is never logged.
pub fn invitation_path(token: &str) -> String {
    format!("/signup?token={}", urls::component(token))
}

/// Who invites to what, until when.
fn says(shell: &Shell, invitation: &Invitation, by: &Member) -> String {
    let role = shell.t(&format!("role-{}", invitation.role().name()));
    let until = shell.date(invitation.expires_at);
    let key = if invitation.role() == Role::Member { "invited-to-join" } else { "invited-as" };
    let args = [
        ("name", by.display_name.as_str()),
        ("site", shell.site.as_str()),
        ("role", role.as_str()),
        ("date", until.as_str()),
    ];
    i18n::format(shell.locale, key, &args)
}

/// What stands behind a link, and whether people may sign up without one.
struct Door {
    open: bool,
    invitation: Option<Result<(Invitation, Member), accounts::Error>>,
}

async fn door(web: &Web, token: &str, now: UtcTime) -> Result<Door, AppError> {
    let token = token.to_owned();
    web.house
        .db
        .read(move |conn| {
            let invitation = (!token.is_empty()).then(|| invitations::good(conn, &token, now));
            match invitation {
                Some(Err(accounts::Error::Db(e))) => Err(e),
                invitation => Ok(Door { open: settings::load(conn)?.open, invitation }),
            }
        })
        .await
        .map_err(AppError::from)
}

fn blank(page: &Page, token: &str) -> AccessPage {
    let mut template = AccessPage::new(page, "signup", "signup", "/signup");
    token.clone_into(&mut template.token);
    template
}

/// `GET /signup`, with `?token=` for an invitation.
pub async fn form(
    web: Data<Web>,
    mut page: Page,
    query: Query<AccessQuery>,
) -> Result<HttpResponse, AppError> {
    if page.actor.member().is_some() {
        return if query.token.is_empty() {
            Ok(see_other("/"))
        } else {
            opened(&web, &page, &query.token).await
        };
    }
    let door = door(&web, &query.token, page.shell.now).await?;
    page.with_form(&web);
    let shell = &page.shell;
    let mut template = blank(&page, "");
    let code = match door.invitation {
        Some(Ok((invitation, by))) => {
            template.token.clone_from(&query.token);
            template.invited = Some(says(shell, &invitation, &by));
            StatusCode::OK
        }
        Some(Err(e)) => {
            template.notice = Some(message(shell.locale, &e));
            template.still_open = door.open;
            template.shut = !door.open;
            StatusCode::GONE
        }
        None => {
            template.shut = !door.open;
            template.notice = (!door.open).then(|| message(shell.locale, &accounts::Error::Closed));
            StatusCode::OK
        }
    };
    page.answer(&web, code, &template)
}

/// Makes an account for a newcomer. A password that is refused uses up no sign-up; an invitation says itself how
/// many may come by it, so those count for no network.
async fn newcomer(
    web: &Web,
    pool: &PasswordPool,
    network: &str,
    site: &str,
    wanted: SignUp,
    invitation: Option<String>,
) -> Result<MemberId, AppError> {
    let on = web.config.rate_limits;
    guard(&web.house, on, JUDGED, network).await.map_err(limited)?;
    wanted.judge(pool, site).await?;
    if invitation.is_none() {
        guard(&web.house, on, SIGN_UP, network).await.map_err(limited)?;
    }
    Ok(sign_up(&web.house, pool, wanted, invitation).await?)
}

/// True for refusals that come back in the form.
fn retypable(error: &AppError) -> bool {
    error.0.field().is_some()
        || error.0.kind() == Kind::Gone
        || matches!(error.0.code(), "too_many" | "busy" | "sign_up_closed" | "link_invalid")
}

/// `POST /signup`.
pub async fn submit(
    web: Data<Web>,
    pool: Data<PasswordPool>,
    mut page: Page,
    raw: RawForm,
    req: HttpRequest,
) -> Result<HttpResponse, AppError> {
    raw.verify(&web, &page)?;
    page.guest = None;
    let field = |name: &str| raw.get(name).unwrap_or_default();
    let token = field("token").to_owned();
    let mut template = blank(&page, &token);
    field("username").clone_into(&mut template.username);
    field("email").clone_into(&mut template.email);
    let door = door(&web, &token, page.shell.now).await?;
    if let Some(Ok((invitation, by))) = door.invitation {
        template.invited = Some(says(&page.shell, &invitation, &by));
    }
    let enters = template.invited.is_some() || (token.is_empty() && door.open);
    let wanted = match SignUp::parse(field("username"), field("email"), field("password")) {
        Ok(wanted) => wanted,
        Err(mut wrong) => {
            if enters {
                wrong.extend(name_taken(&web, &page, field("username"), &wrong).await?);
            }
            template.errors = field_errors(&page, &wrong);
            return page.answer(&web, StatusCode::UNPROCESSABLE_ENTITY, &template);
        }
    };
    // Only a link that is good spares the limit of its network.
    let good = template.invited.is_some();
    let done = match (token.is_empty(), good) {
        (false, false) => refused(&web, &token, page.shell.now).await,
        _ => newcomer(&web, &pool, &network(&page), &page.shell.site, wanted, good.then_some(token)).await,
    };
    match done {
        Ok(member) => {
            let session = open_session(&web, &page, &req, member).await?;
            Ok(with_session(&web, in_language(&web, &page, see_other("/")), session))
        }
        Err(e) if retypable(&e) => {
            let told = message(page.shell.locale, &*e.0);
            match e.0.field() {
                Some(field) => template.errors = vec![(field.to_owned(), told)],
                None => template.notice = Some(told),
            }
            if enters && e.0.field() == Some("password") {
                let taken = name_taken(&web, &page, raw.get("username").unwrap_or_default(), &[]).await?;
                template.errors.extend(field_errors(&page, taken.as_slice()));
            }
            page.answer(&web, status(e.0.kind()), &template)
        }
        Err(e) => Err(e),
    }
}

/// Whether the user name is taken, told beside what else is wrong, so that newcomers mend all of it at once. Asking
/// counts as judging a password does, which tells the same to who has a good one; an address is never told of so.
async fn name_taken(
    web: &Web,
    page: &Page,
    username: &str,
    wrong: &[accounts::Error],
) -> Result<Option<accounts::Error>, AppError> {
    use crate::base::fault::Fault;
    let Ok(handle) = Handle::parse(username) else { return Ok(None) };
    let told = wrong.iter().any(|e| e.field() == Some("username"));
    if told || guard(&web.house, web.config.rate_limits, JUDGED, &network(page)).await.is_err() {
        return Ok(None);
    }
    let taken = web.house.db.read(move |c| accounts::store::handle_taken(c, &handle).map_err(DbError::from));
    Ok(taken.await?.then_some(accounts::Error::HandleTaken))
}

/// Why the invitation of `token` is good for nothing.
async fn refused(web: &Web, token: &str, now: UtcTime) -> Result<MemberId, AppError> {
    match door(web, token, now).await?.invitation {
        Some(Err(e)) => Err(e.into()),
        // It has become good this very moment.
        _ => Err(accounts::Error::Crowded.into()),
    }
}

#[derive(Template)]
#[template(path = "pages/invitation.html")]
struct InvitationPage {
    shell: Shell,
    heading: String,
    words: Option<String>,
    notice: Option<(&'static str, String)>,
    /// The secret, where it can be accepted.
    token: Option<String>,
    office: bool,
}

impl InvitationPage {
    fn new(shell: &Shell) -> Self {
        Self {
            heading: shell.t("invitation"),
            words: None,
            notice: None,
            token: None,
            office: false,
            shell: shell.clone(),
        }
    }
}

/// An invitation in the hands of somebody who has an account: a higher role can be accepted.
async fn opened(web: &Web, page: &Page, token: &str) -> Result<HttpResponse, AppError> {
    let shell = &page.shell;
    let mut template = InvitationPage::new(shell);
    let code = match door(web, token, shell.now).await?.invitation {
        Some(Ok((invitation, by))) => {
            template.words = Some(says(shell, &invitation, &by));
            if invitation.role() > page.actor.role() {
                template.token = Some(token.to_owned());
            } else {
                template.notice = Some(("", shell.t("invitation-for-others")));
            }
            StatusCode::OK
        }
        Some(Err(e)) => {
            template.notice = Some(("warn", message(shell.locale, &e)));
            StatusCode::GONE
        }
        None => StatusCode::OK,
    };
    page.answer(web, code, &template)
}

/// `POST /invitation`: accepts a higher role.
pub async fn accept(web: Data<Web>, page: Page, raw: RawForm) -> Result<HttpResponse, AppError> {
    let member = page.member()?.clone();
    raw.verify(&web, &page)?;
    let token = raw.get("token").unwrap_or_default().to_owned();
    let house = web.house.clone();
    let done = web.house.db.write(move |conn| invitations::accept(conn, &house, &member, &token)).await;
    let mut template = InvitationPage::new(&page.shell);
    let shell = &page.shell;
    match done {
        Ok(role) => {
            let name = shell.t(&format!("role-{}", role.name()));
            template.notice = Some(("ok", shell.t1("invitation-accepted", "role", name)));
            template.office = role >= Role::Operator;
            page.ok(&web, &template)
        }
        Err(accounts::Error::Db(e)) => Err(DbError::into(e)),
        Err(e) if matches!(e, accounts::Error::Suspended) => Err(e.into()),
        Err(e) => {
            use crate::base::fault::Fault;
            template.notice = Some(("warn", message(shell.locale, &e)));
            page.answer(&web, status(e.kind()), &template)
        }
    }
}
