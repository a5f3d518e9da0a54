//! Category moderators: members who moderate named categories whatever their role.

use diesel::prelude::*;

use crate::base::ids::{CategoryId, MemberId};
use crate::infra::db::Conn;
use crate::infra::db::schema::category_moderators as moderators;

/// The categories that `member` moderates.
pub fn categories_of(conn: &mut Conn, member: MemberId) -> QueryResult<Vec<CategoryId>> {
    moderators::table.filter(moderators::member_id.eq(member.0)).select(moderators::category_id).load(conn)
}

/// Who moderates `category`.
pub fn of_category(conn: &mut Conn, category: CategoryId) -> QueryResult<Vec<MemberId>> {
    moderators::table.filter(moderators::category_id.eq(category.0)).select(moderators::member_id).load(conn)
}

/// Makes `members` the moderators of `category`, and nobody else.
pub fn set(conn: &mut Conn, category: CategoryId, members: &[MemberId]) -> QueryResult<()> {
    diesel::delete(moderators::table.filter(moderators::category_id.eq(category.0))).execute(conn)?;
    for member in members {
        diesel::insert_into(moderators::table)
            .values((moderators::category_id.eq(category.0), moderators::member_id.eq(member.0)))
            .execute(conn)?;
    }
    Ok(())
}
