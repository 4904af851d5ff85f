//! Webhooks: signed as Standard Webhooks says, under one id.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use std::sync::Arc;

use biseo_notify::channels::hook_secret::{HookSecrets, seal_all};
use biseo_notify::channels::webhook::{Fault, Webhooks};
use biseo_notify::channels::{Allowed, Channels, Http};
use biseo_notify::rules::ChannelKind;
use biseo_store::{DeliveryState, Webhook};
use biseo_vault::Keys;

use crate::common::{BY_WEBHOOK, Desk, SECRET, WORDS, certificate, http, shop, start, url, webhooks};
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

fn till(url: String) -> Webhook {
    Webhook {
        id: "till-1".into(),
        shop: shop(),
        name: "계산대".into(),
        url,
        secret: format!("whsec_{}", STANDARD.encode(SECRET)),
        events: vec!["message".into()],
        on: true,
        made: start(),
    }
}

fn kept(desk: &Desk) -> Channels {
    let webhooks = Webhooks::new(http()).kept_in(desk.store.clone(), None);
    Channels::new().with(ChannelKind::Webhook, Arc::new(webhooks))
}

/// Readers are told by mail, which is not set up here: only the program is reached.
const BY_MAIL: &str =
    "by = [\"email\"]\nemail = \"owner@example.com\"\nrule = [{ events = [\"all\"], when = \"never\" }]";

#[tokio::test]
async fn a_program_of_an_owners_is_told_signed_and_told_again_under_the_same_id() {
    let peer = Peer::answering(&[503, 204, 200]).await;
    let desk = Desk::new(BY_MAIL).await;
    let hook = till(url(peer.address, "/till"));
    assert!(desk.store.add_webhook(&hook).await.unwrap());
    let worker = desk.worker(kept(&desk));
    assert_eq!(desk.tell().await, 1);
    assert_eq!(desk.tell_of("m1").await, 0, "once");
    assert_eq!(worker.round().await.unwrap(), 1);
    desk.an_hour_later();
    assert_eq!(worker.round().await.unwrap(), 1);
    let first = desk.delivery().await;
    assert_eq!(
        (first.state, first.answer, first.tries),
        (DeliveryState::Sent, Some(204), 2)
    );
    let again = desk
        .notifier
        .send_again(&shop(), &first.id, start())
        .await
        .unwrap()
        .unwrap();
    assert_ne!(again.id, first.id);
    assert_eq!(worker.round().await.unwrap(), 1);
    let got = peer.got();
    assert_eq!(got.len(), 3);
    assert!(
        got.iter()
            .all(|g| is_signed(g) && g.header("webhook-id") == first.id && g.path == "/till")
    );
    assert_eq!(got[1].body, got[2].body, "word for word");
    let shown = desk.notifier.webhook_body(&again).await.unwrap().unwrap();
    assert_eq!(shown.as_bytes(), &got[2].body[..]);
    assert_eq!(
        desk.store
            .delivery(&shop(), &again.id)
            .await
            .unwrap()
            .unwrap()
            .answer,
        Some(200)
    );
}

#[tokio::test]
async fn a_test_says_that_nothing_happened_and_what_is_off_or_gone_is_not_told() {
    let peer = Peer::answering(&[200]).await;
    let desk = Desk::new(BY_MAIL).await;
    let hook = till(url(peer.address, "/till"));
    desk.store.add_webhook(&hook).await.unwrap();
    let worker = desk.worker(kept(&desk));
    let test = desk
        .notifier
        .test_webhook(&shop(), &hook.id, start())
        .await
        .unwrap();
    assert_eq!(worker.round().await.unwrap(), 1);
    let body: serde_json::Value = serde_json::from_slice(&peer.got()[0].body).unwrap();
    assert_eq!(body["data"]["events"][0]["fact"]["kind"], "test");
    assert_eq!(peer.got()[0].header("webhook-id"), test.id);
    // Switched off between the event and its sending, and taken away.
    assert_eq!(desk.tell_of("m2").await, 1);
    let off = Webhook {
        on: false,
        ..hook.clone()
    };
    assert!(desk.store.change_webhook(&off).await.unwrap());
    assert_eq!(worker.round().await.unwrap(), 1);
    assert_eq!(desk.tell_of("m3").await, 0, "off");
    let told = desk.store.deliveries(&shop(), 9).await.unwrap();
    let off = told.iter().find(|d| d.id != test.id).unwrap();
    assert_eq!(Fault::of(off.fault.as_deref().unwrap()), Fault::Off);
    assert!(desk.store.remove_webhook(&shop(), &hook.id).await.unwrap());
    let gone = desk
        .notifier
        .send_again(&shop(), &test.id, start())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(worker.round().await.unwrap(), 1);
    let gone = desk.store.delivery(&shop(), &gone.id).await.unwrap().unwrap();
    assert_eq!(Fault::of(gone.fault.as_deref().unwrap()), Fault::Gone);
    assert_eq!(peer.got().len(), 1);
}

