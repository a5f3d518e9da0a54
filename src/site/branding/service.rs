//! Reading and changing the brand, which lives among the settings.

use std::collections::HashMap;
use std::sync::Arc;

use diesel::prelude::*;

use super::colour::Colour;
use super::error::Error;
use super::fonts::{self, Family};
use super::model::{Brand, DEFAULT_COLOUR, LINKS, Link};
use super::palette::{Mode, Palette};
use crate::base::fault::Fault;
use crate::infra::activity::{self, NewActivity, Verb};
use crate::infra::clock::Clock;
use crate::infra::db::Conn;
use crate::infra::db::memory::remembered;
use crate::site::meanwhile::{self, Rows, Shown};
use crate::site::settings;

/// Prefix of the brand's settings.
const PREFIX: &str = "brand.";

/// The brand as typed by an administrator.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// `#rrggbb`.
    pub colour: String,
    /// Code of a [`Family`].
    pub family: String,
    /// Names of fonts with commas between.
    pub own_fonts: String,
    /// Labels and addresses of the menu; pairs of which both are empty are left out.
    pub menu: Vec<(String, String)>,
    /// Those of the footer.
    pub footer: Vec<(String, String)>,
}

/// Something in a form that is wrong: its field, and why. Links have `menu-label-0`, `menu-url-0` and so on.
pub type Wrong = (String, Error);

impl Wanted {
    /// Checks everything but logo and icon, which are uploaded.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the form.
    pub fn parse(&self) -> Result<Brand, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let mut note = |error: Error| wrong.push((error.field().unwrap_or_default().to_owned(), error));
        let colour = Colour::parse(&self.colour).ok_or(Error::Colour).map_err(&mut note);
        let family = Family::parse(&self.family).ok_or(Error::Family).map_err(&mut note);
        let own_fonts = fonts::parse_own(&self.own_fonts).map_err(Error::Font).map_err(&mut note);
        let menu = links("menu", &self.menu, &mut wrong);
        let footer = links("footer", &self.footer, &mut wrong);
        match (colour, family, own_fonts) {
            (Ok(colour), Ok(family), Ok(own_fonts)) if wrong.is_empty() => {
                Ok(Brand { colour, family, own_fonts, menu, footer, logo: None, icon: None })
            }
            _ => Err(wrong),
        }
    }
}

/// The links of `list` that are good; what is wrong with the others joins `wrong`.
fn links(list: &str, typed: &[(String, String)], wrong: &mut Vec<Wrong>) -> Vec<Link> {
    let mut links = Vec::new();
    for (n, (label, url)) in typed.iter().enumerate() {
        if label.trim().is_empty() && url.trim().is_empty() {
            continue;
        }
        match Link::parse(label, url) {
            Ok(_) if links.len() == LINKS => {
                wrong.push((format!("{list}-label-{n}"), Error::TooManyLinks { limit: LINKS }));
                break;
            }
            Ok(link) => links.push(link),
            Err(e @ Error::Label { .. }) => wrong.push((format!("{list}-label-{n}"), e)),
            Err(e) => wrong.push((format!("{list}-url-{n}"), e)),
        }
    }
    links
}

/// The brand.
pub fn load(conn: &mut Conn) -> QueryResult<Brand> {
    let rows: HashMap<String, String> = settings::with_prefix(conn, PREFIX)?.into_iter().collect();
    let text = |name: &str| rows.get(name).map_or("", String::as_str);
    let key = |name: &str| rows.get(name).filter(|key| !key.is_empty()).cloned();
    let links = |name: &str| serde_json::from_str(text(name)).unwrap_or_default();
    Ok(Brand {
        colour: Colour::parse(text("colour")).unwrap_or(DEFAULT_COLOUR),
        family: Family::parse(text("family")).unwrap_or_default(),
        own_fonts: fonts::parse_own(text("own_fonts")).unwrap_or_default(),
        menu: links("menu"),
        footer: links("footer"),
        logo: key("logo"),
        icon: key("icon"),
    })
}

impl Brand {
    /// The upload that icons are of: an own icon, or else the logo.
    pub fn icons(&self) -> Option<&String> {
        self.icon.as_ref().or(self.logo.as_ref())
    }
}

/// The brand, ready to be worn.
#[derive(Debug, Clone)]
pub struct Dress {
    /// The brand.
    pub brand: Brand,
    /// Its style sheet.
    pub css: String,
    /// Colours of the browser's own bars, light and dark.
    pub bars: (String, String),
}

/// [`dress`] for showing: from memory where that is known to hold ([`crate::infra::db::memory`]).
pub fn recall(conn: &mut Conn) -> QueryResult<Arc<Dress>> {
    remembered(conn, dress)
}

/// The brand with what follows from it.
pub fn dress(conn: &mut Conn) -> QueryResult<Dress> {
    let brand = load(conn)?;
    let bar = |mode| Palette::of(brand.colour, mode).get("surface").unwrap_or(Colour::WHITE).to_string();
    Ok(Dress { css: brand.css(), bars: (bar(Mode::Light), bar(Mode::Dark)), brand })
}

impl Brand {
    /// Everything but logo and icon as it is stored, by name.
    pub fn rows(&self) -> Rows {
        vec![
            ("colour", self.colour.to_string()),
            ("family", self.family.code().to_owned()),
            ("own_fonts", self.own_fonts.join(", ")),
            ("menu", serde_json::to_string(&self.menu).unwrap_or_default()),
            ("footer", serde_json::to_string(&self.footer).unwrap_or_default()),
        ]
    }
}

/// Stores everything but logo and icon.
pub fn save(conn: &mut Conn, clock: &Clock, brand: &Brand) -> Result<(), Error> {
    store(conn, clock, &brand.rows())
}

/// Stores what a form that showed `shown` changed in `brand`; returns the names of what is another value now.
///
/// # Errors
/// Somebody else changed the same meanwhile, or the database fails.
pub fn save_shown(conn: &mut Conn, clock: &Clock, brand: &Brand, shown: &Shown) -> Result<String, Error> {
    let stored = load(conn)?.rows();
    let merged = shown.merge(brand.rows(), &stored).map_err(Error::Meanwhile)?;
    store(conn, clock, &merged)?;
    Ok(meanwhile::changes(&stored, &merged))
}

fn store(conn: &mut Conn, clock: &Clock, rows: &Rows) -> Result<(), Error> {
    for (name, value) in rows {
        settings::put_under(conn, PREFIX, name, value, clock.now())?;
    }
    changed(conn, clock)
}

/// Sets or takes away the logo: the key of an upload.
pub fn set_logo(conn: &mut Conn, clock: &Clock, key: Option<&str>) -> Result<(), Error> {
    settings::put_under(conn, PREFIX, "logo", key.unwrap_or_default(), clock.now())?;
    changed(conn, clock)
}

/// Sets or takes away the icon: the key of an upload.
pub fn set_icon(conn: &mut Conn, clock: &Clock, key: Option<&str>) -> Result<(), Error> {
    settings::put_under(conn, PREFIX, "icon", key.unwrap_or_default(), clock.now())?;
    changed(conn, clock)
}

fn changed(conn: &mut Conn, clock: &Clock) -> Result<(), Error> {
    activity::record(conn, clock, &NewActivity::new(Verb::SiteChanged, clock.now()))?;
    Ok(())
}
