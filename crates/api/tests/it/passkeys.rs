//! Sign-in by passkeys: what is let in, and everything that is not.

use crate::authenticator::{Device, base64, unbase64};
use crate::both;
use crate::common::{Answer, ORIGIN, PASSWORD, Site, cookie, request, shop};
use biseo_api::auth;
use serde_json::{Value, json};

/// Begins to sign in; gives the browser's cookie and the challenge.
async fn challenge(site: &Site) -> (String, Value) {
    let begun = site
        .send(request("POST", "", "/session/passkey/begin", &[], None))
        .await;
    assert_eq!(begun.status.as_u16(), 200, "{begun:?}");
    (cookie(&begun), begun.body)
}

async fn answer(site: &Site, holder: &str, challenge: &Value, credential: Value) -> Answer {
    let body = json!({"ceremony": challenge["ceremony"], "credential": credential});
    site.ask("POST", holder, "/session/passkey", body).await
}

/// A whole sign-in.
async fn enter(site: &Site, device: &mut Device) -> Answer {
    let (holder, challenge) = challenge(site).await;
    let credential = device.sign(&challenge["options"]);
    answer(site, &holder, &challenge, credential).await
}

async fn begin_adding(site: &Site, session: &str) -> Answer {
    let body = json!({"password": PASSWORD});
    site.ask("POST", session, "/session/passkeys/begin", body).await
}

async fn add(site: &Site, session: &str, device: &mut Device) -> Answer {
    let begun = begin_adding(site, session).await;
    assert_eq!(begun.status.as_u16(), 200, "{begun:?}");
    let credential = device.make(&begun.body["options"]);
    let body = json!({"ceremony": begun.body["ceremony"], "name": "휴대폰", "credential": credential});
    site.ask("POST", session, "/session/passkeys", body).await
}

/// An owner with a password and a device.
async fn owner(site: &Site) -> (String, Device, String) {
    let session = site.join("sajang", "haengbok").await;
    let mut device = Device::new();
    let added = add(site, &session, &mut device).await;
    assert_eq!(added.status.as_u16(), 201, "{added:?}");
    (session, device, added.body["id"].as_str().unwrap().into())
}

async fn one_signs_in_without_a_name_and_a_password(site: Site) {
    let (session, mut device, id) = owner(&site).await;
    let entered = enter(&site, &mut device).await;
    assert_eq!(entered.status.as_u16(), 200, "{entered:?}");
    assert_eq!(entered.body["login"], "sajang");
    let fresh = cookie(&entered);
    assert_ne!(fresh, session);
    assert_eq!(
        site.get(&fresh, "/shops/haengbok/calls").await.status.as_u16(),
        200
    );
    let list = site.get(&fresh, "/session/passkeys").await.body;
    let (one, now) = (&list["items"][0], site.now().to_string());
    assert_eq!(
        (&one["id"], &one["name"], &one["usable"], &one["used"]),
        (&json!(id), &json!("휴대폰"), &json!(true), &json!(now))
    );
    // A device that does not count, and one with RSA.
    for mut other in [
        Device {
            counts: false,
            ..Device::new()
        },
        Device::rsa(),
    ] {
        assert_eq!(add(&site, &session, &mut other).await.status.as_u16(), 201);
        for _ in 0..2 {
            assert_eq!(enter(&site, &mut other).await.status.as_u16(), 200);
        }
    }
}

/// What is asked of the browser: the domain, verification, a key that the device finds by itself, and none twice.
async fn the_options_ask_for_what_is_needed(site: Site) {
    let (session, device, _) = owner(&site).await;
    let options = begin_adding(&site, &session).await.body["options"].clone();
    assert_eq!(options["rp"]["id"], "biseo.example");
    assert_eq!(options["attestation"], "none");
    assert_eq!(
        options["authenticatorSelection"],
        json!({"residentKey": "required", "requireResidentKey": true, "userVerification": "required"})
    );
    assert_eq!(options["excludeCredentials"][0]["id"], base64(&device.id));
    assert_eq!(options["user"]["id"], device.handle);
    let (_, challenge) = challenge(&site).await;
    let options = &challenge["options"];
    assert_eq!(options["rpId"], "biseo.example");
    assert_eq!(options["userVerification"], "required");
    assert_eq!(options["allowCredentials"], json!([]), "nobody is named");
}

