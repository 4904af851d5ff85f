use biseo_conversation::{Action, ActionResult, NewBooking, Wish};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{CallEnd, CallRecord};
use biseo_store::Store;
use jiff::civil::date;

use super::*;

/// One of two callers who want the only table at seven.
async fn caller(store: &Store, name: &str) -> Hands {
    let text = include_str!("../../../../../shops/haengbok.toml");
    let shop = ShopProfile::from_toml(text).unwrap();
    let hands = Hands {
        records: store.clone().into(),
        shop: Arc::new(shop),
        call: CallId::new(name).unwrap(),
        clock: Clock::default(),
        live: Live::new(),
    };
    let record = CallRecord {
        id: hands.call.clone(),
        shop: hands.shop.id.clone(),
        caller: None,
        dialled: None,
        forwarded: None,
        started: hands.clock.now(),
        answered: None,
        ended: None,
        end: None,
        recording: None,
    };
    store.begin_call(&record).await.unwrap();
    hands
}

fn seven() -> Wish {
    Wish {
        at: date(2030, 11, 25).at(19, 0, 0, 0),
        minutes: 120,
        candidates: vec!["the last table".into()],
    }
}

impl Hands {
    async fn does(&self, action: Action) -> ActionResult {
        self.carry_out(date(2030, 11, 1).at(12, 0, 0, 0), action).await
    }

    async fn asks(&self) -> ActionResult {
        let wishes = vec![seven()];
        self.does(Action::Check { wishes, except: None }).await
    }

    async fn books(&self) -> ActionResult {
        self.does(Action::Book(NewBooking {
            key: 1,
            wish: seven(),
            party_size: 2,
            name: "김민수".into(),
            phone: PhoneNumber::parse("010-2345-6789").unwrap(),
            services: Vec::new(),
            requests: Vec::new(),
        }))
        .await
    }
}

const FREE: fn(bool) -> ActionResult = |free| ActionResult::Available(vec![free]);

#[tokio::test]
async fn the_last_table_is_kept_while_its_first_caller_decides() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path().join("biseo.db")).await.unwrap();
    let (first, second) = (caller(&store, "c1").await, caller(&store, "c2").await);
    assert_eq!(first.asks().await, FREE(true));
    assert_eq!(second.asks().await, FREE(false));
    assert_eq!(second.books().await, ActionResult::Full);
    assert_eq!(first.asks().await, FREE(true), "its own hold is not in its way");
    // The first hangs up without a word.
    store
        .end_call(&first.call, first.clock.now(), CallEnd::Caller)
        .await
        .unwrap();
    assert_eq!(second.asks().await, FREE(true));
    assert!(matches!(second.books().await, ActionResult::Booked(_)));
    assert_eq!(first.asks().await, FREE(false), "booked for good");
}

#[tokio::test]
async fn a_caller_who_says_nothing_keeps_nobody_waiting_for_long() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path().join("biseo.db")).await.unwrap();
    let (first, mut second) = (caller(&store, "c1").await, caller(&store, "c2").await);
    assert_eq!(first.asks().await, FREE(true));
    let now = first.clock.now();
    second.clock = Clock::starting_at(now + HOLD - SignedDuration::from_mins(1));
    assert_eq!(second.asks().await, FREE(false));
    second.clock = Clock::starting_at(now + HOLD);
    assert_eq!(second.asks().await, FREE(true));
}

#[tokio::test]
async fn on_a_full_disk_what_is_free_is_still_told() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("biseo.db");
    let store = Store::open(&path).await.unwrap();
    let mut caller = caller(&store, "c1").await;
    store.close().await;
    caller.records = Store::open_limited_for_tests(&path, 1).await.unwrap().into();
    // A name that needs pages of its own, so that its hold cannot be stored.
    let table = "가".repeat(100_000);
    let candidates = [table.as_str()];
    let want = Want {
        date: seven().at.date(),
        time: seven().at.time(),
        minutes: 120,
        candidates: &candidates,
    };
    let (wants, now) = ([want], caller.clock.now());
    let (shop, times) = (&caller.shop.id, (now, now + HOLD));
    let offered = caller
        .records
        .offer(shop, &wants, None, &caller.call, times)
        .await;
    assert!(matches!(offered, Err(StoreError::DiskFull)), "{offered:?}");
    let wish = Wish {
        candidates: vec![table.clone()],
        ..seven()
    };
    let wishes = vec![wish];
    let told = caller.does(Action::Check { wishes, except: None }).await;
    assert_eq!(told, FREE(true));
}

/// An alert and the message at the call's end are two, and each repeated is stored once.
#[tokio::test]
async fn an_alert_is_kept_beside_the_calls_message() {
    let place = tempfile::tempdir().unwrap();
    let store = Store::open(&place.path().join("biseo.db")).await.unwrap();
    let shop = include_str!("../../../../../shops/maeum.toml");
    let shop = Arc::new(ShopProfile::from_toml(shop).unwrap());
    let hands = Hands {
        records: store.clone().into(),
        shop: shop.clone(),
        call: CallId::new("call-1").unwrap(),
        clock: Clock::default(),
        live: Live::new(),
    };
    let call = CallRecord {
        id: hands.call.clone(),
        shop: shop.id.clone(),
        caller: None,
        dialled: None,
        forwarded: None,
        started: hands.clock.now(),
        answered: None,
        ended: None,
        end: None,
        recording: None,
    };
    store.begin_call(&call).await.unwrap();
    let phone = PhoneNumber::parse("01023456789").ok();
    let (key, name) = (1, Some("김순자".to_string()));
    let alert = Action::Alert {
        key,
        text: "긴급: 쓰러졌어".into(),
        name: name.clone(),
        call_back: phone.clone(),
    };
    let left = Action::LeaveMessage {
        key,
        text: "잠: 못 잤어".into(),
        name,
        call_back: phone,
    };
    let now = jiff::civil::date(2026, 11, 24).at(10, 12, 0, 0);
    for action in [alert.clone(), left, alert] {
        assert_eq!(hands.carry_out(now, action).await, ActionResult::MessageLeft);
    }
    let messages = store.messages(&shop.id, 10).await.unwrap();
    let mut texts: Vec<&str> = messages.iter().map(|m| m.text.as_str()).collect();
    texts.sort_unstable();
    assert_eq!(texts, ["긴급: 쓰러졌어", "잠: 못 잤어"]);
    store.close().await;
}

#[tokio::test]
async fn looking_holds_nothing_and_does_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path().join("biseo.db")).await.unwrap();
    let (first, second) = (caller(&store, "first").await, caller(&store, "second").await);
    let now = date(2030, 11, 1).at(12, 0, 0, 0);
    let check = Action::Check {
        wishes: vec![seven()],
        except: None,
    };
    let free = |free| Some(ActionResult::Available(vec![free]));
    assert_eq!(first.look(now, &check).await, free(true));
    // It is still there for another, who is told so and for whom it is held.
    assert_eq!(second.asks().await, ActionResult::Available(vec![true]));
    assert_eq!(first.look(now, &check).await, free(false));
    let leave = Action::LeaveMessage {
        key: 1,
        text: "전화 주세요".into(),
        name: None,
        call_back: None,
    };
    assert_eq!(first.look(now, &leave).await, None);
    assert!(store.messages(&first.shop.id, 10).await.unwrap().is_empty());
}
