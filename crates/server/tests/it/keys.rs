//! Calls while speech engines are dead: by the telephone's keys, over real SIP and RTP. The engines are services at a port on which
//! nobody listens.

use std::time::Duration;

use biseo_conversation::keypad::sentences;
use biseo_conversation::{Flows, Language as Spoken};
use biseo_model::incident::IncidentKind;
use biseo_model::record::{CallEnd, CallRecord, Message, TurnRecord};
use biseo_model::shop::ShopProfile;
use biseo_speech::Language;
use biseo_speech::stored::Stored;
use biseo_store::{FoundBy, Incident, Store};

use crate::support::wire::{Caller, Line};
use crate::support::{CONVERSATION, PATIENCE, Place, shop, speaks, until};

/// Nobody listens there: the port was free a moment ago, and the system does not give it out again so soon.
fn nobody() -> String {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/v1", socket.local_addr().unwrap())
}

/// A recogniser, a voice or both that are dead, without any other behind them.
fn dead(place: &Place, hearing: bool, voice: bool) {
    let mut sections = "\n[speech.chain]\nfailures = 1\npause_ms = 600_000\n".to_string();
    if hearing {
        place.change("stt = [\"demo\"]", "stt = [\"openai\"]");
        sections += &format!(
            "[speech.openai.stt]\nendpoint = \"{}\"\nmodel = \"m\"\n",
            nobody()
        );
    }
    if voice {
        place.change("tts = [\"espeak\"]", "tts = [\"openai\"]");
        sections += &format!(
            "[speech.openai.tts]\nendpoint = \"{}\"\nmodel = \"m\"\nvoice = \"v\"\n",
            nobody()
        );
    }
    place.edit("biseo.toml", |old| format!("{old}{sections}"));
}

/// Waits for something to have happened on the line.
async fn line(caller: &Caller, what: &str, enough: impl Fn(&Line) -> bool) -> Line {
    let enough = &enough;
    until(what, CONVERSATION, || async move {
        Some(caller.line()).filter(|l| enough(l))
    })
    .await
}

/// Waits until Biseo has spoken after so many loud packets, and is silent for longer than between two sentences.
async fn has_spoken(caller: &Caller, what: &str, before: usize) {
    line(caller, what, |l| {
        l.loud.len() > before + 10 && l.sent > l.loud.last().unwrap() + 100
    })
    .await;
}

async fn said(place: &Place, store: &Store, part: &str) -> (CallRecord, Vec<TurnRecord>) {
    place
        .turns(store, part, |_, turns| {
            turns.iter().any(|t| t.said.contains(part))
        })
        .await
}

async fn message(store: &Store) -> Message {
    until("a message", CONVERSATION, || async {
        store.messages(&shop(), 1).await.unwrap().pop()
    })
    .await
}

