//! Coming in and going out: login, logout, one-time links, and the language and theme switches.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::again::{page_of, resume, with_session};
use super::signup;
use crate::base::ids::MemberId;
use crate::base::locale::Locale;
use crate::base::time::UtcTime;
use crate::infra::db::DbError;
use crate::people::accounts::handle::Handle;
use crate::people::accounts::links::{self, Purpose};
use crate::people::accounts::model::Email;
use crate::people::accounts::password::{Password, PasswordPool};
use crate::people::accounts::service::authenticate;
use crate::people::accounts::{self, store};
use crate::people::sessions;
use crate::web::error::{HttpFault, message};
use crate::web::forms::{NOTICE, is_notice, is_sign, local_path};
use crate::web::limits::{JUDGED, LOGIN_ACCOUNT, LOGIN_ADDRESS, RESET, guard, refund};
use crate::web::page::{cookie, see_other};
use crate::web::shell::Shell;
use crate::web::state::address_prefix;
use crate::web::{AppError, Page, RawForm, Web, urls};

/// Seconds for which a browser keeps a choice of language or theme.
const YEAR: i64 = 365 * 86_400;

/// A form on a page of its own, with what was typed.
#[derive(Template)]
#[template(path = "pages/access.html")]
pub(super) struct AccessPage {
    shell: Shell,
    mode: &'static str,
    heading: String,
    action: &'static str,
    pub(super) username: String,
    pub(super) email: String,
    login: String,
    next: String,
    pub(super) token: String,
    pub(super) errors: Vec<(String, String)>,
    pub(super) saved: Vec<(String, String)>,
    /// The sign of the member who typed what is saved.
    pub(super) writer: String,
    pub(super) notice: Option<String>,
    /// Who invites to what.
    pub(super) invited: Option<String>,
    /// There is nothing to fill in.
    pub(super) shut: bool,
    /// The invitation is no good, but nobody needs one.
    pub(super) still_open: bool,
}

impl AccessPage {
    pub(super) fn new(page: &Page, mode: &'static str, heading: &str, action: &'static str) -> Self {
        Self {
            heading: page.shell.t(heading),
            shell: page.shell.clone(),
            mode,
            action,
            username: String::new(),
            email: String::new(),
            login: String::new(),
            next: "/".into(),
            token: String::new(),
            errors: Vec::new(),
            saved: Vec::new(),
            writer: String::new(),
            notice: None,
            invited: None,
            shut: false,
            still_open: false,
        }
    }

    /// The login that comes back to this invitation.
    fn login_url(&self) -> String {
        if self.token.is_empty() {
            return "/login".into();
        }
        format!("/login?next={}", urls::component(&signup::invitation_path(&self.token)))
    }

    /// True when the field's error says what its hint says.
    fn repeats(&self, field: &str) -> bool {
        let shell = &self.shell;
        let said = [shell.t("error-handle-invalid"), shell.t1("error-password-length", "limit", "least")];
        self.error_of(field).is_some_and(|error| said.contains(error))
    }

    fn error_of(&self, field: &str) -> Option<&String> {
        self.errors.iter().find(|(f, _)| f == field).map(|(_, m)| m)
    }
}

pub(super) fn network(page: &Page) -> String {
    page.address.map_or_else(|| "unknown".to_owned(), address_prefix)
}

/// `?next=&token=`.
#[derive(Debug, Default, Deserialize)]
pub struct AccessQuery {
    #[serde(default)]
    next: String,
    #[serde(default)]
    pub(super) token: String,
}

pub(super) fn login_page(page: &Page, next: &str, login: &str) -> AccessPage {
    let next = local_path(Some(next)).to_owned();
    AccessPage { login: login.into(), next, ..AccessPage::new(page, "login", "login", "/login") }
}

/// `GET /login`.
pub async fn login_form(
    web: Data<Web>,
    mut page: Page,
    query: Query<AccessQuery>,
) -> Result<HttpResponse, AppError> {
    if page.actor.member().is_some() {
        return Ok(see_other(local_path(Some(&query.next))));
    }
    page.with_form(&web);
    let template = login_page(&page, &query.next, "");
    page.ok(&web, &template)
}

fn saved_fields(raw: &RawForm) -> Vec<(String, String)> {
    raw.kept()
        .into_iter()
        .filter_map(|(name, value)| name.strip_prefix("saved.").map(|n| (n.to_owned(), value)))
        .collect()
}

