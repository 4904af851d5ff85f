//! Trunks that ask to be left alone, by 503 with Retry-After and by RFC 7339: the next calls do not come, unless they are urgent. And calls to us
//! for which there is no room: whoever called is told.

mod common;

use std::time::Duration;

use biseo_telephony::config::SipConfig;
use biseo_telephony::sdp::offer;
use biseo_telephony::trunk::Trunk;
use biseo_telephony::{EndCause, Ended, Leg, LegEvent, OutgoingCall, Party, SipEvent};
use common::raw::{Got, Raw, SDP};
use common::{Phone, caps, config, end, next};

/// Nothing in a test waits so long.
const NEVER: Duration = Duration::from_secs(3_600);

struct Rig {
    house: Phone,
    carriers: Vec<Raw>,
}

const NAMES: [&str; 2] = ["a", "b"];

impl Rig {
    /// A house with so many carriers, which prefers the first.
    async fn new(carriers: usize) -> Self {
        let (mut all, mut trunks) = (Vec::new(), Vec::new());
        for (name, priority) in NAMES.into_iter().take(carriers).zip(1..) {
            let carrier = Raw::new(name, &format!("127.0.8.{priority}:0")).await;
            let mut trunk = Trunk::by_address(name, vec![]);
            trunk.server = Some(carrier.addr().to_string());
            trunk.priority = priority;
            trunks.push(trunk);
            all.push(carrier);
        }
        let mut config = SipConfig {
            trunks,
            open: false,
            ..config()
        };
        config.timers.hedge = NEVER;
        let house = Phone::new(config).await;
        Self { house, carriers: all }
    }

    async fn dial(&self, urgent: bool) -> Leg {
        let call = OutgoingCall {
            to: "0212345678".into(),
            trunks: NAMES
                .iter()
                .take(self.carriers.len())
                .map(|n| (*n).into())
                .collect(),
            sdp: offer(&caps(41_000)),
            urgent,
            ..OutgoingCall::default()
        };
        self.house.stack.call(call).await.expect("a way")
    }

    /// A carrier answers the call of that leg, which is over then.
    async fn refused(
        &self,
        carrier: usize,
        leg: &mut Leg,
        with: (&str, &str),
        change: impl Fn(&mut Got),
    ) -> Ended {
        let mut invite = self.carriers[carrier].request("INVITE").await;
        change(&mut invite);
        self.carriers[carrier].answer(&invite, with.0, with.1, "").await;
        let over = end(leg).await;
        self.forget();
        over
    }

    /// Whatever was sent again before it was answered is no new call.
    fn forget(&self) {
        self.carriers.iter().for_each(|c| drop(c.waiting()));
    }

    /// Whether an INVITE has come to a carrier.
    fn invited(&self, carrier: usize) -> bool {
        self.carriers[carrier]
            .waiting()
            .iter()
            .any(|m| m.starts_with("INVITE "))
    }
}

/// The end of a call that no trunk wanted: how long none will.
fn unwanted(over: &Ended) -> Duration {
    match &over.cause {
        EndCause::Rejected {
            code: 503,
            retry_after: Some(left),
            ..
        } if over.by == Party::Stack => *left,
        other => panic!("{other:?}"),
    }
}

async fn up(leg: &mut Leg) {
    while !matches!(next(leg).await, LegEvent::Answered { .. }) {}
}

#[tokio::test]
async fn after_retry_after_no_call_comes_but_an_urgent_one() {
    let rig = Rig::new(1).await;
    let mut leg = rig.dial(false).await;
    let full = ("503 Service Unavailable", "Retry-After: 30\r\n");
    let over = rig.refused(0, &mut leg, full, |_| {}).await;
    let told = |over: &Ended| match over.cause {
        EndCause::Rejected {
            code, retry_after, ..
        } => (code, retry_after),
        _ => (0, None),
    };
    assert_eq!(
        (over.by, told(&over)),
        (Party::Remote, (503, Some(Duration::from_secs(30))))
    );
    let mut leg = rig.dial(false).await;
    let left = unwanted(&end(&mut leg).await);
    assert!(
        left <= Duration::from_secs(30) && left > Duration::ZERO,
        "{left:?}"
    );
    assert!(!rig.invited(0));
    let mut leg = rig.dial(true).await;
    let invite = rig.carriers[0].request("INVITE").await;
    rig.carriers[0].accept(&invite).await;
    up(&mut leg).await;
}

