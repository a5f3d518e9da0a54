//! Making accounts and changing what members change themselves.

use super::Error;
use super::handle::Handle;
use super::invitations;
use super::model::{Email, Member, display_name};
use super::password::{Password, PasswordPool};
use super::store::{self, NewMember};
use crate::base::actor::{Role, SignedIn};
use crate::base::ids::MemberId;
use crate::base::locale::Locale;
use crate::base::time::UtcTime;
use crate::infra::activity::{self, NewActivity, Origin, Verb};
use crate::infra::clock::Clock;
use crate::infra::db::{Conn, DbError, unique_violation};
use crate::infra::house::House;
use crate::site::{audit, settings};

/// A valid request for an account.
#[derive(Debug, Clone)]
pub struct SignUp {
    handle: Handle,
    email: Email,
    name: String,
    password: Password,
}

impl SignUp {
    /// Checks every field; all that is wrong comes back, each with its field.
    pub fn parse(username: &str, email: &str, password: &str) -> Result<Self, Vec<Error>> {
        let mut wrong = Vec::new();
        let handle = Handle::parse(username).map_err(|e| wrong.push(e)).ok();
        let email = Email::parse(email).map_err(|e| wrong.push(e)).ok();
        let password = Password::choose(password).map_err(|e| wrong.push(e)).ok();
        match (handle, email, password) {
            (Some(handle), Some(email), Some(password)) => {
                Ok(Self { name: handle.as_str().to_owned(), handle, email, password })
            }
            _ => Err(wrong),
        }
    }

    /// Refuses a password that is soon guessed, also by who knows the name of the `site`.
    pub async fn judge(&self, pool: &PasswordPool, site: &str) -> Result<(), Error> {
        let own = self.email.text.split('@').next().unwrap_or_default();
        let about = [self.handle.as_str(), &self.email.text, own, site];
        pool.judge(self.password.clone(), about.map(str::to_owned).into()).await
    }

    /// The hash of the password, for [`admit`].
    pub async fn hash(&self, pool: &PasswordPool) -> Result<String, Error> {
        pool.hash(self.password.clone()).await
    }
}

/// Makes an account for a newcomer; `invitation` is the secret of a link that they came by.
pub async fn sign_up(
    house: &House,
    pool: &PasswordPool,
    wanted: SignUp,
    invitation: Option<String>,
) -> Result<MemberId, Error> {
    let hash = wanted.hash(pool).await?;
    let cx = house.clone();
    house.db.write(move |conn| admit(conn, &cx, &wanted, &hash, invitation.as_deref())).await
}

/// Makes an account for a newcomer whose password is hashed. Without mail it is active at once and the address
/// stays unconfirmed. An invitation opens a closed door and says the role.
pub fn admit(
    conn: &mut Conn,
    house: &House,
    wanted: &SignUp,
    hash: &str,
    invitation: Option<&str>,
) -> Result<MemberId, Error> {
    let invitation = invitation.map(|token| invitations::take(conn, house, token)).transpose()?;
    if invitation.is_none() && !settings::load(conn)?.open {
        return Err(Error::Closed);
    }
    let new = NewMember {
        public_id: house.random.public_id(),
        handle: &wanted.handle,
        display_name: &wanted.name,
        email: Some(&wanted.email),
        email_confirmed: false,
        role: invitation.as_ref().map_or(Role::Member, invitations::Invitation::role),
        password_hash: Some(hash),
        imported: false,
        created_at: house.clock.now(),
    };
    let id = create(conn, house, &new, Origin::Live)?;
    if let Some(invitation) = invitation {
        invitations::note(conn, house, "invitation.accepted", Some(id), &invitation)?;
    }
    Ok(id)
}

/// Adds an account and says so in the log. The handle must be free, also of former owners.
pub fn create(
    conn: &mut Conn,
    house: &House,
    new: &NewMember<'_>,
    origin: Origin,
) -> Result<MemberId, Error> {
    if store::handle_taken(conn, new.handle)? {
        return Err(Error::HandleTaken);
    }
    let id = store::insert(conn, new).map_err(taken)?;
    let fact = NewActivity::new(Verb::MemberJoined, new.created_at).by(id).from(origin);
    activity::record(conn, &house.clock, &fact)?;
    Ok(id)
}

/// A named unique constraint becomes a field error.
fn taken(error: diesel::result::Error) -> Error {
    match unique_violation(&error) {
        Some(name) if name.contains("handle_") => Error::HandleTaken,
        Some(name) if name.contains("email_key") => Error::EmailTaken,
        _ => Error::from(error),
    }
}

