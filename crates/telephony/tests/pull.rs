//! A trunk that is treated as dead for a while: its calls are refused so that they come by another, and never when there is no other.

mod common;

use std::time::{Duration, Instant};

use biseo_telephony::config::{Proto, SipConfig};
use biseo_telephony::sdp::offer;
use biseo_telephony::trunk::{State, Trunk};
use biseo_telephony::{OutgoingCall, PullEnd, PullPhase, PullState, Pulled, SipEvent};
use common::raw::{Raw, SDP};
use common::{PATIENCE, Phone, caps, config, description};

/// As long as no test lasts.
const LONG: Duration = Duration::from_secs(600);

/// Two carriers; the house prefers the first, and knows that both are there.
struct Two {
    house: Phone,
    a: Raw,
    b: Raw,
}

impl Two {
    async fn new() -> Self {
        let a = Raw::new("a", "127.0.9.1:0").await;
        let b = Raw::new("b", "127.0.9.2:0").await;
        let trunk = |id: &str, at: &Raw, priority| {
            let mut trunk = Trunk::by_address(id, vec![]);
            trunk.server = Some(at.addr().to_string());
            trunk.priority = priority;
            trunk
        };
        let config = SipConfig {
            trunks: vec![trunk("a", &a, 1), trunk("b", &b, 2)],
            ..config()
        };
        let house = Phone::new(config).await;
        let two = Self { house, a, b };
        let end = Instant::now() + PATIENCE;
        let located = |two: &[biseo_telephony::TrunkReport]| two.iter().all(|t| !t.places.is_empty());
        while !located(&two.house.stack.trunks().await.unwrap()) {
            assert!(Instant::now() < end, "the trunks have no places");
        }
        two
    }

    /// The same, and the second has shown that it lives.
    async fn alive() -> Self {
        let two = Self::new().await;
        two.b.ask("OPTIONS", (two.at(), "hello"), "b", "").await;
        assert!(two.b.outcome("hello").await.text.starts_with("SIP/2.0 200"));
        two
    }

    fn at(&self) -> std::net::SocketAddr {
        self.house.addr(Proto::Udp)
    }

    /// A call comes by a carrier and is answered.
    async fn answered(&mut self, by_b: bool, (id, caller): (&str, &str)) {
        let at = self.at();
        let by = if by_b { &self.b } else { &self.a };
        by.ask("INVITE", (at, id), caller, SDP).await;
        let call = self.house.incoming().await;
        call.leg.answer(description(&call));
        let by = if by_b { &self.b } else { &self.a };
        assert!(by.outcome(id).await.text.starts_with("SIP/2.0 200"));
    }

    async fn refused(&self, (id, caller): (&str, &str)) {
        self.a.ask("INVITE", (self.at(), id), caller, SDP).await;
        let got = self.a.outcome(id).await.text;
        assert!(got.starts_with("SIP/2.0 503"), "{got}");
        assert!(!got.contains("Retry-After"), "the carrier would stay away: {got}");
    }

    async fn state(&mut self) -> (String, State) {
        loop {
            if let SipEvent::TrunkState { trunk, state, .. } = self.house.event().await {
                return (trunk, state);
            }
        }
    }

    fn pull(&self) -> Pulled {
        self.house.stack.pull("a", LONG).unwrap()
    }

    /// Three calls of ours that the second carrier cannot carry, or as many as are wanted.
    async fn b_fails(&self, times: usize) {
        for _ in 0..times {
            let call = OutgoingCall {
                to: "0212345678".into(),
                trunks: vec!["b".into()],
                sdp: offer(&caps(41_000)),
                ..OutgoingCall::default()
            };
            let mut leg = self.house.stack.call(call).await.unwrap();
            let invite = self.b.request("INVITE").await;
            self.b.answer(&invite, "500 Broken", "", "").await;
            common::end(&mut leg).await;
        }
    }
}