/// Each wrong part alone keeps somebody out, and the same device gets in with all parts right.
async fn what_proves_nothing_is_refused(site: Site) {
    let (_, mut device, _) = owner(&site).await;
    type Spoil = fn(&mut Device);
    let wrongs: [(&str, Spoil); 6] = [
        ("origin", |d| {
            d.origin = "https://biseo.example.evil.example".into()
        }),
        ("scheme", |d| d.origin = "http://biseo.example".into()),
        ("domain", |d| d.domain = "evil.example".into()),
        ("unverified", |d| d.verifies = false),
        ("framed", |d| d.framed = true),
        ("handle", |d| d.handle = base64(b"0123456789abcdef")),
    ];
    for (what, spoil) in wrongs {
        let (holder, challenge) = challenge(&site).await;
        let handle = device.handle.clone();
        spoil(&mut device);
        let credential = device.sign(&challenge["options"]);
        let refused = answer(&site, &holder, &challenge, credential).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (403, "passkey_refused"),
            "{what}"
        );
        device.origin = ORIGIN.into();
        device.domain = "biseo.example".into();
        (device.verifies, device.framed, device.handle) = (true, false, handle);
        assert_eq!(
            enter(&site, &mut device).await.status.as_u16(),
            200,
            "after {what}"
        );
    }
}

async fn a_signature_is_of_every_octet(site: Site) {
    let (_, mut device, _) = owner(&site).await;
    for part in ["signature", "authenticatorData", "clientDataJSON"] {
        let (holder, challenge) = challenge(&site).await;
        let mut credential = device.sign(&challenge["options"]);
        let given = credential["response"][part].as_str().unwrap();
        let mut text: Vec<char> = given.chars().collect();
        let middle = text.len() - 3;
        text[middle] = if text[middle] == 'A' { 'B' } else { 'A' };
        credential["response"][part] = text.into_iter().collect::<String>().into();
        let refused = answer(&site, &holder, &challenge, credential).await;
        assert_eq!(refused.code(), "passkey_refused", "{part}");
        assert_eq!(
            enter(&site, &mut device).await.status.as_u16(),
            200,
            "after {part}"
        );
    }
    // Another key under a known id.
    let mut thief = Device {
        id: device.id.clone(),
        handle: device.handle.clone(),
        ..Device::new()
    };
    thief.counter = device.counter;
    assert_eq!(enter(&site, &mut thief).await.code(), "passkey_refused");
    // Nobody's.
    let mut stranger = Device {
        handle: device.handle.clone(),
        ..Device::new()
    };
    assert_eq!(enter(&site, &mut stranger).await.code(), "passkey_refused");
}

async fn a_challenge_is_good_once_for_a_while_and_for_its_browser(site: Site) {
    let (session, mut device, _) = owner(&site).await;
    let (holder, first) = challenge(&site).await;
    let credential = device.sign(&first["options"]);
    let entered = answer(&site, &holder, &first, credential.clone()).await;
    assert_eq!(entered.status.as_u16(), 200);
    let replayed = answer(&site, &holder, &first, credential.clone()).await;
    assert_eq!(
        (replayed.status.as_u16(), replayed.code()),
        (410, "challenge_gone")
    );
    // The old answer to a new challenge.
    let (holder, second) = challenge(&site).await;
    let stale = answer(&site, &holder, &second, credential).await;
    assert_eq!(stale.code(), "passkey_refused");
    // Too late.
    let (holder, third) = challenge(&site).await;
    let credential = device.sign(&third["options"]);
    site.later(301);
    assert_eq!(
        answer(&site, &holder, &third, credential).await.code(),
        "challenge_gone"
    );
    // From another browser; its own still takes it.
    let (holder, fourth) = challenge(&site).await;
    let (other, _) = challenge(&site).await;
    let credential = device.sign(&fourth["options"]);
    for elsewhere in [&other, ""] {
        let refused = answer(&site, elsewhere, &fourth, credential.clone()).await;
        assert_eq!(refused.code(), "challenge_gone", "{elsewhere}");
    }
    assert_eq!(
        answer(&site, &holder, &fourth, credential).await.status.as_u16(),
        200
    );
    // Two tabs of one browser.
    let again = request("POST", &holder, "/session/passkey/begin", &[], None);
    let tab = site.send(again).await;
    assert_eq!(cookie(&tab), holder);
    // One for adding is none for signing in, nor another session's.
    let adding = begin_adding(&site, &session).await.body;
    let credential = device.sign(&adding["options"]);
    assert_eq!(
        answer(&site, &holder, &adding, credential).await.code(),
        "challenge_gone"
    );
    let other = cookie(&site.sign_in("sajang", PASSWORD, None).await);
    let made = Device::new().make(&adding["options"]);
    let body = json!({"ceremony": adding["ceremony"], "name": "x", "credential": made});
    let foreign = site.ask("POST", &other, "/session/passkeys", body.clone()).await;
    assert_eq!(foreign.code(), "challenge_gone");
    let own = site
        .ask("POST", &session, "/session/passkeys", body.clone())
        .await;
    assert_eq!(own.status.as_u16(), 201, "{own:?}");
    let twice = site.ask("POST", &session, "/session/passkeys", body).await;
    assert_eq!(twice.code(), "challenge_gone");
}

