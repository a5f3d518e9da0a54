//! What administrators do with categories, and what an actor may read.

use diesel::prelude::*;

use super::Error;
use super::model::{Category, DEPTH, Readable, height, path};
use super::store::{self, Columns};
use crate::base::actor::{Actor, Role, SignedIn};
use crate::base::fold::fold;
use crate::base::ids::{CategoryId, MemberId};
use crate::infra::activity::{self, NewActivity, Origin, Verb};
use crate::infra::db::memory::remembered;
use crate::infra::db::{Conn, unique_violation};
use crate::infra::house::House;
use crate::people::{accounts, roles};
use crate::site::audit;

/// The categories `actor` may read.
pub fn readable(conn: &mut Conn, actor: &Actor) -> QueryResult<Readable> {
    let admission = store::admission(conn, actor)?;
    Ok(Readable::new(&store::all(conn)?, actor, &admission))
}

/// The whole tree, as it is remembered.
struct Tree(Vec<Category>);

/// What visitors may read of it.
struct Public(Readable);

/// [`readable`] for showing: from memory where that is known to hold ([`crate::infra::db::memory`]). Counters of
/// categories may lag behind.
pub fn recall(conn: &mut Conn, actor: &Actor) -> QueryResult<Readable> {
    if actor.member().is_none() {
        return Ok(remembered(conn, |c| public(c).map(Public))?.0.clone());
    }
    let admission = store::admission(conn, actor)?;
    let tree = remembered(conn, |c| store::all(c).map(Tree))?;
    Ok(Readable::new(&tree.0, actor, &admission))
}

/// The categories everybody may read.
pub fn public(conn: &mut Conn) -> QueryResult<Readable> {
    readable(conn, &Actor::Visitor)
}

/// What an administrator fills in.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The columns.
    pub columns: Columns,
    /// Handles of members let in while private.
    pub members: Vec<String>,
    /// Roles let in while private.
    pub roles: Vec<Role>,
    /// Handles of its moderators.
    pub moderators: Vec<String>,
}

fn check(columns: &Columns) -> Result<(), Error> {
    let name = columns.name.trim();
    if name.is_empty() || name.chars().count() > 60 {
        return Err(Error::NameInvalid);
    }
    let slug = &columns.slug;
    let plain = |c: char| c.is_alphanumeric() || c == '-';
    let number = slug.chars().all(|c| c.is_ascii_digit());
    let framed = slug.starts_with('-') || slug.ends_with('-');
    if slug.is_empty()
        || slug.chars().count() > 60
        || !slug.chars().all(plain)
        || number
        || framed
        || slug.to_lowercase() != *slug
    {
        return Err(Error::SlugInvalid);
    }
    if columns.description.chars().count() > 500 {
        return Err(Error::DescriptionTooLong);
    }
    let hex = columns.colour.strip_prefix('#').unwrap_or_default();
    if hex.len() != 6 || !hex.chars().all(|c| c.is_ascii_hexdigit()) {
        return Err(Error::ColourInvalid);
    }
    Ok(())
}

/// A parent must exist and not lie below `id`, and the tree keep within [`DEPTH`] storeys.
fn check_parent(all: &[Category], id: Option<CategoryId>, parent: Option<CategoryId>) -> Result<(), Error> {
    let Some(parent) = parent else { return Ok(()) };
    let above = path(all, parent);
    let circle = above.iter().any(|c| Some(c.id) == id);
    let storeys = above.len() + id.map_or(1, |id| height(all, id));
    if above.is_empty() || circle || storeys > DEPTH {
        return Err(Error::ParentInvalid);
    }
    Ok(())
}

/// Two of one name beside each other could not be told apart where one is chosen. Those that are so already may be
/// changed in every other way.
fn check_name(all: &[Category], id: Option<CategoryId>, wanted: &Columns) -> Result<(), Error> {
    let name = fold(wanted.name.trim());
    let beside = |c: &&Category| c.parent_id == wanted.parent && fold(c.name.trim()) == name;
    let was = all.iter().filter(|c| Some(c.id) == id).any(|c| beside(&c));
    if !was && all.iter().any(|c| beside(&c)) { Err(Error::NameTaken) } else { Ok(()) }
}

fn named(conn: &mut Conn, handles: &[String]) -> Result<Vec<MemberId>, Error> {
    let mut ids = Vec::with_capacity(handles.len());
    for handle in handles {
        let found = accounts::store::by_handle(conn, handle)?;
        ids.push(found.ok_or_else(|| Error::NoSuchMember(handle.clone()))?.id);
    }
    Ok(ids)
}