#[tokio::test]
async fn with_a_dead_recogniser_a_table_is_booked_by_keys_and_a_message_is_spoken() {
    let place = Place::new();
    dead(&place, true, false);
    let server = place.serve();
    let store = place.store().await;
    let caller = Caller::dial(&server.address("haengbok")).await;
    has_spoken(&caller, "the greeting", 0).await;
    caller.say("내일 저녁에 예약하고 싶은데요");
    let (_, turns) = said(&place, &store, "예약은 1번").await;
    assert!(turns[0].said.contains("AI"), "{turns:#?}");
    caller.press("14#2#1900");
    said(&place, &store, "맞으면 1번").await;
    caller.press("1");
    let (call, turns) = place
        .turns(&store, "the good-bye", |call, _| call.ended.is_some())
        .await;
    let story = format!("{turns:#?}");
    assert_eq!(call.end, Some(CallEnd::Biseo), "{story}");
    let bookings = store
        .bookings_on(&shop(), "2026-11-25".parse().unwrap())
        .await
        .unwrap();
    let [booking] = &bookings[..] else {
        panic!("{bookings:?} {story}")
    };
    assert_eq!(booking.time, jiff::civil::time(19, 0, 0, 0), "{story}");
    assert_eq!(
        (booking.party_size, booking.phone.as_str()),
        (4, "01055554444"),
        "{story}"
    );
    assert_eq!(booking.call.as_ref(), Some(&call.id));
    let by_keys: Vec<_> = turns.iter().filter(|t| t.understood["keypad"] == true).collect();
    assert!(by_keys.iter().any(|t| t.heard == "1900"), "{story}");
    assert!(
        by_keys
            .iter()
            .all(|t| t.understood["trace"][0].as_str().unwrap().contains("음성 인식")),
        "{story}"
    );
    let lost = until("the owner's notice", PATIENCE, || async {
        store.open_incidents().await.unwrap().pop()
    })
    .await;
    assert_eq!((lost.cause.as_str(), lost.shop.is_none()), ("hearing_dead", true));
    drop(caller);

    // It is known to be dead now: the next caller is not asked to speak in vain.
    let caller = Caller::dial(&server.address("haengbok")).await;
    let (second, turns) = place
        .turns(&store, "the second call", |c, turns| {
            c.id != call.id && !turns.is_empty()
        })
        .await;
    assert!(
        turns[0].said.contains("AI") && turns[0].said.contains("예약은 1번"),
        "{turns:#?}"
    );
    let before = caller.line().loud.len();
    caller.press("2");
    said(&place, &store, "삐 소리").await;
    has_spoken(&caller, "the tone", before).await;
    caller.say("김민수인데요 내일 다시 전화 부탁드립니다");
    line(&caller, "the end of the message", |l| {
        l.spoke.is_some_and(|(_, last)| l.sent > last + 10)
    })
    .await;
    caller.press("#");
    let message = message(&store).await;
    assert_eq!(message.call.as_ref(), Some(&second.id));
    assert_eq!(message.call_back.as_ref().unwrap().as_str(), "01055554444");
    assert!(message.text.contains("통화 녹음"), "{message:?}");
    let (call, _) = place
        .turns(&store, "the end", |call, _| call.ended.is_some())
        .await;
    // The part of the recording that the message names is the caller's speech.
    let moments: Vec<usize> = message
        .text
        .split(|c: char| !c.is_ascii_digit() && c != ':')
        .filter_map(|m| m.split_once(':'))
        .map(|(m, s)| m.parse::<usize>().unwrap() * 60 + s.parse::<usize>().unwrap())
        .collect();
    let [from, to] = moments[..] else {
        panic!("{message:?}")
    };
    let wav = place.recording(&call);
    let heard = wav.channel(0);
    let rate = wav.rate as usize;
    let part = &heard[from * rate..((to + 1) * rate).min(heard.len())];
    assert!(
        to > from && speaks(part, wav.rate),
        "{from} to {to} of {} s",
        heard.len() / rate
    );
    drop(caller);
    store.close().await;
    server.stop();
}

/// The shop says that cards cannot be paid with, and names an account.
fn no_cards() -> Incident {
    let kind = IncidentKind::PaymentsDown;
    Incident {
        id: "own".into(),
        shop: Some(shop()),
        source: FoundBy::Shop,
        begun_by: None,
        cause: kind.code().into(),
        subject: "shop".into(),
        name: String::new(),
        region: String::new(),
        consequences: Vec::new(),
        confidence: 1_000,
        announced: Some(kind),
        account: Some("국민 123-45-678901".into()),
        began: jiff::Timestamp::now(),
        ends: None,
        ended: None,
        evidence: serde_json::Value::Null,
    }
}

