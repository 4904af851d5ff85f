//! What real calls tell: few of them, calls from one area only, and what of it is said.

use biseo_line::evidence::{Area, By, Calls, Host, Place, Reach, Window};
use biseo_line::{Change, Doctor, Finding, Label, Language, Site, TrunkAt, UplinkAt, Verdict, Wording};

const MINUTE: i64 = 60_000;

/// A trunk that answers no probe, behind an uplink of which nothing is seen: calls are all there is.
struct Shop {
    doctor: Doctor,
    at_ms: i64,
    changes: Vec<Change>,
}

fn one(area: &str, failed: bool) -> Calls {
    let unanswered = u32::from(failed);
    let of = Area {
        area: area.into(),
        tried: 1,
        unanswered,
        ..Area::default()
    };
    Calls {
        trunk: "kt".into(),
        tried: 1,
        unanswered,
        areas: if area.is_empty() { vec![] } else { vec![of] },
        ..Calls::default()
    }
}

/// Five pings of the trunk, all answered.
fn ping() -> Reach {
    Reach {
        place: Place::Trunk,
        name: "kt".into(),
        by: By::Icmp,
        tried: 5,
        answered: 5,
        rtt_us: Some(9_000),
        refused: vec![],
        codes: vec![],
    }
}

impl Shop {
    fn new() -> Self {
        let site = Site {
            uplinks: vec![UplinkAt { name: "eth0".into() }],
            trunks: vec![TrunkAt {
                name: "kt".into(),
                uplink: "eth0".into(),
                region: "02".into(),
            }],
            resolvers: vec![],
        };
        Self {
            doctor: Doctor::new(site),
            at_ms: 0,
            changes: vec![],
        }
    }

    fn window(&mut self, calls: Vec<Calls>) {
        self.at_ms += 500;
        let window = Window {
            at_ms: self.at_ms,
            span_ms: 500,
            calls,
            host: Some(Host::default()),
            ..Window::default()
        };
        self.changes.extend(self.doctor.handle(&window));
    }

    /// A call ends its set-up, and nothing happens for so long.
    fn call(&mut self, area: &str, failed: bool, then_ms: i64) {
        self.window(vec![one(area, failed)]);
        self.rest(then_ms);
    }

    fn rest(&mut self, ms: i64) {
        (0..ms / 500).for_each(|_| self.window(vec![]));
    }

    fn stands(&self) -> Option<&Verdict> {
        self.doctor.headline()
    }
}

#[test]
fn of_a_shop_with_few_calls_three_lost_ones_in_a_row_tell() {
    let mut shop = Shop::new();
    shop.call("", false, 10 * MINUTE);
    shop.call("", true, 3 * MINUTE);
    shop.call("", true, 3 * MINUTE);
    assert!(shop.changes.is_empty(), "two may be chance: {:?}", shop.changes);
    let before = shop.at_ms;
    shop.call("", true, 2_000);
    let verdict = shop.stands().expect("a verdict");
    assert_eq!((verdict.label, verdict.region.as_str()), (Label::TrunkHang, "02"));
    assert!(
        verdict.findings.contains(&Finding::CallsUnanswered { n: 3 }),
        "{verdict:?}"
    );
    assert!(verdict.said_ms - before <= 1_500, "{verdict:?}");
    assert!(
        verdict.since_ms < before - 5 * MINUTE,
        "since the first of them: {verdict:?}"
    );
    shop.rest(30 * MINUTE);
    assert!(shop.stands().is_some(), "nothing has shown that it is over");
    shop.call("", false, 8_000);
    assert!(shop.stands().is_none(), "{:?}", shop.stands());
    assert_eq!(shop.changes.len(), 2, "{:?}", shop.changes);
}

#[test]
fn lost_ones_among_others_or_of_long_ago_tell_nothing() {
    let mut shop = Shop::new();
    for _ in 0..12 {
        shop.call("", true, MINUTE);
        shop.call("", true, MINUTE);
        shop.call("", false, MINUTE);
    }
    for _ in 0..6 {
        shop.call("", true, 8 * MINUTE);
    }
    assert!(shop.changes.is_empty(), "{:?}", shop.changes);
}

#[test]
fn a_trunk_that_answers_pings_and_loses_its_few_calls_is_told_as_well() {
    let mut shop = Shop::new();
    let mut window = |failed: Option<bool>| {
        shop.at_ms += 500;
        let window = Window {
            at_ms: shop.at_ms,
            span_ms: 500,
            reach: vec![ping()],
            calls: failed.map(|f| one("", f)).into_iter().collect(),
            ..Window::default()
        };
        shop.changes.extend(shop.doctor.handle(&window));
    };
    window(Some(false));
    for _ in 0..3 {
        (0..120).for_each(|_| window(None));
        window(Some(true));
    }
    (0..4).for_each(|_| window(None));
    assert_eq!(shop.stands().map(|v| v.label), Some(Label::TrunkHang));
}

