//! `[speech]`: which engines hear and speak, in which order, and what each needs.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use biseo_speech::cache::{Cached, PromptCache};
use biseo_speech::engines::demo_ctc::DemoCtc;
use biseo_speech::engines::espeak::Espeak;
use biseo_speech::stored::Stored;
use biseo_speech::{Language, SpeechStream, SpeechToText, TextToSpeech, Utterance};
use biseo_speech_remote::ConfigError;
use biseo_speech_remote::chain::{ChainConfig, SttChain, SttMember, TtsChain, TtsMember};
use biseo_speech_remote::openai::{OpenAiStt, OpenAiSttConfig, OpenAiTts, OpenAiTtsConfig};
use biseo_speech_remote::realtime::{Realtime, RealtimeConfig};
use biseo_speech_remote::rtzr::{Rtzr, RtzrConfig};
use secrecy::SecretString;
use serde::Deserialize;

use super::secret::{Fault, Secret, fault};

/// What an engine is given beyond its own limit before the next one takes over.
const GRACE: Duration = Duration::from_millis(500);

/// A voice on this machine has nobody to wait for; it may still be late where there is much to do.
const HERE: Duration = Duration::from_secs(10);

/// A recogniser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Hears {
    /// The one that comes along, for espeak-ng's voices.
    Demo,
    /// A model on this machine, by sherpa-onnx.
    Sherpa,
    /// RTZR's.
    Rtzr,
    /// One by OpenAI's Realtime protocol.
    Realtime,
    /// One by OpenAI's REST interface.
    Openai,
}

/// A voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Speaks {
    /// espeak-ng's.
    Espeak,
    /// A model on this machine, by sherpa-onnx.
    Sherpa,
    /// One by OpenAI's REST interface.
    Openai,
}

/// Both sides of OpenAI's REST interface.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct OpenAi {
    /// The recogniser.
    stt: Option<OpenAiSttConfig>,
    /// The voice.
    tts: Option<OpenAiTtsConfig>,
}

/// Models on this machine: folders, as `biseo models pull` makes them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Sherpa {
    /// The recogniser.
    stt: Option<PathBuf>,
    /// The voice.
    tts: Option<PathBuf>,
}

/// Recogniser and voice.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Speech {
    /// The recognisers: the first hears; when it fails, the next hears the utterance anew.
    stt: Vec<Hears>,
    /// The voices, likewise.
    tts: Vec<Speaks>,
    /// Folder of the recogniser's model.
    pub(crate) model: PathBuf,
    /// The program espeak-ng.
    pub(crate) espeak: PathBuf,
    /// espeak-ng's variant (`espeak-ng --voices=variant`); empty for the usual one.
    pub(crate) voice: String,
    /// Tempo in percent, 50 to 200.
    pub(crate) speed: u16,
    /// Pitch in percent, 50 to 200.
    pub(crate) pitch: u16,
    rtzr: Option<RtzrConfig>,
    realtime: Option<RealtimeConfig>,
    openai: OpenAi,
    sherpa: Sherpa,
    chain: ChainConfig,
}

impl Default for Speech {
    fn default() -> Self {
        Self {
            stt: vec![Hears::Demo],
            tts: vec![Speaks::Espeak],
            model: "models/demo-ko".into(),
            espeak: "espeak-ng".into(),
            voice: "f2".into(),
            speed: 100,
            pitch: 100,
            rtzr: None,
            realtime: None,
            openai: OpenAi::default(),
            sherpa: Sherpa::default(),
            chain: ChainConfig::default(),
        }
    }
}

impl Speech {
    /// Checks what can be checked without touching anything.
    pub(super) fn check(&self) -> Result<(), Fault> {
        for (field, percent) in [("speech.speed", self.speed), ("speech.pitch", self.pitch)] {
            if !(50..=200).contains(&percent) {
                return Err(fault(field, format!("{percent}: give 50 to 200 percent")));
            }
        }
        once_each("speech.stt", &self.stt, "\"demo\"")?;
        once_each("speech.tts", &self.tts, "\"espeak\"")?;
        at("speech.chain", self.chain.check())?;
        let heard = |engine: Hears| self.stt.contains(&engine);
        let speaks = self.tts.contains(&Speaks::Openai);
        section(
            "speech.rtzr",
            heard(Hears::Rtzr),
            self.rtzr.as_ref().map(RtzrConfig::check),
        )?;
        let folder = |given: &Option<PathBuf>| given.as_ref().map(|_| Ok(()));
        section(
            "speech.sherpa.stt",
            heard(Hears::Sherpa),
            folder(&self.sherpa.stt),
        )?;
        let speaking = self.tts.contains(&Speaks::Sherpa);
        section("speech.sherpa.tts", speaking, folder(&self.sherpa.tts))?;
        let realtime = self.realtime.as_ref().map(RealtimeConfig::check);
        section("speech.realtime", heard(Hears::Realtime), realtime)?;
        let stt = self.openai.stt.as_ref().map(OpenAiSttConfig::check);
        section("speech.openai.stt", heard(Hears::Openai), stt)?;
        let tts = self.openai.tts.as_ref().map(OpenAiTtsConfig::check);
        section("speech.openai.tts", speaks, tts)
    }

