//! The first categories: a set to start from, changed at will before anything is made.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::progress::{self, Step};
use super::sets::{self, SETS};
use super::{Forgotten, Way, onward};
use crate::base::actor::{Role, SignedIn};
use crate::base::ids::CategoryId;
use crate::content::categories::service::{self, Draft};
use crate::content::categories::store::{self, Columns};
use crate::content::categories::{self, Category};
use crate::content::markup::slugify;
use crate::infra::db::{Conn, DbError};
use crate::infra::house::House;
use crate::pages::compose::key;
use crate::web::idempotency::once;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, RawForm, Refused, Web};

/// Rows of the form: those of the largest set, and two more.
const ROWS: usize = 7;

/// The categories that were made here.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Made {
    ids: Vec<CategoryId>,
}

/// One category as typed.
#[derive(Debug, Clone, Default)]
struct Row {
    make: bool,
    name: String,
    about: String,
    colour: String,
    staff: bool,
    /// The address that goes with the name as it was offered.
    slug: String,
    /// Something is wrong with it.
    fault: bool,
}

/// One set to choose.
struct Choice {
    name: String,
    about: String,
    url: String,
    current: bool,
}

/// One category that is there.
struct Present {
    name: String,
    url: String,
    mark: String,
}

#[derive(Template)]
#[template(path = "backoffice/start/categories.html")]
struct CategoriesPage {
    shell: Shell,
    way: Way,
    present: Vec<Present>,
    choices: Vec<Choice>,
    set: String,
    rows: Vec<Row>,
    none: bool,
}

/// What the page shows besides what is there.
#[derive(Default)]
struct Shown {
    set: String,
    rows: Vec<Row>,
    refused: Refused,
    none: bool,
}

async fn draw(web: &Web, page: &Page, shown: Shown) -> Result<HttpResponse, AppError> {
    let (progress, all) =
        web.house.db.read(|conn| Ok::<_, DbError>((progress::load(conn)?, store::all(conn)?))).await?;
    let shell = page.shell.clone();
    let status = if shown.none { StatusCode::UNPROCESSABLE_ENTITY } else { shown.refused.status() };
    let choice = |name: &&str| Choice {
        name: shell.t(&format!("start-set-{name}")),
        about: shell.t(&format!("start-set-{name}-about")),
        url: format!("{}?set={name}#set", Step::Categories.url()),
        current: shown.set == **name,
    };
    let present = |c: &Category| Present {
        name: c.name.clone(),
        url: format!("/admin/categories/{}", c.id),
        mark: crate::pages::shell::mark(c),
    };
    let template = CategoriesPage {
        way: Way::new(page, &progress, Step::Categories, shown.refused),
        present: all.iter().map(present).collect(),
        choices: SETS.iter().map(choice).collect(),
        set: shown.set,
        rows: shown.rows,
        none: shown.none,
        shell,
    };
    page.answer(web, status, &template)
}

/// The rows of a set in the language of the page, which the first step made that of the site, and blank ones.
fn offered(set: &str, page: &Page) -> Vec<Row> {
    let row = |starter: &sets::Starter| {
        let (name, about) = starter.words(page.shell.locale);
        Row {
            make: true,
            name: name.into(),
            about: about.into(),
            colour: starter.colour.into(),
            staff: starter.staff,
            slug: starter.slug.into(),
            fault: false,
        }
    };
    let mut rows: Vec<Row> = sets::of(set).iter().map(row).collect();
    let blank = Row { make: true, colour: sets::COLOUR.into(), ..Row::default() };
    rows.resize(ROWS, blank);
    rows
}

pub(super) async fn show(web: &Web, page: &Page) -> Result<HttpResponse, AppError> {
    let asked = page.shell.target.split_once("set=").map_or("", |(_, set)| set);
    let set = SETS.into_iter().find(|s| *s == asked).unwrap_or_default();
    let rows = if set.is_empty() { Vec::new() } else { offered(set, page) };
    draw(web, page, Shown { set: set.into(), rows, ..Shown::default() }).await
}

fn typed(raw: &RawForm) -> Vec<Row> {
    let field = |name: &str, n: usize| raw.get(&format!("{name}{n}")).unwrap_or_default().trim().to_owned();
    (0..ROWS)
        .map(|n| Row {
            make: !field("make", n).is_empty(),
            name: field("name", n),
            about: field("about", n),
            colour: field("colour", n),
            staff: !field("staff", n).is_empty(),
            slug: field("slug", n),
            fault: false,
        })
        .collect()
}

