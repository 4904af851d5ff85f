//! What has been asked of browsers and not been answered yet: challenges, each good once and for a short time.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::secret;
use crate::limit::network;
use crate::problem::{Code, Problem};

/// A challenge is good for so long: WebAuthn's recommended time for a ceremony with user verification.
const LASTS: SignedDuration = SignedDuration::from_mins(5);
/// Open ones at most. Then nobody gets one for a while.
const MOST: usize = 4096;
/// Open ones of one network at most; its oldest goes for a new one.
const MOST_OF_ONE: usize = 64;

/// Open ceremonies. They live in memory only: a restart asks everybody anew.
pub(crate) struct Ceremonies<T> {
    all: Mutex<HashMap<String, Open<T>>>,
}

struct Open<T> {
    /// The hash of what only the browser that began it has: a session's token, a cookie, a link.
    holder: String,
    from: Option<IpAddr>,
    until: Timestamp,
    state: T,
}

impl<T> Default for Ceremonies<T> {
    fn default() -> Self {
        Self {
            all: Mutex::default(),
        }
    }
}

impl<T> Ceremonies<T> {
    /// Keeps one; gives the id under which its holder ends it.
    ///
    /// # Errors
    /// 503 if too many are open.
    pub(crate) fn put(
        &self,
        holder: &str,
        from: Option<IpAddr>,
        state: T,
        now: Timestamp,
    ) -> Result<String, Problem> {
        let (id, from) = (secret::id(), from.map(network));
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, open| open.until > now);
        let theirs = || all.iter().filter(|(_, open)| open.from == from);
        if theirs().count() >= MOST_OF_ONE {
            let oldest = theirs().min_by_key(|(_, open)| open.until);
            let oldest = oldest.map(|(id, _)| id.clone());
            oldest.and_then(|id| all.remove(&id));
        }
        if all.len() >= MOST {
            return Err(Problem::new(Code::Unavailable).retry_after(60));
        }
        let open = Open {
            holder: holder.into(),
            from,
            until: now.saturating_add(LASTS).unwrap_or(Timestamp::MAX),
            state,
        };
        all.insert(id.clone(), open);
        Ok(id)
    }

    /// Takes one: it is gone, whatever becomes of it. Somebody else's stays.
    ///
    /// # Errors
    /// 410 if it is used up, too old or somebody else's.
    pub(crate) fn take(&self, id: &str, holder: &str, now: Timestamp) -> Result<T, Problem> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let theirs = all.get(id).is_some_and(|open| open.holder == holder);
        let open = theirs.then(|| all.remove(id)).flatten();
        let open = open.filter(|open| open.until > now);
        open.map(|open| open.state)
            .ok_or_else(|| Problem::new(Code::ChallengeGone))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_795_000_000 + seconds).unwrap()
    }

    #[test]
    fn each_is_good_once_for_its_holder_and_for_a_while() {
        let open = Ceremonies::default();
        let id = open.put("a", None, 1, at(0)).unwrap();
        assert!(open.take(&id, "b", at(1)).is_err());
        assert_eq!(open.take(&id, "a", at(1)).unwrap(), 1);
        assert!(open.take(&id, "a", at(1)).is_err());
        let id = open.put("a", None, 2, at(0)).unwrap();
        assert!(open.take(&id, "a", at(300)).is_err());
    }

    /// A network that begins many loses its own oldest, and no other network's.
    #[test]
    fn they_are_bounded() {
        let open = Ceremonies::default();
        let network = |n: u16| Some(IpAddr::from([10, 0, (n >> 8) as u8, n as u8]));
        let mine = open.put("me", network(9999), 0, at(0)).unwrap();
        let ids: Vec<_> = (0..65)
            .map(|n| open.put("x", network(1), n, at(n)).unwrap())
            .collect();
        assert!(open.take(&ids[0], "x", at(65)).is_err());
        assert_eq!(open.take(&ids[1], "x", at(65)).unwrap(), 1);
        assert_eq!(open.take(&mine, "me", at(65)).unwrap(), 0);
        let many = (2..6000).filter(|n| open.put("x", network(*n), 0, at(66)).is_ok());
        assert_eq!(many.count(), MOST - 63);
        assert!(
            open.put("x", network(7000), 0, at(366)).is_ok(),
            "old ones are forgotten"
        );
    }
}
