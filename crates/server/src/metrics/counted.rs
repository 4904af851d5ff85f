//! What is counted.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use biseo_model::ids::CallId;
use biseo_model::record::{CallEnd, CallRecord, Latency, TurnRecord};
use biseo_telephony::GuardFigures;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::sip::Guarded;
use super::trunks::Trunks;
use crate::line::{Figures, TrunkSeen};
use crate::live::LiveEvent;

/// Bounds of response times and their parts, in seconds: close where people begin to notice a wait.
const RESPONSE: [f64; 14] = [
    0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0, 1.5, 2.0, 4.0,
];
/// Bounds of a call's length, in seconds.
const LENGTH: [f64; 9] = [5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 1800.0];
/// Calls whose turns are followed at once; with more, the response times of some are not counted.
const FOLLOWED: usize = 4096;

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct End {
    end: &'static str,
}

/// A part of a response time.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Part {
    part: &'static str,
}

/// The program itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Build {
    version: &'static str,
}

type Parts = Family<Part, Histogram, fn() -> Histogram>;

/// What is so at the moment of asking.
pub(super) struct Now {
    /// Calls under way.
    pub(super) sessions: usize,
    /// Frames of sound sent since the start.
    pub(super) frames: u64,
    /// Frames left out since the machine stood still.
    pub(super) skipped: u64,
    /// 99 of a hundred frames were at most this late.
    pub(super) late: Duration,
    /// Whether calls go on without the database.
    pub(super) away: bool,
    /// The providers' trunks.
    pub(super) trunks: Vec<TrunkSeen>,
    /// What the SIP side's own protection has done.
    pub(super) guard: GuardFigures,
}

/// All figures.
pub(super) struct Counted {
    registry: Registry,
    ended: Family<End, Counter>,
    length: Histogram,
    response: Histogram,
    parts: Parts,
    missed: Counter,
    under_way: Gauge,
    frames: Counter,
    skipped: Counter,
    late: Gauge<f64, AtomicU64>,
    away: Gauge,
    trunks: Trunks,
    guarded: Guarded,
    /// The last turn of each call whose response was counted: a turn is told again when it is cut short.
    answered: Mutex<HashMap<CallId, u32>>,
}

fn responses() -> Histogram {
    Histogram::new(RESPONSE)
}

impl Counted {
    /// Nothing yet, and how the line is.
    pub(super) fn new(line: Figures) -> Self {
        let mut counted = Self {
            registry: Registry::with_prefix("biseo"),
            ended: Family::default(),
            length: Histogram::new(LENGTH),
            response: responses(),
            parts: Parts::new_with_constructor(responses),
            missed: Counter::default(),
            under_way: Gauge::default(),
            frames: Counter::default(),
            skipped: Counter::default(),
            late: Gauge::default(),
            away: Gauge::default(),
            trunks: Trunks::default(),
            guarded: Guarded::default(),
            answered: Mutex::default(),
        };
        counted.enter_calls();
        counted.enter_sound();
        counted.registry.register_collector(Box::new(line));
        counted.trunks.enter(&mut counted.registry);
        counted.guarded.enter(&mut counted.registry);
        counted
    }

    fn enter_calls(&mut self) {
        let r = &mut self.registry;
        r.register("calls", "Calls that have ended, by how", self.ended.clone());
        let what = "From the answer to the end";
        r.register_with_unit("call_length", what, Unit::Seconds, self.length.clone());
        let what = "The caller's last packet of speech to Biseo's first";
        r.register_with_unit("response", what, Unit::Seconds, self.response.clone());
        let what = "The parts of the response time";
        r.register_with_unit("response_part", what, Unit::Seconds, self.parts.clone());
        let what = "Things that happened too fast to be counted";
        r.register("events_missed", what, self.missed.clone());
    }

    fn enter_sound(&mut self) {
        let r = &mut self.registry;
        r.register("calls_under_way", "Calls with open sound", self.under_way.clone());
        let what = "Frames of 20 ms sent since the start";
        r.register("frames_sent", what, self.frames.clone());
        let what = "Frames left out because the machine stood still";
        r.register("frames_skipped", what, self.skipped.clone());
        let what = "99 of a hundred frames were sent at most so late";
        r.register_with_unit("frame_lateness_p99", what, Unit::Seconds, self.late.clone());
        let what = "1 while calls go on against the local copy of the database";
        r.register("database_away", what, self.away.clone());
        let build: Family<Build, Gauge> = Family::default();
        let version = env!("CARGO_PKG_VERSION");
        build.get_or_create(&Build { version }).set(1);
        r.register("build", "The program's version", build);
    }

    /// Takes something that happened.
    pub(super) fn take(&self, event: &LiveEvent) {
        match event {
            LiveEvent::Turn(turn) | LiveEvent::Amended(turn) => self.turn(turn),
            LiveEvent::Ended { call, .. } => self.call(call),
            LiveEvent::Began(_) | LiveEvent::Partial { .. } | LiveEvent::Connecting { .. } => {}
        }
    }

    /// So many things were missed.
    pub(super) fn missed(&self, count: u64) {
        self.missed.inc_by(count);
    }

    fn turn(&self, turn: &TurnRecord) {
        let Some(total) = turn.latency.total_ms else {
            return;
        };
        if !self.is_first(turn) {
            return;
        }
        self.response.observe(total / 1000.0);
        for (part, ms) in parts(&turn.latency) {
            if let Some(ms) = ms {
                self.parts.get_or_create(&Part { part }).observe(ms / 1000.0);
            }
        }
    }

