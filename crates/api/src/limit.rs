//! How many requests may come: a token bucket for each address and each session.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use crate::problem::{Code, Problem};
use crate::settings::{Rate, Settings};

/// Buckets of one kind at most. Full ones are forgotten first; if none is full, strangers are refused for a while.
const BUCKETS: usize = 20_000;

/// Buckets by what they count.
#[derive(Debug)]
pub struct Buckets<K> {
    rate: Rate,
    all: Mutex<HashMap<K, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: f64,
    at: Timestamp,
}

impl Bucket {
    fn filled(self, now: Timestamp, rate: Rate) -> f64 {
        let seconds = now.duration_since(self.at).as_secs_f64().max(0.0);
        (self.left + seconds * rate.per_second).min(f64::from(rate.burst))
    }
}

impl<K: Eq + Hash> Buckets<K> {
    /// None yet.
    pub fn new(rate: Rate) -> Self {
        Self {
            rate,
            all: Mutex::default(),
        }
    }

    /// Takes one.
    ///
    /// # Errors
    /// 429 with the seconds after which there is one again.
    pub fn take(&self, key: K, now: Timestamp) -> Result<(), Problem> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= BUCKETS && !all.contains_key(&key) {
            all.retain(|_, b| b.filled(now, self.rate) < f64::from(self.rate.burst));
            if all.len() >= BUCKETS {
                return Err(Problem::new(Code::TooManyRequests).retry_after(60));
            }
        }
        let bucket = all.entry(key).or_insert(Bucket {
            left: f64::from(self.rate.burst),
            at: now,
        });
        let left = bucket.filled(now, self.rate);
        if left < 1.0 {
            let wait = ((1.0 - left) / self.rate.per_second).ceil();
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a few seconds"
            )]
            return Err(Problem::new(Code::TooManyRequests).retry_after(wait as u64));
        }
        *bucket = Bucket {
            left: left - 1.0,
            at: now,
        };
        Ok(())
    }
}

/// All buckets.
#[derive(Debug)]
pub(crate) struct Limits {
    pub(crate) address: Buckets<IpAddr>,
    pub(crate) sign_in: Buckets<IpAddr>,
    pub(crate) session: Buckets<String>,
}

impl Limits {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            address: Buckets::new(settings.address_rate),
            sign_in: Buckets::new(settings.sign_in_rate),
            session: Buckets::new(settings.session_rate),
        }
    }
}

/// What counts as one network: an IPv4 address, or the /64 that one customer has.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let bits = u128::from(v6) >> 64 << 64;
            IpAddr::V6(bits.into())
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(1_795_000_000_000 + ms).unwrap()
    }

    #[test]
    fn a_burst_then_so_many_a_second() {
        let buckets = Buckets::new(Rate {
            burst: 3,
            per_second: 2.0,
        });
        let taken = (0..5).filter(|_| buckets.take("a", at(0)).is_ok()).count();
        assert_eq!(taken, 3);
        assert!(buckets.take("b", at(0)).is_ok(), "another's");
        assert!(buckets.take("a", at(499)).is_err());
        assert!(buckets.take("a", at(500)).is_ok());
        assert!(buckets.take("a", at(500)).is_err());
    }

    /// Strangers cannot fill the memory, and do not push out those who are at their limit.
    #[test]
    fn buckets_are_bounded() {
        let buckets = Buckets::new(Rate {
            burst: 1,
            per_second: 1.0,
        });
        for n in 0..BUCKETS {
            buckets.take(n, at(0)).unwrap();
        }
        assert!(buckets.take(BUCKETS, at(0)).is_err());
        assert!(buckets.take(0, at(0)).is_err());
        assert!(buckets.take(BUCKETS, at(1000)).is_ok(), "full ones are forgotten");
    }

    #[test]
    fn a_network() {
        for (address, expected) in [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ] {
            assert_eq!(network(address.parse().unwrap()).to_string(), expected);
        }
    }
}
