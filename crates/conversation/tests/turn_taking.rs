//! Turn-taking: tables of what happens on the line and what comes of it, and properties.

use biseo_conversation::turn_taking::{Ending, TurnConfig, TurnInput, TurnOutput, TurnTaker};
use biseo_model::understanding::{Awaiting, Slot};
use proptest::prelude::*;

use TurnInput::{Ends, Listen, Partial, Played, Playing, SpeechEnded, SpeechStarted, Tick};
use TurnOutput::{EndOfTurn, Interrupted, Pause, Resume, Silence};

/// Runs events at their times, with ticks exactly when they are asked for; tells what came out and when.
fn run(events: &[(u64, TurnInput<'_>)], until: u64) -> Vec<(u64, TurnOutput)> {
    let mut taker = TurnTaker::new(TurnConfig::default());
    let mut out = Vec::new();
    let mut events = events.iter().peekable();
    let mut now = 0;
    loop {
        let timeout = taker.next_timeout().unwrap_or(u64::MAX).max(now);
        let event = events.peek().map_or(u64::MAX, |(at, _)| *at);
        now = timeout.min(event);
        if now > until {
            return out;
        }
        let input = if event <= timeout {
            events.next().map(|(_, input)| input.clone()).unwrap()
        } else {
            Tick
        };
        out.extend(taker.handle(now, input).map(|output| (now, output)));
    }
}

const PLAY: TurnInput<'_> = Playing {
    interruptible: true,
    until_ms: 5000,
};

fn listen(awaiting: Option<Awaiting>) -> TurnInput<'static> {
    Listen {
        awaiting,
        silence_after_ms: 7000,
    }
}

#[test]
fn a_turn_ends_sooner_when_it_is_complete() {
    let phone = Some(Awaiting::Slot(Slot::Phone));
    for (awaiting, text, filled, wait) in [
        (None, "내일 예약하려고요", false, 320),
        (None, "내일 저녁", false, 600),
        (None, "내일 예약하고 싶은데", false, 1300),
        (None, "내일 그리고", false, 1300),
        (None, "내일 음", false, 1300),
        (Some(Awaiting::Slot(Slot::Time)), "일곱 시", true, 320),
        (phone, "공일공 이삼사오", false, 1500),
        (phone, "010 2345 6789", true, 320),
        (phone, "지금 이 번호로요", true, 320),
        (Some(Awaiting::Confirm), "네", true, 450),
        (None, "", false, 600),
    ] {
        let events = [
            (0, listen(awaiting)),
            (1000, SpeechStarted { at_ms: 1000 }),
            (1900, Partial { text, filled }),
            (2000, SpeechEnded { at_ms: 2000 }),
        ];
        assert_eq!(run(&events, 6000), [(2000 + wait, EndOfTurn)], "{text}");
    }
}

#[test]
fn a_pause_outlives_news_of_the_prompts_end() {
    let events = [
        (0, PLAY),
        (1000, SpeechStarted { at_ms: 1000 }),
        (1200, Ends { until_ms: 9000 }),
        (1300, SpeechEnded { at_ms: 1300 }),
    ];
    assert_eq!(run(&events, 6000), [(1120, Pause), (1700, Resume)]);
}

#[test]
fn a_pause_within_a_turn_does_not_end_it() {
    let events = [
        (0, listen(None)),
        (1000, SpeechStarted { at_ms: 1000 }),
        (
            1500,
            Partial {
                text: "내일",
                filled: false,
            },
        ),
        (1600, SpeechEnded { at_ms: 1600 }),
        (2000, SpeechStarted { at_ms: 2000 }),
        (
            2500,
            Partial {
                text: "내일 일곱 시요",
                filled: false,
            },
        ),
        (2600, SpeechEnded { at_ms: 2600 }),
    ];
    assert_eq!(run(&events, 6000), [(2920, EndOfTurn)]);
}

#[test]
fn speech_over_a_prompt_stops_it_within_200_ms_of_its_onset() {
    let events = [
        (0, PLAY),
        (1060, SpeechStarted { at_ms: 1000 }),
        (
            1400,
            Partial {
                text: "아니 잠깐만요",
                filled: false,
            },
        ),
        (2000, SpeechEnded { at_ms: 2000 }),
    ];
    let out = run(&events, 6000);
    assert_eq!(out, [(1120, Pause), (1400, Interrupted), (2320, EndOfTurn)]);
    assert!(out[0].0 - 1000 <= 200);
}

