//! Days that are closed or have other hours for once.

use biseo_model::shop::{
    BookingRules, Closed, OpenOn, Refusal, ShopProfile, SpecialDay, StaffWish, check_special_days,
};
use jiff::civil::{Date, DateTime, Time, date, time};
use proptest::prelude::*;

const DAYS: &str = r#"
special = [
    { date = "2026-11-28", reason = { ko = "개인 사정" } },
    { date = "2026-11-30", hours = { open = "11:00:00", close = "15:00:00" } },
    { date = "2026-12-02", hours = { open = "12:00:00", close = "20:00:00", last_order = "19:00:00", break = ["15:00:00", "16:00:00"] } },
    { date = "2026-12-24", until = "2026-12-26", reason = { ko = "내부 수리", en = "repairs" } },
]
"#;

fn text(id: &str) -> String {
    let path = format!("{}/../../shops/{id}.toml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

fn shop(id: &str) -> ShopProfile {
    let text = text(id).replacen("[hours]\n", &format!("[hours]\n{DAYS}"), 1);
    ShopProfile::from_toml(&text).unwrap()
}

#[test]
fn a_special_day_wins_over_week_and_holidays() {
    for (id, at, open) in [
        ("haengbok", "2026-11-28T12:00", false), // a Saturday
        ("haengbok", "2026-11-29T12:00", true),  // the day after is as usual
        ("haengbok", "2026-11-30T12:00", true),  // a Monday, the weekly closing day
        ("haengbok", "2026-11-30T15:00", false),
        ("haengbok", "2026-12-02T11:00", false), // opens later than usual
        ("haengbok", "2026-12-02T15:30", false), // its own break
        ("haengbok", "2026-12-02T16:30", true),  // and not the usual one
        ("haengbok", "2026-12-23T12:00", true),
        ("haengbok", "2026-12-24T12:00", false),
        ("haengbok", "2026-12-25T15:30", false), // within the days, though open on that holiday
        ("haengbok", "2026-12-26T12:00", false),
        ("haengbok", "2026-12-27T12:00", true),
        ("gugu", "2026-11-28T00:30", true), // Friday's night runs into the day off
        ("gugu", "2026-11-28T16:00", false),
        ("gugu", "2026-11-29T00:30", false), // and the night that would have followed
        ("gugu", "2026-12-01T00:30", false), // closed at three in the afternoon
    ] {
        let at: DateTime = at.parse().unwrap();
        assert_eq!(shop(id).hours.is_open(at), open, "{id} {at}");
    }
    let hours = shop("haengbok").hours;
    assert_eq!(hours.open_on(date(2026, 12, 25)), OpenOn::Closed(Closed::Special));
    let special = hours.special_on(date(2026, 12, 25)).unwrap();
    assert_eq!(special.reason.as_ref().unwrap().en.as_deref(), Some("repairs"));
    assert!(hours.opens_yet("2026-11-30T14:59".parse().unwrap()));
    assert!(!hours.opens_yet("2026-11-30T15:00".parse().unwrap()));
}

#[test]
fn nothing_is_booked_on_a_day_off_nor_beyond_other_hours() {
    let haengbok = shop("haengbok");
    let Some(BookingRules::Tables(tables)) = &haengbok.booking else {
        panic!("haengbok books tables");
    };
    let now: DateTime = "2026-11-24T10:12".parse().unwrap();
    let table = |at: &str| {
        let found = tables.candidates(&haengbok.hours, now, at.parse().unwrap(), 2);
        found.map(|c| c.minutes)
    };
    for (at, expected) in [
        ("2026-11-28T19:00", Err(Refusal::Closed(Closed::Special))),
        ("2026-12-25T19:00", Err(Refusal::Closed(Closed::Special))),
        ("2026-11-30T13:00", Ok(120)),            // ends with the day
        ("2026-11-30T13:30", Err(Refusal::Time)), // two hours would end after it
        ("2026-11-30T19:00", Err(Refusal::Time)),
        ("2026-12-02T11:30", Err(Refusal::Time)),
        ("2026-12-02T19:00", Ok(120)), // the last order tells until when guests may come
        ("2026-12-02T19:30", Err(Refusal::Time)),
        ("2026-12-01T20:30", Ok(120)), // as usual
    ] {
        assert_eq!(table(at), expected, "{at}");
    }
    let byeol = shop("byeol");
    let Some(BookingRules::Staff(staff)) = &byeol.booking else {
        panic!("byeol books staff");
    };
    let cut = |at: &str| {
        let services = ["커트".to_string()];
        let wish = StaffWish {
            at: at.parse().unwrap(),
            minutes: 40,
            services: &services,
            staff: None,
        };
        staff.candidates(&byeol.hours, now, &wish).map(|c| c.resources)
    };
    assert_eq!(cut("2026-11-28T14:00"), Err(Refusal::Closed(Closed::Special)));
    assert_eq!(cut("2026-11-30T14:20"), Ok(vec!["지은".into(), "수아".into()]));
    assert_eq!(cut("2026-11-30T14:30"), Err(Refusal::Time));
}

/// haengbok as a shop that is open into the night, whose stays may begin at any half hour of it; Saturday's and Sunday's hours are given.
fn night_shop(saturday: &str, sunday: &str) -> ShopProfile {
    let mut profile = shop("haengbok");
    let hours = |text: &str| toml::from_str(text).unwrap();
    for day in profile.hours.week.values_mut() {
        *day = hours("open = \"17:00:00\"\nclose = \"02:00:00\"");
    }
    profile.hours.special.clear();
    for (date, own) in [(date(2026, 11, 28), saturday), (date(2026, 11, 29), sunday)] {
        if !own.is_empty() {
            profile.hours.special.push(SpecialDay {
                date,
                until: None,
                hours: Some(hours(own)),
                reason: None,
            });
        }
    }
    let Some(BookingRules::Tables(rules)) = &mut profile.booking else {
        panic!("haengbok books tables");
    };
    rules.windows = vec![(time(0, 0, 0, 0), time(23, 30, 0, 0))];
    profile
}

fn table_at(profile: &ShopProfile, at: DateTime) -> Result<u32, Refusal> {
    let Some(BookingRules::Tables(rules)) = &profile.booking else {
        panic!("tables");
    };
    let now = date(2026, 11, 20).to_datetime(Time::midnight());
    rules.candidates(&profile.hours, now, at, 2).map(|c| c.minutes)
}

/// The hours after midnight are those of the evening before.
#[test]
fn after_midnight_the_evening_before_tells_how_long_a_stay_may_be() {
    let noon = "open = \"12:00:00\"\nclose = \"20:00:00\"";
    let short = "open = \"17:00:00\"\nclose = \"01:00:00\"";
    let last_order = "open = \"17:00:00\"\nclose = \"02:00:00\"\nlast_order = \"00:30:00\"";
    for (saturday, sunday, at, expected) in [
        ("", noon, "2026-11-29T00:30", Ok(120)), // Saturday is as usual
        ("", noon, "2026-11-29T18:00", Ok(120)),
        ("", noon, "2026-11-29T18:30", Err(Refusal::Time)),
        (short, "", "2026-11-28T23:00", Ok(120)),
        (short, "", "2026-11-28T23:30", Err(Refusal::Time)),
        (short, "", "2026-11-29T00:30", Err(Refusal::Time)), // beyond Saturday's closing
        (short, "", "2026-11-29T23:30", Ok(120)),            // Sunday is as usual
        (last_order, "", "2026-11-28T23:30", Ok(120)),
        (last_order, "", "2026-11-29T00:30", Ok(120)),
        (last_order, "", "2026-11-29T01:00", Err(Refusal::Time)),
    ] {
        let profile = night_shop(saturday, sunday);
        assert_eq!(table_at(&profile, at.parse().unwrap()), expected, "{at}");
    }
}

#[test]
fn what_cannot_be_is_refused_with_the_day() {
    for (days, hint) in [
        (r#"[{ date = "2026-12-24", until = "2026-12-23" }]"#, "2026-12-23"),
        (r#"[{ date = "2026-12-24", until = "2027-03-26" }]"#, "92"),
        (
            r#"[{ date = "2026-12-24" }, { date = "2026-12-20", until = "2026-12-24" }]"#,
            "2026-12-24 is there twice",
        ),
        (r#"[{ date = "2026-12-24", reason = { ko = " " } }]"#, "reason"),
        (
            r#"[{ date = "2026-12-24", reason = { ko = "수리", en = "a reason that is longer than a sentence can bear" } }]"#,
            "40",
        ),
        (
            r#"[{ date = "2026-12-24", hours = { open = "11:00:00", close = "15:00:00", break = ["14:00:00", "16:00:00"] } }]"#,
            "break",
        ),
        (r#"[{ date = "2026-13-24" }]"#, "special"),
        (r#"[{ date = "2026-12-24", why = "x" }]"#, "why"),
    ] {
        let text = text("haengbok").replacen("[hours]\n", &format!("[hours]\nspecial = {days}\n"), 1);
        let error = ShopProfile::from_toml(&text).expect_err(hint).to_string();
        assert!(error.contains(hint), "{days}: {error}");
    }
    let many: Vec<String> = (0..101)
        .map(|n| {
            format!(
                "{{ date = \"{}\" }}",
                date(2026, 1, 1).saturating_add(jiff::Span::new().days(n))
            )
        })
        .collect();
    let many = format!("[hours]\nspecial = [{}]\n", many.join(", "));
    assert!(ShopProfile::from_toml(&text("haengbok").replacen("[hours]\n", &many, 1)).is_err());
}

fn days() -> impl Strategy<Value = Vec<SpecialDay>> {
    let one = (0..200i32, 0..5i32, proptest::option::of((8..20i8, 1..30i8)));
    proptest::collection::vec(one, 0..12).prop_map(|all| {
        let day = |n: i32| date(2026, 11, 24).saturating_add(jiff::Span::new().days(n));
        let mut kept: Vec<SpecialDay> = Vec::new();
        for (first, more, hours) in all {
            let hours = hours.map(|(open, long)| {
                let close = (open + long) % 24;
                toml::from_str(&format!(
                    "open = \"{open:02}:00:00\"\nclose = \"{close:02}:00:00\""
                ))
                .unwrap()
            });
            kept.push(SpecialDay {
                date: day(first),
                until: (more > 0).then(|| day(first + more)),
                hours,
                reason: None,
            });
            if check_special_days(&kept).is_err() {
                kept.pop();
            }
        }
        kept
    })
}

proptest! {
    /// Whatever days there are: a day off is never open but for the night before, and nothing can be booked on it; every other day is as
    /// without them.
    #[test]
    fn days_off_are_off(days in days(), n in 0..200i32, hour in 0..24i8) {
        let mut profile = shop("gugu");
        let usual = ShopProfile::from_toml(&text("gugu")).unwrap().hours;
        profile.hours.special = days;
        let day: Date = date(2026, 11, 24).saturating_add(jiff::Span::new().days(n));
        let at = day.to_datetime(time(hour, 0, 0, 0));
        match profile.hours.special_on(day) {
            None => prop_assert_eq!(profile.hours.open_on(day), usual.open_on(day)),
            Some(special) if special.hours.is_none() => {
                let night = match profile.hours.open_on(day.yesterday().unwrap()) {
                    OpenOn::Open(h) => h.close <= h.open && at.time() < h.close,
                    OpenOn::Closed(_) => false,
                };
                prop_assert_eq!(profile.hours.is_open(at), night);
                prop_assert!(!profile.hours.covers_span(at, 10));
            }
            Some(special) => {
                prop_assert_eq!(profile.hours.open_on(day), OpenOn::Open(special.hours.unwrap()));
            }
        }
    }

    /// What a table is given on a special day lies within its hours.
    #[test]
    fn stays_lie_within_the_hours_of_the_day(days in days(), n in 0..60i32, step in 0..48i32) {
        let mut profile = shop("haengbok");
        profile.hours.special = days;
        let Some(BookingRules::Tables(rules)) = &profile.booking else { panic!("tables") };
        let now = date(2026, 11, 20).to_datetime(Time::midnight());
        let at = date(2026, 11, 24).saturating_add(jiff::Span::new().days(n)).to_datetime(Time::midnight()).saturating_add(jiff::Span::new().minutes(30 * step));
        if let (Some(special), Ok(found)) = (profile.hours.special_on(at.date()), rules.candidates(&profile.hours, now, at, 2)) {
            let hours = special.hours.expect("nothing on a day off");
            prop_assert!(hours.open <= at.time());
            prop_assert!(profile.hours.covers_span(at, found.minutes));
        }
    }
    /// The same of a shop that is open into the night: what lies after midnight is within the hours of the evening before.
    #[test]
    fn stays_lie_within_the_night(days in days(), n in 0..60i32, step in 0..48i32) {
        let mut profile = night_shop("", "");
        profile.hours.special = days;
        let day = date(2026, 11, 24).saturating_add(jiff::Span::new().days(n));
        let at = day.to_datetime(Time::midnight()).saturating_add(jiff::Span::new().minutes(30 * step));
        if let Ok(minutes) = table_at(&profile, at) {
            let business = profile.hours.business_day(at);
            prop_assert!(business == Some(day) || business == day.yesterday().ok());
            let business = business.unwrap();
            if let Some(special) = profile.hours.special_on(business) {
                let own = special.hours.expect("nothing on a day off");
                let past_midnight = i32::from(own.close <= own.open);
                let close = business.to_datetime(own.close).saturating_add(jiff::Span::new().days(past_midnight));
                prop_assert!(business.to_datetime(own.open) <= at);
                prop_assert!(at.saturating_add(jiff::Span::new().minutes(i64::from(minutes))) <= close);
            }
        }
    }
}
