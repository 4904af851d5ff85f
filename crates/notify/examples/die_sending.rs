//! For the test that kills: tells one message, works on the outbox, and stops for ever at a step, after it has said so.
//! Arguments: the database, the webhook's address, the step as `{:?}` writes it.

#[allow(dead_code, reason = "shared with the tests, which use more of it")]
#[path = "../tests/it/common.rs"]
mod common;

use std::path::Path;
use std::sync::Arc;

use biseo_notify::Step;
use common::{BY_WEBHOOK, Desk, webhooks};

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, database, peer, last] = &arguments[..] else {
        panic!("database, address, step");
    };
    let last = last.clone();
    let stop = move |step: Step, _: &str| {
        if format!("{step:?}") == last {
            println!("{last}");
            loop {
                std::thread::park();
            }
        }
    };
    let desk = Desk::over(Path::new(database), BY_WEBHOOK).await;
    desk.tell().await;
    let worker = desk.watched(webhooks(peer.parse().unwrap()), Some(Arc::new(stop)));
    let _ = worker.round().await;
}
