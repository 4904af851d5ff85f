//! All that calls share: the shops, the store, the engines.

use std::fs::File;
use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use biseo_conversation::turn_taking::TurnConfig;
use biseo_llm::helper::Helper;
use biseo_media_io::{MediaConfig, MediaEngine, PortRange, SessionConfig};
use biseo_model::ids::ShopId;
use biseo_model::shop::ShopProfile;
use biseo_nlu::{Nlu, Unexplained};
use biseo_speech::cache::{Cached, PromptCache};
use biseo_speech::engines::demo_ctc::DemoCtc;
use biseo_speech::engines::espeak::Espeak;
use biseo_speech::engines::silero::{SileroModel, SileroVad};
use biseo_speech::stored::Stored;
use biseo_speech::{Language, SpeechToText, TextToSpeech, Vad, Voice};
use biseo_store::{Claim, Store};
use biseo_vault::Keys;

use crate::clock::Clock;
use crate::config::{Config, Speech};
use crate::directory::{Directory, DirectoryError};
use crate::flows::Reloaded;
use crate::line::Line;
use crate::live::Live;
use crate::minds::Minds;
use crate::records::{self, Opened, Records};
use crate::seal;
use crate::voice::{Ears, Mouths};

/// Seconds of prompts that are kept spoken.
const PROMPT_SECONDS: usize = 600;

/// Hearing and speaking, for assistant and simulated caller alike.
#[derive(Clone)]
pub(crate) struct Engines {
    /// The recogniser.
    pub(crate) stt: Arc<dyn SpeechToText>,
    /// The voice.
    pub(crate) tts: Arc<dyn TextToSpeech>,
    /// The threads on which is heard.
    pub(crate) ears: Arc<Ears>,
    /// Those on which is spoken.
    pub(crate) mouths: Mouths,
    /// Waits in place of every shop's own, for a measurement.
    pub(crate) turns: Option<TurnConfig>,
    detect: Detect,
}

/// How much of a caller's sound waits for an ear that shares its thread, and so never lags behind for long.
const QUICK_RING: Duration = Duration::from_millis(480);

/// Makes a detector for a call.
pub(crate) type Detect = Arc<dyn Fn() -> Box<dyn Vad> + Send + Sync>;

impl Engines {
    /// A call's sound on an address, with room for what its ear may leave waiting.
    pub(crate) fn session(&self, local: IpAddr) -> SessionConfig {
        let usual = SessionConfig::on(local);
        match self.stt.may_wait() {
            true => usual,
            false => SessionConfig {
                audio_ring: QUICK_RING,
                ..usual
            },
        }
    }

    /// Loads them.
    ///
    /// # Errors
    /// The engine's own words: which file is missing or which program to install.
    pub(crate) fn load(model: &Path, espeak: &Path) -> Result<Self, String> {
        let voice = Espeak::new().with_program(espeak);
        voice.version().map_err(|e| e.to_string())?;
        let silero = SileroModel::embedded().map_err(|e| e.to_string())?;
        Self::of(
            Arc::new(DemoCtc::load(model).map_err(|e| e.to_string())?),
            Arc::new(Cached::new(voice, Arc::new(PromptCache::new(PROMPT_SECONDS)))),
            Arc::new(move || Box::new(SileroVad::new(silero.clone()))),
        )
    }

    /// Of these parts.
    ///
    /// # Errors
    /// When there are no threads to be had.
    pub(crate) fn of(
        stt: Arc<dyn SpeechToText>,
        tts: Arc<dyn TextToSpeech>,
        detect: Detect,
    ) -> Result<Self, String> {
        Ok(Self {
            stt,
            tts,
            ears: Arc::new(Ears::start()?),
            mouths: Mouths::default(),
            turns: None,
            detect,
        })
    }

    /// The same with these waits in every shop.
    pub(crate) fn with_turns(self, turns: TurnConfig) -> Self {
        Self {
            turns: Some(turns),
            ..self
        }
    }

