//! The ways by which notices leave, made of the configuration.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use biseo_news::Rounds;
use biseo_notify::channels::push::{Push, Vapid};
use biseo_notify::channels::{Channels, Http};
use biseo_notify::rules::ChannelKind;
use biseo_notify::{Clock, Notifier, Pace, Worker};
use secrecy::{ExposeSecret, SecretString};

use crate::config::{Fault, key_file};
use crate::house::{Closed, House};

/// The worker on the outbox, and what the console tells of the ways.
pub(super) struct Post {
    /// Sends what is due.
    pub(super) worker: Arc<Worker>,
    /// Whether mail can be sent.
    pub(super) mail: bool,
    /// Whether text messages can be sent.
    pub(super) text: bool,
    /// Where notices go before they are sent.
    pub(super) outbox: Notifier,
    /// Asks what others named.
    pub(super) http: Http,
    /// Fetches news.
    pub(super) rounds: Rounds,
    /// The key under which browsers ask for notices.
    pub(super) push_key: Option<String>,
}

impl Post {
    /// With the channels that are configured.
    ///
    /// # Errors
    /// [`Closed`], with what to tell the operator.
    pub(super) fn open(house: &House, notifier: &Notifier) -> Result<Self, Closed> {
        let bad = |(field, why): Fault| Closed {
            key: "config_bad",
            why: format!("{field}: {why}"),
        };
        let config = &house.config;
        let mut channels = Channels::new();
        let mail = config.mail.channel().map_err(bad)?;
        let has_mail = mail.is_some();
        if let Some(mail) = mail {
            channels = channels.with(ChannelKind::Email, Arc::new(mail));
        }
        let http = config.notices.http().map_err(bad)?;
        let webhooks = config.notices.webhooks(&http).map_err(bad)?;
        let webhooks = webhooks.kept_in(house.store.clone(), house.keys.clone());
        channels = channels.with(ChannelKind::Webhook, Arc::new(webhooks));
        if let Some(text) = &config.text {
            let texts = text
                .open(&http)
                .map_err(|e| bad((format!("text.{}", e.field), e.why)))?;
            channels = channels.with(ChannelKind::Text, Arc::new(texts));
        }
        let vapid = vapid(house)?;
        let push_key = vapid.as_ref().map(|v| v.public().to_string());
        if let Some(vapid) = vapid {
            let push = Push::new(http.clone(), vapid, house.store.clone());
            channels = channels.with(ChannelKind::Push, Arc::new(push));
        }
        let rounds = Rounds::new(config.notices.fetcher().map_err(bad)?);
        let clock = house.clock;
        let clock: Clock = Arc::new(move || clock.now());
        let worker = Worker::new(notifier.clone(), channels, clock, Pace::default(), seed());
        Ok(Self {
            worker,
            mail: has_mail,
            text: config.text.is_some(),
            outbox: notifier.clone(),
            http,
            rounds,
            push_key,
        })
    }
}

/// Two workers wait for different times between their tries.
fn seed() -> u64 {
    let mut octets = [0; 8];
    // Without chance the waiting times are those of another worker, which is no harm with one.
    let _ = getrandom::fill(&mut octets);
    u64::from_le_bytes(octets)
}

/// The key pair by which push services know this installation; made at the first start. `None` without a contact.
fn vapid(house: &House) -> Result<Option<Vapid>, Closed> {
    let Some(contact) = house.config.notices.contact.as_deref() else {
        return Ok(None);
    };
    let path = key_file(&house.config.data);
    let shown = |e: &dyn std::fmt::Display| Closed::because("push_bad")(format!("{}: {e}", path.display()));
    let key = kept(&path).map_err(|e| shown(&e))?;
    Vapid::new(&key, contact).map(Some).map_err(|e| shown(&e.why))
}

/// The key in the file; a new one in a new file, for nobody else to read.
fn kept(path: &Path) -> Result<SecretString, Box<dyn std::error::Error>> {
    match std::fs::read_to_string(path) {
        Ok(text) => return Ok(text.trim().into()),
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e.into()),
        Err(_) => {}
    }
    let key = Vapid::generate().map_err(|e| e.why)?;
    let next = path.with_extension("new");
    // Whole before it has its name: an empty key would keep the program from ever starting again.
    match std::fs::remove_file(&next) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e.into()),
        _ => {}
    }
    let mut file = std::fs::File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&next)?;
    file.write_all(key.expose_secret().as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&next, path)?;
    Ok(key)
}
