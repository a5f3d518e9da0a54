//! Limits in time. Those that guard accounts count in the database, so that all nodes share them; soft ones
//! count on the node.

use std::num::NonZeroU32;
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::base::fault::{Fault, Kind};
use crate::base::time::SECOND;
use crate::infra::db::dialect::Count;
use crate::infra::db::{Conn, DbError};
use crate::infra::house::House;

/// Too many requests of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many requests; try again in {seconds} s")]
pub struct TooMany {
    /// Seconds until it is worth trying again.
    pub seconds: u64,
}

impl Fault for TooMany {
    fn kind(&self) -> Kind {
        Kind::TooMany
    }
    fn code(&self) -> &'static str {
        "too_many"
    }
    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("minutes", self.seconds.div_ceil(60).max(1).to_string())]
    }
    fn retry_after(&self) -> Option<u64> {
        Some(self.seconds.max(1))
    }
}

/// A limit that counts in the database.
#[derive(Debug, Clone, Copy)]
pub struct Guarded {
    /// Names the counter.
    pub name: &'static str,
    /// Requests allowed per window.
    pub hits: i64,
    /// Length of a window in seconds.
    pub window: i64,
}

/// Accounts made from one network.
pub const SIGN_UP: Guarded = Guarded { name: "signup", hits: 3, window: 3_600 };
/// Attempts to sign in to one account.
pub const LOGIN_ACCOUNT: Guarded = Guarded { name: "login-account", hits: 10, window: 900 };
/// Attempts to sign in from one network.
pub const LOGIN_ADDRESS: Guarded = Guarded { name: "login-address", hits: 30, window: 900 };
/// Passwords looked at for newcomers of one network: judging one takes the server a while.
pub const JUDGED: Guarded = Guarded { name: "judged", hits: 30, window: 900 };
/// Uses of one-time links from one network.
pub const RESET: Guarded = Guarded { name: "reset", hits: 3, window: 3_600 };

