//! Turn-taking: tables of what happens on the line and what comes of it.

mod line;

use biseo_conversation::turn_taking::{EndReason, Floor, TurnConfig, TurnInput, TurnOutput, TurnTaker};
use biseo_model::understanding::{Awaiting, Slot};
use line::{Line, frame, listen, partial, play, protected};

use EndReason::{Answer, Complete, Digits, Hesitation, Longest, Nod, Usual};
use TurnInput::{Completeness, Ends, Played, Protected};
use TurnOutput::{Began, Discard, Duck, Hush, NoTurn, Restore, Resume, Silence, Speculate, Stop, TurnEnded};

fn ended(reason: EndReason, waited_ms: u64) -> TurnOutput {
    TurnEnded { reason, waited_ms }
}

/// What came out, without the times.
fn kinds(out: &[(u64, TurnOutput)]) -> Vec<TurnOutput> {
    out.iter().map(|(_, o)| *o).collect()
}

/// The last turn's end.
fn end(out: &[(u64, TurnOutput)]) -> Option<(u64, EndReason)> {
    out.iter().rev().find_map(|(at, o)| match o {
        TurnEnded { reason, .. } => Some((*at, *reason)),
        _ => None,
    })
}

#[test]
fn a_turn_ends_as_soon_as_it_is_likely_to_be_complete() {
    let phone = Some(Awaiting::Slot(Slot::Phone));
    let (time, date) = (Some(Awaiting::Slot(Slot::Time)), Some(Awaiting::Slot(Slot::Date)));
    let (yes, offer) = (Some(Awaiting::Confirm), Some(Awaiting::Offer));
    for (awaiting, text, filled, wait, reason) in [
        (None, "내일 예약하려고요", false, 390, Complete),
        (None, "주차 되나요?", false, 390, Complete),
        (None, "주차 됩니까", false, 390, Complete),
        (None, "거기 맞죠", false, 390, Complete),
        (None, "예약을 좀 하고 싶습니다", false, 390, Complete),
        (None, "내일 일곱 시", false, 620, Usual),
        (None, "내일 예약하고 싶은데", false, 1300, Hesitation),
        (None, "차가 막히니까", false, 1300, Hesitation),
        (None, "내일 그리고", false, 1300, Hesitation),
        (None, "그러니까", false, 1300, Hesitation),
        (None, "내일 음…", false, 1300, Hesitation),
        (None, "음…", false, 1300, Hesitation),
        (None, "제 번호는 공일공 이삼", false, 1500, Digits),
        (None, "네", false, 600, Nod),
        (None, "", false, 620, Usual),
        (time, "일곱 시", true, 600, Complete),
        (time, "저녁", false, 1300, Hesitation),
        (date, "다음 주", false, 1300, Hesitation),
        (date, "십이월", false, 1300, Hesitation),
        (date, "십이월 삼일", true, 600, Complete),
        (phone, "공일공 이삼사오", false, 1500, Digits),
        (phone, "010 2345 6789", true, 390, Complete),
        (phone, "지금 이 번호로요", true, 390, Complete),
        (yes, "네", true, 340, Answer),
        (yes, "아니요", true, 600, Complete),
        (yes, "네 근데", true, 1300, Hesitation),
        (offer, "좋아요", true, 340, Answer),
        (None, "I would like a table and", false, 1300, Hesitation),
        (phone, "oh one oh two", false, 1500, Digits),
        (yes, "yes please", true, 340, Answer),
    ] {
        let out = Line::new()
            .at(0, listen(awaiting))
            .speech(1000, 2000)
            .at(1900, partial(text, filled))
            .run(6000);
        assert_eq!(end(&out), Some((2000 + wait, reason)), "{text}: {out:?}");
    }
}

#[test]
fn a_falling_voice_ends_a_finished_clause_sooner() {
    let out = |levels: &[(u64, u64, f32)], text: &str| {
        let line = levels.iter().fold(Line::new(), |l, (from, to, level)| {
            l.speech_at_level(*from, *to, *level)
        });
        let out = line.at(1900, partial(text, false)).run(6000);
        end(&out).map(|(at, _)| at - 2000)
    };
    let falling = [(1000, 1800, -20.0), (1800, 2000, -30.0)];
    let level = [(1000, 2000, -20.0)];
    assert_eq!(out(&falling, "예약하려고요"), Some(320));
    assert_eq!(out(&level, "예약하려고요"), Some(390));
    assert_eq!(
        out(&level.map(|(f, t, _)| (f, t, f32::NAN)), "예약하려고요"),
        Some(390)
    );
    // A falling voice finishes no unfinished clause.
    assert_eq!(out(&falling, "예약하고 싶은데"), Some(1300));
}

