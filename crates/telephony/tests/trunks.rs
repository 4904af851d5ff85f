//! Calls over several trunks: which one is tried, when the next one is, and that two are never up.

mod common;

use std::time::Duration;

use biseo_telephony::config::SipConfig;
use biseo_telephony::sdp::offer;
use biseo_telephony::trunk::{State, Trunk};
use biseo_telephony::{EndCause, Leg, LegEvent, OutgoingCall, Party, SipEvent};
use common::raw::{Got, Raw};
use common::{PATIENCE, Phone, caps, config, end, next, rejected};

/// Two carriers, and a house that prefers the first.
struct Two {
    house: Phone,
    a: Raw,
    b: Raw,
}

fn trunk(id: &str, at: &Raw, priority: u16) -> Trunk {
    let mut trunk = Trunk::by_address(id, vec![]);
    trunk.server = Some(at.addr().to_string());
    trunk.priority = priority;
    trunk
}

async fn two(hedge_ms: u64) -> Two {
    let a = Raw::new("a", "127.0.8.1:0").await;
    let b = Raw::new("b", "127.0.8.2:0").await;
    let mut config = SipConfig {
        trunks: vec![trunk("a", &a, 1), trunk("b", &b, 2)],
        open: false,
        ..config()
    };
    config.timers.hedge = Duration::from_millis(hedge_ms);
    let house = Phone::new(config).await;
    Two { house, a, b }
}

/// Nothing in a test waits so long but for it.
const NEVER: u64 = 3_600_000;

impl Two {
    async fn dial(&self) -> Leg {
        let call = OutgoingCall {
            to: "0212345678".into(),
            trunks: vec!["b".into(), "a".into()],
            sdp: offer(&caps(41_000)),
            ..OutgoingCall::default()
        };
        self.house.stack.call(call).await.expect("a way")
    }
}

