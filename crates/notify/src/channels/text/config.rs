//! `[text]` in the operator's configuration: the provider, its account, the registered number and 알림톡 templates.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use biseo_model::phone::PhoneNumber;
use secrecy::SecretString;
use serde::Deserialize;

use super::nhn::{Nhn, Side};
use super::solapi::Solapi;
use super::{Carrier, Texts};
use crate::channels::{Http, SetupError, setup};
use crate::wording::TEMPLATES;

/// Octets of a file with a secret at most.
const MOST_SECRET: usize = 4096;

/// Who carries text messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// Solapi (solapi.com).
    Solapi,
    /// NHN Cloud: SMS and KakaoTalk Bizmessage.
    Nhn,
}

/// `[text]`. A secret stands in the environment or in a file, never in the configuration itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextSettings {
    /// Who carries them.
    pub provider: Provider,
    /// Solapi's API key, or the app key of NHN's SMS service.
    #[serde(default)]
    pub key: Option<String>,
    /// The environment variable with the key.
    #[serde(default)]
    pub key_env: Option<String>,
    /// The file with the key.
    #[serde(default)]
    pub key_file: Option<PathBuf>,
    /// The environment variable with the secret.
    #[serde(default)]
    pub secret_env: Option<String>,
    /// The file with the secret.
    #[serde(default)]
    pub secret_file: Option<PathBuf>,
    /// The number that is shown; registered with the provider beforehand.
    pub sender: PhoneNumber,
    /// Another address of the provider's API.
    #[serde(default)]
    pub url: Option<String>,
    /// 알림톡; without it everything goes as SMS or LMS.
    #[serde(default)]
    pub kakao: Option<Kakao>,
}

impl TextSettings {
    /// The files that hold keys and secrets, so that whoever reads the configuration can place them.
    pub fn files(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let kakao = self.kakao.as_mut().and_then(|k| k.secret_file.as_mut());
        let own = self.key_file.iter_mut().chain(self.secret_file.iter_mut());
        own.chain(kakao)
    }
}

/// `[text.kakao]`: a KakaoTalk channel and its templates.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kakao {
    /// Solapi's `pfId`, or NHN's `senderKey`.
    pub channel: String,
    /// Whether an SMS or LMS goes where 알림톡 does not arrive (sent by the provider) or is refused (by us).
    #[serde(default = "yes")]
    pub fallback: bool,
    /// The codes under which templates are registered, by their names in `wording/callers.toml`: `booking_made = "…"`.
    #[serde(default)]
    pub templates: BTreeMap<String, String>,
    /// NHN: the app key of KakaoTalk Bizmessage.
    #[serde(default)]
    pub key: Option<String>,
    /// NHN: the environment variable with its secret.
    #[serde(default)]
    pub secret_env: Option<String>,
    /// NHN: the file with its secret.
    #[serde(default)]
    pub secret_file: Option<PathBuf>,
    /// NHN: another address of its API.
    #[serde(default)]
    pub url: Option<String>,
}

fn yes() -> bool {
    true
}

/// Looks a variable of the environment up.
type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

impl TextSettings {
    /// Checks what can be checked without secrets: for reading a configuration.
    ///
    /// # Errors
    /// [`SetupError`] with the field.
    ///
    /// ```
    /// use biseo_notify::channels::text::TextSettings;
    /// let text: TextSettings = toml::from_str(r#"
    ///     provider = "solapi"
    ///     key = "NCSAYU7YDBXYORXC"
    ///     secret_env = "BISEO_TEXT_SECRET"
    ///     sender = "02-123-4567"
    ///     [kakao]
    ///     channel = "KA01PF000000000000000000"
    ///     templates = { booking_made = "KA01TP000000000000000000" }
    /// "#).unwrap();
    /// text.check().unwrap();
    /// ```
    pub fn check(&self) -> Result<(), SetupError> {
        if self.sender.as_str().starts_with('+') {
            return Err(setup(
                "text.sender",
                "a Korean number that is registered with the provider",
            ));
        }
        one_of(
            "text.key",
            [
                self.key.is_some(),
                self.key_env.is_some(),
                self.key_file.is_some(),
            ],
        )?;
        one_of(
            "text.secret_env",
            [self.secret_env.is_some(), self.secret_file.is_some(), false],
        )?;
        self.kakao
            .as_ref()
            .map_or(Ok(()), |kakao| self.check_kakao(kakao))
    }

    fn check_kakao(&self, kakao: &Kakao) -> Result<(), SetupError> {
        word("text.kakao.channel", &kakao.channel)?;
        for (name, code) in &kakao.templates {
            if !TEMPLATES.contains(&name.as_str()) {
                let why = format!("{name:?} is none of {}", TEMPLATES.join(", "));
                return Err(setup("text.kakao.templates", why));
            }
            word("text.kakao.templates", code)?;
        }
        let own = [kakao.secret_env.is_some(), kakao.secret_file.is_some(), false];
        match self.provider {
            Provider::Nhn => {
                word("text.kakao.key", kakao.key.as_deref().unwrap_or_default())?;
                one_of("text.kakao.secret_env", own)
            }
            Provider::Solapi if kakao.key.is_some() || own.contains(&true) || kakao.url.is_some() => {
                Err(setup(
                    "text.kakao",
                    "Solapi has one account for both: leave key, secret and url out here",
                ))
            }
            Provider::Solapi => Ok(()),
        }
    }

    /// The channel. Secrets are read from the environment and from files; nothing is connected yet.
    ///
    /// # Errors
    /// [`SetupError`] as [`Self::check`] gives it, for a secret that is not there, or an address that may not be reached.
    pub fn open(&self, http: &Http) -> Result<Texts, SetupError> {
        self.open_with(http, &|name| std::env::var(name).ok())
    }

