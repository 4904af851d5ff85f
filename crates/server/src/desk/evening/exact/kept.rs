//! A made-up day as the program stores it, and questions to its database past the store.

use std::collections::BTreeSet;

use biseo_model::ids::CallId;
use biseo_model::incident::IncidentKind;
use biseo_model::record::{Booking, BookingState, CallEnd, CallRecord, Order, OrderState};
use biseo_store::{FoundBy, Incident, Store};
use sqlx::{Connection, SqliteConnection};

use super::sim::Sim;

/// The database of a day.
pub(super) struct Kept {
    _folder: tempfile::TempDir,
    pub(super) store: Store,
    sql: SqliteConnection,
}

/// A value that a query gives, as text; empty for NULL.
async fn ask(sql: &mut SqliteConnection, query: String) -> Vec<String> {
    let rows: Vec<Option<String>> = sqlx::query_scalar(sqlx::AssertSqlSafe(query))
        .fetch_all(sql)
        .await
        .unwrap();
    rows.into_iter().map(Option::unwrap_or_default).collect()
}

impl Kept {
    /// Everything of the day is stored as the program stores it.
    pub(super) async fn of(sim: &Sim) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("biseo.db");
        let store = Store::open(&path).await.unwrap();
        for call in &sim.calls {
            keep_call(&store, &call.record).await;
            for turn in &call.turns {
                store.add_turn(turn).await.unwrap();
            }
        }
        for (n, blocked) in sim.blocked.iter().enumerate() {
            keep_call(&store, &turned_away(sim, n, blocked)).await;
        }
        let known: BTreeSet<&CallId> = sim.calls.iter().map(|c| &c.record.id).collect();
        let of = |call: &Option<CallId>| call.clone().filter(|call| known.contains(call));
        for booking in sim.bookings.iter().chain(&sim.earlier) {
            let call = of(&booking.call);
            keep_booking(
                &store,
                &Booking {
                    call,
                    ..booking.clone()
                },
            )
            .await;
        }
        for order in sim.orders.iter().chain(&sim.earlier_orders) {
            let call = of(&order.call);
            keep_order(
                &store,
                &Order {
                    call,
                    ..order.clone()
                },
            )
            .await;
        }
        for message in &sim.messages {
            store.leave_message(message).await.unwrap();
        }
        for (n, outage) in sim.outages.iter().enumerate() {
            store.begin_incident(&incident(sim, n, outage)).await.unwrap();
            let until = outage.until.unwrap();
            store
                .end_incident(&sim.shop.id, &format!("i{n}"), until)
                .await
                .unwrap();
        }
        let sql = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
        Self {
            _folder: folder,
            store,
            sql,
        }
    }

    pub(super) async fn ask(&mut self, query: String) -> Vec<String> {
        ask(&mut self.sql, query).await
    }

    pub(super) async fn one(&mut self, query: String) -> String {
        self.ask(query).await.remove(0)
    }

    pub(super) async fn number(&mut self, query: String) -> u64 {
        self.one(format!("SELECT CAST(({query}) AS TEXT)"))
            .await
            .parse()
            .unwrap()
    }
}

async fn keep_call(store: &Store, record: &CallRecord) {
    let begun = CallRecord {
        answered: None,
        ended: None,
        end: None,
        ..record.clone()
    };
    store.begin_call(&begun).await.unwrap();
    if let Some(answered) = record.answered {
        store.answer_call(&record.id, answered, None).await.unwrap();
    }
    if let Some((ended, end)) = record.ended.zip(record.end) {
        store.end_call(&record.id, ended, end).await.unwrap();
    }
}

/// The days are drawn without regard to which table is free: each booking has one of its own here.
async fn keep_booking(store: &Store, booking: &Booking) {
    let table = format!("table of {}", booking.id);
    store.book(booking, &[&table]).await.unwrap();
    if booking.state == BookingState::Cancelled {
        assert!(store.cancel_booking(&booking.shop, &booking.id).await.unwrap());
    }
}

async fn keep_order(store: &Store, order: &Order) {
    store.place_order(order).await.unwrap();
    if order.state == OrderState::Cancelled {
        store.cancel_order(&order.shop, &order.id).await.unwrap().unwrap();
    }
}

fn turned_away(sim: &Sim, n: usize, blocked: &biseo_digest::Blocked) -> CallRecord {
    CallRecord {
        id: CallId::new(format!("blocked{n}")).unwrap(),
        shop: sim.shop.id.clone(),
        caller: blocked.number.clone(),
        dialled: None,
        forwarded: None,
        started: blocked.at,
        answered: None,
        ended: Some(blocked.at),
        end: Some(CallEnd::Blocked),
        recording: None,
    }
}

fn incident(sim: &Sim, n: usize, outage: &biseo_digest::Outage) -> Incident {
    Incident {
        id: format!("i{n}"),
        shop: Some(sim.shop.id.clone()),
        source: FoundBy::Shop,
        begun_by: None,
        cause: "payments_down".into(),
        subject: "shop".into(),
        name: String::new(),
        region: String::new(),
        consequences: Vec::new(),
        confidence: 1000,
        announced: Some(IncidentKind::PaymentsDown),
        account: None,
        began: outage.from,
        ends: None,
        ended: None,
        evidence: serde_json::Value::Null,
    }
}
