//! What typed digits mean.

use biseo_model::phone::PhoneNumber;
use jiff::civil::{Date, Time};

/// So many persons at most; more are a slip of the finger.
const MOST_PERSONS: u32 = 99;

/// "4", "12": so many persons.
pub(super) fn party(digits: &str) -> Option<u32> {
    digits.parse().ok().filter(|n| (1..=MOST_PERSONS).contains(n))
}

/// "1" is today, "2" tomorrow, four digits are month and day: the next such day.
pub(super) fn date(digits: &str, today: Date) -> Option<Date> {
    match digits {
        "1" => Some(today),
        "2" => today.tomorrow().ok(),
        _ => {
            let (month, day) = pair(digits)?;
            let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
            // The 29th of February may be some years away.
            let years = (0..=4).filter_map(|n| today.year().checked_add(n));
            years
                .filter_map(|year| Date::new(year, month, day).ok())
                .find(|date| *date >= today)
        }
    }
}

/// "1830", "930": a time of the day.
pub(super) fn time(digits: &str) -> Option<Time> {
    let padded = format!("{digits:0>4}");
    let (hour, minute) = pair(&padded).filter(|_| digits.len() >= 3)?;
    Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0).ok()
}

/// A whole telephone number.
pub(super) fn phone(digits: &str) -> Option<PhoneNumber> {
    PhoneNumber::parse(digits).ok()
}

/// Four digits as two numbers.
fn pair(digits: &str) -> Option<(u8, u8)> {
    if digits.len() != 4 {
        return None;
    }
    let (first, second) = digits.split_at_checked(2)?;
    Some((first.parse().ok()?, second.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil;

    #[test]
    fn days_are_the_next_ones() {
        let today = civil::date(2026, 11, 27);
        for (digits, meant) in [
            ("1", Some(civil::date(2026, 11, 27))),
            ("2", Some(civil::date(2026, 11, 28))),
            ("1205", Some(civil::date(2026, 12, 5))),
            ("1127", Some(civil::date(2026, 11, 27))),
            ("1126", Some(civil::date(2027, 11, 26))),
            ("0229", Some(civil::date(2028, 2, 29))),
            ("3", None),
            ("0000", None),
            ("1232", None),
            ("0230", None),
            ("12055", None),
            ("", None),
        ] {
            assert_eq!(date(digits, today), meant, "{digits}");
        }
    }

    #[test]
    fn times_and_persons() {
        for (digits, meant) in [
            ("1830", Some((18, 30))),
            ("930", Some((9, 30))),
            ("0900", Some((9, 0))),
            ("2400", None),
            ("1860", None),
            ("18", None),
            ("", None),
        ] {
            let meant = meant.map(|(h, m)| civil::time(h, m, 0, 0));
            assert_eq!(time(digits), meant, "{digits}");
        }
        assert_eq!(
            ["4", "12", "0", "", "100"].map(party),
            [Some(4), Some(12), None, None, None]
        );
        assert!(phone("01023456789").is_some() && phone("12").is_none());
    }
}
