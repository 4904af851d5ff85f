//! Conversations by keys, as tables: what is pressed or happens, and what comes of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use biseo_conversation::keypad::{
    Keypad, KeypadInput as In, KeypadOpening, KeypadOutput as Out, KeypadReason, sentences,
};
use biseo_conversation::{Action, ActionResult, Flows, Incident, Language, Standing};
use biseo_model::ids::BookingId;
use biseo_model::incident::IncidentKind;
use biseo_model::phone::PhoneNumber;
use biseo_model::record::CallEnd;
use biseo_model::shop::ShopProfile;
use jiff::civil::{DateTime, date};

fn profile(file: &str) -> Arc<ShopProfile> {
    let path = format!("{}/../../shops/{file}.toml", env!("CARGO_MANIFEST_DIR"));
    Arc::new(ShopProfile::from_toml(&std::fs::read_to_string(path).unwrap()).unwrap())
}

/// Tuesday, 24 November 2026, 10:12.
fn now() -> DateTime {
    date(2026, 11, 24).at(10, 12, 0, 0)
}

fn opening(caller: Option<&str>) -> KeypadOpening {
    KeypadOpening {
        language: Language::Ko,
        caller: caller.map(|n| PhoneNumber::parse(n).unwrap()),
        name: None,
        recorded: true,
        greeted: false,
        told: Vec::new(),
        reason: KeypadReason::Deaf,
    }
}

/// A call by keys at a shop, whose books take everything but the times in `taken`.
struct Call {
    keypad: Keypad,
    at: u64,
    taken: Vec<DateTime>,
    said: Vec<String>,
    last: Vec<String>,
    actions: Vec<Action>,
    end: Option<CallEnd>,
}

impl Call {
    fn begin(file: &str, caller: Option<&str>) -> Self {
        Self::while_out_of_order(file, opening(caller), &[])
    }

    /// A call that begins while something is out of order.
    fn while_out_of_order(file: &str, opening: KeypadOpening, incidents: &[Incident]) -> Self {
        let mut keypad = Keypad::new(profile(file), Flows::built_in(), opening);
        keypad.out_of_order(incidents.to_vec());
        let mut call = Self {
            keypad,
            at: 0,
            taken: Vec::new(),
            said: Vec::new(),
            last: Vec::new(),
            actions: Vec::new(),
            end: None,
        };
        call.happens(In::Started);
        call
    }

    /// Something happens; all that is said is heard.
    fn happens(&mut self, input: In) {
        let mut outputs = self.keypad.handle(now(), self.at, input);
        self.last.clear();
        loop {
            let mut action = None;
            for output in outputs {
                match output {
                    Out::Say(prompt) => {
                        assert!(!prompt.text.is_empty() && !prompt.interruptible, "{prompt:?}");
                        self.last.push(prompt.text);
                    }
                    Out::Do(wanted) => action = Some(wanted),
                    Out::Tone => self.last.push("beep".into()),
                    Out::HangUp(end) => self.end = Some(end),
                }
            }
            let Some(wanted) = action else { break };
            let answer = self.answer(&wanted);
            self.actions.push(wanted);
            outputs = self.keypad.handle(now(), self.at, In::Done(answer));
        }
        self.said.extend(self.last.clone());
        if self.end.is_none() {
            self.at += 1_000;
            assert!(self.keypad.handle(now(), self.at, In::Said).is_empty());
        }
    }

    fn answer(&self, action: &Action) -> ActionResult {
        match action {
            Action::Check { wishes, .. } => {
                ActionResult::Available(wishes.iter().map(|w| !self.taken.contains(&w.at)).collect())
            }
            Action::Book(new) => ActionResult::Booked(Standing {
                id: BookingId::new("b").unwrap(),
                date: new.wish.at.date(),
                time: new.wish.at.time(),
                minutes: new.wish.minutes,
                party_size: new.party_size,
                name: new.name.clone(),
                phone: new.phone.clone(),
                resource: new.wish.candidates[0].clone(),
                services: new.services.clone(),
                requests: Vec::new(),
            }),
            Action::LeaveMessage { .. } => ActionResult::MessageLeft,
            Action::Transfer { .. } => ActionResult::NotReached,
            other => panic!("{other:?}"),
        }
    }

    /// Keys; `.` waits until they are taken to be whole.
    fn press(&mut self, keys: &str) {
        for key in keys.chars() {
            self.at += 200;
            match key {
                '.' => self.wait(),
                key => self.happens(In::Key(key)),
            }
        }
    }

    /// Waits for whatever is due.
    fn wait(&mut self) {
        self.at = self.keypad.next_timeout().expect("something is due");
        self.happens(In::Tick);
    }