#[tokio::test]
async fn an_address_in_a_private_network_is_not_reached() {
    let peer = Peer::answering(&[200]).await;
    let desk = Desk::new(BY_MAIL).await;
    desk.store
        .add_webhook(&till(url(peer.address, "/till")))
        .await
        .unwrap();
    let public = Http::new(Allowed::public(), Some(certificate().as_bytes())).unwrap();
    let webhooks = Webhooks::new(public).kept_in(desk.store.clone(), None);
    let worker = desk.worker(Channels::new().with(ChannelKind::Webhook, Arc::new(webhooks)));
    assert_eq!(desk.tell().await, 1);
    assert_eq!(worker.round().await.unwrap(), 1);
    let refused = desk.delivery().await;
    assert_eq!(refused.state, DeliveryState::GivenUp);
    assert_eq!(Fault::of(refused.fault.as_deref().unwrap()), Fault::Unreachable);
    assert!(peer.got().is_empty());
}

/// Events are told again at a start, for whoever missed them: a program that came later did not.
#[tokio::test]
async fn a_program_is_not_told_of_what_was_before_it() {
    let desk = Desk::new(BY_MAIL).await;
    let later = Webhook {
        made: start() + jiff::SignedDuration::from_mins(1),
        ..till("https://till.example/x".into())
    };
    assert!(desk.store.add_webhook(&later).await.unwrap());
    assert_eq!(desk.tell().await, 0);
}

#[tokio::test]
async fn a_sealed_secret_signs_as_before_and_without_its_key_nothing_is_sent() {
    let peer = Peer::answering(&[200, 200]).await;
    let desk = Desk::new(BY_MAIL).await;
    let hook = till(url(peer.address, "/till"));
    assert!(desk.store.add_webhook(&hook).await.unwrap());
    let keys = Arc::new(Keys::generate().unwrap());
    let sealed = |sealed, locked| HookSecrets { sealed, locked };
    let seal = async |keys| seal_all(&desk.store, keys).await.unwrap();
    assert_eq!(seal(None).await, sealed(0, 0));
    assert_eq!(seal(Some(&keys)).await, sealed(1, 0));
    assert_eq!(seal(Some(&keys)).await, sealed(0, 0));
    assert_eq!(seal(None).await, sealed(0, 1));
    let kept = desk.store.webhook(&shop(), &hook.id).await.unwrap().unwrap();
    assert!(!kept.secret.contains("whsec_"), "{}", kept.secret);

    let by = |keys: Option<Arc<Keys>>| {
        let webhooks = Webhooks::new(http()).kept_in(desk.store.clone(), keys);
        desk.worker(Channels::new().with(ChannelKind::Webhook, Arc::new(webhooks)))
    };
    assert_eq!(desk.tell().await, 1);
    assert_eq!(by(None).round().await.unwrap(), 1);
    assert!(peer.got().is_empty(), "it waits for its key");
    desk.an_hour_later();
    assert_eq!(by(Some(keys)).round().await.unwrap(), 1);
    assert!(matches!(peer.got().as_slice(), [one] if is_signed(one)));
}
