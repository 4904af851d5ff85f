//! The configuration file `biseo.toml`: what the operator decides. What a shop says is in its profile.
//!
//! Unknown fields are refused, so that a misspelt one is not silently ignored. Paths are relative to the file. A secret is
//! never in the file: the file names the environment variable or the file that holds it.

mod console;
mod guard;
mod line;
mod mail;
mod metrics;
mod notices;
mod seal;
mod secret;
mod sip;
mod speech;
mod store;
mod stream;
mod trunk;
mod understanding;

use std::path::{Path, PathBuf};

use biseo_model::ids::ShopId;
use biseo_notify::channels::text::TextSettings;
use serde::Deserialize;

pub(crate) use console::ConsoleConfig;
pub(crate) use line::LineConfig;
pub(crate) use mail::MailConfig;
pub(crate) use metrics::MetricsConfig;
pub(crate) use notices::{NoticesConfig, key_file};
pub(crate) use seal::SealConfig;
pub(crate) use secret::Fault;
pub(crate) use sip::Sip;
pub(crate) use speech::Speech;
pub(crate) use store::{Database, StoreConfig};
pub(crate) use stream::StreamConfig;
pub(crate) use trunk::Target;
pub(crate) use understanding::Understanding;

use crate::wording::Lang;

/// The whole file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    /// Language of what the program prints.
    pub(crate) lang: Lang,
    /// Folder of recordings, and of the database unless `store` names another.
    pub(crate) data: PathBuf,
    /// Folder of the shop profiles.
    pub(crate) shops: PathBuf,
    /// Where the records are kept.
    pub(crate) store: StoreConfig,
    /// What recordings and second factors are sealed with.
    pub(crate) seal: SealConfig,
    /// Folder of own flows and wording, over those that come along; looked at every two seconds.
    pub(crate) flows_dir: Option<PathBuf>,
    /// Telephony.
    pub(crate) sip: Sip,
    /// Calls by WebSocket.
    pub(crate) stream: StreamConfig,
    /// The owner's page.
    pub(crate) console: ConsoleConfig,
    /// Figures for Prometheus.
    pub(crate) metrics: MetricsConfig,
    /// The account by which mail goes out.
    pub(crate) mail: MailConfig,
    /// How the shop's people are reached otherwise.
    pub(crate) notices: NoticesConfig,
    /// Who carries text messages.
    pub(crate) text: Option<TextSettings>,
    /// Sound on the network.
    pub(crate) media: Media,
    /// Recogniser and voice.
    pub(crate) speech: Speech,
    /// How callers are understood.
    pub(crate) understanding: Understanding,
    /// How calls are handled.
    pub(crate) call: Call,
    /// The line doctor.
    pub(crate) line: LineConfig,
}

/// Sound on the network.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Media {
    /// First and last UDP port for RTP and RTCP.
    pub(crate) ports: (u16, u16),
    /// Threads that send and receive; 0 means one for each processor core.
    pub(crate) threads: usize,
}

/// How calls are handled.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Call {
    /// Whether calls are recorded (and the caller is told so).
    pub(crate) record: bool,
    /// A call ends after so many minutes at the latest.
    pub(crate) max_minutes: u32,
    /// Calls at once; further callers hear the busy tone.
    pub(crate) at_once: usize,
    /// The shop that answers numbers which no profile names; without it they are refused (404).
    pub(crate) default_shop: Option<ShopId>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            lang: Lang::Ko,
            data: "data".into(),
            shops: "shops".into(),
            store: StoreConfig::default(),
            seal: SealConfig::default(),
            flows_dir: None,
            sip: Sip::default(),
            stream: StreamConfig::default(),
            console: ConsoleConfig::default(),
            metrics: MetricsConfig::default(),
            mail: MailConfig::default(),
            notices: NoticesConfig::default(),
            text: None,
            media: Media::default(),
            speech: Speech::default(),
            understanding: Understanding::default(),
            call: Call::default(),
            line: LineConfig::default(),
        }
    }
}

impl Default for Media {
    fn default() -> Self {
        Self {
            ports: (20_000, 29_999),
            threads: 0,
        }
    }
}

impl Default for Call {
    fn default() -> Self {
        Self {
            record: true,
            max_minutes: 30,
            at_once: 100,
            default_shop: None,
        }
    }
}

