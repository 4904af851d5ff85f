//! The simulated caller's telephone: places a call, hears, speaks, hangs up.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use biseo_conversation::turn_taking::{Grasp, TurnConfig};
use biseo_media_io::{Event, Events, MediaConfig, MediaEngine, PortRange, SessionConfig};
use biseo_speech::{SttOptions, Voice};
use biseo_telephony::config::Credentials;
use biseo_telephony::{EndCause, Leg, LegEvent, OutgoingCall, SipStack};
use tokio::sync::mpsc::{self, UnboundedReceiver};

use super::carrier;
use crate::call::line::Line;
use crate::call::sound::Sound;
use crate::house::Engines;
use crate::voice::{Ear, EarEvent, EarOrder, EarParts, HeardTurn, Mouth, MouthOrder, Speech};

/// A person waits so long (ms) before taking the word: between two sentences of a reply there is a pause.
const PATIENCE: u64 = 900;
/// Ports of the caller's own sound, apart from the usual ones of a server on the same machine.
const PORTS: (u16, u16) = (30_000, 34_999);
/// How long the sound may take to close.
const CLOSING: Duration = Duration::from_secs(3);

/// Whom to call and as whom.
pub(super) struct Dial<'a> {
    /// `sip:haengbok@127.0.0.1:5060`, or `ws://127.0.0.1:8081/media-stream/TOKEN?to=haengbok`.
    pub(super) target: &'a str,
    /// The number that the other side sees.
    pub(super) number: &'a str,
    /// Where to record the call: left what is heard, right what is said.
    pub(super) recording: Option<&'a Path>,
    /// Words that will probably be heard.
    pub(super) boost: Vec<String>,
    /// What is answered if we are asked who we are.
    pub(super) credentials: Option<Credentials>,
}

/// What happens.
#[derive(Debug)]
pub(super) enum Happening {
    /// The other side has said something and waits.
    Heard(HeardTurn),
    /// Nobody has said anything for a while.
    Silence,
    /// What was to be said is said.
    Said,
    /// The call is over.
    Over(EndCause),
}

/// A call under way.
pub(super) struct Phone {
    line: Line,
    /// None by WebSocket.
    sip: Option<SipStack>,
    sound: Sound,
    // After the sound, which needs it to close.
    engine: MediaEngine,
    ear: Ear,
    mouth: Mouth,
    heard: UnboundedReceiver<EarEvent>,
    media: Events,
    mark: u64,
}

impl Phone {
    /// Places the call and waits until it is answered.
    ///
    /// # Errors
    /// In words: a wrong address, no answer, a refusal.
    pub(super) async fn dial(engines: &Engines, dial: Dial<'_>) -> Result<Self, String> {
        let (first, last) = PORTS;
        let engine = MediaEngine::start(MediaConfig {
            threads: 1,
            ports: PortRange::new(first, last).map_err(|e| e.to_string())?,
            ..MediaConfig::default()
        })
        .map_err(|e| e.to_string())?;
        let (line, sip, mut sound) = if carrier::carries(dial.target) {
            let (line, session) = carrier::dial(&engine, dial.target, dial.number).await?;
            (line, None, Sound::settled(session))
        } else {
            let (leg, sip, sound) = call(&engine, &dial).await?;
            (Line::Sip(leg), Some(sip), sound)
        };
        if let Some(path) = dial.recording {
            sound.session.record(path).map_err(|e| e.to_string())?;
        }
        let (told, heard) = mpsc::unbounded_channel();
        let audio = sound.session.take_audio().ok_or("the sound is taken")?;
        let ear = EarParts {
            front: false,
            vad: engines.vad(),
            stt: engines.stt.clone(),
            options: SttOptions {
                boost: dial.boost,
                ..SttOptions::default()
            },
            turns: turns(),
            speaker: None,
            model: None,
            grasps: Arc::new(|_, _| Grasp::Wish),
            told,
        };
        let ear = Ear::open(&engines.ears, audio, ear)?;
        let (unheeded, _) = mpsc::unbounded_channel();
        let mouth = Mouth::open(
            &engines.mouths,
            engines.tts.clone(),
            sound.session.speaker(),
            unheeded,
        );
        let media = sound.session.take_events().ok_or("the events are taken")?;
        Ok(Self {
            line,
            sip,
            sound,
            engine,
            ear,
            mouth,
            heard,
            media,
            mark: 0,
        })
    }

    /// Says texts in a row; [`Happening::Said`] follows.
    pub(super) fn say(&mut self, texts: &[String], voice: &Voice) {
        self.mark += 1;
        let sentences = texts.iter().flat_map(|t| biseo_speech::text::sentences(t));
        let sentences = sentences.map(|t| (t, voice.clone())).collect();
        self.mouth.tell(MouthOrder::Say(Speech {
            mark: self.mark,
            sentences,
        }));
    }

