//! A member's own settings: profile, password, appearance, sessions, tokens.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;
use serde::Deserialize;

use crate::base::actor::{Role, SignedIn};
use crate::base::ids::SessionId;
use crate::base::locale::Locale;
use crate::base::time::DAY;
use crate::content::uploads::Purpose;
use crate::infra::db::DbError;
use crate::pages::confirming::{self, Question};
use crate::pages::pictures::Wish;
use crate::people::accounts::password::PasswordPool;
use crate::people::accounts::service::{
    ProfileChange, change_appearance, change_avatar, change_password, change_profile,
};
use crate::people::accounts::{self, Member, renaming};
use crate::people::sessions::agents::{self, Agent};
use crate::people::sessions::tokens::TokenError;
use crate::people::sessions::{store as session_store, tokens};
use crate::web::error::HttpFault;
use crate::web::files::FileForm;
use crate::web::filters::When;
use crate::web::limits::{LOGIN_ACCOUNT, guard, refund};
use crate::web::page::see_other;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, RawForm, Refused, Web};

struct SessionView {
    id: SessionId,
    agent: String,
    address: String,
    seen: When,
    current: bool,
}

struct TokenView {
    id: i64,
    name: String,
    scopes: String,
    made: When,
    expires: Option<When>,
}

#[derive(Template)]
#[template(path = "pages/settings.html")]
struct SettingsPage {
    shell: Shell,
    member: Member,
    profile: ProfileForm,
    /// A picture was chosen, and has to be once more.
    picture_again: bool,
    /// The user name as typed.
    handle: String,
    /// The day from which the user name may be changed again.
    handle_rests: Option<String>,
    sessions: Vec<SessionView>,
    tokens: Vec<TokenView>,
    /// Those that the member's role can use.
    scopes: Vec<&'static str>,
    refused: Refused,
    /// The card that was saved; empty when that was the page as a whole.
    saved: Option<String>,
    new_token: Option<String>,
    typed: TokenForm,
}

impl SettingsPage {
    fn ticked(&self, scope: &str) -> bool {
        self.typed.scope.iter().any(|s| s == scope)
    }
}

/// What may have happened before the page is shown.
#[derive(Default)]
pub struct Note {
    refused: Refused,
    typed: Option<ProfileForm>,
    picture_again: bool,
    handle: Option<String>,
    new_token: Option<String>,
    token: TokenForm,
}

/// "Firefox on Windows"; a dash when the browser did not say.
fn device(shell: &Shell, agent: &str) -> String {
    match agents::agent(agent) {
        None => "—".into(),
        Some(Agent { browser, system: Some(system) }) => {
            shell.t2("session-device", "browser", browser, "system", system)
        }
        Some(Agent { browser, system: None }) => browser,
    }
}

async fn draw(web: &Web, page: &Page, note: Note) -> Result<HttpResponse, AppError> {
    let id = page.member()?.id;
    let now = page.shell.now;
    let (member, sessions, tokens) = web
        .house
        .db
        .read(move |conn| {
            let member = accounts::store::find(conn, id)?.ok_or(HttpFault::SignIn)?;
            Ok::<_, AppError>((member, session_store::list(conn, id, now)?, tokens::list(conn, id)?))
        })
        .await?;
    let current = page.session();
    let profile = note.typed.unwrap_or_else(|| ProfileForm::of(&member));
    let free = member.handle_changed_at.map(|at| at.plus(renaming::REST)).filter(|at| *at > now);
    let template = SettingsPage {
        handle: note.handle.unwrap_or_else(|| member.handle.clone()),
        handle_rests: free.map(|at| page.shell.date(at)),
        member,
        profile,
        picture_again: note.picture_again,
        sessions: sessions
            .into_iter()
            .map(|s| SessionView {
                id: s.id,
                agent: device(&page.shell, &s.agent),
                address: s.address,
                seen: page.shell.when(s.seen_at),
                current: Some(s.id) == current,
            })
            .collect(),
        tokens: tokens
            .into_iter()
            .map(|t| TokenView {
                id: t.id,
                name: t.name,
                scopes: t.scopes,
                made: page.shell.when(t.created_at),
                expires: t.expires_at.map(|at| page.shell.when(at)),
            })
            .collect(),
        scopes: scopes_of(page.actor.role(), page.shell.reader.as_ref().is_some_and(|r| r.moderates)),
        saved: page
            .shell
            .target
            .split_once("?saved")
            .map(|(_, card)| card.trim_start_matches('=').to_owned()),
        refused: note.refused,
        new_token: note.new_token,
        typed: note.token,
        shell: page.shell.clone(),
    };
    page.answer(web, template.refused.status(), &template)
}

/// The page at the card `name`, which was saved.
fn saved(name: &str) -> HttpResponse {
    see_other(&format!("/settings?saved={name}#card-{name}"))
}

