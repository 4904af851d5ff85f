//! The prober against a SIP server and a resolver of its own on loopback.

use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};

use biseo_line::Tempo;
use biseo_line::evidence::{By, Place};
use biseo_line_io::{Pace, Plan, ResolverPlan, TrunkPlan, UplinkPlan, may_ping, run};

/// Answers each datagram by what `reply` makes of it, until the test's process ends.
fn server(host: &str, reply: fn(&[u8]) -> Vec<u8>) -> SocketAddr {
    let socket = UdpSocket::bind((host, 0)).unwrap();
    let at = socket.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut octets = [0; 2048];
        while let Ok((n, from)) = socket.recv_from(&mut octets) {
            socket.send_to(&reply(&octets[..n]), from).unwrap();
        }
    });
    at
}

fn sip(asked: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(asked).into_owned();
    let (_, rest) = text.split_once("\r\n").unwrap();
    format!("SIP/2.0 503 Service Unavailable\r\n{rest}").into_bytes()
}

fn dns(asked: &[u8]) -> Vec<u8> {
    let mut out = asked.to_vec();
    (out[2], out[3]) = (0x81, 0x82);
    out
}

#[test]
fn answers_codes_and_closed_ports_are_counted() {
    counted("127.0.0.1");
}

#[test]
fn the_same_by_ipv6() {
    match UdpSocket::bind(("::1", 0)) {
        Ok(_) => counted("::1"),
        Err(e) => eprintln!("THERE IS NO IPV6 HERE AND IT IS NOT TESTED: {e}"),
    }
}

fn counted(host: &str) {
    // Bound once, so that nobody else has it, and closed again.
    let closed = UdpSocket::bind((host, 0)).unwrap().local_addr().unwrap();
    let trunk = |name: &str, address| TrunkPlan {
        name: name.into(),
        uplink: "lo".into(),
        region: "02".into(),
        address,
        options: true,
    };
    let plan = Plan {
        uplinks: vec![UplinkPlan {
            name: "lo".into(),
            interface: "lo".into(),
            gateway: None,
            access: None,
            carrier: None,
        }],
        trunks: vec![trunk("busy", server(host, sip)), trunk("closed", closed)],
        resolvers: vec![ResolverPlan {
            uplink: "lo".into(),
            address: server(host, dns),
            ask: "kt.example".into(),
        }],
        beacon: None,
        pace: Pace {
            window_ms: 300,
            options_ms: 50,
            names_ms: 50,
            path_ms: 100,
            patience_ms: 150,
            ..Pace::default()
        },
        calm: None,
    };
    let stop = AtomicBool::new(false);
    let (mut busy, mut port, mut failed, mut pings, mut paths, mut packets) = (0, 0, 0, 0, 0, 0.0);
    let mut windows = 0;
    let pinged = may_ping();
    run(&plan, &stop, |window| {
        windows += 1;
        for reach in window.reach.iter().filter(|r| r.place == Place::Trunk) {
            match (reach.name.as_str(), reach.by) {
                ("busy", By::Options) => {
                    busy += reach
                        .codes
                        .iter()
                        .filter(|(c, _)| *c == 503)
                        .map(|(_, n)| n)
                        .sum::<u32>()
                }
                ("closed", By::Options) => port += reach.refused.iter().map(|r| r.n).sum::<u32>(),
                _ => pings += reach.answered,
            }
        }
        failed += window.names.iter().map(|n| n.failed).sum::<u32>();
        paths += window
            .paths
            .iter()
            .filter(|p| p.reached && p.hops.len() == 1)
            .count();
        packets += window.links[0].rx_pps;
        // Bounded by windows; a slow machine has its time.
        let asked = busy > 2 && port > 2 && failed > 2;
        let pings = pinged.is_err() || (pings > 2 && paths > 2);
        stop.store(windows >= 60 || (asked && pings), Ordering::Relaxed);
        Tempo::Quick
    });
    assert!(busy > 2 && port > 2 && failed > 2, "{busy} {port} {failed}");
    assert!(packets > 0.0);
    match pinged {
        Ok(()) => assert!(pings > 2 && paths > 2, "{pings} {paths}"),
        Err(e) => eprintln!("PINGS ARE NOT ALLOWED HERE AND NOT TESTED: {e}"),
    }
}

#[test]
fn at_the_calm_tempo_it_is_asked_seldom_and_at_once_when_it_is_quick() {
    let trunk = TrunkPlan {
        name: "kt".into(),
        uplink: "lo".into(),
        region: String::new(),
        address: server("127.0.0.1", sip),
        options: true,
    };
    let plan = Plan {
        uplinks: vec![],
        trunks: vec![trunk],
        resolvers: vec![],
        beacon: None,
        pace: Pace {
            window_ms: 100,
            options_ms: 20,
            ..Pace::default()
        },
        // So seldom that it never comes in this test.
        calm: Some(Pace {
            window_ms: 100,
            options_ms: 3_600_000,
            ..Pace::calm()
        }),
    };
    let stop = AtomicBool::new(false);
    let (mut windows, mut seen) = (0, vec![]);
    run(&plan, &stop, |window| {
        windows += 1;
        let options = window.reach.iter().filter(|r| r.by == By::Options);
        seen.push(options.map(|r| r.tried).sum::<u32>());
        stop.store(windows >= 40, Ordering::Relaxed);
        if (10..30).contains(&windows) {
            Tempo::Calm
        } else {
            Tempo::Quick
        }
    });
    let quick: u32 = seen[..10].iter().sum();
    // What was on its way when the tempo changed comes in, and one question that was due.
    let calm: u32 = seen[11..30].iter().sum();
    let again: u32 = seen[30..].iter().sum();
    assert!(quick > 3 && again > 3, "{seen:?}");
    assert!(calm <= 3, "{seen:?}");
}
