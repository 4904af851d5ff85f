//! `kill -9` between a deed and what is told of it, at each step of the way, in the running program: the shop's people and the caller are told,
//! and whoever receives it knows a repetition by its id. The database is made to refuse one statement, so that the program stands at the
//! step before it when it is killed.

use std::collections::BTreeSet;
use std::process::Stdio;

use biseo_model::record::{Booking, BookingState};
use biseo_store::Store;
use biseo_visit::Links;
use jiff::tz::TimeZone;
use serde_json::json;
use sqlx::{Connection, SqliteConnection};

use crate::support::http::Browser;
use crate::support::receiver::{Arrived, Receiver};
use crate::support::{CLOCK, CONVERSATION, PATIENCE, Place, Running, Server, biseo, call, root, shop, until};

/// Each step, and the statement that ends it.
const STEPS: [(&str, &str); 5] = [
    ("done, not in the outbox", "BEFORE INSERT ON notice"),
    ("in the outbox, in no delivery", "BEFORE INSERT ON delivery"),
    (
        "in a delivery, which nobody has claimed",
        "BEFORE UPDATE ON delivery WHEN NEW.state = 'sending'",
    ),
    (
        "sent, not known to be",
        "BEFORE UPDATE ON delivery WHEN NEW.state = 'sent'",
    ),
    ("nothing is refused", ""),
];
/// Soon after the call.
const SOON: &str = "2026-11-24T10:20:00+09:00";
/// An hour later than these tests' clock: leases of who was killed have run out.
const LATER: &str = "2026-11-24T11:12:00+09:00";

struct Shop {
    place: Place,
    receiver: Receiver,
    store: Store,
}