/// Makes (`id` nothing) or changes a category.
pub fn save(
    conn: &mut Conn,
    house: &House,
    actor: &SignedIn,
    id: Option<CategoryId>,
    draft: &Draft,
) -> Result<CategoryId, Error> {
    if actor.role < Role::Administrator {
        return Err(Error::Forbidden);
    }
    check(&draft.columns)?;
    let all = store::all(conn)?;
    check_parent(&all, id, draft.columns.parent)?;
    check_name(&all, id, &draft.columns)?;
    let members = named(conn, &draft.members)?;
    let moderators = named(conn, &draft.moderators)?;
    let taken = |e: diesel::result::Error| match unique_violation(&e) {
        Some(_) => Error::SlugTaken,
        None => Error::from(e),
    };
    let saved = match id {
        None => store::insert(conn, None, &draft.columns, house.clock.now()).map_err(taken)?,
        Some(id) => {
            let before = all.iter().find(|c| c.id == id).ok_or(Error::Absent)?;
            store::update(conn, id, &before.slug, &draft.columns).map_err(taken)?;
            id
        }
    };
    store::admit(conn, saved, &members, &draft.roles)?;
    roles::set(conn, saved, &moderators)?;
    let action = if id.is_none() { "category.created" } else { "category.changed" };
    audit::note(
        conn,
        &house.clock,
        Some(actor.id),
        action,
        &format!("category:{saved}"),
        &draft.columns.slug,
    )?;
    changed(conn, house, actor.id, saved)?;
    Ok(saved)
}

/// Takes in a category of another community. Its name and address are cut to what is allowed, and a number is
/// added to an address that is taken; private ones are for administrators until they let somebody in.
pub fn import(
    conn: &mut Conn,
    house: &House,
    id: Option<CategoryId>,
    wanted: &Columns,
) -> Result<CategoryId, Error> {
    let all = store::all(conn)?;
    let mut columns = wanted.clone();
    columns.name = columns.name.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(60).collect();
    if columns.name.is_empty() {
        columns.name = "…".into();
    }
    columns.description = columns.description.chars().take(500).collect();
    let cut: String = columns.slug.to_lowercase().chars().take(54).collect();
    let base = match cut.trim_matches('-') {
        "" => "c".to_owned(),
        number if number.chars().all(|c| c.is_ascii_digit()) => format!("c-{number}"),
        name => name.to_owned(),
    };
    columns.slug.clone_from(&base);
    for n in 2.. {
        let former = store::by_former_slug(conn, &columns.slug)?;
        if former.is_none() && !all.iter().any(|c| c.slug == columns.slug) {
            break;
        }
        columns.slug = format!("{base}-{n}");
    }
    check(&columns)?;
    check_parent(&all, None, columns.parent)?;
    let now = house.clock.now();
    let saved = store::insert(conn, id, &columns, now)?;
    let mut fact = NewActivity::new(Verb::CategoryChanged, now).from(Origin::Import);
    fact.category = Some(saved);
    activity::record(conn, &house.clock, &fact)?;
    Ok(saved)
}

/// Removes a category that has no threads (not even removed ones) and nothing below it.
pub fn remove(conn: &mut Conn, house: &House, actor: &SignedIn, id: CategoryId) -> Result<(), Error> {
    use crate::infra::db::schema::threads;
    if actor.role < Role::Administrator {
        return Err(Error::Forbidden);
    }
    let all = store::all(conn)?;
    let gone = all.iter().find(|c| c.id == id).ok_or(Error::Absent)?;
    let used: bool =
        diesel::select(diesel::dsl::exists(threads::table.filter(threads::category_id.eq(id.0))))
            .get_result(conn)?;
    if used || all.iter().any(|c| c.parent_id == Some(id)) {
        return Err(Error::NotEmpty);
    }
    roles::set(conn, id, &[])?;
    store::delete(conn, id)?;
    audit::note(
        conn,
        &house.clock,
        Some(actor.id),
        "category.removed",
        &format!("category:{id}"),
        &gone.slug,
    )?;
    changed(conn, house, actor.id, id)
}

fn changed(conn: &mut Conn, house: &House, actor: MemberId, id: CategoryId) -> Result<(), Error> {
    let mut fact = NewActivity::new(Verb::CategoryChanged, house.clock.now()).by(actor);
    fact.category = Some(id);
    activity::record(conn, &house.clock, &fact)?;
    Ok(())
}