    /// The files that are named in it.
    pub(super) fn files(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let rtzr = self.rtzr.iter_mut().filter_map(|c| c.client_secret_file.as_mut());
        let realtime = self.realtime.iter_mut().filter_map(|c| c.key_file.as_mut());
        let stt = self.openai.stt.iter_mut().filter_map(|c| c.key_file.as_mut());
        let tts = self.openai.tts.iter_mut().filter_map(|c| c.key_file.as_mut());
        let models = self.sherpa.stt.iter_mut().chain(self.sherpa.tts.iter_mut());
        rtzr.chain(realtime)
            .chain(stt)
            .chain(tts)
            .chain(models)
            .chain(std::iter::once(&mut self.model))
    }

    /// Whether only the demonstration hears: not people, but espeak-ng's voices.
    pub(crate) fn only_demo(&self) -> bool {
        self.stt == [Hears::Demo]
    }

    /// The engines that are services elsewhere, as they are written; empty if there are none.
    pub(crate) fn services(&self) -> String {
        let heard = self
            .stt
            .iter()
            .filter(|e| **e != Hears::Demo)
            .map(|e| format!("{e:?}"));
        let spoken = self
            .tts
            .iter()
            .filter(|e| **e != Speaks::Espeak)
            .map(|e| format!("{e:?}"));
        heard.chain(spoken).collect::<Vec<_>>().join(", ").to_lowercase()
    }

    /// Makes the recognisers. Nothing is connected yet.
    ///
    /// # Errors
    /// Which engine, and what is wrong: a secret that is not there, a model that cannot be read.
    pub(crate) fn recogniser(&self) -> Result<Arc<dyn SpeechToText>, String> {
        if self.only_demo() {
            return Ok(Arc::new(DemoCtc::load(&self.model).map_err(|e| e.to_string())?));
        }
        let members = self.stt.iter().map(|e| self.hears(*e));
        let members: Vec<SttMember> = members.collect::<Result<_, _>>()?;
        let chain = SttChain::new(members, self.chain);
        Ok(Arc::new(chain.map_err(|e| format!("speech.chain.{e}"))?))
    }

    /// Makes the voices, with what they have said in `spoken`; behind them what is `kept` spoken, for a time in which none works.
    ///
    /// # Errors
    /// As [`Speech::recogniser`].
    pub(crate) fn voice(
        &self,
        spoken: &Arc<PromptCache>,
        kept: Option<Stored>,
    ) -> Result<Arc<dyn TextToSpeech>, String> {
        let speaks = |e: &Speaks| self.speaks(*e, spoken);
        let mut members: Vec<TtsMember> = self.tts.iter().map(speaks).collect::<Result<_, _>>()?;
        members.extend(kept.map(|kept| TtsMember::new(Arc::new(kept))));
        let chain = TtsChain::new(members, self.chain);
        Ok(Arc::new(chain.map_err(|e| format!("speech.chain.{e}"))?))
    }

    fn espeak(&self) -> Result<Espeak, String> {
        let voice = Espeak::new().with_program(&self.espeak);
        voice.version().map_err(|e| e.to_string())?;
        Ok(voice)
    }

