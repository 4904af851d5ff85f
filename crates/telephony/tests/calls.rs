//! Two stacks call each other on loopback.

mod common;

use std::time::Duration;

use biseo_telephony::config::{
    Account, Credentials, Proto, Reliable, SecretString, SessionTimers, SipConfig,
};
use biseo_telephony::sdp::{Direction, LocalCaps, Sdp, offer};
use biseo_telephony::trunk::{Registration, Trunk};
use biseo_telephony::{EndCause, LegEvent, OutgoingCall, Party, SipError, SipEvent, SipStack};
use common::{Phone, caps, config, description, end, next, rejected};

async fn pair() -> (Phone, Phone) {
    (Phone::new(config()).await, Phone::new(config()).await)
}

fn uri(phone: &Phone, user: &str) -> String {
    format!("sip:{user}@{}", phone.addr(Proto::Udp))
}

#[tokio::test]
async fn ring_answer_hang_up_on_udp_and_tcp() {
    for tcp in [false, true] {
        let (a, mut b) = pair().await;
        let to = if tcp {
            format!("sip:x@{};transport=tcp", b.addr(Proto::Tcp))
        } else {
            uri(&b, "x")
        };
        let mut out = a.dial(&to).await;
        let mut call = b.incoming().await;
        assert_eq!(call.info.dialled.number, "x");
        call.leg.ringing();
        assert!(matches!(
            next(&mut out).await,
            LegEvent::Ringing { code: 180, sdp: None }
        ));
        call.leg.answer(description(&call));
        assert!(matches!(
            next(&mut out).await,
            LegEvent::Answered { sdp: Some(_) }
        ));
        assert!(matches!(next(&mut call.leg).await, LegEvent::Acked));
        drop(out);
        let e = end(&mut call.leg).await;
        assert_eq!((e.by, e.cause), (Party::Remote, EndCause::Hangup), "tcp {tcp}");
    }
}

#[tokio::test]
async fn the_callee_hangs_up() {
    let (a, mut b) = pair().await;
    let mut out = a.dial(&uri(&b, "x")).await;
    let call = b.incoming().await;
    call.leg.answer(description(&call));
    // Ordered before the ACK can be there: the BYE waits for it.
    call.leg.hangup();
    let e = end(&mut out).await;
    assert_eq!((e.by, e.cause), (Party::Remote, EndCause::Hangup));
}

#[tokio::test]
async fn refused_cancelled_and_dropped() {
    let (a, mut b) = pair().await;
    let mut out = a.dial(&uri(&b, "x")).await;
    b.incoming().await.leg.reject(486, None, None);
    assert_eq!(rejected(&end(&mut out).await), 486);

    let mut out = a.dial(&uri(&b, "x")).await;
    drop(b.incoming().await);
    assert_eq!(rejected(&end(&mut out).await), 480);

    let mut out = a.dial(&uri(&b, "x")).await;
    let mut call = b.incoming().await;
    out.hangup();
    assert_eq!(end(&mut call.leg).await.cause, EndCause::Cancelled);
    assert_eq!(end(&mut out).await.by, Party::Local);
}

#[tokio::test]
async fn reliable_early_media() {
    let a = Phone::new(config()).await;
    let mut b = Phone::new(SipConfig {
        reliable: Reliable::IfSupported,
        ..config()
    })
    .await;
    let mut out = a.dial(&uri(&b, "x")).await;
    let mut call = b.incoming().await;
    let text = description(&call);
    call.leg.ringing();
    call.leg.progress(text.clone());
    call.leg.answer(text);
    assert!(matches!(
        next(&mut out).await,
        LegEvent::Ringing { code: 180, .. }
    ));
    assert!(matches!(
        next(&mut out).await,
        LegEvent::Ringing {
            code: 183,
            sdp: Some(_)
        }
    ));
    // The 183 was acknowledged and held the answer, so the 200 holds none.
    assert!(matches!(next(&mut out).await, LegEvent::Answered { sdp: None }));
    assert!(matches!(next(&mut call.leg).await, LegEvent::Acked));
}

