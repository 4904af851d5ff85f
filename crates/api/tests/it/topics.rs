//! What readers open and put aside weighs in the next digests, can be seen, and is taken back; what is muted is the owner's choice.

use std::sync::{Arc, Mutex};

use biseo_api::views::{Choices, Digests};
use biseo_digest::{Line, Section, SectionKind, Source};
use biseo_news::{READER, Topics};
use biseo_store::KeptDigest;
use serde_json::{Value, json};

use crate::both;
use crate::common::{Site, shop};
use crate::tenants::digest_of_b;

const COOK: &str = "https://paper.example/cabbage";
const GAME: &str = "https://paper.example/match";
const SNOW: &str = "https://paper.example/snow";

fn story(headline: &str, link: &str) -> Line {
    Line {
        lead: headline.into(),
        sources: [Source::Page(link.into())].into(),
        ..Line::default()
    }
}

/// A digest with two stories, and a line that is none with an address all the same.
fn digest(site: &Site) -> KeptDigest {
    let kept = digest_of_b(site);
    let mut pages: Digests = serde_json::from_value(kept.content).unwrap();
    let section = |kind, lines| Section {
        kind,
        title: String::new(),
        note: String::new(),
        lines,
        folded: 0,
        more: None,
    };
    pages.whole.sections = vec![
        section(
            SectionKind::Line,
            vec![story("회선", "https://elsewhere.example/line")],
        ),
        section(
            SectionKind::News,
            vec![
                story("김장 배추가 내렸다", COOK),
                story("축구 결승전", GAME),
                story("제주도에 첫눈", SNOW),
            ],
        ),
    ];
    KeptDigest {
        content: serde_json::to_value(pages).unwrap(),
        ..kept
    }
}

async fn tell(site: &Site, who: &str, link: &str, did: &str) -> u16 {
    let path = "/shops/haengbok/digests/2026-11-24/stories";
    let answer = site
        .ask("POST", who, path, json!({"link": link, "did": did}))
        .await;
    answer.status.as_u16()
}

fn weight(view: &Value, word: &str) -> Option<f64> {
    let all = view["learnt"].as_array().unwrap();
    all.iter()
        .find(|t| t["word"] == word)
        .map(|t| t["weight"].as_f64().unwrap())
}

const TOPICS: &str = "/shops/haengbok/digest-topics";

async fn what_is_opened_and_put_aside_is_learnt_and_seen(site: Site) {
    site.store
        .keep_digest(&shop("haengbok"), &digest(&site))
        .await
        .unwrap();
    let (one, two) = (
        site.join("jikwon", "haengbok").await,
        site.join("dulzzae", "haengbok").await,
    );
    assert_eq!(
        site.get(&one, TOPICS).await.body,
        json!({"learnt": [], "muted": []})
    );
    assert_eq!(tell(&site, &one, COOK, "opened").await, 204);
    // The same reader again has not liked it twice, another one has.
    assert_eq!(tell(&site, &one, COOK, "opened").await, 204);
    assert_eq!(weight(&site.get(&one, TOPICS).await.body, "배추"), Some(1.0));
    assert_eq!(tell(&site, &two, COOK, "opened").await, 204);
    assert_eq!(tell(&site, &one, GAME, "aside").await, 204);
    let seen = site.get(&two, TOPICS).await.body;
    assert_eq!(
        (weight(&seen, "배추"), weight(&seen, "축구")),
        (Some(2.0), Some(-1.5)),
        "{seen}"
    );
    // It is what the next digest chooses by.
    let (topics, _) = Topics::known(&site.store, &shop("haengbok"), READER)
        .await
        .unwrap();
    assert_eq!(topics.strongest(site.now(), 1)[0].1, 2.0);
    // Half of it is left after a month.
    site.later(30 * 86_400);
    let later = site.sign_in("jikwon", crate::common::PASSWORD, None).await;
    let seen = site.get(&crate::common::cookie(&later), TOPICS).await.body;
    assert_eq!(weight(&seen, "배추"), Some(1.0), "{seen}");
    let log = site.store.audited(&shop("haengbok"), &page()).await.unwrap();
    let counted = |action: &str| log.iter().filter(|e| e.action == action).count();
    assert_eq!(
        (counted("digest.story_opened"), counted("digest.story_aside")),
        (2, 1)
    );
}