/// Looks until it has come to this.
async fn come_to(pulled: &Pulled, phase: PullPhase) -> PullState {
    let end = Instant::now() + PATIENCE;
    loop {
        let state = pulled.state();
        if state.phase == phase {
            return state;
        }
        assert!(Instant::now() < end, "{phase:?}: {state:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn its_calls_come_by_the_other_and_ours_go_by_the_other() {
    let mut two = Two::alive().await;
    let pulled = two.pull();
    assert_eq!(two.state().await, ("a".into(), State::Down));
    two.refused(("one", "01012345678")).await;
    two.answered(true, ("one-again", "01012345678")).await;
    let state = come_to(&pulled, PullPhase::Pulled).await;
    assert_eq!((state.refused, state.returned, state.let_in), (1, 1, 0));
    let reports = two.house.stack.trunks().await.unwrap();
    assert_eq!((reports[0].state, reports[1].state), (State::Down, State::Up));
    let call = OutgoingCall {
        to: "0212345678".into(),
        trunks: vec!["a".into(), "b".into()],
        sdp: offer(&caps(41_000)),
        ..OutgoingCall::default()
    };
    let _leg = two.house.stack.call(call).await.unwrap();
    two.b.request("INVITE").await;
    // A second caller is refused, and comes when the trunk is back.
    two.refused(("two", "01087654321")).await;
    pulled.put_back();
    assert_eq!(two.state().await, ("a".into(), State::Up));
    two.answered(false, ("two-again", "01087654321")).await;
    let state = come_to(&pulled, PullPhase::Over(PullEnd::PutBack)).await;
    assert_eq!((state.refused, state.returned), (2, 2));
}

#[tokio::test]
async fn a_carrier_that_does_not_switch_ends_it_and_its_caller_is_answered() {
    let mut two = Two::alive().await;
    let pulled = two.pull();
    two.refused(("one", "01012345678")).await;
    // Somebody else is refused as well.
    two.refused(("two", "01087654321")).await;
    two.answered(false, ("three", "01012345678")).await;
    let state = come_to(&pulled, PullPhase::Over(PullEnd::CalledAgain)).await;
    assert_eq!((state.refused, state.returned), (2, 1));
    let reports = two.house.stack.trunks().await.unwrap();
    assert_eq!(reports[0].state, State::Up, "it is back");
}

#[tokio::test]
async fn without_another_that_is_known_to_be_there_it_does_not_begin() {
    let mut two = Two::new().await;
    come_to(&two.pull(), PullPhase::Over(PullEnd::NoOther)).await;
    two.answered(false, ("one", "01012345678")).await;
    assert!(two.house.stack.pull("c", LONG).is_err());
}

#[tokio::test]
async fn only_one_is_pulled_and_who_was_refused_puts_nothing_back() {
    let mut two = Two::alive().await;
    two.answered(false, ("a-lives", "01011111111")).await;
    let pulled = two.pull();
    come_to(&pulled, PullPhase::Pulled).await;
    let other = two.house.stack.pull("b", LONG).unwrap();
    come_to(&other, PullPhase::Over(PullEnd::Another)).await;
    other.put_back();
    drop(other);
    two.refused(("one", "01012345678")).await;
    assert_eq!(pulled.state().phase, PullPhase::Pulled);
}

#[tokio::test]
async fn it_ends_by_its_time_and_when_whoever_wanted_it_is_gone() {
    let mut two = Two::alive().await;
    let short = two.house.stack.pull("a", Duration::from_millis(20)).unwrap();
    come_to(&short, PullPhase::Over(PullEnd::Time)).await;
    assert_eq!(two.state().await, ("a".into(), State::Down));
    assert_eq!(two.state().await, ("a".into(), State::Up));
    let pulled = two.pull();
    assert_eq!(two.state().await, ("a".into(), State::Down));
    drop(pulled);
    assert_eq!(two.state().await, ("a".into(), State::Up));
    two.answered(false, ("one", "01012345678")).await;
    let pulled = two.pull();
    two.house.stack.shutdown().await;
    come_to(&pulled, PullPhase::Over(PullEnd::Stopped)).await;
}

#[tokio::test]
async fn nobody_is_refused_while_the_other_is_in_doubt_and_it_ends_when_that_is_down() {
    let mut two = Two::alive().await;
    let pulled = two.pull();
    assert_eq!(two.state().await, ("a".into(), State::Down));
    two.b_fails(1).await;
    assert_eq!(two.state().await, ("b".into(), State::Suspect));
    two.answered(false, ("one", "01012345678")).await;
    let state = come_to(&pulled, PullPhase::Pulled).await;
    assert_eq!((state.refused, state.let_in), (0, 1));
    two.b_fails(2).await;
    come_to(&pulled, PullPhase::Over(PullEnd::NoOther)).await;
    assert_eq!(two.state().await, ("b".into(), State::Down));
    assert_eq!(two.state().await, ("a".into(), State::Up));
}
