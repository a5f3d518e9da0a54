//! Changing a handle: former addresses lead to the new one, and no former handle is given to anybody else.

use super::handle::Handle;
use super::model::Member;
use super::password::{Password, PasswordPool};
use super::{Error, store};
use crate::base::actor::{Role, SignedIn};
use crate::base::ids::MemberId;
use crate::base::time::DAY;
use crate::infra::activity::{self, NewActivity, Verb};
use crate::infra::db::{Conn, DbError, unique_violation};
use crate::infra::house::House;
use crate::site::audit;

/// How long a handle stands before its owner may change it again.
pub const REST: i64 = 30 * DAY;

/// Changes the handle of `member`, who knows their password, to what they typed; returns it as it is stored.
pub async fn change_own(
    house: &House,
    pool: &PasswordPool,
    member: &SignedIn,
    password: &str,
    wanted: &str,
) -> Result<String, Error> {
    if member.suspended_until.is_some() {
        return Err(Error::Suspended);
    }
    let handle = Handle::parse(wanted)?;
    let id = member.id;
    let hash = house.db.read(move |c| store::password_hash(c, id).map_err(DbError::from)).await?;
    if !pool.verify(Password::given(password), hash).await? {
        return Err(Error::PasswordWrong);
    }
    let cx = house.clone();
    house
        .db
        .write(move |conn| {
            let now = cx.clock.now();
            let target = store::lock(conn, id)?.ok_or(Error::Absent)?;
            let rests = target.handle_changed_at.map_or(0, |at| at.plus(REST).0 - now.0);
            if rests > 0 && target.handle != handle.as_str() {
                return Err(Error::HandleRecent { days: (rests + DAY - 1) / DAY });
            }
            give(conn, &cx, id, &target, &handle)?;
            Ok(handle.as_str().to_owned())
        })
        .await
}

/// Gives the member called `handle` another one, as an administrator decides; also a reserved one, and at once.
pub fn change_by_staff(
    conn: &mut Conn,
    house: &House,
    actor: &SignedIn,
    handle: &str,
    wanted: &str,
) -> Result<String, Error> {
    if actor.suspended_until.is_some() {
        return Err(Error::Suspended);
    }
    if actor.role < Role::Administrator {
        return Err(Error::Forbidden);
    }
    let wanted = Handle::shape(wanted)?;
    let found = store::by_handle(conn, handle)?.ok_or(Error::Absent)?;
    let target = store::lock(conn, found.id)?.ok_or(Error::Absent)?;
    if give(conn, house, actor.id, &target, &wanted)? {
        let detail = format!("{} → {}", target.handle, wanted.as_str());
        let subject = format!("member:{}", target.id);
        audit::note(conn, &house.clock, Some(actor.id), "member.renamed", &subject, &detail)?;
    }
    Ok(wanted.as_str().to_owned())
}

/// Gives the handle to `target`, whose row is locked; false when it is the one they have. A name that was only
/// the handle follows it.
fn give(
    conn: &mut Conn,
    house: &House,
    actor: MemberId,
    target: &Member,
    wanted: &Handle,
) -> Result<bool, Error> {
    if target.handle == wanted.as_str() {
        return Ok(false);
    }
    if store::taken_from(conn, wanted, target.id)? {
        return Err(Error::HandleTaken);
    }
    let before = Handle::shape(&target.handle)?;
    let name = if target.display_name == target.handle { wanted.as_str() } else { &target.display_name };
    let now = house.clock.now();
    store::rename(conn, target.id, &before, wanted, name, now).map_err(|e| match unique_violation(&e) {
        Some(_) => Error::HandleTaken,
        None => Error::from(e),
    })?;
    let fact = NewActivity::new(Verb::MemberRenamed, now).by(actor).to(target.id);
    activity::record(conn, &house.clock, &fact)?;
    Ok(true)
}
