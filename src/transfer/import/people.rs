//! Members and categories of the other community. Members come without power, e-mail or password; an
//! administrator can let somebody claim one later.

use std::collections::HashMap;

use super::{Error, map};
use crate::base::actor::Role;
use crate::base::fold::fold;
use crate::base::ids::{CategoryId, MemberId};
use crate::base::time::UtcTime;
use crate::content::categories::model::{DEPTH, path};
use crate::content::categories::{self, store::Columns};
use crate::content::markup::slugify;
use crate::infra::activity::Origin;
use crate::infra::db::Conn;
use crate::infra::db::dialect::reserve_ids;
use crate::infra::house::House;
use crate::people::accounts::handle::Handle;
use crate::people::accounts::store::NewMember;
use crate::people::accounts::{self, model::display_name};
use crate::transfer::addresses::{self, Kind};
use crate::transfer::records::{CategoryRecord, ForeignId, MemberRecord, MemberRole};

/// Stands for authors whose account is gone.
pub const GONE: &str = "~gone";
/// Holds threads that were filed nowhere.
pub const NOWHERE: &str = "~none";
/// Holds threads of categories that the source did not tell about: private, since they may have been.
pub const UNKNOWN: &str = "~unknown";
/// Its name.
pub const UNKNOWN_CATEGORY: &str = "Unknown category";

/// The member who stands for those that are gone.
pub fn gone() -> MemberRecord {
    MemberRecord {
        id: ForeignId(GONE.into()),
        handle: "former-member".into(),
        name: Some("Former member".into()),
        joined_at: None,
        role: MemberRole::Member,
        title: None,
        suspended: false,
        old_paths: Vec::new(),
    }
}

/// The category for threads that have none of their own.
pub fn shelf(id: &str) -> CategoryRecord {
    let name = if id == NOWHERE { "Uncategorized" } else { UNKNOWN_CATEGORY };
    CategoryRecord {
        id: ForeignId(id.into()),
        parent: None,
        name: name.into(),
        slug: slugify(name),
        description: String::new(),
        color: None,
        position: 1_000,
        restricted: id != NOWHERE,
        old_paths: Vec::new(),
    }
}

/// A member that was made: foreign id, id, handle.
pub type Joined = (String, MemberId, String);

/// Makes accounts for `wanted`, who joined no later than `seen`.
pub fn join(
    conn: &mut Conn,
    house: &House,
    source: &str,
    wanted: &[(MemberRecord, UtcTime)],
) -> Result<Vec<Joined>, Error> {
    let mut joined = Vec::with_capacity(wanted.len());
    for (record, at) in wanted {
        let handle = free_handle(conn, record)?;
        let new = NewMember {
            public_id: house.random.public_id(),
            handle: &handle,
            display_name: &shown_name(record, &handle),
            email: None,
            email_confirmed: false,
            role: Role::Member,
            password_hash: None,
            imported: true,
            created_at: *at,
        };
        let id = accounts::service::create(conn, house, &new, Origin::Import)?;
        let own = |path: &&String| path.strip_prefix("/u/").is_some_and(|name| fold(name) == handle.fold());
        for path in record.old_paths.iter().filter(|path| !own(path)) {
            addresses::remember(conn, path, Kind::Member, id.0)?;
        }
        joined.push((record.id.0.clone(), id, handle.as_str().to_owned()));
    }
    let rows: Vec<_> = joined.iter().map(|(foreign, id, _)| (foreign.clone(), id.0)).collect();
    map::put(conn, source, Kind::Member, &rows)?;
    Ok(joined)
}

/// The name shown in the source, cut to what names may be.
fn shown_name(record: &MemberRecord, handle: &Handle) -> String {
    let given = record.name.as_deref().unwrap_or(&record.handle);
    let plain: String = given.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let cut: String = plain.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(40).collect();
    display_name(&cut).unwrap_or_else(|_| handle.as_str().to_owned())
}