async fn a_copied_key_is_refused_and_told_to_the_owner(site: Site) {
    let (session, mut device, id) = owner(&site).await;
    device.counter = 40;
    assert_eq!(enter(&site, &mut device).await.status.as_u16(), 200);
    for counter in [40, 39, 0] {
        device.counter = counter;
        device.counts = false;
        let refused = enter(&site, &mut device).await;
        assert_eq!(refused.code(), "passkey_refused", "{counter}");
    }
    let log = site.get(&session, "/shops/haengbok/audit").await.body;
    let told = &log["items"][0];
    assert_eq!(
        (&told["action"], &told["target"], &told["login"]),
        (&json!("passkey.counted_back"), &json!(id), &json!("sajang"))
    );
    // It lends itself to no longer guessing either: the count of refusals is as of passwords.
    device.counts = true;
    device.counter = 41;
    for _ in 0..2 {
        device.verifies = false;
        assert_eq!(enter(&site, &mut device).await.code(), "passkey_refused");
    }
    device.verifies = true;
    let locked = enter(&site, &mut device).await;
    assert_eq!((locked.status.as_u16(), locked.code()), (429, "locked"));
    site.later(locked.header("retry-after").parse().unwrap());
    assert_eq!(enter(&site, &mut device).await.status.as_u16(), 200);
}

async fn registering_is_as_strict(site: Site) {
    let session = site.join("sajang", "haengbok").await;
    for body in [json!({}), json!({"password": "wrong"})] {
        let refused = site.ask("POST", &session, "/session/passkeys/begin", body).await;
        assert!([401, 422].contains(&refused.status.as_u16()), "{refused:?}");
    }
    assert_eq!(begin_adding(&site, "").await.code(), "unauthenticated");
    type Spoil = fn(&mut Device);
    let wrongs: [(&str, Spoil); 3] = [
        ("origin", |d| d.origin = "https://evil.example".into()),
        ("domain", |d| d.domain = "evil.example".into()),
        ("unverified", |d| d.verifies = false),
    ];
    for (what, spoil) in wrongs {
        let mut device = Device::new();
        spoil(&mut device);
        let refused = add(&site, &session, &mut device).await;
        assert_eq!(refused.code(), "passkey_refused", "{what}");
    }
    for (what, credential) in [
        ("nothing", json!({})),
        ("text", json!("x")),
        ("deep", json!({"response": {"clientDataJSON": "??"}})),
    ] {
        let begun = begin_adding(&site, &session).await.body;
        let body = json!({"ceremony": begun["ceremony"], "name": "x", "credential": credential});
        let refused = site.ask("POST", &session, "/session/passkeys", body).await;
        assert_eq!(refused.code(), "invalid", "{what}");
    }
    let mut cross = request(
        "POST",
        &session,
        "/session/passkeys/begin",
        &[],
        Some(json!({"password": PASSWORD})),
    );
    cross.headers_mut().remove("x-biseo");
    assert_eq!(site.send(cross).await.code(), "cross_site");
    let list = site.get(&session, "/session/passkeys").await.body;
    assert_eq!(list["items"], json!([]));
    // One that is known is not made again, whoever asks.
    let mut device = Device::new();
    assert_eq!(add(&site, &session, &mut device).await.status.as_u16(), 201);
    assert_eq!(
        add(&site, &session, &mut device).await.code(),
        "passkey_refused",
        "excluded"
    );
    let other = site.join("other", "byeol").await;
    assert_eq!(add(&site, &other, &mut device).await.code(), "conflict");
}

