//! Kills carriers while calls are being set up, and counts what is lost.
//!
//! `cargo run -p biseo-telephony --example failover -- [CALLS] [SEED]`: so many calls out, and as many that come in by either of two
//! carriers (1000, 1 by custom). Every carrier is a process, killed by its pid at a random instant of its call's set-up. It ends with an error if
//! a call is lost or missing, or was tried by the other carrier too late.

mod carrier;
mod judge;
mod lab;

use std::net::SocketAddr;
use std::time::Duration;

use lab::{Fate, Round, Way};
use tokio::process::Command;

/// Pairs of carriers at once.
const LANES: u8 = 8;
/// Second octet of all addresses, in 127/8.
const NET: u8 = 91;

fn start(at: SocketAddr) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["carrier", &at.to_string()]);
    command
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [role, at] = args.as_slice()
        && role == "carrier"
    {
        carrier::serve(at.parse()?).await;
        return Ok(());
    }
    let number = |place: usize, usual: u64| args.get(place).map_or(Ok(usual), |a| a.parse());
    let (calls, seed) = (usize::try_from(number(0, 1000)?)?, number(1, 1)?);
    println!(
        "| calls | killed before it rang | while it rang | answered before | saved | lost | alternate INVITE p50 | p95 | max |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    let mut short = Vec::new();
    for way in [Way::Outgoing, Way::Inbound] {
        let rounds = lab::rounds(start, way, calls, LANES, NET, seed).await;
        println!("{}", row(way, &rounds));
        let told = judge::shortfalls(calls, &rounds);
        short.extend(told.into_iter().map(|text| format!("{}: {text}", name(way))));
    }
    short.iter().for_each(|text| println!("NOT as aimed at: {text}"));
    if short.is_empty() {
        return Ok(());
    }
    Err(format!("{} aims were missed", short.len()).into())
}

fn name(way: Way) -> &'static str {
    match way {
        Way::Outgoing => "out",
        Way::Inbound => "in, over two trunks",
    }
}

fn count(rounds: &[Round], fate: Fate) -> usize {
    rounds.iter().filter(|r| r.fate == fate).count()
}

fn row(way: Way, rounds: &[Round]) -> String {
    let mut alternates: Vec<Duration> = rounds.iter().filter_map(|r| r.alternate).collect();
    alternates.sort_unstable();
    let at = |part: f64| {
        let place = (alternates.len() as f64 * part).ceil() as usize;
        let ms = alternates.get(place.saturating_sub(1)).map(Duration::as_millis);
        ms.map_or("-".into(), |ms| format!("{ms} ms"))
    };
    let killed = |rang: bool| {
        let open = rounds.iter().filter(|r| r.fate != Fate::Before);
        open.filter(|r| r.rang == rang).count()
    };
    format!(
        "| {} {} | {} | {} | {} | {} | {} | {} | {} | {} |",
        rounds.len(),
        name(way),
        killed(false),
        killed(true),
        count(rounds, Fate::Before),
        count(rounds, Fate::Saved),
        count(rounds, Fate::Lost),
        at(0.5),
        at(0.95),
        at(1.0)
    )
}
