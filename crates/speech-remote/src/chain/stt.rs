//! A chain of recognisers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use biseo_speech::{
    Language, Result, SAMPLE_RATE, SpeechError, SpeechToText, SttOptions, SttSession, Transcript,
};

use super::guard::Guarded;
use super::member::{Clock, Member, MemberState};
use super::{BreakerState, ChainConfig, NAME};
use crate::config::{ConfigError, fault};

/// Samples of an utterance that are kept for the next engine: the last minute.
const KEPT: usize = 60 * SAMPLE_RATE as usize;
/// An engine's limit where none is given.
const LIMIT: Duration = Duration::from_secs(5);

/// A recogniser with its place in a chain.
#[derive(Clone)]
pub struct SttMember {
    engine: Arc<dyn SpeechToText>,
    limit: Duration,
}

impl SttMember {
    /// An engine whose final text is waited for five seconds at most.
    pub fn new(engine: Arc<dyn SpeechToText>) -> Self {
        Self { engine, limit: LIMIT }
    }

    /// How long its final text is waited for after the utterance's end. The next engine begins then, so that a chain's
    /// whole limit is the sum of its engines'.
    pub fn with_limit(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }
}

type Members = Arc<[Member<dyn SpeechToText>]>;

/// Recognisers of which the first that is fit serves.
pub struct SttChain {
    members: Members,
    languages: Vec<Language>,
}

impl SttChain {
    /// From the engines in their order.
    ///
    /// # Errors
    /// When there is none, or the configuration cannot stand.
    pub fn new(members: Vec<SttMember>, config: ChainConfig) -> std::result::Result<Self, ConfigError> {
        Self::with_clock(members, config, Arc::new(Instant::now))
    }

    /// The same with another clock, by which engines are left alone.
    ///
    /// # Errors
    /// As [`SttChain::new`].
    pub fn with_clock(
        members: Vec<SttMember>,
        config: ChainConfig,
        clock: Clock,
    ) -> std::result::Result<Self, ConfigError> {
        config.check()?;
        if members.is_empty() {
            return Err(fault("stt", "names no engine: give at least one"));
        }
        let mut languages = Vec::new();
        for &language in members.iter().flat_map(|m| m.engine.languages()) {
            if !languages.contains(&language) {
                languages.push(language);
            }
        }
        let member = |m: SttMember| Member::new(m.engine.name(), m.engine, m.limit, config, clock.clone());
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

impl SpeechToText for SttChain {
    fn name(&self) -> &'static str {
        NAME
    }

    fn languages(&self) -> &[Language] {
        &self.languages
    }

    /// Whether every engine is left alone at present.
    fn is_down(&self) -> bool {
        self.members
            .iter()
            .all(|m| m.state().breaker == BreakerState::Open)
    }

    fn session(&self, options: &SttOptions) -> Result<Box<dyn SttSession>> {
        let language = options.language;
        if !self.languages.contains(&language) {
            return Err(SpeechError::Language {
                engine: NAME,
                language,
            });
        }
        let knows = |m: &Member<dyn SpeechToText>| m.engine.languages().contains(&language);
        Ok(Box::new(Session {
            known: (0..self.members.len())
                .filter(|&at| knows(&self.members[at]))
                .collect(),
            sessions: self.members.iter().map(|_| None).collect(),
            members: self.members.clone(),
            options: options.clone(),
            heard: Vec::new(),
            tried: Vec::new(),
            serving: None,
        }))
    }
}

/// One call's.
struct Session {
    members: Members,
    /// The engines that know the language.
    known: Vec<usize>,
    options: SttOptions,
    /// Each engine's session, once it was needed.
    sessions: Vec<Option<Guarded>>,
    /// The utterance so far.
    heard: Vec<i16>,
    /// Engines that have had a try at this utterance.
    tried: Vec<usize>,
    serving: Option<usize>,
}

impl Session {
    /// The next engine for this utterance: one that its breaker admits, and if there is none, any that is left. A turn is
    /// worth a try.
    fn choose(&mut self) -> Option<usize> {
        let left: Vec<usize> = self
            .known
            .iter()
            .copied()
            .filter(|at| !self.tried.contains(at))
            .collect();
        let fit = left.iter().copied().find(|&at| self.members[at].admits());
        let chosen = fit.or(left.first().copied())?;
        self.tried.push(chosen);
        self.serving = Some(chosen);
        Some(chosen)
    }

    /// Does something with the engine that serves; if it fails, with the next, which first hears what was said so far.
    fn with_one<T>(&mut self, work: impl Fn(&Guarded) -> Result<T>) -> Result<T> {
        let mut last = None;
        loop {
            let (at, fresh) = match self.serving {
                Some(at) => (at, false),
                None => match self.choose() {
                    Some(at) => (at, true),
                    None => return Err(last.unwrap_or_else(nobody)),
                },
            };
            match self.attempt(at, fresh, &work) {
                Ok(found) => return Ok(found),
                Err(error) => {
                    self.members[at].failed(&error);
                    (self.sessions[at], self.serving) = (None, None);
                    last = Some(error);
                }
            }
        }
    }

    fn attempt<T>(&mut self, at: usize, fresh: bool, work: impl Fn(&Guarded) -> Result<T>) -> Result<T> {
        let member = &self.members[at];
        let guarded = match &mut self.sessions[at] {
            Some(guarded) => guarded,
            empty => {
                let begun = Guarded::begin(member.engine.clone(), self.options.clone(), member.limit)?;
                empty.insert(begun)
            }
        };
        if fresh {
            guarded.accept(&self.heard)?;
        }
        work(guarded)
    }

    fn renew(&mut self) {
        self.heard.clear();
        self.tried.clear();
        self.serving = None;
    }
}

/// All engines have failed in this utterance already.
fn nobody() -> SpeechError {
    SpeechError::Engine {
        engine: NAME,
        detail: "no engine is left for this utterance".into(),
    }
}

impl SttSession for Session {
    fn accept(&mut self, samples: &[i16]) -> Result<()> {
        if samples.is_empty() {
            return Ok(());
        }
        self.heard.extend_from_slice(samples);
        let over = self.heard.len().saturating_sub(KEPT);
        self.heard.drain(..over);
        match self.serving {
            // Whoever begins hears all of it, these samples included.
            None => self.with_one(|_| Ok(())),
            Some(at) => {
                let taken = match &self.sessions[at] {
                    Some(guarded) => guarded.accept(samples),
                    None => Err(nobody()),
                };
                let Err(error) = taken else { return Ok(()) };
                self.members[at].failed(&error);
                (self.sessions[at], self.serving) = (None, None);
                self.with_one(|_| Ok(()))
            }
        }
    }

    fn partial(&mut self) -> Result<Transcript> {
        if self.heard.is_empty() {
            return Ok(Transcript::default());
        }
        self.with_one(Guarded::partial)
    }

    fn finish(&mut self) -> Result<Transcript> {
        if self.heard.is_empty() {
            self.reset();
            return Ok(Transcript::default());
        }
        let outcome = self.with_one(Guarded::finish);
        if let (Ok(_), Some(at)) = (&outcome, self.serving) {
            self.members[at].succeeded();
        }
        self.renew();
        outcome
    }

    fn reset(&mut self) {
        if let Some(at) = self.serving {
            self.members[at].abandoned();
            if let Some(guarded) = &self.sessions[at] {
                guarded.reset();
            }
        }
        self.renew();
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.reset();
    }
}
