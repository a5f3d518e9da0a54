//! The colour that all others follow from, and the logo.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::progress::{self, Step};
use super::{Forgotten, Way, onward};
use crate::base::actor::{Role, SignedIn};
use crate::content::uploads;
use crate::infra::db::{Conn, DbError};
use crate::infra::house::House;
use crate::pages::pictures;
use crate::site::audit;
use crate::site::branding::{self, Brand, Colour};
use crate::web::files::Read;
use crate::web::page::see_other;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, RawForm, Refused, Web};

/// How it was before.
#[derive(Debug, Serialize, Deserialize)]
struct Before {
    colour: String,
    /// The key of the logo, which is kept for as long as the step can be undone.
    #[serde(default)]
    former: Option<String>,
}

#[derive(Template)]
#[template(path = "backoffice/start/look.html")]
struct LookPage {
    shell: Shell,
    way: Way,
    colour: String,
    logo: Option<String>,
}

pub(super) async fn draw(
    web: &Web,
    page: &Page,
    colour: Option<String>,
    refused: Refused,
) -> Result<HttpResponse, AppError> {
    let (progress, brand) = web
        .house
        .db
        .read(|conn| Ok::<_, DbError>((progress::load(conn)?, branding::service::load(conn)?)))
        .await?;
    let template = LookPage {
        way: Way::new(page, &progress, Step::Look, refused),
        colour: colour.unwrap_or_else(|| brand.colour.to_string()),
        logo: brand.logo,
        shell: page.shell.clone(),
    };
    page.answer(web, template.way.refused.status(), &template)
}

fn remember(conn: &mut Conn, house: &House, brand: &Brand) -> Result<(), AppError> {
    let before = Before { colour: brand.colour.to_string(), former: brand.logo.clone() };
    let before = serde_json::to_value(before).map_err(Forgotten)?;
    Ok(progress::done(conn, &house.clock, Step::Look, before)?)
}

fn paint(conn: &mut Conn, house: &House, actor: &SignedIn, colour: &str) -> Result<(), AppError> {
    let colour = Colour::parse(colour).ok_or(branding::Error::Colour)?;
    let brand = branding::service::load(conn)?;
    branding::service::save(conn, &house.clock, &Brand { colour, ..brand })?;
    audit::note(conn, &house.clock, Some(actor.id), "site.branding", "site", &colour.to_string())?;
    Ok(())
}

pub(super) async fn save(web: &Web, page: &Page, raw: &RawForm) -> Result<HttpResponse, AppError> {
    let actor = page.member()?.clone();
    let colour = raw.get("colour").unwrap_or_default().trim().to_owned();
    let (house, wanted) = (web.house.clone(), colour.clone());
    let done = web
        .house
        .db
        .write(move |conn| {
            let before = branding::service::load(conn)?;
            paint(conn, &house, &actor, &wanted)?;
            remember(conn, &house, &before)
        })
        .await;
    match done {
        Ok(()) => Ok(onward(Step::Look)),
        Err(e) => draw(web, page, Some(colour), Refused::by(page, e)?).await,
    }
}

/// `POST /admin/start/look/logo`: a logo, or none, and the step again.
pub async fn logo(
    web: Data<Web>,
    page: Page,
    req: HttpRequest,
    form: Read,
) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    let (before, former) = web
        .house
        .db
        .read(|conn| {
            let (brand, noted) = (branding::service::load(conn)?, progress::before(conn, Step::Look)?);
            let noted = noted.map(serde_json::from_value::<Before>).transpose().map_err(Forgotten)?;
            let former = noted.map_or_else(|| brand.logo.clone(), |before| before.former);
            Ok::<_, AppError>((brand, former))
        })
        .await?;
    match pictures::take_logo(&web, &page, &req, form, former).await {
        Ok(()) => {
            let house = web.house.clone();
            web.house.db.write(move |conn| remember(conn, &house, &before)).await?;
            Ok(see_other(&Step::Look.url()))
        }
        Err(e) => draw(&web, &page, None, Refused::by(&page, e)?).await,
    }
}

pub(super) fn undo(
    conn: &mut Conn,
    house: &House,
    actor: &SignedIn,
    before: Value,
) -> Result<Option<Value>, AppError> {
    let before: Before = serde_json::from_value(before).map_err(Forgotten)?;
    paint(conn, house, actor, &before.colour)?;
    let now = branding::service::load(conn)?.logo;
    // Thrown away elsewhere meanwhile: then what stands there now was chosen there.
    let lost = match &before.former {
        Some(key) => !uploads::stands(conn, key)?,
        None => false,
    };
    if now != before.former && !lost {
        if let Some(key) = now {
            uploads::forget(conn, &key)?;
        }
        branding::service::set_logo(conn, &house.clock, before.former.as_deref())?;
    }
    Ok(None)
}
