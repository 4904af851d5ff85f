//! Passwords: Argon2id with OWASP's parameters (19 MiB, 2 passes, 1 lane), a few at once.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::problem::{Code, Fault, Problem};

/// Hashes that are computed at once: each takes 19 MiB and a core for some ten milliseconds.
const AT_ONCE: usize = 2;
/// Who waits for a turn at most; others are sent away.
const WAITING: usize = 64;

/// Computes hashes.
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    /// Of a password that nobody has: an unknown login costs the same time.
    nobody: Arc<std::sync::OnceLock<String>>,
}

impl Passwords {
    pub(crate) fn new() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            queue: Arc::new(Semaphore::new(WAITING)),
            nobody: Arc::default(),
        }
    }

    /// The hash of a new password.
    pub(crate) async fn hash(&self, password: String) -> Result<String, Problem> {
        self.compute(move || hash(&password)).await?.ok_or_else(internal)
    }

    /// Whether a password belongs to a hash; without a hash (none, or the empty one of an account without a password) it takes the
    /// same time and does not.
    pub(crate) async fn verify(&self, password: String, known: Option<String>) -> Result<bool, Problem> {
        let known = known.filter(|hash| !hash.is_empty());
        let nobody = self.nobody.clone();
        self.compute(move || {
            let there = known.is_some();
            let known = known.unwrap_or_else(|| {
                nobody
                    .get_or_init(|| hash(&super::secret::token()).unwrap_or_default())
                    .clone()
            });
            verify(&password, &known) && there
        })
        .await
    }

    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let busy = || Problem::new(Code::Unavailable).retry_after(2);
        let _place = self.queue.clone().try_acquire_owned().map_err(|_| busy())?;
        // The turn goes along: a client that hangs up does not make room for another before the work is done.
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| internal())?;
        let done = tokio::task::spawn_blocking(move || (work(), drop(turn)).0);
        done.await.map_err(|_| internal())
    }
}

fn internal() -> Problem {
    Problem::new(Code::Internal)
}

fn hash(password: &str) -> Option<String> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).ok()?;
    let hash: PasswordHash = Argon2::default()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .ok()?;
    Some(hash.to_string())
}

fn verify(password: &str, known: &str) -> bool {
    PasswordHash::new(known).is_ok_and(|h| Argon2::default().verify_password(password.as_bytes(), &h).is_ok())
}

/// Passwords of ten characters and more that lists of stolen ones begin with, and their Korean kin.
const COMMON: [&str; 18] = [
    "1234567890",
    "0123456789",
    "0987654321",
    "1q2w3e4r5t",
    "1q2w3e4r5t6y",
    "qwertyuiop",
    "password123",
    "password1234",
    "passw0rd123",
    "password12",
    "qwerty12345",
    "qwerty123456",
    "12345678910",
    "123456789a",
    "a123456789",
    "dkssudgktpdy",
    "qlalfqjsgh",
    "tkfkdgody1",
];

/// Whether a new password can be taken: 10 to 256 characters (NIST SP 800-63B has no rules of kinds), none of the common
/// ones, not one character over and over, and without the login in it.
///
/// # Errors
/// 422 over `field`.
pub(crate) fn acceptable(password: &str, login: &str, field: &str) -> Result<(), Problem> {
    let lower = password.to_lowercase();
    let mut distinct: Vec<char> = lower.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let login = login.trim().to_lowercase();
    let fault = if password.chars().count() < 10 {
        Fault::TooSmall
    } else if password.chars().count() > 256 {
        Fault::TooLarge
    } else if COMMON.contains(&lower.as_str())
        || distinct.len() < 4
        || (login.chars().count() >= 4 && lower.contains(&login))
    {
        Fault::Guessable
    } else {
        return Ok(());
    };
    Err(Problem::field(field, fault))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_and_its_hash() {
        let passwords = Passwords::new();
        let hash = passwords.hash("단골손님 환영해요".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        for (given, known, right) in [
            ("단골손님 환영해요", Some(hash.clone()), true),
            ("단골손님 환영해요 ", Some(hash.clone()), false),
            ("단골손님 환영해요", None, false),
            ("단골손님 환영해요", Some("broken".into()), false),
        ] {
            assert_eq!(passwords.verify(given.into(), known).await.unwrap(), right);
        }
    }

    #[test]
    fn what_is_guessed_is_refused() {
        for (password, fine) in [
            ("short", false),
            ("가나다라마바사아자", false),
            ("가나다라마바사아자차", true),
            ("aaaaaaaaaaaa", false),
            ("Password123", false),
            ("my-sajang-2026", false),
            ("correct horse", true),
        ] {
            assert_eq!(
                acceptable(password, "sajang", "password").is_ok(),
                fine,
                "{password}"
            );
        }
    }
}
