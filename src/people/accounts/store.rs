//! Reading and writing `members`, `former_handles` and `member_names`.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::handle::Handle;
use super::model::{Card, Email, Member};
use super::names;
use crate::base::actor::Role;
use crate::base::fold::is_han;
use crate::base::ids::MemberId;
use crate::base::time::UtcTime;
use crate::infra::db::Conn;
use crate::infra::db::among::OneOf as _;
use crate::infra::db::dialect::for_update;
use crate::infra::db::schema::{former_handles, member_counters, member_names, members};

/// Members offered at once.
const OFFERED: i64 = 10;

/// A new row.
pub struct NewMember<'a> {
    /// The id shown outside.
    pub public_id: String,
    /// Handle.
    pub handle: &'a Handle,
    /// Name shown.
    pub display_name: &'a str,
    /// E-mail, if there is one.
    pub email: Option<&'a Email>,
    /// Whether the e-mail identifies the member.
    pub email_confirmed: bool,
    /// Role.
    pub role: Role,
    /// Hash of the password, if there is one.
    pub password_hash: Option<&'a str>,
    /// Came in with another community.
    pub imported: bool,
    /// When.
    pub created_at: UtcTime,
}

/// Adds a row.
pub fn insert(conn: &mut Conn, new: &NewMember<'_>) -> QueryResult<MemberId> {
    let id = diesel::insert_into(members::table)
        .values((
            members::public_id.eq(&new.public_id),
            members::handle.eq(new.handle.as_str()),
            members::handle_key.eq(new.handle.key()),
            members::handle_fold.eq(new.handle.fold()),
            members::display_name.eq(new.display_name),
            members::email.eq(new.email.map(|e| e.text.as_str())),
            members::email_key.eq(new.email.map(|e| e.key.as_str())),
            members::email_confirmed.eq(new.email_confirmed),
            members::role.eq(new.role.code()),
            members::password_hash.eq(new.password_hash),
            members::bio.eq(""),
            members::profile_public.eq(false),
            members::imported.eq(new.imported),
            members::created_at.eq(new.created_at),
        ))
        .returning(members::id)
        .get_result(conn)?;
    set_names(conn, id, new.handle.as_str(), new.display_name)?;
    Ok(id)
}

/// Writes what a member is looked for by.
fn set_names(conn: &mut Conn, id: MemberId, handle: &str, display_name: &str) -> QueryResult<()> {
    diesel::delete(member_names::table.filter(member_names::member_id.eq(id.0))).execute(conn)?;
    add_names(conn, id, handle, display_name)
}

