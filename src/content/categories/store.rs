//! Reading and writing `categories` and who is let in.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::model::{Admission, Category, tree_order};
use crate::base::actor::{Actor, Role};
use crate::base::ids::{CategoryId, MemberId};
use crate::base::time::UtcTime;
use crate::infra::db::Conn;
use crate::infra::db::schema::{categories, category_members, category_roles, former_category_slugs};
use crate::on;

/// All categories in tree order.
pub fn all(conn: &mut Conn) -> QueryResult<Vec<Category>> {
    categories::table.select(Category::as_select()).load(conn).map(tree_order)
}

/// Which private categories `actor` was named for.
pub fn admission(conn: &mut Conn, actor: &Actor) -> QueryResult<Admission> {
    let Some(member) = actor.member() else { return Ok(Admission::default()) };
    let by_name: Vec<CategoryId> = category_members::table
        .filter(category_members::member_id.eq(member.id.0))
        .select(category_members::category_id)
        .load(conn)?;
    let by_role: Vec<CategoryId> = category_roles::table
        .filter(category_roles::role.eq(member.role.code()))
        .select(category_roles::category_id)
        .load(conn)?;
    Ok(Admission { by_name: by_name.into_iter().collect(), by_role: by_role.into_iter().collect() })
}

/// The category that once had this address.
pub fn by_former_slug(conn: &mut Conn, slug: &str) -> QueryResult<Option<CategoryId>> {
    former_category_slugs::table
        .find(slug)
        .select(former_category_slugs::category_id)
        .get_result(conn)
        .optional()
}

/// Who is let into `id`: named members and named roles.
pub fn admitted(conn: &mut Conn, id: CategoryId) -> QueryResult<(Vec<MemberId>, Vec<Role>)> {
    let members = category_members::table
        .filter(category_members::category_id.eq(id.0))
        .select(category_members::member_id)
        .load(conn)?;
    let roles: Vec<i16> = category_roles::table
        .filter(category_roles::category_id.eq(id.0))
        .select(category_roles::role)
        .load(conn)?;
    Ok((members, roles.into_iter().map(Role::from_code).collect()))
}

/// The columns that an administrator decides.
#[derive(Debug, Clone)]
pub struct Columns {
    /// Parent.
    pub parent: Option<CategoryId>,
    /// Address.
    pub slug: String,
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
    /// Colour.
    pub colour: String,
    /// Order among siblings.
    pub position: i32,
    /// For named roles and members only.
    pub private: bool,
    /// The weakest role that may open threads.
    pub post_role: Role,
}

/// Adds a category; `id` only for imports into an empty database.
pub fn insert(
    conn: &mut Conn,
    id: Option<CategoryId>,
    new: &Columns,
    now: UtcTime,
) -> QueryResult<CategoryId> {
    let row = (
        categories::parent_id.eq(new.parent.map(|p| p.0)),
        categories::slug.eq(&new.slug),
        categories::name.eq(&new.name),
        categories::description.eq(&new.description),
        categories::colour.eq(&new.colour),
        categories::position.eq(new.position),
        categories::private.eq(new.private),
        categories::post_role.eq(new.post_role.code()),
        categories::threads.eq(0_i64),
        categories::created_at.eq(now),
    );
    match id {
        Some(id) => diesel::insert_into(categories::table)
            .values((categories::id.eq(id.0), row))
            .returning(categories::id)
            .get_result(conn),
        None => diesel::insert_into(categories::table).values(row).returning(categories::id).get_result(conn),
    }
}

/// Changes a category; keeps its former address.
pub fn update(conn: &mut Conn, id: CategoryId, former_slug: &str, new: &Columns) -> QueryResult<()> {
    if former_slug != new.slug {
        diesel::delete(former_category_slugs::table.find(&new.slug)).execute(conn)?;
        on!(conn, |c| diesel::insert_into(former_category_slugs::table)
            .values((
                former_category_slugs::slug.eq(former_slug),
                former_category_slugs::category_id.eq(id.0)
            ))
            .on_conflict(former_category_slugs::slug)
            .do_update()
            .set(former_category_slugs::category_id.eq(id.0))
            .execute(c))?;
    }
    diesel::update(categories::table.find(id.0))
        .set((
            categories::parent_id.eq(new.parent.map(|p| p.0)),
            categories::slug.eq(&new.slug),
            categories::name.eq(&new.name),
            categories::description.eq(&new.description),
            categories::colour.eq(&new.colour),
            categories::position.eq(new.position),
            categories::private.eq(new.private),
            categories::post_role.eq(new.post_role.code()),
        ))
        .execute(conn)
        .map(drop)
}

/// Sets who is let in.
pub fn admit(conn: &mut Conn, id: CategoryId, members: &[MemberId], roles: &[Role]) -> QueryResult<()> {
    diesel::delete(category_members::table.filter(category_members::category_id.eq(id.0))).execute(conn)?;
    diesel::delete(category_roles::table.filter(category_roles::category_id.eq(id.0))).execute(conn)?;
    for member in members.iter().collect::<HashSet<_>>() {
        diesel::insert_into(category_members::table)
            .values((category_members::category_id.eq(id.0), category_members::member_id.eq(member.0)))
            .execute(conn)?;
    }
    for role in roles.iter().collect::<HashSet<_>>() {
        diesel::insert_into(category_roles::table)
            .values((category_roles::category_id.eq(id.0), category_roles::role.eq(role.code())))
            .execute(conn)?;
    }
    Ok(())
}

/// Removes an empty category.
pub fn delete(conn: &mut Conn, id: CategoryId) -> QueryResult<()> {
    admit(conn, id, &[], &[])?;
    diesel::delete(former_category_slugs::table.filter(former_category_slugs::category_id.eq(id.0)))
        .execute(conn)?;
    diesel::delete(categories::table.find(id.0)).execute(conn).map(drop)
}

/// Moves the counter of listed threads. Locks the row, so call it before the threads' own rows.
pub fn count(conn: &mut Conn, id: CategoryId, change: i64) -> QueryResult<()> {
    diesel::sql_query("UPDATE categories SET threads = threads + $1 WHERE id = $2")
        .bind::<BigInt, _>(change)
        .bind::<BigInt, _>(id)
        .execute(conn)
        .map(drop)
}

/// Counts the listed threads of every category anew.
pub fn recount(conn: &mut Conn) -> QueryResult<usize> {
    diesel::sql_query(
        "UPDATE categories SET threads = (SELECT COUNT(*) FROM threads t WHERE t.category_id = categories.id AND t.state = 0)",
    )
    .execute(conn)
}
