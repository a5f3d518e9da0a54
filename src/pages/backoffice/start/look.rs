//! The colour that all others follow from, and the logo.

use actix_web::HttpResponse;
use askama::Template;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::progress::{self, Step};
use super::{Forgotten, Way, onward};
use crate::base::actor::SignedIn;
use crate::content::uploads::{self, Purpose};
use crate::infra::db::{Conn, DbError};
use crate::infra::house::House;
use crate::pages::backoffice::branding::shades;
use crate::pages::pictures::{self, Wish};
use crate::site::audit;
use crate::site::branding::{self, Brand, Colour};
use crate::web::files::FileForm;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, Refused, Web};

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
    /// What words in the colour look like: in which theme, and how.
    shades: Vec<(String, String)>,
    /// The logo is to go.
    removed: bool,
    /// A logo was chosen, and has to be once more.
    again: bool,
}

pub(super) async fn draw(
    web: &Web,
    page: &Page,
    typed: Option<&FileForm>,
    refused: Refused,
) -> Result<HttpResponse, AppError> {
    let (progress, brand) = web
        .house
        .db
        .read(|conn| Ok::<_, DbError>((progress::load(conn)?, branding::service::load(conn)?)))
        .await?;
    let field = |name: &str| typed.and_then(|typed| typed.form.get(name));
    let template = LookPage {
        removed: field("remove").is_some(),
        again: typed.is_some_and(|typed| typed.file("file").is_some()) && !refused.is_at("file"),
        way: Way::new(page, &progress, Step::Look, refused),
        colour: field("colour").map_or_else(|| brand.colour.to_string(), str::to_owned),
        shades: shades(&page.shell, &brand),
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

fn paint(conn: &mut Conn, house: &House, actor: &SignedIn, colour: Colour) -> Result<(), AppError> {
    let brand = branding::service::load(conn)?;
    branding::service::save(conn, &house.clock, &Brand { colour, ..brand })?;
    audit::note(conn, &house.clock, Some(actor.id), "site.branding", "site", &colour.to_string())?;
    Ok(())
}

fn parse(colour: &str) -> Result<Colour, branding::Error> {
    Colour::parse(colour).ok_or(branding::Error::Colour)
}

pub(super) async fn save(web: &Web, page: &Page, sent: &FileForm) -> Result<HttpResponse, AppError> {
    let mut refused = Refused::default();
    let colour = sent.form.get("colour").map(|typed| parse(typed.trim())).transpose();
    let colour = refused.heed(page, "colour", colour)?;
    let wish = refused.heed(page, "file", Wish::read(sent, "file", "remove", Purpose::Logo).await)?;
    if let Some((colour, wish)) = colour.zip(wish) {
        match wear(web, page, colour, wish).await {
            Ok(()) => return Ok(onward(Step::Look)),
            Err(e) => refused = Refused::by(page, e)?,
        }
    }
    draw(web, page, Some(sent), refused).await
}

/// Takes on colour and logo, and remembers how it was before the step: a logo from then is kept.
async fn wear(web: &Web, page: &Page, colour: Option<Colour>, wish: Wish) -> Result<(), AppError> {
    let (actor, house) = (page.member()?.clone(), web.house.clone());
    web.house
        .db
        .write(move |conn| {
            let before = branding::service::load(conn)?;
            let noted = progress::before(conn, Step::Look)?;
            let noted = noted.map(serde_json::from_value::<Before>).transpose().map_err(Forgotten)?;
            let former = noted.map_or_else(|| before.logo.clone(), |noted| noted.former);
            if let Some(colour) = colour {
                paint(conn, &house, &actor, colour)?;
            }
            pictures::put_logo(conn, &house, actor.id, &wish, former.as_deref())?;
            remember(conn, &house, &before)
        })
        .await
}

pub(super) fn undo(
    conn: &mut Conn,
    house: &House,
    actor: &SignedIn,
    before: Value,
) -> Result<Option<Value>, AppError> {
    let before: Before = serde_json::from_value(before).map_err(Forgotten)?;
    paint(conn, house, actor, parse(&before.colour)?)?;
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
