//! Addresses that content had in the community it came from, so that old links still arrive. Only paths that
//! are no addresses of our own are kept; `/t/slug/12/3` is read as the third post of what was `/t/slug/12`.

use diesel::prelude::*;

use super::links::ForeignLink;
use crate::base::ids::ThreadId;
use crate::content::posts;
use crate::infra::db::Conn;
use crate::infra::db::schema::former_addresses as addresses;
use crate::on;

/// What an address leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A category.
    Category,
    /// A member.
    Member,
    /// A thread.
    Thread,
    /// A post.
    Post,
}

impl Kind {
    /// The number in the database.
    pub fn code(self) -> i16 {
        match self {
            Self::Category => 1,
            Self::Member => 2,
            Self::Thread => 3,
            Self::Post => 4,
        }
    }

    /// The kind of a stored number.
    pub fn from_code(code: i16) -> Option<Self> {
        [Self::Category, Self::Member, Self::Thread, Self::Post].into_iter().find(|k| k.code() == code)
    }
}

/// Notes that `path` led to a thing that is here now. Who came first keeps a path.
pub(super) fn remember(conn: &mut Conn, path: &str, kind: Kind, id: i64) -> QueryResult<()> {
    on!(conn, |c| diesel::insert_into(addresses::table)
        .values((addresses::path.eq(path), addresses::kind.eq(kind.code()), addresses::local_id.eq(id)))
        .on_conflict(addresses::path)
        .do_nothing()
        .execute(c))
    .map(drop)
}

fn exact(conn: &mut Conn, path: &str) -> QueryResult<Option<(Kind, i64)>> {
    let found = addresses::table
        .find(path)
        .select((addresses::kind, addresses::local_id))
        .get_result::<(i16, i64)>(conn)
        .optional()?;
    Ok(found.and_then(|(kind, id)| Some((Kind::from_code(kind)?, id))))
}

/// The addresses under which the map has what `path` says with more words: a category by its number whatever
/// its names were (`/c/pumps/seals/12/l/latest`), a member without the tab of the profile and in any case.
fn shorter(path: &str) -> Vec<String> {
    if let Some(rest) = path.strip_prefix("/c/") {
        return rest
            .split('/')
            .rev()
            .find_map(|p| p.parse::<i64>().ok())
            .map(|id| format!("/c/{id}"))
            .into_iter()
            .collect();
    }
    let Some(rest) = path.strip_prefix("/u/").or_else(|| path.strip_prefix("/users/")) else {
        return Vec::new();
    };
    let name = rest.split('/').next().unwrap_or_default();
    vec![format!("/u/{name}"), format!("/u/{}", name.to_lowercase())]
}

/// What was at `path` (percent-decoded) in a community that moved here: for addresses that nothing here has.
/// Whether the reader may see it is for the caller to decide. Does not see what is here by its own address.
pub fn resolve(conn: &mut Conn, path: &str) -> QueryResult<Option<(Kind, i64)>> {
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    if let Some(found) = exact(conn, path)? {
        return Ok(Some(found));
    }
    for path in shorter(path) {
        if let Some(found) = exact(conn, &path)? {
            return Ok(Some(found));
        }
    }
    let Some(link) = ForeignLink::from_path(path) else { return Ok(None) };
    let slug = path.trim_start_matches("/t/").split('/').next().unwrap_or_default();
    let Some((Kind::Thread, id)) = (match exact(conn, &format!("/t/{slug}/{}", link.topic))? {
        Some(found) => Some(found),
        // The title may have changed since the link was made.
        None => exact(conn, &format!("/t/{}", link.topic))?,
    }) else {
        return Ok(None);
    };
    let number = link.post_number.and_then(|number| i32::try_from(number).ok());
    let post = match number {
        Some(number) if number > 1 => posts::store::at(conn, ThreadId(id), number)?,
        _ => None,
    };
    Ok(Some(post.map_or((Kind::Thread, id), |post| (Kind::Post, post.id.0))))
}