#[tokio::test]
async fn what_is_out_of_order_is_said_by_keys_too() {
    const TOLD: &str = "현금과 계좌이체는 돼요. 계좌는 국민 123-45-678901이에요.";
    let place = Place::new();
    dead(&place, true, false);
    let store = place.store().await;
    store.begin_incident(&no_cards()).await.unwrap();
    let server = place.serve();
    let caller = Caller::dial(&server.address("haengbok")).await;
    has_spoken(&caller, "the greeting", 0).await;
    caller.say("내일 저녁에 예약하고 싶은데요");
    let (first, turns) = said(&place, &store, "예약은 1번").await;
    // The greeting had told it by voice.
    let tell = turns.iter().filter(|t| t.said.contains(TOLD)).count();
    assert!(tell == 1 && turns[0].said.contains(TOLD), "{turns:#?}");
    caller.hang_up().await;
    // By keys from the start.
    let caller = Caller::dial(&server.address("haengbok")).await;
    let (_, turns) = place
        .turns(&store, "the second call", |c, turns| {
            c.id != first.id && !turns.is_empty()
        })
        .await;
    let (before, menu) = turns[0].said.split_once("예약은 1번").expect("a menu");
    assert!(before.contains("AI") && before.contains(TOLD), "{turns:#?}");
    assert!(!menu.contains("카드"), "{turns:#?}");
    caller.hang_up().await;
    store.close().await;
    server.stop();
}

#[tokio::test]
async fn without_any_voice_a_tone_is_given_and_a_message_taken() {
    let place = Place::new();
    dead(&place, true, true);
    let server = place.serve();
    let store = place.store().await;
    let caller = Caller::dial(&server.address("haengbok")).await;
    has_spoken(&caller, "the tone", 0).await;
    caller.say("김민수인데요 내일 다시 전화 부탁드립니다");
    line(&caller, "the end of the message", |l| {
        l.spoke.is_some_and(|(_, last)| l.sent > last + 10)
    })
    .await;
    caller.hang_up().await;
    let message = message(&store).await;
    assert!(message.text.contains("통화 녹음"), "{message:?}");
    let lost = until("the owner's notice", PATIENCE, || async {
        store
            .open_incidents()
            .await
            .unwrap()
            .into_iter()
            .find(|i| i.cause == "voice_dead")
    })
    .await;
    assert!(lost.ended.is_none());
    store.close().await;
    server.stop();
}

#[tokio::test]
async fn what_was_kept_spoken_is_heard_when_every_voice_is_dead() {
    let place = Place::new();
    for other in ["byeol", "gugu", "maeum", "sotong"] {
        std::fs::remove_file(place.path().join(format!("shops/{other}.toml"))).unwrap();
    }
    let server = place.serve();
    let profile = std::fs::read_to_string(place.path().join("shops/haengbok.toml")).unwrap();
    let profile = ShopProfile::from_toml(&profile).unwrap();
    let now = jiff::civil::date(2026, 11, 24).at(10, 12, 0, 0);
    let wanted = sentences(&profile, &Flows::built_in(), Spoken::Ko, now);
    let kept = Stored::new(place.data().join("keypad"));
    let all = || {
        let cut = wanted.iter().flat_map(|text| biseo_speech::text::sentences(text));
        cut.into_iter().all(|text| kept.has(&text, Language::Korean))
    };
    let end = std::time::Instant::now() + CONVERSATION;
    while !all() {
        assert!(std::time::Instant::now() < end, "they are never all kept");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    server.stop();
    dead(&place, true, true);
    let server = place.serve();
    let store = place.store().await;
    let caller = Caller::dial(&server.address("haengbok")).await;
    said(&place, &store, "예약은 1번").await;
    // More than a tone: the menu is heard.
    line(&caller, "the menu", |l| l.loud.len() > 150).await;
    caller.press("12#2#1830");
    said(&place, &store, "맞으면 1번").await;
    let before = caller.line().loud.len();
    line(&caller, "the booking read back", |l| l.loud.len() > before + 50).await;
    caller.press("1");
    let (call, turns) = place
        .turns(&store, "the good-bye", |call, _| call.ended.is_some())
        .await;
    assert_eq!(call.end, Some(CallEnd::Biseo), "{turns:#?}");
    let bookings = store
        .bookings_on(&shop(), "2026-11-25".parse().unwrap())
        .await
        .unwrap();
    assert_eq!(bookings.len(), 1, "{turns:#?}");
    drop(caller);
    store.close().await;
    server.stop();
}
