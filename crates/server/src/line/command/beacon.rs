//! `biseo line beacon`: the off-site beacon for boxes elsewhere, until it is told to end.

use std::net::UdpSocket;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use biseo_line_io::beacon::{News, Secret, serve};

use super::exercise::Stop;
use super::{NOTHING, unusable};
use crate::cli::LineBeaconOptions;
use crate::out::line;
use crate::wording::Wording;

/// `biseo line beacon`.
pub(super) async fn run(options: &LineBeaconOptions) -> ExitCode {
    let wording = Wording::of("line", options.lang);
    let secret = match Secret::read(&options.secret_file) {
        Ok(secret) => secret,
        Err(e) => {
            eprintln!("✗ {}", wording.say("beacon_secret_bad", "", &e.to_string()));
            return unusable();
        }
    };
    let bound = UdpSocket::bind(options.listen).and_then(|s| Ok((s.local_addr()?, s)));
    let (at, socket) = match bound {
        Ok(bound) => bound,
        Err(e) => {
            let at = options.listen.to_string();
            eprintln!("✗ {}", wording.say("beacon_not_bound", &at, &e.to_string()));
            return unusable();
        }
    };
    // Counts from here on, so that its end is a clean one.
    let mut stop = Stop::new();
    line!("{}", wording.say("beacon_listens", &at.to_string(), ""));
    let ends = Arc::new(AtomicBool::new(false));
    let ended = ends.clone();
    let mut served = tokio::task::spawn_blocking(move || serve(&socket, &secret, &ended, tell));
    let served = tokio::select! {
        served = &mut served => served,
        () = stop.wanted() => {
            ends.store(true, Ordering::Relaxed);
            served.await
        }
    };
    match served.map_err(std::io::Error::other).flatten() {
        Ok(()) => {
            line!("{}", wording.say("beacon_ended", "", ""));
            ExitCode::SUCCESS
        }
        Err(e) => {
            eprintln!("✗ {}", wording.say("beacon_failed", "", &e.to_string()));
            NOTHING
        }
    }
}

/// Into the log. Where a box is, is told at DEBUG only.
fn tell(news: News) {
    match news {
        News::Came { guest, uplink, at } => {
            tracing::info!("box {guest:016x}: heard by its uplink {uplink}");
            tracing::debug!("box {guest:016x}: its uplink {uplink} is at {at}");
        }
        News::Went { guest, uplink } => {
            tracing::warn!("box {guest:016x}: nothing comes by its uplink {uplink} any more");
        }
        News::Foreign { n } => {
            tracing::warn!("{n} datagrams were not signed with the secret, and dropped");
        }
    }
}