/// The scopes that an account can use.
fn scopes_of(role: Role, moderates: bool) -> Vec<&'static str> {
    let usable = |scope: &&str| match *scope {
        "moderate" => moderates,
        "admin" => role >= Role::Operator,
        _ => true,
    };
    tokens::SCOPES.into_iter().filter(usable).collect()
}

/// The page again with why something was refused, and with what was typed in `note`.
async fn refused(web: &Web, page: &Page, error: AppError, note: Note) -> Result<HttpResponse, AppError> {
    draw(web, page, Note { refused: Refused::by(page, error)?, ..note }).await
}

/// `GET /settings`.
pub async fn show(web: Data<Web>, page: Page) -> Result<HttpResponse, AppError> {
    draw(&web, &page, Note::default()).await
}

/// Name, picture, language and the like: what is not sent stays as it is.
#[derive(Debug, Clone, Deserialize)]
struct ProfileForm {
    display_name: Option<String>,
    #[serde(default)]
    bio: String,
    public: Option<String>,
    locale: Option<String>,
    theme: Option<String>,
    /// The picture is to go.
    remove: Option<String>,
}

impl ProfileForm {
    fn of(member: &Member) -> Self {
        Self {
            display_name: Some(member.display_name.clone()),
            bio: member.bio.clone(),
            public: member.profile_public.then(String::new),
            locale: member.locale.clone(),
            theme: member.theme.clone(),
            remove: None,
        }
    }

    fn name(&self) -> &str {
        self.display_name.as_deref().unwrap_or_default()
    }

    fn change(&self) -> Option<ProfileChange> {
        let (display_name, bio) = (self.display_name.clone()?, self.bio.clone());
        Some(ProfileChange { display_name, bio, public: self.public.is_some() })
    }
}

/// `POST /settings/profile`.
pub async fn profile(web: Data<Web>, page: Page, sent: FileForm) -> Result<HttpResponse, AppError> {
    page.member()?;
    let form: ProfileForm = sent.accept(&web, &page)?;
    let wanted = form.change();
    let mut refused = Refused::by_all(&page, wanted.iter().flat_map(ProfileChange::wrong))?;
    let wish = Wish::read(&sent, "file", "remove", Purpose::Avatar).await;
    let wish = refused.heed(&page, "file", wish)?;
    let picture_again = wish.as_ref().is_some_and(Wish::is_brought);
    if let Some(wish) = wish.filter(|_| !refused.is_refused()) {
        match save_profile(&web, &page, &form, wanted, wish).await {
            Ok(()) => return Ok(saved("profile")),
            Err(e) => refused = Refused::by(&page, e)?,
        }
    }
    draw(&web, &page, Note { refused, typed: Some(form), picture_again, ..Note::default() }).await
}

async fn save_profile(
    web: &Web,
    page: &Page,
    form: &ProfileForm,
    wanted: Option<ProfileChange>,
    wish: Wish,
) -> Result<(), AppError> {
    let (member, house) = (page.member()?.clone(), web.house.clone());
    let looks = form.locale.as_deref().map(Locale::parse).zip(form.theme.clone());
    web.house
        .db
        .write(move |conn| {
            if let Some(wanted) = &wanted {
                change_profile(conn, &house, &member, wanted)?;
            }
            if let Some((locale, theme)) = &looks {
                change_appearance(conn, member.id, *locale, Some(theme))?;
            }
            let old = accounts::store::find(conn, member.id)?.and_then(|m| m.avatar);
            wish.grant(conn, &house, member.id, Purpose::Avatar, old.as_deref(), |conn, key| {
                Ok(change_avatar(conn, &house, member.id, key)?)
            })
        })
        .await
}

#[derive(Debug, Deserialize)]
struct HandleForm {
    username: String,
    current: String,
}

/// `POST /settings/handle`: another user name, for who knows the password.
pub async fn handle(
    web: Data<Web>,
    pool: Data<PasswordPool>,
    page: Page,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    let member = page.member()?.clone();
    let form: HandleForm = raw.accept(&web, &page)?;
    match change_handle(&web, &pool, &member, &form.current, &form.username).await {
        Ok(()) => Ok(saved("handle")),
        Err(e) => {
            // Two forms of the page ask for the password.
            let refused = match e.0.field() {
                Some("current") => Refused::beside(&page, &e, "handle-current"),
                _ => Refused::by(&page, e)?,
            };
            draw(&web, &page, Note { refused, handle: Some(form.username), ..Note::default() }).await
        }
    }
}

