//! Recordings and second factors that lie sealed.

use std::path::PathBuf;

use axum::http::StatusCode;
use biseo_api::auth::{count_sealed, seal_factors, totp_at};
use biseo_model::ids::CallId;
use biseo_model::record::CallRecord;
use biseo_vault::layout::{CHUNK, HEADER, SOUND};
use biseo_vault::{Keys, Sealer, is_sealed_text};
use http_body_util::BodyExt;
use serde_json::json;

use crate::both;
use crate::common::*;

const PATH: &str = "/shops/haengbok/calls/c/recording";
/// Longer than what is read at once, so that a fault may come late.
const OCTETS: usize = 40 * SOUND + 100;

/// The WAV file, and the file that holds it.
fn recording(keys: &Keys) -> (Vec<u8>, Vec<u8>) {
    let sound: Vec<u8> = (0..OCTETS).map(|n| (n * 7 % 251) as u8).collect();
    let mut sealer = Sealer::new(keys).unwrap();
    let mut file = sealer.header().to_vec();
    sealer.push(&sound, &mut file).unwrap();
    sealer.finish(&mut file).unwrap();
    let mut wav = biseo_vault::wav_header(OCTETS as u64).to_vec();
    wav.extend_from_slice(&sound);
    (wav, file)
}

/// A call with this file.
async fn call(site: &Site, file: &[u8]) -> PathBuf {
    let call = CallRecord {
        id: CallId::new("c").unwrap(),
        shop: shop("haengbok"),
        caller: None,
        dialled: None,
        forwarded: None,
        started: site.now(),
        answered: Some(site.now()),
        ended: None,
        end: None,
        recording: Some("recordings/c.wav".into()),
    };
    site.store.begin_call(&call).await.unwrap();
    let path = site.dir.path().join("data/recordings/c.wav");
    std::fs::write(&path, file).unwrap();
    path
}

/// Asks for it; the whole answer, octets included.
async fn hear(site: &Site, cookie: &str, headers: &[(&str, &str)]) -> (StatusCode, Vec<u8>) {
    let answer = site.raw(request("GET", cookie, PATH, headers, None)).await;
    let status = answer.status();
    let octets = answer.into_body().collect().await.unwrap().to_bytes();
    (status, octets.to_vec())
}

#[tokio::test]
async fn a_sealed_recording_is_heard_as_the_wav_file_that_it_was() {
    let keys = Keys::generate().unwrap();
    let site = sqlite().await.with_keys(Some(&keys));
    let owner = site.join("sajang", "haengbok").await;
    let (wav, file) = recording(&keys);
    call(&site, &file).await;
    assert!(hear(&site, &owner, &[]).await == (StatusCode::OK, wav.clone()));
    let last = wav.len() - 1;
    for (asked, range) in [
        ("bytes=0-0", 0..=0),
        ("bytes=40-47", 40..=47),
        ("bytes=4000-9000", 4000..=9000),
        ("bytes=100-", 100..=last),
        ("bytes=-5", last - 4..=last),
    ] {
        let (status, octets) = hear(&site, &owner, &[("range", asked)]).await;
        assert_eq!(status, StatusCode::PARTIAL_CONTENT, "{asked}");
        assert!(octets == wav[range], "{asked}");
    }
    let beyond = format!("bytes={}-", wav.len());
    let asked = request("GET", &owner, PATH, &[("range", &beyond)], None);
    let refused = site.send(asked).await;
    assert_eq!(refused.code(), "range");
    assert_eq!(refused.header("content-range"), format!("bytes */{}", wav.len()));
    let head = site.raw(request("HEAD", &owner, PATH, &[], None)).await;
    let header = |name| head.headers().get(name).unwrap().to_str().unwrap().to_string();
    assert_eq!(header("content-length"), wav.len().to_string());
    let tag = header("etag");
    let known = hear(&site, &owner, &[("if-none-match", &tag)]).await;
    assert_eq!(known, (StatusCode::NOT_MODIFIED, Vec::new()));
}

