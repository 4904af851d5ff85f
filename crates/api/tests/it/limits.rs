//! What must not slip through: secrets in what is kept, listening without a trace, links and streams of those who left.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::both;
use crate::common::{PASSWORD, Site, cookie, request, shop};
use biseo_api::{Folder, NotReplaced, Shops};
use biseo_model::ids::{CallId, ShopId};
use biseo_model::record::CallRecord;
use biseo_model::shop::ShopProfile;
use http_body_util::BodyExt;
use serde_json::{Value, json};

const USERS: &str = "/shops/haengbok/users";
const LINKS: &str = "/shops/haengbok/invitations";

async fn a_secret_is_not_kept_for_a_repeated_request(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    let ask = || {
        let body = Some(json!({"password": PASSWORD}));
        request("POST", &owner, "/session/totp", &[("idempotency-key", "k")], body)
    };
    let (one, two) = (site.send(ask()).await, site.send(ask()).await);
    assert_eq!(two.header("idempotency-replayed"), "");
    assert_eq!((one.status.as_u16(), two.status.as_u16()), (200, 200));
    assert_ne!(one.body["secret"], two.body["secret"]);
}

/// What the news would not heed is not taken for chosen; what was chosen before there was a rule stands in nobody's way.
async fn only_words_that_can_be_muted_are_taken(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    let path = "/shops/haengbok/choices";
    let kept = json!({"digest": {"on": true, "at": "21:00:00", "muted": ["프로 야구", "축구"]}});
    assert!(
        site.store
            .choose(&shop("haengbok"), "choices", &kept, 0)
            .await
            .unwrap()
    );
    let choose = async |muted: Value| {
        let before = site.get(&owner, path).await;
        let digest = json!({"on": true, "at": "21:00:00", "muted": muted});
        let body = Some(json!({"digest": digest}));
        let headers = [("if-match", before.header("etag"))];
        let put = site.send(request("PUT", &owner, path, &headers, body)).await;
        (before.body["digest"]["muted"].clone(), put.status.as_u16())
    };
    assert_eq!(choose(json!(["축구", " 야구 "])).await, (json!(["축구"]), 200));
    for word in [
        "프로 야구",
        "구",
        "",
        "축구!",
        "스무자를넘는낱말은스무자를넘는낱말은스무자",
    ] {
        assert_eq!(
            choose(json!(["축구", word])).await,
            (json!(["축구", " 야구 "]), 422),
            "{word}"
        );
    }
}

/// Whatever octets a player begins with; its further pieces are the same listening.
async fn each_listening_is_in_the_log_once(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
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
    std::fs::write(site.dir.path().join("data/recordings/c.wav"), "RIFFxxxx").unwrap();
    site.store.begin_call(&call).await.unwrap();
    let heard = async || {
        let log = site.get(&owner, "/shops/haengbok/audit").await.body;
        let of = |e: &&Value| e["action"] == "recording.heard";
        log["items"].as_array().unwrap().iter().filter(of).count()
    };
    for range in ["bytes=1-", "bytes= 0-", "bytes=-7", "bytes=0-"] {
        let path = "/shops/haengbok/calls/c/recording";
        let asked = request("GET", &owner, path, &[("range", range)], None);
        assert_eq!(site.send(asked).await.status.as_u16(), 206);
        assert_eq!(heard().await, 1, "{range}");
    }
    site.later(3601);
    site.get(&owner, "/shops/haengbok/calls/c/recording").await;
    assert_eq!(heard().await, 2, "another listening");
}

async fn the_last_owner_cannot_take_a_lesser_link(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    let token = link(&site, &owner, "staff").await;
    let taken = accept(&site, &token, "sajang").await;
    assert_eq!(taken.code(), "last_owner", "{taken:?}");
    let users = site.get(&owner, USERS).await.body;
    assert_eq!(users["items"][0]["role"], "owner");
    assert_eq!(
        accept(&site, &token, "jigwon").await.status.as_u16(),
        200,
        "as good as before"
    );
    assert_eq!(accept(&site, &token, "another").await.code(), "link_gone");
}

