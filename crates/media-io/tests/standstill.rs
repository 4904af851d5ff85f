//! A machine that stood still does not send a second's packets at once.

mod support;

use std::net::SocketAddr;
use std::process::Command;

use biseo_media::codec::AudioCodec;
use support::*;

/// Tells the process that is stopped where to send.
const CHILD: &str = "BISEO_TEST_STANDSTILL";

#[test]
#[ignore = "run by after_a_standstill_time_has_passed_and_packets_are_left_out"]
fn child_talks_until_killed() {
    let Some(remote) = std::env::var(CHILD)
        .ok()
        .and_then(|a| a.parse::<SocketAddr>().ok())
    else {
        return;
    };
    let mut end = End::open();
    end.agree(AudioCodec::Pcmu, remote);
    // Half a minute at most, should nobody end it.
    (0..1500).for_each(|_| _ = end.audio.recv());
}

fn signal(name: &str, pid: u32) {
    let done = Command::new("sh")
        .args(["-c", &format!("kill -{name} {pid}")])
        .status()
        .unwrap();
    assert!(done.success());
}

#[test]
fn after_a_standstill_time_has_passed_and_packets_are_left_out() {
    let wire = Wire::bind();
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_talks_until_killed", "--ignored"])
        .env(CHILD, wire.addr().to_string())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let first: Vec<_> = (0..10).map(|_| wire.packet().0).collect();
    signal("STOP", process.id());
    let before = wire.until_quiet().unwrap_or(first[9]);
    // As long again: nothing comes from who stands still.
    assert!(wire.until_quiet().is_none());
    signal("CONT", process.id());
    let after: Vec<_> = (0..5).map(|_| wire.packet().0).collect();
    process.kill().unwrap();
    process.wait().unwrap();
    // Quiet is 300 ms and then another 300: thirty frames, of which hardly any was sent.
    let steps: Vec<u32> = [before]
        .iter()
        .chain(&after)
        .map(|h| h.timestamp.wrapping_sub(before.timestamp) / 160)
        .collect();
    let numbers: Vec<u16> = after
        .iter()
        .map(|h| h.sequence.wrapping_sub(before.sequence))
        .collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
    assert!(steps[5] >= 28, "time has passed: {steps:?} frames");
}