fn add_names(conn: &mut Conn, id: MemberId, handle: &str, display_name: &str) -> QueryResult<()> {
    for form in names::forms(handle, display_name) {
        diesel::sql_query(
            "INSERT INTO member_names (name, member_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        )
        .bind::<Text, _>(form)
        .bind::<BigInt, _>(id)
        .execute(conn)?;
    }
    Ok(())
}

/// Writes the names of all members when none is written yet, as after the release that began to.
pub fn name_all(conn: &mut Conn) -> QueryResult<usize> {
    let known: Option<String> = member_names::table
        .order(member_names::name.asc())
        .select(member_names::name)
        .first(conn)
        .optional()?;
    let (mut last, mut done) = (MemberId(0), 0);
    while known.is_none() {
        let some: Vec<(MemberId, String, String)> = members::table
            .filter(members::id.gt(last.0))
            .order(members::id.asc())
            .limit(500)
            .select((members::id, members::handle, members::display_name))
            .load(conn)?;
        let Some((id, ..)) = some.last() else { break };
        last = *id;
        done += some.len();
        for (id, handle, name) in &some {
            add_names(conn, *id, handle, name)?;
        }
    }
    Ok(done)
}

/// The account of `id`.
pub fn find(conn: &mut Conn, id: MemberId) -> QueryResult<Option<Member>> {
    members::table.find(id.0).select(Member::as_select()).get_result(conn).optional()
}

/// The account of a handle, whatever its case, width or script.
pub fn by_handle(conn: &mut Conn, handle: &str) -> QueryResult<Option<Member>> {
    let Ok(handle) = Handle::shape(handle) else { return Ok(None) };
    members::table
        .filter(members::handle_fold.eq(handle.fold()))
        .select(Member::as_select())
        .get_result(conn)
        .optional()
}

/// The account that once had this handle.
pub fn by_former_handle(conn: &mut Conn, handle: &str) -> QueryResult<Option<Member>> {
    let Ok(handle) = Handle::shape(handle) else { return Ok(None) };
    former_handles::table
        .inner_join(members::table.on(members::id.eq(former_handles::member_id)))
        .filter(former_handles::handle_fold.eq(handle.fold()))
        .select(Member::as_select())
        .get_result(conn)
        .optional()
}

/// True when the handle, or one that looks like it, belongs or belonged to somebody.
pub fn handle_taken(conn: &mut Conn, handle: &Handle) -> QueryResult<bool> {
    taken_from(conn, handle, MemberId(0))
}

/// [`handle_taken`] by anybody but `member`. Present handles are looked at first: who gives one up while this
/// runs has left it among the former ones by the time those are read.
pub(super) fn taken_from(conn: &mut Conn, handle: &Handle, member: MemberId) -> QueryResult<bool> {
    let same = members::handle_key.eq(handle.key()).or(members::handle_fold.eq(handle.fold()));
    let others = members::table.filter(same).filter(members::id.ne(member.0));
    if diesel::select(diesel::dsl::exists(others)).get_result::<bool>(conn)? {
        return Ok(true);
    }
    let same = former_handles::handle_key.eq(handle.key()).or(former_handles::handle_fold.eq(handle.fold()));
    let others = former_handles::table.filter(same).filter(former_handles::member_id.ne(member.0));
    diesel::select(diesel::dsl::exists(others)).get_result(conn)
}

/// The account of `id`, locked until the transaction ends.
pub(super) fn lock(conn: &mut Conn, id: MemberId) -> QueryResult<Option<Member>> {
    let lock = for_update(conn);
    diesel::sql_query(format!("SELECT * FROM members WHERE id = $1{lock}"))
        .bind::<diesel::sql_types::BigInt, _>(id)
        .get_result::<Member>(conn)
        .optional()
}

/// Gives `id` another handle and name; the handle before stays theirs.
pub(super) fn rename(
    conn: &mut Conn,
    id: MemberId,
    before: &Handle,
    handle: &Handle,
    display_name: &str,
    now: UtcTime,
) -> QueryResult<()> {
    diesel::delete(former_handles::table.find(handle.fold())).execute(conn)?;
    if before.fold() != handle.fold() {
        diesel::insert_into(former_handles::table)
            .values((
                former_handles::handle_fold.eq(before.fold()),
                former_handles::handle_key.eq(before.key()),
                former_handles::member_id.eq(id.0),
                former_handles::changed_at.eq(now),
            ))
            .execute(conn)?;
    }
    diesel::update(members::table.find(id.0))
        .set((
            members::handle.eq(handle.as_str()),
            members::handle_key.eq(handle.key()),
            members::handle_fold.eq(handle.fold()),
            members::display_name.eq(display_name),
            members::handle_changed_at.eq(now),
        ))
        .execute(conn)?;
    set_names(conn, id, handle.as_str(), display_name)
}

/// Id and password hash of whoever signs in as `login`: a handle or a confirmed e-mail.
pub fn credentials(conn: &mut Conn, login: &str) -> QueryResult<Option<(MemberId, Option<String>)>> {
    let columns = (members::id, members::password_hash);
    if let Ok(email) = Email::parse(login) {
        return members::table
            .filter(members::email_key.eq(&email.key))
            .filter(members::email_confirmed.eq(true))
            .select(columns)
            .get_result(conn)
            .optional();
    }
    let Ok(handle) = Handle::shape(login) else { return Ok(None) };
    let present = members::table
        .filter(members::handle_fold.eq(handle.fold()))
        .select(columns)
        .get_result(conn)
        .optional()?;
    if present.is_some() {
        return Ok(present);
    }
    // Nobody else is ever given a former handle, so it still names its owner.
    former_handles::table
        .inner_join(members::table.on(members::id.eq(former_handles::member_id)))
        .filter(former_handles::handle_fold.eq(handle.fold()))
        .select(columns)
        .get_result(conn)
        .optional()
}

/// The password hash of `id`.
pub fn password_hash(conn: &mut Conn, id: MemberId) -> QueryResult<Option<String>> {
    members::table.find(id.0).select(members::password_hash).get_result(conn)
}

/// Sets the password.
pub fn set_password(conn: &mut Conn, id: MemberId, hash: &str) -> QueryResult<usize> {
    diesel::update(members::table.find(id.0)).set(members::password_hash.eq(hash)).execute(conn)
}

/// Sets role.
pub fn set_role(conn: &mut Conn, id: MemberId, role: Role) -> QueryResult<usize> {
    diesel::update(members::table.find(id.0)).set(members::role.eq(role.code())).execute(conn)
}

/// Sets or ends a suspension.
pub fn set_suspension(
    conn: &mut Conn,
    id: MemberId,
    until: Option<UtcTime>,
    reason: Option<&str>,
) -> QueryResult<usize> {
    diesel::update(members::table.find(id.0))
        .set((members::suspended_until.eq(until), members::suspended_reason.eq(reason)))
        .execute(conn)
}

/// Sets the level of `ids`; returns those who stood on another.
pub(super) fn set_level(conn: &mut Conn, ids: &[MemberId], level: i16) -> QueryResult<Vec<MemberId>> {
    diesel::update(members::table.filter(members::id.among(ids.iter().map(|i| i.0))))
        .filter(members::level.ne(level))
        .set(members::level.eq(level))
        .returning(members::id)
        .get_results(conn)
}

/// Sets what members change themselves.
pub fn set_profile(conn: &mut Conn, id: MemberId, name: &str, bio: &str, public: bool) -> QueryResult<()> {
    let handle: Option<String> = diesel::update(members::table.find(id.0))
        .set((members::display_name.eq(name), members::bio.eq(bio), members::profile_public.eq(public)))
        .returning(members::handle)
        .get_result(conn)
        .optional()?;
    handle.map_or(Ok(()), |handle| set_names(conn, id, &handle, name))
}

/// Sets language and theme.
pub fn set_appearance(
    conn: &mut Conn,
    id: MemberId,
    locale: Option<&str>,
    theme: Option<&str>,
) -> QueryResult<usize> {
    diesel::update(members::table.find(id.0))
        .set((members::locale.eq(locale), members::theme.eq(theme)))
        .execute(conn)
}

pub(super) fn set_avatar(conn: &mut Conn, id: MemberId, key: Option<&str>) -> QueryResult<usize> {
    diesel::update(members::table.find(id.0)).set(members::avatar.eq(key)).execute(conn)
}

/// Makes an imported account usable: an address and the end of `imported`.
pub fn set_claimed(conn: &mut Conn, id: MemberId, email: Option<&Email>) -> QueryResult<usize> {
    diesel::update(members::table.find(id.0))
        .set((
            members::email.eq(email.map(|e| e.text.as_str())),
            members::email_key.eq(email.map(|e| e.key.as_str())),
            members::email_confirmed.eq(email.is_some()),
            members::imported.eq(false),
        ))
        .execute(conn)
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    id: MemberId,
}

/// Administrators who can act at `now`, locked until the transaction ends so that two demotions cannot cross.
pub fn administrators(conn: &mut Conn, now: UtcTime) -> QueryResult<Vec<MemberId>> {
    let lock = for_update(conn);
    diesel::sql_query(format!(
        "SELECT id FROM members WHERE role = {} AND (suspended_until IS NULL OR suspended_until <= $1) ORDER BY id{lock}",
        Role::Administrator.code()
    ))
    .bind::<diesel::sql_types::BigInt, _>(now)
    .load::<Id>(conn)
    .map(|rows| rows.into_iter().map(|r| r.id).collect())
}

/// The public cards of `ids`, in any order.
pub fn cards(conn: &mut Conn, ids: &[MemberId]) -> QueryResult<Vec<Card>> {
    members::table.filter(members::id.among(ids.iter().map(|i| i.0))).select(Card::as_select()).load(conn)
}

/// The handles among `handles` that exist or existed, as `(folded, as its owner writes it now)`.
pub fn known_handles(conn: &mut Conn, handles: &[String]) -> QueryResult<Vec<(String, String)>> {
    let mut folds: Vec<String> =
        handles.iter().filter_map(|h| Handle::shape(h).ok()).map(|h| h.fold().to_owned()).collect();
    if folds.is_empty() {
        return Ok(Vec::new());
    }
    let mut known: Vec<(String, String)> = members::table
        .filter(members::handle_fold.among(&folds))
        .select((members::handle_fold, members::handle))
        .load(conn)?;
    folds.retain(|fold| !known.iter().any(|(k, _)| k == fold));
    if !folds.is_empty() {
        let former: Vec<(String, String)> = former_handles::table
            .inner_join(members::table.on(members::id.eq(former_handles::member_id)))
            .filter(former_handles::handle_fold.among(folds))
            .select((former_handles::handle_fold, members::handle))
            .load(conn)?;
        known.extend(former);
    }
    Ok(known)
}

/// Which of `handles` lead to a profile that visitors may open: those of now as their owners write them, and
/// former ones, which lead there by a redirect.
pub fn public_handles(conn: &mut Conn, handles: &[String]) -> QueryResult<Vec<String>> {
    if handles.is_empty() {
        return Ok(Vec::new());
    }
    let open = members::profile_public.eq(true).or(members::role.ge(Role::Expert.code()));
    let mut public: Vec<String> = members::table
        .filter(members::handle.among(handles))
        .filter(open)
        .select(members::handle)
        .load(conn)?;
    let others: Vec<(&String, String)> = handles
        .iter()
        .filter(|h| !public.contains(h))
        .filter_map(|h| Some((h, Handle::shape(h).ok()?.fold().to_owned())))
        .collect();
    if !others.is_empty() {
        let former: Vec<String> = former_handles::table
            .inner_join(members::table.on(members::id.eq(former_handles::member_id)))
            .filter(former_handles::handle_fold.among(others.iter().map(|(_, fold)| fold)))
            .filter(open)
            .select(former_handles::handle_fold)
            .load(conn)?;
        public.extend(others.into_iter().filter(|(_, f)| former.contains(f)).map(|(h, _)| h.clone()));
    }
    Ok(public)
}

/// Handles of those whose profiles are public and who wrote something, by id.
pub fn indexable(conn: &mut Conn, limit: i64) -> QueryResult<Vec<(MemberId, String)>> {
    members::table
        .inner_join(member_counters::table.on(member_counters::member_id.eq(members::id)))
        .filter(members::profile_public.eq(true).or(members::role.ge(Role::Expert.code())))
        .filter(member_counters::posts.gt(0))
        .order(members::id.asc())
        .limit(limit)
        .select((members::id, members::handle))
        .load(conn)
}

/// At most ten cards of members whose handle, or else whose name, begins with `prefix`, which has two characters or
/// more (one Han character is enough), as it is written or as it sounds.
pub fn complete(conn: &mut Conn, prefix: &str) -> QueryResult<Vec<Card>> {
    let (from, to) = beginning(prefix);
    let least = if from.chars().all(is_han) { 1 } else { 2 };
    if from.chars().count() < least {
        return Ok(Vec::new());
    }
    let mut found: Vec<Card> = members::table
        .filter(members::handle_fold.ge(&from))
        .filter(members::handle_fold.lt(&to))
        .order(members::handle_fold.asc())
        .limit(OFFERED)
        .select(Card::as_select())
        .load(conn)?;
    let named: Vec<MemberId> = member_names::table
        .filter(member_names::name.ge(&from))
        .filter(member_names::name.lt(&to))
        .order((member_names::name.asc(), member_names::member_id.asc()))
        // A member may be told under several forms that begin so.
        .limit(OFFERED * 4)
        .select(member_names::member_id)
        .load(conn)?;
    add_cards(conn, &mut found, &named)?;
    Ok(found)
}

/// The members whose handle or name is `text`, as it is written or as it sounds; at most ten.
pub fn called(conn: &mut Conn, text: &str) -> QueryResult<Vec<Card>> {
    let form = names::form(text.trim_start_matches('@'));
    let mut found: Vec<Card> =
        members::table.filter(members::handle_fold.eq(&form)).select(Card::as_select()).load(conn)?;
    let named: Vec<MemberId> = member_names::table
        .filter(member_names::name.eq(&form))
        .order(member_names::member_id.asc())
        .limit(OFFERED)
        .select(member_names::member_id)
        .load(conn)?;
    add_cards(conn, &mut found, &named)?;
    Ok(found)
}

/// Adds the cards of `ids` that are not among `found`, in that order, up to [`OFFERED`].
fn add_cards(conn: &mut Conn, found: &mut Vec<Card>, ids: &[MemberId]) -> QueryResult<()> {
    let mut others = cards(conn, ids)?;
    for id in ids {
        let room = i64::try_from(found.len()).is_ok_and(|n| n < OFFERED);
        if let Some(at) = others.iter().position(|card| room && card.id == *id) {
            let card = others.swap_remove(at);
            if found.iter().all(|known| known.id != card.id) {
                found.push(card);
            }
        }
    }
    Ok(())
}

/// The forms between which all lie that begin with `prefix`.
fn beginning(prefix: &str) -> (String, String) {
    let from = names::form(prefix.trim_start_matches('@'));
    let to = format!("{from}{}", char::MAX);
    (from, to)
}

/// One page of the back office's list of members, newest first; `find` matches the beginning of a handle or
/// a name.
pub fn list(
    conn: &mut Conn,
    find: &str,
    role: Option<Role>,
    before: Option<MemberId>,
    limit: i64,
) -> QueryResult<Vec<Member>> {
    let mut query =
        members::table.select(Member::as_select()).order(members::id.desc()).limit(limit).into_boxed();
    if !find.is_empty() {
        let (from, to) = beginning(find);
        let named = member_names::table
            .filter(member_names::name.ge(from.clone()))
            .filter(member_names::name.lt(to.clone()))
            .select(member_names::member_id);
        let handle = members::handle_fold.ge(from).and(members::handle_fold.lt(to));
        query = query.filter(handle.or(members::id.eq_any(named)));
    }
    if let Some(role) = role {
        query = query.filter(members::role.eq(role.code()));
    }
    if let Some(before) = before {
        query = query.filter(members::id.lt(before));
    }
    query.load(conn)
}

/// Moves the day an imported member joined back to `at`; nothing when it is no later.
pub fn joined_by(conn: &mut Conn, id: MemberId, at: UtcTime) -> QueryResult<usize> {
    diesel::update(members::table.find(id.0).filter(members::imported).filter(members::created_at.gt(at)))
        .set(members::created_at.eq(at))
        .execute(conn)
}

/// How many members there are.
pub fn count(conn: &mut Conn) -> QueryResult<i64> {
    members::table.count().get_result(conn)
}