/// Why the configuration cannot be used: which file, where in it, and what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// Not there, or not readable.
    #[error("{file}: {why}")]
    Unreadable {
        /// The file.
        file: String,
        /// The system's reason.
        why: std::io::Error,
    },
    /// Not TOML, or a field is misspelt.
    #[error("{file}:\n{why}")]
    Form {
        /// The file.
        file: String,
        /// Line, column and reason.
        why: String,
    },
    /// The form is right, the value is not.
    #[error("{file}: {field}: {why}")]
    Value {
        /// The file.
        file: String,
        /// The field.
        field: String,
        /// What is wrong.
        why: String,
    },
}

impl Config {
    /// Reads a file, makes its paths relative to the file's folder, and checks what can be checked without touching
    /// anything.
    ///
    /// # Errors
    /// [`ConfigError`], which names the file and the place in it.
    pub(crate) fn read(file: &Path) -> Result<Self, ConfigError> {
        let shown = file.display().to_string();
        let text = std::fs::read_to_string(file).map_err(|why| ConfigError::Unreadable {
            file: shown.clone(),
            why,
        })?;
        let mut config = Self::parse(&shown, &text)?;
        config.place(file.parent().unwrap_or(Path::new("")));
        Ok(config)
    }

    /// Reads the text of a file called `shown`.
    pub(crate) fn parse(shown: &str, text: &str) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text).map_err(|e| ConfigError::Form {
            file: shown.to_string(),
            why: e.to_string().trim_end().to_string(),
        })?;
        config.check().map_err(|(field, why)| ConfigError::Value {
            file: shown.to_string(),
            field,
            why,
        })?;
        Ok(config)
    }

    fn place(&mut self, folder: &Path) {
        let own = [&mut self.data, &mut self.shops];
        let flows = self.flows_dir.iter_mut();
        let secrets = self
            .sip
            .files()
            .chain(self.understanding.key_file.as_mut())
            .chain(self.store.files())
            .chain(self.seal.files())
            .chain(self.stream.secret_file())
            .chain(self.mail.files())
            .chain(self.notices.files())
            .chain(self.text.iter_mut().flat_map(TextSettings::files))
            .chain(self.speech.files())
            .chain(self.line.files());
        for path in own.into_iter().chain(flows).chain(secrets) {
            if path.is_relative() {
                *path = folder.join(&*path);
            }
        }
    }

    fn check(&self) -> Result<(), Fault> {
        let (first, last) = self.media.ports;
        let fault = |field: &str, why: String| Err((field.to_string(), why));
        if first < 1024 || last <= first {
            return fault(
                "media.ports",
                format!("[{first}, {last}]: give a first port from 1024 on and a later last one"),
            );
        }
        if self.call.max_minutes == 0 || self.call.at_once == 0 {
            return fault("call", "max_minutes and at_once must be at least 1".into());
        }
        self.speech.check()?;
        self.store.check()?;
        self.seal.check()?;
        self.stream.check()?;
        self.console.check()?;
        self.metrics.check()?;
        self.mail.check()?;
        self.notices.check()?;
        if let Some(text) = &self.text {
            text.check().map_err(|e| (format!("text.{}", e.field), e.why))?;
        }
        self.line.check(self.sip.trunks())?;
        self.understanding.check()?;
        self.sip.check()
    }

    /// The database, with its secret fetched.
    ///
    /// # Errors
    /// The field, and what is wrong with it.
    pub(crate) fn database(&self) -> Result<Database, Fault> {
        self.store.database(&self.data)
    }

    /// The folder of what stands in for the database while it is away; `None`: nothing does.
    pub(crate) fn local_records(&self) -> Option<PathBuf> {
        self.store.local(&self.data)
    }

    /// The folder of the recordings.
    pub(crate) fn recordings(&self) -> PathBuf {
        self.data.join("recordings")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_given_is_the_usual_installation() {
        let config = Config::parse("biseo.toml", "").unwrap();
        assert_eq!(config.media.ports, (20_000, 29_999));
        assert!(!config.sip.accept_anyone);
    }

    #[test]
    fn faults_name_the_place() {
        for (text, place) in [
            ("dat = \"x\"", "line 1, column 1"),
            ("[media]\nports = [9, 3]", "media.ports"),
            ("[media]\nports = [9]", "line 2"),
            ("[speech]\nspeed = 20", "speech.speed"),
            ("[speech]\nstt = []", "speech.stt"),
            ("[speech]\nstt = [\"demo\", \"demo\"]", "speech.stt"),
            ("[speech]\nstt = [\"whisper\"]", "line 2"),
            ("[speech]\nstt = [\"rtzr\", \"demo\"]", "speech.rtzr"),
            ("[speech]\ntts = [\"openai\"]", "speech.openai.tts"),
            ("[speech.rtzr]\nclient_id = \"\"", "speech.rtzr.client_id"),
            ("[speech.realtime]\nfinish_ms = 5", "speech.realtime.finish_ms"),
            ("[speech.chain]\nfailures = 0", "speech.chain.failures"),
            ("[sip]\nlisten = [\"udp:nowhere\"]", "sip.listen"),
            ("[[sip.trunk]]\nid = \"kt\"", "sip.trunk"),
            ("[[sip.trunk]]\nid = \"kt\"\nfrom = [\"10.0.0.0/99\"]", "line 3"),
            (
                "[[sip.trunk]]\nid = \"kt\"\nserver = \"a\"\nping = 2",
                "sip.trunk \"kt\"",
            ),
            (
                "[[sip.trunk]]\nid = \"kt\"\nserver = \"a\"\n[[sip.trunk]]\nid = \"kt\"\nserver = \"b\"",
                "two trunks",
            ),
            ("[[sip.account]]\nname = \"desk\"", "sip.account"),
            ("[call]\nmax_minutes = 0", "call"),
            ("[line]\nwatch = 1", "line 2"),
            ("[line]\nask = \"a..b\"", "line.ask"),
            ("[line]\ncall_back_gap = 0", "line.call_back_gap"),
            ("[line.beacon]\naddress = \"b.example:5070\"", "line 2"),
            ("[line.beacon]\naddress = \"192.0.2.1:5070\"", "secret_file"),
            (
                "[line.beacon]\naddress = \"0.0.0.0:5070\"\nsecret_file = \"s\"",
                "line.beacon.address",
            ),
            ("[line]\nregions = { kt = \"02\" }", "line.regions"),
            ("[store]\ndatabase = \"x\"", "line 2"),
            (
                "[store]\ndatabase_env = \"A\"\ndatabase_file = \"b\"",
                "database_env",
            ),
            ("[seal]\nkey = \"x\"", "line 2"),
            ("[seal]\nkey_command = []", "seal.key_command"),
            ("[stream]\nlisten = \"8081\"", "line 2"),
            ("[stream]\nlisten = \"127.0.0.1:8081\"", "token_env"),
            ("[stream]\ntoken_env = \"A\"", "stream.listen"),
            ("[stream]\nlead_ms = 500", "stream.lead_ms"),
            ("[console]\nlisten = \"0.0.0.0:80\"", "console.listen"),
            ("[mail]\nserver = \"m.example\"", "mail.from"),
            ("[understanding]\nmode = \"llm\"", "line 2"),
            ("[understanding]\nmode = \"rules+llm\"", "understanding.endpoint"),
            ("[understanding]\nbudget_ms = 9", "understanding.budget_ms"),
        ] {
            let error = Config::parse("biseo.toml", text).unwrap_err().to_string();
            assert!(
                error.starts_with("biseo.toml") && error.contains(place),
                "{text:?}: {error}"
            );
        }
    }

    #[test]
    fn paths_are_relative_to_the_file() {
        let mut config = Config::parse("biseo.toml", "data = \"/var/lib/biseo\"").unwrap();
        config.place(Path::new("/etc/biseo"));
        assert_eq!(config.shops, Path::new("/etc/biseo/shops"));
        let text = "[line.beacon]\naddress = \"192.0.2.1:5070\"\nsecret_file = \"beacon\"";
        let mut beacon = Config::parse("biseo.toml", text).unwrap();
        beacon.place(Path::new("/etc/biseo"));
        let file = beacon.line.beacon.map(|b| b.secret_file);
        assert_eq!(file.as_deref(), Some(Path::new("/etc/biseo/beacon")));
        let Ok(Database::File(file)) = config.database() else {
            panic!("a file unless a server is named")
        };
        assert_eq!(file, Path::new("/var/lib/biseo/biseo.db"));
    }
}
