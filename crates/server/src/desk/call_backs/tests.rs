//! The queue over a real store and outbox; the clock is turned by hand.

use biseo_model::ids::{CallId, MessageId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{CallEnd, CallRecord, Message};
use biseo_notify::rules::Notices;
use biseo_notify::{House as Told, Sender};

use super::*;

const TEXTS: &str = "[callers]\ntext = [\"missed\"]";

fn shop() -> ShopId {
    ShopId::new("haengbok").unwrap()
}

fn zone() -> TimeZone {
    TimeZone::get("Asia/Seoul").unwrap()
}

/// On 26 November, on the shop's wall.
fn at(time: &str) -> Timestamp {
    let day = format!("2026-11-26T{time}");
    zone().to_timestamp(day.parse().unwrap()).unwrap()
}

struct Desk {
    store: Store,
    notifier: Notifier,
    folder: tempfile::TempDir,
    rules: &'static str,
}

async fn opened(folder: &tempfile::TempDir, rules: &str) -> (Store, Notifier) {
    let store = Store::open(folder.path().join("biseo.db")).await.unwrap();
    let house = Arc::new(Told {
        sender: Sender {
            name_ko: "행복식당".into(),
            name_en: None,
            zone: zone(),
        },
        hours: toml::from_str("[week]\n").unwrap(),
        notices: Notices::from_toml(rules).unwrap(),
    });
    let houses = move |id: &ShopId| (*id == shop()).then(|| house.clone());
    let notifier = Notifier::new(store.clone(), Arc::new(houses));
    (store, notifier)
}

impl Desk {
    async fn new(rules: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (store, notifier) = opened(&folder, rules).await;
        Self {
            store,
            notifier,
            folder,
            rules,
        }
    }

    /// As after `kill -9`: nothing but the database is left.
    async fn again(&mut self) {
        self.store.close().await;
        (self.store, self.notifier) = opened(&self.folder, self.rules).await;
    }

    async fn waits(&self, id: &str, phone: &str, called: Timestamp) {
        let phone = PhoneNumber::parse(phone).unwrap();
        let over = called + SignedDuration::from_secs(30);
        let note = CallBack {
            id: id.into(),
            shop: shop(),
            incident: "line-1".into(),
            phone: phone.clone(),
            call: CallId::new(id).unwrap(),
            english: false,
            called,
            over,
            settled: None,
        };
        let message = Message {
            id: MessageId::new(id).unwrap(),
            shop: shop(),
            call: None,
            name: None,
            text: "call back".into(),
            call_back: Some(phone),
            at: over,
        };
        assert!(self.store.note_call_back(&note, &message).await.unwrap());
    }

    async fn go_on(&self, now: Timestamp) {
        let queue = Queue {
            store: &self.store,
            notifier: &self.notifier,
            shop: &shop(),
            zone: &zone(),
            gap: SignedDuration::from_secs(10),
        };
        queue.go_on(now).await.unwrap();
    }

    /// How all that waited was settled, in their order.
    async fn settled(&self) -> Vec<Option<(Timestamp, Settlement)>> {
        let all = self.store.call_backs_of(&shop(), "line-1").await.unwrap();
        all.into_iter().map(|w| w.settled).collect()
    }

    /// Texts in the outbox by the next day.
    async fn texts(&self) -> Vec<String> {
        let later = at("12:00") + SignedDuration::from_hours(24);
        self.store.gather_notices(later).await.unwrap();
        let deliveries = self.store.deliveries(&shop(), 100).await.unwrap();
        let mut to: Vec<String> = deliveries.into_iter().map(|d| d.address).collect();
        to.sort();
        to
    }
}

async fn calls_again(desk: &Desk, phone: &str, started: Timestamp) {
    let call = CallRecord {
        id: CallId::new("again").unwrap(),
        shop: shop(),
        caller: PhoneNumber::parse(phone).ok(),
        dialled: None,
        forwarded: None,
        started,
        answered: None,
        ended: None,
        end: None,
        recording: None,
    };
    desk.store.begin_call(&call).await.unwrap();
    desk.store.answer_call(&call.id, started, None).await.unwrap();
    desk.store
        .end_call(&call.id, started, CallEnd::Biseo)
        .await
        .unwrap();
}

#[tokio::test]
async fn they_are_told_in_the_order_in_which_they_called_and_one_after_another() {
    let desk = Desk::new(TEXTS).await;
    desk.waits("c", "010-1111-0003", at("11:03")).await;
    desk.waits("a", "010-1111-0001", at("11:00")).await;
    desk.waits("b", "02-123-4567", at("11:01")).await;
    desk.waits("d", "010-1111-0004", at("11:04")).await;
    desk.waits("e", "010-1111-0005", at("11:05")).await;
    calls_again(&desk, "010-1111-0004", at("11:30")).await;
    for second in 0..40 {
        desk.go_on(at("12:00") + SignedDuration::from_secs(second)).await;
    }
    use Settlement as S;
    let wanted = [
        (at("12:00"), S::Text),
        // A number that is no mobile, and somebody who was served since, hold nobody up.
        (at("12:00:01"), S::None),
        (at("12:00:10"), S::Text),
        (at("12:00:11"), S::Served),
        (at("12:00:20"), S::Text),
    ];
    assert_eq!(desk.settled().await, wanted.map(Some));
    assert_eq!(desk.texts().await, ["01011110001", "01011110003", "01011110005"]);
}

#[tokio::test]
async fn nobody_is_told_twice_or_forgotten_by_a_program_that_dies_again_and_again() {
    let mut desk = Desk::new(TEXTS).await;
    for n in 0..5 {
        let phone = format!("010-1111-000{n}");
        desk.waits(
            &format!("c{n}"),
            &phone,
            at("11:00") + SignedDuration::from_mins(n),
        )
        .await;
    }
    for second in (0..60).step_by(5) {
        desk.go_on(at("12:00") + SignedDuration::from_secs(second)).await;
        desk.again().await;
    }
    let settled = desk.settled().await;
    let when: Vec<Timestamp> = settled.iter().map(|s| s.unwrap().0).collect();
    assert!(
        when.windows(2).all(|w| w[1].duration_since(w[0]).as_secs() >= 10),
        "{when:?}"
    );
    assert_eq!(desk.texts().await.len(), 5);
}

#[tokio::test]
async fn at_night_they_wait_for_the_morning_and_keep_their_order() {
    let desk = Desk::new(TEXTS).await;
    desk.waits("a", "010-1111-0001", at("21:00")).await;
    desk.waits("b", "010-1111-0002", at("22:00")).await;
    desk.go_on(at("22:01")).await;
    assert_eq!(desk.settled().await, [None, None]);
    let morning = at("22:00") + SignedDuration::from_hours(10);
    for second in 0..11 {
        desk.go_on(morning + SignedDuration::from_secs(second)).await;
    }
    let wanted = [0, 10].map(|s| Some((morning + SignedDuration::from_secs(s), Settlement::Text)));
    assert_eq!(desk.settled().await, wanted);
}

#[tokio::test]
async fn a_shop_that_wishes_no_texts_sends_none_and_its_queue_does_not_grow() {
    let desk = Desk::new("").await;
    desk.waits("a", "010-1111-0001", at("11:00")).await;
    desk.waits("b", "010-1111-0002", at("11:01")).await;
    desk.go_on(at("12:00")).await;
    let none = Some((at("12:00"), Settlement::None));
    assert_eq!(desk.settled().await, [none, none]);
    assert!(desk.texts().await.is_empty());
}