    /// Loads what a configuration asks for.
    ///
    /// # Errors
    /// Which engine, and what is wrong with it.
    pub(crate) fn configured(config: &Config) -> Result<Self, String> {
        let speech = &config.speech;
        let silero = SileroModel::embedded().map_err(|e| e.to_string())?;
        Self::of(
            speech.recogniser()?,
            speech.voice(&Arc::new(PromptCache::new(PROMPT_SECONDS)), Some(kept(config)))?,
            Arc::new(move || Box::new(SileroVad::new(silero.clone()))),
        )
    }

    /// The same with another voice.
    pub(crate) fn with_voice(self, tts: Arc<dyn TextToSpeech>) -> Self {
        Self { tts, ..self }
    }

    /// A detector for one call.
    pub(crate) fn vad(&self) -> Box<dyn Vad> {
        (self.detect)()
    }
}

/// The voice that a configuration asks for.
pub(crate) fn voice(speech: &Speech, language: Language) -> Voice {
    Voice::new(language)
        .with_variant(speech.voice.clone())
        .with_speed(speech.speed)
        .with_pitch(speech.pitch)
}

/// What all calls of an installation share.
pub(crate) struct House {
    /// What the operator decided.
    pub(crate) config: Config,
    /// The shops.
    pub(crate) directory: Directory,
    /// What conversations are made of.
    pub(crate) flows: Arc<Reloaded>,
    /// The records.
    pub(crate) store: Store,
    /// The same as calls keep them: they go on while the database is away.
    pub(crate) records: Records,
    /// What recordings and second factors are sealed with.
    pub(crate) keys: Option<Arc<Keys>>,
    /// The sound.
    pub(crate) media: MediaEngine,
    /// Hearing and speaking.
    pub(crate) engines: Engines,
    /// What is kept spoken, for calls without a voice.
    pub(crate) kept: Stored,
    /// The time of calls.
    pub(crate) clock: Clock,
    /// Who looks on.
    pub(crate) live: Live,
    /// How the line is, for calls, and how calls are, for the line.
    pub(crate) line: Line,
    minds: Minds,
    helper: Option<Helper>,
    /// Held while this program uses the data folder: a second one would take this one's calls for cut off.
    _lock: File,
    /// The same for a database that is elsewhere.
    claim: Mutex<Option<Claim>>,
}

/// Why an installation cannot open: the key of its words in the wording file, and the reason.
#[derive(Debug)]
pub(crate) struct Closed {
    /// Key in `wording/serve.toml`.
    pub(crate) key: &'static str,
    /// The reason.
    pub(crate) why: String,
}

impl Closed {
    /// A failure under a key.
    pub(crate) fn because(key: &'static str) -> impl Fn(String) -> Self {
        move |why| Self { key, why }
    }
}

impl House {
    /// Opens everything: reads the shops, opens the database, mends what a crash left.
    ///
    /// # Errors
    /// [`Closed`], with what to tell the operator.
    pub(crate) async fn open(config: Config, clock: Clock, engines: Engines) -> Result<Self, Closed> {
        let directory = shops(&config).map_err(|e| Closed::because("shops_bad")(e.to_string()))?;
        let flows = Reloaded::open(config.flows_dir.clone()).map_err(Closed::because("flows_bad"))?;
        let keys = seal::keys(&config).await?;
        let lock = lock(&config).map_err(Closed::because("data_in_use"))?;
        let Opened { store, claim, local } = records::open(&config, clock).await?;
        mend(&config, keys.as_deref());
        if store.is_ready() {
            seal::secrets(&store, keys.as_deref()).await;
        }
        let helper = config.understanding.helper().map_err(|(field, why)| Closed {
            key: "config_bad",
            why: format!("{field}: {why}"),
        })?;
        let minds = Minds::of(&directory.all(), helper.is_some());
        let media = media(&config).map_err(Closed::because("media_bad"))?;
        Ok(Self {
            kept: kept(&config),
            config,
            directory,
            flows: Arc::new(flows),
            records: Records::new(store.clone(), local),
            store,
            keys,
            media,
            engines,
            clock,
            live: Live::new(),
            line: Line::default(),
            minds,
            helper,
            _lock: lock,
            claim: Mutex::new(claim),
        })
    }

