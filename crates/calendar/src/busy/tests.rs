use proptest::prelude::*;

use super::*;

fn own() -> ShopId {
    ShopId::new("haengbok").unwrap()
}

fn window() -> (Timestamp, Timestamp) {
    (
        "2026-11-24T15:00:00Z".parse().unwrap(),
        "2027-01-24T15:00:00Z".parse().unwrap(),
    )
}

fn calendar(events: &str) -> String {
    let zone = "BEGIN:VTIMEZONE\r\nTZID:Korea Standard Time\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\n\
                TZOFFSETFROM:+0900\r\nTZOFFSETTO:+0900\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";
    let events = events.replace('\n', "\r\n");
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{zone}{events}END:VCALENDAR\r\n")
}

fn event(lines: &str) -> String {
    format!("BEGIN:VEVENT\nDTSTAMP:20261101T000000Z\n{lines}\nEND:VEVENT\n")
}

/// Spans as `25.14:00-25.16:30`: day and time of November.
fn spans(events: &str) -> Vec<String> {
    let all = busy(&calendar(events), (&own(), "Asia/Seoul"), window()).unwrap();
    let told = |at: DateTime| at.strftime("%d.%H:%M").to_string();
    all.into_iter()
        .map(|(a, b)| format!("{}-{}", told(a), told(b)))
        .collect()
}

#[test]
fn times_in_every_dress() {
    for (lines, expected) in [
        (
            "UID:a\nDTSTART:20261125T050000Z\nDTEND:20261125T073000Z",
            "25.14:00-25.16:30",
        ),
        (
            "UID:a\nDTSTART;TZID=Asia/Seoul:20261125T140000\nDURATION:PT90M",
            "25.14:00-25.15:30",
        ),
        (
            "UID:a\nDTSTART;TZID=Korea Standard Time:20261125T140000\nDTEND;TZID=Korea Standard Time:20261125T150000",
            "25.14:00-25.15:00",
        ),
        (
            "UID:a\nDTSTART;TZID=America/New_York:20261125T000000\nDTEND;TZID=America/New_York:20261125T010000",
            "25.14:00-25.15:00",
        ),
        (
            "UID:a\nDTSTART:20261125T140000\nDTEND:20261125T150000",
            "25.14:00-25.15:00",
        ),
        (
            "UID:a\nDTSTART;VALUE=DATE:20261126\nDTEND;VALUE=DATE:20261128",
            "26.00:00-28.00:00",
        ),
        ("UID:a\nDTSTART;VALUE=DATE:20261126", "26.00:00-27.00:00"),
    ] {
        assert_eq!(spans(&event(lines)), [expected], "{lines}");
    }
}

#[test]
fn what_makes_nobody_busy() {
    let time = "DTSTART:20261125T050000Z\nDTEND:20261125T060000Z";
    for lines in [
        format!("UID:a\nTRANSP:TRANSPARENT\n{time}"),
        format!("UID:a\nSTATUS:CANCELLED\n{time}"),
        format!("UID:b1@haengbok{UID_END}\n{time}"),
        "UID:a\nDTSTART:20261125T050000Z".into(),
        "UID:a\nDTSTART:20261125T050000Z\nDTEND:20261125T040000Z".into(),
        "UID:a\nDTSTART:20201125T050000Z\nDTEND:20201125T060000Z".into(),
        "UID:a\nSUMMARY:no time".into(),
        format!("UID:a\nRRULE:FREQ=SECONDLY\n{time}"),
        // Every second of the year under another name.
        format!(
            "UID:a\nRRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=0,1,2,3,4,5,6,7;BYMINUTE=0,15,30,45\n{time}"
        ),
    ] {
        assert_eq!(spans(&event(&lines)), [""; 0], "{lines}");
    }
}

#[test]
fn series_with_exceptions() {
    let weekly = "UID:a\nDTSTART;TZID=Asia/Seoul:20200101T100000\nDTEND;TZID=Asia/Seoul:20200101T110000\n\
                  RRULE:FREQ=WEEKLY;BYDAY=WE;UNTIL=20261210T000000Z\nEXDATE;TZID=Asia/Seoul:20261202T100000";
    assert_eq!(spans(&event(weekly)), ["25.10:00-25.11:00", "09.10:00-09.11:00"]);
    // Another SEQUENCE, as calendars write it that count changes.
    let moved = "UID:a\nSEQUENCE:3\nRECURRENCE-ID;TZID=Asia/Seoul:20261125T100000\nDTSTART;TZID=Asia/Seoul:20261126T150000\n\
                 DTEND;TZID=Asia/Seoul:20261126T160000";
    let both = event(weekly) + &event(moved);
    assert_eq!(spans(&both), ["26.15:00-26.16:00", "09.10:00-09.11:00"]);
    let gone = "UID:a\nSTATUS:CANCELLED\nRECURRENCE-ID:20261125T010000Z\nDTSTART:20261125T010000Z\nDTEND:20261125T020000Z";
    assert_eq!(spans(&(event(weekly) + &event(gone))), ["09.10:00-09.11:00"]);
    // Another event's exception is none of this one's.
    let other = moved.replace("UID:a", "UID:b");
    assert_eq!(
        spans(&(event(weekly) + &event(&other))),
        ["25.10:00-25.11:00", "26.15:00-26.16:00", "09.10:00-09.11:00"]
    );
}