    fn heard(&self, part: &str) -> bool {
        self.last.iter().any(|t| t.contains(part))
    }
}

#[test]
fn a_table_is_booked_by_keys() {
    for (keys, at, party) in [
        ("14#2#19001", date(2026, 11, 25).at(19, 0, 0, 0), 4),
        ("12.1#18301", date(2026, 11, 24).at(18, 30, 0, 0), 2),
        ("112120512301", date(2026, 12, 5).at(12, 30, 0, 0), 12),
        // A wrong key, a day of rest (a Monday), a time in the break, and from the beginning again.
        ("714#11301204160019002", date(2026, 12, 4).at(19, 0, 0, 0), 0),
    ] {
        let mut call = Call::begin("haengbok", Some("01023456789"));
        call.press(keys);
        let booked: Vec<&Action> = call
            .actions
            .iter()
            .filter(|a| matches!(a, Action::Book(_)))
            .collect();
        if party == 0 {
            assert!(
                booked.is_empty() && call.end.is_none() && call.heard("예약은 1번"),
                "{:?}",
                call.said
            );
            continue;
        }
        let [Action::Book(new)] = booked[..] else {
            panic!("{keys}: {:?} {:?}", call.actions, call.said)
        };
        assert_eq!(
            (new.wish.at, new.party_size, new.phone.as_str()),
            (at, party, "01023456789")
        );
        assert_eq!(call.end, Some(CallEnd::Biseo));
        assert_eq!(call.keypad.summary().booked.len(), 1);
    }
}

#[test]
fn what_is_booked_was_read_back() {
    let mut call = Call::begin("haengbok", None);
    call.press("14#12051900");
    assert!(call.heard("전화번호"), "{:?}", call.last);
    call.press("01098765432#");
    let read: Vec<&str> = call.last.iter().map(String::as_str).collect();
    for part in ["12월", "5일", "저녁 7시", "4명", "9"] {
        assert!(read.contains(&part), "{part}: {read:?}");
    }
    assert!(call.actions.iter().all(|a| !matches!(a, Action::Book(_))));
    call.press("1");
    let Some(Action::Book(new)) = call.actions.last() else {
        panic!("{:?}", call.actions)
    };
    assert_eq!(new.phone.as_str(), "01098765432");
}

#[test]
fn a_taken_time_is_answered_with_the_nearest_free_one() {
    let mut call = Call::begin("haengbok", Some("01023456789"));
    let at = |h, m| date(2026, 11, 25).at(h, m, 0, 0);
    call.taken = vec![at(19, 0), at(19, 30)];
    call.press("14#2#1900");
    assert!(
        call.heard("이미 찼어요") && call.heard("저녁 6시 30분"),
        "{:?}",
        call.last
    );
    call.press("11");
    let Some(Action::Book(new)) = call.actions.last() else {
        panic!("{:?}", call.actions)
    };
    assert_eq!(new.wish.at, at(18, 30));
}

#[test]
fn refusals_lead_back_to_their_question_or_to_a_message() {
    for (keys, said, next) in [
        ("14#1130", "쉬는 날", "오늘이면"),
        ("14#2#1600", "예약을 받지 않아요", "시각을"),
        ("14#1#1030", "너무 늦었어요", "오늘이면"),
        ("14#05011900", "아직 예약을 받지", "오늘이면"),
        ("199", "그 인원은", "beep"),
        ("10#", "알 수 없어요", "몇 분이신지"),
        ("14#9#", "알 수 없어요", "오늘이면"),
        ("14#2#2561", "알 수 없어요", "시각을"),
        ("0", "", "beep"),
        ("3", "오늘은", "예약은 1번"),
        ("3", "마지막 주문", "예약은 1번"),
        ("9", "cannot understand", "For a booking press 1"),
        ("99", "말씀을 알아듣지", "예약은 1번"),
        ("*", "", "예약은 1번"),
        ("1*", "", "몇 분이신지"),
        ("14#*", "", "오늘이면"),
        ("8", "잘못 누르셨어요", "예약은 1번"),
        ("A", "잘못 누르셨어요", "예약은 1번"),
        ("888", "잘못 누르셨어요", "beep"),
        ("...", "누르신 번호가 없어요", "beep"),
    ] {
        let mut call = Call::begin("haengbok", Some("01023456789"));
        call.press(keys);
        assert!(call.heard(said) && call.heard(next), "{keys}: {:?}", call.last);
        assert!(call.end.is_none(), "{keys}");
    }
}