/// Makes an account from the shell or the demo; its address counts as confirmed.
pub fn create_by_house(
    conn: &mut Conn,
    house: &House,
    username: &str,
    email: Option<&str>,
    role: Role,
    password_hash: Option<&str>,
    created_at: UtcTime,
) -> Result<MemberId, Error> {
    let handle = Handle::shape(username)?;
    let email = email.map(Email::parse).transpose()?;
    let new = NewMember {
        public_id: house.random.public_id(),
        handle: &handle,
        display_name: handle.as_str(),
        email: email.as_ref(),
        email_confirmed: email.is_some(),
        role,
        password_hash,
        imported: false,
        created_at,
    };
    let id = create(conn, house, &new, Origin::System)?;
    audit::note(conn, &house.clock, None, "member.created", &format!("member:{id}"), role.name())?;
    Ok(id)
}

/// Whoever `login` and `password` name. The same work for unknown names.
pub async fn authenticate(
    house: &House,
    pool: &PasswordPool,
    login: &str,
    password: &str,
) -> Result<MemberId, Error> {
    let login = login.trim().to_owned();
    let found = house.db.read(move |c| store::credentials(c, &login).map_err(DbError::from)).await?;
    let (id, hash) = match found {
        Some((id, hash)) => (Some(id), hash),
        None => (None, None),
    };
    let right = pool.verify(Password::given(password), hash).await?;
    id.filter(|_| right).ok_or(Error::CredentialsWrong)
}

/// Changes the password of `member`, who knows the current one. Sessions are ended by the caller.
pub async fn change_password(
    house: &House,
    pool: &PasswordPool,
    member: MemberId,
    current: &str,
    new: &str,
) -> Result<String, Error> {
    let new = Password::choose(new)?;
    let hash = house.db.read(move |c| store::password_hash(c, member).map_err(DbError::from)).await?;
    if !pool.verify(Password::given(current), hash).await? {
        return Err(Error::PasswordWrong);
    }
    let read = house.db.read(move |c| {
        let site = settings::load(c)?.name;
        Ok::<_, DbError>((store::find(c, member)?, site))
    });
    let (own, site) = read.await?;
    let about = own.into_iter().flat_map(|m| [Some(m.handle), m.email]).flatten().chain([site]).collect();
    pool.judge(new.clone(), about).await?;
    pool.hash(new).await
}

/// What a member says about themselves.
#[derive(Debug, Clone)]
pub struct ProfileChange {
    /// Name shown.
    pub display_name: String,
    /// About them.
    pub bio: String,
    /// Whether visitors may see the profile.
    pub public: bool,
}

impl ProfileChange {
    /// Everything that cannot stand, in the order of the form.
    pub fn wrong(&self) -> Vec<Error> {
        let name = display_name(&self.display_name).err();
        let bio = (self.bio.chars().count() > 1_000).then_some(Error::BioTooLong);
        name.into_iter().chain(bio).collect()
    }

    /// Refuses what cannot stand; the name as it is stored.
    pub fn check(&self) -> Result<String, Error> {
        match self.wrong().into_iter().next() {
            Some(wrong) => Err(wrong),
            None => display_name(&self.display_name),
        }
    }
}

/// Changes the public part of an account.
pub fn change_profile(
    conn: &mut Conn,
    house: &House,
    member: &SignedIn,
    wanted: &ProfileChange,
) -> Result<(), Error> {
    let name = wanted.check()?;
    store::set_profile(conn, member.id, &name, wanted.bio.trim(), wanted.public)?;
    let fact = NewActivity::new(Verb::MemberChanged, house.clock.now()).by(member.id).to(member.id);
    activity::record(conn, &house.clock, &fact)?;
    Ok(())
}

/// Sets or takes away a member's picture: the key of an upload.
pub fn change_avatar(
    conn: &mut Conn,
    house: &House,
    member: MemberId,
    key: Option<&str>,
) -> Result<(), Error> {
    store::set_avatar(conn, member, key)?;
    let fact = NewActivity::new(Verb::MemberChanged, house.clock.now()).by(member).to(member);
    activity::record(conn, &house.clock, &fact)?;
    Ok(())
}

/// Changes language and theme; nothing for "as the site" and "as the system".
pub fn change_appearance(
    conn: &mut Conn,
    member: MemberId,
    locale: Option<Locale>,
    theme: Option<&str>,
) -> Result<(), Error> {
    let theme = theme.filter(|t| *t == "light" || *t == "dark");
    store::set_appearance(conn, member, locale.map(Locale::code), theme)?;
    Ok(())
}

/// Puts `ids` on `level`, as their growth has it, and says of whom that is news.
pub fn reach(conn: &mut Conn, ids: &[MemberId], level: i16) -> Result<(), Error> {
    let clock = Clock::System;
    for id in store::set_level(conn, ids, level)? {
        let fact = NewActivity::new(Verb::MemberLevelled, clock.now()).to(id).from(Origin::System);
        activity::record(conn, &clock, &fact)?;
    }
    Ok(())
}

/// The account of a handle, or of its former owner.
pub fn find_by_handle(conn: &mut Conn, handle: &str) -> Result<Member, Error> {
    if let Some(member) = store::by_handle(conn, handle)? {
        return Ok(member);
    }
    store::by_former_handle(conn, handle)?.ok_or(Error::Absent)
}
