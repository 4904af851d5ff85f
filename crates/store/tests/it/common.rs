//! Records for the tests, and the two databases on which each of them runs.

use biseo_model::ids::{BookingId, CallId, ShopId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{Booking, BookingState, CallRecord, Latency, TurnRecord};
use biseo_store::{Asker, Store};
use biseo_testkit::cluster::Cluster;
use jiff::Timestamp;
use jiff::civil::{date, time};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use sqlx::{Connection, PgConnection, SqliteConnection};

pub fn shop(id: &str) -> ShopId {
    ShopId::new(id).unwrap()
}

pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + second).unwrap()
}

pub fn call(id: &str, shop_id: &str) -> CallRecord {
    CallRecord {
        id: CallId::new(id).unwrap(),
        shop: shop(shop_id),
        caller: PhoneNumber::parse("010-2345-6789").ok(),
        dialled: PhoneNumber::parse("02-123-4567").ok(),
        forwarded: Some(biseo_model::record::ForwardReason::NoAnswer),
        started: at(0),
        answered: None,
        ended: None,
        end: None,
        recording: None,
    }
}

pub fn turn(call: &str, number: u32) -> TurnRecord {
    TurnRecord {
        call: CallId::new(call).unwrap(),
        number,
        at: at(i64::from(number)),
        heard: "내일 일곱 시 네 명이요".into(),
        understood: serde_json::json!([{"set_slot": {"party_size": 4}}]),
        said: "네, 성함이 어떻게 되세요?".into(),
        latency: Latency {
            total_ms: Some(412.5),
            ..Latency::default()
        },
    }
}

/// A wish for 25 November 2026 at `hour:minute`.
pub fn wish(id: &str, shop_id: &str, hour: i8, minute: i8, minutes: u32) -> Booking {
    Booking {
        id: BookingId::new(id).unwrap(),
        shop: shop(shop_id),
        call: None,
        date: date(2026, 11, 25),
        time: time(hour, minute, 0, 0),
        minutes,
        party_size: 4,
        name: "김민수".into(),
        phone: PhoneNumber::parse("010-2345-6789").unwrap(),
        resource: String::new(),
        services: Vec::new(),
        requests: Vec::new(),
        state: BookingState::Confirmed,
        made: at(0),
    }
}

/// Somebody without a call.
pub fn owner() -> Asker<'static> {
    Asker {
        call: None,
        now: at(0),
    }
}

/// A database of a test's own, empty at first.
pub enum Db {
    File(tempfile::TempDir),
    /// The URL of a schema on the tests' server.
    Schema(String),
}

impl Db {
    pub fn sqlite() -> Self {
        Self::File(tempfile::tempdir().unwrap())
    }

    pub async fn postgres() -> Self {
        let cluster = Cluster::shared();
        let (name, url) = cluster.new_schema();
        run_on_server(&cluster.url(), format!("CREATE SCHEMA {name}")).await;
        Self::Schema(url)
    }

    pub fn address(&self) -> String {
        match self {
            Self::File(dir) => dir.path().join("data/biseo.db").to_str().unwrap().into(),
            Self::Schema(url) => url.clone(),
        }
    }

    pub async fn open(&self) -> Store {
        Store::open(self.address()).await.unwrap()
    }

    /// Runs statements past the store.
    pub async fn run(&self, sql: &str) {
        match self {
            Self::File(_) => {
                let mut connection = SqliteConnection::connect(&self.address()).await.unwrap();
                let sql = sqlx::raw_sql(sqlx::AssertSqlSafe(sql));
                sql.execute(&mut connection).await.unwrap();
            }
            Self::Schema(url) => run_on_server(url, sql.to_string()).await,
        }
    }

    /// The number that a query gives, past the store.
    pub async fn number(&self, sql: &str) -> i64 {
        let sql = sqlx::AssertSqlSafe(sql);
        match self {
            Self::File(_) => {
                let mut connection = SqliteConnection::connect(&self.address()).await.unwrap();
                sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
            }
            Self::Schema(url) => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
            }
        }
    }
}

async fn run_on_server(url: &str, sql: String) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let sql = sqlx::raw_sql(sqlx::AssertSqlSafe(sql));
    sql.execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// Tries a property on databases of its own, with many callers at once.
pub fn property<S: Strategy, F: Future<Output = ()>>(
    cases: u32,
    source: &'static str,
    inputs: S,
    case: impl Fn(S::Value) -> F,
) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .unwrap();
    let config = ProptestConfig {
        source_file: Some(source),
        ..ProptestConfig::with_cases(biseo_testkit::cases(cases))
    };
    let tried = TestRunner::new(config).run(&inputs, |input| {
        runtime.block_on(case(input));
        Ok(())
    });
    if let Err(e) = tried {
        panic!("{e}");
    }
}

/// One suite, two databases: tests, then properties with their usual number of cases and their inputs.
#[macro_export]
macro_rules! both {
    ($($test:ident),+ $(; $($property:ident: $cases:literal, $inputs:expr);+)?) => {
        $crate::both!(@on sqlite, async { Db::sqlite() }, [$($test)+], [$($($property, $cases, $inputs;)+)?]);
        $crate::both!(@on postgres, Db::postgres(), [$($test)+], [$($($property, $cases, $inputs;)+)?]);
    };
    (@on $name:ident, $db:expr, [$($test:ident)+], [$($property:ident, $cases:literal, $inputs:expr;)*]) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            $(
                #[tokio::test]
                async fn $test() {
                    super::$test($db.await).await;
                }
            )+
            $(
                #[test]
                fn $property() {
                    $crate::common::property($cases, file!(), $inputs, async |input| {
                        super::$property($db.await, input).await
                    });
                }
            )*
        }
    };
}

/// What the store holds may not overlap on any resource.
pub fn overlaps(bookings: &[Booking]) -> bool {
    let span = |b: &Booking| {
        let start = i64::from(b.time.hour()) * 60 + i64::from(b.time.minute());
        (start, start + i64::from(b.minutes))
    };
    let standing: Vec<_> = bookings
        .iter()
        .filter(|b| b.state == BookingState::Confirmed)
        .collect();
    standing.iter().enumerate().any(|(i, a)| {
        standing[i + 1..].iter().any(|b| {
            let ((s1, e1), (s2, e2)) = (span(a), span(b));
            a.resource == b.resource && s1 < e2 && s2 < e1
        })
    })
}