fn page() -> biseo_store::Page {
    biseo_store::Page {
        after: None,
        limit: 50,
    }
}

async fn what_is_no_story_of_that_digest_teaches_nothing(site: Site) {
    site.store
        .keep_digest(&shop("haengbok"), &digest(&site))
        .await
        .unwrap();
    let owner = site.join("sajang", "haengbok").await;
    for link in ["https://elsewhere.example/line", "https://elsewhere.example/"] {
        assert_eq!(tell(&site, &owner, link, "opened").await, 404, "{link}");
    }
    assert_eq!(tell(&site, &owner, COOK, "liked").await, 422);
    let other_day = "/shops/haengbok/digests/2026-11-23/stories";
    let body = json!({"link": COOK, "did": "opened"});
    assert_eq!(
        site.ask("POST", &owner, other_day, body).await.status.as_u16(),
        404
    );
    assert_eq!(site.get(&owner, TOPICS).await.body["learnt"], json!([]));
}

async fn a_word_is_muted_heard_again_and_forgotten(site: Site) {
    site.store
        .keep_digest(&shop("haengbok"), &digest(&site))
        .await
        .unwrap();
    let owner = site.join("sajang", "haengbok").await;
    tell(&site, &owner, GAME, "opened").await;
    let wish = async |word: &str, wish: &str| {
        site.ask("POST", &owner, TOPICS, json!({"word": word, "wish": wish}))
            .await
    };
    // As it stands in a headline, with its particle.
    let muted = wish(" 축구가 ", "mute").await;
    assert_eq!(muted.body["muted"], json!(["축구"]), "{muted:?}");
    assert_eq!(wish("축구", "mute").await.body["muted"], json!(["축구"]), "once");
    let choices = site.get(&owner, "/shops/haengbok/choices").await.body;
    assert_eq!(
        choices["digest"]["muted"],
        json!(["축구"]),
        "one choice, one place"
    );
    let known = async || {
        Topics::known(&site.store, &shop("haengbok"), READER)
            .await
            .unwrap()
            .0
    };
    assert_eq!(known().await.muted().collect::<Vec<_>>(), ["축구"]);
    let heard = wish("축구", "hear").await.body;
    assert_eq!((&heard["muted"], weight(&heard, "축구")), (&json!([]), Some(1.0)));
    assert_eq!(known().await.muted().count(), 0);
    let forgotten = wish("축구", "forget").await.body;
    assert_eq!(
        (weight(&forgotten, "축구"), weight(&forgotten, "결승전")),
        (None, Some(1.0))
    );
    for bad in ["", "가", "프로 축구", "<b>축구"] {
        let refused = wish(bad, "mute").await;
        assert_eq!(refused.body["fields"][0]["field"], "word", "{bad:?} {refused:?}");
    }
    let log = site.store.audited(&shop("haengbok"), &page()).await.unwrap();
    for action in [
        "digest.topic_muted",
        "digest.topic_heard",
        "digest.topic_forgotten",
    ] {
        assert!(log.iter().any(|e| e.action == action), "{action}");
    }
}

