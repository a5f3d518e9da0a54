//! How the site looks: colour, fonts, links.

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;

use crate::base::actor::Role;
use crate::content::{custom_pages, uploads};
use crate::site::audit;
use crate::site::branding::fonts::Family;
use crate::site::branding::{self, Brand, LINKS, Link, Wanted};
use crate::web::page::see_other;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, RawForm, Refused, Web, urls};

#[derive(Template)]
#[template(path = "backoffice/branding.html")]
struct BrandingPage {
    shell: Shell,
    typed: Wanted,
    families: [Family; 3],
    logo: Option<String>,
    /// One of the themes swallows the logo.
    lost: bool,
    refused: Refused,
    saved: bool,
    /// Addresses and titles of custom pages, to link to.
    pages: Vec<(String, String)>,
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

async fn draw(
    web: &Web,
    page: &Page,
    typed: Option<Wanted>,
    refused: Refused,
) -> Result<HttpResponse, AppError> {
    let (brand, lost, pages) = web
        .house
        .db
        .read(|conn| {
            let brand = branding::service::load(conn)?;
            let lost = match &brand.logo {
                Some(key) => uploads::lacks_plate(conn, key)?,
                None => false,
            };
            Ok::<_, AppError>((brand, lost, custom_pages::store::published(conn)?))
        })
        .await?;
    let template = BrandingPage {
        shell: page.shell.clone(),
        typed: with_blanks(typed.unwrap_or_else(|| as_typed(&brand))),
        families: Family::ALL,
        logo: brand.logo,
        lost,
        refused,
        saved: page.shell.target.ends_with("?saved"),
        pages: pages.into_iter().map(|(slug, title, _)| (urls::custom_page(&slug), title)).collect(),
    };
    page.answer(web, template.refused.status(), &template)
}

/// The page again with what is wrong, where that is a field.
pub async fn refused(web: &Web, page: &Page, error: AppError) -> Result<HttpResponse, AppError> {
    draw(web, page, None, Refused::by(page, error)?).await
}

/// `GET /admin/branding`.
pub async fn show(web: Data<Web>, page: Page) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    draw(&web, &page, None, Refused::default()).await
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
        Err(e) => draw(&web, &page, Some(typed), Refused::by(&page, e)?).await,
    }
}
