//! How the site looks: logo and icon, colour, fonts, links. One form, so that nothing typed in it is lost to another.

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;

use crate::base::actor::Role;
use crate::content::uploads::Purpose;
use crate::content::{custom_pages, uploads};
use crate::pages::pictures::{self, Wish};
use crate::site::audit;
use crate::site::branding::fonts::Family;
use crate::site::branding::{self, Brand, LINKS, Link, Wanted};
use crate::site::meanwhile::{Rows, Shown};
use crate::web::files::FileForm;
use crate::web::page::see_other;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, Refused, Web, urls};

#[derive(Template)]
#[template(path = "backoffice/branding.html")]
struct BrandingPage {
    shell: Shell,
    typed: Wanted,
    menu: Vec<LinkRow>,
    footer: Vec<LinkRow>,
    families: [Family; 3],
    logo: PictureField,
    icon: PictureField,
    /// One of the themes swallows the logo.
    lost: bool,
    /// It is to get a plate.
    plated: bool,
    /// What the form shows, for telling what was changed in it.
    shown: String,
    /// What words in the colour look like: in which theme, and how.
    shades: Vec<(String, String)>,
    refused: Refused,
    saved: bool,
    /// Addresses and titles of custom pages, to link to.
    pages: Vec<(String, String)>,
}

/// A picture in the form.
struct PictureField {
    /// What stands now.
    key: Option<String>,
    /// It is to go.
    removed: bool,
    /// Another was chosen, and has to be once more.
    again: bool,
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

/// What words in the brand's colour look like in each theme.
pub(super) fn shades(shell: &Shell, brand: &Brand) -> Vec<(String, String)> {
    let themes = ["theme-light", "theme-dark"].map(|name| shell.t(name));
    themes.into_iter().zip(brand.words().map(|colour| colour.to_string())).collect()
}

/// What was sent, for a page that comes back.
struct Typed {
    wanted: Wanted,
    /// What the form had shown; what is stored now when that is to be seen first.
    shown: Option<Shown>,
    form: FileForm,
}

async fn draw(
    web: &Web,
    page: &Page,
    typed: Option<Typed>,
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
    let ticked = |name: &str| typed.as_ref().is_some_and(|typed| typed.form.form.get(name).is_some());
    let again = |name: &str| typed.as_ref().is_some_and(|typed| typed.form.file(name).is_some());
    let picture = |key: &Option<String>, name: &'static str, remove: &str| PictureField {
        key: key.clone(),
        removed: ticked(remove),
        again: again(name) && !refused.is_at(name),
    };
    let (logo, icon) =
        (picture(&brand.logo, "file", "remove"), picture(&brand.icon, "icon-file", "icon-remove"));
    let plated = ticked("plate");
    let (typed, shown) = typed.map_or_else(|| (as_typed(&brand), None), |typed| (typed.wanted, typed.shown));
    let template = BrandingPage {
        shell: page.shell.clone(),
        menu: rows("menu", &typed.menu),
        footer: rows("footer", &typed.footer),
        typed,
        shown: shown.unwrap_or_else(|| Shown::of(&brand.rows())).text(),
        families: Family::ALL,
        logo,
        icon,
        lost,
        plated,
        shades: shades(&page.shell, &brand),
        refused,
        saved: page.shell.target.ends_with("?saved"),
        pages: pages.into_iter().map(|(slug, title, _)| (urls::custom_page(&slug), title)).collect(),
    };
    page.answer(web, template.refused.status(), &template)
}

/// `GET /admin/branding`.
pub async fn show(web: Data<Web>, page: Page) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    draw(&web, &page, None, Refused::default()).await
}

/// `POST /admin/branding`.
pub async fn save(web: Data<Web>, page: Page, sent: FileForm) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    let form = sent.accept::<BrandForm>(&web, &page)?;
    let shown = Shown::parse(&form.shown);
    let wanted = Wanted::from(form);
    let mut refused = Refused::default();
    let logo = refused.heed(&page, "file", logo_wish(&web, &sent).await)?;
    let icon = Wish::read(&sent, "icon-file", "icon-remove", Purpose::Icon).await;
    let icon = refused.heed(&page, "icon-file", icon)?;
    let brand = match wanted.parse() {
        Ok(brand) => Some(brand),
        Err(wrong) => {
            for (field, error) in wrong {
                refused.heed(&page, &field, Err::<(), _>(error))?;
            }
            None
        }
    };
    let (mut typed, asked) =
        (Typed { wanted, shown: Some(shown.clone()), form: sent }, brand.zip(logo).zip(icon));
    if let Some(((brand, logo), icon)) = asked {
        match wear(&web, &page, brand, shown, logo, icon).await {
            Ok(both) if both.is_empty() => return Ok(see_other("/admin/branding?saved")),
            Ok(both) => {
                // Who saves once more has seen that somebody else changed it.
                typed.shown = None;
                let each = both.into_iter().map(|row| branding::Error::Meanwhile(vec![row]));
                refused = Refused::by_all(&page, each)?;
            }
            Err(e) => refused = Refused::by(&page, e)?,
        }
    }
    draw(&web, &page, Some(typed), refused).await
}

/// What the form wants of the logo; when nothing else, perhaps the one that stands on a plate.
async fn logo_wish(web: &Web, sent: &FileForm) -> Result<Wish, uploads::Error> {
    let wish = Wish::read(sent, "file", "remove", Purpose::Logo).await?;
    if !matches!(wish, Wish::Keep) || sent.form.get("plate").is_none() {
        return Ok(wish);
    }
    let stands =
        web.house.db.read(|conn| branding::service::load(conn).map_err(uploads::Error::from)).await?.logo;
    let Some(key) = stands else { return Ok(Wish::Keep) };
    Ok(uploads::plated(&web.house.db, &key).await?.map_or(Wish::Keep, Wish::Put))
}

/// Saves the brand; or nothing, and answers what somebody else changed meanwhile.
async fn wear(
    web: &Web,
    page: &Page,
    brand: Brand,
    shown: Shown,
    logo: Wish,
    icon: Wish,
) -> Result<Rows, AppError> {
    let (member, house) = (page.member()?.id, web.house.clone());
    web.house
        .db
        .write(move |conn| {
            let clock = &house.clock;
            let changes = match branding::service::save_shown(conn, clock, &brand, &shown) {
                Err(branding::Error::Meanwhile(both)) => return Ok(both),
                changes => changes?,
            };
            if !changes.is_empty() {
                audit::note(conn, clock, Some(member), "site.branding", "site", &changes)?;
            }
            pictures::put_logo(conn, &house, member, &logo, None)?;
            let old = branding::service::load(conn)?.icon;
            icon.grant(conn, &house, member, Purpose::Icon, old.as_deref(), |conn, key| {
                branding::service::set_icon(conn, clock, key)?;
                audit::note(conn, clock, Some(member), "site.icon", "site", "")?;
                Ok(())
            })?;
            Ok::<_, AppError>(Vec::new())
        })
        .await
}
