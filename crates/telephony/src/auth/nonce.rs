//! Challenging others. A nonce carries its own time and a keyed hash of it, so that nothing need be kept for those who
//! only ask; what is kept, bounded, is how far each nonce in use has counted, so that nothing can be replayed.

use std::collections::HashMap;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::credentials;
use super::digest::{Algorithm, Qop, Response, hex, response};
use crate::msg::{Headers, Params, Request};

/// Nonces whose count is remembered.
const MAX_COUNTS: usize = 20_000;

/// What became of somebody's credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// They are this account's.
    Good(String),
    /// There are none, or none for our realm: challenge.
    Missing,
    /// Right but with an old nonce: challenge with `stale=true`.
    Stale,
    /// Wrong: challenge again, and count it.
    Wrong,
}

/// Issues and checks nonces for one realm.
pub struct Nonces {
    realm: String,
    key: [u8; 32],
    lifetime: Duration,
    algorithms: Vec<Algorithm>,
    counts: HashMap<String, (u32, Duration)>,
}

impl Nonces {
    /// `key` must be random; credentials of other algorithms than these are wrong; nonces are good for `lifetime`. Times are since any fixed start.
    #[must_use]
    pub fn new(realm: &str, key: [u8; 32], lifetime: Duration, algorithms: &[Algorithm]) -> Self {
        Self {
            realm: realm.to_owned(),
            key,
            lifetime,
            algorithms: algorithms.to_vec(),
            counts: HashMap::new(),
        }
    }

    /// Adds a challenge for each of our algorithms, best first (RFC 8760 §2.4), to a 401 or 407.
    pub fn challenge(&self, now: Duration, headers: &mut Headers, name: &str, stale: bool) {
        let nonce = self.issue(now);
        for algorithm in &self.algorithms {
            let value = format!(
                "Digest realm=\"{}\", nonce=\"{nonce}\", algorithm={}, qop=\"auth,auth-int\"{}",
                self.realm,
                algorithm.as_str(),
                if stale { ", stale=true" } else { "" }
            );
            headers.push(name, &value);
        }
    }

    fn issue(&self, now: Duration) -> String {
        let stamp = format!("{:x}", now.as_millis());
        // The salt makes two nonces of one millisecond different, so that each has a count of its own.
        let salt = hex(&crate::random::bytes::<6>());
        let sum = self.sum(&format!("{stamp}.{salt}"));
        format!("{stamp}.{salt}.{sum}")
    }

