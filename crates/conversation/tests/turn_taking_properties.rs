//! Turn-taking: what holds whatever happens on the line.

mod line;

use biseo_conversation::turn_taking::{Floor, Grasp, TurnConfig, TurnInput, TurnOutput, TurnTaker, VadFrame};
use biseo_model::understanding::{Awaiting, Slot};
use line::listen;
use proptest::prelude::*;

fn grasp(filled: bool) -> Grasp {
    if filled { Grasp::Filled } else { Grasp::Wish }
}

use TurnInput::{Completeness, Ends, Frame, Partial, Played, Playing, Protected, Tick};

const TEXTS: [&str; 9] = [
    "네",
    "",
    "내일 일곱 시요",
    "공일공 이삼",
    "그리고",
    "음…",
    "아니 잠깐만요",
    "코",
    "uh-huh",
];

/// Something that happens, so many milliseconds after the thing before.
fn event() -> impl Strategy<Value = Vec<(u64, TurnInput<'static>)>> {
    let window = |probability: f32, level_dbfs: f32| {
        move |n: usize| {
            let frame = VadFrame {
                until_ms: u64::MAX,
                length_ms: 32,
                probability,
                level_dbfs,
            };
            vec![(32, Frame(frame)); n]
        }
    };
    let one = |input: TurnInput<'static>| vec![(7, input)];
    prop_oneof![
        4 => (1usize..40).prop_map(window(0.95, -20.0)),
        4 => (1usize..80).prop_map(window(0.01, -60.0)),
        1 => (any::<f32>(), any::<f32>(), 1usize..9).prop_map(move |(p, l, n)| window(p, l)(n)),
        4 => (prop::sample::select(TEXTS.to_vec()), any::<bool>())
            .prop_map(move |(text, filled)| one(Partial { text, grasp: grasp(filled) })),
        3 => (prop::sample::select(vec![0, 1500, u64::MAX]), 0u64..9000).prop_map(move |(p, until_ms)| {
            one(Playing { protected_until_ms: p, until_ms })
        }),
        1 => (0u64..20_000).prop_map(move |until_ms| one(Ends { until_ms })),
        1 => (0u64..9000).prop_map(move |until_ms| one(Protected { until_ms })),
        1 => any::<f32>().prop_map(move |p| one(Completeness(p))),
        2 => Just(one(Played)),
        1 => prop::sample::select(vec![None, Some(Awaiting::Confirm), Some(Awaiting::Slot(Slot::Phone))])
            .prop_map(move |awaiting| one(listen(awaiting))),
        1 => (0u64..5000).prop_map(|wait| vec![(wait, Tick)]),
    ]
}

/// What the outputs so far oblige to, and what is known of the line.
#[derive(Default)]
struct Watch {
    ducked: bool,
    hushed: Option<u64>,
    speculating: bool,
    open: bool,
    spoke_since_end: bool,
    /// Biseo speaks: protected until, ends.
    play: Option<(u64, u64)>,
    last_speech: u64,
    free_since: u64,
}

impl Watch {
    fn heed(&mut self, now: u64, input: &TurnInput<'_>) {
        match input {
            Frame(f) if f.probability >= 0.35 => {
                (self.spoke_since_end, self.last_speech) = (true, now);
            }
            Playing {
                protected_until_ms,
                until_ms,
            } => {
                self.play = Some((*protected_until_ms, *until_ms));
                // The silence was of what is not said any more.
                self.hushed = self.hushed.map(|_| now);
            }
            Protected { until_ms } => self.play = self.play.map(|(_, end)| (*until_ms, end)),
            Ends { until_ms } => self.play = self.play.map(|(protected, _)| (protected, *until_ms)),
            Played => (self.play, self.free_since) = (None, now),
            _ => {}
        }
        self.stall(now);
    }

    /// A voice whose end nobody told is over.
    fn stall(&mut self, now: u64) {
        if self.play.is_some_and(|(_, end)| end + 3000 <= now) {
            (self.play, self.free_since) = (None, now);
        }
    }

    /// What is being said ends so much later.
    fn resume(&mut self, now: u64) {
        if let (Some(since), Some((_, end))) = (self.hushed.take(), &mut self.play) {
            *end += now - since;
        }
    }

