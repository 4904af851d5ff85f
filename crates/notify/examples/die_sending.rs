//! For the test that kills: tells one message, works on the outbox, and stops for ever at a step, after it has said so.
//! Arguments: the database (a file or a URL), the other side's address, the step as `{:?}` writes it, and by what: `webhook`, `email`,
//! `push`, or the provider of text messages.

#[allow(dead_code, reason = "shared with the tests, which use more of it")]
#[path = "../tests/it/common.rs"]
mod common;

use std::sync::Arc;

use biseo_notify::Step;
use common::{Desk, channels, reader};

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, database, peer, last, by] = &arguments[..] else {
        panic!("database, address, step, webhook or a provider");
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
    let desk = Desk::over(database, reader(by)).await;
    let peer = peer.parse().unwrap();
    if by == "push" {
        desk.subscribe(peer).await;
    }
    desk.tell().await;
    let worker = desk.watched(channels(by, peer, &desk.store), Some(Arc::new(stop)));
    let _ = worker.round().await;
}
