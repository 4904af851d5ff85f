//! What is noted as untold is told once, also by a program that dies between any two steps; over a real store and outbox.

use biseo_model::ids::{BookingId, MessageId, OrderId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{Booking, BookingState, Message, Order, OrderItem, OrderState};
use biseo_notify::rules::Notices;
use biseo_notify::{House as Told, Sender};
use biseo_store::{Asker, Booked, CallBack, Move, Settlement};
use jiff::civil::{date, time};
use jiff::tz::TimeZone;
use sqlx::{Connection, SqliteConnection};

use super::*;

const RULES: &str = "[[reader]]\nid = \"owner\"\nby = [\"webhook\"]\nwebhook = \"till\"\n[callers]\ntext = [\"booking\", \"order\", \"missed\"]";
const CALLER: &str = "010-2345-6789";

fn shop() -> ShopId {
    ShopId::new("haengbok").unwrap()
}

fn now() -> Timestamp {
    "2026-11-24T01:12:00Z".parse().unwrap()
}

/// A program over a database that outlives it.
async fn program(folder: &tempfile::TempDir) -> Teller {
    let store = Store::open(folder.path().join("biseo.db")).await.unwrap();
    let house = Arc::new(Told {
        sender: Sender {
            name_ko: "행복식당".into(),
            name_en: None,
            zone: TimeZone::get("Asia/Seoul").unwrap(),
        },
        hours: toml::from_str("[week]\n").unwrap(),
        notices: Notices::from_toml(RULES).unwrap(),
    });
    let houses = move |id: &ShopId| (*id == shop()).then(|| house.clone());
    Teller {
        records: Records::from(store.clone()),
        clock: Clock::starting_at(now()),
        shops: Box::new(|| vec![shop()]),
        notifier: Notifier::new(store.clone(), Arc::new(houses)),
        store,
        link: Box::new(|_| None),
        owes: false,
        waiting: VecDeque::new(),
        tries: 1,
    }
}

impl Teller {
    /// The events in the outbox, with who is told: each as often as it is there, in order.
    async fn outbox(&self) -> Vec<String> {
        let later = now() + SignedDuration::from_hours(48);
        self.store.gather_notices(later).await.unwrap();
        let mut all = Vec::new();
        for delivery in self.store.deliveries(&shop(), 100).await.unwrap() {
            for notice in self.store.notices_of(&shop(), &delivery.id).await.unwrap() {
                all.push(format!("{} {}", delivery.reader, notice.event));
            }
        }
        all.sort();
        all
    }

    async fn begins(&self, id: &str) -> CallRecord {
        let call = CallRecord {
            id: CallId::new(id).unwrap(),
            shop: shop(),
            caller: PhoneNumber::parse(CALLER).ok(),
            dialled: None,
            forwarded: None,
            started: now(),
            answered: None,
            ended: None,
            end: None,
            recording: None,
        };
        self.store.begin_call(&call).await.unwrap();
        self.store.answer_call(&call.id, now(), None).await.unwrap();
        call
    }

    /// Books in a call, moves it and gives up another; orders, changes the order and gives up another; leaves a message.
    async fn does_all(&self, call: &CallRecord) {
        let telling = self.store.telling(Some(&call.id), now());
        let by = Asker {
            call: Some(&call.id),
            now: now(),
        };
        for (id, hour) in [("b1", 18), ("b2", 20)] {
            let booked = telling.book(&booking(id, call, hour), &["t1"]).await.unwrap();
            assert!(matches!(booked, Booked::Confirmed(_)));
        }
        let to = Move {
            to: date(2026, 11, 25).at(12, 0, 0, 0),
            minutes: 90,
            party_size: 2,
            services: &[],
            requests: &[],
            candidates: &["t1"],
        };
        let (first, second) = (BookingId::new("b1").unwrap(), BookingId::new("b2").unwrap());
        telling.move_booking(&shop(), &first, &to, by).await.unwrap();
        assert!(telling.cancel_booking(&shop(), &second).await.unwrap());
        assert!(!telling.cancel_booking(&shop(), &second).await.unwrap(), "once");
        for id in ["o1", "o2"] {
            telling.place_order(&order(id, call)).await.unwrap();
        }
        let (first, second) = (OrderId::new("o1").unwrap(), OrderId::new("o2").unwrap());
        telling
            .change_order(&shop(), &first, &items(3), 27_000)
            .await
            .unwrap();
        assert!(telling.cancel_order(&shop(), &second).await.unwrap().is_some());
        let message = Message {
            id: MessageId::new("m1").unwrap(),
            shop: shop(),
            call: Some(call.id.clone()),
            name: None,
            text: "단체 예약 문의".into(),
            call_back: None,
            at: now(),
        };
        telling.leave_message(&message, false).await.unwrap();
        telling.leave_message(&message, false).await.unwrap();
    }
}

fn booking(id: &str, call: &CallRecord, hour: i8) -> Booking {
    Booking {
        id: BookingId::new(id).unwrap(),
        shop: shop(),
        call: Some(call.id.clone()),
        date: date(2026, 11, 25),
        time: time(hour, 0, 0, 0),
        minutes: 90,
        party_size: 4,
        name: "김민수".into(),
        phone: PhoneNumber::parse(CALLER).unwrap(),
        resource: String::new(),
        services: Vec::new(),
        requests: Vec::new(),
        state: BookingState::Confirmed,
        made: now(),
    }
}

fn items(quantity: u32) -> Vec<OrderItem> {
    let name = "냉면".into();
    vec![OrderItem { name, quantity }]
}

fn order(id: &str, call: &CallRecord) -> Order {
    Order {
        id: OrderId::new(id).unwrap(),
        shop: shop(),
        call: Some(call.id.clone()),
        items: items(1),
        won: 9_000,
        date: date(2026, 11, 24),
        pickup: None,
        address: None,
        name: "김민수".into(),
        phone: PhoneNumber::parse(CALLER).unwrap(),
        state: OrderState::Open,
        made: now(),
    }
}

const MS: i64 = 1_795_482_720_000;

fn to_people() -> Vec<String> {
    let all = [
        "booking_cancelled:b2".into(),
        format!("booking_changed:b1:{MS}"),
        "booking_made:b1".into(),
        "booking_made:b2".into(),
        "message_left:m1".into(),
        "order_cancelled:o2".into(),
        format!("order_changed:o1:{MS}"),
        "order_made:o1".into(),
        "order_made:o2".into(),
    ];
    all.iter()
        .map(|event: &String| format!("owner {event}"))
        .collect()
}

fn to_caller() -> Vec<String> {
    let all = [
        "booking_cancelled:b2".into(),
        format!("booking_changed:b1:{MS}"),
        "order_cancelled:o2".into(),
        format!("order_changed:o1:{MS}"),
    ];
    all.iter()
        .map(|event: &String| format!("@caller {event}"))
        .collect()
}

#[tokio::test]
async fn what_was_done_before_a_crash_is_told_at_the_next_start_and_once() {
    assert_eq!(now().as_millisecond(), MS);
    let folder = tempfile::tempdir().unwrap();
    let died = program(&folder).await;
    let call = died.begins("c1").await;
    died.does_all(&call).await;
    assert!(died.outbox().await.is_empty(), "it died before");
    died.store.close().await;

    let mut next = program(&folder).await;
    // The call is not known to be over: its caller is told when it is.
    next.again().await;
    assert_eq!(next.outbox().await, to_people());
    next.store.close_interrupted(now()).await.unwrap();
    for _ in 0..2 {
        next.again().await;
        let mut all = [to_caller(), to_people()].concat();
        // So was the owner that the call broke off.
        all.push("owner call_missed:c1".into());
        all.sort();
        assert_eq!(next.outbox().await, all);
    }
    assert!(next.store.untold_in(&shop(), &call.id).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_program_that_dies_after_each_step_tells_all_of_it_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut steps = 0;
    let first = program(&folder).await;
    let call = first.begins("c1").await;
    first.does_all(&call).await;
    first
        .store
        .end_call(&call.id, now(), CallEnd::Caller)
        .await
        .unwrap();
    first.store.close().await;
    loop {
        // Each program does one step and is gone.
        let next = program(&folder).await;
        let untold = next.store.untold(&shop()).await.unwrap();
        let Some(one) = untold.first() else {
            break;
        };
        next.notifier.tell_done(one, now()).await.unwrap();
        // Told by one who did not know that it was: nothing.
        assert_eq!(next.notifier.tell_done(one, now()).await.unwrap(), 0);
        next.store.close().await;
        steps += 1;
    }
    assert_eq!(steps, 9);
    let mut last = program(&folder).await;
    last.after(&call, Language::Ko).await;
    last.after(&call, Language::Ko).await;
    let mut all = [to_caller(), to_people()].concat();
    all.sort();
    assert_eq!(last.outbox().await, all);
}

#[tokio::test]
async fn a_text_that_is_posted_first_keeps_nobody_from_being_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = program(&folder).await;
    let call = program.begins("c1").await;
    let telling = program.store.telling(Some(&call.id), now());
    telling.book(&booking("b1", &call, 18), &["t1"]).await.unwrap();
    // The text is posted first, as it may be when the outbox took the people's notices only later: they are told all the same.
    program.tell_caller(&call, Language::Ko).await.unwrap();
    assert_eq!(program.outbox().await, ["@caller booking_made:b1"]);
    program.again().await;
    assert_eq!(
        program.outbox().await,
        ["@caller booking_made:b1", "owner booking_made:b1"]
    );
}

#[tokio::test]
async fn whoever_was_missed_is_told_once_a_day_also_after_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = program(&folder).await;
    for id in ["c1", "c2"] {
        let call = CallRecord {
            id: CallId::new(id).unwrap(),
            ..program.begins(&format!("{id}-answered")).await
        };
        program.store.begin_call(&call).await.unwrap();
    }
    program.store.close_interrupted(now()).await.unwrap();
    program.again().await;
    program.again().await;
    let told = program.outbox().await;
    let texts: Vec<&String> = told.iter().filter(|t| t.starts_with("@caller")).collect();
    assert_eq!(texts, ["@caller call_missed:2026-11-24"]);
    // The answered ones were cut off: the owner knows, and their callers were being served.
    assert_eq!(told.len(), 1 + 4, "{told:?}");
}

