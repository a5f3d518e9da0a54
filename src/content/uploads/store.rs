//! Rows of uploads and their files.

use diesel::prelude::*;

use super::picture::Made;
use crate::base::ids::MemberId;
use crate::base::time::UtcTime;
use crate::infra::db::Conn;
use crate::infra::db::among::OneOf as _;
use crate::infra::db::schema::{upload_files, uploads};

/// A file, ready to be served.
#[derive(Debug, Clone, Queryable)]
pub struct File {
    /// `image/png` or `image/jpeg`.
    pub content_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

pub(super) fn insert(
    conn: &mut Conn,
    key: &str,
    member: MemberId,
    purpose: i16,
    made: &[Made],
    now: UtcTime,
) -> QueryResult<()> {
    let id: i64 = diesel::insert_into(uploads::table)
        .values((
            uploads::key.eq(key),
            uploads::member_id.eq(member),
            uploads::purpose.eq(purpose),
            uploads::created_at.eq(now.0),
        ))
        .returning(uploads::id)
        .get_result(conn)?;
    for file in made {
        diesel::insert_into(upload_files::table)
            .values((
                upload_files::upload_id.eq(id),
                upload_files::variant.eq(file.variant),
                upload_files::content_type.eq(file.content_type),
                upload_files::width.eq(i32::try_from(file.width).unwrap_or(i32::MAX)),
                upload_files::height.eq(i32::try_from(file.height).unwrap_or(i32::MAX)),
                upload_files::bytes.eq(&file.bytes),
            ))
            .execute(conn)?;
    }
    Ok(())
}

pub(super) fn since(conn: &mut Conn, member: MemberId, from: UtcTime) -> QueryResult<i64> {
    uploads::table
        .filter(uploads::member_id.eq(member))
        .filter(uploads::created_at.gt(from.0))
        .count()
        .get_result(conn)
}

pub(super) fn file(conn: &mut Conn, key: &str, variant: &str) -> QueryResult<Option<File>> {
    upload_files::table
        .inner_join(uploads::table)
        .filter(uploads::key.eq(key))
        .filter(upload_files::variant.eq(variant))
        .select((upload_files::content_type, upload_files::bytes))
        .get_result(conn)
        .optional()
}

pub(super) fn exists(conn: &mut Conn, key: &str) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(uploads::table.filter(uploads::key.eq(key)))).get_result(conn)
}

pub(super) fn delete(conn: &mut Conn, key: &str) -> QueryResult<usize> {
    let ids = uploads::table.filter(uploads::key.eq(key)).select(uploads::id);
    let ids: Vec<i64> = ids.load(conn)?;
    diesel::delete(upload_files::table.filter(upload_files::upload_id.among(&ids))).execute(conn)?;
    diesel::delete(uploads::table.filter(uploads::id.among(&ids))).execute(conn)
}
