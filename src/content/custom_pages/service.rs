//! What administrators do with pages, and what a reader finds at an address.

use super::Error;
use super::model::{CustomPage, Prepared, State};
use super::store;
use crate::base::actor::{Actor, Role, SignedIn};
use crate::base::ids::{MemberId, PageId};
use crate::infra::activity::{self, NewActivity, Verb};
use crate::infra::db::{Conn, unique_violation};
use crate::infra::house::House;
use crate::site::audit;

/// Pages at most.
const PAGES: i64 = 500;

/// What is at an address.
#[derive(Debug)]
pub enum Found {
    /// A page that the reader may read.
    Here(Box<CustomPage>),
    /// It is at another address now.
    Moved(String),
}

/// What `actor` finds at `slug`. A draft is for administrators, and absent for everybody else.
pub fn open(conn: &mut Conn, actor: &Actor, slug: &str) -> Result<Found, Error> {
    if let Some(page) = store::by_slug(conn, slug)? {
        return match page.state() {
            State::Published => Ok(Found::Here(Box::new(page))),
            State::Draft if actor.role() == Role::Administrator => Ok(Found::Here(Box::new(page))),
            State::Removed if page.was_public => Err(Error::Gone),
            _ => Err(Error::Absent),
        };
    }
    let page = store::by_former_slug(conn, slug)?.ok_or(Error::Absent)?;
    match page.state() {
        State::Published => Ok(Found::Moved(page.slug)),
        State::Removed if page.was_public => Err(Error::Gone),
        _ => Err(Error::Absent),
    }
}

fn may_write(actor: &SignedIn) -> Result<(), Error> {
    if actor.role < Role::Administrator || actor.suspended_until.is_some() {
        return Err(Error::Forbidden);
    }
    Ok(())
}

fn told(
    conn: &mut Conn,
    house: &House,
    actor: MemberId,
    action: &str,
    id: PageId,
    slug: &str,
) -> Result<(), Error> {
    audit::note(conn, &house.clock, Some(actor), action, &format!("page:{id}"), slug)?;
    activity::record(conn, &house.clock, &NewActivity::new(Verb::PageChanged, house.clock.now()).by(actor))?;
    Ok(())
}

fn taken(error: diesel::result::Error) -> Error {
    match unique_violation(&error) {
        Some(_) => Error::SlugTaken,
        None => Error::from(error),
    }
}

/// Makes a page.
pub fn create(conn: &mut Conn, house: &House, actor: &SignedIn, new: &Prepared) -> Result<CustomPage, Error> {
    may_write(actor)?;
    if store::count(conn)? >= PAGES {
        return Err(Error::TooMany { limit: PAGES });
    }
    let slug = &new.wanted.slug;
    let id = store::insert(conn, new, actor.id, house.clock.now()).map_err(taken)?;
    store::forget(conn, slug)?;
    told(conn, house, actor.id, "page.created", id, slug)?;
    store::find(conn, id)?.ok_or(Error::Absent)
}

/// Changes a page that nobody changed since `seen`. What was public keeps its former address.
pub fn change(
    conn: &mut Conn,
    house: &House,
    actor: &SignedIn,
    id: PageId,
    seen: i32,
    new: &Prepared,
) -> Result<CustomPage, Error> {
    may_write(actor)?;
    let before = store::find(conn, id)?.filter(|p| p.state() != State::Removed).ok_or(Error::Absent)?;
    let wanted = &new.wanted;
    let same = before.slug == wanted.slug
        && before.title == wanted.title
        && before.description == wanted.description
        && before.body == wanted.body
        && before.state() == wanted.state;
    if same {
        return Ok(before);
    }
    if store::update(conn, &before, seen, new, actor.id, house.clock.now()).map_err(taken)? == 0 {
        return Err(Error::ChangedMeanwhile);
    }
    if before.slug != wanted.slug {
        store::forget(conn, &wanted.slug)?;
        if before.published_at.is_some() {
            store::remember(conn, &before.slug, id)?;
        }
    }
    told(conn, house, actor.id, "page.changed", id, &wanted.slug)?;
    store::find(conn, id)?.ok_or(Error::Absent)
}

/// Removes a page; its address then says so to whoever could read it.
pub fn remove(conn: &mut Conn, house: &House, actor: &SignedIn, id: PageId) -> Result<(), Error> {
    may_write(actor)?;
    let page = store::find(conn, id)?.filter(|p| p.state() != State::Removed).ok_or(Error::Absent)?;
    let public = page.state() == State::Published;
    store::set_state(conn, &page, State::Removed, public, actor.id, house.clock.now())?;
    told(conn, house, actor.id, "page.removed", id, &page.slug)
}

/// Brings a removed page back as it was.
pub fn restore(conn: &mut Conn, house: &House, actor: &SignedIn, id: PageId) -> Result<(), Error> {
    may_write(actor)?;
    let page = store::find(conn, id)?.filter(|p| p.state() == State::Removed).ok_or(Error::Absent)?;
    let state = if page.was_public { State::Published } else { State::Draft };
    store::set_state(conn, &page, state, false, actor.id, house.clock.now())?;
    told(conn, house, actor.id, "page.restored", id, &page.slug)
}