/// `POST /login`.
pub async fn login(
    web: Data<Web>,
    pool: Data<PasswordPool>,
    mut page: Page,
    raw: RawForm,
    req: HttpRequest,
) -> Result<HttpResponse, AppError> {
    raw.verify(&web, &page)?;
    let login = raw.get("login").unwrap_or_default().to_owned();
    let next = local_path(raw.get("next")).to_owned();
    let saved = saved_fields(&raw);
    let done = attempt(&web, &pool, &page, &login, raw.get("password").unwrap_or_default()).await;
    match done {
        Ok(member) => {
            let response = if saved.is_empty() { see_other(&next) } else { HttpResponse::Ok().finish() };
            let token = open_session(&web, &page, &req, member).await?;
            if saved.is_empty() {
                return Ok(with_session(&web, response, token));
            }
            // Another account is shown nothing of it.
            if !is_sign(&web.key, member, raw.get("writer").unwrap_or_default()) {
                return Ok(with_session(&web, see_other(&page_of(&next)), token));
            }
            let page = Page::of_session(&req, &web, &token).await?;
            resume(&web, &page, &token, next, saved).await
        }
        Err(e) if matches!(e.0.code(), "credentials_wrong" | "too_many" | "busy") => {
            page.guest = None;
            let mut template = login_page(&page, &next, &login);
            template.notice = (!saved.is_empty()).then(|| page.shell.t("session-ended"));
            template.saved = saved;
            raw.get("writer").unwrap_or_default().clone_into(&mut template.writer);
            template.errors = vec![("login".into(), message(page.shell.locale, &*e.0))];
            page.answer(&web, crate::web::error::status(e.0.kind()), &template)
        }
        Err(e) => Err(e),
    }
}

/// Checks name and password under the limits of account and network.
pub async fn attempt(
    web: &Web,
    pool: &PasswordPool,
    page: &Page,
    login: &str,
    password: &str,
) -> Result<MemberId, AppError> {
    attempt_from(web, pool, &network(page), login, password).await
}

/// [`attempt`] for a known network.
pub async fn attempt_from(
    web: &Web,
    pool: &PasswordPool,
    network: &str,
    login: &str,
    password: &str,
) -> Result<MemberId, AppError> {
    let on = web.config.rate_limits;
    guard(&web.house, on, LOGIN_ADDRESS, network).await.map_err(limited)?;
    let account = crate::base::fold::fold(login.trim()).chars().take(100).collect::<String>();
    guard(&web.house, on, LOGIN_ACCOUNT, &account).await.map_err(limited)?;
    let done = authenticate(&web.house, pool, login, password).await;
    if !matches!(done, Err(accounts::Error::CredentialsWrong)) {
        // Only wrong guesses count.
        refund(&web.house, on, LOGIN_ADDRESS, network).await?;
        refund(&web.house, on, LOGIN_ACCOUNT, &account).await?;
    }
    Ok(done?)
}

/// A limit's refusal as an error of the web.
pub fn limited(error: crate::web::limits::LimitError) -> AppError {
    match error {
        crate::web::limits::LimitError::TooMany(e) => e.into(),
        crate::web::limits::LimitError::Db(e) => e.into(),
    }
}

pub(super) async fn open_session(
    web: &Web,
    page: &Page,
    req: &HttpRequest,
    member: MemberId,
) -> Result<String, AppError> {
    let agent = req.headers().get("user-agent").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let (house, network) = (web.house.clone(), network(page));
    Ok(web
        .house
        .db
        .write(move |conn| {
            sessions::store::open(conn, &house, member, &agent, &network).map_err(DbError::from)
        })
        .await?)
}

/// `POST /logout`.
pub async fn logout(web: Data<Web>, page: Page, raw: RawForm) -> Result<HttpResponse, AppError> {
    let member = page.member()?.id;
    raw.verify(&web, &page)?;
    if let Some(session) = page.session() {
        web.house
            .db
            .write(move |conn| sessions::store::close(conn, member, session).map_err(DbError::from))
            .await?;
    }
    let mut response = see_other("/");
    let mut gone = cookie(&web, web.config.session_cookie(), String::new(), Some(0));
    gone.make_removal();
    if response.add_cookie(&gone).is_err() {
        tracing::error!("a session cookie could not be removed");
    }
    Ok(response)
}

