//! Accounts over the API: sign-up, login, logout, the caller, name completion.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::views::MemberCard;
use crate::base::fault::Kind;
use crate::base::ids::MemberId;
use crate::base::time::DAY;
use crate::engage::ledger;
use crate::infra::db::DbError;
use crate::pages::access::{attempt_from, limited};
use crate::pages::settings::change_handle;
use crate::people::accounts::password::PasswordPool;
use crate::people::accounts::service::{ProfileChange, SignUp, admit, change_profile, find_by_handle};
use crate::people::accounts::{Member, store};
use crate::people::profiles::{self, Counters};
use crate::people::sessions::tokens;
use crate::web::api::{Answered, Body, Caller, json};
use crate::web::error::HttpFault;
use crate::web::idempotency::{self, Outcome, once};
use crate::web::limits::{JUDGED, SIGN_UP, Soft, guard};
use crate::web::state::{Presented, address_prefix};
use crate::web::{AppError, Web, page::presented};

/// A token from signing in lasts as long as a session.
const LOGIN_TOKEN: i64 = 90 * DAY;

/// A request for an account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignUpBody {
    /// Name in addresses and mentions.
    pub username: String,
    /// E-mail.
    pub email: String,
    /// 12 characters or more.
    pub password: String,
    /// The secret of an invitation, which opens a closed door and says the role.
    pub invitation: Option<String>,
}

/// A login.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginBody {
    /// Username or confirmed e-mail.
    pub login: String,
    /// Password.
    pub password: String,
}

/// Who signed in, and the token to show from now on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entered {
    /// Opaque.
    pub id: String,
    /// Name in addresses and mentions.
    pub username: String,
    /// Bearer token.
    pub token: String,
}

fn network(caller: &Caller) -> String {
    caller.address.map_or_else(|| "unknown".into(), address_prefix)
}

async fn enter(web: &Web, member: MemberId, name: &'static str) -> Result<Entered, AppError> {
    let house = web.house.clone();
    web.house
        .db
        .write(move |conn| {
            let expires = house.clock.now().plus(LOGIN_TOKEN);
            let token = tokens::create(conn, &house, member, name, "all", Some(expires))?;
            let member = store::find(conn, member)?.ok_or(HttpFault::SignIn)?;
            Ok::<_, AppError>(Entered { id: member.public_id, username: member.handle, token })
        })
        .await
}

/// Makes an account. Sent again from the same network with the same `Idempotency-Key`, username and e-mail it makes
/// no second one: whoever sends the same password gets a new token, since none is kept that could be repeated.
#[utoipa::path(post, path = "/api/v1/auth/signup", tag = "auth", request_body = SignUpBody,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = Entered), (status = 409, description = "taken"), (status = 422, description = "a field is wrong, or the key was used for another request"), (status = 429)))]
pub async fn signup(
    web: Data<Web>,
    pool: Data<PasswordPool>,
    caller: Caller,
    body: Body<SignUpBody>,
) -> Answered {
    let (sent, network) = (body.read()?, network(&caller));
    let key = caller.key_of_newcomer("POST /auth/signup", &network, &(&sent.username, &sent.email));
    if let Some(key) = key.clone() {
        let before =
            web.house.db.read(move |c| idempotency::answered(c, &key).map_err(DbError::from)).await?;
        if before.transpose()?.is_some() {
            return signed_up_before(&web, &pool, &network, &sent).await;
        }
    }
    let wanted = SignUp::parse(&sent.username, &sent.email, &sent.password)
        .map_err(|mut wrong| AppError::from(wrong.remove(0)))?;
    let on = web.config.rate_limits;
    guard(&web.house, on, JUDGED, &network).await.map_err(limited)?;
    let site = web.house.db.read(|c| crate::site::settings::recall(c).map_err(DbError::from)).await?;
    wanted.judge(&pool, &site.name).await?;
    guard(&web.house, on, SIGN_UP, &network).await.map_err(limited)?;
    let (house, hash) = (web.house.clone(), wanted.hash(&pool).await?);
    let invitation = sent.invitation.clone();
    let done = web
        .house
        .db
        .write(move |conn| {
            once(conn, key.as_ref(), house.clock.now(), |conn| {
                Ok((admit(conn, &house, &wanted, &hash, invitation.as_deref())?, 201, String::new()))
            })
        })
        .await?;
    match done {
        Outcome::Fresh(member) => Ok(json(201, &enter(&web, member, "signup").await?)),
        Outcome::Repeated(_) => signed_up_before(&web, &pool, &network, &sent).await,
    }
}