#[test]
fn a_sign_of_listening_lets_the_prompt_go_on() {
    for text in ["네", "네 네", "음", ""] {
        let events = [
            (0, PLAY),
            (1000, SpeechStarted { at_ms: 1000 }),
            (1300, Partial { text, filled: false }),
            (1350, SpeechEnded { at_ms: 1350 }),
            (5400, Played),
        ];
        assert_eq!(run(&events, 6000), [(1120, Pause), (1750, Resume)], "{text:?}");
    }
}

#[test]
fn a_yes_at_the_end_of_a_question_answers_it() {
    let events = [
        (0, PLAY),
        (4300, SpeechStarted { at_ms: 4300 }),
        (
            4500,
            Partial {
                text: "네",
                filled: true,
            },
        ),
        (4600, SpeechEnded { at_ms: 4600 }),
    ];
    assert_eq!(
        run(&events, 9000),
        [(4420, Pause), (5000, Interrupted), (5050, EndOfTurn)]
    );
}

#[test]
fn long_speech_without_text_takes_the_floor() {
    let events = [
        (0, PLAY),
        (1000, SpeechStarted { at_ms: 1000 }),
        (2500, SpeechEnded { at_ms: 2500 }),
    ];
    assert_eq!(
        run(&events, 6000),
        [(1120, Pause), (1700, Interrupted), (3100, EndOfTurn)]
    );
}

#[test]
fn a_prompt_that_is_to_be_heard_goes_on() {
    let events = [
        (
            0,
            Playing {
                interruptible: false,
                until_ms: 3000,
            },
        ),
        (1000, SpeechStarted { at_ms: 1000 }),
        (
            1400,
            Partial {
                text: "예약하려고요",
                filled: false,
            },
        ),
        (1500, SpeechEnded { at_ms: 1500 }),
        (3000, Played),
    ];
    assert_eq!(run(&events, 6000), [(3000, EndOfTurn)]);
}

#[test]
fn silence_is_noticed_once_after_the_prompt() {
    let events = [(0, PLAY), (0, listen(None)), (5000, Played)];
    assert_eq!(run(&events, 60_000), [(12_000, Silence)]);
}

#[test]
fn endless_sound_is_cut_into_turns() {
    let events = [(0, listen(None)), (1000, SpeechStarted { at_ms: 1000 })];
    assert_eq!(run(&events, 70_000), [(31_000, EndOfTurn), (61_000, EndOfTurn)]);
}

#[test]
fn endings() {
    for (text, ending) in [
        ("네, 네.", Ending::Backchannel),
        ("Okay", Ending::Backchannel),
        ("내일 하고", Ending::More),
        ("김민수입니다", Ending::Complete),
        ("…", Ending::Nothing),
    ] {
        assert_eq!(Ending::of(text, false, None), ending, "{text}");
    }
}

fn event() -> impl Strategy<Value = TurnInput<'static>> {
    prop_oneof![
        (0u64..9000).prop_map(|at_ms| SpeechStarted { at_ms }),
        (0u64..9000).prop_map(|at_ms| SpeechEnded { at_ms }),
        prop::sample::select(vec!["네", "", "내일 일곱 시요", "공일공", "그리고"])
            .prop_map(|text| Partial { text, filled: false }),
        (any::<bool>(), 0u64..9000).prop_map(|(interruptible, until_ms)| Playing {
            interruptible,
            until_ms
        }),
        Just(Played),
        Just(listen(Some(Awaiting::Confirm))),
        Just(Tick),
    ]
}

proptest! {
    /// Nothing is paused twice without going on, nothing is resumed that was not paused, and ticks lead to rest.
    #[test]
    fn whatever_happens(events in prop::collection::vec((0u64..400, event()), 0..60)) {
        let mut taker = TurnTaker::new(TurnConfig::default());
        let (mut now, mut paused, mut playing) = (0, false, false);
        for (step, event) in events {
            now += step;
            match event {
                Playing { .. } => (playing, paused) = (true, false),
                Played => (playing, paused) = (false, false),
                _ => {}
            }
            let mut next = Some(event);
            for round in 0.. {
                prop_assert!(round < 8, "no rest at {now}");
                match taker.handle(now, next.take().unwrap_or(Tick)) {
                    Some(Pause) => { prop_assert!(playing && !paused); paused = true; }
                    Some(Resume) => { prop_assert!(paused); paused = false; }
                    Some(Interrupted) => { prop_assert!(paused); (paused, playing) = (false, false); }
                    Some(EndOfTurn | Silence) => prop_assert!(!playing),
                    None => break,
                }
            }
            prop_assert!(taker.next_timeout().is_none_or(|at| at > now));
        }
    }
}
