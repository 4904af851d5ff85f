//! The prober and a beacon on real sockets, with a relay between them that loses what one direction carries.

use std::net::{SocketAddr, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use biseo_line::Tempo;
use biseo_line::evidence::Beacon;
use biseo_line_io::beacon::{News, Secret, serve};
use biseo_line_io::{BeaconPlan, Pace, Plan, UplinkPlan, run};

/// Windows of a test at most: a slow machine has its time, a broken one ends.
const MOST_WINDOWS: usize = 400;

fn bound(host: &str) -> (UdpSocket, SocketAddr) {
    let socket = UdpSocket::bind((host, 0)).unwrap();
    let at = socket.local_addr().unwrap();
    (socket, at)
}

/// The loopback of an address' kind.
fn host(of: SocketAddr) -> &'static str {
    if of.is_ipv4() { "127.0.0.1" } else { "::1" }
}

/// What a relay loses.
#[derive(Default)]
struct Losses {
    there: AtomicBool,
    back: AtomicBool,
}

/// Carries datagrams between whoever speaks to it first and the beacon.
fn relay(front: &UdpSocket, beacon: SocketAddr, losses: &Losses, stop: &AtomicBool) {
    let (behind, _) = bound(host(beacon));
    behind.connect(beacon).unwrap();
    let wait = Some(Duration::from_millis(5));
    front.set_read_timeout(wait).unwrap();
    behind.set_read_timeout(wait).unwrap();
    let (mut octets, mut guest) = ([0; 2048], None);
    while !stop.load(Ordering::Relaxed) {
        if let Ok((n, from)) = front.recv_from(&mut octets) {
            guest = Some(from);
            if !losses.there.load(Ordering::Relaxed) {
                behind.send(&octets[..n]).unwrap();
            }
        }
        if let (Ok(n), Some(guest)) = (behind.recv(&mut octets), guest)
            && !losses.back.load(Ordering::Relaxed)
        {
            front.send_to(&octets[..n], guest).unwrap();
        }
    }
}

fn secret(folder: &Path, text: &str) -> std::path::PathBuf {
    let path = folder.join(text);
    std::fs::write(&path, text.repeat(8)).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    path
}

fn plan(address: SocketAddr, secret_file: &Path) -> Plan {
    Plan {
        uplinks: vec![UplinkPlan {
            name: "lo".into(),
            interface: "lo".into(),
            gateway: None,
            access: None,
            carrier: None,
        }],
        trunks: vec![],
        resolvers: vec![],
        beacon: Some(BeaconPlan {
            address,
            secret_file: secret_file.into(),
        }),
        pace: Pace {
            window_ms: 100,
            beacon_ms: 50,
            ..Pace::default()
        },
        calm: None,
    }
}

/// A stage of the play: what is lost, and what must be seen before the next one.
struct Stage {
    there: bool,
    back: bool,
    seen: fn(&Beacon) -> bool,
}

/// Lost there, lost back, told afterwards: one uplink, as a shop has it.
const STAGES: [Stage; 5] = [
    Stage {
        there: false,
        back: false,
        seen: |b| b.forward_got > 2 && b.return_got > 0,
    },
    Stage {
        there: true,
        back: false,
        seen: |b| b.forward_sent > 0 && b.forward_got == 0 && b.return_got > 0,
    },
    Stage {
        there: false,
        back: false,
        seen: |b| b.forward_got > 2,
    },
    Stage {
        there: false,
        back: true,
        seen: |b| b.forward_unknown > 0 && b.forward_sent == 0 && b.return_sent == 0,
    },
    Stage {
        there: false,
        back: false,
        seen: |b| {
            let later = b.later.as_ref();
            later.is_some_and(|l| l.forward_sent > 0 && l.forward_got == l.forward_sent && l.return_got == 0)
        },
    },
];

/// The stage in which is told what was.
const AFTERWARDS: usize = STAGES.len() - 1;

#[test]
fn each_way_that_is_lost_is_told_from_the_other_over_real_sockets() {
    each_way("127.0.0.1");
}

#[test]
fn the_same_over_ipv6() {
    match bound_if_there("::1") {
        true => each_way("::1"),
        false => eprintln!("THERE IS NO IPV6 HERE AND IT IS NOT TESTED"),
    }
}

fn bound_if_there(host: &str) -> bool {
    UdpSocket::bind((host, 0)).is_ok()
}

fn each_way(host: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = secret(folder.path(), "shared");
    let (beacon, beacon_at) = bound(host);
    let (front, front_at) = bound(host);
    let (losses, stop) = (Losses::default(), AtomicBool::new(false));
    let mut news = vec![];
    let (mut stage, mut windows) = (0, 0);
    std::thread::scope(|scope| {
        let served = scope.spawn(|| {
            let known = Secret::read(&file).unwrap();
            serve(&beacon, &known, &stop, |n| news.push(n)).unwrap();
        });
        scope.spawn(|| relay(&front, beacon_at, &losses, &stop));
        let over = AtomicBool::new(false);
        run(&plan(front_at, &file), &over, |window| {
            windows += 1;
            if window.beacons.iter().any(STAGES[stage].seen) {
                stage += 1;
            } else if stage == AFTERWARDS && window.beacons.iter().any(|b| b.later.is_some()) {
                // It is told once. A machine that stood still for seconds lost what the relay did not: once more.
                stage -= 1;
            }
            if let Some(now) = STAGES.get(stage) {
                losses.there.store(now.there, Ordering::Relaxed);
                losses.back.store(now.back, Ordering::Relaxed);
            }
            assert!(window.beacons.iter().all(|b| b.uplink == "lo"));
            over.store(
                stage == STAGES.len() || windows >= MOST_WINDOWS,
                Ordering::Relaxed,
            );
            Tempo::Quick
        });
        stop.store(true, Ordering::Relaxed);
        served.join().unwrap();
    });
    assert_eq!(stage, STAGES.len(), "after {windows} windows");
    assert!(matches!(news[0], News::Came { uplink: 0, .. }), "{news:?}");
}

#[test]
fn a_beacon_with_another_secret_answers_nothing_and_tells_its_operator() {
    let folder = tempfile::tempdir().unwrap();
    let (mine, theirs) = (secret(folder.path(), "mine"), secret(folder.path(), "theirs"));
    let (beacon, at) = bound("127.0.0.1");
    let stop = AtomicBool::new(false);
    let mut news = vec![];
    let (mut unknown, mut windows) = (0, 0);
    std::thread::scope(|scope| {
        let served = scope.spawn(|| {
            let known = Secret::read(&theirs).unwrap();
            serve(&beacon, &known, &stop, |n| news.push(n)).unwrap();
        });
        let over = AtomicBool::new(false);
        run(&plan(at, &mine), &over, |window| {
            windows += 1;
            for beacon in &window.beacons {
                assert_eq!((beacon.forward_sent, beacon.return_sent), (0, 0), "{beacon:?}");
                unknown += beacon.forward_unknown;
            }
            over.store(unknown > 0 || windows >= MOST_WINDOWS, Ordering::Relaxed);
            Tempo::Quick
        });
        stop.store(true, Ordering::Relaxed);
        served.join().unwrap();
    });
    assert!(unknown > 0, "after {windows} windows");
    assert!(matches!(news[..], [News::Foreign { .. }]), "{news:?}");
}