    fn hears(&self, engine: Hears) -> Result<SttMember, String> {
        let within = |engine: Arc<dyn SpeechToText>, ms: u64| {
            SttMember::new(engine).with_limit(Duration::from_millis(ms) + GRACE)
        };
        match engine {
            Hears::Demo => {
                let demo = DemoCtc::load(&self.model).map_err(|e| e.to_string())?;
                Ok(SttMember::new(Arc::new(demo)))
            }
            Hears::Sherpa => {
                let folder = self.sherpa.stt.as_ref().ok_or("speech.sherpa.stt")?;
                let engine = model("speech.sherpa.stt", folder, biseo_speech_sherpa::recogniser)?;
                Ok(SttMember::new(engine))
            }
            Hears::Rtzr => {
                let config = self.rtzr.clone().ok_or("speech.rtzr")?;
                let (env, file) = (&config.client_secret_env, &config.client_secret_file);
                let secret = Secret::new("client_secret", env.as_deref(), file.as_deref());
                let secret = secret.fetch("speech.rtzr").map_err(shown)?;
                let ms = config.finish_ms;
                Ok(within(
                    Arc::new(Rtzr::new(config, secret).map_err(told("speech.rtzr"))?),
                    ms,
                ))
            }
            Hears::Realtime => {
                let config = self.realtime.clone().ok_or("speech.realtime")?;
                let key = key(
                    "speech.realtime",
                    config.key_env.as_deref(),
                    config.key_file.as_ref(),
                )?;
                let ms = config.finish_ms;
                let engine = Realtime::new(config, key.as_ref()).map_err(told("speech.realtime"))?;
                Ok(within(Arc::new(engine), ms))
            }
            Hears::Openai => {
                let config = self.openai.stt.clone().ok_or("speech.openai.stt")?;
                let key = key(
                    "speech.openai.stt",
                    config.key_env.as_deref(),
                    config.key_file.as_ref(),
                )?;
                let ms = config.finish_ms;
                let engine = OpenAiStt::new(config, key.as_ref()).map_err(told("speech.openai.stt"))?;
                Ok(within(Arc::new(engine), ms))
            }
        }
    }

    fn speaks(&self, engine: Speaks, spoken: &Arc<PromptCache>) -> Result<TtsMember, String> {
        match engine {
            Speaks::Espeak => {
                let voice = Arc::new(Cached::new(self.espeak()?, spoken.clone()));
                Ok(TtsMember::new(voice).with_limit(HERE))
            }
            Speaks::Sherpa => {
                let folder = self.sherpa.tts.as_ref().ok_or("speech.sherpa.tts")?;
                let engine = model("speech.sherpa.tts", folder, biseo_speech_sherpa::voice)?;
                Ok(TtsMember::new(engine))
            }
            Speaks::Openai => {
                let config = self.openai.tts.clone().ok_or("speech.openai.tts")?;
                let key = key(
                    "speech.openai.tts",
                    config.key_env.as_deref(),
                    config.key_file.as_ref(),
                )?;
                let limit = Duration::from_millis(config.first_ms);
                let engine = OpenAiTts::new(config, key.as_ref()).map_err(told("speech.openai.tts"))?;
                let engine = Cached::new(OwnVoice(engine), spoken.clone());
                Ok(TtsMember::new(Arc::new(engine)).with_limit(limit))
            }
        }
    }
}

/// A service's own voice, whatever variant of espeak-ng's was chosen.
struct OwnVoice(OpenAiTts);

impl TextToSpeech for OwnVoice {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn languages(&self) -> &[Language] {
        self.0.languages()
    }

    fn speak(&self, utterance: &Utterance) -> biseo_speech::Result<SpeechStream> {
        let mut own = utterance.clone();
        own.voice.variant.clear();
        self.0.speak(&own)
    }
}

/// A model on this machine. It is tried in a process of its own first: one that is damaged would end this one.
fn model<E>(
    field: &str,
    folder: &Path,
    load: impl Fn(&Path) -> Result<E, biseo_speech_sherpa::LoadError>,
) -> Result<E, String> {
    crate::models::tried(folder).map_err(|why| format!("{field}: {why}"))?;
    load(folder).map_err(|e| format!("{field}: {}: {e}", folder.display()))
}

fn shown((field, why): Fault) -> String {
    format!("{field}: {why}")
}

fn told(section: &'static str) -> impl Fn(ConfigError) -> String {
    move |e| format!("{section}.{e}")
}

/// A service in the house may need no key.
fn key(section: &str, env: Option<&str>, file: Option<&PathBuf>) -> Result<Option<SecretString>, String> {
    let key = Secret::new("key", env, file.map(PathBuf::as_path));
    let given = key.is_given().then_some(key);
    given.map(|key| key.fetch(section)).transpose().map_err(shown)
}

fn once_each<E: PartialEq>(field: &str, engines: &[E], such: &str) -> Result<(), Fault> {
    let again = (1..engines.len()).any(|n| engines[..n].contains(&engines[n]));
    if engines.is_empty() || again {
        return Err(fault(
            field,
            format!("give each engine once, and at least one: [{such}]"),
        ));
    }
    Ok(())
}

/// An engine that is named needs its section; a section that is there must be right.
fn section(name: &str, named: bool, found: Option<Result<(), ConfigError>>) -> Result<(), Fault> {
    match found {
        Some(found) => at(name, found),
        None if named => Err(fault(
            name,
            "this engine is named, so its section must be there".to_string(),
        )),
        None => Ok(()),
    }
}

fn at(section: &str, found: Result<(), ConfigError>) -> Result<(), Fault> {
    found.map_err(|e| {
        let (field, why) = (e.field, e.why);
        fault(&format!("{section}.{field}"), why)
    })
}