#[tokio::test]
async fn while_its_call_goes_on_it_is_heard_as_far_as_it_is_sealed() {
    let keys = Keys::generate().unwrap();
    let site = sqlite().await.with_keys(Some(&keys));
    let owner = site.join("sajang", "haengbok").await;
    let (wav, file) = recording(&keys);
    call(&site, &file[..HEADER + 3 * CHUNK + 7]).await;
    let (status, octets) = hear(&site, &owner, &[]).await;
    assert_eq!((status, octets.len()), (StatusCode::OK, 44 + 3 * SOUND));
    assert!(octets[44..] == wav[44..44 + 3 * SOUND]);
}

#[tokio::test]
async fn without_its_key_or_damaged_a_code_is_told_and_never_noise() {
    let keys = Keys::generate().unwrap();
    let mut site = sqlite().await;
    let owner = site.join("sajang", "haengbok").await;
    let (wav, mut file) = recording(&keys);
    let path = call(&site, &file).await;
    let others = Keys::generate().unwrap();
    for wrong in [None, Some(&others)] {
        site = site.with_keys(wrong);
        let answer = site.get(&owner, PATH).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (503, "key_missing"));
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    site = site.with_keys(Some(&others.clone().with_new(keys.current().clone())));
    assert_eq!(hear(&site, &owner, &[]).await.1.len(), wav.len());
    // Damage where the answer begins is told; further on it ends the answer.
    let damaged = HEADER + 30 * CHUNK + 50;
    file[damaged] ^= 1;
    std::fs::write(&path, &file).unwrap();
    let there = format!("bytes={}-", 30 * SOUND + 100);
    let asked = request("GET", &owner, PATH, &[("range", &there)], None);
    let answer = site.send(asked).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (500, "damaged"));
    let answer = site.raw(request("GET", &owner, PATH, &[], None)).await;
    assert!(answer.into_body().collect().await.is_err());
    let (status, octets) = hear(&site, &owner, &[("range", "bytes=0-999")]).await;
    assert_eq!(status, StatusCode::PARTIAL_CONTENT);
    assert!(octets == wav[..1000], "what is whole is heard");
}

#[tokio::test]
async fn an_erased_recording_leaves_nothing_beside_it() {
    let keys = Keys::generate().unwrap();
    let site = sqlite().await.with_keys(Some(&keys));
    let path = call(&site, &recording(&keys).1).await;
    let beside = path.with_extension("wav.part");
    std::fs::write(&beside, "what a crash has left").unwrap();
    let data = site.dir.path().join("data");
    biseo_api::remove_recording(&data, "recordings/c.wav")
        .await
        .unwrap();
    assert!(!path.exists() && !beside.exists());
}

/// Enrols a second factor; its secret, and a recovery code.
async fn enrol(site: &Site, owner: &str) -> (String, String) {
    let body = json!({"password": PASSWORD});
    let begun = site.ask("POST", owner, "/session/totp", body).await.body;
    let secret = begun["secret"].as_str().unwrap().to_string();
    let body = json!({"code": code(site, &secret)});
    let done = site.ask("POST", owner, "/session/totp/confirm", body).await.body;
    (secret, done["codes"][0].as_str().unwrap().to_string())
}

fn code(site: &Site, secret: &str) -> String {
    totp_at(secret, site.now().as_second()).unwrap()
}

/// The secret as it is kept.
async fn kept(site: &Site) -> String {
    site.store.factors().await.unwrap().pop().unwrap().totp.unwrap()
}

/// A sign-in one minute later: its code, or the status.
async fn sign_in(site: &Site, secret: &str) -> String {
    site.later(60);
    let answer = site.sign_in("sajang", PASSWORD, Some(&code(site, secret))).await;
    match answer.status.is_success() {
        true => "in".into(),
        false => answer.code().into(),
    }
}