#[test]
fn a_series_ends_on_its_own_clock() {
    for (lines, expected) in [
        // The end of 9 December in Seoul, and the last time itself.
        (
            "DTSTART;TZID=Asia/Seoul:20261125T150000\nDTEND;TZID=Asia/Seoul:20261125T160000\nRRULE:FREQ=WEEKLY;UNTIL=20261209T145959Z",
            &["25.15:00-25.16:00", "02.15:00-02.16:00", "09.15:00-09.16:00"][..],
        ),
        (
            "DTSTART;TZID=Asia/Seoul:20261125T150000\nDTEND;TZID=Asia/Seoul:20261125T160000\nRRULE:FREQ=WEEKLY;UNTIL=20261202T060000Z",
            &["25.15:00-25.16:00", "02.15:00-02.16:00"],
        ),
        // On its first day.
        (
            "DTSTART;TZID=Asia/Seoul:20261125T150000\nDTEND;TZID=Asia/Seoul:20261125T160000\nRRULE:FREQ=WEEKLY;UNTIL=20261125T145959Z",
            &["25.15:00-25.16:00"],
        ),
        // Told in UTC.
        (
            "DTSTART:20261125T050000Z\nDTEND:20261125T060000Z\nRRULE:FREQ=WEEKLY;UNTIL=20261209T050000Z\nEXDATE:20261202T050000Z",
            &["25.14:00-25.15:00", "09.14:00-09.15:00"],
        ),
        // Whole days, of which the last counts.
        (
            "DTSTART;VALUE=DATE:20261125\nRRULE:FREQ=WEEKLY;UNTIL=20261202",
            &["25.00:00-26.00:00", "02.00:00-03.00:00"],
        ),
        (
            "DTSTART:20261125T050000Z\nDTEND:20261125T060000Z\nRRULE:FREQ=DAILY;COUNT=2",
            &["25.14:00-25.15:00", "26.14:00-26.15:00"],
        ),
    ] {
        assert_eq!(spans(&event(&format!("UID:a\n{lines}"))), expected, "{lines}");
    }
}

#[test]
fn many_series_without_an_end_fit() {
    let one = |n: usize| {
        event(&format!(
            "UID:{n}\nDTSTART;TZID=Asia/Seoul:20100106T100000\nDTEND;TZID=Asia/Seoul:20100106T110000\nRRULE:FREQ=WEEKLY"
        ))
    };
    let all: String = (0..300).map(one).collect();
    assert_eq!(spans(&all).len(), 9, "the Wednesdays of two months");
}

#[test]
fn what_broke_off_is_no_calendar() {
    let whole = calendar(&event("UID:a\nDTSTART:20261125T050000Z\nDTEND:20261125T060000Z"));
    for cut in [whole.len() - 4, whole.len() / 2, 30] {
        let part = &whole[..cut];
        assert_eq!(
            busy(part, (&own(), "Asia/Seoul"), window()),
            Err(BusyError::Form),
            "{part}"
        );
    }
}

#[test]
fn another_shops_bookings_make_busy() {
    let lines = format!("UID:b1@byeol{UID_END}\nDTSTART:20261125T050000Z\nDTEND:20261125T060000Z");
    assert_eq!(spans(&event(&lines)), ["25.14:00-25.15:00"]);
}

#[test]
fn spans_that_touch_are_one() {
    let one = |from: &str, to: &str| {
        event(&format!(
            "UID:{from}\nDTSTART:20261125T{from}00Z\nDTEND:20261125T{to}00Z"
        ))
    };
    let events = one("0500", "0600") + &one("0600", "0700") + &one("0530", "0545") + &one("0800", "0900");
    assert_eq!(spans(&events), ["25.14:00-25.16:00", "25.17:00-25.18:00"]);
}

#[test]
fn what_is_no_calendar_or_too_much() {
    for text in [
        "",
        "<html></html>",
        "BEGIN:VCARD\r\nEND:VCARD\r\n",
        "BEGIN:VEVENT\r\nEND:VEVENT\r\n",
    ] {
        assert_eq!(
            busy(text, (&own(), "Asia/Seoul"), window()),
            Err(BusyError::Form),
            "{text}"
        );
    }
    assert_eq!(
        busy(&calendar(""), (&own(), "Nowhere/Else"), window()),
        Err(BusyError::Zone)
    );
    assert_eq!(
        busy(&" ".repeat(MOST_OCTETS + 1), (&own(), "Asia/Seoul"), window()),
        Err(BusyError::TooLarge)
    );
    let rule = event("DTSTART:20261125T050000Z\nDTEND:20261125T060000Z\nRRULE:FREQ=DAILY");
    assert_eq!(
        busy(
            &calendar(&rule.repeat(MOST_RECURRING + 1)),
            (&own(), "Asia/Seoul"),
            window()
        ),
        Err(BusyError::TooLarge)
    );
    assert_eq!(busy(&calendar(""), (&own(), "Asia/Seoul"), window()), Ok(vec![]));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn no_text_panics(octets in prop::collection::vec(any::<u8>(), 0..400), lines in prop::collection::vec(
        "(DTSTART|DTEND|RRULE|EXDATE|RDATE|DURATION|RECURRENCE-ID|UID|TRANSP)(;TZID=[A-Za-z/]{0,8}|;VALUE=DATE)?:\
         ([0-9]{4}(0[1-9]|1[0-2])[0-9]{2}(T[0-9]{6}Z?)?|FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY);(COUNT=[0-9]{1,3}|BYDAY=-?[0-9]?MO)|P?T?[0-9]{1,9}[HMDW])", 0..8)) {
        let _ = busy(&String::from_utf8_lossy(&octets), (&own(), "Asia/Seoul"), window());
        let text = calendar(&event(&lines.join("\n")));
        if let Ok(spans) = busy(&text, (&own(), "Asia/Seoul"), window()) {
            prop_assert!(spans.windows(2).all(|w| w[0].1 < w[1].0));
            prop_assert!(spans.iter().all(|(a, b)| a < b));
        }
    }
}
