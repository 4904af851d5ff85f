//! Whole calls by media stream: a platform brings them to `biseo serve` by WebSocket.

use biseo_model::record::{BookingState, CallEnd};
use biseo_rehearse::{Caller as Scripted, Says, Scenario, guess};

use crate::support::stream::{CALLER, Caller, DIALLED, TOKEN};
use crate::support::{CONVERSATION, Place, Running, SHOP, call, latest, root, shop, speaks, until};

#[tokio::test]
async fn a_booking_is_made_over_a_media_stream() {
    let place = Place::new().with_streams();
    let server = place.serve();
    let store = place.store().await;
    let text = std::fs::read_to_string(root().join("scenarios/demo.jsonl")).unwrap();
    let scenario = Scenario::read_lines(&text).unwrap().remove(0);
    let mut scripted = Scripted::new(scenario);
    let phone = Caller::dial(&server.streams, CALLER, DIALLED);
    let (mut heard, mut told) = (0, 0);
    loop {
        // Until Biseo has spoken and waits, or has hung up.
        let line = until("Biseo's next words", CONVERSATION, || async {
            Some(phone.line()).filter(|l| l.closed.is_some() || l.finished(heard))
        })
        .await;
        if line.closed.is_some() {
            break;
        }
        heard = line.loud.len();
        let (_, turns) = latest(&store).await.unwrap();
        let new: Vec<&str> = turns[told..].iter().map(|t| t.said.as_str()).collect();
        told = turns.len();
        let said = new.join(" ");
        match scripted.hears(&said, guess(&said)) {
            Says::Words(words) => phone.say(&words),
            Says::Nothing => {}
            // Biseo says good-bye and hangs up.
            Says::HangsUp => break,
        }
    }
    let line = phone
        .until("the end of the connection", |l| l.closed.is_some())
        .await;
    let (call, turns) = place
        .turns(&store, "the end of the call", |call, _| call.ended.is_some())
        .await;
    store.close().await;
    server.stop();

    let store = place.store().await;
    let story = format!("{turns:#?}");
    assert_eq!(line.closed, Some(1000), "{story}");
    assert_eq!(call.end, Some(CallEnd::Biseo), "{story}");
    assert_eq!(call.caller.as_ref().unwrap().as_str(), "01023456789");
    assert_eq!(call.dialled.as_ref().unwrap().as_str(), "027001001");
    let bookings = store
        .bookings_on(&shop(), "2026-11-25".parse().unwrap())
        .await
        .unwrap();
    let [booking] = &bookings[..] else {
        panic!("{bookings:?} {story}")
    };
    assert_eq!(
        (
            booking.time,
            booking.party_size,
            booking.phone.as_str(),
            booking.state
        ),
        (
            jiff::civil::time(19, 0, 0, 0),
            4,
            "01023456789",
            BookingState::Confirmed
        ),
        "{story}"
    );
    assert_eq!(booking.call.as_ref(), Some(&call.id));
    let replies: Vec<_> = turns.iter().filter(|t| !t.heard.is_empty()).collect();
    assert!(
        replies.len() >= 3 && replies.iter().all(|t| t.latency.total_ms.is_some()),
        "{story}"
    );
    let wav = place.recording(&call);
    assert_eq!((wav.channels, wav.rate), (2, 8000));
    assert!(speaks(&wav.channel(0), wav.rate) && speaks(&wav.channel(1), wav.rate));
    // Each utterance was marked, and none came in faster than it can be played.
    assert!(
        line.played.len() + line.cleared.len() >= replies.len(),
        "{line:?}"
    );
    assert!(
        line.most < 50,
        "a second or more waits at the platform: {}",
        line.most
    );
}

