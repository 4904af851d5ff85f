//! SIP over TLS: calls by it, whom we believe and who must be believed, renewal, and floods of handshakes.

#[path = "common/certificates.rs"]
mod certificates;
mod common;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use biseo_telephony::config::{Limits, Listen, Proto, SipConfig, Tls, TlsFiles};
use biseo_telephony::tls::{TlsError, inspect, inspect_issuers};
use biseo_telephony::{EndCause, LegEvent, Party, SipError, SipStack};
use certificates::Authority;
use common::*;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// A stack on TLS alone.
fn by_tls(own: Option<&TlsFiles>, ca: Option<PathBuf>) -> SipConfig {
    let listen = Listen {
        proto: Proto::Tls,
        addr: ([127, 0, 0, 1], 0).into(),
    };
    let plain = Listen {
        proto: Proto::Udp,
        ..listen
    };
    SipConfig {
        listen: if own.is_some() { vec![listen] } else { vec![plain] },
        tls: Tls {
            own: own.cloned(),
            ca,
            look_every: Duration::from_millis(50),
            ..Tls::default()
        },
        ..config()
    }
}

fn address(phone: &Phone, host: &str) -> String {
    format!("sip:shop@{host}:{};transport=tls", phone.addr(Proto::Tls).port())
}

#[tokio::test]
async fn a_call_by_tls_both_ways() {
    let folder = tempfile::tempdir().unwrap();
    let ca = Authority::new(folder.path(), "ca");
    let files = ca.issue("shop", &["localhost", "127.0.0.1"]);
    let mut shop = Phone::new(by_tls(Some(&files), None)).await;
    // The caller has no certificate and listens nowhere by TLS: a home line at a provider.
    let caller = Phone::new(by_tls(None, Some(ca.file()))).await;
    for (to, hang_up) in [
        (address(&shop, "localhost"), Party::Local),
        (address(&shop, "127.0.0.1"), Party::Remote),
        (format!("sips:shop@{}", shop.addr(Proto::Tls)), Party::Remote),
    ] {
        let mut leg = caller.dial(&to).await;
        let mut call = shop.incoming().await;
        assert!(call.info.encrypted, "{to}");
        let via = call.info.headers.get("Via").unwrap_or_default();
        assert!(via.starts_with("SIP/2.0/TLS "), "{via}");
        call.leg.answer(description(&call));
        assert!(matches!(next(&mut leg).await, LegEvent::Answered { .. }), "{to}");
        assert!(matches!(next(&mut call.leg).await, LegEvent::Acked), "{to}");
        // What the callee sends finds the caller by the connection that is there: there is no other way.
        if hang_up == Party::Remote {
            call.leg.hangup();
        } else {
            leg.hangup();
        }
        assert_eq!(end(&mut leg).await.by, hang_up, "{to}");
        end(&mut call.leg).await;
    }
    let reply = caller.stack.options(&address(&shop, "localhost")).await.unwrap();
    assert_eq!(reply.code, 200);
}

#[tokio::test]
async fn nobody_speaks_with_a_server_whose_certificate_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let (ca, other) = (
        Authority::new(folder.path(), "ca"),
        Authority::new(folder.path(), "other"),
    );
    let good = ca.issue("good", &["localhost"]);
    let elsewhere = ca.issue("elsewhere", &["sip.example"]);
    let foreign = other.issue("foreign", &["localhost"]);
    let expired = ca.issue_until("expired", &["localhost"], (2020, 1, 1));
    let caller = Phone::new(by_tls(None, Some(ca.file()))).await;
    for (files, heard) in [
        (good, true),
        (elsewhere, false),
        (foreign, false),
        (expired, false),
    ] {
        let mut shop = Phone::new(by_tls(Some(&files), None)).await;
        let mut leg = caller.dial(&address(&shop, "localhost")).await;
        if heard {
            let call = shop.incoming().await;
            call.leg.reject(486, None, None);
            assert_eq!(rejected(&end(&mut leg).await), 486);
        } else {
            assert_eq!(end(&mut leg).await.cause, EndCause::Timeout, "{files:?}");
            assert!(shop.events.try_recv().is_err(), "{files:?}");
        }
    }
}

#[tokio::test]
async fn where_callers_must_be_vouched_for_strangers_are_not_heard() {
    let folder = tempfile::tempdir().unwrap();
    let (ca, other) = (
        Authority::new(folder.path(), "ca"),
        Authority::new(folder.path(), "other"),
    );
    let mut guarded = by_tls(Some(&ca.issue("shop", &["localhost"])), None);
    guarded.tls.client_ca = Some(ca.file());
    let mut shop = Phone::new(guarded).await;
    let known = ca.issue("known", &["phone.example"]);
    let unknown = other.issue("unknown", &["phone.example"]);
    for (own, heard) in [(None, false), (Some(&unknown), false), (Some(&known), true)] {
        let caller = Phone::new(by_tls(own, Some(ca.file()))).await;
        let mut leg = caller.dial(&address(&shop, "localhost")).await;
        if heard {
            shop.incoming().await.leg.reject(486, None, None);
            assert_eq!(rejected(&end(&mut leg).await), 486);
        } else {
            assert_eq!(end(&mut leg).await.cause, EndCause::Timeout, "{own:?}");
            assert!(shop.events.try_recv().is_err(), "{own:?}");
        }
    }
}