async fn another_accounts_is_none(site: Site) {
    let (session, mut device, id) = owner(&site).await;
    let other = site.join("other", "byeol").await;
    let path = format!("/session/passkeys/{id}");
    let renamed = site.ask("PATCH", &other, &path, json!({"name": "내 것"})).await;
    assert_eq!(renamed.code(), "not_found");
    assert_eq!(
        site.ask("DELETE", &other, &path, json!(null)).await.code(),
        "not_found"
    );
    assert_eq!(
        site.ask("DELETE", &session, "/session/passkeys/%ff", json!(null))
            .await
            .code(),
        "not_found"
    );
    assert_eq!(
        site.get(&other, "/session/passkeys").await.body["items"],
        json!([])
    );
    assert_eq!(enter(&site, &mut device).await.body["login"], "sajang");
    let renamed = site
        .ask("PATCH", &session, &path, json!({"name": " 노트북 "}))
        .await;
    assert_eq!(renamed.body["name"], "노트북", "{renamed:?}");
    let gone = site.ask("DELETE", &session, &path, json!(null)).await;
    assert_eq!(gone.status.as_u16(), 204);
    assert_eq!(enter(&site, &mut device).await.code(), "passkey_refused");
}

/// The first owner sets a passkey instead of a password.
async fn a_link_makes_an_account_without_a_password(site: Site) {
    let haengbok = shop("haengbok");
    let token = auth::first_owner_link(&site.store, Some(&haengbok), "", site.now())
        .await
        .unwrap();
    let wish = json!({"token": token, "login": "sajang", "name": "김사장"});
    let begun = site
        .ask("POST", "", "/invitations/passkey/begin", wish.clone())
        .await;
    assert_eq!(begun.status.as_u16(), 200, "{begun:?}");
    assert_eq!(begun.body["options"]["user"]["name"], "sajang");
    let mut device = Device::new();
    let credential = device.make(&begun.body["options"]);
    let body = json!({"token": token, "ceremony": begun.body["ceremony"], "passkey": "휴대폰", "credential": credential});
    let foreign = json!({"token": "t".repeat(43), "ceremony": begun.body["ceremony"], "passkey": "x", "credential": credential});
    assert_eq!(
        site.ask("POST", "", "/invitations/passkey", foreign).await.code(),
        "challenge_gone"
    );
    let joined = site.ask("POST", "", "/invitations/passkey", body.clone()).await;
    assert_eq!(joined.status.as_u16(), 200, "{joined:?}");
    assert_eq!(
        (&joined.body["password"], &joined.body["pending"]),
        (&json!(false), &json!(null))
    );
    assert_eq!(
        site.ask("POST", "", "/invitations/passkey", body).await.code(),
        "challenge_gone"
    );
    assert_eq!(
        site.ask("POST", "", "/invitations/passkey/begin", wish)
            .await
            .code(),
        "link_gone"
    );
    // No password gets in, the empty one neither.
    for password in ["", PASSWORD] {
        let refused = site.sign_in("sajang", password, None).await;
        assert!(!refused.status.is_success(), "{password}");
    }
    let session = cookie(&enter(&site, &mut device).await);
    let id = site.get(&session, "/session/passkeys").await.body["items"][0]["id"].clone();
    let path = format!("/session/passkeys/{}", id.as_str().unwrap());
    let only = site.ask("DELETE", &session, &path, json!(null)).await;
    assert_eq!((only.status.as_u16(), only.code()), (409, "last_sign_in"));
    // What asks for a password asks for a sign-in just before instead.
    site.later(601);
    let set = json!({"new": PASSWORD});
    let late = site.ask("POST", &session, "/session/password", set.clone()).await;
    assert_eq!((late.status.as_u16(), late.code()), (403, "reauth_required"));
    assert_eq!(begin_adding(&site, &session).await.code(), "reauth_required");
    let session = cookie(&enter(&site, &mut device).await);
    assert_eq!(begin_adding(&site, &session).await.status.as_u16(), 200);
    assert_eq!(
        site.ask("POST", &session, "/session/password", set)
            .await
            .status
            .as_u16(),
        204
    );
    assert_eq!(site.sign_in("sajang", PASSWORD, None).await.status.as_u16(), 200);
    assert_eq!(
        site.ask("DELETE", &session, &path, json!(null))
            .await
            .status
            .as_u16(),
        204
    );
}

