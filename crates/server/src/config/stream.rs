//! `[stream]`: calls by WebSocket.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use biseo_media_stream::server::ServerConfig;
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::secret::{Fault, Secret, fault};

/// Shortest token: 16 characters of those allowed are 96 bits if they are drawn by chance.
const SHORTEST: usize = 16;
/// Longest token.
const LONGEST: usize = 128;
/// Connections beyond `call.at_once` that may be about to bring a call, or to be refused politely.
const ABOUT_TO: usize = 16;

/// Calls by WebSocket; none without `listen`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct StreamConfig {
    /// `ADDRESS:PORT`, without TLS: for a reverse proxy on the same machine.
    pub(crate) listen: Option<SocketAddr>,
    /// The environment variable that holds the token which platforms show.
    token_env: Option<String>,
    /// Or the file that holds it.
    token_file: Option<PathBuf>,
    /// Milliseconds of sound that the platform holds beforehand, against packets that come late to it, 0 to 100. An utterance is heard no
    /// later for it.
    pub(crate) lead_ms: u16,
}

impl Default for StreamConfig {
    fn default() -> Self {
        Self {
            listen: None,
            token_env: None,
            token_file: None,
            lead_ms: 40,
        }
    }
}

impl StreamConfig {
    /// On loopback, for callers of this program alone: with a token of chance, kept in a folder.
    ///
    /// # Errors
    /// In words: no randomness, no such folder.
    pub(crate) fn private(folder: &Path) -> Result<Self, String> {
        let mut random = [0; 24];
        getrandom::fill(&mut random).map_err(|e| e.to_string())?;
        let token = random.iter().fold(String::new(), |s, b| s + &format!("{b:02x}"));
        let file = folder.join("token");
        std::fs::write(&file, token).map_err(|e| format!("{}: {e}", file.display()))?;
        Ok(Self {
            listen: Some((Ipv4Addr::LOCALHOST, 0).into()),
            token_file: Some(file),
            ..Self::default()
        })
    }

    /// Checks what can be checked without touching anything.
    pub(super) fn check(&self) -> Result<(), Fault> {
        if self.lead_ms > 100 {
            let why = format!("{}: give 0 to 100 milliseconds", self.lead_ms);
            return Err(fault("stream.lead_ms", why));
        }
        match self.listen {
            Some(_) => self.token().check("stream"),
            None if self.token().is_given() => Err(fault("stream.listen", "a token without an address")),
            None => Ok(()),
        }
    }

    /// What the server is to be, with its secret fetched; `None` if there shall be none.
    ///
    /// # Errors
    /// The field, and what is wrong with it.
    pub(crate) fn server(&self, calls: usize) -> Result<Option<ServerConfig>, Fault> {
        let Some(listen) = self.listen else {
            return Ok(None);
        };
        let token = self.token().fetch("stream")?;
        let text = token.expose_secret();
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.~".contains(c);
        if !(SHORTEST..=LONGEST).contains(&text.len()) || !text.chars().all(plain) {
            let why = format!(
                "the token must be {SHORTEST} to {LONGEST} letters, digits or -_.~ (openssl rand -hex 24)"
            );
            return Err(fault("stream", why));
        }
        Ok(Some(ServerConfig::new(listen, token, calls + ABOUT_TO)))
    }

    /// Paths that are relative to the file's folder.
    pub(super) fn secret_file(&mut self) -> Option<&mut PathBuf> {
        self.token_file.as_mut()
    }

    fn token(&self) -> Secret<'_> {
        Secret::new("token", self.token_env.as_deref(), self.token_file.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weak_token_is_refused_and_its_absence_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        let config = StreamConfig {
            listen: Some("127.0.0.1:0".parse().unwrap()),
            token_file: Some(file.clone()),
            ..StreamConfig::default()
        };
        assert!(config.server(1).unwrap_err().1.contains("token"));
        for (token, fits) in [
            ("0123456789abcdef\n", true),
            ("0123456789abcde", false),
            ("0123456789abcdef/g", false),
            ("", false),
        ] {
            std::fs::write(&file, token).unwrap();
            assert_eq!(config.server(1).is_ok(), fits, "{token}");
        }
        assert!(StreamConfig::default().server(1).unwrap().is_none());
    }
}
