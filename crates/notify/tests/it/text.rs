//! Text messages: through Solapi and NHN Cloud, once each, whatever becomes of a try.

use std::sync::Arc;

use biseo_model::ids::{BookingId, CallId, ShopId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{Booking, BookingState};
use biseo_notify::channels::Channels;
use biseo_notify::channels::text::TextSettings;
use biseo_notify::rules::{ChannelKind, Language};
use biseo_notify::{CallerTold, Event, Fact, ToCaller};
use biseo_store::DeliveryState;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::carrier::Carrier;
use crate::carrier::Meets::{self, Answers, Takes, TakesAndBreaks, TakesAndHangs};
use crate::common::{
    BY_TEXT, Desk, WORDS, http, shop, start, texts, texts_with_fallback, texts_with_templates, url, webhooks,
};
use crate::peer::Peer;

/// The reader's shop also writes to callers.
const CALLERS: &str =
    "by = [\"text\"]\nphone = \"010-9876-5432\"\n[callers]\ntext = [\"booking\", \"missed\"]";

const BOTH: [&str; 2] = ["solapi", "nhn"];

fn refusal(provider: &str, solapi: &str, nhn: i64) -> Meets {
    match provider {
        "solapi" => Answers(
            200,
            None,
            json!({ "groupInfo": {}, "failedMessageList": [{ "statusCode": solapi }] }),
        ),
        _ => Answers(
            200,
            None,
            json!({ "header": { "isSuccessful": false, "resultCode": nhn, "resultMessage": "no" } }),
        ),
    }
}

/// The number, the text and our id in what was taken.
fn parts(provider: &str, taken: &crate::carrier::Taken) -> (String, String, String) {
    let of = |value: &Value| value.as_str().unwrap_or_default().to_string();
    let m = &taken.message;
    match provider {
        "solapi" => (of(&m["to"]), of(&m["text"]), of(&m["customFields"]["notice"])),
        _ => (
            of(&m["recipientNo"]),
            of(&taken.body["body"]),
            of(&m["recipientGroupingKey"]),
        ),
    }
}

#[tokio::test]
async fn a_message_arrives_once_after_two_refusals() {
    for provider in BOTH {
        let later = Answers(429, Some(7), json!({}));
        let carrier = Carrier::meeting(&[later, Answers(503, None, json!({})), Takes]).await;
        let desk = Desk::new(BY_TEXT).await;
        let delivery = desk
            .third_try_arrives(&desk.worker(texts(provider, carrier.address)))
            .await;
        let taken = carrier.taken();
        assert_eq!(taken.len(), 1, "{provider}");
        let (to, text, id) = parts(provider, &taken[0]);
        assert_eq!((to.as_str(), id), ("01098765432", delivery.id), "{provider}");
        assert!(text.contains(WORDS) && text.starts_with("[행복식당]"), "{text}");
        // The first try asks for nothing; each further one does.
        let asked = if provider == "solapi" { 2 } else { 4 };
        assert_eq!(carrier.lists().len(), asked, "{provider}");
    }
}

#[tokio::test]
async fn short_and_long_messages_go_by_their_kinds() {
    for (provider, kinds) in [("solapi", ["SMS", "LMS"]), ("nhn", ["sms", "mms"])] {
        let carrier = Carrier::meeting(&[]).await;
        let desk = Desk::new(BY_TEXT).await;
        let worker = desk.worker(texts(provider, carrier.address));
        desk.tell_words("짧게 😀").await;
        worker.round().await.unwrap();
        desk.tell_words(&"길게 ".repeat(60)).await;
        worker.round().await.unwrap();
        for (taken, kind) in carrier.taken().iter().zip(kinds) {
            let found = match provider {
                "solapi" => taken.message["type"].as_str().unwrap().to_string(),
                _ => taken.path.rsplit('/').next().unwrap().to_string(),
            };
            assert_eq!(found, kind);
            assert!(!parts(provider, taken).1.contains('😀'));
            let subject = if provider == "solapi" {
                &taken.message["subject"]
            } else {
                &taken.body["title"]
            };
            assert_eq!(
                subject.is_string(),
                kind.ends_with("MS") && kind != "SMS" || kind == "mms",
                "{kind}"
            );
        }
        assert_eq!(carrier.taken().len(), 2);
    }
}

#[tokio::test]
async fn what_was_taken_without_an_answer_is_not_sent_again() {
    for provider in BOTH {
        let carrier = Carrier::meeting(&[TakesAndBreaks]).await;
        let desk = Desk::new(BY_TEXT).await;
        let worker = desk.worker(texts(provider, carrier.address));
        desk.tell().await;
        worker.round().await.unwrap();
        assert_eq!(desk.delivery().await.state, DeliveryState::Failed, "{provider}");
        // A list that cannot be read sends nothing.
        carrier.blind(&[500]);
        desk.an_hour_later();
        worker.round().await.unwrap();
        assert_eq!(desk.delivery().await.state, DeliveryState::Failed, "{provider}");
        desk.an_hour_later();
        worker.round().await.unwrap();
        assert_eq!(desk.delivery().await.state, DeliveryState::Sent, "{provider}");
        assert_eq!(carrier.taken().len(), 1, "{provider}");
    }
}

#[tokio::test]
async fn an_answer_that_never_comes_is_waited_for_no_longer_than_a_limit() {
    for provider in BOTH {
        let carrier = Carrier::meeting(&[TakesAndHangs]).await;
        let desk = Desk::new(BY_TEXT).await;
        let worker = desk.impatient_worker(texts(provider, carrier.address));
        desk.tell().await;
        worker.round().await.unwrap();
        assert_eq!(desk.delivery().await.state, DeliveryState::Failed);
        desk.an_hour_later();
        worker.round().await.unwrap();
        assert_eq!(desk.delivery().await.state, DeliveryState::Sent);
        assert_eq!(carrier.taken().len(), 1);
    }
}

#[tokio::test]
async fn what_is_refused_for_good_is_given_up_and_the_fault_has_no_number() {
    for provider in BOTH {
        for (solapi, nhn) in [("1062", -2312), ("1042", -2107), ("3010", -2019)] {
            let carrier = Carrier::meeting(&[refusal(provider, solapi, nhn)]).await;
            let desk = Desk::new(BY_TEXT).await;
            let worker = desk.worker(texts(provider, carrier.address));
            desk.tell().await;
            worker.round().await.unwrap();
            let delivery = desk.delivery().await;
            assert_eq!(delivery.state, DeliveryState::GivenUp, "{provider} {nhn}");
            let fault = delivery.fault.unwrap();
            let code = if provider == "solapi" {
                solapi.to_string()
            } else {
                nhn.to_string()
            };
            assert!(fault.contains(&code) && !fault.contains("5432"), "{fault}");
        }
    }
}

#[tokio::test]
async fn a_wrong_secret_is_tried_again() {
    for provider in BOTH {
        let carrier = Carrier::meeting(&[]).await;
        let settings = format!(
            "provider = \"{provider}\"\nkey = \"other\"\nsecret_env = \"S\"\nsender = \"02-123-4567\"\nurl = \"{}\"",
            url(carrier.address, "")
        );
        let settings: TextSettings = toml::from_str(&settings).unwrap();
        let channel = settings.open_with(&http(), &|_| Some("wrong".into())).unwrap();
        let desk = Desk::new(BY_TEXT).await;
        let worker = desk.worker(Channels::new().with(ChannelKind::Text, Arc::new(channel)));
        desk.tell().await;
        worker.round().await.unwrap();
        let delivery = desk.delivery().await;
        assert_eq!(delivery.state, DeliveryState::Failed);
        assert!(delivery.fault.unwrap().contains("refuses the account"));
        assert!(carrier.taken().is_empty());
    }
}

#[tokio::test]
async fn an_empty_account_is_told_by_another_channel_once() {
    let empty = || refusal("solapi", "1030", 0);
    let carrier = Carrier::meeting(&[empty(), empty(), Takes]).await;
    let peer = Peer::answering(&[204, 204]).await;
    let desk = Desk::new(&format!("{BY_TEXT}\nwebhook = \"till\"")).await;
    let text = texts("solapi", carrier.address)
        .of(&shop(), ChannelKind::Text)
        .unwrap();
    let worker = desk.worker(webhooks(peer.address).with(ChannelKind::Text, text));
    desk.tell().await;
    for _ in 0..3 {
        worker.round().await.unwrap();
        desk.an_hour_later();
    }
    let got = peer.got();
    assert_eq!(got.len(), 1, "once a day");
    let told: Value = serde_json::from_slice(&got[0].body).unwrap();
    assert!(told["data"]["text"].as_str().unwrap().contains("잔액"), "{told}");
    assert_eq!(carrier.taken().len(), 1, "sent after all, once somebody has paid");
    let deliveries = desk.store.deliveries(&shop(), 9).await.unwrap();
    assert!(deliveries.iter().all(|d| d.state == DeliveryState::Sent) && deliveries.len() == 2);
}

fn booking(phone: &str) -> Booking {
    Booking {
        id: BookingId::new("b1").unwrap(),
        shop: shop(),
        call: Some(CallId::new("c1").unwrap()),
        date: "2026-11-19".parse().unwrap(),
        time: "19:30".parse().unwrap(),
        minutes: 90,
        party_size: 4,
        name: "김하늘".into(),
        phone: PhoneNumber::parse(phone).unwrap(),
        resource: "t1".into(),
        services: Vec::new(),
        requests: Vec::new(),
        state: BookingState::Confirmed,
        made: start(),
    }
}

fn to_caller(phone: &str, at: Timestamp, call_ended: Option<Timestamp>) -> ToCaller {
    let booking = booking(phone);
    let mut event = Event::booking_made(&booking);
    event.at = at;
    ToCaller {
        event,
        to: booking.phone,
        language: Language::Ko,
        link: Some("https://b.example/x1".into()),
        call_ended,
    }
}

#[tokio::test]
async fn a_caller_is_told_by_the_template_with_a_text_to_fall_back_on() {
    for provider in BOTH {
        let carrier = Carrier::meeting(&[TakesAndBreaks]).await;
        let desk = Desk::new(CALLERS).await;
        let worker = desk.worker(texts_with_templates(provider, carrier.address));
        let to = to_caller("010-2345-6789", start(), Some(start()));
        assert_eq!(desk.tell_caller(&to).await, CallerTold::New);
        assert_eq!(desk.tell_caller(&to).await, CallerTold::Already);
        worker.round().await.unwrap();
        // Half past eight in the evening by now: the try after it is told by the list of 알림톡.
        desk.minutes_later(20);
        worker.round().await.unwrap();
        assert_eq!(desk.delivery().await.state, DeliveryState::Sent, "{provider}");
        let taken = carrier.taken();
        assert_eq!(taken.len(), 1);
        let m = &taken[0].message;
        if provider == "solapi" {
            assert_eq!((&m["type"], &m["to"]), (&json!("ATA"), &json!("01023456789")));
            let kakao = &m["kakaoOptions"];
            assert_eq!(
                (&kakao["pfId"], &kakao["templateId"]),
                (&json!("PF01"), &json!("T-made"))
            );
            assert_eq!(
                (&kakao["variables"]["#{인원}"], &kakao["disableSms"]),
                (&json!("네 분"), &json!(false))
            );
        } else {
            assert!(
                taken[0]
                    .path
                    .ends_with("/alimtalk/v2.3/appkeys/kakaoAppKey01/messages")
            );
            assert_eq!(
                (&taken[0].body["senderKey"], &taken[0].body["templateCode"]),
                (&json!("PF01"), &json!("T-made"))
            );
            assert_eq!(m["templateParameter"]["인원"], "네 분");
            let resend = &m["resendParameter"];
            assert_eq!(
                (&resend["isResend"], &resend["resendSendNo"]),
                (&json!(true), &json!("021234567"))
            );
            assert!(
                resend["resendContent"]
                    .as_str()
                    .unwrap()
                    .contains("네 분 예약되었습니다. 변경: https://b.example/x1")
            );
            let id = desk.delivery().await.id;
            assert_eq!(taken[0].headers["x-nc-api-idempotency-key"], id.as_str());
        }
    }
}

/// What the caller got, and what became of the delivery, when the provider meets the first requests so.
async fn with_template_refused(
    provider: &str,
    meets: &[Meets],
    fallback: bool,
) -> (Vec<String>, DeliveryState) {
    let carrier = Carrier::meeting(meets).await;
    let desk = Desk::new(CALLERS).await;
    let worker = desk.worker(texts_with_fallback(provider, carrier.address, fallback));
    desk.tell_caller(&to_caller("010-2345-6789", start(), Some(start())))
        .await;
    worker.round().await.unwrap();
    desk.minutes_later(20);
    worker.round().await.unwrap();
    let texts = carrier.taken().iter().map(|t| parts(provider, t).1).collect();
    (texts, desk.delivery().await.state)
}

#[tokio::test]
async fn what_is_refused_with_its_template_goes_as_a_text_message_once() {
    for provider in BOTH {
        let refused = || refusal(provider, "1043", -3016);
        let text = "[행복식당] 내일 19:30 네 분 예약되었습니다. 변경: https://b.example/x1";
        let sent = (vec![text.to_string()], DeliveryState::Sent);
        assert_eq!(
            with_template_refused(provider, &[refused()], true).await,
            sent,
            "{provider}"
        );
        // An answer that breaks off is looked up, and what was only refused is tried again.
        let breaks = [refused(), TakesAndBreaks];
        assert_eq!(
            with_template_refused(provider, &breaks, true).await,
            sent,
            "{provider}"
        );
        let later = [refused(), Answers(503, None, json!({})), refused()];
        assert_eq!(
            with_template_refused(provider, &later, true).await,
            sent,
            "{provider}"
        );
        let never = (Vec::new(), DeliveryState::GivenUp);
        assert_eq!(
            with_template_refused(provider, &[refused()], false).await,
            never,
            "{provider}"
        );
        let both = [refused(), refused()];
        assert_eq!(
            with_template_refused(provider, &both, true).await,
            never,
            "{provider}"
        );
    }
}

#[tokio::test]
async fn without_a_template_a_caller_has_a_text_message() {
    for provider in BOTH {
        let carrier = Carrier::meeting(&[]).await;
        let desk = Desk::new(CALLERS).await;
        desk.tell_caller(&to_caller("010-2345-6789", start(), None)).await;
        desk.worker(texts(provider, carrier.address))
            .round()
            .await
            .unwrap();
        let (to, text, _) = parts(provider, &carrier.taken()[0]);
        assert_eq!(to, "01023456789");
        assert_eq!(
            text,
            "[행복식당] 내일 19:30 네 분 예약되었습니다. 변경: https://b.example/x1"
        );
    }
}

#[tokio::test]
async fn who_may_not_be_written_to_is_not() {
    let wanted = Desk::new(CALLERS).await;
    let to = |phone| to_caller(phone, start(), None);
    for phone in ["02-123-4567", "070-1234-5678", "+14155550100"] {
        assert_eq!(
            wanted.tell_caller(&to(phone)).await,
            CallerTold::NoMobile,
            "{phone}"
        );
    }
    let mut message = to("010-2345-6789");
    message.event.fact = Fact::LineIncident {
        text: "x".into(),
        over: false,
    };
    assert_eq!(wanted.tell_caller(&message).await, CallerTold::NotWanted);
    let mut other = to("010-2345-6789");
    other.event.shop = ShopId::new("byeol").unwrap();
    assert_eq!(wanted.tell_caller(&other).await, CallerTold::NotWanted);
    // Off unless the owner wants it.
    let off = Desk::new(BY_TEXT).await;
    assert_eq!(off.tell_caller(&to("010-2345-6789")).await, CallerTold::NotWanted);
    assert!(wanted.store.deliveries(&shop(), 9).await.unwrap().is_empty());
}

/// The tests begin at 20:06 of the shop's clock.
#[tokio::test]
async fn at_night_only_an_answer_to_a_call_that_has_just_ended_goes_out() {
    let carrier = Carrier::meeting(&[]).await;
    let desk = Desk::new(CALLERS).await;
    let worker = desk.worker(texts("solapi", carrier.address));
    (0..2).for_each(|_| desk.an_hour_later());
    let now = start() + SignedDuration::from_hours(2);
    // The shop did something on its own: not before eight.
    desk.tell_caller(&to_caller("010-2345-6789", now, None)).await;
    assert_eq!(worker.round().await.unwrap(), 0);
    // An answer goes at once.
    let answer = ToCaller {
        event: Event::new(
            &shop(),
            "c9",
            now,
            Fact::CallMissed {
                call: CallId::new("c9").unwrap(),
                caller: None,
                line: false,
            },
        ),
        ..to_caller("010-2345-6789", now, Some(now - SignedDuration::from_mins(1)))
    };
    desk.tell_caller(&answer).await;
    assert_eq!(worker.round().await.unwrap(), 1);
    assert_eq!(carrier.taken().len(), 1);
    // 22:06 + 9 h = 07:06.
    (0..9).for_each(|_| desk.an_hour_later());
    assert_eq!(worker.round().await.unwrap(), 0);
    desk.an_hour_later();
    assert_eq!(worker.round().await.unwrap(), 1);
    assert_eq!(carrier.taken().len(), 2);
}

#[tokio::test]
async fn an_answer_that_failed_or_was_late_waits_for_the_morning() {
    let carrier = Carrier::meeting(&[Answers(503, None, json!({}))]).await;
    let desk = Desk::new(CALLERS).await;
    let worker = desk.worker(texts("nhn", carrier.address));
    (0..2).for_each(|_| desk.an_hour_later());
    let now = start() + SignedDuration::from_hours(2);
    desk.tell_caller(&to_caller("010-2345-6789", now, Some(now)))
        .await;
    assert_eq!(worker.round().await.unwrap(), 1);
    assert_eq!(desk.delivery().await.state, DeliveryState::Failed);
    desk.an_hour_later();
    assert_eq!(worker.round().await.unwrap(), 1);
    let waiting = desk.delivery().await;
    assert_eq!((waiting.state, waiting.tries), (DeliveryState::Due, 1));
    // Eight o'clock of the next day.
    assert_eq!(waiting.due.to_string(), "2026-11-18T23:00:00Z");
    assert!(carrier.taken().is_empty());
    (0..9).for_each(|_| desk.an_hour_later());
    assert_eq!(worker.round().await.unwrap(), 1);
    assert_eq!(carrier.taken().len(), 1);
}

/// What became of the first try, and how many were taken, when the provider says this.
async fn first_try(provider: &str, meets: Meets) -> (DeliveryState, Timestamp, usize) {
    let carrier = Carrier::meeting(&[meets]).await;
    let desk = Desk::new(BY_TEXT).await;
    desk.tell().await;
    desk.worker(texts(provider, carrier.address))
        .round()
        .await
        .unwrap();
    let delivery = desk.store.deliveries(&shop(), 9).await.unwrap().pop().unwrap();
    (delivery.state, delivery.due, carrier.taken().len())
}

#[tokio::test]
async fn a_rest_that_the_provider_asks_for_is_kept() {
    for provider in BOTH {
        let (state, due, _) = first_try(provider, Answers(429, Some(7200), json!({}))).await;
        assert_eq!(state, DeliveryState::Failed);
        assert!(due >= start() + SignedDuration::from_hours(2), "{provider} {due}");
    }
}

#[tokio::test]
async fn answers_of_any_form_are_understood_or_tried_again() {
    use DeliveryState::{Failed, GivenUp};
    let header = |code: i64| json!({ "header": { "isSuccessful": false, "resultCode": code } });
    let one = json!({
        "header": { "isSuccessful": true, "resultCode": 0 },
        "body": { "data": { "sendResultList": [{ "resultCode": -2019 }] } },
    });
    for (provider, status, body, state) in [
        (
            "solapi",
            400,
            json!({ "errorCode": "NotEnoughBalance", "errorMessage": "x" }),
            Failed,
        ),
        (
            "solapi",
            400,
            json!({ "errorCode": "ValidationError", "errorMessage": "x" }),
            GivenUp,
        ),
        ("solapi", 400, json!({ "errorCode": "TooManyRequests" }), Failed),
        ("solapi", 200, json!({}), Failed),
        ("solapi", 200, json!("what?"), Failed),
        (
            "solapi",
            200,
            json!({ "groupInfo": [], "failedMessageList": {} }),
            Failed,
        ),
        ("solapi", 302, json!({}), Failed),
        ("solapi", 200, json!({ "x": "y".repeat(5_000_000) }), Failed),
        ("nhn", 200, header(-9999), Failed),
        ("nhn", 200, header(-1000), Failed),
        ("nhn", 200, header(-2023), GivenUp),
        ("nhn", 200, one, GivenUp),
        ("nhn", 200, json!({}), Failed),
        ("nhn", 200, json!({ "header": { "isSuccessful": true } }), Failed),
        // Not the provider's own words: a machine between.
        ("nhn", 400, json!([1]), Failed),
        ("nhn", 404, json!("not found"), Failed),
        (
            "nhn",
            200,
            json!({ "header": { "isSuccessful": false, "resultCode": "no" } }),
            GivenUp,
        ),
        ("solapi", 404, json!("not found"), Failed),
        ("solapi", 400, json!({ "errorCode": "010-1234-5678" }), Failed),
        (
            "solapi",
            200,
            json!({ "groupInfo": {}, "failedMessageList": [{}] }),
            Failed,
        ),
        ("nhn", 500, json!({}), Failed),
    ] {
        let said = body.to_string().chars().take(80).collect::<String>();
        let (found, ..) = first_try(provider, Answers(status, None, body)).await;
        assert_eq!(found, state, "{provider} {status} {said}");
    }
}

#[tokio::test]
async fn a_message_of_another_delivery_to_the_same_number_is_not_taken_for_ours() {
    for provider in BOTH {
        let carrier = Carrier::meeting(&[Takes, Answers(503, None, json!({})), Takes]).await;
        let desk = Desk::new(BY_TEXT).await;
        let worker = desk.worker(texts(provider, carrier.address));
        desk.tell_of("m1").await;
        worker.round().await.unwrap();
        desk.tell_of("m2").await;
        worker.round().await.unwrap();
        desk.an_hour_later();
        worker.round().await.unwrap();
        assert_eq!(carrier.taken().len(), 2, "{provider}");
    }
}

#[tokio::test]
async fn a_list_that_does_not_end_sends_nothing() {
    let carrier = Carrier::meeting(&[TakesAndBreaks]).await;
    let desk = Desk::new(BY_TEXT).await;
    let worker = desk.worker(texts("solapi", carrier.address));
    desk.tell().await;
    worker.round().await.unwrap();
    carrier.endless(true);
    desk.an_hour_later();
    worker.round().await.unwrap();
    let delivery = desk.delivery().await;
    assert_eq!(
        (delivery.state, carrier.taken().len()),
        (DeliveryState::Failed, 1)
    );
    assert!(delivery.fault.unwrap().contains("too long to be read"));
    carrier.endless(false);
    desk.an_hour_later();
    worker.round().await.unwrap();
    assert_eq!(desk.delivery().await.state, DeliveryState::Sent);
    assert_eq!(carrier.taken().len(), 1);
}

fn missed(call: &str, phone: &str, at: Timestamp) -> ToCaller {
    let fact = Fact::CallMissed {
        call: CallId::new(call).unwrap(),
        caller: None,
        line: false,
    };
    ToCaller {
        event: Event::new(&shop(), call, at, fact),
        ..to_caller(phone, at, Some(at))
    }
}

#[tokio::test]
async fn whoever_rings_again_and_again_is_told_once_a_day() {
    let desk = Desk::new(CALLERS).await;
    // Six minutes past eight in the evening, and past midnight.
    let (evening, night) = (start(), start() + SignedDuration::from_hours(4));
    for (call, phone, at, told) in [
        ("c1", "010-2345-6789", evening, CallerTold::New),
        ("c1", "010-2345-6789", evening, CallerTold::Already),
        ("c2", "010-2345-6789", evening, CallerTold::Already),
        ("c3", "010-9999-8888", evening, CallerTold::New),
        ("c4", "010-2345-6789", night, CallerTold::New),
        ("c5", "010-2345-6789", night, CallerTold::Already),
    ] {
        assert_eq!(desk.tell_caller(&missed(call, phone, at)).await, told, "{call}");
    }
    // A booking is another thing.
    assert_eq!(
        desk.tell_caller(&to_caller("010-2345-6789", evening, None)).await,
        CallerTold::New
    );
}

/// A booking that waits for the morning, with what became of it until then; the texts that were sent.
async fn sent_in_the_morning(since: impl AsyncFnOnce(&Desk)) -> (Vec<String>, DeliveryState) {
    let carrier = Carrier::meeting(&[]).await;
    let desk = Desk::new(CALLERS).await;
    let booked = Booking {
        call: None,
        ..booking("010-2345-6789")
    };
    desk.store.book(&booked, &["t1"]).await.unwrap();
    let now = start() + SignedDuration::from_hours(2);
    desk.tell_caller(&to_caller("010-2345-6789", now, None)).await;
    since(&desk).await;
    (0..12).for_each(|_| desk.an_hour_later());
    desk.worker(texts("solapi", carrier.address))
        .round()
        .await
        .unwrap();
    let texts = carrier.taken().iter().map(|t| parts("solapi", t).1).collect();
    (texts, desk.delivery().await.state)
}

#[tokio::test]
async fn a_caller_is_told_what_stands_in_the_morning() {
    let id = || BookingId::new("b1").unwrap();
    let link = "변경: https://b.example/x1";
    let (texts, _) = sent_in_the_morning(async |_: &Desk| {}).await;
    assert_eq!(
        texts,
        [format!("[행복식당] 오늘 19:30 네 분 예약되었습니다. {link}")]
    );
    let cancelled = async |desk: &Desk| assert!(desk.store.cancel_booking(&shop(), &id()).await.unwrap());
    assert_eq!(
        sent_in_the_morning(cancelled).await,
        (Vec::new(), DeliveryState::GivenUp)
    );
    let late = async |desk: &Desk| (0..24).for_each(|_| desk.an_hour_later());
    assert_eq!(
        sent_in_the_morning(late).await,
        (Vec::new(), DeliveryState::GivenUp)
    );
}

#[tokio::test]
async fn what_waits_is_not_sent_once_the_shop_wants_it_no_more() {
    let carrier = Carrier::meeting(&[]).await;
    let folder = tempfile::tempdir().unwrap();
    let outbox = folder.path().join("outbox.db");
    let wanted = Desk::over(&outbox, CALLERS).await;
    wanted
        .tell_caller(&to_caller("010-2345-6789", start(), None))
        .await;
    let off = Desk::over(&outbox, BY_TEXT).await;
    off.worker(texts("solapi", carrier.address))
        .round()
        .await
        .unwrap();
    assert_eq!(off.delivery().await.state, DeliveryState::GivenUp);
    assert!(carrier.taken().is_empty());
}

#[tokio::test]
async fn a_day_of_an_empty_account_is_the_shops_day() {
    let empty = || refusal("solapi", "1030", 0);
    let carrier = Carrier::meeting(&[(); 5].map(|()| empty())).await;
    let peer = Peer::answering(&[204; 5]).await;
    let desk = Desk::new(&format!("{BY_TEXT}\nwebhook = \"till\"")).await;
    let text = texts("solapi", carrier.address)
        .of(&shop(), ChannelKind::Text)
        .unwrap();
    let worker = desk.worker(webhooks(peer.address).with(ChannelKind::Text, text));
    desk.tell().await;
    // 20:06, 22:06, 00:36, 08:36 and 09:36 on the shop's clock, where UTC has another day at nine.
    let told = async |minutes| {
        desk.minutes_later(minutes);
        worker.round().await.unwrap();
        worker.round().await.unwrap();
        peer.got().len()
    };
    assert_eq!([told(0).await, told(120).await, told(150).await], [1, 1, 2]);
    assert_eq!([told(480).await, told(60).await], [2, 2]);
}

#[test]
fn nothing_that_is_shown_has_a_number_or_a_link() {
    let to = to_caller("010-2345-6789", start(), None);
    let shown = format!("{to:?}");
    assert!(
        !shown.contains("23456789") && !shown.contains("2345-6789") && !shown.contains("b.example"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_delivery_that_is_shown_has_no_number() {
    let desk = Desk::new(CALLERS).await;
    desk.tell_caller(&to_caller("010-2345-6789", start(), None)).await;
    desk.worker(Channels::new()).round().await.unwrap();
    let delivery = desk.delivery().await;
    let notices = desk.store.notices_of(&shop(), &delivery.id).await.unwrap();
    let shown = format!("{delivery:?} {notices:?}");
    assert!(
        shown.contains(&delivery.id) && !shown.contains("23456789") && !shown.contains("b.example"),
        "{shown}"
    );
}

/// The blocks of a kind in the owner's handbook.
fn written(kind: &str) -> Vec<&'static str> {
    let page = include_str!("../../../../docs/notices.md");
    let begin = format!("```{kind}\n");
    let blocks = page.split(&begin[..]).skip(1);
    blocks.map(|rest| rest.split("```").next().unwrap()).collect()
}

#[test]
fn what_the_handbook_shows_is_taken() {
    let [rules] = written("json")[..] else {
        panic!("one")
    };
    let mut rules: Value = serde_json::from_str(rules).unwrap();
    let notices: biseo_notify::rules::Notices = serde_json::from_value(rules["notices"].take()).unwrap();
    notices.check().unwrap();
    assert!(notices.callers.covers(biseo_notify::Kind::CallMissed));
    let [text] = written("toml")[..] else {
        panic!("one")
    };
    let mut file: toml::Table = toml::from_str(&text.replace('…', "x")).unwrap();
    let settings: TextSettings = file.remove("text").unwrap().try_into().unwrap();
    settings.check().unwrap();
}