/// Why a guarded request may not go on.
#[derive(Debug, thiserror::Error)]
pub enum LimitError {
    /// Too many.
    #[error(transparent)]
    TooMany(#[from] TooMany),
    /// The counter cannot be read.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Counts one request against `limit` for `key`, in a transaction of its own so that a refusal of the
/// request does not undo the counting.
pub async fn guard(house: &House, enabled: bool, limit: Guarded, key: &str) -> Result<(), LimitError> {
    if !enabled {
        return Ok(());
    }
    let now = house.clock.now().0 / SECOND;
    let slot = now / limit.window;
    let bucket = format!("{}:{key}", limit.name);
    let hits = house.db.write(move |conn| hit(conn, &bucket, slot).map_err(DbError::from)).await?;
    if hits > limit.hits {
        let seconds = u64::try_from((slot + 1) * limit.window - now).unwrap_or(1);
        return Err(TooMany { seconds }.into());
    }
    Ok(())
}

/// Takes back what [`guard`] counted, where only failures count: counted before and taken back, since many
/// attempts at once would all pass a mere look at the counter.
pub async fn refund(house: &House, enabled: bool, limit: Guarded, key: &str) -> Result<(), DbError> {
    if !enabled {
        return Ok(());
    }
    let slot = house.clock.now().0 / SECOND / limit.window;
    let bucket = format!("{}:{key}", limit.name);
    house.db.write(move |conn| give_back(conn, &bucket, slot).map_err(DbError::from)).await
}

fn give_back(conn: &mut Conn, bucket: &str, slot: i64) -> QueryResult<()> {
    diesel::sql_query(
        "UPDATE request_limits SET hits = hits - 1 WHERE bucket = $1 AND slot = $2 AND hits > 0",
    )
    .bind::<Text, _>(bucket)
    .bind::<BigInt, _>(slot)
    .execute(conn)
    .map(drop)
}

fn hit(conn: &mut Conn, bucket: &str, slot: i64) -> QueryResult<i64> {
    diesel::sql_query(
        "INSERT INTO request_limits (bucket, slot, hits) VALUES ($1, $2, 1) \
         ON CONFLICT (bucket, slot) DO UPDATE SET hits = request_limits.hits + 1 RETURNING hits AS n",
    )
    .bind::<Text, _>(bucket)
    .bind::<BigInt, _>(slot)
    .get_result::<Count>(conn)
    .map(|row| row.n)
}

/// Forgets counters of windows that ended before `slot_seconds` ago.
pub fn forget(conn: &mut Conn, now_seconds: i64) -> QueryResult<usize> {
    // The longest window is an hour; slots of different windows differ in size, so compare end times.
    let mut removed = 0;
    for limit in [SIGN_UP, LOGIN_ACCOUNT, LOGIN_ADDRESS, JUDGED, RESET] {
        removed += diesel::sql_query("DELETE FROM request_limits WHERE bucket LIKE $1 AND slot < $2")
            .bind::<Text, _>(format!("{}:%", limit.name))
            .bind::<BigInt, _>(now_seconds / limit.window - 1)
            .execute(conn)?;
    }
    Ok(removed)
}

/// Limits that count on this node only.
pub struct SoftLimits {
    enabled: bool,
    posts: DefaultKeyedRateLimiter<String>,
    reactions: DefaultKeyedRateLimiter<String>,
    searches: DefaultKeyedRateLimiter<String>,
    suggestions: DefaultKeyedRateLimiter<String>,
    clicks: DefaultKeyedRateLimiter<String>,
    profiles: DefaultKeyedRateLimiter<String>,
    named: DefaultKeyedRateLimiter<String>,
}

/// What a soft limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Soft {
    /// Posts written: 5 a minute.
    Post,
    /// Likes given and taken back: 60 a minute.
    Reaction,
    /// Searches: 30 a minute.
    Search,
    /// Suggestions while typing: 240 a minute.
    Suggest,
    /// Results of searches opened: 120 a minute.
    Click,
    /// Profiles looked at: 200 an hour.
    Profile,
    /// Members offered while a search is typed: 60 an hour.
    Named,
}

fn limiter(hits: u32, window: Duration) -> DefaultKeyedRateLimiter<String> {
    let burst = NonZeroU32::new(hits).unwrap_or(NonZeroU32::MIN);
    let quota = Quota::with_period(window / hits.max(1)).unwrap_or_else(|| Quota::per_second(burst));
    RateLimiter::keyed(quota.allow_burst(burst))
}

impl SoftLimits {
    /// With `enabled` false everything passes.
    pub fn new(enabled: bool) -> Self {
        let minute = Duration::from_mins(1);
        Self {
            enabled,
            posts: limiter(5, minute),
            reactions: limiter(60, minute),
            searches: limiter(30, minute),
            suggestions: limiter(240, minute),
            clicks: limiter(120, minute),
            profiles: limiter(200, Duration::from_hours(1)),
            named: limiter(60, Duration::from_hours(1)),
        }
    }

    /// Counts one request by `key` (a member or a network).
    pub fn check(&self, what: Soft, key: &str) -> Result<(), TooMany> {
        if !self.enabled {
            return Ok(());
        }
        let limiter = match what {
            Soft::Post => &self.posts,
            Soft::Reaction => &self.reactions,
            Soft::Search => &self.searches,
            Soft::Suggest => &self.suggestions,
            Soft::Click => &self.clicks,
            Soft::Profile => &self.profiles,
            Soft::Named => &self.named,
        };
        limiter.check_key(&key.to_owned()).map_err(|not_until| {
            use governor::clock::Clock;
            let wait = not_until.wait_time_from(governor::clock::DefaultClock::default().now());
            TooMany { seconds: wait.as_secs() + 1 }
        })
    }

    /// Forgets keys that have been quiet.
    pub fn forget(&self) {
        let all = [
            &self.posts,
            &self.reactions,
            &self.searches,
            &self.suggestions,
            &self.clicks,
            &self.profiles,
            &self.named,
        ];
        for limiter in all {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_soft_limit_counts_each_key_apart() {
        let soft = SoftLimits::new(true);
        for _ in 0..5 {
            soft.check(Soft::Post, "a").unwrap();
        }
        assert!(soft.check(Soft::Post, "a").is_err());
        soft.check(Soft::Post, "b").unwrap();
        SoftLimits::new(false).check(Soft::Post, "a").unwrap();
    }
}
