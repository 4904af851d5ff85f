//! A chain of synthesisers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use biseo_speech::{
    Language, Result, SpeechError, SpeechSink, SpeechStream, TextToSpeech, Utterance, speech_channel,
};

use super::member::{Clock, Member, MemberState};
use super::{ChainConfig, NAME};
use crate::config::{ConfigError, fault};

/// An engine's limit where none is given.
const LIMIT: Duration = Duration::from_secs(3);

/// A synthesiser with its place in a chain.
#[derive(Clone)]
pub struct TtsMember {
    engine: Arc<dyn TextToSpeech>,
    limit: Duration,
}

impl TtsMember {
    /// An engine whose first sound is waited for three seconds at most.
    pub fn new(engine: Arc<dyn TextToSpeech>) -> Self {
        Self { engine, limit: LIMIT }
    }

    /// How long its first sound is waited for.
    pub fn with_limit(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }
}

type Members = Arc<[Member<dyn TextToSpeech>]>;

/// Synthesisers of which the first that is fit speaks. Another takes over only before anything was heard: a sentence
/// whose voice breaks off ends with the error.
pub struct TtsChain {
    members: Members,
    languages: Vec<Language>,
}

impl TtsChain {
    /// From the engines in their order.
    ///
    /// # Errors
    /// When there is none, or the configuration cannot stand.
    pub fn new(members: Vec<TtsMember>, config: ChainConfig) -> std::result::Result<Self, ConfigError> {
        Self::with_clock(members, config, Arc::new(Instant::now))
    }

    /// The same with another clock, by which engines are left alone.
    ///
    /// # Errors
    /// As [`TtsChain::new`].
    pub fn with_clock(
        members: Vec<TtsMember>,
        config: ChainConfig,
        clock: Clock,
    ) -> std::result::Result<Self, ConfigError> {
        config.check()?;
        if members.is_empty() {
            return Err(fault("tts", "names no engine: give at least one"));
        }
        let mut languages = Vec::new();
        for &language in members.iter().flat_map(|m| m.engine.languages()) {
            if !languages.contains(&language) {
                languages.push(language);
            }
        }
        let member = |m: TtsMember| Member::new(m.engine.name(), m.engine, m.limit, config, clock.clone());
        Ok(Self {
            members: members.into_iter().map(member).collect(),
            languages,
        })
    }

    /// How the engines are doing, in their order.
    pub fn states(&self) -> Vec<MemberState> {
        self.members.iter().map(Member::state).collect()
    }
}

impl TextToSpeech for TtsChain {
    fn name(&self) -> &'static str {
        NAME
    }

    fn languages(&self) -> &[Language] {
        &self.languages
    }

    fn speak(&self, utterance: &Utterance) -> Result<SpeechStream> {
        let language = utterance.voice.language;
        let knows = |m: &Member<dyn TextToSpeech>| m.engine.languages().contains(&language);
        let mut search = Search {
            left: (0..self.members.len())
                .filter(|&at| knows(&self.members[at]))
                .collect(),
            members: self.members.clone(),
            utterance: utterance.clone(),
        };
        let (at, source) = search.begin().unwrap_or(Err(SpeechError::Language {
            engine: NAME,
            language,
        }))?;
        let (sink, stream) = speech_channel();
        std::thread::Builder::new()
            .name("speech-chain".into())
            .spawn(move || search.relay(at, source, &sink))
            .map_err(|source| SpeechError::Program {
                program: "thread".into(),
                source,
            })?;
        Ok(stream)
    }
}

/// One utterance's way through the engines.
struct Search {
    members: Members,
    /// Those that have not had a try.
    left: Vec<usize>,
    utterance: Utterance,
}

/// How an engine's turn ended.
enum End {
    /// It spoke, or nobody listens any more.
    Done,
    /// It failed before it was heard.
    Unheard(SpeechError),
}

impl Search {
    /// The next engine that begins to speak; `None` when none is left, an error if all that were left refused.
    fn begin(&mut self) -> Option<Result<(usize, SpeechStream)>> {
        let mut last = None;
        while !self.left.is_empty() {
            let fit = self.left.iter().position(|&at| self.members[at].admits());
            let at = self.left.remove(fit.unwrap_or(0));
            match self.members[at].engine.speak(&self.utterance) {
                Ok(stream) => return Some(Ok((at, stream))),
                Err(error) => {
                    self.blame(at, &error);
                    last = Some(error);
                }
            }
        }
        last.map(Err)
    }

    /// A request that is out of range is no fault of the engine's.
    fn blame(&self, at: usize, error: &SpeechError) {
        match error {
            SpeechError::Refused(_) | SpeechError::Language { .. } => self.members[at].abandoned(),
            error => self.members[at].failed(error),
        }
    }

    /// Passes on the sound of the first engine that has some.
    fn relay(mut self, mut at: usize, mut source: SpeechStream, sink: &SpeechSink) {
        loop {
            let inner = source.canceller();
            sink.canceller().on_cancel(move || inner.cancel());
            let End::Unheard(error) = self.pass_on(at, source, sink) else {
                return;
            };
            self.blame(at, &error);
            match self.begin() {
                Some(Ok(next)) => (at, source) = next,
                Some(Err(error)) => return sink.fail(error),
                None => return sink.fail(error),
            }
        }
    }

    fn pass_on(&self, at: usize, mut source: SpeechStream, sink: &SpeechSink) -> End {
        let member = &self.members[at];
        let first = source.next_within(member.limit);
        if sink.canceller().is_cancelled() {
            member.abandoned();
            return End::Done;
        }
        let mut piece = match first {
            Ok(Some(Ok(piece))) => piece,
            Ok(Some(Err(error))) => return End::Unheard(error),
            Ok(None) if self.has_words() => return End::Unheard(silent(member.name)),
            Ok(None) => {
                member.succeeded();
                return End::Done;
            }
            Err(()) => {
                return End::Unheard(SpeechError::Timeout {
                    engine: member.name,
                    after: member.limit,
                });
            }
        };
        loop {
            if !sink.send(piece) {
                member.abandoned();
                return End::Done;
            }
            piece = match source.next() {
                Some(Ok(piece)) => piece,
                Some(Err(error)) => {
                    member.failed(&error);
                    sink.fail(error);
                    return End::Done;
                }
                None if sink.canceller().is_cancelled() => {
                    member.abandoned();
                    return End::Done;
                }
                None => {
                    member.succeeded();
                    return End::Done;
                }
            };
        }
    }

    fn has_words(&self) -> bool {
        self.utterance.text.chars().any(char::is_alphanumeric)
    }
}

fn silent(engine: &'static str) -> SpeechError {
    SpeechError::Engine {
        engine,
        detail: "it gave no sound for a text with words".into(),
    }
}
