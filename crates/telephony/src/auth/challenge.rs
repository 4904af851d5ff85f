//! Answering a challenge.

use secrecy::ExposeSecret;

use super::{Algorithm, Qop, Response, digest_params, response};
use crate::config::Credentials;
use crate::msg::{Headers, Request};

/// A challenge that we can answer.
#[derive(Clone, Debug)]
pub struct Challenge {
    /// It came from a proxy (407): answer in Proxy-Authorization.
    pub proxy: bool,
    /// Realm.
    pub realm: String,
    /// Nonce.
    pub nonce: String,
    /// Opaque value to give back.
    pub opaque: Option<String>,
    /// Algorithm.
    pub algorithm: Algorithm,
    /// Protection chosen from those offered.
    pub qop: Qop,
    /// The credentials were right, only the nonce was old.
    pub stale: bool,
    /// How often this nonce was used.
    pub count: u32,
}

/// The strongest challenge among those of a 401 or 407 (RFC 8760 §2.4); `None` when we speak none of them.
#[must_use]
pub fn best_challenge(headers: &Headers, proxy: bool) -> Option<Challenge> {
    let name = if proxy {
        "Proxy-Authenticate"
    } else {
        "WWW-Authenticate"
    };
    headers
        .all(name)
        .filter_map(|v| Challenge::parse(v, proxy))
        .max_by_key(|c| c.algorithm)
}

impl Challenge {
    fn parse(value: &str, proxy: bool) -> Option<Self> {
        let p = digest_params(value)?;
        let offered: Vec<String> = p
            .get("qop")
            .unwrap_or("")
            .split(',')
            .map(|q| q.trim().to_lowercase())
            .collect();
        let has = |q: &str| offered.iter().any(|o| o == q);
        let qop = match () {
            () if !p.has("qop") => Qop::None,
            () if has("auth") => Qop::Auth,
            () if has("auth-int") => Qop::AuthInt,
            () => return None,
        };
        Some(Self {
            proxy,
            realm: p.get("realm")?.to_owned(),
            nonce: p.get("nonce")?.to_owned(),
            opaque: p.get("opaque").map(str::to_owned),
            algorithm: Algorithm::parse(p.get("algorithm"))?,
            qop,
            stale: p.get("stale").is_some_and(|s| s.eq_ignore_ascii_case("true")),
            count: 0,
        })
    }

    /// Puts credentials for this challenge into a request.
    pub fn authorize(&mut self, req: &mut Request, credentials: &Credentials, cnonce: &str) {
        self.count += 1;
        let (method, nc) = (req.method.to_string(), format!("{:08x}", self.count));
        let sum = response(
            self.algorithm,
            &Response {
                user: &credentials.user,
                realm: &self.realm,
                password: credentials.password.expose_secret(),
                method: &method,
                uri: &req.uri,
                nonce: &self.nonce,
                nc: &nc,
                cnonce,
                qop: self.qop,
                body: &req.body,
            },
        );
        let mut value = format!(
            "Digest username={}, realm={}, nonce={}, uri={}, response=\"{sum}\", algorithm={}",
            quoted(&credentials.user),
            quoted(&self.realm),
            quoted(&self.nonce),
            quoted(&req.uri),
            self.algorithm.as_str()
        );
        if self.qop != Qop::None {
            value.push_str(&format!(
                ", qop={}, nc={nc}, cnonce=\"{cnonce}\"",
                self.qop.as_str()
            ));
        }
        if let Some(opaque) = &self.opaque {
            value.push_str(&format!(", opaque={}", quoted(opaque)));
        }
        req.headers.set(
            if self.proxy {
                "Proxy-Authorization"
            } else {
                "Authorization"
            },
            &value,
        );
    }

    /// Takes over the nonce that an Authentication-Info header names for next time (RFC 7616 §3.5).
    pub fn next_nonce(&mut self, info: &str) {
        let params = crate::msg::Params::parse(info, ',');
        if let Some(next) = params.get("nextnonce") {
            self.nonce = next.to_owned();
            self.count = 0;
        }
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_that_we_speak_is_taken() {
        let mut h = Headers::default();
        h.push("WWW-Authenticate", r#"NoOneKnows x="y""#);
        h.push(
            "WWW-Authenticate",
            r#"Digest realm="r", nonce="1", algorithm=SHA-512-256, qop="auth""#,
        );
        h.push(
            "WWW-Authenticate",
            r#"Digest realm="r", nonce="2", qop="auth,auth-int""#,
        );
        h.push(
            "WWW-Authenticate",
            r#"Digest realm="r", nonce="3", algorithm=SHA-256, qop="auth-int", stale=TRUE"#,
        );
        let c = best_challenge(&h, false).unwrap();
        assert_eq!(
            (c.nonce.as_str(), c.algorithm, c.qop, c.stale),
            ("3", Algorithm::Sha256, Qop::AuthInt, true)
        );
        assert!(best_challenge(&h, true).is_none());
    }

    #[test]
    fn next_nonce_starts_counting_anew() {
        let mut c = Challenge::parse(r#"Digest realm="r", nonce="1""#, false).unwrap();
        c.count = 7;
        c.next_nonce(r#"nextnonce="n2", qop=auth"#);
        assert_eq!((c.nonce.as_str(), c.count), ("n2", 0));
    }
}
