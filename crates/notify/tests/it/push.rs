//! Web push: the service checks who sends (RFC 8292), the browser decrypts (RFC 8188, RFC 8291). Both are written here from the
//! standards, not by the functions that are tested.

use std::sync::Arc;

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{self, ECDH_P256, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::signature::{self, ECDSA_P256_SHA256_FIXED};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use biseo_notify::channels::Channels;
use biseo_notify::channels::push::{Push, Vapid};
use biseo_notify::rules::ChannelKind;
use biseo_store::{DeliveryState, Subscription};

use crate::common::{Desk, WORDS, http, shop, start, url};
use crate::peer::{Got, Peer};

const AUTH: [u8; 16] = [3; 16];

/// A browser: its private key stays here.
struct Browser(PrivateKey);

impl Browser {
    fn new() -> Self {
        Self(PrivateKey::generate(&ECDH_P256).unwrap())
    }

    fn public(&self) -> Vec<u8> {
        self.0.compute_public_key().unwrap().as_ref().to_vec()
    }

    async fn subscribe(&self, desk: &Desk, peer: &Peer) {
        let subscription = Subscription {
            id: "browser1".into(),
            shop: shop(),
            reader: "owner".into(),
            endpoint: url(peer.address, "/push/abc"),
            p256dh: URL_SAFE_NO_PAD.encode(self.public()),
            auth: URL_SAFE_NO_PAD.encode(AUTH),
            made: start(),
        };
        desk.store.subscribe(&subscription).await.unwrap();
    }

    /// The header is salt, record size, length of the key and the key (RFC 8188 §2.1); then one record.
    fn open(&self, sealed: &[u8]) -> serde_json::Value {
        let (salt, rest) = sealed.split_at(16);
        assert_eq!(rest[..5], [0, 0, 16, 0, 65]);
        let (theirs, record) = rest[5..].split_at(65);
        let (key, nonce) = self.keys(salt, theirs);
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap());
        let nonce = Nonce::try_assume_unique_for_key(&nonce).unwrap();
        let mut record = record.to_vec();
        let plain = key.open_in_place(nonce, Aad::empty(), &mut record).unwrap();
        let (end, text) = plain.split_last().unwrap();
        assert_eq!(*end, 2);
        serde_json::from_slice(text).unwrap()
    }

    fn keys(&self, salt: &[u8], theirs: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let peer = UnparsedPublicKey::new(&ECDH_P256, theirs);
        let shared = agreement::agree(&self.0, peer, (), |shared| Ok(shared.to_vec())).unwrap();
        let info = [b"WebPush: info\0", &self.public()[..], theirs].concat();
        let material = derive(&AUTH, &shared, &info, 32);
        (
            derive(salt, &material, b"Content-Encoding: aes128gcm\0", 16),
            derive(salt, &material, b"Content-Encoding: nonce\0", 12),
        )
    }
}

struct Octets(usize);

impl KeyType for Octets {
    fn len(&self) -> usize {
        self.0
    }
}

fn derive(salt: &[u8], secret: &[u8], info: &[u8], length: usize) -> Vec<u8> {
    let mut out = vec![0; length];
    let key = Salt::new(HKDF_SHA256, salt).extract(secret);
    key.expand(&[info], Octets(length))
        .unwrap()
        .fill(&mut out)
        .unwrap();
    out
}

/// As a push service checks it: signed by `k`, for this service, and not for more than a day.
fn check_sender(got: &Got, peer: &Peer, public: &str, now: i64) {
    let (token, key) = got
        .header("authorization")
        .strip_prefix("vapid t=")
        .unwrap()
        .split_once(", k=")
        .unwrap();
    assert_eq!(key, public);
    let (signed, tag) = token.rsplit_once('.').unwrap();
    let key =
        signature::UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, URL_SAFE_NO_PAD.decode(key).unwrap());
    let tag = URL_SAFE_NO_PAD.decode(tag).unwrap();
    key.verify(signed.as_bytes(), &tag).unwrap();
    assert!(key.verify(b"another", &tag).is_err());
    let (header, claims) = signed.split_once('.').unwrap();
    let read = |part: &str| -> serde_json::Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    assert_eq!(read(header)["alg"], "ES256");
    let claims = read(claims);
    assert_eq!(claims["aud"], url(peer.address, ""));
    assert_eq!(claims["sub"], "mailto:operator@example.com");
    assert!((now + 1..=now + 24 * 3600).contains(&claims["exp"].as_i64().unwrap()));
}

fn channels(desk: &Desk) -> (Channels, String) {
    let key = Vapid::generate().unwrap();
    let vapid = Vapid::new(&key, "mailto:operator@example.com").unwrap();
    let public = vapid.public().to_string();
    let push = Push::new(http(), vapid, desk.store.clone());
    (Channels::new().with(ChannelKind::Push, Arc::new(push)), public)
}

#[tokio::test]
async fn a_message_arrives_once_after_two_refusals_and_only_the_browser_reads_it() {
    let peer = Peer::answering(&[500, 429, 201]).await;
    let desk = Desk::new("by = [\"push\"]").await;
    let browser = Browser::new();
    browser.subscribe(&desk, &peer).await;
    let (channels, public) = channels(&desk);
    let delivery = desk.third_try_arrives(&desk.worker(channels)).await;
    let got = peer.got();
    assert_eq!(got.len(), 3);
    for (hour, got) in (0..).zip(&got) {
        assert_eq!(got.path, "/push/abc");
        assert_eq!(got.header("content-encoding"), "aes128gcm");
        assert_eq!(got.header("topic"), delivery.id);
        assert!(got.header("ttl").parse::<u32>().unwrap() > 0);
        check_sender(got, &peer, &public, start().as_second() + hour * 3600);
        let notice = browser.open(&got.body);
        assert_eq!(notice["tag"], delivery.id);
        assert!(notice["title"].as_str().unwrap().contains("행복식당"));
        assert!(notice["body"].as_str().unwrap().contains(WORDS));
    }
    // A key pair and a salt for each.
    assert_ne!(got[0].body[..86], got[1].body[..86]);
}

#[tokio::test]
async fn a_browser_that_is_gone_is_forgotten() {
    let peer = Peer::answering(&[410]).await;
    let desk = Desk::new("by = [\"push\"]").await;
    desk.subscribe(peer.address).await;
    let worker = desk.worker(channels(&desk).0);
    assert_eq!(desk.tell().await, 1);
    assert_eq!(worker.round().await.unwrap(), 1);
    assert_eq!(desk.delivery().await.state, DeliveryState::GivenUp);
    assert!(
        desk.store
            .subscriptions(&shop(), "owner")
            .await
            .unwrap()
            .is_empty()
    );
}