    /// The same with another environment.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_with(&self, http: &Http, environment: Lookup<'_>) -> Result<Texts, SetupError> {
        self.check()?;
        let key = match &self.key {
            Some(key) => SecretString::from(key.clone()),
            None => secret(
                "text.key",
                self.key_env.as_deref(),
                self.key_file.as_deref(),
                environment,
            )?,
        };
        let (name, file) = (self.secret_env.as_deref(), self.secret_file.as_deref());
        let own = secret("text.secret_env", name, file, environment)?;
        let carrier: Box<dyn Carrier> = match self.provider {
            Provider::Solapi => Box::new(Solapi::new(http.clone(), self, (&key, &own))?),
            Provider::Nhn => {
                let kakao = self
                    .kakao
                    .as_ref()
                    .map(|k| side(http, k, environment))
                    .transpose()?;
                Box::new(Nhn::new(http.clone(), self, (&key, own), kakao)?)
            }
        };
        let templates = self
            .kakao
            .as_ref()
            .map(|k| k.templates.clone())
            .unwrap_or_default();
        let fallback = self.kakao.as_ref().is_some_and(|k| k.fallback);
        Ok(Texts {
            carrier,
            templates,
            fallback,
        })
    }
}

fn side(http: &Http, kakao: &Kakao, environment: Lookup<'_>) -> Result<Side, SetupError> {
    let (name, file) = (kakao.secret_env.as_deref(), kakao.secret_file.as_deref());
    let own = secret("text.kakao.secret_env", name, file, environment)?;
    Side::kakao(http, kakao, own)
}

fn one_of(field: &'static str, given: [bool; 3]) -> Result<(), SetupError> {
    match given.iter().filter(|g| **g).count() {
        1 => Ok(()),
        0 => Err(setup(field, "is missing: give it by …_env or …_file")),
        _ => Err(setup(field, "is given twice")),
    }
}

/// A key as it may stand in a path or a header.
pub(super) fn word(field: &'static str, text: &str) -> Result<(), SetupError> {
    let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '@' | '.');
    match (1..=100).contains(&text.len()) && text.chars().all(fine) {
        true => Ok(()),
        false => Err(setup(field, "1 to 100 letters, digits, -, _, @ and .")),
    }
}

fn secret(
    field: &'static str,
    name: Option<&str>,
    file: Option<&Path>,
    environment: Lookup<'_>,
) -> Result<SecretString, SetupError> {
    let found = match (name, file) {
        (Some(name), _) => environment(name).ok_or_else(|| setup(field, format!("{name} is not set")))?,
        (None, Some(file)) => {
            std::fs::read_to_string(file).map_err(|e| setup(field, format!("{}: {e}", file.display())))?
        }
        (None, None) => return Err(setup(field, "is missing")),
    };
    let found = found.trim();
    match found.is_empty() || found.len() > MOST_SECRET {
        true => Err(setup(field, "is empty or too long")),
        false => Ok(SecretString::from(found.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOLAPI: &str = "provider = \"solapi\"\nsender = \"02-123-4567\"\n";

    fn wrong(text: &str) -> String {
        match toml::from_str::<TextSettings>(text) {
            Ok(settings) => settings.check().unwrap_err().to_string(),
            Err(e) => e.to_string(),
        }
    }

    #[test]
    fn errors_name_the_field_and_repeat_no_secret() {
        let account = format!("{SOLAPI}key = \"K\"\nsecret_env = \"S\"\n");
        for (text, said) in [
            (SOLAPI.to_string(), "text.key: is missing"),
            (
                format!("{SOLAPI}key = \"K\"\nkey_env = \"E\"\n"),
                "text.key: is given twice",
            ),
            (format!("{SOLAPI}key = \"K\"\n"), "text.secret_env: is missing"),
            (format!("{SOLAPI}secret = \"x\"\n"), "unknown field `secret`"),
            ("provider = \"aligo\"".into(), "unknown variant `aligo`"),
            (
                "provider = \"nhn\"\nsender = \"1\"".into(),
                "not a telephone number",
            ),
            (
                "provider = \"nhn\"\nsender = \"+14155550100\"".into(),
                "text.sender",
            ),
            (
                format!("{account}[kakao]\nchannel = \"\"\n"),
                "text.kakao.channel",
            ),
            (
                format!("{account}[kakao]\nchannel = \"p\"\ntemplates = {{ digest = \"t\" }}\n"),
                "\"digest\" is none of booking_made",
            ),
            (
                format!("{account}[kakao]\nchannel = \"p\"\nkey = \"k\"\n"),
                "text.kakao: Solapi has one",
            ),
            (
                format!("{}[kakao]\nchannel = \"p\"\n", account.replace("solapi", "nhn")),
                "text.kakao.key",
            ),
        ] {
            let error = wrong(&text);
            assert!(error.contains(said), "{text}\n{error}");
        }
    }

    #[test]
    fn a_secret_is_read_from_the_environment_or_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        std::fs::write(&file, "from a file\n").unwrap();
        let environment = |name: &str| (name == "SET").then(|| "from outside".to_string());
        use secrecy::ExposeSecret;
        let read = |name, file| secret("f", name, file, &environment).map(|s| s.expose_secret().to_string());
        assert_eq!(read(Some("SET"), None).as_deref(), Ok("from outside"));
        assert_eq!(read(None, Some(file.as_path())).as_deref(), Ok("from a file"));
        assert!(read(Some("UNSET"), None).is_err());
        std::fs::write(&file, " \n").unwrap();
        assert!(read(None, Some(file.as_path())).is_err());
    }
}