pub(super) async fn save(web: &Web, page: &Page, raw: &RawForm) -> Result<HttpResponse, AppError> {
    let actor = page.member()?.clone();
    let mut rows = typed(raw);
    let set = SETS.into_iter().find(|s| raw.get("set") == Some(*s)).unwrap_or_default().to_owned();
    if !rows.iter().any(|r| r.make && !r.name.is_empty()) {
        return draw(web, page, Shown { set, rows, none: true, ..Shown::default() }).await;
    }
    let (house, key) = (web.house.clone(), key(page, raw, "first_categories"));
    let at = Arc::new(AtomicUsize::new(0));
    // What goes with a name as it was offered does not go with another.
    let offered = offered(&set, page);
    let wanted: Vec<(usize, Row)> =
        rows.iter().cloned().enumerate().filter(|(_, r)| r.make && !r.name.is_empty()).collect();
    let (row_at, kept) = (at.clone(), wanted.clone());
    let done = web
        .house
        .db
        .write(move |conn| {
            once(conn, key.as_ref(), house.clock.now(), |conn| {
                let mut ids = Vec::new();
                for (n, row) in &kept {
                    row_at.store(*n, Ordering::Relaxed);
                    let same = offered.iter().any(|o| o.slug == row.slug && o.name == row.name);
                    ids.push(make(conn, &house, &actor, ids.len(), row, same)?);
                }
                let before = progress::before(conn, Step::Categories)?;
                let before: Option<Made> =
                    before.map(serde_json::from_value).transpose().map_err(Forgotten)?;
                ids.extend(before.unwrap_or_default().ids);
                let made = serde_json::to_value(Made { ids }).map_err(Forgotten)?;
                progress::put(conn, &house.clock, Step::Categories, made)?;
                Ok(((), 303, String::new()))
            })
        })
        .await;
    match done {
        Ok(_) => Ok(onward(Step::Categories)),
        Err(e) => {
            let refused = Refused::by(page, e)?;
            if let Some(row) = rows.get_mut(at.load(Ordering::Relaxed)) {
                row.fault = true;
            }
            draw(web, page, Shown { set, rows, refused, none: false }).await
        }
    }
}

/// An address that nobody has or had: the one that was offered, or the name's.
fn free_slug(conn: &mut Conn, row: &Row, same: bool) -> Result<String, AppError> {
    let base = if same { row.slug.clone() } else { slugify(&row.name).chars().take(54).collect() };
    let base = match base.trim_matches('-') {
        "" => "c".to_owned(),
        number if number.chars().all(|c| c.is_ascii_digit()) => format!("c-{number}"),
        name => name.to_owned(),
    };
    let all = store::all(conn)?;
    let mut slug = base.clone();
    for n in 2.. {
        if store::by_former_slug(conn, &slug)?.is_none() && !all.iter().any(|c| c.slug == slug) {
            break;
        }
        slug = format!("{base}-{n}");
    }
    Ok(slug)
}

fn make(
    conn: &mut Conn,
    house: &House,
    actor: &SignedIn,
    place: usize,
    row: &Row,
    same: bool,
) -> Result<CategoryId, AppError> {
    let draft = Draft {
        columns: Columns {
            parent: None,
            slug: free_slug(conn, row, same)?,
            name: row.name.clone(),
            description: row.about.clone(),
            colour: row.colour.clone(),
            position: i32::try_from(place).unwrap_or(0),
            private: false,
            post_role: if row.staff { Role::Moderator } else { Role::Member },
        },
        members: Vec::new(),
        roles: Vec::new(),
        moderators: Vec::new(),
    };
    Ok(service::save(conn, house, actor, None, &draft)?)
}

/// Takes away what is still empty; where somebody wrote stays.
pub(super) fn undo(
    conn: &mut Conn,
    house: &House,
    actor: &SignedIn,
    before: Value,
) -> Result<Option<Value>, AppError> {
    let made: Made = serde_json::from_value(before).map_err(Forgotten)?;
    let mut ids = Vec::new();
    for id in made.ids {
        match service::remove(conn, house, actor, id) {
            Ok(()) | Err(categories::Error::Absent) => {}
            Err(categories::Error::NotEmpty) => ids.push(id),
            Err(e) => return Err(e.into()),
        }
    }
    if ids.is_empty() {
        return Ok(None);
    }
    Ok(Some(serde_json::to_value(Made { ids }).map_err(Forgotten)?))
}
