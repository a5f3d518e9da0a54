//! Invitations in the back office: making a link, the open ones, taking one back.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;
use serde::Deserialize;

use crate::base::actor::Role;
use crate::infra::db::DbError;
use crate::pages::compose::key;
use crate::pages::confirming::{self, Question};
use crate::pages::signup::invitation_path;
use crate::people::accounts::invitations::{self, DAYS, NOTE, USES, Wanted};
use crate::web::filters::When;
use crate::web::forms::NotAChoice;
use crate::web::idempotency::{Outcome, once};
use crate::web::page::see_other;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, RawForm, Refused, Web, urls};

/// What the form sends.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Form {
    pub role: String,
    #[serde(default)]
    pub uses: String,
    #[serde(default)]
    pub days: String,
    #[serde(default)]
    pub note: String,
}

impl Default for Form {
    fn default() -> Self {
        Self { role: Role::Member.name().into(), uses: "1".into(), days: "7".into(), note: String::new() }
    }
}

/// The fields of a new invitation, as typed and as refused. Shown here and on the way of the first hour.
pub(super) struct Fields {
    pub form: Form,
    pub roles: Vec<(String, String)>,
    pub refused: Refused,
    pub uses: i32,
    pub days: i64,
    pub note: usize,
}

impl Fields {
    pub fn new(shell: &Shell, form: Form, refused: Refused) -> Self {
        let name = |r: &Role| (r.name().to_owned(), shell.t(&format!("role-{}", r.name())));
        Self {
            form,
            roles: Role::OF_ACCOUNTS.iter().map(name).collect(),
            refused,
            uses: USES,
            days: DAYS,
            note: NOTE,
        }
    }
}

struct Line {
    id: i64,
    role: String,
    note: String,
    by: String,
    by_url: String,
    used: String,
    until: When,
}

#[derive(Template)]
#[template(path = "backoffice/invitations.html")]
struct InvitationsPage {
    shell: Shell,
    fields: Fields,
    link: Option<String>,
    lines: Vec<Line>,
}

/// What a form did before the page is shown.
#[derive(Default)]
struct Done {
    form: Form,
    link: Option<String>,
    refused: Refused,
}

async fn draw(web: &Web, page: &Page, done: Done) -> Result<HttpResponse, AppError> {
    let (shell, now) = (page.shell.clone(), page.shell.now);
    let open = web.house.db.read(move |conn| invitations::open(conn, now).map_err(DbError::from)).await?;
    let lines = open
        .into_iter()
        .map(|(invitation, by)| Line {
            id: invitation.id,
            role: shell.t(&format!("role-{}", invitation.role().name())),
            used: format!("{} / {}", invitation.used, invitation.uses),
            until: shell.when(invitation.expires_at),
            by_url: urls::member(&by.handle),
            by: by.display_name,
            note: invitation.note,
        })
        .collect();
    let code = done.refused.status();
    let fields = Fields::new(&shell, done.form, done.refused);
    page.answer(web, code, &InvitationsPage { fields, link: done.link, lines, shell })
}

/// `GET /admin/invitations`.
pub async fn list(web: Data<Web>, page: Page) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    draw(&web, &page, Done::default()).await
}

/// Makes the invitation that a form asks for: its id and its link. Nothing when the form was sent before, since no
/// link is kept that could be repeated.
pub(super) async fn make(
    web: &Web,
    page: &Page,
    raw: &RawForm,
    form: &Form,
) -> Result<Option<(i64, String)>, AppError> {
    let actor = page.at_least(Role::Administrator)?.clone();
    let role = Role::parse(&form.role).ok_or(NotAChoice("role"))?;
    let wanted = Wanted::parse(role, &form.uses, &form.days, &form.note)?;
    let (house, key) = (web.house.clone(), key(page, raw, "invite"));
    let made = web
        .house
        .db
        .write(move |conn| {
            once(conn, key.as_ref(), house.clock.now(), |conn| {
                Ok((invitations::make(conn, &house, &actor, &wanted)?, 200, String::new()))
            })
        })
        .await?;
    Ok(match made {
        Outcome::Fresh((id, token)) => {
            Some((id, format!("{}{}", web.config.base_url, invitation_path(&token))))
        }
        Outcome::Repeated(_) => None,
    })
}

/// `POST /admin/invitations`: shows the link, this once.
pub async fn create(web: Data<Web>, page: Page, raw: RawForm) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    let form: Form = raw.accept(&web, &page)?;
    match make(&web, &page, &raw, &form).await {
        Ok(Some((_, link))) => draw(&web, &page, Done { link: Some(link), ..Done::default() }).await,
        Ok(None) => Ok(see_other("/admin/invitations")),
        Err(e) => {
            let refused = Refused::by(&page, e)?;
            draw(&web, &page, Done { form, link: None, refused }).await
        }
    }
}

/// `POST /admin/invitations/{id}/revoke`.
pub async fn revoke(
    web: Data<Web>,
    page: Page,
    id: Path<i64>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    let actor = page.at_least(Role::Administrator)?.clone();
    if confirming::is_unsure(&web, &page, &raw)? {
        return confirming::ask(
            &web,
            &page,
            &raw,
            Question::of(&page.shell, "invitation-revoke-confirm", "revoke", "/admin/invitations"),
        );
    }
    let (house, id) = (web.house.clone(), *id);
    web.house.db.write(move |conn| invitations::revoke(conn, &house, &actor, id)).await?;
    Ok(see_other("/admin/invitations"))
}
