//! Passwords: argon2id on a bounded pool, so that sign-ins never take the workers.

use std::sync::{Arc, LazyLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use super::Error;
use crate::base::fold::fold;

/// Hashes running at once.
const AT_ONCE: usize = 2;
/// People waiting for a hash before the next is refused.
const WAITING: usize = 32;

/// Words of this house and of its languages that the estimator's own lists lack.
const WORDS: [&str; 10] =
    ["hearth", "woaini", "wozuiaini", "wodemima", "mima", "nihao", "zhongguo", "我爱你", "我的密码", "密码"];

/// Guesses, as a power of ten, that a password must outlast: about a month of one core for who has the stolen hash.
const GUESSES: f64 = 8.0;

/// Characters that the estimator sees. Its time grows steeply with the length, and a beginning that is hard to
/// guess makes the whole so.
const JUDGED: usize = 32;

/// Characters that a password must hold beside what anybody knows of its owner.
const BESIDE: usize = 8;

/// What is left of `password` without the words of `known` that have four characters or more; `None` when none is
/// in it. All folded.
fn beside(password: &str, known: &[String]) -> Option<String> {
    let mut words: Vec<String> = known
        .iter()
        .flat_map(|text| {
            let whole = fold(text);
            let parts: Vec<String> = whole.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
            parts.into_iter().chain([whole])
        })
        .filter(|word| word.chars().count() >= 4)
        .collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let left = words.iter().fold(password.to_owned(), |left, word| left.replace(word.as_str(), ""));
    (left != password).then_some(left)
}

/// A password as typed. Does not print.
#[derive(Clone)]
pub struct Password(String);

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

impl Password {
    /// A password for a new account: 12 characters or more, at most 128 bytes. Whether it is soon guessed is for
    /// [`PasswordPool::judge`] to say.
    pub fn choose(text: &str) -> Result<Self, Error> {
        if text.chars().count() < 12 {
            return Err(Error::PasswordLength { limit: "least" });
        }
        if text.len() > 128 {
            return Err(Error::PasswordLength { limit: "most" });
        }
        Ok(Self(text.to_owned()))
    }

    /// Refuses a password that is soon guessed, also by who knows `about`: the handle, the address, the name of the
    /// site. Takes up to tens of milliseconds.
    pub fn judge_now(&self, about: &[String]) -> Result<(), Error> {
        let folded = fold(&self.0);
        let mut distinct: Vec<char> = folded.chars().collect();
        distinct.sort_unstable();
        distinct.dedup();
        let words: Vec<&str> = about.iter().map(String::as_str).chain(WORDS).collect();
        let judged: String = self.0.chars().take(JUDGED).collect();
        let little = beside(&folded, about).is_some_and(|left| left.chars().count() < BESIDE);
        if distinct.len() < 5 || little || zxcvbn::zxcvbn(&judged, &words).guesses_log10() < GUESSES {
            return Err(Error::PasswordCommon);
        }
        Ok(())
    }

    /// A password given to sign in; anything longer than 128 bytes cannot be right.
    pub fn given(text: &str) -> Self {
        Self(if text.len() > 128 { String::new() } else { text.to_owned() })
    }
}

fn argon() -> Argon2<'static> {
    let params = Params::new(19_456, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Hashes now, on this thread.
pub fn hash_now(password: &Password) -> Result<String, Error> {
    argon().hash_password(password.0.as_bytes()).map(|h| h.to_string()).map_err(|_| Error::Crowded)
}

/// Checks now, on this thread.
pub fn verify_now(password: &Password, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|parsed| argon().verify_password(password.0.as_bytes(), &parsed).is_ok())
}

/// A hash that no password has, for names that nobody has: the same work, the same answer.
static NOBODY: LazyLock<String> =
    LazyLock::new(|| hash_now(&Password("nobody has this password".into())).unwrap_or_default());

/// The bounded pool.
#[derive(Clone)]
pub struct PasswordPool {
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
}

impl Default for PasswordPool {
    fn default() -> Self {
        Self {
            running: Arc::new(Semaphore::new(AT_ONCE)),
            admitted: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
        }
    }
}

impl PasswordPool {
    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let _admitted = self.admitted.try_acquire().map_err(|_| Error::Crowded)?;
        let permit = self.running.clone().acquire_owned().await.map_err(|_| Error::Crowded)?;
        tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        })
        .await
        .map_err(|_| Error::Crowded)
    }

    /// Refuses a new password that is soon guessed, also by who knows `about`.
    pub async fn judge(&self, password: Password, about: Vec<String>) -> Result<(), Error> {
        self.run(move || password.judge_now(&about)).await?
    }

    /// Hashes a new password.
    pub async fn hash(&self, password: Password) -> Result<String, Error> {
        self.run(move || hash_now(&password)).await?
    }

    /// Checks a password against the hash of an account; `None` (nobody, or an account without a password)
    /// takes as long and is never right.
    pub async fn verify(&self, password: Password, hash: Option<String>) -> Result<bool, Error> {
        self.run(move || {
            if let Some(hash) = hash {
                verify_now(&password, &hash)
            } else {
                verify_now(&password, &NOBODY);
                false
            }
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn obvious_passwords_are_refused() {
        let about = ["mira.lindqvist".to_owned(), "mira".to_owned(), "Brightfold".to_owned()];
        for bad in [
            "passwordpassword",
            "Password123456",
            "p4ssw0rd!2024",
            "111111111111",
            "qwertyuiop123",
            "1qaz2wsx3edc4rfv",
            "iloveyou1234",
            "woaini123456",
            "wodemima12345",
            "我的密码我的密码我的密码",
            "hearthhearth1",
            "mira.lindqvist1",
            "abcabcabcabc",
            "liverpool1234",
            "Brightfold2026",
            "2026@brightFOLD!",
            "mira.lindqvistmira.lindqvist",
            "lindqvist-brightfold",
        ] {
            let judged = Password::choose(bad).unwrap().judge_now(&about);
            assert!(matches!(judged, Err(Error::PasswordCommon)), "{bad}");
        }
        for good in [
            "correct horse battery",
            "一二三四五六七八九十甲乙",
            "another good secret",
            "xkqzvbnwpltr",
            "brightfold wakes nine otters",
        ] {
            Password::choose(good).unwrap().judge_now(&about).unwrap();
        }
        for length in ["short", &"long".repeat(33)] {
            assert!(matches!(Password::choose(length), Err(Error::PasswordLength { .. })), "{length}");
        }
    }

    #[test]
    fn a_hash_knows_its_password_only() {
        let hash = hash_now(&Password::given("correct horse")).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify_now(&Password::given("correct horse"), &hash));
        assert!(!verify_now(&Password::given("correct hors"), &hash));
        assert!(!verify_now(&Password::given("x"), "not a hash"));
    }

    #[test]
    fn a_crowd_is_refused_instead_of_queued_for_ever() {
        let pool = PasswordPool::default();
        let _all = pool.admitted.try_acquire_many(u32::try_from(AT_ONCE + WAITING).unwrap()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let answer = runtime.block_on(pool.verify(Password::given("x"), None));
        assert!(matches!(answer, Err(Error::Crowded)));
    }
}