    fn check(&mut self, now: u64, output: TurnOutput) -> Result<(), TestCaseError> {
        self.stall(now);
        let protected = self.play.is_some_and(|(until, _)| now < until);
        match output {
            TurnOutput::Began { at_ms } => {
                prop_assert!(!self.open && at_ms <= now);
                self.open = true;
            }
            TurnOutput::Duck => {
                // What may be speech lowers the voice before it is certain.
                prop_assert!(!self.ducked && !protected && (self.open || self.spoke_since_end));
                self.ducked = true;
            }
            TurnOutput::Hush => {
                prop_assert!(self.ducked && self.hushed.is_none() && !protected && self.open);
                self.hushed = Some(now);
            }
            TurnOutput::Resume => {
                prop_assert!(self.ducked && self.hushed.is_some());
                self.resume(now);
            }
            TurnOutput::Restore => {
                prop_assert!(std::mem::take(&mut self.ducked));
                self.resume(now);
            }
            TurnOutput::Stop => {
                prop_assert!(std::mem::take(&mut self.ducked) && !protected && self.open);
                self.hushed = None;
                (self.play, self.free_since) = (None, now);
            }
            TurnOutput::Speculate => {
                prop_assert!(!self.speculating && self.open);
                self.speculating = true;
            }
            TurnOutput::Discard => prop_assert!(std::mem::take(&mut self.speculating)),
            TurnOutput::TurnEnded { .. } => {
                prop_assert!(std::mem::take(&mut self.open) && std::mem::take(&mut self.spoke_since_end));
                self.speculating = false;
                let due = self.last_speech.max(self.free_since) + TurnConfig::LONGEST;
                prop_assert!(now <= due, "ended at {now}, due at {due}");
            }
            TurnOutput::NoTurn => {
                prop_assert!(std::mem::take(&mut self.open) && !self.ducked);
                (self.speculating, self.spoke_since_end) = (false, false);
            }
            TurnOutput::Ask | TurnOutput::Silence => {}
        }
        Ok(())
    }
}

fn give(
    taker: &mut TurnTaker,
    watch: &mut Watch,
    now: u64,
    input: TurnInput<'_>,
) -> Result<(), TestCaseError> {
    watch.heed(now, &input);
    taker.handle(now, input);
    for round in 0.. {
        prop_assert!(round < 20, "no rest at {now}");
        match taker.poll() {
            Some(output) => watch.check(now, output)?,
            None => return Ok(()),
        }
    }
    Ok(())
}

/// Ticks when they are asked for, until `until`.
fn pass(taker: &mut TurnTaker, watch: &mut Watch, from: u64, until: u64) -> Result<(), TestCaseError> {
    let mut now = from;
    for ticks in 0.. {
        prop_assert!(ticks < 200, "asks for ticks without end at {now}");
        match taker.next_timeout() {
            Some(at) if at <= until => {
                prop_assert!(ticks == 0 || at >= now, "a timeout at {at}, before {now}");
                now = at.max(now);
                give(taker, watch, now, Tick)?;
            }
            _ => return Ok(()),
        }
    }
    Ok(())
}

proptest! {
    /// A lowered voice is raised or stopped; a protected one neither; each turn that begins ends, once and in time; what is
    /// decided beforehand is used or thrown away; and when everything is over, the line is at rest.
    #[test]
    fn nothing_wedges_the_floor(events in prop::collection::vec(event(), 0..40), model: bool) {
        let config = TurnConfig { model, ..TurnConfig::default() };
        let (mut taker, mut watch) = (TurnTaker::new(config), Watch::default());
        let mut now = 0;
        for (step, mut input) in events.into_iter().flatten() {
            pass(&mut taker, &mut watch, now, now + step)?;
            now += step;
            if let Frame(frame) = &mut input {
                frame.until_ms = now;
            }
            give(&mut taker, &mut watch, now, input)?;
        }
        // Nothing happens any more, but for time.
        pass(&mut taker, &mut watch, now, now + 200_000)?;
        now += 200_000;
        give(&mut taker, &mut watch, now, Played)?;
        pass(&mut taker, &mut watch, now, now + 200_000)?;
        prop_assert!(!watch.ducked && !watch.speculating && !watch.open);
        prop_assert_eq!(taker.floor(), Floor::Quiet);
        prop_assert!(taker.next_timeout().is_none());
    }

    /// A turn ends within the shop's bounds after the caller's last speech, whatever was said and whatever a model holds of it.
    #[test]
    fn a_turn_ends_within_the_bounds(
        text in prop::sample::select(TEXTS.to_vec()),
        filled: bool,
        (shortest, longest, patience) in (0u64..3000, 0u64..5000, 0u32..500),
        completeness in prop::option::of(any::<f32>()),
        length in 10u64..100,
    ) {
        let config = TurnConfig { model: true, ..TurnConfig::default() }.within(shortest, longest, patience);
        let spoke_until = 32 * length;
        let mut taker = TurnTaker::new(config);
        for n in 1..=length {
            taker.handle(32 * n, line::frame(32 * n, 0.9));
        }
        taker.handle(spoke_until, Partial { text, grasp: grasp(filled) });
        if let Some(p) = completeness {
            taker.handle(spoke_until + 100, Tick);
            taker.handle(spoke_until + 101, Completeness(p));
        }
        let mut ended = None;
        while let (None, Some(at)) = (ended, taker.next_timeout()) {
            taker.handle(at, Tick);
            while let Some(output) = taker.poll() {
                if let TurnOutput::TurnEnded { waited_ms, .. } = output {
                    ended = Some((at, waited_ms));
                }
            }
        }
        let (at, waited) = ended.ok_or_else(|| TestCaseError::fail("no end"))?;
        prop_assert_eq!(waited, at - spoke_until);
        prop_assert!((config.shortest_wait..=config.longest_wait).contains(&waited), "{}", waited);
        prop_assert!((TurnConfig::SHORTEST..=TurnConfig::LONGEST).contains(&waited), "{}", waited);
    }
}