#[tokio::test]
async fn hold_and_refused_change() {
    let (a, mut b) = pair().await;
    let mut out = a.dial(&uri(&b, "x")).await;
    let mut call = b.incoming().await;
    call.leg.answer(description(&call));
    assert!(matches!(next(&mut out).await, LegEvent::Answered { .. }));
    assert!(matches!(next(&mut call.leg).await, LegEvent::Acked));
    let hold = LocalCaps {
        direction: Direction::SendOnly,
        ..caps(41_000)
    };
    out.reinvite(offer(&hold));
    let LegEvent::Reoffer(change) = next(&mut call.leg).await else {
        panic!("a change")
    };
    assert!(change.hold);
    change.accept(description(&call));
    let LegEvent::RemoteAnswer(sdp) = next(&mut out).await else {
        panic!("an answer")
    };
    assert!(Sdp::parse(sdp.text.as_bytes()).is_ok());
    out.reinvite(offer(&caps(41_002)));
    let LegEvent::Reoffer(change) = next(&mut call.leg).await else {
        panic!("a change")
    };
    assert_eq!(
        change.sdp.as_ref().and_then(|s| s.audio().map(|m| m.port)),
        Some(41_002)
    );
    drop(change);
    assert!(matches!(
        next(&mut out).await,
        LegEvent::ReinviteFailed { code: 488 }
    ));
}

#[tokio::test]
async fn sessions_are_refreshed_while_both_live() {
    let session = SessionTimers {
        expires: 2,
        min_se: 1,
        we_refresh: false,
    };
    let a = Phone::new(SipConfig { session, ..config() }).await;
    let mut b = Phone::new(SipConfig { session, ..config() }).await;
    let mut out = a.dial(&uri(&b, "x")).await;
    let mut call = b.incoming().await;
    call.leg.answer(description(&call));
    assert!(matches!(next(&mut out).await, LegEvent::Answered { .. }));
    assert!(matches!(next(&mut call.leg).await, LegEvent::Acked));
    // Three intervals without an event: the refreshes by UPDATE keep the call.
    let quiet = tokio::time::timeout(Duration::from_secs(6), out.next_event()).await;
    assert!(quiet.is_err(), "the call ended: {quiet:?}");
}

fn account() -> Account {
    Account {
        name: "owner".into(),
        password: SecretString::from("secret"),
    }
}

fn provider_trunk(server: &Phone, password: &str) -> Trunk {
    let mut trunk = Trunk::by_address("carrier", vec![]);
    trunk.server = Some(server.addr(Proto::Udp).to_string());
    trunk.credentials = Some(Credentials {
        user: "owner".into(),
        password: SecretString::from(password),
    });
    trunk.register = Some(Registration {
        user: "owner".into(),
        domain: Some("biseo".into()),
        expires: 120,
    });
    trunk
}

#[tokio::test]
async fn registration_with_digest_and_a_call_to_the_binding() {
    let mut b = Phone::new(SipConfig {
        accounts: vec![account()],
        open: false,
        ..config()
    })
    .await;
    let mut a = Phone::new(SipConfig {
        trunks: vec![provider_trunk(&b, "secret")],
        ..config()
    })
    .await;
    assert!(matches!(
        a.event().await,
        SipEvent::Registered { expires: 120, .. }
    ));
    assert!(matches!(b.event().await, SipEvent::Bound { account } if account == "owner"));
    let found = b.stack.bindings("owner").await.expect("runs");
    let [binding] = found.as_slice() else {
        panic!("one binding, not {found:?}")
    };
    let call = OutgoingCall {
        to: binding.contact.clone(),
        flow: Some(binding.flow),
        sdp: offer(&caps(41_000)),
        ..OutgoingCall::default()
    };
    let mut out = b.stack.call(call).await.expect("a way");
    let incoming = a.incoming().await;
    assert_eq!(incoming.info.trunk.as_deref(), Some("carrier"));
    incoming.leg.reject(486, None, None);
    assert_eq!(rejected(&end(&mut out).await), 486);
}

