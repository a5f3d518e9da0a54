//! The frame of every page, and the generated colours.

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Path};
use sha2::{Digest, Sha256};

use crate::base::actor::Actor;
use crate::content::categories::{self, Category, Readable};
use crate::content::markup;
use crate::infra::db::memory::remembered;
use crate::infra::db::{Conn, DbError};
use crate::site::branding::{self, Brand};
use crate::site::settings;
use crate::web::shell::{Notice, RailCategory, Shell, ShellLink, ShellRequest, reader};
use crate::web::state::ShellSource;
use crate::web::{AppError, Web, urls};

/// Draws the frame from settings and categories.
pub struct Frame;

impl ShellSource for Frame {
    fn shell(&self, conn: &mut Conn, actor: &Actor, request: ShellRequest) -> Result<Shell, DbError> {
        let settings = settings::recall(conn)?;
        let dress = branding::service::recall(conn)?;
        let readable = categories::service::recall(conn, actor)?;
        let drawn = || Rail {
            categories: rail(&readable),
            version: version(&sheet(&dress.css, readable.categories())),
        };
        // Visitors all have the same one.
        let rail = match actor.member() {
            Some(_) => drawn(),
            None => (*remembered(conn, |_| Ok(drawn()))?).clone(),
        };
        let chosen = actor.member().and_then(|m| m.locale);
        let browser = request.browser.filter(|_| actor.member().is_none());
        let locale = chosen.or(request.locale).or(browser).unwrap_or(settings.locale);
        let theme = actor.member().and_then(|m| m.theme.clone()).or(request.theme);
        let zone = settings.zone();
        let base_url = request.base_url.clone();
        let notice = remembered(conn, |_| Ok(Said(notice(&settings.notice, &base_url))))?.0.clone();
        Ok(Shell {
            locale,
            theme,
            site: settings.name.clone(),
            tagline: settings.tagline.clone(),
            about: settings.description.clone(),
            notice: notice.filter(|notice| request.put_away.as_ref() != Some(&notice.key)),
            told: request.told.filter(|_| actor.member().is_some()),
            reader: reader(actor, locale, &zone, request.now),
            zone,
            categories: rail.categories,
            csrf: request.csrf,
            nonce: request.nonce,
            path: request.path,
            target: request.target,
            answers: request.answers,
            base_url: request.base_url,
            theme_version: rail.version,
            theme_colour: dress.bars.clone(),
            logo: dress.brand.logo.clone(),
            icons: dress.brand.icons().cloned(),
            colour: dress.brand.colour.to_string(),
            menu: links(&dress.brand, |brand| &brand.menu),
            links: links(&dress.brand, |brand| &brand.footer),
            now: request.now,
        })
    }
}

/// The site's notice, as it is remembered.
struct Said(Option<Notice>);

fn notice(text: &str, base_url: &str) -> Option<Notice> {
    if text.is_empty() {
        return None;
    }
    let pieces = markup::line(text, base_url);
    let words: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
    Some(Notice {
        pieces: pieces.into_iter().map(|piece| (piece.text, piece.url)).collect(),
        lang: markup::known_lang(&words),
        key: version(text),
    })
}

/// What of the frame follows from categories and brand.
#[derive(Clone)]
struct Rail {
    categories: Vec<RailCategory>,
    /// Of the generated style sheet.
    version: String,
}

fn rail(readable: &Readable) -> Vec<RailCategory> {
    readable
        .categories()
        .iter()
        .map(|c| RailCategory {
            name: c.name.clone(),
            lang: markup::known_lang(&c.name),
            url: urls::category(&c.slug),
            mark: mark(c),
            storey: readable.path(c.id).len(),
            private: readable.is_restricted(c.id),
        })
        .collect()
}

/// The class of a category's colour mark.
pub fn mark(category: &Category) -> String {
    format!("mark-{}", category.id)
}

fn links(brand: &Brand, which: fn(&Brand) -> &Vec<branding::Link>) -> Vec<ShellLink> {
    which(brand).iter().map(|link| ShellLink { label: link.label.clone(), url: link.url.clone() }).collect()
}

/// The brand's rules and the colours of categories: nothing inline is allowed.
fn sheet(brand: &str, all: &[Category]) -> String {
    let mut css = brand.to_owned();
    for category in all {
        css.push_str(&[".mark-", &category.id.to_string(), "{background:", &category.colour, "}\n"].concat());
    }
    css
}

fn version(text: &str) -> String {
    data_encoding::HEXLOWER.encode(Sha256::digest(text.as_bytes()).get(..5).unwrap_or_default())
}

/// `GET /theme.{version}.css`: the brand, and the marks of public categories for everybody; the others' colours are no secret
/// worth a separate file, but their number is, so only what the reader may read is named.
pub async fn theme(
    web: Data<Web>,
    page: crate::web::Page,
    asked: Path<String>,
) -> Result<HttpResponse, AppError> {
    let actor = page.actor.clone();
    let css = web
        .house
        .db
        .read(move |conn| {
            let dress = branding::service::recall(conn)?;
            let readable = categories::service::recall(conn, &actor)?;
            Ok::<_, DbError>(sheet(&dress.css, readable.categories()))
        })
        .await?;
    let current = version(&css) == *asked;
    let keep = match (current, page.actor.member().is_some()) {
        (true, false) => "public, max-age=31536000, immutable",
        (true, true) => "private, max-age=31536000, immutable",
        _ => "no-store",
    };
    Ok(HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .insert_header((CACHE_CONTROL, keep))
        .body(css))
}
