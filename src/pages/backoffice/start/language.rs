//! Which language the site speaks to readers who chose none, and whose days it counts by. The administrator who
//! chooses it reads on in it.

use actix_web::HttpResponse;
use askama::Template;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::progress::{self, Step};
use super::{Forgotten, Way, onward};
use crate::base::actor::SignedIn;
use crate::base::locale::Locale;
use crate::base::time::Zone;
use crate::infra::db::{Conn, DbError};
use crate::infra::house::House;
use crate::people::accounts;
use crate::site::audit;
use crate::site::settings::{self, Settings};
use crate::web::forms::NotAChoice;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, RawForm, Refused, Web};

/// What the form sends.
#[derive(Debug, Clone)]
pub(super) struct Typed {
    /// Nothing when none of the languages was sent.
    locale: Option<Locale>,
    zone: String,
}

/// How it was before.
#[derive(Debug, Serialize, Deserialize)]
struct Before {
    locale: String,
    zone: String,
    own: Option<String>,
}

#[derive(Template)]
#[template(path = "backoffice/start/language.html")]
struct LanguagePage {
    shell: Shell,
    way: Way,
    typed: Typed,
    zones: Vec<String>,
}

pub(super) async fn draw(
    web: &Web,
    page: &Page,
    typed: Option<Typed>,
    refused: Refused,
) -> Result<HttpResponse, AppError> {
    let (progress, settings) =
        web.house.db.read(|conn| Ok::<_, DbError>((progress::load(conn)?, settings::load(conn)?))).await?;
    // Whoever reads this in a language of their own most likely means it for the site as well.
    let open = progress.state(Step::Language) == progress::State::Open;
    let locale = if open { page.shell.locale } else { settings.locale };
    let template = LanguagePage {
        way: Way::new(page, &progress, Step::Language, refused),
        typed: typed.unwrap_or(Typed { locale: Some(locale), zone: settings.time_zone }),
        zones: Zone::names(),
        shell: page.shell.clone(),
    };
    page.answer(web, template.way.refused.status(), &template)
}

pub(super) async fn save(web: &Web, page: &Page, raw: &RawForm) -> Result<HttpResponse, AppError> {
    let actor = page.member()?.clone();
    let locale = raw.get("locale").and_then(Locale::parse);
    let typed = Typed { locale, zone: raw.get("time_zone").unwrap_or_default().trim().to_owned() };
    let Some(locale) = locale else {
        return draw(web, page, Some(typed), Refused::by(page, NotAChoice("locale"))?).await;
    };
    let (house, zone) = (web.house.clone(), typed.zone.clone());
    let done = web
        .house
        .db
        .write(move |conn| {
            let now = settings::load(conn)?;
            let before = Before {
                locale: now.locale.code().into(),
                zone: now.time_zone,
                own: actor.locale.map(|l| l.code().into()),
            };
            speak(conn, &house, &actor, (locale, &zone), Some(locale))?;
            let before = serde_json::to_value(before).map_err(Forgotten)?;
            progress::done(conn, &house.clock, Step::Language, before)?;
            Ok::<_, AppError>(())
        })
        .await;
    match done {
        Ok(()) => Ok(onward(Step::Language)),
        Err(e) => draw(web, page, Some(typed), Refused::by(page, e)?).await,
    }
}

fn speak(
    conn: &mut Conn,
    house: &House,
    actor: &SignedIn,
    (locale, zone): (Locale, &str),
    own: Option<Locale>,
) -> Result<(), AppError> {
    let now = settings::load(conn)?;
    let wanted = Settings { locale, time_zone: zone.to_owned(), ..now };
    settings::save(conn, &house.clock, &wanted)?;
    accounts::service::change_appearance(conn, actor.id, own, actor.theme.as_deref())?;
    audit::note(conn, &house.clock, Some(actor.id), "site.settings", "site", wanted.locale.code())?;
    Ok(())
}

pub(super) fn undo(
    conn: &mut Conn,
    house: &House,
    actor: &SignedIn,
    before: Value,
) -> Result<Option<Value>, AppError> {
    let before: Before = serde_json::from_value(before).map_err(Forgotten)?;
    let locale = Locale::parse(&before.locale).unwrap_or_default();
    speak(conn, house, actor, (locale, &before.zone), before.own.as_deref().and_then(Locale::parse))?;
    Ok(None)
}