#[tokio::test]
async fn who_is_interrupted_clears_what_the_platform_has_not_played() {
    let place = Place::new().with_streams();
    let server = place.serve();
    let store = place.store().await;
    let caller = Caller::dial(&server.streams, CALLER, DIALLED);
    caller.until("the greeting's end", |l| l.finished(0)).await;
    caller.say("주차 되나요?");
    let (_, turns) = place
        .turns(&store, "an answer under way", |_, turns| {
            turns.get(1).is_some_and(|t| t.latency.total_ms.is_some())
        })
        .await;
    let whole = turns[1].said.clone();
    let before = caller.line().loud.len();
    caller
        .until("sound of the answer", |l| l.loud.len() > before + 10)
        .await;
    assert!(caller.line().clears.is_empty());
    caller.say("아니요 괜찮고요 내일 저녁 일곱 시에 네 명 예약하고 싶은데요 창가 자리로 부탁드려요");
    let after = caller
        .until("the caller's last word", |l| {
            l.spoke
                .is_some_and(|(first, last)| last > first + 150 && l.sent >= last)
        })
        .await;
    let (first, last) = after.spoke.unwrap();
    let [(cleared, _)] = after.clears[..] else {
        panic!("one clear: {:?}", after.clears)
    };
    assert!((first..last).contains(&cleared), "{cleared} in {first}..{last}");
    let over: Vec<_> = after
        .loud
        .iter()
        .filter(|at| (cleared..last).contains(*at))
        .collect();
    assert!(over.is_empty(), "heard after the clear at {cleared}: {over:?}");
    let (_, turns) = place
        .turns(&store, "a reply to what was said", |_, turns| {
            turns.iter().filter(|t| !t.heard.is_empty()).count() >= 2
        })
        .await;
    let cut = &turns[1].said;
    assert!(
        whole.starts_with(cut.as_str()) && cut.chars().count() < whole.chars().count(),
        "{cut:?} of {whole:?}"
    );
    caller.hang_up();
    let (call, _) = place
        .turns(&store, "the end of the call", |call, _| call.ended.is_some())
        .await;
    assert_eq!(call.end, Some(CallEnd::Caller));
    store.close().await;
    server.stop();
}

#[tokio::test]
async fn keys_are_heard_and_a_caller_may_vanish() {
    let place = Place::new().with_streams();
    let server = place.serve();
    let store = place.store().await;
    let caller = Caller::dial(&server.streams, "anonymous", DIALLED);
    caller.until("the greeting's end", |l| l.finished(0)).await;
    caller.press("01055554444#");
    place
        .turns(&store, "the number that was typed", |_, turns| {
            turns.iter().any(|t| t.heard == "01055554444")
        })
        .await;
    caller.vanish();
    let (call, _) = place
        .turns(&store, "the end of the call", |call, _| call.ended.is_some())
        .await;
    assert_eq!((call.end, call.caller), (Some(CallEnd::Failed), None));
    store.close().await;
    server.stop();
}

#[tokio::test]
async fn a_simulated_caller_calls_by_websocket_too() {
    let place = Place::new().with_streams();
    let server = place.serve();
    let scenario = place.path().join("parking.jsonl");
    let line = r#"{"id": "parking", "lang": "ko", "shop": "haengbok", "now": "2026-11-24T10:12:00+09:00",
        "caller": {"number": "01023456789"}, "opens": "주차 되나요?", "closes": "아니요 됐어요 감사합니다", "expect": {}}"#;
    std::fs::write(&scenario, line.replace('\n', " ")).unwrap();
    let url = format!("{}/{TOKEN}?to={SHOP}", server.streams);
    let child = call(&place, &url, &scenario, "parking")
        .args(["--wav", "caller.wav"])
        .spawn()
        .unwrap();
    let mut caller = Running { child };
    assert_eq!(caller.ended("biseo call", CONVERSATION), Some(0));
    server.stop();
    let store = place.store().await;
    let (call, turns) = latest(&store).await.unwrap();
    assert_eq!(call.caller.as_ref().unwrap().as_str(), "01023456789");
    assert!(
        matches!(call.end, Some(CallEnd::Biseo | CallEnd::Caller)),
        "{turns:#?}"
    );
    assert!(
        turns.iter().any(|t| t.said.contains("2시간 무료로 주차")),
        "{turns:#?}"
    );
    let octets = std::fs::read(place.path().join("caller.wav")).unwrap();
    let wav = biseo_media::wav::Wav::parse(&octets).unwrap();
    assert!(speaks(&wav.channel(0), wav.rate) && speaks(&wav.channel(1), wav.rate));
}

#[tokio::test]
async fn an_order_to_stop_ends_the_calls_and_keeps_what_was_said() {
    let place = Place::new().with_streams();
    let server = place.serve();
    let caller = Caller::dial(&server.streams, CALLER, DIALLED);
    caller.until("the greeting", |l| l.loud.len() > 25).await;
    server.stop();
    let line = caller.until("the farewell", |l| l.closed.is_some()).await;
    assert_eq!(line.closed, Some(1000));
    let store = place.store().await;
    let (call, turns) = latest(&store).await.unwrap();
    // Not as interrupted, which the next start would have to mend.
    assert_eq!(call.end, Some(CallEnd::Failed));
    assert!(call.ended.is_some() && !turns.is_empty());
    let wav = place.recording(&call);
    assert!(speaks(&wav.channel(1), wav.rate));
}
