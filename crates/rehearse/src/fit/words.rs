//! What the callers say who fit a shop, from the wording file.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jiff::civil::{Date, Time};
use serde::Deserialize;

/// The wording file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    hours: Vec<String>,
    digits: Vec<String>,
    ten: String,
    months: Vec<String>,
    tomorrow: String,
    day_after: String,
    date: String,
    morning: String,
    afternoon: String,
    evening: String,
    half: String,
    minutes: String,
    /// Under which name is booked.
    pub(super) name: String,
    pub(super) name_said: String,
    pub(super) phone_said: String,
    pub(super) party_said: String,
    pub(super) staff_said: String,
    said: String,
    pub(super) confirms: String,
    pub(super) closes: String,
    pub(super) alternative: String,
    pub(super) declines: String,
    opens: BTreeMap<String, String>,
    topics: BTreeMap<String, String>,
}

impl Words {
    /// The file, read once. It is part of the program and every test of this module reads it.
    pub(super) fn get() -> &'static Self {
        static WORDS: OnceLock<Words> = OnceLock::new();
        WORDS.get_or_init(|| {
            serde_json::from_str(include_str!("../../wording/callers.json"))
                .unwrap_or_else(|e| unreachable!("wording/callers.json: {e}"))
        })
    }

    /// A sentence with `{name}`s filled in; nothing if the file lacks it.
    pub(super) fn opens(&self, key: &str, values: &[(&str, &str)]) -> String {
        fill(self.opens.get(key).map_or("", String::as_str), values)
    }

    /// How a caller asks about a topic: as callers do, or by the word that the owner gave it.
    pub(super) fn asks(&self, topic: &str) -> String {
        if let Some(known) = self.topics.get(topic).filter(|_| topic != "own") {
            return known.clone();
        }
        // Several words for one thing stand side by side: the first is said.
        let word = topic.split(',').next().unwrap_or(topic).trim();
        fill(
            self.topics.get("own").map_or("", String::as_str),
            &[("topic", word)],
        )
    }

    /// An answer made of a word.
    pub(super) fn answer(&self, words: &str) -> String {
        fill(&self.said, &[("words", words)])
    }

    /// A day as it is said today.
    pub(super) fn date(&self, date: Date, today: Date) -> String {
        match (date - today).get_days() {
            1 => self.tomorrow.clone(),
            2 => self.day_after.clone(),
            _ => {
                let month = usize::try_from(date.month() - 1).unwrap_or(0);
                let month = self.months.get(month).map_or("", String::as_str);
                fill(&self.date, &[("month", month), ("day", &self.sino(date.day()))])
            }
        }
    }

    /// A time as it is said.
    pub(super) fn time(&self, time: Time) -> String {
        let pattern = match time.hour() {
            ..12 => &self.morning,
            12..18 => &self.afternoon,
            18.. => &self.evening,
        };
        let hour = usize::try_from(time.hour() % 12).unwrap_or(0);
        let said = fill(
            pattern,
            &[("hour", self.hours.get(hour).map_or("", String::as_str))],
        );
        match time.minute() {
            0 => said,
            30 => said + &self.half,
            minutes => said + &fill(&self.minutes, &[("minutes", &self.sino(minutes))]),
        }
    }

    /// 1 to 59 as months' days and minutes are counted.
    fn sino(&self, number: i8) -> String {
        let digit = |n: i8| {
            let n = usize::try_from(n).unwrap_or(0);
            self.digits.get(n).map_or("", String::as_str)
        };
        match number / 10 {
            0 => digit(number).to_string(),
            1 => format!("{}{}", self.ten, digit(number % 10)),
            tens => format!("{}{}{}", digit(tens), self.ten, digit(number % 10)),
        }
    }
}

fn fill(pattern: &str, values: &[(&str, &str)]) -> String {
    let mut text = pattern.to_string();
    for (name, value) in values {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    text
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    #[test]
    fn days_and_times_are_said_as_people_say_them() {
        let words = Words::get();
        let today = date(2026, 11, 24);
        for (day, said) in [
            (date(2026, 11, 25), "내일"),
            (date(2026, 11, 26), "모레"),
            (date(2026, 12, 20), "십이월 이십일"),
            (date(2026, 12, 31), "십이월 삼십일일"),
        ] {
            assert_eq!(words.date(day, today), said);
        }
        for (at, said) in [
            (time(0, 0, 0, 0), "오전 열두 시"),
            (time(9, 30, 0, 0), "오전 아홉 시 반"),
            (time(13, 10, 0, 0), "오후 한 시 십분"),
            (time(19, 45, 0, 0), "저녁 일곱 시 사십오분"),
        ] {
            assert_eq!(words.time(at), said);
        }
    }

    #[test]
    fn what_an_owner_named_is_asked_for_by_its_first_word() {
        let words = Words::get();
        assert_eq!(words.asks("parking"), "주차 되나요?");
        assert_eq!(words.asks("아기 의자, 유아 의자"), "아기 의자 있나요?");
        assert_eq!(words.asks("own"), "own 있나요?");
    }
}