    fn sum(&self, stamp: &str) -> String {
        // An HMAC takes a key of any length, so this cannot fail with ours.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else {
            return String::new();
        };
        mac.update(stamp.as_bytes());
        mac.update(self.realm.as_bytes());
        hex(&mac.finalize().into_bytes())
    }

    /// When a nonce of ours was issued; `None` if it is not ours.
    fn issued(&self, nonce: &str) -> Option<Duration> {
        let (stamp, sum) = nonce.rsplit_once('.')?;
        let ours: bool = self.sum(stamp).as_bytes().ct_eq(sum.as_bytes()).into();
        let millis = u64::from_str_radix(stamp.split('.').next()?, 16).ok()?;
        ours.then(|| Duration::from_millis(millis))
    }

    /// Judges the credentials of a request. `password` looks an account up.
    pub fn verify(
        &mut self,
        now: Duration,
        req: &Request,
        header: &str,
        password: impl Fn(&str) -> Option<SecretString>,
    ) -> Verdict {
        let Some(p) = credentials(req, header, &self.realm) else {
            return Verdict::Missing;
        };
        let user = p.get("username").unwrap_or("");
        // An unknown user costs the same sums as a known one with a wrong password: timing must not tell which.
        let known = password(user);
        let secret = known
            .clone()
            .unwrap_or_else(|| SecretString::from("no such account"));
        let right = self.is_right(req, &p, &secret);
        let issued = self.issued(p.get("nonce").unwrap_or(""));
        match issued {
            _ if !right || known.is_none() => Verdict::Wrong,
            Some(at) if now.saturating_sub(at) <= self.lifetime => self.count(now, &p, user),
            _ => Verdict::Stale,
        }
    }

    /// The `uri` of the credentials need not be the Request-URI: proxies change that (RFC 3261 §22.4).
    fn is_right(&self, req: &Request, p: &Params, secret: &SecretString) -> bool {
        let (Some(algorithm), Some(qop)) = (Algorithm::parse(p.get("algorithm")), Qop::parse(p.get("qop")))
        else {
            return false;
        };
        if !self.algorithms.contains(&algorithm) {
            return false;
        }
        let want = response(
            algorithm,
            &Response {
                user: p.get("username").unwrap_or(""),
                realm: &self.realm,
                password: secret.expose_secret(),
                method: req.method.as_str(),
                uri: p.get("uri").unwrap_or(""),
                nonce: p.get("nonce").unwrap_or(""),
                nc: p.get("nc").unwrap_or(""),
                cnonce: p.get("cnonce").unwrap_or(""),
                qop,
                body: &req.body,
            },
        );
        let given = p.get("response").unwrap_or("").to_ascii_lowercase();
        want.as_bytes().ct_eq(given.as_bytes()).into()
    }

    /// A nonce count must grow; without qop there is none, and the nonce is good once (RFC 7616 §3.3).
    fn count(&mut self, now: Duration, p: &Params, user: &str) -> Verdict {
        let nonce = p.get("nonce").unwrap_or("").to_owned();
        let given = match p.get("nc") {
            Some(nc) if p.has("qop") => u32::from_str_radix(nc, 16).unwrap_or(0),
            _ => 1,
        };
        if self.counts.len() >= MAX_COUNTS {
            let lifetime = self.lifetime;
            self.counts
                .retain(|_, (_, at)| now.saturating_sub(*at) <= lifetime);
        }
        // Forgetting live counts would let their credentials be replayed; who is new waits until some have expired.
        if self.counts.len() >= MAX_COUNTS && !self.counts.contains_key(&nonce) {
            return Verdict::Stale;
        }
        let (last, _) = self.counts.entry(nonce).or_insert((0, now));
        if given <= *last {
            return Verdict::Stale;
        }
        *last = given;
        Verdict::Good(user.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::best_challenge;
    use crate::config::Credentials;
    use crate::msg::Method;

    const MINUTE: Duration = Duration::from_secs(60);

    fn request() -> Request {
        Request {
            method: Method::Register,
            uri: "sip:biseo".into(),
            headers: Headers::default(),
            body: vec![],
        }
    }

    fn lookup(user: &str) -> Option<SecretString> {
        (user == "owner").then(|| SecretString::from("secret"))
    }

    fn signed(nonces: &Nonces, now: Duration, password: &str, body: &[u8]) -> Request {
        let mut headers = Headers::default();
        nonces.challenge(now, &mut headers, "WWW-Authenticate", false);
        let mut req = Request {
            body: body.to_vec(),
            ..request()
        };
        let login = Credentials {
            user: "owner".into(),
            password: SecretString::from(password),
        };
        best_challenge(&headers, false)
            .unwrap()
            .authorize(&mut req, &login, "cn");
        req
    }

    fn judge(nonces: &mut Nonces, now: Duration, req: &Request) -> Verdict {
        nonces.verify(now, req, "Authorization", lookup)
    }

    #[test]
    fn good_once_then_replay_then_old() {
        let mut n = Nonces::new("biseo", [7; 32], MINUTE, &[Algorithm::Sha256, Algorithm::Md5]);
        assert_eq!(judge(&mut n, MINUTE, &request()), Verdict::Missing);
        let req = signed(&n, MINUTE, "secret", b"");
        assert_eq!(judge(&mut n, MINUTE, &req), Verdict::Good("owner".into()));
        assert_eq!(judge(&mut n, MINUTE, &req), Verdict::Stale, "a replay");
        let req = signed(&n, MINUTE, "secret", b"");
        assert_eq!(judge(&mut n, MINUTE * 3, &req), Verdict::Stale, "an old nonce");
        let req = signed(&n, MINUTE, "wrong", b"");
        assert_eq!(judge(&mut n, MINUTE, &req), Verdict::Wrong);
    }

    #[test]
    fn a_nonce_of_somebody_else_is_not_ours() {
        let mut n = Nonces::new("biseo", [7; 32], MINUTE, &[Algorithm::Sha256, Algorithm::Md5]);
        let other = Nonces::new("biseo", [8; 32], MINUTE, &[Algorithm::Sha256, Algorithm::Md5]);
        let req = signed(&other, MINUTE, "secret", b"");
        assert_eq!(judge(&mut n, MINUTE, &req), Verdict::Stale);
    }
}