pub(super) fn field_errors(page: &Page, wrong: &[accounts::Error]) -> Vec<(String, String)> {
    use crate::base::fault::Fault;
    wrong
        .iter()
        .map(|e| (e.field().unwrap_or("username").to_owned(), message(page.shell.locale, e)))
        .collect()
}

fn link_page(page: &Page, purpose: Purpose, token: &str) -> AccessPage {
    let (mode, heading, action) = match purpose {
        Purpose::FirstAdministrator => ("first", "first-administrator", "/first-administrator"),
        Purpose::Password | Purpose::Invitation => ("password", "password-new", "/password"),
    };
    AccessPage { token: token.into(), ..AccessPage::new(page, mode, heading, action) }
}

async fn link_form(
    web: &Web,
    mut page: Page,
    purpose: Purpose,
    token: &str,
) -> Result<HttpResponse, AppError> {
    let (asked, now) = (token.to_owned(), page.shell.now);
    let good =
        web.house.db.read(move |conn| links::peek(conn, purpose, &asked, now).map_err(DbError::from)).await?;
    if good.is_none() {
        return dead_link(web, &page, link_page(&page, purpose, ""));
    }
    page.with_form(web);
    let template = link_page(&page, purpose, token);
    page.ok(web, &template)
}

/// A link that is used up, too old or replaced: the page says where another one comes from.
fn dead_link(web: &Web, page: &Page, mut template: AccessPage) -> Result<HttpResponse, AppError> {
    let key = if template.mode == "first" { "link-dead-first" } else { "link-dead-password" };
    template.notice = Some(page.shell.t(key));
    template.shut = true;
    page.answer(web, StatusCode::GONE, &template)
}

/// `GET /first-administrator?token=`.
pub async fn first_form(
    web: Data<Web>,
    page: Page,
    query: Query<AccessQuery>,
) -> Result<HttpResponse, AppError> {
    link_form(&web, page, Purpose::FirstAdministrator, &query.token).await
}

/// `GET /password?token=`.
pub async fn password_form(
    web: Data<Web>,
    page: Page,
    query: Query<AccessQuery>,
) -> Result<HttpResponse, AppError> {
    link_form(&web, page, Purpose::Password, &query.token).await
}

/// `POST /first-administrator`.
pub async fn first_submit(
    web: Data<Web>,
    pool: Data<PasswordPool>,
    mut page: Page,
    raw: RawForm,
    req: HttpRequest,
) -> Result<HttpResponse, AppError> {
    raw.verify(&web, &page)?;
    page.guest = None;
    let field = |name: &str| raw.get(name).unwrap_or_default().to_owned();
    let mut template = link_page(&page, Purpose::FirstAdministrator, &field("token"));
    template.username = field("username");
    template.email = field("email");
    let shaped = (
        Handle::shape(&field("username")),
        Email::parse(&field("email")),
        Password::choose(&field("password")),
    );
    let (handle, email, chosen) = match shaped {
        (Ok(handle), Ok(email), Ok(chosen)) => (handle, email, chosen),
        // Everything that is wrong, at once.
        (handle, email, chosen) => {
            let wrong: Vec<_> = [handle.err(), email.err(), chosen.err()].into_iter().flatten().collect();
            template.errors = field_errors(&page, &wrong);
            return page.answer(&web, StatusCode::UNPROCESSABLE_ENTITY, &template);
        }
    };
    let made = async {
        let about = vec![handle.as_str().to_owned(), email.text.clone(), page.shell.site.clone()];
        pool.judge(chosen.clone(), about).await?;
        let hash = pool.hash(chosen).await?;
        let (house, token) = (web.house.clone(), field("token"));
        web.house
            .db
            .write(move |conn| links::use_first_link(conn, &house, &token, &handle, &email, &hash))
            .await
    }
    .await;
    finish_link(&web, page, &req, template, made).await
}

/// A new password that is neither short nor soon guessed.
async fn acceptable(pool: &PasswordPool, text: &str, site: &str) -> Result<Password, accounts::Error> {
    let chosen = Password::choose(text)?;
    pool.judge(chosen.clone(), vec![site.to_owned()]).await?;
    Ok(chosen)
}

