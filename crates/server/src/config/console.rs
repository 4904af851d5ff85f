//! `[console]`: the owner's page and the API behind it.

use std::net::SocketAddr;

use ipnet::IpNet;
use serde::Deserialize;

use super::secret::{Fault, fault};

/// The owner's page; none without `listen`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ConsoleConfig {
    /// `ADDRESS:PORT`, without TLS: for this machine, or for a reverse proxy.
    pub(crate) listen: Option<SocketAddr>,
    /// The address that people type: `https://biseo.example`.
    pub(crate) origin: Option<String>,
    /// Networks whose `X-Forwarded-For` is believed: the reverse proxy's.
    pub(crate) proxies: Vec<IpNet>,
    /// Whether everybody needs a second factor. Without a word: if there is an `origin`.
    second_factor: Option<bool>,
}

impl ConsoleConfig {
    /// Whether everybody needs a second factor.
    pub(crate) fn second_factor(&self) -> bool {
        self.second_factor.unwrap_or(self.origin.is_some())
    }

    /// Whether it is reached by TLS, of a proxy's.
    pub(crate) fn is_secure(&self) -> bool {
        self.origin.as_ref().is_some_and(|o| o.starts_with("https://"))
    }

    /// Checks what can be checked without touching anything.
    pub(super) fn check(&self) -> Result<(), Fault> {
        let Some(listen) = self.listen else {
            return match self.origin {
                Some(_) => Err(fault(
                    "console.listen",
                    "an origin without an address to listen on",
                )),
                None => Ok(()),
            };
        };
        if let Some(origin) = &self.origin {
            check_origin(origin)?;
        }
        if !listen.ip().is_loopback() && !self.is_secure() {
            let why = "passwords would cross the network in the clear: listen on 127.0.0.1, or put a reverse proxy with TLS before it \
                       and give its address as origin = \"https://…\"";
            return Err(fault("console.listen", why));
        }
        Ok(())
    }
}

/// A scheme and a host, perhaps a port, and nothing behind it (RFC 6454 §6.2).
fn check_origin(origin: &str) -> Result<(), Fault> {
    let host = ["https://", "http://"]
        .iter()
        .find_map(|scheme| origin.strip_prefix(scheme));
    let plain = |c: char| c.is_ascii_alphanumeric() || "-.:[]".contains(c);
    match host {
        Some(host) if !host.is_empty() && host.chars().all(plain) => Ok(()),
        _ => Err(fault(
            "console.origin",
            format!("{origin:?}: write it as https://biseo.example, without a path"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> ConsoleConfig {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn no_password_crosses_a_network_in_the_clear() {
        for (text, fault) in [
            ("", None),
            ("listen = '127.0.0.1:8080'", None),
            ("listen = '[::1]:8080'", None),
            ("listen = '0.0.0.0:8080'", Some("console.listen")),
            (
                "listen = '0.0.0.0:8080'\norigin = 'http://shop.example'",
                Some("console.listen"),
            ),
            ("listen = '0.0.0.0:8080'\norigin = 'https://shop.example'", None),
            ("origin = 'https://shop.example'", Some("console.listen")),
            (
                "listen = '127.0.0.1:1'\norigin = 'https://shop.example/x'",
                Some("console.origin"),
            ),
            (
                "listen = '127.0.0.1:1'\norigin = 'shop.example'",
                Some("console.origin"),
            ),
            (
                "listen = '127.0.0.1:1'\norigin = 'https://'",
                Some("console.origin"),
            ),
        ] {
            let found = config(text).check().err().map(|(field, _)| field);
            assert_eq!(found.as_deref(), fault, "{text}");
        }
    }

    #[test]
    fn who_is_seen_from_outside_needs_a_second_factor() {
        assert!(!config("listen = '127.0.0.1:1'").second_factor());
        assert!(config("listen = '127.0.0.1:1'\norigin = 'https://a.example'").second_factor());
        let without = "listen = '127.0.0.1:1'\norigin = 'https://a.example'\nsecond_factor = false";
        assert!(!config(without).second_factor());
    }
}