/// Connects by TLS as anybody; gives the certificate that is shown.
async fn shown(ca: &Authority, to: SocketAddr) -> CertificateDer<'static> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(ca.file()).unwrap())
        .unwrap();
    let config = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = TcpStream::connect(to).await.unwrap();
    let stream = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
        .unwrap();
    stream.get_ref().1.peer_certificates().unwrap()[0]
        .clone()
        .into_owned()
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_and_no_call_ends() {
    let folder = tempfile::tempdir().unwrap();
    let ca = Authority::new(folder.path(), "ca");
    let files = ca.issue("shop", &["localhost"]);
    let mut shop = Phone::new(by_tls(Some(&files), None)).await;
    let caller = Phone::new(by_tls(None, Some(ca.file()))).await;
    let mut leg = caller.dial(&address(&shop, "localhost")).await;
    let mut call = shop.incoming().await;
    call.leg.answer(description(&call));
    next(&mut leg).await;
    next(&mut call.leg).await;
    let old = shown(&ca, shop.addr(Proto::Tls)).await;

    // Half of a renewal: the key does not fit, and the old one stays.
    let new = ca.issue("new", &["localhost"]);
    std::fs::copy(&new.certificate, &files.certificate).unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(shown(&ca, shop.addr(Proto::Tls)).await, old);
    std::fs::copy(&new.key, &files.key).unwrap();
    let end_of_patience = tokio::time::Instant::now() + PATIENCE;
    while shown(&ca, shop.addr(Proto::Tls)).await == old {
        assert!(
            tokio::time::Instant::now() < end_of_patience,
            "the old one is still shown"
        );
        tokio::time::sleep(Duration::from_millis(400)).await;
    }
    leg.hangup();
    assert_eq!(end(&mut call.leg).await.cause, EndCause::Hangup);
}

/// A connection from an address of one's own that says nothing.
async fn silent(from: [u8; 4], to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((from, 0).into()).unwrap();
    socket.connect(to).await.unwrap()
}

/// How many of these the other side has closed.
async fn closed(streams: &mut [TcpStream]) -> usize {
    let mut closed = 0;
    for stream in streams {
        let mut octets = [0; 8];
        let read = tokio::time::timeout(Duration::from_millis(5), stream.read(&mut octets)).await;
        closed += usize::from(matches!(read, Ok(Ok(0) | Err(_))));
    }
    closed
}

#[tokio::test]
async fn a_flood_of_handshakes_is_bounded_and_calls_still_come() {
    let folder = tempfile::tempdir().unwrap();
    let ca = Authority::new(folder.path(), "ca");
    let mut guarded = by_tls(Some(&ca.issue("shop", &["localhost"])), None);
    guarded.limits = Limits {
        max_handshakes: 20,
        handshakes_per_second: 4.0,
        tls_handshake_time: Duration::from_secs(2),
        ..Limits::default()
    };
    let mut shop = Phone::new(guarded).await;
    let to = shop.addr(Proto::Tls);
    let mut one = Vec::new();
    for _ in 0..100 {
        one.push(silent([127, 0, 7, 1], to).await);
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let refused = closed(&mut one).await;
    assert!(
        refused >= 75,
        "one address has {} handshakes at once",
        100 - refused
    );
    // Many addresses: all together are bounded as well.
    let mut many = Vec::new();
    for n in 0..100 {
        many.push(silent([127, 0, 8, n], to).await);
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(closed(&mut many).await >= 80, "too many handshakes at once");
    // Whoever dawdles is closed, and then there is room again.
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!((closed(&mut one).await, closed(&mut many).await), (100, 100));
    let caller = Phone::new(by_tls(None, Some(ca.file()))).await;
    let mut leg = caller.dial(&address(&shop, "localhost")).await;
    shop.incoming().await.leg.reject(486, None, None);
    assert_eq!(rejected(&end(&mut leg).await), 486);
}

#[tokio::test]
async fn faults_in_files_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let ca = Authority::new(folder.path(), "ca");
    let good = ca.issue_until("good", &["sip.example", "192.0.2.7"], (2031, 5, 1));
    let other = ca.issue("other", &["sip.example"]);
    let facts = inspect(&good).unwrap();
    assert_eq!(facts.not_after, 1_935_360_000);
    assert!(facts.not_before < facts.not_after);
    assert!(facts.names("sip.example") && facts.names("192.0.2.7"));
    assert!(!facts.names("other.example") && !facts.names("192.0.2.8") && !facts.names(""));
    let with = |certificate: &PathBuf, key: &PathBuf| TlsFiles {
        certificate: certificate.clone(),
        key: key.clone(),
    };
    let nowhere = folder.path().join("nowhere");
    assert!(matches!(
        inspect(&with(&nowhere, &good.key)),
        Err(TlsError::Unreadable { .. })
    ));
    assert!(matches!(
        inspect(&with(&good.key, &good.key)),
        Err(TlsError::NoCertificate { .. })
    ));
    assert!(matches!(
        inspect(&with(&good.certificate, &good.certificate)),
        Err(TlsError::NoKey { .. })
    ));
    assert!(matches!(
        inspect(&with(&good.certificate, &other.key)),
        Err(TlsError::Mismatch { .. })
    ));
    assert!(inspect_issuers(&ca.file()).is_ok() && inspect_issuers(&good.key).is_err());
    let refused = SipStack::start(by_tls(Some(&with(&nowhere, &good.key)), None)).await;
    assert!(matches!(refused, Err(SipError::Tls(_))));
    let mut without = by_tls(Some(&good), None);
    without.tls.own = None;
    assert!(matches!(
        SipStack::start(without).await,
        Err(SipError::NoCertificate(_))
    ));
}
