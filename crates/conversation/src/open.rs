//! When a shop is open on a day, as sentences: conversations by voice and by keys tell the same.

use biseo_model::shop::{Closed, DayHours, Hours, OpenOn, SpecialDay};
use jiff::civil::Date;

use crate::io::Language;
use crate::wording::{Say, Values};

/// A sentence of the wording files: its key, and what stands in its places.
pub(crate) type Sentence = (&'static str, Values);

/// What is told of a day; `name` is what it is called ("내일").
pub(crate) fn day(hours: &Hours, say: &Say, language: Language, (name, date): (&str, Date)) -> Vec<Sentence> {
    let special = hours.special_on(date);
    match (hours.open_on(date), special) {
        (OpenOn::Open(day), Some(special)) => other_hours(say, (name, language), special, &day),
        (OpenOn::Open(day), None) => usual_hours(say, name, &day),
        (OpenOn::Closed(why), _) => vec![closed(say, language, name, (why, special))],
    }
}

fn usual_hours(say: &Say, name: &str, day: &DayHours) -> Vec<Sentence> {
    let mut values = span(say, name, day);
    let last = day.last_order.map(|t| say.time(t));
    let key = match last {
        Some(_) => "answer.hours_open_last",
        None => "answer.hours_open",
    };
    values.insert("last", last.unwrap_or_default());
    let pause = pause(say, day);
    [(key, values)].into_iter().chain(pause).collect()
}

/// A day on which the shop is open at other times than usual.
fn other_hours(
    say: &Say,
    (name, language): (&str, Language),
    special: &SpecialDay,
    day: &DayHours,
) -> Vec<Sentence> {
    let mut values = span(say, name, day);
    let key = match reason(special, language) {
        Some(reason) => {
            values.insert("reason", reason.into());
            "answer.hours_other_why"
        }
        None => "answer.hours_other",
    };
    let last = day.last_order.map(|last| {
        let values = Values::from([("last", say.time(last))]);
        ("answer.hours_last", values)
    });
    let pause = pause(say, day);
    [(key, values)].into_iter().chain(last).chain(pause).collect()
}

fn span(say: &Say, name: &str, day: &DayHours) -> Values {
    Values::from([
        ("date", name.to_string()),
        ("open", say.time(day.open)),
        ("close", say.time(day.close)),
    ])
}

fn pause(say: &Say, day: &DayHours) -> Option<Sentence> {
    let (from, to) = day.pause?;
    let values = Values::from([("from", say.time(from)), ("to", say.time(to))]);
    Some(("answer.hours_break", values))
}

fn closed(
    say: &Say,
    language: Language,
    name: &str,
    (why, special): (Closed, Option<&SpecialDay>),
) -> Sentence {
    let mut values = Values::from([("date", name.to_string())]);
    let key = match why {
        Closed::Holiday(holiday) => {
            values.insert("holiday", say.holiday(holiday));
            "answer.hours_closed_holiday"
        }
        Closed::Weekly | Closed::NthWeekday(_) => "answer.hours_closed_weekly",
        Closed::Special => match special.and_then(|special| reason(special, language)) {
            Some(reason) => {
                values.insert("reason", reason.into());
                "answer.hours_closed_special_why"
            }
            None => "answer.hours_closed_special",
        },
    };
    (key, values)
}

/// Why a day is as it is. A reason that was written in Korean only is not told in English: the sentence does without.
pub(crate) fn reason(special: &SpecialDay, language: Language) -> Option<&str> {
    let reason = special.reason.as_ref()?;
    match language {
        Language::Ko => Some(&reason.ko),
        Language::En => reason.en.as_deref(),
    }
}