/// `POST /password`.
pub async fn password_submit(
    web: Data<Web>,
    pool: Data<PasswordPool>,
    mut page: Page,
    raw: RawForm,
    req: HttpRequest,
) -> Result<HttpResponse, AppError> {
    raw.verify(&web, &page)?;
    page.guest = None;
    let token = raw.get("token").unwrap_or_default().to_owned();
    let template = link_page(&page, Purpose::Password, &token);
    guard(&web.house, web.config.rate_limits, JUDGED, &network(&page)).await.map_err(limited)?;
    let chosen = match acceptable(&pool, raw.get("password").unwrap_or_default(), &page.shell.site).await {
        Ok(chosen) => chosen,
        Err(e) => return finish_link(&web, page, &req, template, Err(e)).await,
    };
    guard(&web.house, web.config.rate_limits, RESET, &network(&page)).await.map_err(limited)?;
    let made = async {
        let hash = pool.hash(chosen).await?;
        let house = web.house.clone();
        web.house
            .db
            .write(move |conn| {
                let member = links::use_password_link(conn, &house, &token, &hash)?;
                sessions::store::close_all(conn, member, None)?;
                sessions::tokens::revoke_all(conn, member)?;
                Ok::<_, accounts::Error>(member)
            })
            .await
    }
    .await;
    finish_link(&web, page, &req, template, made).await
}

/// `onward`, in the language in which a newcomer set out.
pub(super) fn in_language(web: &Web, page: &Page, mut onward: HttpResponse) -> HttpResponse {
    let locale = page.shell.locale.code().to_owned();
    if onward.add_cookie(&cookie(web, "locale", locale, Some(YEAR))).is_err() {
        tracing::error!("the cookie of a language could not be set");
    }
    onward
}

async fn finish_link(
    web: &Web,
    page: Page,
    req: &HttpRequest,
    mut template: AccessPage,
    made: Result<MemberId, accounts::Error>,
) -> Result<HttpResponse, AppError> {
    use crate::base::fault::Fault;
    match made {
        Ok(member) => {
            let token = open_session(web, &page, req, member).await?;
            if template.mode != "first" {
                return Ok(with_session(web, see_other("/"), token));
            }
            Ok(with_session(web, in_language(web, &page, see_other(super::backoffice::start::PATH)), token))
        }
        Err(e) if e.field().is_some() => {
            template.errors = field_errors(&page, &[e]);
            page.answer(web, StatusCode::UNPROCESSABLE_ENTITY, &template)
        }
        Err(accounts::Error::LinkInvalid) => dead_link(web, &page, template),
        Err(e) => Err(e.into()),
    }
}

/// `POST /locale`, `/theme` and `/notice`: the switches check the origin instead of a token, so that visitors need no
/// cookie before they choose.
pub async fn switch(web: Data<Web>, page: Page, raw: RawForm) -> Result<HttpResponse, AppError> {
    if raw.is_cross_site() {
        return Err(HttpFault::StaleForm.into());
    }
    let mut response = see_other(local_path(raw.get("next")));
    let locale = raw.get("locale").map(|l| Locale::parse(l).ok_or(HttpFault::Malformed)).transpose()?;
    let theme = raw.get("theme").filter(|t| matches!(*t, "light" | "dark" | "system")).map(str::to_owned);
    let year = Some(YEAR);
    if let Some(locale) = locale {
        let _ = response.add_cookie(&cookie(&web, "locale", locale.code().to_owned(), year));
    }
    if let Some(theme) = &theme {
        let _ = response.add_cookie(&cookie(&web, "theme", theme.clone(), year));
    }
    if let Some(key) = raw.get("notice").filter(|key| is_notice(key)) {
        let _ = response.add_cookie(&cookie(&web, NOTICE, key.to_owned(), year));
    }
    if let Some(member) = page.actor.member().filter(|_| locale.is_some() || theme.is_some()) {
        let (id, locale) = (member.id, locale.or(member.locale));
        let theme = theme.or_else(|| member.theme.clone());
        web.house
            .db
            .write(move |conn| accounts::service::change_appearance(conn, id, locale, theme.as_deref()))
            .await?;
    }
    Ok(response)
}

/// True while nobody administers the site.
pub fn needs_first(conn: &mut crate::infra::db::Conn, now: UtcTime) -> Result<bool, DbError> {
    Ok(store::administrators(conn, now)?.is_empty())
}