/// Where two factors are wanted, a passkey is both, and a password alone is none of an account with passkeys.
#[tokio::test]
async fn a_passkey_is_both_factors() {
    let site = Site::open(None, |s| s.totp_required = true).await;
    let haengbok = shop("haengbok");
    let token = auth::first_owner_link(&site.store, Some(&haengbok), "", site.now())
        .await
        .unwrap();
    let wish = json!({"token": token, "login": "sajang", "name": "김사장"});
    let begun = site
        .ask("POST", "", "/invitations/passkey/begin", wish)
        .await
        .body;
    let mut device = Device::new();
    let credential = device.make(&begun["options"]);
    let body =
        json!({"token": token, "ceremony": begun["ceremony"], "passkey": "휴대폰", "credential": credential});
    let session = cookie(&site.ask("POST", "", "/invitations/passkey", body).await);
    assert_eq!(
        site.get(&session, "/shops/haengbok/calls").await.status.as_u16(),
        200
    );
    let set = site
        .ask("POST", &session, "/session/password", json!({"new": PASSWORD}))
        .await;
    assert_eq!(set.status.as_u16(), 204, "{set:?}");
    let alone = site.sign_in("sajang", PASSWORD, None).await;
    assert_eq!((alone.status.as_u16(), alone.code()), (401, "passkey_required"));
    // Who has neither yet enrols first, and adds no passkey by a password alone.
    let other = site.join("other", "byeol").await;
    assert_eq!(begin_adding(&site, &other).await.code(), "enrolment_required");
    assert_eq!(
        site.get(&other, "/session/passkeys").await.code(),
        "enrolment_required"
    );
}

/// One bit anywhere in what is signed, or in the signature, is enough to be refused, and never a fault of the program's.
#[tokio::test]
async fn no_bit_can_be_changed() {
    let site = crate::common::sqlite().await;
    let (_, mut device, _) = owner(&site).await;
    let mut random = fastrand::Rng::with_seed(7);
    for n in 0..150 {
        let (holder, challenge) = challenge(&site).await;
        let mut credential = device.sign(&challenge["options"]);
        let part = ["signature", "authenticatorData", "clientDataJSON"][n % 3];
        let mut octets = unbase64(credential["response"][part].as_str().unwrap());
        let at = random.usize(..octets.len());
        octets[at] ^= 1 << random.u8(..8);
        credential["response"][part] = base64(&octets).into();
        let refused = answer(&site, &holder, &challenge, credential).await;
        assert_eq!(refused.code(), "passkey_refused", "{part} {at}");
        if n % 4 == 3 {
            assert_eq!(enter(&site, &mut device).await.status.as_u16(), 200, "{n}");
        }
    }
}

/// What a device claims to have made is read without a fault, however it is spoiled: cut, gone on with, changed.
#[tokio::test]
async fn what_is_made_may_be_anything() {
    let site = crate::common::sqlite().await;
    let session = site.join("sajang", "haengbok").await;
    let mut random = fastrand::Rng::with_seed(8);
    for n in 0..150 {
        let begun = begin_adding(&site, &session).await;
        let mut credential = Device::new().make(&begun.body["options"]);
        let part = ["attestationObject", "attestationObject", "clientDataJSON"][n % 3];
        let mut octets = unbase64(credential["response"][part].as_str().unwrap());
        match n % 4 {
            0 => octets.truncate(random.usize(..octets.len())),
            1 => octets.extend((0..random.usize(1..4000)).map(|_| random.u8(..))),
            2 => octets.iter_mut().for_each(|o| *o = random.u8(..)),
            _ => {
                for _ in 0..4 {
                    let at = random.usize(..octets.len());
                    octets[at] = random.u8(..);
                }
            }
        }
        credential["response"][part] = base64(&octets).into();
        let body = json!({"ceremony": begun.body["ceremony"], "name": "x", "credential": credential});
        let answer = site.ask("POST", &session, "/session/passkeys", body).await;
        let status = answer.status.as_u16();
        assert!([201, 403, 409].contains(&status), "{n}: {answer:?}");
        if let Some(id) = answer.body["id"].as_str() {
            let path = format!("/session/passkeys/{id}");
            site.ask("DELETE", &session, &path, json!(null)).await;
        }
    }
}

/// An address that is no domain has no passkeys, and says so.
#[tokio::test]
async fn an_address_without_a_domain_offers_none() {
    for (origin, offered) in [("http://127.0.0.1:8080", false), ("http://localhost:8080", true)] {
        let site = Site::open(None, |s| s.origins = vec![origin.into()]).await;
        assert_eq!(site.get("", "/health").await.body["passkeys"], offered);
        let begun = request("POST", "", "/session/passkey/begin", &[], None);
        let code = site.send(begun).await;
        assert_eq!(code.code(), if offered { "" } else { "unsupported" });
    }
}

both!(
    one_signs_in_without_a_name_and_a_password,
    the_options_ask_for_what_is_needed,
    what_proves_nothing_is_refused,
    a_signature_is_of_every_octet,
    a_challenge_is_good_once_for_a_while_and_for_its_browser,
    a_copied_key_is_refused_and_told_to_the_owner,
    registering_is_as_strict,
    another_accounts_is_none,
    a_link_makes_an_account_without_a_password,
);
