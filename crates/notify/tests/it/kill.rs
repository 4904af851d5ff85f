//! `kill -9` at each step of a delivery: it is not lost, and what may have been sent before has the same id.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use biseo_notify::Step;
use biseo_store::DeliveryState;

use crate::common::{BY_WEBHOOK, Desk, webhooks};
use crate::peer::Peer;

/// Cargo builds examples before it runs tests, beside the folder that this test runs from.
fn example() -> PathBuf {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.join("examples/die_sending")
}

/// Runs the example until it has reached the step, and kills it there.
fn killed_at(step: Step, database: &Path, peer: &Peer) {
    let mut child = Command::new(example())
        .arg(database)
        .arg(peer.address.to_string())
        .arg(format!("{step:?}"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let said = lines.next();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(said.unwrap().unwrap(), format!("{step:?}"));
}

/// How many requests the peer has in the end, if the program is killed at a step and another one goes on an hour later.
async fn requests_after(step: Step) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("outbox.db");
    let peer = Peer::answering(&[204, 204, 204]).await;
    tokio::task::block_in_place(|| killed_at(step, &database, &peer));
    let desk = Desk::over(&database, BY_WEBHOOK).await;
    let worker = desk.worker(webhooks(peer.address));
    // Told already; while the lease of the one that is gone lasts, nobody takes over.
    assert_eq!(desk.tell().await, 0, "{step:?}");
    let at_once = usize::from(step == Step::BeforeClaim);
    assert_eq!(worker.round().await.unwrap(), at_once, "{step:?}");
    desk.an_hour_later();
    worker.round().await.unwrap();
    let delivery = desk.delivery().await;
    assert_eq!(delivery.state, DeliveryState::Sent, "{step:?}");
    let got = peer.got();
    assert!(
        got.iter().all(|g| g.header("webhook-id") == delivery.id),
        "{step:?}"
    );
    got.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_outlives_a_kill_at_each_step() {
    for (step, requests) in [
        (Step::BeforeClaim, 1),
        (Step::Claimed, 1),
        (Step::BeforeSend, 1),
        // It had arrived, and nobody could know.
        (Step::BeforeSettle, 2),
        (Step::Settled, 1),
    ] {
        assert_eq!(requests_after(step).await, requests, "{step:?}");
    }
}