#[tokio::test]
async fn what_one_does_not_want_goes_by_the_other_alone() {
    let rig = Rig::new(2).await;
    let mut leg = rig.dial(false).await;
    let invite = rig.carriers[0].request("INVITE").await;
    rig.carriers[0]
        .answer(&invite, "503 Full", "Retry-After: 60\r\n", "")
        .await;
    let invite = rig.carriers[1].request("INVITE").await;
    rig.carriers[1].accept(&invite).await;
    up(&mut leg).await;
    rig.forget();
    // The other one cannot carry the next call: the first is left alone all the same.
    let mut leg = rig.dial(false).await;
    let over = rig.refused(1, &mut leg, ("500 Broken", ""), |_| {}).await;
    assert!(
        matches!(over.cause, EndCause::Rejected { code: 500, .. }),
        "{over:?}"
    );
    assert!(!rig.invited(0));
    // An urgent one comes there at last.
    let mut leg = rig.dial(true).await;
    let invite = rig.carriers[1].request("INVITE").await;
    rig.carriers[1].answer(&invite, "500 Broken", "", "").await;
    let invite = rig.carriers[0].request("INVITE").await;
    rig.carriers[0].accept(&invite).await;
    up(&mut leg).await;
}

#[tokio::test]
async fn a_trunk_that_sheds_all_by_rfc_7339_gets_none() {
    let rig = Rig::new(1).await;
    let mut leg = rig.dial(false).await;
    let sheds = |got: &mut Got| {
        let asked = ";oc=100;oc-validity=45000;oc-seq=1.0;oc-algo=\"loss\"";
        got.text = got.text.replace(";oc;oc-algo=\"loss\"", asked);
        assert!(got.text.contains(asked), "{}", got.text);
    };
    let over = rig.refused(0, &mut leg, ("486 Busy Here", ""), sheds).await;
    assert!(
        matches!(over.cause, EndCause::Rejected { code: 486, .. }),
        "{over:?}"
    );
    let mut leg = rig.dial(false).await;
    let left = unwanted(&end(&mut leg).await);
    assert!(
        left <= Duration::from_secs(45) && left > Duration::from_secs(15),
        "{left:?}"
    );
    assert!(!rig.invited(0));
    // It says that it can again, in the answer to a call that comes all the same.
    let mut leg = rig.dial(true).await;
    let can = |got: &mut Got| {
        got.text = got
            .text
            .replace(";oc;oc-algo=\"loss\"", ";oc=0;oc-seq=2.0;oc-algo=\"loss\"");
    };
    rig.refused(0, &mut leg, ("486 Busy Here", ""), can).await;
    let mut leg = rig.dial(false).await;
    let invite = rig.carriers[0].request("INVITE").await;
    rig.carriers[0].accept(&invite).await;
    up(&mut leg).await;
}

#[tokio::test]
async fn of_two_that_do_not_want_it_the_sooner_one_is_told() {
    let rig = Rig::new(2).await;
    let mut leg = rig.dial(false).await;
    for (carrier, wait) in [(0, "Retry-After: 200\r\n"), (1, "Retry-After: 20\r\n")] {
        let invite = rig.carriers[carrier].request("INVITE").await;
        rig.carriers[carrier].answer(&invite, "503 Full", wait, "").await;
    }
    end(&mut leg).await;
    let mut leg = rig.dial(false).await;
    let left = unwanted(&end(&mut leg).await);
    assert!(left <= Duration::from_secs(20), "{left:?}");
}

#[tokio::test]
async fn of_calls_without_room_it_is_told_who_called() {
    let carrier = Raw::new("a", "127.0.8.4:0").await;
    let mut trunk = Trunk::by_address("a", vec![]);
    trunk.server = Some(carrier.addr().to_string());
    trunk.max_calls = Some(1);
    let mut house = Phone::new(SipConfig {
        trunks: vec![trunk],
        open: false,
        ..config()
    })
    .await;
    let to = house.addr(biseo_telephony::config::Proto::Udp);
    carrier.ask("INVITE", (to, "one"), "0311112222", SDP).await;
    let first = house.incoming().await;
    carrier.ask("INVITE", (to, "two"), "0513334444", SDP).await;
    let refused = carrier.outcome("two").await;
    assert!(refused.text.starts_with("SIP/2.0 503 "), "{}", refused.text);
    assert_eq!(refused.header("Retry-After"), "10");
    let told = loop {
        if let SipEvent::Refused(call) = house.event().await {
            break call;
        }
    };
    assert_eq!(
        (
            told.trunk.as_str(),
            told.caller.number.as_deref(),
            told.dialled.number.as_str()
        ),
        ("a", Some("+82513334444"), "+82212345678")
    );
    drop(first);
}
