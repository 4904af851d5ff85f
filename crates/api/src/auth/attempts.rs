//! Wrong passwords and passkeys: each further one is looked at later.

use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;

use super::secret;
use crate::limit::network;
use crate::problem::{Code, Problem};
use crate::state::Api;

/// One of two counts: after so many free ones each further wrong password doubles the wait, up to the longest.
struct Patience {
    free: u32,
    first: Duration,
    longest: Duration,
}

/// Of a login from one network: whoever guesses waits up to an hour.
const NETWORK: Patience = Patience {
    free: 4,
    first: Duration::from_secs(15),
    longest: Duration::from_secs(3600),
};

/// Of a login from wherever: many networks together guess slowly, and cannot keep the owner out for long.
const LOGIN: Patience = Patience {
    free: 30,
    first: Duration::from_secs(15),
    longest: Duration::from_secs(300),
};

impl Patience {
    fn wait(&self, fails: u32) -> Option<Duration> {
        let over = fails.checked_sub(self.free + 1)?;
        Some(self.first.saturating_mul(1 << over.min(16)).min(self.longest))
    }
}

/// A sign-in that is being tried.
pub(crate) struct Attempting {
    who: [(String, &'static Patience); 2],
    now: Timestamp,
}

impl Attempting {
    /// Counts the attempt before the password is looked at. An unknown login is counted like any other.
    ///
    /// # Errors
    /// 429 while no other password is looked at.
    pub(crate) async fn begin(api: &Api, login: &str, address: Option<IpAddr>) -> Result<Self, Problem> {
        let login = login.trim().to_lowercase();
        let from = address.map(network).map_or_else(String::new, |a| a.to_string());
        // Hashed: the login may be anything, a password typed into the wrong field included.
        let key = |kind: &str, of: &str| secret::hash(&format!("{kind}\n{login}\n{of}"));
        let now = api.now();
        let who = [(key("network", &from), &NETWORK), (key("login", ""), &LOGIN)];
        let waits = who.each_ref().map(|(_, patience)| |fails| patience.wait(fails));
        let counted = [0, 1].map(|n| (who[n].0.as_str(), &waits[n] as _));
        if let Some(until) = api.store.attempt(&counted, now).await? {
            let seconds = until.duration_since(now).as_secs().unsigned_abs() + 1;
            return Err(Problem::new(Code::Locked).retry_after(seconds));
        }
        Ok(Self { who, now })
    }

    /// The password was right.
    pub(crate) async fn succeeded(self, api: &Api) -> Result<(), Problem> {
        for (who, _) in &self.who {
            api.store.clear_attempts(who).await?;
        }
        tracing::debug!(at = %self.now, "somebody signed in");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_to_its_longest() {
        let waits: Vec<_> = [4, 5, 6, 7, 12, 13, 60]
            .map(|n| NETWORK.wait(n).map(|w| w.as_secs()))
            .into();
        assert_eq!(
            waits,
            [
                None,
                Some(15),
                Some(30),
                Some(60),
                Some(1920),
                Some(3600),
                Some(3600)
            ]
        );
    }
}