/// Who may invite no more has no way back in the drawer.
async fn links_of_an_owner_who_leaves_are_void(site: Site) {
    let first = site.join("first", "haengbok").await;
    for leaving in ["removed", "demoted"] {
        let second = site.join(leaving, "haengbok").await;
        let token = link(&site, &second, "owner").await;
        let path = format!("{USERS}/{}", user(&site, &second).await);
        let left = match leaving {
            "removed" => site.ask("DELETE", &first, &path, json!(null)).await,
            _ => site.ask("PATCH", &first, &path, json!({"role": "staff"})).await,
        };
        assert!(left.status.is_success(), "{left:?}");
        assert_eq!(
            accept(&site, &token, "again").await.code(),
            "link_gone",
            "{leaving}"
        );
    }
}

/// A request that comes again with its key tells an open link again, and makes none of a used one.
async fn a_used_link_stays_used(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    let invite = async || {
        let body = Some(json!({"role": "staff", "name": "이름"}));
        let asked = request("POST", &owner, LINKS, &[("idempotency-key", "k")], body);
        site.send(asked).await
    };
    let (one, two) = (invite().await.body, invite().await.body);
    assert_eq!(one, two);
    let token = one["token"].as_str().unwrap();
    assert_eq!(accept(&site, token, "jigwon").await.status.as_u16(), 200);
    assert_eq!(invite().await.code(), "link_gone");
    assert_eq!(accept(&site, token, "another").await.code(), "link_gone");
}

/// At once, not when it is next looked: the limit is far below that.
async fn a_stream_ends_with_the_right(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    let token = link(&site, &owner, "staff").await;
    let staff = cookie(&accept(&site, &token, "jigwon").await);
    let path = "/shops/haengbok/events";
    let mut stays = site
        .raw(request("GET", &owner, path, &[], None))
        .await
        .into_body();
    let mut stream = site
        .raw(request("GET", &staff, path, &[], None))
        .await
        .into_body();
    assert!(stream.frame().await.is_some() && stays.frame().await.is_some());
    let path = format!("{USERS}/{}", user(&site, &staff).await);
    site.ask("DELETE", &owner, &path, json!(null)).await;
    let end = tokio::time::timeout(Duration::from_secs(10), stream.frame()).await;
    assert!(end.expect("it goes on").is_none());
    site.live.close();
    assert!(stays.frame().await.is_none());
}

/// A stream that is opened while the program ends does not keep it.
async fn no_stream_outlives_the_end(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    site.live.close();
    let asked = request("GET", &owner, "/shops/haengbok/events", &[], None);
    let whole = site.raw(asked).await.into_body().collect();
    let end = tokio::time::timeout(Duration::from_secs(10), whole).await;
    assert!(end.is_ok(), "it goes on");
}

/// Profiles that somebody else changes at the worst moment: when a change has begun.
struct Hasty(Folder, Arc<AtomicBool>);

impl Shops for Hasty {
    fn all(&self) -> Vec<Arc<ShopProfile>> {
        self.0.all()
    }

    fn text(&self, shop: &ShopId) -> Option<String> {
        let text = self.0.text(shop)?;
        if self.1.swap(false, Ordering::SeqCst) {
            let other = text.replace("[facts]", "[facts]\nneu = { ko = \"새로워요.\" }");
            self.0.replace(shop, &text, &other).unwrap();
        }
        self.0.text(shop)
    }

    fn replace(&self, shop: &ShopId, from: &str, to: &str) -> Result<(), NotReplaced> {
        self.0.replace(shop, from, to)
    }
}

