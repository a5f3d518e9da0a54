//! How the site looks: colour, fonts, links.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;

use crate::base::actor::Role;
use crate::content::custom_pages;
use crate::infra::db::DbError;
use crate::site::audit;
use crate::site::branding::fonts::Family;
use crate::site::branding::{self, Brand, LINKS, Link, Wanted};
use crate::web::error::message;
use crate::web::page::see_other;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, RawForm, Web, urls};

#[derive(Template)]
#[template(path = "backoffice/branding.html")]
struct BrandingPage {
    shell: Shell,
    typed: Wanted,
    families: [Family; 3],
    logo: Option<String>,
    error: Option<(String, String)>,
    saved: bool,
    /// Addresses and titles of custom pages, to link to.
    pages: Vec<(String, String)>,
}

impl BrandingPage {
    fn error_of(&self, field: &str) -> Option<&String> {
        self.error.as_ref().filter(|(f, _)| f == field).map(|(_, m)| m)
    }
}

#[derive(Debug, Deserialize)]
struct BrandForm {
    colour: String,
    family: String,
    #[serde(default)]
    own_fonts: String,
    #[serde(default)]
    menu_label: Vec<String>,
    #[serde(default)]
    menu_url: Vec<String>,
    #[serde(default)]
    footer_label: Vec<String>,
    #[serde(default)]
    footer_url: Vec<String>,
}

impl From<BrandForm> for Wanted {
    fn from(form: BrandForm) -> Self {
        let pairs = |labels: Vec<String>, urls: Vec<String>| labels.into_iter().zip(urls).collect();
        Self {
            colour: form.colour,
            family: form.family,
            own_fonts: form.own_fonts,
            menu: pairs(form.menu_label, form.menu_url),
            footer: pairs(form.footer_label, form.footer_url),
        }
    }
}

fn as_typed(brand: &Brand) -> Wanted {
    let pairs = |links: &[Link]| links.iter().map(|l| (l.label.clone(), l.url.clone())).collect();
    Wanted {
        colour: brand.colour.to_string(),
        family: brand.family.code().to_owned(),
        own_fonts: brand.own_fonts.join(", "),
        menu: pairs(&brand.menu),
        footer: pairs(&brand.footer),
    }
}

/// Room for as many links as there may be.
fn with_blanks(mut typed: Wanted) -> Wanted {
    typed.menu.resize(LINKS, Default::default());
    typed.footer.resize(LINKS, Default::default());
    typed
}

/// What may have happened before the page is shown.
#[derive(Default)]
struct Note {
    typed: Option<Wanted>,
    error: Option<(String, String)>,
}

async fn draw(web: &Web, page: &Page, note: Note, status: StatusCode) -> Result<HttpResponse, AppError> {
    let (brand, pages) = web
        .house
        .db
        .read(|conn| {
            Ok::<_, DbError>((branding::service::load(conn)?, custom_pages::store::published(conn)?))
        })
        .await?;
    let template = BrandingPage {
        shell: page.shell.clone(),
        typed: with_blanks(note.typed.unwrap_or_else(|| as_typed(&brand))),
        families: Family::ALL,
        logo: brand.logo,
        error: note.error,
        saved: page.shell.target.ends_with("?saved"),
        pages: pages.into_iter().map(|(slug, title, _)| (urls::custom_page(&slug), title)).collect(),
    };
    page.answer(web, status, &template)
}

/// The page again with what is wrong, where that is a field.
pub async fn refused(web: &Web, page: &Page, error: AppError) -> Result<HttpResponse, AppError> {
    again(web, page, error, None).await
}

async fn again(
    web: &Web,
    page: &Page,
    error: AppError,
    typed: Option<Wanted>,
) -> Result<HttpResponse, AppError> {
    let Some(field) = error.0.field() else { return Err(error) };
    let told = Some((field.to_owned(), message(page.shell.locale, &*error.0)));
    draw(web, page, Note { typed, error: told }, crate::web::error::status(error.0.kind())).await
}

/// `GET /admin/branding`.
pub async fn show(web: Data<Web>, page: Page) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    draw(&web, &page, Note::default(), StatusCode::OK).await
}

/// `POST /admin/branding`.
pub async fn save(web: Data<Web>, page: Page, raw: RawForm) -> Result<HttpResponse, AppError> {
    let member = page.at_least(Role::Administrator)?.id;
    let typed = Wanted::from(raw.accept::<BrandForm>(&web, &page)?);
    let (house, wanted) = (web.house.clone(), typed.clone());
    let done = web
        .house
        .db
        .write(move |conn| {
            branding::service::save(conn, &house.clock, &wanted.parse()?)?;
            audit::note(conn, &house.clock, Some(member), "site.branding", "site", "")?;
            Ok::<_, branding::Error>(())
        })
        .await;
    match done {
        Ok(()) => Ok(see_other("/admin/branding?saved")),
        Err(e) => again(&web, &page, e.into(), Some(typed)).await,
    }
}
