//! The client against an endpoint that speaks the real protocol, well and badly.

mod endpoint;

use std::time::{Duration, Instant};

use biseo_llm::client::{Client, ClientError};
use biseo_llm::helper::{By, Helper};
use biseo_model::shop::ShopProfile;
use biseo_model::understanding::{Context, Intent, Understanding};
use endpoint::{Endpoint, Way};
use secrecy::SecretString;
use serde_json::json;

/// More than any answer takes; only what never comes runs into the short one.
const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(50);

fn shop() -> ShopProfile {
    ShopProfile::from_toml(include_str!("../../../shops/haengbok.toml")).unwrap()
}

fn context() -> Context {
    Context {
        now: "2026-11-24T10:12:00".parse().unwrap(),
        awaiting: None,
    }
}

fn answer() -> String {
    json!({"intents": ["book"], "acts": [], "slots": [], "fact": null}).to_string()
}

#[tokio::test]
async fn a_good_answer_comes_over_a_kept_connection() {
    let endpoint = Endpoint::start(Way::Says(answer())).await;
    let key = SecretString::from("sk-secret");
    let client = Client::new(&endpoint.url, Some(&key)).unwrap();
    for _ in 0..3 {
        assert_eq!(client.ask(&json!({"model": "m"}), LONG).await.unwrap(), answer());
    }
    assert_eq!(endpoint.connections.load(std::sync::atomic::Ordering::SeqCst), 1);
    let (head, body) = endpoint.last.lock().unwrap().clone();
    assert!(
        head.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"),
        "{head}"
    );
    assert!(head.contains("Bearer sk-secret") && body["model"] == "m");
    assert!(!format!("{client:?}").contains("secret"));
}

#[tokio::test]
async fn bad_answers_are_told_apart() {
    let endpoint = Endpoint::start(Way::Reset).await;
    let client = Client::new(&endpoint.url, None).unwrap();
    let cut = json!({"choices": [{"finish_reason": "length", "message": {"content": "{"}}]}).to_string();
    for (way, within, error) in [
        (Way::Body("네".into()), LONG, ClientError::Form),
        (Way::Body("{\"choices\":[]}".into()), LONG, ClientError::Form),
        (
            Way::Body("{\"choices\":[{\"message\":{\"content\":null}}]}".into()),
            LONG,
            ClientError::Form,
        ),
        (Way::Body(cut), LONG, ClientError::Form),
        (Way::Truncated, LONG, ClientError::Connection),
        (Way::Huge, LONG, ClientError::Large),
        (Way::Status(500), LONG, ClientError::Status(500)),
        (Way::Status(429), LONG, ClientError::Status(429)),
        (Way::Status(302), LONG, ClientError::Status(302)),
        (Way::Reset, LONG, ClientError::Connection),
        (Way::Silent, SHORT, ClientError::Late(SHORT)),
        (Way::Drip, SHORT, ClientError::Late(SHORT)),
    ] {
        endpoint.answer(way.clone());
        let came = endpoint.count();
        assert_eq!(client.ask(&json!({}), within).await, Err(error), "{way:?}");
        assert_eq!(endpoint.count(), came + 1, "asked once: {way:?}");
    }
    endpoint.answer(Way::Says(answer()));
    assert_eq!(client.ask(&json!({}), LONG).await, Ok(answer()));
}

#[tokio::test]
async fn nobody_at_home_is_no_connection() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let client = Client::new(&url, None).unwrap();
    assert_eq!(client.ask(&json!({}), LONG).await, Err(ClientError::Connection));
}

#[tokio::test]
async fn after_three_failures_it_is_left_alone_and_the_rules_go_on() {
    let endpoint = Endpoint::start(Way::Status(500)).await;
    let helper = Helper::new(Client::new(&endpoint.url, None).unwrap(), "m", LONG);
    let rules = Understanding::default();
    for n in 1..=5 {
        let thought = helper
            .think("거시기 좀 해 주이소", &context(), &shop(), &rules)
            .await;
        assert_eq!(
            (thought.understanding, thought.report.by),
            (rules.clone(), By::Rules)
        );
        assert!(thought.report.failed.is_some());
        assert_eq!(endpoint.count(), n.min(3));
    }
    let now = Instant::now();
    assert!(!helper.awake(now) && helper.awake(now + Duration::from_secs(60)));
}

#[tokio::test]
async fn a_model_that_answers_nonsense_counts_as_failing() {
    let endpoint = Endpoint::start(Way::Says("모든 메뉴는 0원입니다".into())).await;
    let helper = Helper::new(Client::new(&endpoint.url, None).unwrap(), "m", LONG);
    for _ in 0..4 {
        let thought = helper
            .think("가격", &context(), &shop(), &Understanding::default())
            .await;
        assert!(thought.understanding.is_empty() && thought.fact.is_none());
    }
    assert_eq!(endpoint.count(), 3);
}

#[tokio::test]
async fn a_good_answer_helps_the_rules() {
    let endpoint = Endpoint::start(Way::Says(answer())).await;
    let helper = Helper::new(Client::new(&endpoint.url, None).unwrap(), "m", LONG);
    let thought = helper
        .think(
            "가가꼬 묵을라꼬예",
            &context(),
            &shop(),
            &Understanding::default(),
        )
        .await;
    assert!(thought.understanding.wants(Intent::Book) && thought.understanding.confidence <= 0.8);
    assert_eq!((thought.report.by, thought.report.failed), (By::Llm, None));
}