#[tokio::test]
async fn a_profile_that_changes_meanwhile_is_not_overwritten() {
    let now = Arc::new(AtomicBool::new(false));
    let hasty = now.clone();
    let site = Site::with(None, |_| {}, |folder| Arc::new(Hasty(folder, hasty))).await;
    let owner = site.join("sajang", "haengbok").await;
    let path = "/shops/haengbok/profile";
    let etag = site.get(&owner, path).await.header("etag").to_string();
    now.store(true, Ordering::SeqCst);
    let change = Some(json!({"facts": [{"topic": "neu", "text": {"ko": "아니요."}}]}));
    let change = request("PATCH", &owner, path, &[("if-match", &etag)], change);
    assert_eq!(site.send(change).await.code(), "changed");
    let kept = site.get(&owner, path).await.body;
    assert_eq!(kept["facts"]["neu"]["ko"], "새로워요.");
}

/// After a day a key is forgotten, and another booking under it is another one.
async fn a_key_of_long_ago_books_anew(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    let book = |time: &str| {
        let body = json!({"date": "2026-11-28", "time": time, "party_size": 2, "name": "a", "phone": "010-2345-6789"});
        let path = "/shops/haengbok/bookings";
        request("POST", &owner, path, &[("idempotency-key", "k")], Some(body))
    };
    let first = site.send(book("19:00:00")).await.body;
    site.later(25 * 3600);
    let second = site.send(book("18:00:00")).await.body;
    assert_eq!(second["time"], "18:00:00", "{second}");
    assert_ne!(first["id"], second["id"]);
}

async fn a_time_has_no_seconds(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    let path = "/shops/haengbok/bookings";
    let mut body = json!({"date": "2026-11-28", "time": "19:00:30", "party_size": 2, "name": "a",
        "phone": "010-2345-6789", "outside_rules": true});
    let refused = site.ask("POST", &owner, path, body.clone()).await;
    assert_eq!(
        (refused.code(), &refused.body["fields"][0]["field"]),
        ("invalid", &json!("time"))
    );
    body["time"] = json!("19:00:00");
    let made = site.ask("POST", &owner, path, body).await.body;
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    let moved = json!({"time": "19:30:00.5", "outside_rules": true});
    assert_eq!(site.ask("PATCH", &owner, &one, moved).await.code(), "invalid");
}

/// Codes are counted as passwords are: a stolen session does not find out one that waits.
async fn a_pending_factor_is_not_guessed(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    let body = json!({"password": PASSWORD});
    site.ask("POST", &owner, "/session/totp", body).await;
    let guess = async || {
        let body = json!({"code": "none!!"});
        site.ask("POST", &owner, "/session/totp/confirm", body).await
    };
    for _ in 0..5 {
        assert_eq!(guess().await.code(), "bad_credentials");
    }
    assert_eq!(guess().await.code(), "locked");
}

async fn link(site: &Site, cookie: &str, role: &str) -> String {
    let made = site
        .ask("POST", cookie, LINKS, json!({"role": role, "name": "이름"}))
        .await;
    made.body["token"].as_str().unwrap().into()
}

async fn accept(site: &Site, token: &str, login: &str) -> crate::common::Answer {
    let body = json!({"token": token, "login": login, "name": "이름", "password": PASSWORD});
    site.ask("POST", "", "/invitations/accept", body).await
}

async fn user(site: &Site, cookie: &str) -> String {
    let me = site.get(cookie, "/session").await;
    me.body["user"].as_str().unwrap().into()
}

both!(
    only_words_that_can_be_muted_are_taken,
    a_secret_is_not_kept_for_a_repeated_request,
    each_listening_is_in_the_log_once,
    the_last_owner_cannot_take_a_lesser_link,
    links_of_an_owner_who_leaves_are_void,
    a_used_link_stays_used,
    a_stream_ends_with_the_right,
    no_stream_outlives_the_end,
    a_key_of_long_ago_books_anew,
    a_time_has_no_seconds,
    a_pending_factor_is_not_guessed,
);
