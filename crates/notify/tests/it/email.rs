//! E-mail: to a mail server of the tests' own.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use biseo_notify::channels::email::{Account, Email, Protection};
use biseo_store::DeliveryState;

use crate::common::{Desk, WORDS};
use crate::mail_server::{MailServer, PASSWORD};

const READER: &str = "by = [\"email\"]\nemail = \"owner@example.com\"";

/// The value of a header of the letter, unfolded.
fn header(data: &str, name: &str) -> Option<String> {
    let head = data.split("\r\n\r\n").next()?.replace("\r\n ", " ");
    let line = head.lines().find(|l| l.starts_with(&format!("{name}: ")))?;
    Some(line[name.len() + 2..].to_string())
}

/// The parts as text, whichever of the two encodings they have (RFC 2045 §6.7, §6.8).
fn parts(data: &str) -> Vec<String> {
    let mut parts = Vec::new();
    for part in data.split("Content-Transfer-Encoding: ").skip(1) {
        let (head, body) = part.split_once("\r\n\r\n").unwrap();
        let body = body.split("\r\n--").next().unwrap();
        let octets = match head.lines().next().unwrap() {
            "base64" => STANDARD.decode(body.replace("\r\n", "")).unwrap(),
            "quoted-printable" => quoted(&body.replace("=\r\n", "")),
            other => panic!("{other}"),
        };
        parts.push(String::from_utf8(octets).unwrap());
    }
    parts
}

fn quoted(text: &str) -> Vec<u8> {
    let mut pieces = text.split('=');
    let mut out = pieces.next().unwrap().as_bytes().to_vec();
    for piece in pieces {
        out.push(u8::from_str_radix(&piece[..2], 16).unwrap());
        out.extend_from_slice(&piece.as_bytes()[2..]);
    }
    out
}

#[tokio::test]
async fn a_message_arrives_once_after_two_refusals() {
    let server = MailServer::answering(&["451 later", "450 busy", "250 ok"]).await;
    let desk = Desk::new(READER).await;
    let delivery = desk.third_try_arrives(&desk.worker(server.channels())).await;
    assert_eq!(*server.asked.lock().unwrap(), 3);
    let taken = server.taken.lock().unwrap().clone();
    assert_eq!(taken.len(), 1);
    let letter = &taken[0];
    assert!(letter.from.starts_with("MAIL FROM:<shop@example.com>"));
    assert_eq!(letter.to, ["RCPT TO:<owner@example.com>"]);
    let id = format!("<{}@example.com>", delivery.id);
    assert_eq!(header(&letter.data, "Message-ID"), Some(id));
    assert_eq!(
        header(&letter.data, "Auto-Submitted").as_deref(),
        Some("auto-generated")
    );
    let [text, html] = parts(&letter.data).try_into().unwrap();
    assert!(text.contains(WORDS) && !text.contains("<p>"));
    assert!(html.contains(WORDS) && html.contains("<p>"));
}

