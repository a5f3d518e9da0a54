//! Reading and writing `custom_pages` and their former addresses.

use diesel::prelude::*;

use super::model::{CustomPage, Prepared, State};
use crate::base::ids::{MemberId, PageId};
use crate::base::time::UtcTime;
use crate::content::markup::RENDERER_VERSION;
use crate::infra::db::Conn;
use crate::infra::db::among::OneOf as _;
use crate::infra::db::schema::{custom_pages as pages, former_page_slugs as former};
use crate::on;

/// The page of `id`.
pub fn find(conn: &mut Conn, id: PageId) -> QueryResult<Option<CustomPage>> {
    pages::table.find(id.0).select(CustomPage::as_select()).get_result(conn).optional()
}

/// The pages of `ids`, in any order.
pub fn find_many(conn: &mut Conn, ids: &[PageId]) -> QueryResult<Vec<CustomPage>> {
    pages::table.filter(pages::id.among(ids.iter().map(|i| i.0))).select(CustomPage::as_select()).load(conn)
}

/// The page at an address.
pub fn by_slug(conn: &mut Conn, slug: &str) -> QueryResult<Option<CustomPage>> {
    pages::table.filter(pages::slug.eq(slug)).select(CustomPage::as_select()).get_result(conn).optional()
}

/// The page that once was at an address.
pub fn by_former_slug(conn: &mut Conn, slug: &str) -> QueryResult<Option<CustomPage>> {
    former::table
        .inner_join(pages::table.on(pages::id.eq(former::page_id)))
        .filter(former::slug.eq(slug))
        .select(CustomPage::as_select())
        .get_result(conn)
        .optional()
}

/// All pages, removed ones too, by title.
pub fn all(conn: &mut Conn) -> QueryResult<Vec<CustomPage>> {
    pages::table.order((pages::title.asc(), pages::id.asc())).select(CustomPage::as_select()).load(conn)
}

/// Address, title and last change of the pages that everybody may read.
pub fn published(conn: &mut Conn) -> QueryResult<Vec<(String, String, UtcTime)>> {
    pages::table
        .filter(pages::state.eq(State::Published.code()))
        .order(pages::id.asc())
        .select((pages::slug, pages::title, pages::changed_at))
        .load(conn)
}

/// How many there are.
pub(super) fn count(conn: &mut Conn) -> QueryResult<i64> {
    pages::table.count().get_result(conn)
}

pub(super) fn insert(conn: &mut Conn, new: &Prepared, by: MemberId, now: UtcTime) -> QueryResult<PageId> {
    diesel::insert_into(pages::table)
        .values((
            pages::slug.eq(&new.wanted.slug),
            pages::title.eq(&new.wanted.title),
            pages::description.eq(&new.wanted.description),
            pages::body.eq(&new.wanted.body),
            pages::html.eq(&new.html),
            pages::renderer.eq(RENDERER_VERSION),
            pages::lang.eq(new.lang),
            pages::state.eq(new.wanted.state.code()),
            pages::was_public.eq(false),
            pages::revision.eq(1),
            pages::published_at.eq((new.wanted.state == State::Published).then_some(now)),
            pages::changed_at.eq(now),
            pages::changed_by.eq(by.0),
        ))
        .returning(pages::id)
        .get_result(conn)
}

/// Replaces what stands there, if nobody did since `seen`; answers how many rows that were.
pub(super) fn update(
    conn: &mut Conn,
    before: &CustomPage,
    seen: i32,
    new: &Prepared,
    by: MemberId,
    now: UtcTime,
) -> QueryResult<usize> {
    let first = (new.wanted.state == State::Published).then_some(now);
    diesel::update(pages::table.filter(pages::id.eq(before.id.0)).filter(pages::revision.eq(seen)))
        .set((
            pages::slug.eq(&new.wanted.slug),
            pages::title.eq(&new.wanted.title),
            pages::description.eq(&new.wanted.description),
            pages::body.eq(&new.wanted.body),
            pages::html.eq(&new.html),
            pages::renderer.eq(RENDERER_VERSION),
            pages::lang.eq(new.lang),
            pages::state.eq(new.wanted.state.code()),
            pages::revision.eq(seen + 1),
            pages::published_at.eq(before.published_at.or(first)),
            pages::changed_at.eq(now),
            pages::changed_by.eq(by.0),
        ))
        .execute(conn)
}

/// Lets a former address of `id` lead on.
pub(super) fn remember(conn: &mut Conn, slug: &str, id: PageId) -> QueryResult<()> {
    on!(conn, |c| diesel::insert_into(former::table)
        .values((former::slug.eq(slug), former::page_id.eq(id.0)))
        .on_conflict(former::slug)
        .do_update()
        .set(former::page_id.eq(id.0))
        .execute(c))
    .map(drop)
}

/// An address that is somebody's again leads nowhere else.
pub(super) fn forget(conn: &mut Conn, slug: &str) -> QueryResult<()> {
    diesel::delete(former::table.find(slug)).execute(conn).map(drop)
}

/// Removes a page or brings it back.
pub(super) fn set_state(
    conn: &mut Conn,
    page: &CustomPage,
    state: State,
    was_public: bool,
    by: MemberId,
    now: UtcTime,
) -> QueryResult<()> {
    diesel::update(pages::table.find(page.id.0))
        .set((
            pages::state.eq(state.code()),
            pages::was_public.eq(was_public),
            pages::revision.eq(page.revision + 1),
            pages::changed_at.eq(now),
            pages::changed_by.eq(by.0),
        ))
        .execute(conn)
        .map(drop)
}
