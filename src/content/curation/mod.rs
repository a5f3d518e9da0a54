//! Curation: pins hold threads at the top, of the site or of a category, until a time or for good.

use diesel::prelude::*;

use crate::base::actor::{Role, SignedIn};
use crate::base::fault::{Fault, Kind};
use crate::base::ids::{CategoryId, MemberId, ThreadId};
use crate::base::time::{DAY, UtcTime};
use crate::content::categories::Readable;
use crate::content::threads::{self, State, Thread};
use crate::infra::activity::{self, NewActivity, Origin, Verb};
use crate::infra::db::among::OneOf as _;
use crate::infra::db::schema::{pin_dismissals, pins};
use crate::infra::db::{Conn, DbError};
use crate::infra::house::House;
use crate::site::audit;
use crate::{on, room_error};

/// Pins shown above one list at the most.
const SHOWN: i64 = 10;

/// A refusal of this room.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The end lies in the past or too far ahead.
    #[error("a pin ends in the future, within ten years")]
    UntilInvalid,
    /// Neither site nor category.
    #[error("a pin is for the site or for the category")]
    ScopeInvalid,
    /// The place among pins is no number, or too large a one.
    #[error("a position is a number between -1000 and 1000")]
    PositionInvalid,
    /// The role does not allow it.
    #[error("not allowed")]
    Forbidden,
    /// The thread refuses.
    #[error(transparent)]
    Thread(#[from] threads::Error),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}
room_error!(Error);

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::UntilInvalid | Self::ScopeInvalid | Self::PositionInvalid => Kind::Invalid,
            Self::Forbidden => Kind::Forbidden,
            Self::Thread(e) => e.kind(),
            Self::Db(e) => e.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::UntilInvalid => "pin_until",
            Self::ScopeInvalid => "pin_scope",
            Self::PositionInvalid => "pin_position",
            Self::Forbidden => "forbidden",
            Self::Thread(e) => e.code(),
            Self::Db(e) => e.code(),
        }
    }
    fn field(&self) -> Option<&str> {
        match self {
            Self::UntilInvalid => Some("until"),
            Self::ScopeInvalid => Some("scope"),
            Self::PositionInvalid => Some("position"),
            _ => None,
        }
    }
}

/// Where a pin holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// On the site's lists.
    Site,
    /// On the lists of the thread's category.
    Category,
}

impl Scope {
    /// The scope of a name.
    pub fn parse(name: &str) -> Result<Self, Error> {
        match name {
            "site" => Ok(Self::Site),
            "category" => Ok(Self::Category),
            _ => Err(Error::ScopeInvalid),
        }
    }
}

/// A pin.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = pins)]
pub struct Pin {
    /// Its id.
    pub id: i64,
    /// The thread.
    pub thread_id: ThreadId,
    /// The category, or nothing for the site.
    pub category_id: Option<CategoryId>,
    /// Order among pins, lowest first.
    pub position: i32,
    /// Ends then.
    pub until: Option<UtcTime>,
}

/// A pin asked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Where.
    pub scope: Scope,
    /// Until when; for good without.
    pub until: Option<UtcTime>,
    /// Order among pins.
    pub position: i32,
}

/// Pins a thread. The site's lists are for moderators of the site.
pub fn pin(
    conn: &mut Conn,
    house: &House,
    member: &SignedIn,
    id: ThreadId,
    wanted: Wanted,
) -> Result<(), Error> {
    let thread = threads::service::lock_moderated(conn, member, id)?;
    let now = house.clock.now();
    if wanted.scope == Scope::Site && member.role < Role::Moderator {
        return Err(Error::Forbidden);
    }
    if wanted.until.is_some_and(|until| until <= now || until > now.plus(3_660 * DAY)) {
        return Err(Error::UntilInvalid);
    }
    if !(-1_000..=1_000).contains(&wanted.position) {
        return Err(Error::PositionInvalid);
    }
    let category = (wanted.scope == Scope::Category).then_some(thread.category_id);
    take_off(conn, id, wanted.scope)?;
    diesel::insert_into(pins::table)
        .values((
            pins::thread_id.eq(id.0),
            pins::category_id.eq(category.map(|c| c.0)),
            pins::position.eq(wanted.position),
            pins::until.eq(wanted.until),
            pins::pinned_by.eq(member.id.0),
            pins::pinned_at.eq(now),
        ))
        .execute(conn)?;
    note(conn, house, member, &thread, Verb::ThreadPinned)
}

/// Takes a pin off; returns nothing special when there was none.
pub fn unpin(
    conn: &mut Conn,
    house: &House,
    member: &SignedIn,
    id: ThreadId,
    scope: Option<Scope>,
) -> Result<(), Error> {
    let thread = threads::service::lock_moderated(conn, member, id)?;
    if scope != Some(Scope::Category) && member.role < Role::Moderator {
        return Err(Error::Forbidden);
    }
    let mut gone = 0;
    for each in [Scope::Site, Scope::Category] {
        if scope.is_none_or(|s| s == each) {
            gone += take_off(conn, id, each)?;
        }
    }
    if gone > 0 {
        note(conn, house, member, &thread, Verb::ThreadUnpinned)?;
    }
    Ok(())
}