impl Shop {
    async fn open() -> Self {
        let place = Place::new();
        let receiver = Receiver::start();
        let at = receiver.at;
        std::fs::write(
            place.path().join("hook"),
            "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        )
        .unwrap();
        std::fs::write(place.path().join("text"), "a-secret-of-32-characters-or-so!").unwrap();
        place.edit("biseo.toml", |old| {
            format!(
                "{old}\n[notices]\nallow = [\"127.0.0.0/8\"]\n[[notices.webhook]]\nshop = \"haengbok\"\nname = \"till\"\n\
                 url = \"http://{at}/hook\"\nsecret_file = \"hook\"\n\
                 [text]\nprovider = \"solapi\"\nkey = \"NCSAYU7YDBXYORXC\"\nsecret_file = \"text\"\nsender = \"02-123-4567\"\n\
                 url = \"http://{at}\"\n"
            )
        });
        let store = place.store().await;
        let reader = json!({"id": "owner", "by": ["webhook"], "webhook": "till"});
        let choices = json!({"notices": {"reader": [reader], "callers": {"text": ["booking"]}}});
        assert!(store.choose(&shop(), "choices", &choices, 0).await.unwrap());
        Self {
            place,
            receiver,
            store,
        }
    }

    async fn run(&self, sql: &str) {
        let path = self.place.data().join("biseo.db");
        let mut connection = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
        let sql = sqlx::raw_sql(sqlx::AssertSqlSafe(sql));
        sql.execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    async fn number(&self, sql: &str) -> i64 {
        let path = self.place.data().join("biseo.db");
        let mut connection = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
        let number = sqlx::query_scalar(sqlx::AssertSqlSafe(sql));
        number.fetch_one(&mut connection).await.unwrap()
    }

    /// From now on the database refuses a statement.
    async fn refuse(&self, statement: &str) {
        if !statement.is_empty() {
            self.run(&format!(
                "CREATE TRIGGER refused {statement} BEGIN SELECT RAISE(ABORT, 'refused by the test'); END"
            ))
            .await;
        }
    }

    async fn allow(&self) {
        self.run("DROP TRIGGER IF EXISTS refused").await;
    }

    fn serve(&self, clock: &str) -> Server {
        Server::start(biseo(&["serve", "--clock", clock], self.place.path()))
    }

    /// Waits for something that a query counts.
    async fn until(&self, what: &str, sql: &str, n: i64) {
        until(what, CONVERSATION, || async {
            (self.number(sql).await == n).then_some(())
        })
        .await;
    }

    /// Waits until everything in the outbox is sent and nothing is untold.
    async fn until_all_is_told(&self, deliveries: i64) {
        self.until("nothing untold", "SELECT COUNT(*) FROM untold", 0)
            .await;
        self.until(
            "all sent",
            "SELECT COUNT(*) * (SELECT COUNT(*) = 0 FROM notice WHERE delivery IS NULL) FROM delivery WHERE state = 'sent'",
            deliveries,
        )
        .await;
    }

    async fn booking(&self) -> Option<Booking> {
        let all = self
            .store
            .bookings_on(&shop(), "2026-11-25".parse().unwrap())
            .await
            .unwrap();
        all.into_iter().next()
    }
}

/// Events by their keys, each with the ids under which it came.
fn events(arrived: &[Arrived]) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for one in arrived {
        for event in one.body["data"]["events"].as_array().unwrap() {
            all.push((event["event"].as_str().unwrap().to_string(), one.id.clone()));
        }
    }
    all
}

/// Whoever forgets what came under an id that is known has each event once.
fn once(arrived: &[Arrived]) -> Vec<String> {
    let mut known = BTreeSet::new();
    let mut keys = Vec::new();
    for (key, id) in events(arrived) {
        if known.insert((key.clone(), id)) {
            keys.push(key);
        }
    }
    keys
}

/// A table is booked in a call, and the program dies before anybody was told; it dies again when the shop's people were, and their
/// caller was not.
#[tokio::test]
async fn who_booked_and_whose_shop_it_is_are_told_whenever_the_program_dies() {
    let site = Shop::open().await;
    site.refuse("BEFORE INSERT ON notice").await;
    let server = site.serve(CLOCK);
    let scenario = root().join("scenarios/demo.jsonl");
    let child = call(&site.place, &server.address("haengbok"), &scenario, "demo")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let caller = Running { child };
    site.until("a booking", "SELECT COUNT(*) FROM booking", 1).await;
    server.kill();
    drop(caller);
    assert_eq!(site.number("SELECT COUNT(*) FROM notice").await, 0);
    assert_eq!(
        site.number("SELECT COUNT(*) FROM untold WHERE told IS NULL")
            .await,
        1
    );

    site.allow().await;
    site.refuse("BEFORE INSERT ON notice WHEN NEW.reader = '@caller'")
        .await;
    let server = site.serve(SOON);
    site.until(
        "the people told",
        "SELECT COUNT(*) FROM untold WHERE told IS NOT NULL",
        1,
    )
    .await;
    site.until(
        "it is sent",
        "SELECT COUNT(*) FROM delivery WHERE state = 'sent'",
        1,
    )
    .await;
    server.said("the outbox takes nothing");
    server.kill();
    assert_eq!(site.receiver.texts().len(), 0);

    site.allow().await;
    let server = site.serve(LATER);
    // The booking, that the call broke off, and the caller's text.
    site.until_all_is_told(3).await;
    let booking = site.booking().await.unwrap();
    let hooks = once(&site.receiver.hooks());
    let made = format!("booking_made:{}", booking.id);
    assert_eq!(hooks.iter().filter(|key| **key == made).count(), 1, "{hooks:?}");
    assert_eq!(hooks.len(), 2, "{hooks:?}");
    let texts = site.receiver.texts();
    let [text] = &texts[..] else { panic!("{texts:?}") };
    assert_eq!(text.body["to"], "01023456789");
    assert!(
        text.body["text"].as_str().unwrap().contains("19:00"),
        "{}",
        text.body
    );
    server.stop();
    // Another start tells nothing more.
    let server = site.serve(LATER);
    site.until_all_is_told(3).await;
    server.stop();
    assert_eq!(
        (site.receiver.texts().len(), once(&site.receiver.hooks()).len()),
        (1, 2)
    );
}

/// A guest moves a booking on the page of the link, again and again, and the program dies at another step each time.
#[tokio::test]
async fn each_step_between_a_deed_and_its_receiver_is_outlived() {
    let site = Shop::open().await;
    let booking = seed(&site.store).await;
    let zone = TimeZone::get("Asia/Seoul").unwrap();
    let mut hours = [12, 13, 18, 19, 20].into_iter();
    for (n, (step, statement)) in STEPS.iter().enumerate() {
        site.refuse(statement).await;
        // Time goes on: what a booking's change is known by holds its millisecond. An hour between the two, as above.
        let clock = |hours| format!("2026-11-24T{:02}:12:00+09:00", 10 + 2 * n + hours);
        let server = site.serve(&clock(0));
        let browser = Browser::nobody(&server.said("사장님 화면: "));
        let path = Links::open(&site.place.data())
            .unwrap()
            .path(&booking, &zone)
            .unwrap();
        shift(&browser, &path, hours.next().unwrap());
        let (deliveries, before) = (n as i64, site.receiver.hooks().len());
        let reached = match n {
            0 => "SELECT COUNT(*) FROM untold",
            1 => "SELECT COUNT(*) FROM notice WHERE delivery IS NULL",
            2 => "SELECT COUNT(*) FROM delivery WHERE state = 'due'",
            3 => "SELECT COUNT(*) FROM delivery WHERE state = 'sending'",
            _ => "SELECT 1",
        };
        site.until(step, reached, 1).await;
        if n == 3 {
            until("the request", PATIENCE, || async {
                (site.receiver.hooks().len() > before).then_some(())
            })
            .await;
        }
        server.kill();
        site.allow().await;
        let server = site.serve(&clock(1));
        site.until_all_is_told(deliveries + 1).await;
        server.stop();
        let all = site.receiver.hooks();
        let keys: BTreeSet<String> = once(&all).into_iter().collect();
        assert_eq!((once(&all).len(), keys.len()), (n + 1, n + 1), "{step}: {keys:?}");
        // Only what had arrived already is sent again, under the id that it had.
        let again = usize::from(n >= 3);
        let least = n + 1 + again;
        // Where nothing is refused it may have been killed at any step.
        assert!(
            all.len() == least || n == 4 && all.len() == least + 1,
            "{step}: {}",
            all.len()
        );
    }
    let moved = site.booking().await.unwrap();
    assert_eq!((moved.time.hour(), moved.state), (20, BookingState::Confirmed));
}

async fn seed(store: &Store) -> Booking {
    use biseo_model::ids::BookingId;
    use biseo_model::phone::PhoneNumber;
    let booking = Booking {
        id: BookingId::new("b1").unwrap(),
        shop: shop(),
        call: None,
        date: "2026-11-25".parse().unwrap(),
        time: jiff::civil::time(21, 0, 0, 0),
        minutes: 60,
        party_size: 4,
        name: "김민수".into(),
        phone: PhoneNumber::parse("010-2345-6789").unwrap(),
        resource: String::new(),
        services: Vec::new(),
        requests: Vec::new(),
        state: BookingState::Confirmed,
        made: "2026-11-24T00:00:00Z".parse().unwrap(),
    };
    store.book(&booking, &["4인석-1"]).await.unwrap();
    booking
}

/// As a guest does it: opens the page of a time, and presses its button.
fn shift(browser: &Browser, path: &str, hour: u32) {
    let page = browser.get(&format!("{path}?step=move&day=2026-11-25&time={hour}:00"), "");
    let html = String::from_utf8(page.body).unwrap();
    let form = html
        .split("name=\"form\" value=\"")
        .nth(1)
        .unwrap_or_else(|| panic!("{html}"));
    let form = form.split('"').next().unwrap();
    let body = format!("do=move&day=2026-11-25&time={hour}%3A00&form={form}");
    let head = format!(
        "content-type: application/x-www-form-urlencoded\r\nsec-fetch-site: same-origin\r\ncontent-length: {}\r\n",
        body.len()
    );
    let answer = browser.ask("POST", path, &head, &body);
    assert_eq!(answer.status, 303, "{answer:?}");
    assert!(!answer.head.contains("done=full"), "{}", answer.head);
}