/// Runs a statement past the store.
async fn run(folder: &tempfile::TempDir, sql: &'static str) {
    let url = format!("sqlite://{}", folder.path().join("biseo.db").display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    sqlx::query(sql).execute(&mut connection).await.unwrap();
}

#[tokio::test]
async fn an_incident_that_the_outbox_did_not_take_is_told_later() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = program(&folder).await;
    let fact = Fact::LineIncident {
        text: "회선에 이상이 있어요.".into(),
        over: false,
    };
    let event = Event::new(&shop(), "i1", now(), fact);
    run(&folder, "ALTER TABLE notice RENAME TO elsewhere").await;
    program.notice(&event).await;
    assert!(program.owes());
    program.again().await;
    assert!(program.owes(), "still in vain");
    run(&folder, "ALTER TABLE elsewhere RENAME TO notice").await;
    program.again().await;
    assert!(!program.owes());
    assert_eq!(program.outbox().await, ["owner line_incident:i1"]);
}

#[tokio::test]
async fn what_waits_has_an_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = program(&folder).await;
    for n in 0..=MOST_WAITING {
        let event = Event::new(&shop(), &n.to_string(), now(), Fact::Test);
        for _ in 0..2 {
            program.keep(&event, &StoreError::Silent);
        }
    }
    let first = program.waiting.front().unwrap();
    assert_eq!((program.waiting.len(), &*first.key), (MOST_WAITING, "test:1"));
}

