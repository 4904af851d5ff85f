//! Webhooks: signed as Standard Webhooks says, under one id.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::common::{BY_WEBHOOK, Desk, SECRET, WORDS, shop, start, webhooks};
use crate::peer::{Got, Peer};

/// As a receiver checks it.
fn is_signed(got: &Got) -> bool {
    let (id, second) = (got.header("webhook-id"), got.header("webhook-timestamp"));
    let signed = [format!("{id}.{second}.").as_bytes(), &got.body].concat();
    let signature = got.header("webhook-signature").strip_prefix("v1,").unwrap();
    let signature = STANDARD.decode(signature).unwrap();
    hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, &SECRET), &signed, &signature).is_ok()
}

#[tokio::test]
async fn a_message_arrives_once_after_two_refusals() {
    let peer = Peer::answering(&[503, 429, 204]).await;
    let desk = Desk::new(BY_WEBHOOK).await;
    let delivery = desk.third_try_arrives(&desk.worker(webhooks(peer.address))).await;
    let got = peer.got();
    assert_eq!(got.len(), 3);
    for (hour, got) in (0..).zip(&got) {
        assert_eq!(got.path, "/hook");
        assert_eq!(got.header("webhook-id"), delivery.id);
        let second = start().as_second() + hour * 3600;
        assert_eq!(got.header("webhook-timestamp"), second.to_string());
        assert!(is_signed(got));
    }
    let mut forged = got[2].clone();
    forged.body = [&forged.body[..], b" "].concat().into();
    assert!(!is_signed(&forged));
    let body: serde_json::Value = serde_json::from_slice(&got[2].body).unwrap();
    assert_eq!(body["type"], "notice");
    assert_eq!(body["data"]["shop"], shop().as_str());
    assert_eq!(body["data"]["events"][0]["fact"]["message"]["text"], WORDS);
}

#[tokio::test]
async fn what_is_refused_for_good_is_given_up() {
    let peer = Peer::answering(&[410]).await;
    let desk = Desk::new(BY_WEBHOOK).await;
    let worker = desk.worker(webhooks(peer.address));
    assert_eq!(desk.tell().await, 1);
    assert_eq!(worker.round().await.unwrap(), 1);
    assert_eq!(desk.delivery().await.state, biseo_store::DeliveryState::GivenUp);
    assert_eq!(worker.round().await.unwrap(), 0);
    assert_eq!(peer.got().len(), 1);
}

#[tokio::test]
async fn a_talkative_receiver_has_it_all_the_same() {
    let peer = Peer::talking(&[200], 3_000_000).await;
    let desk = Desk::new(BY_WEBHOOK).await;
    let worker = desk.worker(webhooks(peer.address));
    assert_eq!(desk.tell().await, 1);
    assert_eq!(worker.round().await.unwrap(), 1);
    assert_eq!(desk.delivery().await.state, biseo_store::DeliveryState::Sent);
}

#[tokio::test]
async fn a_receiver_that_is_being_set_up_is_tried_again() {
    let peer = Peer::answering(&[404, 401, 204]).await;
    let desk = Desk::new(BY_WEBHOOK).await;
    desk.third_try_arrives(&desk.worker(webhooks(peer.address))).await;
}
