//! An exercise: a copy of the doctor is told that a trunk is dead and says so, while the doctor himself sees nothing wrong and learns on.

use biseo_line::evidence::{By, Calls, Path, Place, Reach};
use biseo_line::{Change, Consequence, Doctor, Label, Site, Subject, TrunkAt, UplinkAt, Window};

fn site() -> Site {
    let trunk = |name: &str| TrunkAt {
        name: name.into(),
        uplink: "eth0".into(),
        region: String::new(),
    };
    Site {
        uplinks: vec![UplinkAt { name: "eth0".into() }],
        trunks: vec![trunk("kt"), trunk("lg")],
        ..Site::default()
    }
}

/// Half a second in which all is well.
fn well(at_ms: i64) -> Window {
    let reach = |place, name: &str, by| Reach {
        place,
        name: name.into(),
        by,
        tried: 5,
        answered: 5,
        rtt_us: Some(3_000),
        refused: vec![],
        codes: vec![],
    };
    let path = |trunk: &str| Path {
        trunk: trunk.into(),
        hops: ["10.0.0.1", "10.0.0.2", "10.9.0.1"]
            .map(|h| Some(h.into()))
            .to_vec(),
        reached: true,
    };
    Window {
        at_ms,
        span_ms: 500,
        reach: vec![
            reach(Place::Gateway, "eth0", By::Icmp),
            reach(Place::Trunk, "kt", By::Icmp),
            reach(Place::Trunk, "kt", By::Options),
            reach(Place::Trunk, "lg", By::Icmp),
        ],
        paths: vec![path("kt"), path("lg")],
        calls: vec![Calls {
            trunk: "kt".into(),
            media_good: 1,
            ..Calls::default()
        }],
        ..Window::default()
    }
}

#[test]
fn a_pulled_trunk_says_nothing_and_all_else_stays() {
    let window = well(500);
    let pulled = window.without_trunk("kt");
    assert_eq!(
        (
            pulled.reach[1].tried,
            pulled.reach[1].answered,
            pulled.reach[1].rtt_us
        ),
        (5, 0, None)
    );
    assert_eq!((pulled.reach[2].tried, pulled.reach[2].answered), (5, 0));
    assert_eq!((pulled.paths[0].hops.len(), pulled.paths[0].reached), (2, false));
    assert!(pulled.calls.is_empty());
    assert_eq!(
        (&pulled.reach[0], &pulled.reach[3]),
        (&window.reach[0], &window.reach[3])
    );
    assert_eq!(pulled.paths[1], window.paths[1]);
    assert_eq!(window.without_trunk("sk"), window);
}

#[test]
fn the_copy_says_what_he_would_say_in_earnest_and_the_doctor_says_nothing() {
    let mut doctor = Doctor::new(site());
    for n in 1..=60 {
        assert_eq!(doctor.handle(&well(n * 500)), []);
    }
    let (mut copy, begun) = (doctor.clone(), 30_000);
    let mut said = None;
    for n in 61..=90 {
        let window = well(n * 500);
        assert_eq!(doctor.handle(&window), [], "nothing is wrong");
        for change in copy.handle(&window.without_trunk("kt")) {
            let Change::Began(verdict) = change else { continue };
            assert_eq!(verdict.subject, Subject::Trunk("kt".into()));
            said.get_or_insert(verdict);
        }
    }
    let said = said.expect("a verdict");
    assert_eq!(said.label, Label::TrunkDead);
    assert!(said.consequences.contains(&Consequence::CallsFail));
    assert!(
        said.said_ms - begun <= 6_000,
        "within six seconds: {}",
        said.said_ms - begun
    );
    assert!(!doctor.uneasy());
}