async fn up(leg: &mut Leg) {
    loop {
        match next(leg).await {
            LegEvent::Answered { sdp: Some(_) } => return,
            LegEvent::Ringing { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

fn invites(all: &[String]) -> usize {
    all.iter().filter(|m| m.starts_with("INVITE ")).count()
}

#[tokio::test]
async fn the_first_in_order_carries_the_call_alone() {
    let two = two(NEVER).await;
    let mut leg = two.dial().await;
    let invite = two.a.request("INVITE").await;
    assert!(
        invite
            .text
            .starts_with(&format!("INVITE sip:0212345678@{} ", two.a.addr()))
    );
    assert!(
        invite.header("Via").contains(";oc;oc-algo=\"loss\""),
        "{}",
        invite.text
    );
    two.a.answer(&invite, "180 Ringing", "", "").await;
    assert!(matches!(
        next(&mut leg).await,
        LegEvent::Ringing { code: 180, .. }
    ));
    two.a.accept(&invite).await;
    up(&mut leg).await;
    two.a.request("ACK").await;
    leg.hangup();
    let bye = two.a.request("BYE").await;
    two.a.answer(&bye, "200 OK", "", "").await;
    assert_eq!(end(&mut leg).await.by, Party::Local);
    assert_eq!(invites(&two.b.waiting()), 0);
}

#[tokio::test]
async fn without_a_sign_of_life_the_next_one_is_tried() {
    let two = two(150).await;
    let mut leg = two.dial().await;
    let dead = two.a.request("INVITE").await;
    let invite = two.b.request("INVITE").await;
    assert_ne!(dead.call_id(), invite.call_id());
    two.b.accept(&invite).await;
    up(&mut leg).await;
    two.b.request("ACK").await;
    // The dead one comes back and rings: it is told at once that nobody calls any more.
    two.a.waiting();
    two.a.answer(&dead, "180 Ringing", "", "").await;
    let cancel = two.a.request("CANCEL").await;
    assert_eq!(cancel.call_id(), dead.call_id());
}

#[tokio::test]
async fn a_trunk_that_cannot_is_left_at_once_and_a_callee_s_word_is_final() {
    for (status, elsewhere) in [
        ("503 Service Unavailable", true),
        ("500 Broken", true),
        ("408 Request Timeout", true),
        ("486 Busy Here", false),
        ("404 Not Found", false),
        ("600 Busy Everywhere", false),
        ("603 Decline", false),
    ] {
        let two = two(NEVER).await;
        let mut leg = two.dial().await;
        let invite = two.a.request("INVITE").await;
        two.a.answer(&invite, status, "", "").await;
        if elsewhere {
            let invite = two.b.request("INVITE").await;
            two.b.accept(&invite).await;
            up(&mut leg).await;
        } else {
            assert_eq!(rejected(&end(&mut leg).await).to_string(), status[..3]);
            assert_eq!(invites(&two.b.waiting()), 0, "{status}");
        }
    }
}

#[tokio::test]
async fn when_none_can_the_first_answer_is_told() {
    let two = two(150).await;
    let mut leg = two.dial().await;
    let invite = two.a.request("INVITE").await;
    two.a.answer(&invite, "500 Broken", "", "").await;
    let invite = two.b.request("INVITE").await;
    two.b.answer(&invite, "503 Full", "Retry-After: 30\r\n", "").await;
    assert_eq!(rejected(&end(&mut leg).await), 500);
    let reports = two.house.stack.trunks().await.unwrap();
    assert_eq!(
        (reports[1].state, reports[0].state),
        (State::Overloaded, State::Suspect)
    );
    assert!(
        reports[1]
            .closed_for
            .is_some_and(|d| d <= Duration::from_secs(30))
    );
}

#[tokio::test]
async fn a_slow_one_that_rings_wins_and_the_other_is_cancelled() {
    let two = two(150).await;
    let mut leg = two.dial().await;
    let slow = two.a.request("INVITE").await;
    let quick = two.b.request("INVITE").await;
    two.b.answer(&quick, "100 Trying", "", "").await;
    // Only then may it be cancelled (RFC 3261 §9.1), so it has to have been read first.
    while two.house.stack.trunks().await.unwrap()[1].state != State::Up {}
    two.a.answer(&slow, "180 Ringing", "", "").await;
    let cancel = two.b.request("CANCEL").await;
    two.b.answer(&cancel, "200 OK", "", "").await;
    two.b.answer(&quick, "487 Request Terminated", "", "").await;
    two.b.request("ACK").await;
    two.a.accept(&slow).await;
    up(&mut leg).await;
}

#[tokio::test]
async fn when_both_answer_the_second_is_ended() {
    let two = two(150).await;
    let mut leg = two.dial().await;
    let slow = two.a.request("INVITE").await;
    let quick = two.b.request("INVITE").await;
    two.b.accept(&quick).await;
    up(&mut leg).await;
    two.a.accept(&slow).await;
    two.a.request("ACK").await;
    let bye = two.a.request("BYE").await;
    assert_eq!(bye.call_id(), slow.call_id());
    leg.hangup();
    let bye = two.b.request("BYE").await;
    assert_eq!(bye.call_id(), quick.call_id());
}

#[tokio::test]
async fn busy_because_of_ourselves_is_no_answer() {
    let two = two(150).await;
    let mut leg = two.dial().await;
    let slow = two.a.request("INVITE").await;
    let quick = two.b.request("INVITE").await;
    two.b.answer(&quick, "180 Ringing", "", "").await;
    assert!(matches!(next(&mut leg).await, LegEvent::Ringing { .. }));
    // It had been given up already; what it says does not matter.
    two.a.answer(&slow, "486 Busy Here", "", "").await;
    two.a.request("ACK").await;
    two.b.accept(&quick).await;
    up(&mut leg).await;
}

/// Answers pings until it is told to be mute.
async fn alive(raw: &Raw, mute: &mut tokio::sync::oneshot::Receiver<()>) -> Option<Got> {
    tokio::select! {
        got = raw.request("OPTIONS") => Some(got),
        _ = mute => None,
    }
}

#[tokio::test]
async fn a_trunk_that_dies_while_it_rings_is_left() {
    for answers_pings in [true, false] {
        let two = two(300).await;
        let mut leg = two.dial().await;
        let lost = two.a.request("INVITE").await;
        two.a.answer(&lost, "180 Ringing", "", "").await;
        assert!(matches!(next(&mut leg).await, LegEvent::Ringing { .. }));
        if answers_pings {
            let ping = two.a.request("OPTIONS").await;
            two.a.answer(&ping, "405 Method Not Allowed", "", "").await;
        }
        let invite = two.b.request("INVITE").await;
        two.b.answer(&invite, "180 Ringing", "", "").await;
        assert!(matches!(next(&mut leg).await, LegEvent::Ringing { .. }));
        two.b.accept(&invite).await;
        up(&mut leg).await;
        let told = two.a.waiting();
        let cancelled = |m: &String| m.starts_with("CANCEL ") && m.contains(lost.call_id());
        assert!(told.iter().any(cancelled), "{told:?}");
        assert!(answers_pings || invites(&told) > 0, "the INVITE was repeated");
    }
}

#[tokio::test]
async fn a_trunk_that_lives_may_ring_as_long_as_it_likes() {
    let two = two(100).await;
    let mut leg = two.dial().await;
    let invite = two.a.request("INVITE").await;
    two.a.answer(&invite, "180 Ringing", "", "").await;
    let (_tell, mut mute) = tokio::sync::oneshot::channel();
    for _ in 0..12 {
        let ping = alive(&two.a, &mut mute).await.expect("a ping");
        two.a.answer(&ping, "501 Not Implemented", "", "").await;
    }
    two.a.accept(&invite).await;
    up(&mut leg).await;
    assert_eq!(invites(&two.b.waiting()), 0);
}

#[tokio::test]
async fn whoever_hangs_up_early_is_told_at_once() {
    let two = two(150).await;
    let mut leg = two.dial().await;
    let silent = two.a.request("INVITE").await;
    let trying = two.b.request("INVITE").await;
    two.b
        .answer(&trying, "183 Session Progress", "", common::raw::SDP)
        .await;
    assert!(matches!(
        next(&mut leg).await,
        LegEvent::Ringing {
            code: 183,
            sdp: Some(_)
        }
    ));
    leg.hangup();
    let over = end(&mut leg).await;
    assert_eq!((over.by, over.cause), (Party::Local, EndCause::Hangup));
    assert_eq!(two.b.request("CANCEL").await.call_id(), trying.call_id());
    // A 200 that was on its way is confirmed and ended.
    two.b.accept(&trying).await;
    two.b.request("ACK").await;
    two.b.request("BYE").await;
    two.a.accept(&silent).await;
    two.a.request("BYE").await;
}

#[tokio::test]
async fn by_tcp_a_refused_connection_is_enough() {
    let mut b = Phone::new(config()).await;
    let nobody = std::net::TcpListener::bind("127.0.8.3:0").unwrap();
    let mut dead = Trunk::by_address("dead", vec![]);
    dead.server = Some(nobody.local_addr().unwrap().to_string());
    dead.proto = biseo_telephony::config::Proto::Tcp;
    dead.priority = 1;
    drop(nobody);
    let mut good = Trunk::by_address("good", vec![]);
    good.server = Some(b.addr(biseo_telephony::config::Proto::Udp).to_string());
    let mut config = SipConfig {
        trunks: vec![dead, good],
        ..config()
    };
    config.timers.hedge = Duration::from_millis(NEVER);
    let mut house = Phone::new(config).await;
    let call = OutgoingCall {
        to: "0212345678".into(),
        trunks: vec!["dead".into(), "good".into()],
        sdp: offer(&caps(41_000)),
        ..OutgoingCall::default()
    };
    let mut leg = house.stack.call(call).await.unwrap();
    let call = b.incoming().await;
    call.leg.answer(common::description(&call));
    up(&mut leg).await;
    let mut told = Vec::new();
    while told.len() < 3 {
        told.push(match house.event().await {
            SipEvent::TrunkState { trunk, state, .. } => format!("{trunk} {}", state.word()),
            SipEvent::Attempt { trunk, code } => format!("{trunk} {code}"),
            other => panic!("{other:?}"),
        });
    }
    assert_eq!(told, ["dead suspect", "dead 408", "good 200"]);
}

#[tokio::test]
async fn pings_tell_of_a_trunk_that_went_and_of_its_return() {
    let a = Raw::new("a", "127.0.8.1:0").await;
    let mut of = trunk("a", &a, 1);
    of.ping = Some(Duration::from_millis(50));
    let mut house = Phone::new(SipConfig {
        trunks: vec![of],
        ..config()
    })
    .await;
    let ping = a.request("OPTIONS").await;
    a.answer(&ping, "403 Forbidden", "", "").await;
    let mut state = async || loop {
        if let SipEvent::TrunkState { state, .. } = house.event().await {
            return state;
        }
    };
    // Mute.
    assert_eq!(state().await, State::Suspect);
    assert_eq!(state().await, State::Down);
    let answering = async {
        loop {
            let ping = a.request("OPTIONS").await;
            a.answer(&ping, "200 OK", "", "").await;
        }
    };
    let back = async {
        assert_eq!(state().await, State::Probing);
        assert_eq!(state().await, State::Up);
    };
    tokio::select! {
        () = answering => {}
        done = tokio::time::timeout(PATIENCE, back) => done.expect("it is up again"),
    }
}