/// A learnt word may end like a particle: that very word is meant.
async fn a_learnt_word_is_meant_as_it_stands(site: Site) {
    site.store
        .keep_digest(&shop("haengbok"), &digest(&site))
        .await
        .unwrap();
    let owner = site.join("sajang", "haengbok").await;
    tell(&site, &owner, SNOW, "opened").await;
    let wish = async |word: &str, wish: &str| {
        let asked = json!({"word": word, "wish": wish});
        site.ask("POST", &owner, TOPICS, asked).await.body
    };
    let known = async || {
        Topics::known(&site.store, &shop("haengbok"), READER)
            .await
            .unwrap()
            .0
    };
    assert_eq!(weight(&site.get(&owner, TOPICS).await.body, "제주도"), Some(1.0));
    assert_eq!(wish("제주도", "mute").await["muted"], json!(["제주도"]));
    assert_eq!(known().await.muted().collect::<Vec<_>>(), ["제주도"]);
    assert_eq!(weight(&wish("제주도", "forget").await, "제주도"), None);
    // It stays muted as it was, whatever else is muted.
    wish("축구가", "mute").await;
    assert_eq!(known().await.muted().collect::<Vec<_>>(), ["제주도", "축구"]);
    assert_eq!(wish("제주도", "hear").await["muted"], json!(["축구"]));
    assert_eq!(wish("축구는", "hear").await["muted"], json!([]));
}

/// Pressed twice in one moment, or in two windows.
async fn of_two_at_once_one_is_learnt(site: Site) {
    site.store
        .keep_digest(&shop("haengbok"), &digest(&site))
        .await
        .unwrap();
    let owner = site.join("sajang", "haengbok").await;
    let told = || tell(&site, &owner, GAME, "opened");
    assert_eq!(tokio::join!(told(), told(), told()), (204, 204, 204));
    let view = site.get(&owner, TOPICS).await.body;
    assert_eq!(weight(&view, "축구"), Some(1.0), "{view}");
    let log = site.store.audited(&shop("haengbok"), &page()).await.unwrap();
    let opened = log.iter().filter(|e| e.action == "digest.story_opened");
    assert_eq!(opened.count(), 1);
}

async fn too_many_muted_words_are_refused(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    let mut choices = Choices::default();
    choices.digest.muted = (10..60).map(|n| format!("낱말{n}")).collect();
    let content = serde_json::to_value(&choices).unwrap();
    let store = &site.store;
    store
        .choose(&shop("haengbok"), Choices::NAME, &content, 0)
        .await
        .unwrap();
    let body = json!({"word": "축구", "wish": "mute"});
    let refused = site.ask("POST", &owner, TOPICS, body).await;
    assert_eq!(refused.body["fields"][0]["code"], "too_large", "{refused:?}");
}

#[tokio::test]
async fn staff_read_and_teach_but_do_not_mute_and_the_house_is_told() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let hears = told.clone();
    let site = Site::open(None, |settings| {
        settings.chosen = Arc::new(move |shop, choices: &Choices| {
            let muted = choices.digest.muted.clone();
            hears.lock().unwrap().push((shop.to_string(), muted));
        });
    })
    .await;
    let owner = site.join("sajang", "haengbok").await;
    let staff = site.join("jikwon", "haengbok").await;
    let members = site.get(&owner, "/shops/haengbok/users").await.body;
    let user = members["items"].as_array().unwrap().iter();
    let user = user.clone().find(|m| m["login"] == "jikwon").unwrap()["user"].clone();
    let path = format!("/shops/haengbok/users/{}", user.as_str().unwrap());
    let lesser = site.ask("PATCH", &owner, &path, json!({"role": "staff"})).await;
    assert_eq!(lesser.status.as_u16(), 200);
    let body = json!({"word": "축구", "wish": "mute"});
    let refused = site.ask("POST", &staff, TOPICS, body.clone()).await;
    assert_eq!(refused.status.as_u16(), 403);
    assert_eq!(site.get(&staff, TOPICS).await.status.as_u16(), 200);
    assert!(told.lock().unwrap().is_empty());
    site.ask("POST", &owner, TOPICS, body).await;
    assert_eq!(
        *told.lock().unwrap(),
        [("haengbok".to_string(), vec!["축구".to_string()])]
    );
}

both!(
    what_is_opened_and_put_aside_is_learnt_and_seen,
    what_is_no_story_of_that_digest_teaches_nothing,
    a_word_is_muted_heard_again_and_forgotten,
    a_learnt_word_is_meant_as_it_stands,
    of_two_at_once_one_is_learnt,
    too_many_muted_words_are_refused
);
