//! A link for the first members.

use actix_web::HttpResponse;
use askama::Template;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::progress::{self, Step};
use super::{Forgotten, Way, onward};
use crate::base::actor::SignedIn;
use crate::infra::db::{Conn, DbError};
use crate::infra::house::House;
use crate::pages::backoffice::invitations::{Fields, Form, make};
use crate::people::accounts::{self, invitations};
use crate::web::shell::Shell;
use crate::web::{AppError, Page, RawForm, Refused, Web};

/// The invitations that were made here.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Made {
    ids: Vec<i64>,
}

#[derive(Template)]
#[template(path = "backoffice/start/invitation.html")]
struct InvitationPage {
    shell: Shell,
    way: Way,
    fields: Fields,
    link: Option<String>,
}

async fn draw(
    web: &Web,
    page: &Page,
    form: Form,
    link: Option<String>,
    refused: Refused,
) -> Result<HttpResponse, AppError> {
    let progress = web.house.db.read(|conn| progress::load(conn).map_err(DbError::from)).await?;
    let shell = page.shell.clone();
    let (status, way) = (refused.status(), Way::new(page, &progress, Step::Invitation, refused.clone()));
    let fields = Fields::new(&shell, form, refused);
    page.answer(web, status, &InvitationPage { way, fields, link, shell })
}

pub(super) async fn show(web: &Web, page: &Page) -> Result<HttpResponse, AppError> {
    // The first link is for a group rather than for one.
    let form = Form { uses: "20".into(), days: "14".into(), ..Form::default() };
    draw(web, page, form, None, Refused::default()).await
}

pub(super) async fn save(web: &Web, page: &Page, raw: &RawForm) -> Result<HttpResponse, AppError> {
    let form: Form = raw.parse()?;
    let (id, link) = match make(web, page, raw, &form).await {
        Ok(Some(made)) => made,
        Ok(None) => return Ok(onward(Step::Invitation)),
        Err(e) => return draw(web, page, form, None, Refused::by(page, e)?).await,
    };
    let house = web.house.clone();
    web.house
        .db
        .write(move |conn| {
            let before = progress::before(conn, Step::Invitation)?;
            let mut made: Made =
                before.map(serde_json::from_value).transpose().map_err(Forgotten)?.unwrap_or_default();
            made.ids.push(id);
            let made = serde_json::to_value(made).map_err(Forgotten)?;
            progress::put(conn, &house.clock, Step::Invitation, made)?;
            Ok::<_, AppError>(())
        })
        .await?;
    draw(web, page, Form::default(), Some(link), Refused::default()).await
}

pub(super) fn undo(
    conn: &mut Conn,
    house: &House,
    actor: &SignedIn,
    before: Value,
) -> Result<Option<Value>, AppError> {
    let made: Made = serde_json::from_value(before).map_err(Forgotten)?;
    for id in made.ids {
        match invitations::revoke(conn, house, actor, id) {
            // Taken back in the list meanwhile.
            Ok(()) | Err(accounts::Error::Absent) => {}
            Err(e) => return Err(e.into()),
        }
    }
    Ok(None)
}