    /// The database was away, and with it what said that this program alone works on it.
    pub(crate) async fn claim_again(&self) {
        // Its connection may still stand, and would be in the way.
        drop(self.held().take());
        match self.store.claim().await {
            Ok(claim) => self.claimed(claim),
            Err(e) => tracing::error!("the database is not claimed for this program any more: {e}"),
        }
    }

    /// This program alone works on the database.
    pub(crate) fn claimed(&self, claim: Claim) {
        *self.held() = Some(claim);
    }

    /// Whether it does, as far as is known.
    pub(crate) fn is_claimed(&self) -> bool {
        self.held().is_some()
    }

    fn held(&self) -> MutexGuard<'_, Option<Claim>> {
        self.claim.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who understands the callers of a shop.
    pub(crate) fn nlu(&self, shop: &ShopId) -> Option<Arc<Nlu>> {
        self.minds.nlu(shop)
    }

    /// Uses a changed profile: for calls that begin from now on.
    ///
    /// # Errors
    /// If it claims another shop's number; then all is as it was.
    pub(crate) fn replace(&self, profile: Arc<ShopProfile>) -> Result<(), DirectoryError> {
        self.directory.check(&profile)?;
        // Understanding first: a call finds its profile before it looks for who understands.
        self.minds.learn(&profile);
        self.directory.replace(profile)
    }

    /// Who helps with it where the rules are unsure, if the operator wishes it.
    pub(crate) fn help(&self, shop: &ShopId) -> Option<(Helper, Arc<Unexplained>)> {
        Some((self.helper.clone()?, self.minds.unexplained(shop)?))
    }
}

/// Where sentences are kept spoken.
fn kept(config: &Config) -> Stored {
    Stored::new(config.data.join("keypad"))
}

/// Reads the shops. With a console there need be none: the first one is made there.
fn shops(config: &Config) -> Result<Directory, DirectoryError> {
    if config.console.listen.is_none() {
        return Directory::read(&config.shops, config.call.default_shop.clone());
    }
    std::fs::create_dir_all(&config.shops).map_err(|why| DirectoryError::Unreadable {
        path: config.shops.display().to_string(),
        why,
    })?;
    Directory::read_any(&config.shops, config.call.default_shop.clone())
}

/// Takes the data folder for this program alone, until it ends.
///
/// # Errors
/// If another program has it, or it cannot be made.
pub(crate) fn lock(config: &Config) -> Result<File, String> {
    let path = config.data.join("biseo.lock");
    let shown = |e: &dyn std::fmt::Display| format!("{}: {e}", path.display());
    std::fs::create_dir_all(&config.data).map_err(|e| shown(&e))?;
    let file = File::options()
        .create(true)
        .append(true)
        .open(&path)
        .map_err(|e| shown(&e))?;
    file.try_lock().map_err(|e| shown(&e))?;
    Ok(file)
}

fn report(repairs: &biseo_media_io::Repairs) {
    if !repairs.mended.is_empty() {
        tracing::warn!(
            "{} recordings had been cut off; they are playable now",
            repairs.mended.len()
        );
    }
    if repairs.locked > 0 {
        tracing::warn!(
            "{} recordings are sealed with a key that is not known: they cannot be heard, nor mended if they were cut off",
            repairs.locked
        );
    }
    for (path, why) in &repairs.failed {
        tracing::error!("the recording {} cannot be mended: {why}", path.display());
    }
}

fn media(config: &Config) -> Result<MediaEngine, String> {
    let (first, last) = config.media.ports;
    let ports = PortRange::new(first, last).map_err(|e| e.to_string())?;
    let threads = config.media.threads;
    MediaEngine::start(MediaConfig {
        threads,
        ports,
        ..MediaConfig::default()
    })
    .map_err(|e| e.to_string())
}

/// Recordings that a crash cut off are made playable.
fn mend(config: &Config, keys: Option<&Keys>) {
    let folder = config.recordings();
    if folder.is_dir() {
        match biseo_media_io::repair_recordings(&folder, keys) {
            Ok(repairs) => report(&repairs),
            Err(e) => tracing::error!("recordings in {} could not be mended: {e}", folder.display()),
        }
    }
}