    fn is_first(&self, turn: &TurnRecord) -> bool {
        let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        if answered.len() >= FOLLOWED && !answered.contains_key(&turn.call) {
            return false;
        }
        let before = answered.insert(turn.call.clone(), turn.number);
        before.is_none_or(|before| before < turn.number)
    }

    fn call(&self, call: &CallRecord) {
        let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        answered.remove(&call.id);
        drop(answered);
        if let Some(end) = call.end {
            self.ended.get_or_create(&End { end: word(end) }).inc();
        }
        if let (Some(answered), Some(ended)) = (call.answered, call.ended) {
            self.length
                .observe(ended.duration_since(answered).as_secs_f64().max(0.0));
        }
    }

    /// All of it, in the text format of OpenMetrics.
    ///
    /// # Errors
    /// Never seen: writing into memory.
    pub(super) fn text(&self, now: &Now) -> Result<String, std::fmt::Error> {
        self.under_way
            .set(i64::try_from(now.sessions).unwrap_or(i64::MAX));
        // The engine counts them; here they are only told.
        self.frames.inner().store(now.frames, Ordering::Relaxed);
        self.skipped.inner().store(now.skipped, Ordering::Relaxed);
        self.late.set(now.late.as_secs_f64());
        self.away.set(i64::from(now.away));
        self.trunks.set(&now.trunks);
        self.guarded.set(&now.guard);
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

fn parts(latency: &Latency) -> [(&'static str, Option<f64>); 6] {
    [
        ("end_of_turn", latency.end_of_turn_ms),
        ("recognition", latency.stt_ms),
        ("understanding", latency.nlu_ms),
        ("decision", latency.decision_ms),
        ("voice", latency.tts_first_audio_ms),
        ("pacing", latency.pacing_ms),
    ]
}

fn word(end: CallEnd) -> &'static str {
    match end {
        CallEnd::Caller => "caller",
        CallEnd::Biseo => "biseo",
        CallEnd::Transferred => "transferred",
        CallEnd::Silence => "silence",
        CallEnd::Failed => "failed",
        CallEnd::Interrupted => "interrupted",
        CallEnd::Blocked => "blocked",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Now {
        Now {
            sessions: 3,
            frames: 1000,
            skipped: 0,
            late: Duration::from_millis(2),
            away: true,
            trunks: vec![TrunkSeen {
                id: "kt".into(),
                state: biseo_telephony::trunk::State::Suspect,
                registered: Some(true),
                tries: crate::line::Tries {
                    answered: 7,
                    ..crate::line::Tries::default()
                },
            }],
            guard: GuardFigures::default(),
        }
    }

    fn turn(number: u32, total_ms: Option<f64>) -> Box<TurnRecord> {
        let latency = Latency {
            end_of_turn_ms: Some(320.0),
            total_ms,
            ..Latency::default()
        };
        Box::new(TurnRecord {
            call: CallId::new("01TEST").unwrap(),
            number,
            at: jiff::Timestamp::UNIX_EPOCH,
            heard: "제 번호는 공일공".into(),
            understood: serde_json::Value::Null,
            said: String::new(),
            latency,
        })
    }

    #[test]
    fn a_response_is_counted_once_and_nothing_that_was_said_is_told() {
        let counted = Counted::new(Figures::default());
        for event in [
            LiveEvent::Turn(turn(1, None)),
            LiveEvent::Amended(turn(1, Some(340.0))),
            LiveEvent::Amended(turn(1, Some(340.0))),
            LiveEvent::Amended(turn(2, Some(900.0))),
        ] {
            counted.take(&event);
        }
        let text = counted.text(&now()).unwrap();
        let has = |line: &str| assert!(text.lines().any(|l| l == line), "{line}\n{text}");
        has("biseo_response_seconds_count 2");
        has("biseo_response_seconds_bucket{le=\"0.4\"} 1");
        has("biseo_response_part_seconds_count{part=\"end_of_turn\"} 2");
        has("biseo_calls_under_way 3");
        has("biseo_database_away 1");
        has("biseo_frames_sent_total 1000");
        has("biseo_trunk_state{trunk=\"kt\",state=\"suspect\"} 1");
        has("biseo_trunk_state{trunk=\"kt\",state=\"down\"} 0");
        has("biseo_trunk_registered{trunk=\"kt\"} 1");
        has("biseo_trunk_tries_total{trunk=\"kt\",end=\"answered\"} 7");
        has("# EOF");
        assert!(!text.contains("공일공") && !text.contains("01TEST"));
    }

    #[test]
    fn a_call_is_counted_by_its_end() {
        let counted = Counted::new(Figures::default());
        let at = jiff::Timestamp::UNIX_EPOCH;
        let call = CallRecord {
            id: CallId::new("01TEST").unwrap(),
            shop: biseo_model::ids::ShopId::new("haengbok").unwrap(),
            caller: None,
            dialled: None,
            forwarded: None,
            started: at,
            answered: Some(at),
            ended: Some(at + jiff::SignedDuration::from_secs(42)),
            end: Some(CallEnd::Caller),
            recording: None,
        };
        counted.call(&call);
        let text = counted.text(&now()).unwrap();
        assert!(text.contains("biseo_calls_total{end=\"caller\"} 1"), "{text}");
        assert!(text.contains("biseo_call_length_seconds_sum 42"), "{text}");
    }
}
