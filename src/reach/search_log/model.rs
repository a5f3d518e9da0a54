//! What is noted of a search, and who asked without saying who.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::base::ids::MemberId;
use crate::base::locale::Locale;
use crate::base::time::{DAY, UtcTime};

/// Days for which searches are kept.
pub const KEPT: i64 = 90;
/// Days after which the key of askers is thrown away.
pub const PERIOD: i64 = 30;
/// Different askers of one period from whom on a query is shown to anybody.
pub const ASKERS: i64 = 3;
/// Positions that are counted.
pub const POSITIONS: std::ops::RangeInclusive<i16> = 1..=100;

/// Who asked.
#[derive(Debug, Clone)]
pub enum Asker {
    /// Somebody who is signed in.
    Member(MemberId),
    /// Somebody who is not: known by network address.
    Network {
        /// Address.
        address: String,
        /// What the browser calls itself.
        agent: String,
    },
}

/// A search that was answered.
#[derive(Debug, Clone)]
pub struct Noted {
    /// As typed.
    pub text: String,
    /// The language of the page.
    pub locale: Locale,
    /// What was found.
    pub total: i64,
    /// How much of that has everything that was asked for.
    pub complete: i64,
    /// Who asked.
    pub asker: Asker,
    /// When.
    pub at: UtcTime,
}

/// The period of `at`, counted from the epoch.
pub fn period(at: UtcTime) -> i64 {
    at.day().div_euclid(PERIOD)
}

/// The beginning of what is kept at `now`.
pub fn oldest(now: UtcTime) -> UtcTime {
    now.plus(-KEPT * DAY)
}

impl Asker {
    /// The same for the same asker under the same key, and nothing else.
    pub(super) fn hash(&self, key: &[u8; 32]) -> i64 {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return 0 };
        match self {
            Self::Member(id) => {
                mac.update(b"member");
                mac.update(&id.0.to_le_bytes());
            }
            // Not by its browser as well: one person with three of them is no three.
            Self::Network { address, .. } => {
                mac.update(b"network");
                mac.update(address.as_bytes());
            }
        }
        let bytes = mac.finalize().into_bytes();
        bytes.iter().take(8).fold(0, |sum, b| (sum << 8) | i64::from(*b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asker_is_the_same_under_one_key_only() {
        let network = |address: &str| Asker::Network { address: address.into(), agent: "Firefox".into() };
        let (one, other) = ([1; 32], [2; 32]);
        assert_eq!(network("10.0.0.1").hash(&one), network("10.0.0.1").hash(&one));
        assert_ne!(network("10.0.0.1").hash(&one), network("10.0.0.1").hash(&other));
        assert_ne!(network("10.0.0.1").hash(&one), network("10.0.0.2").hash(&one));
        assert_ne!(Asker::Member(MemberId(1)).hash(&one), Asker::Member(MemberId(2)).hash(&one));
    }

    #[test]
    fn periods_are_thirty_days() {
        assert_eq!(period(UtcTime(0)), 0);
        assert_eq!(period(UtcTime(30 * DAY - 1)), 0);
        assert_eq!(period(UtcTime(30 * DAY)), 1);
    }
}
