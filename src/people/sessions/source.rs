//! Who is behind a cookie or a token: the implementation of `web`'s question.

use crate::base::actor::{Actor, Credential, SignedIn};
use crate::base::ids::MemberId;
use crate::base::locale::Locale;
use crate::base::time::{HOUR, UtcTime};
use crate::infra::db::{Conn, DbError};
use crate::infra::house::House;
use crate::people::{accounts, roles};
use crate::web::state::{ActorSource, Presented};

use super::{store, tokens};

/// Answers from the tables `sessions` and `api_tokens`.
pub struct Sessions {
    house: House,
}

impl Sessions {
    /// Needs the house for its clock, and to note that a session is in use.
    pub fn new(house: House) -> Self {
        Self { house }
    }

    /// Notes the use of a session at most once an hour, beside the request.
    fn touch(&self, session: &store::Session, now: UtcTime) {
        if now.since(session.seen_at) < HOUR {
            return;
        }
        let (db, id) = (self.house.db.clone(), session.id);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                let done = db.write(move |c| store::touch(c, id, now).map_err(DbError::from)).await;
                if let Err(error) = done {
                    tracing::warn!(%error, "the use of a session could not be noted");
                }
            });
        }
    }
}

impl ActorSource for Sessions {
    fn actor(&self, conn: &mut Conn, shown: &Presented) -> Result<Actor, DbError> {
        let now = self.house.clock.now();
        let found = match shown {
            Presented::Nothing => None,
            Presented::Session(token) => store::find(conn, token, now)?.map(|session| {
                self.touch(&session, now);
                (session.member_id, Credential::Session(session.id))
            }),
            Presented::Bearer(token) => tokens::find(conn, token, now)?.map(|token| {
                let scopes = token.scopes.split(',').map(str::to_owned).collect();
                (token.member_id, Credential::Token(scopes))
            }),
        };
        match found {
            Some((id, credential)) => signed_in(conn, id, credential, now),
            None => Ok(Actor::Visitor),
        }
    }
}

/// `id` as an actor; a visitor when the account is gone.
pub fn signed_in(
    conn: &mut Conn,
    id: MemberId,
    credential: Credential,
    now: UtcTime,
) -> Result<Actor, DbError> {
    let Some(member) = accounts::store::find(conn, id)? else { return Ok(Actor::Visitor) };
    let moderates = roles::categories_of(conn, id)?;
    Ok(Actor::Member(Box::new(SignedIn {
        id,
        role: member.role(),
        suspended_until: member.suspended_until.filter(|until| *until > now),
        suspended_reason: member.suspended_reason,
        locale: member.locale.as_deref().and_then(Locale::parse),
        theme: member.theme,
        avatar: member.avatar,
        public_id: member.public_id,
        handle: member.handle,
        display_name: member.display_name,
        moderates,
        credential,
    })))
}
