//! `[mail]`: the account by which notices and digests go out.

use std::path::{Path, PathBuf};

use biseo_notify::channels::email::{Account, Email, Protection};
use serde::Deserialize;

use super::secret::{Fault, Secret, fault};

/// The account; none without `server`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct MailConfig {
    /// The mail server's name.
    server: Option<String>,
    /// Its port; without a word the usual one of `tls`.
    port: Option<u16>,
    /// How the way to it is protected.
    tls: Way,
    /// Who sends: `"비서" <biseo@example.com>`.
    from: String,
    /// The user's name, if the server wants one.
    user: Option<String>,
    /// The environment variable that holds the password.
    password_env: Option<String>,
    /// Or the file that holds it.
    password_file: Option<PathBuf>,
    /// A file of certificates (PEM) that are believed beside the system's.
    ca_file: Option<PathBuf>,
}

/// How the way to the mail server is protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Way {
    /// From the first octet (RFC 8314): port 465.
    #[default]
    Implicit,
    /// STARTTLS: port 587.
    StartTls,
    /// Not at all: for a mail server on this machine. Port 25.
    Off,
}

impl Way {
    fn protection(self) -> (Protection, u16) {
        match self {
            Self::Implicit => (Protection::Tls, 465),
            Self::StartTls => (Protection::StartTls, 587),
            Self::Off => (Protection::None, 25),
        }
    }
}

impl MailConfig {
    fn password(&self) -> Secret<'_> {
        Secret::new(
            "password",
            self.password_env.as_deref(),
            self.password_file.as_deref(),
        )
    }

    /// Checks what can be checked without touching anything.
    pub(super) fn check(&self) -> Result<(), Fault> {
        if self.server.is_none() {
            let more = self.user.is_some() || self.password().is_given() || !self.from.is_empty();
            return match more {
                true => Err(fault("mail.server", "a mail account without a server")),
                false => Ok(()),
            };
        }
        if self.from.is_empty() {
            return Err(fault(
                "mail.from",
                "say who sends: from = '\"비서\" <biseo@example.com>'",
            ));
        }
        match self.user {
            Some(_) => self.password().check("mail"),
            None if self.password().is_given() => Err(fault("mail.user", "a password without a user")),
            None => Ok(()),
        }
    }

    /// The channel, with its secret fetched; `None` if no mail is sent.
    ///
    /// # Errors
    /// The field, and what is wrong with it.
    pub(crate) fn channel(&self) -> Result<Option<Email>, Fault> {
        let Some(host) = self.server.clone() else {
            return Ok(None);
        };
        let (protection, usual) = self.tls.protection();
        let login = match &self.user {
            Some(user) => Some((user.clone(), self.password().fetch("mail")?)),
            None => None,
        };
        let account = Account {
            host,
            port: self.port.unwrap_or(usual),
            protection,
            login,
            from: self.from.clone(),
            ca: self.ca_file.as_deref().map(certificates).transpose()?,
        };
        let channel = Email::new(&account).map_err(|e| fault(&format!("mail.{}", e.field), e.why))?;
        Ok(Some(channel))
    }

    /// Paths that are relative to the file's folder.
    pub(super) fn files(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        self.password_file.iter_mut().chain(self.ca_file.iter_mut())
    }
}

fn certificates(file: &Path) -> Result<Vec<u8>, Fault> {
    std::fs::read(file).map_err(|e| fault("mail.ca_file", format!("{}: {e}", file.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> MailConfig {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn an_account_is_whole_or_not_there() {
        for (text, fault) in [
            ("", None),
            ("server = 'mail.example'\nfrom = 'a@example.com'", None),
            ("server = 'mail.example'", Some("mail.from")),
            ("from = 'a@example.com'", Some("mail.server")),
            (
                "server = 'mail.example'\nfrom = 'a@example.com'\nuser = 'a'",
                Some("mail"),
            ),
            (
                "server = 'mail.example'\nfrom = 'a@example.com'\npassword_env = 'A'",
                Some("mail.user"),
            ),
        ] {
            let found = config(text).check().err().map(|(field, _)| field);
            assert_eq!(found.as_deref(), fault, "{text}");
        }
    }

    /// The connections' pool wants a runtime.
    #[tokio::test]
    async fn a_channel_is_made_of_it_and_a_bad_sender_told() {
        let good = config("server = 'mail.example'\ntls = 'starttls'\nfrom = '비서 <a@example.com>'");
        assert!(good.channel().unwrap().is_some());
        let bad = config("server = 'mail.example'\nfrom = 'nobody'");
        assert_eq!(bad.channel().unwrap_err().0, "mail.from");
        let open = config("server = 'mail.example'\ntls = 'off'\nfrom = 'a@example.com'");
        assert!(open.channel().is_err(), "unprotected, to another machine");
        assert!(config("").channel().unwrap().is_none());
    }
}
