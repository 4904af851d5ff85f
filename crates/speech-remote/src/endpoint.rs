//! Addresses of services, and the keys that are shown there.

use hyper::Uri;
use hyper::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::config::{ConfigError, fault};

/// An address below which a service's paths lie. What callers say leaves the house encrypted or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// Without a slash at its end.
    base: String,
}

impl Endpoint {
    /// Reads `https://host/v1`; `http://` only in the house; `wss` and `ws` stand for these.
    pub(crate) fn parse(text: &str) -> Result<Self, ConfigError> {
        let wrong = |why: &str| fault("endpoint", format!("{text:?}: {why}"));
        let such = "write it as https://host/v1";
        let base = text.trim_end_matches('/');
        let base = match base.split_once("://") {
            Some(("wss", rest)) => format!("https://{rest}"),
            Some(("ws", rest)) => format!("http://{rest}"),
            _ => base.to_owned(),
        };
        let uri: Uri = base.parse().map_err(|_| wrong(such))?;
        if uri.query().is_some() || base.contains('#') {
            return Err(wrong("leave away what follows ? or #"));
        }
        if uri.authority().is_some_and(|a| a.as_str().contains('@')) {
            // Not repeated: it may be a secret.
            return Err(fault(
                "endpoint",
                "holds a user; a key goes into key_env or key_file",
            ));
        }
        match (uri.scheme_str(), uri.host().unwrap_or_default()) {
            (_, "") => Err(wrong(such)),
            (Some("https"), _) => Ok(Self { base }),
            (Some("http"), host) if in_house(host) => Ok(Self { base }),
            (Some("http"), _) => Err(wrong(
                "outside of this machine and the house's network only https is used",
            )),
            _ => Err(wrong(such)),
        }
    }

    /// The address of a path that begins with a slash; the path is the program's own.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The same for a WebSocket.
    #[cfg(feature = "_live")]
    pub(crate) fn socket_at(&self, path: &str) -> String {
        self.at(path).replacen("http", "ws", 1)
    }
}

/// This machine, an address of a private network, or a name without a dot.
fn in_house(host: &str) -> bool {
    match host.trim_matches(['[', ']']).parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(ip)) => ip.is_loopback() || ip.is_private(),
        Ok(std::net::IpAddr::V6(ip)) => ip.is_loopback() || ip.is_unique_local(),
        Err(_) => !host.contains('.'),
    }
}

/// `Authorization: Bearer`, marked so that nothing prints it.
pub(crate) fn bearer(key: &SecretString) -> Result<HeaderValue, ConfigError> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", key.expose_secret()))
        .map_err(|_| fault("key", "holds characters that no key has"))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_leave_the_house_encrypted_or_not_at_all() {
        for (endpoint, good) in [
            ("https://api.example.com/v1", true),
            ("wss://api.example.com/v1/", true),
            ("http://127.0.0.1:8000/v1", true),
            ("ws://[::1]:8000", true),
            ("http://192.168.0.7:8000/v1", true),
            ("http://whisper:8000/v1", true),
            ("http://api.example.com/v1", false),
            ("ws://8.8.8.8/v1", false),
            ("https://user:secret@host/v1", false),
            ("https://host/v1?key=secret", false),
            ("ftp://host/v1", false),
            ("host/v1", false),
            ("", false),
        ] {
            assert_eq!(Endpoint::parse(endpoint).is_ok(), good, "{endpoint}");
        }
    }

    #[test]
    fn paths_are_joined() {
        let endpoint = Endpoint::parse("wss://host/v1/").unwrap();
        assert_eq!(endpoint.at("/audio/speech"), "https://host/v1/audio/speech");
        #[cfg(feature = "_live")]
        assert_eq!(endpoint.socket_at("/realtime"), "wss://host/v1/realtime");
    }

    #[test]
    fn a_secret_in_an_address_is_not_repeated() {
        let error = Endpoint::parse("https://user:hunter2@host/v1").unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}