/// A sign-up that took effect before lets in who has its password; another password is another request.
async fn signed_up_before(web: &Web, pool: &PasswordPool, network: &str, sent: &SignUpBody) -> Answered {
    match attempt_from(web, pool, network, &sent.username, &sent.password).await {
        Ok(member) => Ok(json(201, &enter(web, member, "signup").await?)),
        Err(e) if e.0.kind() == Kind::Unauthenticated => {
            Err(idempotency::KeyReused { answer: String::new() }.into())
        }
        Err(e) => Err(e),
    }
}

/// Signs in.
#[utoipa::path(post, path = "/api/v1/auth/login", tag = "auth", request_body = LoginBody,
    responses((status = 200, body = Entered), (status = 401, description = "wrong name or password")))]
pub async fn login(
    web: Data<Web>,
    pool: Data<PasswordPool>,
    caller: Caller,
    body: Body<LoginBody>,
) -> Answered {
    let sent = body.read()?;
    let member = attempt_from(&web, &pool, &network(&caller), &sent.login, &sent.password).await?;
    Ok(json(200, &enter(&web, member, "login").await?))
}

/// Ends the token that is shown.
#[utoipa::path(post, path = "/api/v1/auth/logout", tag = "auth", responses((status = 204), (status = 401)))]
pub async fn logout(web: Data<Web>, caller: Caller, req: HttpRequest) -> Answered {
    caller.actor.member().ok_or(HttpFault::SignIn)?;
    if let Presented::Bearer(token) = presented(&req, &web) {
        web.house.db.write(move |c| tokens::revoke_shown(c, &token).map_err(DbError::from)).await?;
    }
    Ok(actix_web::HttpResponse::NoContent().finish())
}

/// The caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// Opaque.
    pub id: String,
    /// Name in addresses and mentions.
    pub username: String,
    /// Name shown.
    pub name: String,
    /// About them.
    pub bio: String,
    /// Their address; nobody else sees it.
    pub email: Option<String>,
    /// Role.
    pub role: String,
    /// Whether visitors may see the profile.
    pub profile_public: bool,
    /// Threads opened.
    pub threads: i64,
    /// Posts written.
    pub posts: i64,
    /// Likes received.
    pub likes_received: i64,
    /// The step that their growth has reached, from 1.
    pub level: i16,
    /// Points that can be spent.
    pub points: i64,
    /// Points ever earned and not taken back.
    pub growth: i64,
}

async fn me_view(web: &Web, id: MemberId) -> Result<Me, AppError> {
    web.house
        .db
        .read(move |conn| {
            let member = store::find(conn, id)?.ok_or(HttpFault::SignIn)?;
            let Counters { threads, posts, likes_received, .. } = profiles::of(conn, id)?;
            let account = ledger::service::account(conn, id)?;
            Ok::<_, AppError>(Me {
                level: member.level,
                points: account.balance,
                growth: account.growth.max(0),
                role: member.role().name().into(),
                id: member.public_id,
                username: member.handle,
                name: member.display_name,
                bio: member.bio,
                email: member.email,
                profile_public: member.profile_public,
                threads,
                posts,
                likes_received,
            })
        })
        .await
}

/// The caller's own account.
#[utoipa::path(get, path = "/api/v1/me", tag = "auth", responses((status = 200, body = Me), (status = 401)))]
pub async fn me(web: Data<Web>, caller: Caller) -> Answered {
    let id = caller.member("read")?.id;
    Ok(json(200, &me_view(&web, id).await?))
}