#[test]
fn a_message_is_the_part_of_the_recording_after_the_tone() {
    let mut call = Call::begin("haengbok", Some("01023456789"));
    call.at = 20_000;
    call.press("2");
    assert!(call.keypad.is_recording() && call.heard("beep"));
    let from = call.at;
    call.at += 7_000;
    call.happens(In::Spoke);
    call.at += 3_000;
    call.happens(In::Quiet);
    let Some(Action::LeaveMessage { text, call_back, .. }) = call.actions.last() else {
        panic!("{:?}", call.actions)
    };
    let clock = |ms: u64| format!("{}:{:02}", ms / 60_000, ms / 1_000 % 60);
    assert!(text.contains(&format!("{}부터", clock(from))), "{text}");
    assert_eq!(call_back.as_ref().unwrap().as_str(), "01023456789");
    assert_eq!(call.end, Some(CallEnd::Biseo));
}

#[test]
fn messages_end_in_every_way() {
    // What happens after the tone, and whether a message is left.
    type Way = (&'static str, fn(&mut Call), usize);
    let ways: [Way; 6] = [
        ("the pound key", |c| c.press("#"), 1),
        (
            "hanging up",
            |c| {
                c.at += 5_000;
                c.happens(In::HungUp)
            },
            1,
        ),
        ("hanging up at once", |c| c.happens(In::HungUp), 0),
        (
            "silence twice",
            |c| {
                c.happens(In::Quiet);
                c.happens(In::Quiet)
            },
            0,
        ),
        ("far too long", |c| c.wait(), 1),
        ("keys are no end", |c| c.press("123"), 0),
    ];
    for (what, way, left) in ways {
        let mut call = Call::begin("haengbok", Some("01023456789"));
        call.press("2");
        call.at = call.at.saturating_sub(1_000);
        way(&mut call);
        let messages = call
            .actions
            .iter()
            .filter(|a| matches!(a, Action::LeaveMessage { .. }));
        assert_eq!(messages.count(), left, "{what}: {:?}", call.said);
    }
}

#[test]
fn whoever_withholds_the_number_is_asked_for_one_after_the_message() {
    for (keys, number) in [
        ("01098765432#", Some("01098765432")),
        ("#", None),
        (".", None),
        ("12#12#12#", None),
    ] {
        let mut call = Call::begin("haengbok", None);
        call.press("2#");
        assert!(call.heard("우물 정자만"), "{:?}", call.last);
        call.press(keys);
        let Some(Action::LeaveMessage { call_back, .. }) = call.actions.last() else {
            panic!("{keys} {:?}", call.actions)
        };
        assert_eq!(call_back.as_ref().map(PhoneNumber::as_str), number);
    }
}

#[test]
fn without_any_voice_a_tone_is_given_and_a_message_taken() {
    let mut call = Call::begin("haengbok", Some("01023456789"));
    call.happens(In::Mute);
    assert_eq!(call.last, ["beep"]);
    assert!(call.keypad.is_recording());
    call.happens(In::Spoke);
    call.happens(In::Quiet);
    assert!(matches!(call.actions.last(), Some(Action::LeaveMessage { .. })));
}

#[test]
fn a_hairdresser_is_booked_by_service() {
    let mut call = Call::begin("byeol", Some("01023456789"));
    call.press("1");
    assert!(
        call.last.iter().any(|t| t.starts_with("1번, ")),
        "{:?}",
        call.last
    );
    call.press("1");
    assert!(call.heard("오늘이면"), "{:?}", call.last);
    call.press("2#14001");
    let Some(Action::Book(new)) = call.actions.last() else {
        panic!("{:?} {:?}", call.actions, call.said)
    };
    assert_eq!(new.services, [profile("byeol").services[0].name.clone()]);
}

#[test]
fn what_is_out_of_order_is_said_before_the_menu_and_once() {
    let incident = |kind, account: Option<&str>| Incident {
        kind,
        account: account.map(Into::into),
    };
    let cards = incident(IncidentKind::PaymentsDown, Some("국민 123-45"));
    let line = incident(IncidentKind::LineDown, None);
    let mut call = Call::while_out_of_order(
        "haengbok",
        opening(Some("01023456789")),
        &[cards.clone(), line.clone()],
    );
    let place = |call: &Call, part: &str| call.last.iter().position(|t| t.contains(part));
    let (told, menu) = (
        place(&call, "계좌는 국민 123-45예요."),
        place(&call, "예약은 1번"),
    );
    assert!(told.is_some() && told < menu, "{:?}", call.last);
    assert!(call.heard("전화 회선 일부에 장애"), "{:?}", call.last);
    call.press("3");
    assert!(
        call.heard("예약은 1번") && !call.heard("카드 결제"),
        "{:?}",
        call.last
    );
    // Whoever asks for English hears it in English.
    call.press("9");
    assert!(
        call.heard("Card payments don't work right now."),
        "{:?}",
        call.last
    );

    // What was said by voice before is not said again; what comes later is said at the next menu.
    let heard = KeypadOpening {
        greeted: true,
        told: vec![IncidentKind::PaymentsDown],
        ..opening(None)
    };
    let mut call = Call::while_out_of_order("haengbok", heard, std::slice::from_ref(&cards));
    assert!(!call.heard("카드 결제"), "{:?}", call.last);
    call.keypad.out_of_order(vec![cards.clone(), line]);
    call.press("3");
    assert!(call.heard("전화 회선 일부에 장애"), "{:?}", call.last);

    // Without any voice only what was kept spoken can be heard.
    let mute = KeypadOpening {
        reason: KeypadReason::Mute,
        ..opening(None)
    };
    let call = Call::while_out_of_order("haengbok", mute, &[cards]);
    let kept = sentences(&profile("haengbok"), &Flows::built_in(), Language::Ko, now());
    assert!(call.heard("현금으로는 하실 수 있어요."), "{:?}", call.last);
    let english = sentences(&profile("haengbok"), &Flows::built_in(), Language::En, now());
    assert!(call.last.iter().all(|t| kept.contains(t) || english.contains(t)));
}

#[test]
fn a_shop_that_closed_early_says_so_and_takes_nobody_today() {
    let closed = Incident {
        kind: IncidentKind::ClosedEarly,
        account: None,
    };
    let mut call = Call::while_out_of_order("haengbok", opening(Some("01023456789")), &[closed]);
    assert!(call.heard("일찍 마쳤어요"), "{:?}", call.last);
    call.press("14#1#1900");
    assert!(call.actions.is_empty(), "{:?}", call.actions);
    let mut open = Call::begin("haengbok", Some("01023456789"));
    open.press("14#1#1900");
    assert!(!open.actions.is_empty(), "else it is asked for");
}

/// Everything that may be said is kept spoken, in both languages.
#[test]
fn every_sentence_is_one_that_is_kept() {
    let walks = [
        "3",
        "8",
        "14#2#19002",
        "14#2#19001",
        "14#1130",
        "14#2#160019001",
        "199",
        "2#",
        "0",
        "14#05011900",
        "...",
        "14#9#",
        "14#1#1030",
    ];
    for shop in ["haengbok", "byeol"] {
        for language in [Language::Ko, Language::En] {
            let kept: BTreeSet<String> = [Language::Ko, Language::En]
                .into_iter()
                .flat_map(|l| sentences(&profile(shop), &Flows::built_in(), l, now()))
                .collect();
            assert!(kept.len() < 1_500, "{}", kept.len());
            for keys in walks {
                for caller in [Some("01023456789"), None] {
                    let mut call = Call::begin(shop, caller);
                    call.taken = vec![date(2026, 11, 25).at(19, 30, 0, 0)];
                    if language == Language::En {
                        call.press("9");
                    }
                    call.press(keys);
                    for text in call.said.iter().filter(|t| *t != "beep") {
                        assert!(kept.contains(text), "{shop} {keys}: {text}");
                    }
                }
            }
        }
    }
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever is pressed or happens: something is due or said, until the call ends; nothing is stored that was not affirmed.
        #[test]
        fn no_call_by_keys_ends_in_silence(steps in proptest::collection::vec(0u8..18, 0..60), known in any::<bool>()) {
            let mut call = Call::begin("haengbok", known.then_some("01023456789"));
            for step in steps {
                if call.end.is_some() {
                    break;
                }
                let books = call.actions.iter().filter(|a| matches!(a, Action::Book(_))).count();
                let confirming = call.last.iter().any(|t| t.contains("맞으면 1번"));
                match step {
                    0..=9 => call.happens(In::Key(char::from(b'0' + step))),
                    10 => call.happens(In::Key('*')),
                    11 => call.happens(In::Key('#')),
                    12 => call.happens(In::Spoke),
                    13 => call.happens(In::Quiet),
                    14 => call.happens(In::Mute),
                    _ if call.keypad.next_timeout().is_some() => call.wait(),
                    _ => {}
                }
                let now_booked = call.actions.iter().filter(|a| matches!(a, Action::Book(_))).count();
                prop_assert!(now_booked == books || (confirming && step == 1));
                prop_assert!(call.end.is_some() || call.keypad.next_timeout().is_some() || !call.last.is_empty());
            }
        }
    }
}
