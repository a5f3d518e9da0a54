//! API tokens: what a program shows instead of a session.

use diesel::prelude::*;

use super::store::hash;
use crate::base::fault::{Fault, Kind};
use crate::base::ids::MemberId;
use crate::base::time::UtcTime;
use crate::infra::db::Conn;
use crate::infra::db::schema::api_tokens as tokens;
use crate::infra::house::House;

/// The scopes a token may have; `all` stands for every one.
pub const SCOPES: [&str; 5] = ["all", "read", "write", "moderate", "admin"];

/// Every token begins so, which lets leak scanners find it.
const PREFIX: &str = "hearth_";

/// Why a token is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It could do nothing, or something unknown.
    #[error("a token needs a scope")]
    ScopesMissing,
    /// Its name is missing or too long.
    #[error("a token needs a name of at most 60 characters")]
    NameInvalid,
    /// It would last no number of days, or too many.
    #[error("a token lasts 1 to 3650 days, or for good")]
    DaysInvalid,
}

impl Fault for TokenError {
    fn kind(&self) -> Kind {
        Kind::Invalid
    }
    fn code(&self) -> &'static str {
        match self {
            Self::ScopesMissing => "scopes_missing",
            Self::NameInvalid => "token_name_invalid",
            Self::DaysInvalid => "days_invalid",
        }
    }
    fn field(&self) -> Option<&str> {
        Some(match self {
            Self::ScopesMissing => "scope",
            Self::NameInvalid => "name",
            Self::DaysInvalid => "days",
        })
    }
}

/// What a token is called by its owner: 1 to 60 characters on one line.
pub fn parse_name(text: &str) -> Result<String, TokenError> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = (1..=60).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    fits.then_some(name).ok_or(TokenError::NameInvalid)
}

/// Days that a token lasts, as typed: nothing is for good.
pub fn parse_days(text: &str) -> Result<Option<i64>, TokenError> {
    match text.trim() {
        "" => Ok(None),
        text => {
            let days = text.parse().ok().filter(|days| (1..=3_650).contains(days));
            days.map(Some).ok_or(TokenError::DaysInvalid)
        }
    }
}

/// A token as its owner sees it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = tokens)]
pub struct Token {
    /// Its id.
    pub id: i64,
    /// Whose.
    pub member_id: MemberId,
    /// What it is for.
    pub name: String,
    /// Comma-separated scopes.
    pub scopes: String,
    /// Made then.
    pub created_at: UtcTime,
    /// Void from then.
    pub expires_at: Option<UtcTime>,
}

/// Makes a token; returns it, for the only time.
pub fn create(
    conn: &mut Conn,
    house: &House,
    member: MemberId,
    name: &str,
    scopes: &str,
    expires_at: Option<UtcTime>,
) -> QueryResult<String> {
    let token = format!("{PREFIX}{}", house.random.secret());
    diesel::insert_into(tokens::table)
        .values((
            tokens::token_hash.eq(hash(&token)),
            tokens::member_id.eq(member.0),
            tokens::name.eq(name),
            tokens::scopes.eq(scopes),
            tokens::created_at.eq(house.clock.now()),
            tokens::expires_at.eq(expires_at),
        ))
        .execute(conn)?;
    Ok(token)
}

/// The token, if it is alive.
pub fn find(conn: &mut Conn, token: &str, now: UtcTime) -> QueryResult<Option<Token>> {
    tokens::table
        .filter(tokens::token_hash.eq(hash(token)))
        .filter(tokens::expires_at.is_null().or(tokens::expires_at.gt(now)))
        .select(Token::as_select())
        .get_result(conn)
        .optional()
}

/// The tokens of `member`.
pub fn list(conn: &mut Conn, member: MemberId) -> QueryResult<Vec<Token>> {
    tokens::table
        .filter(tokens::member_id.eq(member.0))
        .order(tokens::id.desc())
        .limit(100)
        .select(Token::as_select())
        .load(conn)
}

/// Ends one token of `member`; false when it is not theirs.
pub fn revoke(conn: &mut Conn, member: MemberId, id: i64) -> QueryResult<bool> {
    diesel::delete(tokens::table.filter(tokens::id.eq(id)).filter(tokens::member_id.eq(member.0)))
        .execute(conn)
        .map(|n| n == 1)
}

/// Ends the token that was shown.
pub fn revoke_shown(conn: &mut Conn, token: &str) -> QueryResult<usize> {
    diesel::delete(tokens::table.filter(tokens::token_hash.eq(hash(token)))).execute(conn)
}

/// Ends all tokens of `member`.
pub fn revoke_all(conn: &mut Conn, member: MemberId) -> QueryResult<usize> {
    diesel::delete(tokens::table.filter(tokens::member_id.eq(member.0))).execute(conn)
}

/// Parses `a,b`: known scopes only, at least one.
pub fn parse_scopes(text: &str) -> Option<String> {
    let scopes: Vec<&str> = text.split(',').map(str::trim).filter(|s| !s.is_empty()).collect();
    (!scopes.is_empty() && scopes.iter().all(|s| SCOPES.contains(s))).then(|| scopes.join(","))
}