#[test]
fn a_pause_within_a_turn_does_not_end_it() {
    let out = Line::new()
        .at(0, listen(None))
        .speech(1000, 1600)
        .at(1500, partial("내일", false))
        .speech(2000, 2600)
        .at(2500, partial("내일 일곱 시요", false))
        .run(6000);
    assert_eq!(end(&out), Some((2990, Complete)), "{out:?}");
    assert_eq!(
        kinds(&out),
        [
            Began { at_ms: 1000 },
            Speculate,
            Discard,
            Speculate,
            ended(Complete, 390)
        ]
    );
}

#[test]
fn what_was_decided_beforehand_is_thrown_away_when_the_text_changes() {
    let out = Line::new()
        .speech(1000, 2000)
        .at(1900, partial("내일 일곱", false))
        .at(2200, partial("내일 일곱 시", false))
        .at(2250, partial("내일 일곱 시", false))
        .at(2300, partial("내일 일곱 시는", false))
        .run(6000);
    assert_eq!(
        kinds(&out),
        [
            Began { at_ms: 1000 },
            Speculate,
            Discard,
            Speculate,
            Discard,
            ended(Hesitation, 1300)
        ]
    );
}

#[test]
fn a_model_is_asked_once_a_pause_and_shifts_the_wait() {
    let config = TurnConfig {
        model: true,
        ..TurnConfig::default()
    };
    for (p, wait) in [(1.0, 207), (0.0, 1300), (0.5, 620)] {
        let out = Line::with(config)
            .speech(1000, 2000)
            .at(1900, partial("내일 일곱 시", false))
            .at(2150, Completeness(p))
            .run(6000);
        assert_eq!(end(&out).map(|(at, _)| at - 2000), Some(wait), "{out:?}");
        let asked = out.iter().filter(|(_, o)| *o == TurnOutput::Ask).count();
        assert_eq!(asked, 1, "{out:?}");
    }
    // An opinion on a pause that is over holds no more.
    let out = Line::with(config)
        .speech(1000, 1500)
        .at(1400, partial("내일", false))
        .speech(1700, 2000)
        .at(1750, Completeness(0.0))
        .run(6000);
    assert_eq!(end(&out).map(|(at, _)| at - 2000), Some(620), "{out:?}");
}

#[test]
fn speech_over_the_voice_lowers_it_within_120_ms_and_words_stop_it() {
    let out = Line::new()
        .at(0, play(5000))
        .speech(1000, 2000)
        .at(1300, partial("아니 잠깐만요", false))
        .run(6000);
    assert_eq!(
        kinds(&out),
        [Duck, Began { at_ms: 1000 }, Hush, Stop, ended(Hesitation, 1300)]
    );
    assert!(out[1].0 - 1000 <= 120, "{out:?}");
    assert!(out[2].0 - 1000 <= 140, "{out:?}");
    assert_eq!(out[3].0, 1300);
}

#[test]
fn a_nod_a_cough_and_a_noise_leave_the_voice_as_it_was() {
    for (text, length) in [
        ("네", 350),
        ("네 네", 600),
        ("음", 300),
        ("코", 180),
        ("", 300),
        ("아 그렇구나", 700),
    ] {
        let out = Line::new()
            .at(0, play(5000))
            .speech(1000, 1000 + length)
            .at(1240, partial(text, false))
            .at(5000, Played)
            .run(20_000);
        assert_eq!(
            kinds(&out),
            [Duck, Began { at_ms: 1000 }, Hush, Resume, Restore, NoTurn],
            "{text:?}: {out:?}"
        );
        // It is silent no longer than the caller speaks.
        let (hush, resume) = (out[2].0, out[3].0);
        assert!(hush >= 1128 && resume <= 1000 + length + 64 + 20, "{out:?}");
    }
}

#[test]
fn who_speaks_on_over_a_voice_that_came_back_makes_it_silent_again() {
    let out = Line::new()
        .at(0, play(5000))
        .speech(1000, 1200)
        .speech(1300, 1600)
        .at(1240, partial("네", false))
        .at(1560, partial("네 네", false))
        .at(5600, Played)
        .run(20_000);
    assert_eq!(
        kinds(&out),
        [
            Duck,
            Began { at_ms: 1000 },
            Hush,
            Resume,
            Hush,
            Resume,
            Restore,
            NoTurn
        ],
        "{out:?}"
    );
}

#[test]
fn a_click_lowers_the_voice_for_a_moment() {
    let click = Line::new().at(0, play(5000)).speech(1000, 1032).at(5000, Played);
    let out = click.run(9000);
    assert_eq!(kinds(&out), [Duck, Restore]);
    assert!(out[1].0 - out[0].0 <= 100, "{out:?}");
    let longer = Line::new().at(0, play(5000)).speech(1000, 1064).at(5000, Played);
    assert_eq!(
        kinds(&longer.run(9000)),
        [Duck, Began { at_ms: 1000 }, Restore, NoTurn]
    );
}

