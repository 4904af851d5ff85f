//! A weekday said in answer to an offer is that of the offer: "화요일은 어떠세요?" – "그러면 화요일로 할게요".

use biseo_model::understanding::{Filled, Understanding, Value};
use jiff::civil::Date;

/// Words that say which week is meant, whatever was offered.
const WEEKS: [&str; 7] = ["이번", "다음", "담주", "지난", "this", "next", "last"];

/// The weekdays by their English names; "today" is none.
const DAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// The understanding with the weekday moved to the day that was offered; `None` if nothing of the kind was said.
///
/// Another day beside it ("하루 뒤 화요일") counts from the one that was spoken of and means the same.
pub(super) fn of_offer(text: &str, u: &Understanding, offered: Date) -> Option<Understanding> {
    let lower = text.to_lowercase();
    let said = |f: &Filled| match f.value {
        Value::Date(date) => !f.was && date.weekday() == offered.weekday() && bare(text, f),
        _ => false,
    };
    let at = u.slots.iter().position(said)?;
    if WEEKS.iter().any(|w| lower.contains(w)) || u.slots[at].value == Value::Date(offered) && at == 0 {
        return None;
    }
    let mut moved = u.clone();
    moved.slots[at].value = Value::Date(offered);
    let mut index = 0;
    moved.slots.retain(|f| {
        index += 1;
        index - 1 == at || f.was || !matches!(f.value, Value::Date(_))
    });
    Some(moved)
}

/// Whether a day was said by its weekday alone.
fn bare(text: &str, f: &Filled) -> bool {
    let words: String = text
        .chars()
        .skip(f.start)
        .take(f.end.saturating_sub(f.start))
        .collect();
    let korean = words.ends_with("요일") && words.chars().count() == 3;
    korean || DAYS.contains(&words.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn day(d: Date, start: usize, end: usize) -> Filled {
        Filled {
            value: Value::Date(d),
            start,
            end,
            was: false,
        }
    }

    #[test]
    fn the_offered_week_counts() {
        let offered = date(2027, 2, 9); // a Tuesday
        let u = Understanding {
            slots: vec![day(date(2027, 1, 27), 0, 4), day(date(2027, 2, 2), 5, 8)],
            ..Understanding::default()
        };
        let moved = of_offer("하루 뒤 화요일로 할게요", &u, offered).unwrap();
        assert_eq!(moved.slots.len(), 1);
        assert_eq!(moved.slots[0].value, Value::Date(offered));
        let today = Understanding {
            slots: vec![day(date(2027, 2, 2), 4, 9)],
            ..Understanding::default()
        };
        assert_eq!(of_offer("no, today please", &today, offered), None);
        assert_eq!(of_offer("하루 뒤 화요일 이번 주요", &u, offered), None);
        assert_eq!(of_offer("하루 뒤 화요일로 할게요", &u, date(2027, 2, 10)), None);
    }
}
