//! What the site is called.

use actix_web::HttpResponse;
use askama::Template;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::progress::{self, State, Step};
use super::{Forgotten, Way, onward};
use crate::base::actor::SignedIn;
use crate::infra::db::{Conn, DbError};
use crate::infra::house::House;
use crate::site::audit;
use crate::site::settings::{self, Settings};
use crate::web::shell::Shell;
use crate::web::{AppError, Page, RawForm, Refused, Web};

/// What the form sends, and what is remembered of before.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Names {
    name: String,
    tagline: String,
}

#[derive(Template)]
#[template(path = "backoffice/start/name.html")]
struct NamePage {
    shell: Shell,
    way: Way,
    typed: Names,
}

pub(super) async fn draw(
    web: &Web,
    page: &Page,
    typed: Option<Names>,
    refused: Refused,
) -> Result<HttpResponse, AppError> {
    let (progress, settings) =
        web.house.db.read(|conn| Ok::<_, DbError>((progress::load(conn)?, settings::load(conn)?))).await?;
    // A name that nobody chose is no name to start from.
    let chosen = progress.state(Step::Name) == State::Done;
    let name = if chosen { settings.name } else { String::new() };
    let template = NamePage {
        way: Way::new(page, &progress, Step::Name, refused),
        typed: typed.unwrap_or(Names { name, tagline: settings.tagline }),
        shell: page.shell.clone(),
    };
    page.answer(web, template.way.refused.status(), &template)
}

pub(super) async fn save(web: &Web, page: &Page, raw: &RawForm) -> Result<HttpResponse, AppError> {
    let actor = page.member()?.clone();
    let field = |name: &str| raw.get(name).unwrap_or_default().trim().to_owned();
    let typed = Names { name: field("name"), tagline: field("tagline") };
    let (house, wanted) = (web.house.clone(), typed.clone());
    let done = web
        .house
        .db
        .write(move |conn| {
            let before = settings::load(conn)?;
            let names = Names { name: before.name.clone(), tagline: before.tagline.clone() };
            rename(conn, &house, &actor, before, wanted.clone())?;
            let names = serde_json::to_value(names).map_err(Forgotten)?;
            progress::done(conn, &house.clock, Step::Name, names)?;
            Ok::<_, AppError>(())
        })
        .await;
    match done {
        Ok(()) => Ok(onward(Step::Name)),
        Err(e) => draw(web, page, Some(typed), Refused::by(page, e)?).await,
    }
}

fn rename(
    conn: &mut Conn,
    house: &House,
    actor: &SignedIn,
    before: Settings,
    names: Names,
) -> Result<(), AppError> {
    let wanted = Settings { name: names.name, tagline: names.tagline, ..before };
    settings::save(conn, &house.clock, &wanted)?;
    audit::note(conn, &house.clock, Some(actor.id), "site.settings", "site", &wanted.name)?;
    Ok(())
}

pub(super) fn undo(
    conn: &mut Conn,
    house: &House,
    actor: &SignedIn,
    before: Value,
) -> Result<Option<Value>, AppError> {
    let names: Names = serde_json::from_value(before).map_err(Forgotten)?;
    let now = settings::load(conn)?;
    rename(conn, house, actor, now, names)?;
    Ok(None)
}