#[test]
fn what_sounds_somewhat_like_speech_lowers_the_voice_once() {
    let mut taker = TurnTaker::new(TurnConfig::default());
    taker.handle(0, play(60_000));
    let mut out = Vec::new();
    for n in 1..200 {
        taker.handle(32 * n, frame(32 * n, 0.42));
        while let Some(output) = taker.poll() {
            out.push((32 * n, output));
        }
    }
    assert_eq!(kinds(&out), [Duck, Restore]);
    assert!(out[1].0 - out[0].0 <= 200, "{out:?}");
}

#[test]
fn a_noise_after_a_question_is_no_answer() {
    let out = Line::new().at(0, listen(None)).speech(1000, 1064).run(4000);
    assert_eq!(kinds(&out), [Began { at_ms: 1000 }, NoTurn]);
    // The noise of a line that hisses is none at all.
    let out = Line::new()
        .at(0, listen(None))
        .speech_at_level(1000, 3000, -70.0)
        .run(4000);
    assert_eq!(out, []);
}

#[test]
fn long_speech_without_words_takes_the_floor() {
    let out = Line::new().at(0, play(5000)).speech(1000, 2500).run(6000);
    assert_eq!(kinds(&out)[..4], [Duck, Began { at_ms: 1000 }, Hush, Stop]);
    assert!((1450..=1482).contains(&out[3].0), "{out:?}");
    // Words too long for a sign of listening as well.
    let out = Line::new()
        .at(0, play(5000))
        .speech(1000, 2500)
        .at(1300, partial("네 네", false))
        .run(6000);
    assert_eq!(kinds(&out)[..4], [Duck, Began { at_ms: 1000 }, Hush, Stop]);
}

#[test]
fn a_yes_at_the_end_of_a_question_answers_it() {
    let out = Line::new()
        .at(0, listen(Some(Awaiting::Confirm)))
        .at(0, play(5000))
        .speech(4300, 4600)
        .at(4500, partial("네", true))
        .run(9000);
    assert_eq!(
        kinds(&out),
        [
            Duck,
            Began { at_ms: 4300 },
            Hush,
            Resume,
            Stop,
            Speculate,
            ended(Answer, 340)
        ]
    );
    // A cough there is still a cough.
    let out = Line::new()
        .at(0, play(5000))
        .speech(4300, 4500)
        .at(5000, Played)
        .run(9000);
    assert_eq!(
        kinds(&out),
        [Duck, Began { at_ms: 4300 }, Hush, Resume, Restore, NoTurn],
        "{out:?}"
    );
}

#[test]
fn what_begins_at_the_last_word_outlives_it() {
    let out = Line::new()
        .at(0, play(5000))
        .speech(4900, 5600)
        .at(5000, Played)
        .at(5500, partial("네 일곱 시요", false))
        .run(9000);
    assert_eq!(
        kinds(&out),
        [
            Duck,
            Began { at_ms: 4900 },
            Restore,
            Speculate,
            ended(Complete, 390)
        ],
        "{out:?}"
    );
}

#[test]
fn a_protected_stretch_is_neither_lowered_nor_stopped() {
    let out = Line::new()
        .at(0, protected(3000, 8000))
        .speech(1000, 1800)
        .at(1500, partial("예약하려고요", false))
        .run(9000);
    // What was said meanwhile is not lost: it takes the floor as soon as the notice is over.
    assert_eq!(
        kinds(&out),
        [Began { at_ms: 1000 }, Duck, Stop, ended(Complete, 1200)],
        "{out:?}"
    );
    assert!(out[1..].iter().all(|(at, _)| *at == 3000), "{out:?}");
}

#[test]
fn a_nod_over_a_protected_stretch_is_forgotten() {
    let out = Line::new()
        .at(0, protected(3000, 8000))
        .speech(1000, 1300)
        .at(1250, partial("네", false))
        .at(8000, Played)
        .run(9000);
    assert_eq!(kinds(&out), [Began { at_ms: 1000 }, NoTurn]);
}

#[test]
fn what_is_wholly_protected_is_answered_when_it_is_over() {
    let out = Line::new()
        .at(0, protected(u64::MAX, 3000))
        .speech(1000, 1500)
        .at(1400, partial("예약하려고요", false))
        .at(3000, Played)
        .run(9000);
    assert_eq!(
        out,
        [(1096, Began { at_ms: 1000 }), (3000, ended(Complete, 1500))]
            .map(|(at, o)| { (if at == 1096 { out[0].0 } else { at }, o) })
    );
}