    /// Listens; [`Happening::Silence`] comes if nothing is heard for so long.
    pub(super) fn listen(&self, patience: Duration) {
        self.ear.tell(EarOrder::Listen {
            awaiting: None,
            silence_after: patience,
            boost: Vec::new(),
        });
    }

    /// What happens next.
    pub(super) async fn next(&mut self) -> Happening {
        loop {
            tokio::select! {
                event = self.line.next_event() => match event {
                    LegEvent::Ended(end) => return Happening::Over(end.cause),
                    LegEvent::Reoffer(change) => match self.sound.change(change.sdp.as_ref()) {
                        Ok(text) => change.accept(text),
                        Err(e) => change.reject(e.status()),
                    },
                    _ => {}
                },
                Some(event) = self.heard.recv() => match event {
                    EarEvent::Turn(turn) => return Happening::Heard(turn),
                    EarEvent::Silence => return Happening::Silence,
                    EarEvent::Failed(why) => tracing::error!("the simulated caller's ear: {why}"),
                    EarEvent::Partial(..) | EarEvent::Stopped(_) | EarEvent::Speculate(_) | EarEvent::Discard => {}
                },
                Some(event) = self.media.next() => {
                    if matches!(event, Event::Played { mark, .. } if mark == self.mark) {
                        return Happening::Said;
                    }
                }
            }
        }
    }

    /// Hangs up and waits until the recording is whole.
    pub(super) async fn hang_up(self) {
        let Self {
            mut line,
            sip,
            sound,
            engine,
            mut media,
            ..
        } = self;
        line.hangup();
        drop(sound);
        let closing = async { while media.next().await.is_some() {} };
        if tokio::time::timeout(CLOSING, closing).await.is_err() {
            tracing::warn!("the caller's sound did not close in time");
        }
        drop(engine);
        if let Some(sip) = sip {
            sip.shutdown().await;
        }
    }
}

/// Calls by SIP, and waits until it is answered.
async fn call(engine: &MediaEngine, dial: &Dial<'_>) -> Result<(Leg, SipStack, Sound), String> {
    let here = local_for(dial.target);
    let (sip, _events) = super::line::telephone(here).await?;
    let mut sound = Sound::open(engine, SessionConfig::on(here), here, 1).map_err(|e| e.to_string())?;
    let call = OutgoingCall {
        to: dial.target.to_string(),
        from: Some(format!("sip:{}@{here}", dial.number)),
        credentials: dial.credentials.clone(),
        sdp: sound.offer(),
        ..OutgoingCall::default()
    };
    let mut leg = sip.call(call).await.map_err(|e| e.to_string())?;
    answered(&mut leg, &mut sound).await?;
    Ok((leg, sip, sound))
}

fn turns() -> TurnConfig {
    TurnConfig {
        wait_answer: PATIENCE,
        wait_falling: PATIENCE,
        wait_complete: PATIENCE,
        wait_nod: PATIENCE,
        wait_usual: PATIENCE,
        wait_more: PATIENCE,
        wait_digits: PATIENCE,
        longest_turn: 60_000,
        ..TurnConfig::default()
    }
}

/// Waits until the call is answered.
async fn answered(leg: &mut Leg, sound: &mut Sound) -> Result<(), String> {
    loop {
        match leg.next_event().await {
            LegEvent::Answered { sdp: Some(answer) } => {
                return sound.accept(&answer).map_err(|e| e.to_string());
            }
            LegEvent::Answered { sdp: None } => return Err("answered without a session description".into()),
            LegEvent::Ended(end) => return Err(refusal(&end.cause)),
            _ => {}
        }
    }
}

/// Why a call was not answered; a refusal in SIP's own words, such as `404 Not Found`.
fn refusal(cause: &EndCause) -> String {
    match cause {
        EndCause::Rejected { code, reason, .. } => format!("{code} {reason}"),
        other => format!("{other:?}"),
    }
}

/// Our address on the way to the target: loopback for a target on loopback, else all of this machine's.
pub(super) fn local_for(target: &str) -> IpAddr {
    let host = target.rsplit_once('@').map_or(target, |(_, host)| host);
    if host.starts_with("127.") || host.starts_with("localhost") {
        Ipv4Addr::LOCALHOST.into()
    } else {
        let probe = std::net::UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0));
        let way = probe.and_then(|p| {
            let port = if host.contains(':') {
                String::new()
            } else {
                ":5060".into()
            };
            p.connect(format!("{host}{port}"))?;
            p.local_addr()
        });
        way.map_or(Ipv4Addr::UNSPECIFIED.into(), |a| a.ip())
    }
}