/// The handle itself where it is valid and free, else the nearest that is: always the same for the same
/// members in the same order.
fn free_handle(conn: &mut Conn, record: &MemberRecord) -> Result<Handle, Error> {
    let mut base = match Handle::shape(&record.handle) {
        Ok(handle) => {
            if !accounts::store::handle_taken(conn, &handle)? {
                return Ok(handle);
            }
            handle.as_str().to_owned()
        }
        Err(_) => plain(&record.handle),
    };
    if Handle::shape(&base).is_err() {
        base = plain(&base.chars().filter(char::is_ascii).collect::<String>());
    }
    let short_id = record.id.0.len() <= 8 && record.id.0.bytes().all(|b| b.is_ascii_alphanumeric());
    let own = [String::new()].into_iter().chain(short_id.then(|| format!("-{}", record.id)));
    for ending in own.chain((2..10_000).map(|n| format!("-{n}"))) {
        let Ok(handle) = Handle::shape(&format!("{}{ending}", narrow(&base, 20 - ending.len()))) else {
            continue;
        };
        if !accounts::store::handle_taken(conn, &handle)? {
            return Ok(handle);
        }
    }
    Err(accounts::Error::HandleTaken.into())
}

/// Only what handles may have, within twenty columns.
fn plain(text: &str) -> String {
    let kept: String = text.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '-' }).collect();
    let parts: Vec<&str> = kept.split('-').filter(|part| !part.is_empty()).collect();
    let cut = narrow(parts.join("-").trim_matches('_'), 20);
    if Handle::shape(&cut).is_ok() { cut } else { narrow(&format!("member-{cut}"), 20) }
}

/// The beginning of `text` within `columns`, ending in a letter or digit.
fn narrow(text: &str, columns: usize) -> String {
    let mut width = 0;
    let cut: String = text
        .chars()
        .take_while(|c| {
            width += if *c >= '\u{1100}' { 2 } else { 1 };
            width <= columns
        })
        .collect();
    cut.trim_end_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

/// Makes `wanted`, given parents first; `known` are those that are here.
pub fn file(
    conn: &mut Conn,
    house: &House,
    source: &str,
    keep: bool,
    wanted: &[CategoryRecord],
    known: &HashMap<String, i64>,
) -> Result<Vec<(String, i64)>, Error> {
    let mut made: HashMap<String, i64> = HashMap::new();
    let mut rows = Vec::with_capacity(wanted.len());
    for record in wanted {
        let own = record.id.0.parse::<i64>().ok().filter(|id| keep && *id > 0);
        let all = categories::store::all(conn)?;
        let id = own.filter(|id| !all.iter().any(|c| c.id.0 == *id));
        if let Some(id) = id {
            reserve_ids(conn, "categories", id)?;
        }
        // What was deeper than the tree may be comes up to its last storey.
        let parent = record.parent.as_ref().and_then(|p| made.get(&p.0).or_else(|| known.get(&p.0)));
        let above = parent.map(|p| path(&all, CategoryId(*p))).unwrap_or_default();
        let parent = above.get(..above.len().min(DEPTH - 1)).and_then(|a| a.last()).map(|c| c.id);
        let columns = Columns {
            parent,
            slug: slugify(if record.slug.is_empty() { &record.name } else { &record.slug }),
            name: record.name.clone(),
            description: record.description.clone(),
            colour: format!("#{}", record.color.as_deref().unwrap_or("8a8f98")),
            position: i32::try_from(record.position).unwrap_or(i32::MAX),
            private: record.restricted,
            post_role: Role::Member,
        };
        let id = categories::service::import(conn, house, id.map(CategoryId), &columns)?;
        for path in &record.old_paths {
            addresses::remember(conn, path, Kind::Category, id.0)?;
        }
        made.insert(record.id.0.clone(), id.0);
        rows.push((record.id.0.clone(), id.0));
    }
    map::put(conn, source, Kind::Category, &rows)?;
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_handles() {
        assert_eq!(plain("a b/c"), "a-b-c");
        assert_eq!(plain("__x__"), "member-x");
        assert_eq!(plain("a_very_long_name_that_goes_on"), "a_very_long_name_tha");
        assert_eq!(plain("!"), "member");
        assert_eq!(narrow("汉字汉字", 5), "汉字");
    }
}