#[tokio::test]
async fn further_letters_arrive_once_each() {
    let server = MailServer::answering(&["250 ok"; 3]).await;
    let desk = Desk::new(READER).await;
    let worker = desk.worker(server.channels());
    for n in 0..3 {
        assert_eq!(desk.tell_of(&format!("m{n}")).await, 1);
        assert_eq!(worker.round().await.unwrap(), 1);
    }
    assert_eq!(worker.round().await.unwrap(), 0);
    assert_eq!(server.taken.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn a_mailbox_that_does_not_exist_is_given_up() {
    let server = MailServer::answering(&["550 no such mailbox"]).await;
    let desk = Desk::new(READER).await;
    let worker = desk.worker(server.channels());
    assert_eq!(desk.tell().await, 1);
    assert_eq!(worker.round().await.unwrap(), 1);
    let delivery = desk.delivery().await;
    assert_eq!(delivery.state, DeliveryState::GivenUp);
    // What the server says may name an address: only its code is kept.
    let fault = delivery.fault.unwrap();
    assert!(fault.contains("550") && !fault.contains("no such"), "{fault}");
    assert_eq!(worker.round().await.unwrap(), 0);
    assert!(server.taken.lock().unwrap().is_empty());
}

#[test]
fn an_unprotected_way_to_another_machine_is_refused() {
    let account = |host: &str, protection| Account {
        host: host.into(),
        port: 25,
        protection,
        login: None,
        from: "shop@example.com".into(),
        ca: None,
    };
    let refused = Email::new(&account("mail.example.com", Protection::None)).unwrap_err();
    assert_eq!(refused.field, "protection");
}

#[tokio::test]
async fn by_tls_from_the_start_and_by_starttls_with_a_login_it_arrives_once() {
    for protection in [Protection::Tls, Protection::StartTls] {
        let server = MailServer::secure(protection, "localhost", &["451 later", "250 ok"]).await;
        let desk = Desk::new(READER).await;
        let worker = desk.worker(server.channels_by("localhost", protection, Some(PASSWORD)));
        desk.tell().await;
        for state in [DeliveryState::Failed, DeliveryState::Sent] {
            assert_eq!(worker.round().await.unwrap(), 1);
            let delivery = desk.delivery().await;
            assert_eq!(delivery.state, state, "{protection:?} {:?}", delivery.fault);
            desk.an_hour_later();
        }
        let taken = server.taken.lock().unwrap().clone();
        assert_eq!(taken.len(), 1, "{protection:?}");
        assert!(taken[0].by_tls && taken[0].signed_in);
        assert!(parts(&taken[0].data)[0].contains(WORDS));
        // In the clear nothing was said but who calls, and that TLS is wanted.
        let clear = server.clear.lock().unwrap().clone();
        let fine = |line: &String| line.starts_with("EHLO") || line == "STARTTLS";
        assert!(clear.iter().all(fine), "{clear:?}");
    }
}

/// Nothing is said to a server that cannot prove its name, that another issuer vouches for, or that has no TLS at all.
#[tokio::test]
async fn a_server_that_may_be_another_gets_neither_password_nor_letter() {
    for protection in [Protection::Tls, Protection::StartTls] {
        let other_name = MailServer::secure(protection, "mail.example.com", &["250 ok"]).await;
        let mut other_issuer = MailServer::secure(protection, "localhost", &["250 ok"]).await;
        other_issuer.issuer = other_name.issuer.clone();
        let no_tls = MailServer::secure(Protection::None, "localhost", &["250 ok"]).await;
        for (server, what) in [(other_name, "name"), (other_issuer, "issuer"), (no_tls, "no TLS")] {
            let desk = Desk::new(READER).await;
            let worker = desk.worker(server.channels_by("localhost", protection, Some(PASSWORD)));
            desk.tell().await;
            worker.round().await.unwrap();
            let delivery = desk.delivery().await;
            assert_eq!(delivery.state, DeliveryState::Failed, "{protection:?} {what}");
            assert!(server.taken.lock().unwrap().is_empty());
            let clear = server.clear.lock().unwrap().join(" ");
            assert!(!clear.contains("AUTH") && !clear.contains("MAIL"), "{clear}");
        }
    }
}

#[tokio::test]
async fn a_wrong_password_is_the_operators_to_mend_and_tried_again() {
    let server = MailServer::secure(Protection::Tls, "localhost", &["250 ok"]).await;
    let desk = Desk::new(READER).await;
    desk.tell().await;
    let worker = desk.worker(server.channels_by("localhost", Protection::Tls, Some("wrong")));
    worker.round().await.unwrap();
    let delivery = desk.delivery().await;
    assert_eq!(delivery.state, DeliveryState::Failed);
    assert!(delivery.fault.unwrap().contains("refuses the account (535)"));
    desk.an_hour_later();
    let worker = desk.worker(server.channels_by("localhost", Protection::Tls, Some(PASSWORD)));
    worker.round().await.unwrap();
    assert_eq!(desk.delivery().await.state, DeliveryState::Sent);
}
