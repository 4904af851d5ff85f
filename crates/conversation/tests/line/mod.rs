//! A line on which speech, silence and other things happen at their times, for the tests of turn-taking.

#![allow(dead_code, reason = "each test program uses a part")]

use biseo_conversation::turn_taking::{Floor, Grasp, TurnConfig, TurnInput, TurnOutput, TurnTaker, VadFrame};
use biseo_model::understanding::Awaiting;

/// Length of a window of sound.
const WINDOW: u64 = 20;

pub fn listen(awaiting: Option<Awaiting>) -> TurnInput<'static> {
    TurnInput::Listen {
        awaiting,
        silence_after_ms: 7000,
    }
}

pub fn partial(text: &str, filled: bool) -> TurnInput<'_> {
    let grasp = if filled { Grasp::Filled } else { Grasp::Wish };
    TurnInput::Partial { text, grasp }
}

/// Biseo speaks, and may be interrupted.
pub fn play(until_ms: u64) -> TurnInput<'static> {
    protected(0, until_ms)
}

pub fn protected(protected_until_ms: u64, until_ms: u64) -> TurnInput<'static> {
    TurnInput::Playing {
        protected_until_ms,
        until_ms,
    }
}

pub fn frame(until_ms: u64, probability: f32) -> TurnInput<'static> {
    TurnInput::Frame(VadFrame {
        until_ms,
        length_ms: 32,
        probability,
        level_dbfs: -20.0,
    })
}

/// What happens on a line.
pub struct Line<'a> {
    config: TurnConfig,
    speech: Vec<(u64, u64, f32)>,
    events: Vec<(u64, TurnInput<'a>)>,
}

impl<'a> Line<'a> {
    pub fn new() -> Self {
        Self::with(TurnConfig::default())
    }

    pub fn with(config: TurnConfig) -> Self {
        Self {
            config,
            speech: Vec::new(),
            events: Vec::new(),
        }
    }

    /// Something happens.
    pub fn at(mut self, ms: u64, input: TurnInput<'a>) -> Self {
        self.events.push((ms, input));
        self
    }

    /// The caller speaks.
    pub fn speech(self, from: u64, to: u64) -> Self {
        self.speech_at_level(from, to, -20.0)
    }

    /// The caller speaks so loud.
    pub fn speech_at_level(mut self, from: u64, to: u64, level: f32) -> Self {
        self.speech.push((from, to, level));
        self
    }

    /// The window that ends at `until`; a part of speech in it makes it speech.
    fn window(&self, until: u64) -> VadFrame {
        let from = until.saturating_sub(WINDOW);
        let spoken = self.speech.iter().find(|(a, b, _)| *a < until && *b > from);
        let end = spoken.map_or(until, |(_, b, _)| until.min(*b));
        let start = spoken.map_or(from, |(a, _, _)| from.max(*a));
        VadFrame {
            until_ms: end,
            length_ms: end - start,
            probability: if spoken.is_some() { 0.95 } else { 0.02 },
            level_dbfs: spoken.map_or(-60.0, |(_, _, level)| *level),
        }
    }

    /// Everything in its order, windows between, with ticks exactly when they are asked for.
    fn play(self, until: u64, mut told: impl FnMut(u64, &mut TurnTaker)) {
        let mut taker = TurnTaker::new(self.config);
        let mut events: Vec<(u64, TurnInput<'_>)> = (1..=until / WINDOW)
            .map(|n| (n * WINDOW, TurnInput::Frame(self.window(n * WINDOW))))
            .collect();
        events.extend(self.events);
        events.sort_by_key(|(at, _)| *at);
        let mut events = events.into_iter().peekable();
        let mut now = 0;
        loop {
            let timeout = taker.next_timeout().unwrap_or(u64::MAX).max(now);
            let event = events.peek().map_or(u64::MAX, |(at, _)| *at);
            now = timeout.min(event);
            if now > until {
                return;
            }
            let input = match event <= timeout {
                true => events.next().map(|(_, input)| input).unwrap(),
                false => TurnInput::Tick,
            };
            taker.handle(now, input);
            told(now, &mut taker);
        }
    }

    /// What comes out, and when.
    pub fn run(self, until: u64) -> Vec<(u64, TurnOutput)> {
        let mut out = Vec::new();
        self.play(until, |now, taker| {
            while let Some(output) = taker.poll() {
                out.push((now, output));
            }
        });
        out
    }

    /// Who had the floor, one after the other.
    pub fn floors(self, until: u64) -> Vec<Floor> {
        let mut floors = vec![Floor::Quiet];
        self.play(until, |_, taker| {
            floors.push(taker.floor());
            floors.dedup();
        });
        floors
    }
}
