//! The example shops: their profiles are whole, and their hours are those that were agreed.

use biseo_model::shop::{OpenOn, ProfileError, ShopProfile};
use jiff::civil::DateTime;

fn text(id: &str) -> String {
    let path = format!("{}/../../shops/{id}.toml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn shop(id: &str) -> ShopProfile {
    ShopProfile::from_toml(&text(id)).unwrap_or_else(|e| panic!("{id}: {e}"))
}

#[test]
fn each_file_is_a_profile_under_its_own_id() {
    for id in ["haengbok", "byeol", "sotong", "gugu", "maeum"] {
        let profile = shop(id);
        assert_eq!(profile.id.as_str(), id);
        assert!(!profile.name.ko.is_empty() && !profile.facts.is_empty(), "{id}");
    }
}

#[test]
fn open_and_closed() {
    for (id, at, open) in [
        ("haengbok", "2026-11-25T10:59", false),
        ("haengbok", "2026-11-25T11:00", true),
        ("haengbok", "2026-11-25T15:00", false), // break on a weekday
        ("haengbok", "2026-11-25T17:00", true),
        ("haengbok", "2026-11-28T15:30", true), // no break on Saturday
        ("haengbok", "2026-11-25T22:00", false),
        ("haengbok", "2026-11-23T12:00", false), // Monday
        ("haengbok", "2026-12-25T15:30", true),  // holiday: open, no break
        ("haengbok", "2027-02-07T12:00", false), // Seollal
        ("haengbok", "2027-02-09T15:30", true),  // its substitute is no closing day
        ("haengbok", "2026-05-25T12:00", false), // a holiday on a Monday: the weekly closing day wins
        ("byeol", "2026-12-25T16:59", true),
        ("byeol", "2026-12-25T17:00", false), // holiday hours
        ("byeol", "2027-08-15T12:00", false), // a holiday on a Sunday
        ("sotong", "2026-11-25T13:30", false),
        ("sotong", "2026-11-28T12:59", true),
        ("sotong", "2026-12-25T10:00", false),
        ("sotong", "2027-02-09T10:00", false),
        ("gugu", "2026-11-26T00:59", true), // still Wednesday's evening
        ("gugu", "2026-11-26T01:00", false),
        ("gugu", "2026-12-08T16:00", false), // second Tuesday
        ("gugu", "2026-12-09T00:30", false), // and the night that would have followed
        ("gugu", "2026-12-08T00:30", true),  // Monday's night runs into it
        ("maeum", "2026-11-28T12:00", false),
    ] {
        let at: DateTime = format!("{at}:00").parse().unwrap();
        assert_eq!(shop(id).hours.is_open(at), open, "{id} {at}");
    }
}

#[test]
fn menu_and_services_cost_what_was_agreed() {
    let haengbok = shop("haengbok");
    let price = |name: &str| haengbok.menu.iter().find(|m| m.name == name).map(|m| m.won);
    assert_eq!(
        (haengbok.menu.len(), price("제육볶음"), price("해물파전")),
        (8, Some(11_000), Some(18_000))
    );
    let byeol = shop("byeol");
    let both = byeol.services.iter().find(|s| s.name == "커트와 펌").unwrap();
    assert_eq!((both.won, both.minutes), (Some(100_000), 180));
    assert_eq!(
        shop("gugu").menu.iter().map(|m| m.won).sum::<u32>(),
        18_000 + 3 * 19_000 + 2_000 + 2_500 + 500 + 5_000
    );
}

#[test]
fn last_order_is_known() {
    let OpenOn::Open(hours) = shop("haengbok").hours.open_on(jiff::civil::date(2026, 11, 25)) else {
        panic!("open on a Wednesday")
    };
    assert_eq!(
        hours.last_order.map(|t| t.to_string()).as_deref(),
        Some("21:00:00")
    );
}

#[test]
fn errors_say_where_and_what() {
    let good = text("haengbok");
    for (from, to, hint) in [
        ("zone = ", "zoen = ", "zoen"),
        ("Asia/Seoul", "Asia/Soul", "Asia/Seoul"),
        (
            "\"15:00:00\", \"17:00:00\"",
            "\"17:00:00\", \"15:00:00\"",
            "break",
        ),
        ("\"11:00:00\"", "\"25:00:00\"", "25:00:00"),
        ("won = 9000", "won = -1", "won"),
        ("id = \"haengbok\"", "id = \"../etc\"", "../etc"),
    ] {
        let error = ShopProfile::from_toml(&good.replace(from, to))
            .expect_err(hint)
            .to_string();
        assert!(error.contains(hint), "{from} -> {to}: {error}");
    }
    assert!(matches!(ShopProfile::from_toml(""), Err(ProfileError::Form(_))));
}

mod booking {
    use biseo_model::shop::{BookingRules, Refusal, StaffWish};
    use jiff::civil::DateTime;

    use super::shop;

    fn tables(at: &str, party: u32) -> Result<(String, usize, u32), Refusal> {
        let profile = shop("haengbok");
        let Some(BookingRules::Tables(rules)) = &profile.booking else {
            panic!("haengbok books tables");
        };
        let now: DateTime = "2026-11-24T10:12".parse().unwrap();
        let found = rules.candidates(&profile.hours, now, at.parse().unwrap(), party)?;
        Ok((found.resources[0].clone(), found.resources.len(), found.minutes))
    }

    #[test]
    fn a_party_gets_the_smallest_tables_that_seat_it() {
        let first = |name: &str, number, minutes| Ok((name.to_string(), number, minutes));
        for (at, party, expected) in [
            ("2026-11-25T19:00", 2, first("2인석-1", 12, 120)),
            ("2026-11-25T19:30", 4, first("4인석-1", 8, 120)),
            ("2026-11-25T20:30", 6, first("6인석-1", 2, 120)),
            ("2026-11-25T19:00", 7, first("룸-1", 1, 180)),
            ("2026-11-25T19:00", 12, first("룸-1", 1, 180)),
            ("2026-11-25T19:00", 13, Err(Refusal::TooMany)),
            ("2026-11-25T19:10", 2, Err(Refusal::Time)),
            ("2026-11-25T15:00", 2, Err(Refusal::Time)),
            ("2026-11-25T21:00", 2, Err(Refusal::Time)),
            ("2026-11-24T11:00", 2, Err(Refusal::TooSoon)),
            ("2026-11-24T11:30", 2, first("2인석-1", 12, 120)),
            ("2027-01-23T19:00", 2, first("2인석-1", 12, 120)),
            ("2027-01-24T19:00", 2, Err(Refusal::TooFar)),
            ("2026-11-23T19:00", 2, Err(Refusal::TooSoon)),
        ] {
            assert_eq!(tables(at, party), expected, "{at} for {party}");
        }
        assert!(matches!(tables("2026-11-30T19:00", 2), Err(Refusal::Closed(_))));
    }

    #[test]
    fn a_service_needs_somebody_who_does_it_and_is_there() {
        let profile = shop("byeol");
        let Some(BookingRules::Staff(rules)) = &profile.booking else {
            panic!("byeol books staff");
        };
        let now: DateTime = "2026-11-24T10:12".parse().unwrap();
        let ask = |at: &str, minutes, services: &[&str], staff| {
            let services: Vec<String> = services.iter().map(ToString::to_string).collect();
            let wish = StaffWish {
                at: at.parse().unwrap(),
                minutes,
                services: &services,
                staff,
            };
            rules.candidates(&profile.hours, now, &wish).map(|c| c.resources)
        };
        let people = |names: &[&str]| Ok(names.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(
            ask("2026-11-26T14:00", 40, &["커트"], None),
            people(&["지은", "민호", "수아"])
        );
        assert_eq!(
            ask("2026-11-25T14:00", 40, &["커트"], None),
            people(&["민호", "수아"])
        );
        assert_eq!(ask("2026-11-26T14:00", 150, &["펌"], None), people(&["민호"]));
        assert_eq!(
            ask("2026-11-26T14:00", 150, &["펌"], Some("지은")),
            Err(Refusal::Service)
        );
        assert_eq!(
            ask("2026-11-25T14:00", 40, &["커트"], Some("지은")),
            Err(Refusal::StaffOff)
        );
        assert_eq!(ask("2026-11-26T17:40", 150, &["펌"], None), Err(Refusal::Time));
        assert_eq!(ask("2026-11-26T17:30", 150, &["펌"], None), people(&["민호"]));
        assert_eq!(ask("2026-11-26T14:05", 40, &["커트"], None), Err(Refusal::Time));
        assert!(matches!(
            ask("2026-11-29T14:00", 40, &["커트"], None),
            Err(Refusal::Closed(_))
        ));
    }
}