/// What the caller may change about themselves.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeChange {
    /// Name shown.
    pub name: Option<String>,
    /// About them.
    pub bio: Option<String>,
    /// Whether visitors may see the profile.
    pub profile_public: Option<bool>,
    /// Another name in addresses and mentions; asks for `current_password`, and once in 30 days.
    pub username: Option<String>,
    /// The caller's password, with `username` only.
    pub current_password: Option<String>,
}

/// Changes the caller's profile. When anything is refused, nothing is changed.
#[utoipa::path(patch, path = "/api/v1/me", tag = "auth", request_body = MeChange,
    responses((status = 200, body = Me), (status = 401), (status = 409, description = "the username is taken"),
        (status = 422), (status = 429, description = "the username was changed within 30 days")))]
pub async fn change_me(
    web: Data<Web>,
    pool: Data<PasswordPool>,
    caller: Caller,
    body: Body<MeChange>,
) -> Answered {
    let member = caller.member("write")?.clone();
    let (id, wanted) = (member.id, body.read()?);
    if let Some(username) = &wanted.username {
        let asked = wanted.clone();
        let now = web.house.db.read(move |c| Ok::<_, AppError>(store::find(c, id)?)).await?;
        asked.over(&now.ok_or(HttpFault::SignIn)?).check()?;
        let password = wanted.current_password.as_deref().unwrap_or_default();
        change_handle(&web, &pool, &member, password, username).await?;
    }
    if wanted.name.is_some() || wanted.bio.is_some() || wanted.profile_public.is_some() {
        let house = web.house.clone();
        web.house
            .db
            .write(move |conn| {
                let change = wanted.over(&store::find(conn, id)?.ok_or(HttpFault::SignIn)?);
                Ok::<_, AppError>(change_profile(conn, &house, &member, &change)?)
            })
            .await?;
    }
    Ok(json(200, &me_view(&web, id).await?))
}

impl MeChange {
    /// The profile that results; what is not sent stays.
    fn over(&self, now: &Member) -> ProfileChange {
        ProfileChange {
            display_name: self.name.clone().unwrap_or_else(|| now.display_name.clone()),
            bio: self.bio.clone().unwrap_or_else(|| now.bio.clone()),
            public: self.profile_public.unwrap_or(now.profile_public),
        }
    }
}

/// A member's public card.
#[utoipa::path(get, path = "/api/v1/members/{username}", tag = "members",
    params(("username" = String, Path)), responses((status = 200, body = MemberCard), (status = 404)))]
pub async fn member(web: Data<Web>, caller: Caller, username: Path<String>) -> Answered {
    if let Some(id) = caller.actor.id() {
        web.soft.check(Soft::Profile, &id.to_string())?;
    }
    let (signed_in, name) = (caller.actor.member().is_some(), username.into_inner());
    let card = web
        .house
        .db
        .read(move |conn| {
            let member = find_by_handle(conn, &name)?;
            if !signed_in && !member.is_public() {
                return Err(AppError::from(HttpFault::Absent));
            }
            let card = store::cards(conn, &[member.id])?.pop().ok_or(HttpFault::Absent)?;
            Ok(MemberCard::from(&card))
        })
        .await?;
    Ok(json(200, &card))
}

/// `?q=`.
#[derive(Debug, Deserialize)]
pub struct CompleteQuery {
    #[serde(default)]
    q: String,
}

/// Names that begin with two characters or more, ten at the most.
#[utoipa::path(get, path = "/api/v1/members", tag = "members", params(("q" = String, Query)),
    responses((status = 200, body = crate::web::api::List<MemberCard>), (status = 401)))]
pub async fn complete(web: Data<Web>, caller: Caller, query: Query<CompleteQuery>) -> Answered {
    let member = caller.member("read")?.id;
    web.soft.check(Soft::Profile, &member.to_string())?;
    let q: String = query.q.chars().take(40).collect();
    let cards = web.house.db.read(move |conn| store::complete(conn, &q).map_err(DbError::from)).await?;
    let items: Vec<MemberCard> = cards.iter().map(MemberCard::from).collect();
    Ok(json(200, &crate::web::api::List { items, next_cursor: None, total: None }))
}