#[test]
fn where_calls_of_one_area_alone_fail_it_is_that_area_s() {
    let mut shop = Shop::new();
    for _ in 0..3 {
        shop.call("051", true, 20_000);
        shop.call("02", false, 20_000);
        // A mobile is nowhere, and well.
        shop.call("", false, 20_000);
    }
    shop.call("051", true, 2_000);
    let verdict = shop.stands().expect("a verdict").clone();
    assert_eq!(
        (verdict.label, verdict.region.as_str()),
        (Label::TrunkHang, "051")
    );
    assert!(
        verdict
            .findings
            .contains(&Finding::OnlyFrom { area: "051".into() }),
        "{verdict:?}"
    );
    let (ko, en) = (Wording::of(Language::Ko), Wording::of(Language::En));
    assert_eq!(
        ko.sentence(&verdict),
        "전화 회선 kt, 부산에서 온 전화: 전화 사업자 서버가 응답하지 않음. 그 결과: 통화가 안 됨"
    );
    assert!(en.sentence(&verdict).starts_with("trunk kt, calls from Busan: "));
    let findings = ko.findings(&verdict).join("; ");
    assert!(findings.contains("부산에서 온 전화만 그렇고"), "{findings}");

    // Now calls from everywhere fail: it is the trunk's.
    for area in ["02", "031", "", "051", "02", "031"] {
        shop.call(area, true, 4_000);
    }
    let verdict = shop.stands().expect("it stands");
    assert_eq!(verdict.region, "02", "whom the trunk serves: {verdict:?}");
    let grew = shop
        .changes
        .iter()
        .filter(|c| matches!(c, Change::Grew(_)))
        .count();
    assert_eq!(grew, 1, "{:?}", shop.changes);
}

/// Three lost calls from Seoul are all that is known, until calls from elsewhere go well: whoever tells callers hears of it.
#[test]
fn what_seemed_the_whole_trunk_s_and_is_one_area_s_is_told_also_where_the_trunk_serves_it() {
    let mut shop = Shop::new();
    for _ in 0..3 {
        shop.call("02", true, 5_000);
    }
    let stands = |shop: &Shop| shop.stands().expect("a verdict").findings.clone();
    let only = Finding::OnlyFrom { area: "02".into() };
    assert!(!stands(&shop).contains(&only));
    for area in ["", "031", ""] {
        // They go well in between: the last from Seoul failed all the same.
        shop.call(area, false, 2_000);
        shop.call("02", true, 2_000);
    }
    assert!(stands(&shop).contains(&only), "{:?}", stands(&shop));
    assert!(
        matches!(shop.changes.as_slice(), [Change::Began(_), Change::Grew(_)]),
        "{:?}",
        shop.changes
    );
}

/// One registration of ours that went well.
fn registered() -> Calls {
    Calls {
        trunk: "kt".into(),
        tried: 1,
        registered: 1,
        ..Calls::default()
    }
}

#[test]
fn our_own_registration_is_no_call_from_elsewhere() {
    let mut shop = Shop::new();
    for _ in 0..3 {
        shop.call("051", true, 5_000);
        shop.window(vec![registered()]);
        shop.rest(30_000);
    }
    let areas: Vec<&str> = shop.changes.iter().map(|c| c.verdict().region.as_str()).collect();
    assert_eq!(areas, ["02"], "the trunk's own, told once: {:?}", shop.changes);
}

/// A trunk that answers no probe: it registers, and every so often anew.
#[test]
fn a_registration_between_lost_calls_neither_hides_them_nor_ends_what_was_said() {
    let mut shop = Shop::new();
    let refreshes = |shop: &mut Shop, n: u32| {
        for _ in 0..n {
            shop.window(vec![registered()]);
            shop.rest(50_000);
        }
    };
    shop.call("", false, MINUTE);
    refreshes(&mut shop, 40);
    assert!(shop.changes.is_empty(), "{:?}", shop.changes);
    for _ in 0..3 {
        shop.call("", true, MINUTE);
        refreshes(&mut shop, 2);
    }
    assert_eq!(shop.stands().map(|v| v.label), Some(Label::TrunkHang));
    refreshes(&mut shop, 40);
    assert_eq!(shop.changes.len(), 1, "no call went well: {:?}", shop.changes);
    shop.call("", false, 8_000);
    assert!(shop.stands().is_none(), "{:?}", shop.changes);
}

#[test]
fn sound_that_is_missing_from_one_area_only_is_told_of_that_area() {
    let sound = |code: &str, good, bad| Area {
        area: code.into(),
        media_good: good,
        media_bad: bad,
        ..Area::default()
    };
    let calls = |areas: Vec<Area>| Calls {
        trunk: "kt".into(),
        media_good: 4,
        media_bad: 2,
        areas,
        ..Calls::default()
    };
    let one = calls(vec![sound("02", 3, 0), sound("064", 0, 2)]);
    let mixed = calls(vec![sound("02", 3, 1), sound("064", 0, 1)]);
    for (calls, region) in [(one, "064"), (mixed, "02")] {
        let mut shop = Shop::new();
        for n in 1..=12 {
            // Without any probe that is answered only set-ups are looked at.
            let window = Window {
                at_ms: n * 500,
                span_ms: 500,
                reach: vec![ping()],
                calls: vec![calls.clone()],
                ..Window::default()
            };
            shop.doctor.handle(&window);
        }
        let verdict = shop.stands().expect("a verdict");
        assert_eq!(
            (verdict.label, verdict.region.as_str()),
            (Label::OtherPartyMedia, region)
        );
    }
}
