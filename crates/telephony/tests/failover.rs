//! Carriers in processes of their own, killed by pid while calls are being set up: none is lost. `--example failover` does it a thousand times.

#[path = "../examples/failover/carrier.rs"]
mod carrier;
#[path = "../examples/failover/lab.rs"]
mod lab;

use std::net::SocketAddr;

use lab::{Fate, Round, Way};
use tokio::process::Command;

const AT: &str = "BISEO_TEST_CARRIER";

/// This very test program, as a carrier.
fn start(at: SocketAddr) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "a_carrier", "--nocapture", "--quiet"]);
    command.env(AT, at.to_string());
    command
}

#[tokio::test]
async fn a_carrier() {
    if let Ok(at) = std::env::var(AT) {
        carrier::serve(at.parse().expect("an address")).await;
    }
}

/// Addresses that another run beside this one does not use.
fn net(way: u8) -> u8 {
    u8::try_from(100 + std::process::id() % 70 * 2).unwrap_or(100) + way
}

/// None is lost, some were saved, and whoever was saved was saved by the other carrier, after it rang or before.
fn judge(rounds: &[Round]) {
    assert!(rounds.iter().all(|r| r.fate != Fate::Lost), "{rounds:?}");
    let saved: Vec<&Round> = rounds.iter().filter(|r| r.fate == Fate::Saved).collect();
    assert!(saved.iter().all(|r| r.alternate.is_some()), "{rounds:?}");
    assert!(
        saved.iter().any(|r| r.rang) && saved.iter().any(|r| !r.rang),
        "{rounds:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_out_is_lost() {
    let rounds = lab::rounds(start, Way::Outgoing, 24, 6, net(0), 7).await;
    judge(&rounds);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_that_comes_in_is_lost() {
    let rounds = lab::rounds(start, Way::Inbound, 24, 6, net(1), 8).await;
    judge(&rounds);
}