#[test]
fn speech_that_outlasts_the_protection_lowers_the_voice_then() {
    let out = Line::new()
        .at(0, protected(2000, 8000))
        .speech(1500, 2600)
        .at(8000, Played)
        .run(9000);
    assert_eq!(kinds(&out)[..3], [Began { at_ms: 1500 }, Duck, Stop], "{out:?}");
    assert!(out[1].0 >= 2000);
}

#[test]
fn protection_that_becomes_known_late_raises_the_voice_again() {
    let out = Line::new()
        .at(0, play(8000))
        .speech(1000, 1400)
        .at(1200, Protected { until_ms: 4000 })
        .at(1300, partial("아니 잠깐만요", false))
        .run(3900);
    assert_eq!(
        kinds(&out),
        [Duck, Began { at_ms: 1000 }, Hush, Restore],
        "{out:?}"
    );
}

#[test]
fn news_of_the_end_changes_nothing_in_between() {
    let out = Line::new()
        .at(0, play(5000))
        .speech(1000, 1300)
        .at(1200, Ends { until_ms: 9000 })
        .at(9000, Played)
        .run(9500);
    assert_eq!(
        kinds(&out),
        [Duck, Began { at_ms: 1000 }, Hush, Resume, Restore, NoTurn]
    );
}

#[test]
fn a_voice_whose_end_nobody_tells_is_over_some_time() {
    let out = Line::new()
        .at(0, play(2000))
        .at(0, listen(None))
        .speech(6000, 6500)
        .at(6400, partial("여보세요", false))
        .run(9000);
    assert_eq!(end(&out), Some((6890, Complete)), "{out:?}");
}

#[test]
fn silence_is_noticed_once_after_the_prompt() {
    let out = Line::new()
        .at(0, play(5000))
        .at(0, listen(None))
        .at(5000, Played)
        .run(60_000);
    assert_eq!(out, [(12_000, Silence)]);
}

#[test]
fn endless_sound_is_cut_into_turns() {
    let out = Line::new().at(0, listen(None)).speech(1000, 70_000).run(70_000);
    let ends: Vec<u64> = out
        .iter()
        .filter(|(_, o)| matches!(o, TurnEnded { reason: Longest, .. }))
        .map(|(at, _)| at / 1000)
        .collect();
    assert_eq!(ends, [31, 61]);
}

#[test]
fn a_detector_that_falls_silent_wedges_nothing() {
    // Not one window comes after the speech: time alone ends the turn.
    let mut taker = TurnTaker::new(TurnConfig::default());
    for n in 1..20 {
        taker.handle(32 * n, line::frame(32 * n, 0.9));
    }
    taker.handle(700, partial("예약하려고요", false));
    let mut ends = 0;
    while let Some(at) = taker.next_timeout() {
        taker.handle(at, TurnInput::Tick);
        while let Some(output) = taker.poll() {
            ends += usize::from(matches!(output, TurnEnded { .. }));
        }
    }
    assert_eq!((ends, taker.floor()), (1, Floor::Quiet));
}

#[test]
fn on_a_line_with_a_long_way_silence_is_heard_before_it_counts() {
    // Each window is judged 300 ms after it was spoken; between two words there are 120 ms.
    let mut taker = TurnTaker::new(TurnConfig::default());
    let (mut ends, mut ducks) = (Vec::new(), 0);
    taker.handle(0, play(1400));
    for n in 1..150 {
        let spoken = 20 * n;
        let speech = (1000..1600).contains(&spoken) || (1720..2000).contains(&spoken);
        let now = spoken + 300;
        while let Some(at) = taker.next_timeout().filter(|at| *at <= now) {
            taker.handle(at, TurnInput::Tick);
        }
        taker.handle(now, line::frame(spoken, if speech { 0.9 } else { 0.0 }));
        if spoken == 1560 {
            taker.handle(now, Played);
            taker.handle(now, partial("네 일곱 시요", true));
        }
        while let Some(output) = taker.poll() {
            ducks += usize::from(output == Duck);
            if let TurnEnded { waited_ms, .. } = output {
                ends.push((now, waited_ms));
            }
        }
    }
    assert_eq!(ducks, 1);
    assert!(matches!(ends[..], [(_, 610..=650)]), "{ends:?}");
}

#[test]
fn the_floor_has_a_name_at_every_moment() {
    let floors = Line::new()
        .at(0, protected(500, 3000))
        .speech(100, 320)
        .speech(1000, 1400)
        .at(1350, partial("아니 잠깐만요", false))
        .floors(4000);
    assert_eq!(
        floors,
        [
            Floor::Quiet,
            Floor::Biseo,
            Floor::Overlap,
            Floor::Biseo,
            Floor::Ducked,
            Floor::Caller,
            Floor::Pause,
            Floor::Quiet
        ]
    );
}
