//! How the site looks: colour, fonts, links.

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;

use crate::base::actor::Role;
use crate::base::fault::Fault;
use crate::content::{custom_pages, uploads};
use crate::site::audit;
use crate::site::branding::fonts::Family;
use crate::site::branding::{self, Brand, LINKS, Link, Wanted};
use crate::site::meanwhile::Shown;
use crate::web::page::see_other;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, RawForm, Refused, Web, urls};

#[derive(Template)]
#[template(path = "backoffice/branding.html")]
struct BrandingPage {
    shell: Shell,
    typed: Wanted,
    menu: Vec<LinkRow>,
    footer: Vec<LinkRow>,
    families: [Family; 3],
    logo: Option<String>,
    icon: Option<String>,
    /// One of the themes swallows the logo.
    lost: bool,
    /// What the form shows, for telling what was changed in it.
    shown: String,
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
    #[serde(default)]
    shown: String,
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

/// A link's row in the form.
struct LinkRow {
    label: String,
    url: String,
    label_field: String,
    url_field: String,
    /// The rows from here on are shown on demand.
    opens_more: bool,
    ends_more: bool,
}

/// A row for every link there may be: those that are in use, two more, and the rest on demand.
fn rows(list: &str, typed: &[(String, String)]) -> Vec<LinkRow> {
    let used =
        typed.iter().rposition(|(label, url)| !label.is_empty() || !url.is_empty()).map_or(0, |n| n + 1);
    let open = (used + 2).min(LINKS);
    let row = |n: usize| {
        let (label, url) = typed.get(n).cloned().unwrap_or_default();
        LinkRow {
            label,
            url,
            label_field: format!("{list}-label-{n}"),
            url_field: format!("{list}-url-{n}"),
            opens_more: n == open,
            ends_more: n + 1 == LINKS && open < LINKS,
        }
    };
    (0..LINKS).map(row).collect()
}

/// The field of the first link that is refused.
fn wrong_link(typed: &Wanted) -> Option<String> {
    let wrong = |list: &str, links: &[(String, String)]| {
        let rows = links.iter().enumerate();
        let mut filled = rows.filter(|(_, (label, url))| !(label.trim().is_empty() && url.trim().is_empty()));
        filled.find_map(|(n, (label, url))| match Link::parse(label, url) {
            Ok(_) => None,
            Err(branding::Error::Label { .. }) => Some(format!("{list}-label-{n}")),
            Err(_) => Some(format!("{list}-url-{n}")),
        })
    };
    wrong("menu", &typed.menu).or_else(|| wrong("footer", &typed.footer))
}

async fn draw(
    web: &Web,
    page: &Page,
    typed: Option<(Wanted, Option<Shown>)>,
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
    let (typed, shown) = typed.unwrap_or_else(|| (as_typed(&brand), None));
    let template = BrandingPage {
        shell: page.shell.clone(),
        menu: rows("menu", &typed.menu),
        footer: rows("footer", &typed.footer),
        typed,
        shown: shown.unwrap_or_else(|| Shown::of(&brand.rows())).text(),
        families: Family::ALL,
        logo: brand.logo,
        icon: brand.icon,
        lost,
        refused,
        saved: page.shell.target.ends_with("?saved"),
        pages: pages.into_iter().map(|(slug, title, _)| (urls::custom_page(&slug), title)).collect(),
    };
    page.answer(web, template.refused.status(), &template)
}

/// The page again with what is wrong: of a picture, at the `field` that it was chosen in.
pub async fn refused(web: &Web, page: &Page, error: AppError, field: &str) -> Result<HttpResponse, AppError> {
    let refused = match error.0.field() {
        Some("file") => Refused::beside(page, &error, field),
        _ => Refused::by(page, error)?,
    };
    draw(web, page, None, refused).await
}

/// `GET /admin/branding`.
pub async fn show(web: Data<Web>, page: Page) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    draw(&web, &page, None, Refused::default()).await
}

/// `POST /admin/branding`.
pub async fn save(web: Data<Web>, page: Page, raw: RawForm) -> Result<HttpResponse, AppError> {
    let member = page.at_least(Role::Administrator)?.id;
    let form = raw.accept::<BrandForm>(&web, &page)?;
    let shown = Shown::parse(&form.shown);
    let typed = Wanted::from(form);
    let (house, wanted, seen) = (web.house.clone(), typed.clone(), shown.clone());
    let done = web
        .house
        .db
        .write(move |conn| {
            let changes = branding::service::save_shown(conn, &house.clock, &wanted.parse()?, &seen)?;
            audit::note(conn, &house.clock, Some(member), "site.branding", "site", &changes)?;
            Ok::<_, branding::Error>(())
        })
        .await;
    match done {
        Ok(()) => Ok(see_other("/admin/branding?saved")),
        Err(e) => {
            // Who saves once more has seen that somebody else changed it.
            let shown = (!matches!(e, branding::Error::Meanwhile(_))).then_some(shown);
            let refused = match wrong_link(&typed).filter(|_| e.field() == Some("links")) {
                Some(field) => Refused::beside(&page, &e.into(), &field),
                None => Refused::by(&page, e)?,
            };
            draw(&web, &page, Some((typed, shown)), refused).await
        }
    }
}
