//! `[notices]`: how the shop's people are reached beside by mail.

use std::path::{Path, PathBuf};

use biseo_model::ids::ShopId;
use biseo_news::fetch::Fetcher;
use biseo_notify::channels::webhook::{Endpoint, Webhooks};
use biseo_notify::channels::{Allowed, Http};
use ipnet::IpNet;
use serde::Deserialize;

use super::secret::{Fault, Secret, fault};

/// Notices in browsers, and to programs.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct NoticesConfig {
    /// Whom a push service may ask when notices trouble it: `mailto:` or `https:`. Without it no browser is told anything.
    pub(crate) contact: Option<String>,
    /// Private networks that push services and webhooks may be in; public ones always may.
    allow: Vec<IpNet>,
    /// A file of certificates (PEM) that are believed beside the system's.
    ca_file: Option<PathBuf>,
    /// Programs that are told.
    webhook: Vec<WebhookConfig>,
}

/// A program of a shop's that is told.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct WebhookConfig {
    shop: ShopId,
    /// By which a reader in the shop's rules names it.
    name: String,
    url: String,
    secret_env: Option<String>,
    secret_file: Option<PathBuf>,
}

impl WebhookConfig {
    fn secret(&self) -> Secret<'_> {
        Secret::new("secret", self.secret_env.as_deref(), self.secret_file.as_deref())
    }
}

impl NoticesConfig {
    /// Checks what can be checked without touching anything.
    pub(super) fn check(&self) -> Result<(), Fault> {
        let known = |c: &String| c.starts_with("mailto:") || c.starts_with("https://");
        if self.contact.as_ref().is_some_and(|c| !known(c)) {
            let why = "write it as mailto:name@example.com or https://…";
            return Err(fault("notices.contact", why));
        }
        self.webhook
            .iter()
            .try_for_each(|w| w.secret().check("notices.webhook"))
    }

    /// The client by which push services and webhooks are reached.
    ///
    /// # Errors
    /// The field, and what is wrong with it.
    pub(crate) fn http(&self) -> Result<Http, Fault> {
        let pem = self.certificates()?;
        let allowed = Allowed::and(self.allow.clone());
        Http::new(allowed, pem.as_deref()).map_err(|e| fault("notices.ca_file", e.why))
    }

    /// What fetches news: from public addresses also without TLS, for many papers have none.
    ///
    /// # Errors
    /// The field, and what is wrong with it.
    pub(crate) fn fetcher(&self) -> Result<Fetcher, Fault> {
        let pem = self.certificates()?;
        let allowed = Allowed::and(self.allow.clone()).with_plain();
        Fetcher::new(allowed, pem.as_deref()).map_err(|e| fault("notices.ca_file", e.to_string()))
    }

    fn certificates(&self) -> Result<Option<Vec<u8>>, Fault> {
        let read = |file: &PathBuf| {
            std::fs::read(file).map_err(|e| fault("notices.ca_file", format!("{}: {e}", file.display())))
        };
        self.ca_file.as_ref().map(read).transpose()
    }

    /// The programs that are told, with their secrets fetched.
    ///
    /// # Errors
    /// The field, and what is wrong with it.
    pub(crate) fn webhooks(&self, http: &Http) -> Result<Webhooks, Fault> {
        let mut webhooks = Webhooks::new(http.clone());
        for hook in &self.webhook {
            let secret = hook.secret().fetch("notices.webhook")?;
            let endpoint = Endpoint::new(http, &hook.url, &[secret])
                .map_err(|e| fault(&format!("notices.webhook.{}", e.field), e.why))?;
            webhooks = webhooks.with(hook.shop.clone(), hook.name.clone(), endpoint);
        }
        Ok(webhooks)
    }

    /// Paths that are relative to the file's folder.
    pub(super) fn files(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let secrets = self.webhook.iter_mut().filter_map(|w| w.secret_file.as_mut());
        self.ca_file.iter_mut().chain(secrets)
    }
}

/// Where the key is kept by which this installation is known to push services.
pub(crate) fn key_file(data: &Path) -> PathBuf {
    data.join("push.key")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told() {
        let hook = "[[webhook]]\nshop = 'haengbok'\nname = 'till'\nurl = 'https://till.example/x'\n";
        for (text, field) in [
            ("", None),
            ("contact = 'mailto:a@example.com'", None),
            ("contact = 'a@example.com'", Some("notices.contact")),
            (hook, Some("notices.webhook")),
            (&format!("{hook}secret_env = 'BISEO_TILL'"), None),
        ] {
            let config: NoticesConfig = toml::from_str(text).unwrap();
            let found = config.check().err().map(|(field, _)| field);
            assert_eq!(found.as_deref(), field, "{text}");
        }
    }

    #[test]
    fn a_secret_of_another_form_and_a_private_address_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("secret");
        let config = |url: &str| -> NoticesConfig {
            let file = file.display();
            toml::from_str(&format!(
                "[[webhook]]\nshop = 'a'\nname = 'b'\nurl = '{url}'\nsecret_file = '{file}'"
            ))
            .unwrap()
        };
        let made = |config: NoticesConfig| config.webhooks(&config.http().unwrap()).map(drop);
        std::fs::write(&file, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").unwrap();
        assert!(made(config("https://till.example/x")).is_ok());
        assert_eq!(
            made(config("https://10.0.0.1/x")).unwrap_err().0,
            "notices.webhook.url"
        );
        std::fs::write(&file, "short").unwrap();
        assert_eq!(
            made(config("https://till.example/x")).unwrap_err().0,
            "notices.webhook.secret"
        );
    }
}