#[tokio::test]
async fn a_note_that_cannot_be_read_keeps_nobody_from_being_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = program(&folder).await;
    let call = program.begins("c1").await;
    let telling = program.store.telling(Some(&call.id), now());
    telling.book(&booking("b1", &call, 18), &["t1"]).await.unwrap();
    telling.book(&booking("b2", &call, 20), &["t1"]).await.unwrap();
    run(&folder, "UPDATE untold SET deed = '{}' WHERE place = 1").await;
    program.after(&call, Language::Ko).await;
    assert!(!program.owes());
    assert_eq!(
        program.outbox().await,
        ["@caller booking_made:b2", "owner booking_made:b2"]
    );
}

/// Rings in vain: the outage's first call is noted to be called back, the second is not, for its number waits already.
#[tokio::test]
async fn who_got_through_after_an_outage_is_not_told_of_it_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = program(&folder).await;
    let at = |minutes| now() + SignedDuration::from_mins(minutes);
    let (store, own) = (program.store.clone(), shop());
    let before = program.begins("before").await;
    store.end_call(&before.id, now(), CallEnd::Caller).await.unwrap();
    let rings = async |id: &str, minutes: i64, end: CallEnd| {
        let call = CallRecord {
            id: CallId::new(id).unwrap(),
            started: at(minutes),
            ..before.clone()
        };
        store.begin_call(&call).await.unwrap();
        if end == CallEnd::Caller {
            store.answer_call(&call.id, at(minutes), None).await.unwrap();
        }
        store.end_call(&call.id, at(minutes + 1), end).await.unwrap();
        call
    };
    let first = rings("a", 1, CallEnd::Failed).await;
    let second = rings("b", 2, CallEnd::Failed).await;
    assert!(!program.needs_no_text(&second).await.unwrap());
    let note = CallBack {
        id: "a-l0".into(),
        shop: shop(),
        incident: "i1".into(),
        phone: first.caller.clone().unwrap(),
        call: first.id.clone(),
        english: false,
        called: first.started,
        over: at(3),
        settled: None,
    };
    let message = Message {
        id: MessageId::new("a-l0").unwrap(),
        shop: shop(),
        call: None,
        name: None,
        text: "다시 전화해 주세요".into(),
        call_back: first.caller.clone(),
        at: at(3),
    };
    assert!(store.note_call_back(&note, &message).await.unwrap());
    let settled = store.settle_call_back((&own, "a-l0"), Settlement::Served, None, at(9));
    settled.await.unwrap();
    assert!(program.needs_no_text(&second).await.unwrap(), "it waited then");
    // What came after that is another thing, unless it has got through since.
    let third = rings("c", 20, CallEnd::Failed).await;
    assert!(!program.needs_no_text(&third).await.unwrap());
    rings("d", 30, CallEnd::Caller).await;
    program.again().await;
    let told = program.outbox().await;
    assert!(told.iter().all(|t| !t.starts_with("@caller")), "{told:?}");
}

#[tokio::test]
async fn what_the_outbox_does_not_take_is_owed() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = program(&folder).await;
    assert!(!program.owes());
    program.give_up(&shop(), &StoreError::Silent);
    assert!(program.owes());
    program.again().await;
    assert!(!program.owes());
}