/// Pins a thread that came in with another community; nobody here pinned it (`pinned_by` 0).
pub fn import(
    conn: &mut Conn,
    house: &House,
    id: ThreadId,
    category: Option<CategoryId>,
    until: Option<UtcTime>,
) -> QueryResult<()> {
    let now = house.clock.now();
    let Some(thread) = threads::store::find(conn, id)? else { return Ok(()) };
    diesel::insert_into(pins::table)
        .values((
            pins::thread_id.eq(id.0),
            pins::category_id.eq(category.map(|c| c.0)),
            pins::position.eq(0),
            pins::until.eq(until),
            pins::pinned_by.eq(0_i64),
            pins::pinned_at.eq(thread.created_at),
        ))
        .execute(conn)?;
    let fact = NewActivity::new(Verb::ThreadPinned, now)
        .to(thread.author_id)
        .on(id, thread.category_id)
        .from(Origin::Import);
    activity::record(conn, &house.clock, &fact)
}

fn take_off(conn: &mut Conn, id: ThreadId, scope: Scope) -> QueryResult<usize> {
    let of = pins::table.filter(pins::thread_id.eq(id.0));
    match scope {
        Scope::Site => diesel::delete(of.filter(pins::category_id.is_null())).execute(conn),
        Scope::Category => diesel::delete(of.filter(pins::category_id.is_not_null())).execute(conn),
    }
}

fn note(conn: &mut Conn, house: &House, member: &SignedIn, thread: &Thread, verb: Verb) -> Result<(), Error> {
    audit::note(conn, &house.clock, Some(member.id), verb.as_str(), &format!("thread:{}", thread.id), "")?;
    let fact = NewActivity::new(verb, house.clock.now())
        .by(member.id)
        .to(thread.author_id)
        .on(thread.id, thread.category_id);
    activity::record(conn, &house.clock, &fact)?;
    Ok(())
}

/// The pins of one thread that hold now.
pub fn of_thread(conn: &mut Conn, id: ThreadId, now: UtcTime) -> QueryResult<Vec<Pin>> {
    pins::table
        .filter(pins::thread_id.eq(id.0))
        .filter(pins::until.is_null().or(pins::until.gt(now)))
        .select(Pin::as_select())
        .load(conn)
}

/// The pinned threads above a list: of the site, or of a category. An expired pin is none; a reader's
/// dismissed ones are left out; only what is listed and readable is shown.
pub fn pinned(
    conn: &mut Conn,
    readable: &Readable,
    reader: Option<MemberId>,
    category: Option<CategoryId>,
    now: UtcTime,
) -> QueryResult<Vec<(Pin, Thread)>> {
    let mut query = pins::table
        .filter(pins::until.is_null().or(pins::until.gt(now)))
        .order((pins::position.asc(), pins::pinned_at.desc()))
        .limit(SHOWN * 3)
        .select(Pin::as_select())
        .into_boxed();
    query = match category {
        Some(id) => query.filter(pins::category_id.eq(id.0)),
        None => query.filter(pins::category_id.is_null()),
    };
    let held: Vec<Pin> = query.load(conn)?;
    if held.is_empty() {
        return Ok(Vec::new());
    }
    let dismissed: Vec<i64> = match reader {
        Some(member) => pin_dismissals::table
            .filter(pin_dismissals::member_id.eq(member.0))
            .filter(pin_dismissals::pin_id.among(held.iter().map(|p| p.id)))
            .select(pin_dismissals::pin_id)
            .load(conn)?,
        None => Vec::new(),
    };
    let ids: Vec<ThreadId> = held.iter().map(|p| p.thread_id).collect();
    let rows = threads::store::find_many(conn, &ids)?;
    let shown = held.into_iter().filter(|p| !dismissed.contains(&p.id)).filter_map(|pin| {
        let thread = rows.iter().find(|t| t.id == pin.thread_id)?;
        // A thread that was moved away is not pinned in the category it left.
        let here = pin.category_id.is_none_or(|c| c == thread.category_id);
        let visible = thread.state() == State::Listed && readable.has(thread.category_id) && here;
        visible.then(|| (pin, thread.clone()))
    });
    Ok(shown.take(usize::try_from(SHOWN).unwrap_or(10)).collect())
}

/// Puts a pin away for one member.
pub fn dismiss(conn: &mut Conn, member: MemberId, pin: i64) -> QueryResult<()> {
    on!(conn, |c| diesel::insert_into(pin_dismissals::table)
        .values((pin_dismissals::pin_id.eq(pin), pin_dismissals::member_id.eq(member.0)))
        .on_conflict((pin_dismissals::member_id, pin_dismissals::pin_id))
        .do_nothing()
        .execute(c))
    .map(drop)
}
