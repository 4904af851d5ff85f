//! A whole call as users place it: `biseo call` phones `biseo serve` over real SIP and RTP.

use std::process::Stdio;

use biseo_model::record::{BookingState, CallEnd};

use crate::support::{CONVERSATION, PATIENCE, Place, Running, call, latest, root, shop, speaks, until};

#[tokio::test]
async fn a_call_is_answered_understood_and_stored() {
    let place = Place::new().with_metrics();
    let server = place.serve();
    let scenario = root().join("scenarios/demo.jsonl");
    let child = call(&place, &server.address("haengbok"), &scenario, "demo")
        .args(["--wav", "caller.wav"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut caller = Running { child };
    assert_eq!(caller.ended("biseo call", CONVERSATION), Some(0));
    let printed = std::io::read_to_string(caller.child.stdout.take().unwrap()).unwrap();
    let outcome: serde_json::Value = serde_json::from_str(&printed).unwrap();
    let figures = until("the call is counted", PATIENCE, || async {
        let figures = server.figures();
        figures.contains("biseo_calls_total{end=").then_some(figures)
    })
    .await;
    server.stop();

    let store = place.store().await;
    let (call, turns) = latest(&store).await.unwrap();
    let story = format!("{outcome:#} {turns:#?}");
    assert_eq!(call.caller.as_ref().unwrap().as_str(), "01023456789");
    assert!(call.answered.unwrap() >= call.started && call.ended.unwrap() > call.answered.unwrap());
    assert!(
        matches!(call.end, Some(CallEnd::Biseo | CallEnd::Caller)),
        "{call:?}"
    );

    let bookings = store
        .bookings_on(&shop(), "2026-11-25".parse().unwrap())
        .await
        .unwrap();
    let [booking] = &bookings[..] else {
        panic!("{bookings:?} {story}")
    };
    assert_eq!(
        booking.time,
        jiff::civil::time(19, 0, 0, 0),
        "{booking:?} {story}"
    );
    assert_eq!(
        (booking.party_size, booking.phone.as_str(), booking.state),
        (4, "01023456789", BookingState::Confirmed),
        "{story}"
    );
    assert_eq!(booking.call.as_ref(), Some(&call.id));

    assert!(
        turns.iter().any(|t| t.said.contains("2시간 무료로 주차")),
        "{story}"
    );
    let replies: Vec<_> = turns.iter().filter(|t| !t.heard.is_empty()).collect();
    assert!(replies.len() >= 3, "{story}");
    let timed = turns.iter().filter(|t| t.latency.total_ms.is_some()).count();
    let counted = format!("biseo_response_seconds_count {timed}");
    assert!(figures.lines().any(|l| l == counted), "{counted} {figures}");
    assert!(
        !figures.contains("01023456789") && !figures.contains("주차"),
        "{figures}"
    );
    for turn in replies {
        let l = &turn.latency;
        let parts = [
            l.end_of_turn_ms,
            l.stt_ms,
            l.nlu_ms,
            l.decision_ms,
            l.tts_first_audio_ms,
            l.total_ms,
        ];
        assert!(parts.iter().all(Option::is_some), "{turn:?}");
        assert!(!turn.said.is_empty() && turn.understood.is_object(), "{turn:?}");
        let trace = turn.understood["trace"].as_array().unwrap();
        assert!(
            trace
                .iter()
                .any(|l| l.as_str().unwrap().starts_with("알아들은 것")),
            "{turn:?}"
        );
    }

    let octets = std::fs::read(place.path().join("caller.wav")).unwrap();
    for wav in [
        place.recording(&call),
        biseo_media::wav::Wav::parse(&octets).unwrap(),
    ] {
        assert_eq!(wav.channels, 2);
        assert!(speaks(&wav.channel(0), wav.rate) && speaks(&wav.channel(1), wav.rate));
    }
}