/// Changes the handle of `member`; wrong passwords count as failed logins do.
pub async fn change_handle(
    web: &Web,
    pool: &PasswordPool,
    member: &SignedIn,
    password: &str,
    wanted: &str,
) -> Result<(), AppError> {
    let (on, account) = (web.config.rate_limits, format!("id:{}", member.id));
    guard(&web.house, on, LOGIN_ACCOUNT, &account).await.map_err(super::access::limited)?;
    let done = renaming::change_own(&web.house, pool, member, password, wanted).await;
    if !matches!(done, Err(accounts::Error::PasswordWrong)) {
        refund(&web.house, on, LOGIN_ACCOUNT, &account).await?;
    }
    Ok(done.map(drop)?)
}

#[derive(Debug, Deserialize)]
struct PasswordForm {
    current: String,
    password: String,
}

/// `POST /settings/password`: ends every other session and all tokens.
pub async fn password(
    web: Data<Web>,
    pool: Data<PasswordPool>,
    page: Page,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    let member = page.member()?.id;
    let form: PasswordForm = raw.accept(&web, &page)?;
    let current = page.session();
    let (on, account) = (web.config.rate_limits, format!("id:{member}"));
    guard(&web.house, on, LOGIN_ACCOUNT, &account).await.map_err(super::access::limited)?;
    let done = change_password(&web.house, &pool, member, &form.current, &form.password).await;
    if !matches!(done, Err(accounts::Error::PasswordWrong)) {
        refund(&web.house, on, LOGIN_ACCOUNT, &account).await?;
    }
    let hash = match done {
        Ok(hash) => hash,
        Err(e) => return refused(&web, &page, e.into(), Note::default()).await,
    };
    web.house
        .db
        .write(move |conn| {
            accounts::store::set_password(conn, member, &hash)?;
            session_store::close_all(conn, member, current)?;
            tokens::revoke_all(conn, member)?;
            Ok::<_, DbError>(())
        })
        .await?;
    Ok(saved("password"))
}

/// `POST /settings/sessions/{id}/close`.
pub async fn close_session(
    web: Data<Web>,
    page: Page,
    id: Path<i64>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    let member = page.member()?.id;
    raw.verify(&web, &page)?;
    let id = SessionId(*id);
    let closed =
        web.house.db.write(move |c| session_store::close(c, member, id).map_err(DbError::from)).await?;
    if closed { Ok(saved("sessions")) } else { Err(HttpFault::Absent.into()) }
}

/// `POST /settings/sessions/close-others`.
pub async fn close_others(web: Data<Web>, page: Page, raw: RawForm) -> Result<HttpResponse, AppError> {
    let member = page.member()?.id;
    raw.verify(&web, &page)?;
    let current = page.session();
    web.house.db.write(move |c| session_store::close_all(c, member, current).map_err(DbError::from)).await?;
    Ok(saved("sessions"))
}

#[derive(Debug, Deserialize)]
struct TokenForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    scope: Vec<String>,
    #[serde(default)]
    days: String,
}

impl Default for TokenForm {
    fn default() -> Self {
        Self { name: String::new(), scope: vec!["read".into()], days: "90".into() }
    }
}

/// `POST /settings/tokens`: shows the token once.
pub async fn create_token(web: Data<Web>, page: Page, raw: RawForm) -> Result<HttpResponse, AppError> {
    let member = page.member()?.id;
    let form: TokenForm = raw.accept(&web, &page)?;
    let scopes = tokens::parse_scopes(&form.scope.join(",")).ok_or(TokenError::ScopesMissing);
    let (name, scopes, days) = match (tokens::parse_name(&form.name), scopes, tokens::parse_days(&form.days))
    {
        (Ok(name), Ok(scopes), Ok(days)) => (name, scopes, days),
        (Err(e), ..) | (_, Err(e), _) | (.., Err(e)) => {
            return refused(&web, &page, e.into(), Note { token: form, ..Note::default() }).await;
        }
    };
    let expires = days.map(|d| page.shell.now.plus(d * DAY));
    let house = web.house.clone();
    let token = web
        .house
        .db
        .write(move |c| tokens::create(c, &house, member, &name, &scopes, expires).map_err(DbError::from))
        .await?;
    draw(&web, &page, Note { new_token: Some(token), ..Note::default() }).await
}

/// `POST /settings/tokens/{id}/revoke`.
pub async fn revoke_token(
    web: Data<Web>,
    page: Page,
    id: Path<i64>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    let member = page.member()?.id;
    if confirming::is_unsure(&web, &page, &raw)? {
        let question = Question::of(&page.shell, "token-revoke-confirm", "revoke", "/settings#card-tokens");
        return confirming::ask(&web, &page, &raw, question);
    }
    let id = *id;
    let gone = web.house.db.write(move |c| tokens::revoke(c, member, id).map_err(DbError::from)).await?;
    if gone { Ok(saved("tokens")) } else { Err(HttpFault::Absent.into()) }
}