async fn a_second_factor_is_kept_sealed(site: Site) {
    let keys = Keys::generate().unwrap();
    let site = site.with_keys(Some(&keys));
    let owner = site.join("sajang", "haengbok").await;
    let body = json!({"password": PASSWORD});
    let begun = site.ask("POST", &owner, "/session/totp", body).await.body;
    let pending = site
        .store
        .factors()
        .await
        .unwrap()
        .pop()
        .unwrap()
        .pending
        .unwrap();
    assert!(is_sealed_text(&pending) && !pending.contains(begun["secret"].as_str().unwrap()));
    let (secret, _) = enrol(&site, &owner).await;
    let sealed = kept(&site).await;
    assert!(is_sealed_text(&sealed) && !sealed.contains(&secret), "{sealed}");
    assert_eq!(sign_in(&site, &secret).await, "in");
    assert_eq!(
        sign_in(&site, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").await,
        "bad_credentials"
    );
}

async fn one_in_the_clear_is_used_and_sealed_at_the_next_start(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    let (secret, _) = enrol(&site, &owner).await;
    assert_eq!(kept(&site).await, secret);
    let keys = Keys::generate().unwrap();
    let site = site.with_keys(Some(&keys));
    assert_eq!(sign_in(&site, &secret).await, "in", "before it is sealed");
    assert_eq!(count_sealed(&site.store).await.unwrap(), 0);
    for sealed in [1, 0] {
        let done = seal_factors(&site.store, &keys).await.unwrap();
        assert_eq!((done.sealed, done.locked), (sealed, 0));
    }
    assert_eq!(count_sealed(&site.store).await.unwrap(), 1);
    assert_eq!(sign_in(&site, &secret).await, "in");
    // A new key takes it over; then the older one may go.
    let next = keys.with_new(Keys::generate().unwrap().current().clone());
    assert_eq!(seal_factors(&site.store, &next).await.unwrap().sealed, 1);
    let alone = Keys::new(next.current().clone());
    let site = site.with_keys(Some(&alone));
    assert_eq!(sign_in(&site, &secret).await, "in");
}

async fn without_the_key_nobody_comes_in_without_a_second_factor(site: Site) {
    let keys = Keys::generate().unwrap();
    let mut site = site.with_keys(Some(&keys));
    let owner = site.join("sajang", "haengbok").await;
    let (secret, spare) = enrol(&site, &owner).await;
    let others = Keys::generate().unwrap();
    for wrong in [None, Some(&others)] {
        site = site.with_keys(wrong);
        // What failed before counts no more.
        site.later(24 * 3600);
        assert_eq!(sign_in(&site, &secret).await, "key_missing");
        assert_eq!(
            site.sign_in("sajang", PASSWORD, None).await.code(),
            "totp_required"
        );
        let guessed = site.sign_in("sajang", "wrong", Some("123456")).await;
        assert_eq!(guessed.code(), "bad_credentials", "the password comes first");
    }
    let done = seal_factors(&site.store, &others).await.unwrap();
    assert_eq!((done.sealed, done.locked), (0, 1));
    site.later(24 * 3600);
    let entered = site.sign_in("sajang", PASSWORD, Some(&spare)).await;
    assert!(
        entered.status.is_success(),
        "a recovery code is a second factor: {entered:?}"
    );
    // Another account's secret is of no use.
    let site = site.with_keys(Some(&keys));
    let theirs = site.join("jigwon", "byeol").await;
    let (theirs, _) = enrol(&site, &theirs).await;
    let factors = site.store.factors().await.unwrap();
    let mine = |f: &&biseo_store::Factor| f.totp.as_deref().is_some_and(|t| opens(&keys, f, t, &secret));
    let old = factors.iter().find(mine).unwrap();
    let other = factors.iter().find(|f| f.account != old.account).unwrap();
    let swapped = biseo_store::Factor {
        totp: other.totp.clone(),
        ..old.clone()
    };
    assert!(site.store.rewrite_factor(old, &swapped).await.unwrap());
    assert_eq!(sign_in(&site, &theirs).await, "damaged");
}

fn opens(keys: &Keys, factor: &biseo_store::Factor, kept: &str, secret: &str) -> bool {
    let place = format!("totp/{}", factor.account);
    keys.open_text(&place, kept).is_ok_and(|found| *found == secret)
}

both! {
    a_second_factor_is_kept_sealed,
    one_in_the_clear_is_used_and_sealed_at_the_next_start,
    without_the_key_nobody_comes_in_without_a_second_factor,
}
