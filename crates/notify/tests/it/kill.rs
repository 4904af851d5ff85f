//! `kill -9` at each step of a delivery: it is not lost. By a webhook, by mail and to a browser, what may have been sent before has the same
//! id; by text message it is not sent again, since the provider's list is asked.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use biseo_notify::Step;
use biseo_store::DeliveryState;

use crate::carrier::Carrier;
use crate::common::{Desk, channels, reader};
use crate::db::Db;
use crate::mail_server::MailServer;
use crate::peer::Peer;

const STEPS: [Step; 5] = [
    Step::BeforeClaim,
    Step::Claimed,
    Step::BeforeSend,
    Step::BeforeSettle,
    Step::Settled,
];

/// Cargo builds examples before it runs tests, beside the folder that this test runs from.
fn example() -> PathBuf {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.join("examples/die_sending")
}

/// Runs the example until it has reached the step, and kills it there.
fn killed_at(step: Step, database: &str, other_side: SocketAddr, by: &str) {
    let mut child = Command::new(example())
        .args([database, &other_side.to_string(), &format!("{step:?}"), by])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let said = lines.next();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(said.unwrap().unwrap(), format!("{step:?}"));
}

/// The program is killed at a step and another one goes on an hour later; returns the delivery's id.
async fn goes_on_after(step: Step, db: &Db, other_side: SocketAddr, by: &str) -> String {
    let database = db.address();
    tokio::task::block_in_place(|| killed_at(step, &database, other_side, by));
    let desk = Desk::over(&database, reader(by)).await;
    let worker = desk.worker(channels(by, other_side, &desk.store));
    // Told already; while the lease of the one that is gone lasts, nobody takes over.
    assert_eq!(desk.tell().await, 0, "{by} {step:?}");
    let at_once = usize::from(step == Step::BeforeClaim);
    assert_eq!(worker.round().await.unwrap(), at_once, "{by} {step:?}");
    desk.an_hour_later();
    worker.round().await.unwrap();
    let delivery = desk.delivery().await;
    assert_eq!(delivery.state, DeliveryState::Sent, "{by} {step:?}");
    delivery.id
}

async fn by_webhook(db: Db, step: Step) {
    let peer = Peer::answering(&[204, 204, 204]).await;
    let id = goes_on_after(step, &db, peer.address, "webhook").await;
    let got = peer.got();
    assert!(got.iter().all(|g| g.header("webhook-id") == id), "{step:?}");
    assert_eq!(got.len(), times(step), "{step:?}");
}

async fn by_text(db: Db, step: Step, provider: &str) {
    let carrier = Carrier::meeting(&[]).await;
    let id = goes_on_after(step, &db, carrier.address, provider).await;
    let taken = carrier.taken();
    assert_eq!(taken.len(), 1, "{provider} {step:?}");
    let fields = [
        &taken[0].message["customFields"]["notice"],
        &taken[0].message["recipientGroupingKey"],
    ];
    assert!(fields.iter().any(|f| **f == id.as_str()), "{provider} {step:?}");
}

/// How often it comes: before the database knows, it had arrived, and nobody could know.
fn times(step: Step) -> usize {
    if step == Step::BeforeSettle { 2 } else { 1 }
}

async fn by_mail(db: Db, step: Step) {
    let server = MailServer::answering(&["250 ok", "250 ok", "250 ok"]).await;
    let id = goes_on_after(step, &db, server.address, "email").await;
    let taken = server.taken.lock().unwrap().clone();
    assert_eq!(taken.len(), times(step), "{step:?}");
    let known = format!("\r\nMessage-ID: <{id}@example.com>\r\n");
    assert!(
        taken.iter().all(|letter| letter.data.contains(&known)),
        "{step:?}"
    );
}

async fn by_push(db: Db, step: Step) {
    let peer = Peer::answering(&[201, 201, 201]).await;
    let id = goes_on_after(step, &db, peer.address, "push").await;
    let got = peer.got();
    assert_eq!(got.len(), times(step), "{step:?}");
    assert!(got.iter().all(|g| g.header("topic") == id), "{step:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_and_a_notice_in_a_browser_outlive_a_kill_at_each_step() {
    for step in STEPS {
        by_mail(Db::sqlite(), step).await;
        by_push(Db::sqlite(), step).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_outlives_a_kill_at_each_step() {
    for step in STEPS {
        by_webhook(Db::sqlite(), step).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_message_outlives_a_kill_at_each_step_and_is_sent_once() {
    for step in STEPS {
        by_text(Db::sqlite(), step, "solapi").await;
        by_text(Db::sqlite(), step, "nhn").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres_too() {
    for step in STEPS {
        by_webhook(Db::postgres(), step).await;
        by_text(Db::postgres(), step, "solapi").await;
        by_mail(Db::postgres(), step).await;
        by_push(Db::postgres(), step).await;
    }
}