#[tokio::test]
async fn a_wrong_password_is_tried_once() {
    let b = Phone::new(SipConfig {
        accounts: vec![account()],
        open: false,
        ..config()
    })
    .await;
    let mut a = Phone::new(SipConfig {
        trunks: vec![provider_trunk(&b, "wrong")],
        ..config()
    })
    .await;
    let SipEvent::RegistrationFailed { code, retry_in, .. } = a.event().await else {
        panic!("a failure")
    };
    assert_eq!(code, 401);
    assert!((Duration::from_secs(15)..=Duration::from_secs(30)).contains(&retry_in));
}

#[tokio::test]
async fn strangers_are_refused_and_accounts_prove_themselves() {
    let mut b = Phone::new(SipConfig {
        accounts: vec![account()],
        open: false,
        ..config()
    })
    .await;
    let a = Phone::new(config()).await;
    let mut out = a.dial(&uri(&b, "x")).await;
    assert_eq!(rejected(&end(&mut out).await), 403);
    let call = |password: &str| OutgoingCall {
        to: uri(&b, "x"),
        from: Some("<sip:owner@biseo>".into()),
        credentials: Some(Credentials {
            user: "owner".into(),
            password: SecretString::from(password),
        }),
        sdp: offer(&caps(41_000)),
        ..OutgoingCall::default()
    };
    let mut out = a.stack.call(call("wrong")).await.expect("a way");
    assert_eq!(rejected(&end(&mut out).await), 401);
    let mut out = a.stack.call(call("secret")).await.expect("a way");
    let incoming = b.incoming().await;
    assert_eq!(incoming.info.account.as_deref(), Some("owner"));
    incoming.leg.reject(603, None, None);
    assert_eq!(rejected(&end(&mut out).await), 603);
}

#[tokio::test]
async fn limits_refuse_with_503() {
    let mut b = Phone::new(config()).await;
    let mut limits = config().limits;
    limits.max_calls = 1;
    let mut c = Phone::new(SipConfig { limits, ..config() }).await;
    let a = Phone::new(config()).await;
    let _first = a.dial(&uri(&c, "x")).await;
    let _held = c.incoming().await;
    let mut second = a.dial(&uri(&c, "x")).await;
    assert_eq!(rejected(&end(&mut second).await), 503);
    // Another stack has its own books.
    let _third = a.dial(&uri(&b, "x")).await;
    b.incoming().await.leg.reject(486, None, None);
}

#[tokio::test]
async fn shutdown_ends_calls_and_pings_tell_who_is_there() {
    let (a, mut b) = pair().await;
    assert_eq!(a.stack.options(&uri(&b, "x")).await.expect("a way").code, 200);
    let mut out = a.dial(&uri(&b, "x")).await;
    let mut call = b.incoming().await;
    call.leg.answer(description(&call));
    assert!(matches!(next(&mut out).await, LegEvent::Answered { .. }));
    assert!(matches!(next(&mut call.leg).await, LegEvent::Acked));
    b.stack.shutdown().await;
    assert_eq!(end(&mut call.leg).await.cause, EndCause::Shutdown);
    assert_eq!(end(&mut out).await.cause, EndCause::Hangup);
    assert_eq!(a.stack.options(&uri(&b, "x")).await.expect("a way").code, 408);
}

#[tokio::test]
async fn a_busy_port_says_which_and_what_to_do() {
    let a = Phone::new(config()).await;
    let taken = a.addr(Proto::Udp);
    let listen = vec![biseo_telephony::config::Listen {
        proto: Proto::Udp,
        addr: taken,
    }];
    let error = SipStack::start(SipConfig { listen, ..config() })
        .await
        .map(|_| ())
        .expect_err("taken");
    let text = error.to_string();
    assert!(matches!(error, SipError::Bind { .. }));
    assert!(
        text.contains(&taken.to_string()) && text.contains("another port"),
        "{text}"
    );
}
