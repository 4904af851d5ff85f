//! How days, times, amounts and lists are put into words.

use std::collections::HashMap;

use biseo_model::holiday::Holiday;
use biseo_model::shop::Service;
use jiff::civil::{Date, DateTime, Time};
use serde::Deserialize;

use super::template::{Template, Values};
use crate::io::Item;

/// The file `say.<language>.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Say {
    today: String,
    tomorrow: String,
    day_after: String,
    weekdays: [String; 7],
    #[serde(default)]
    months: Vec<String>,
    date: String,
    near_date: String,
    parts: Vec<(i8, String)>,
    clock: String,
    clock_minutes: String,
    when: String,
    person: String,
    party_one: String,
    party: String,
    money: String,
    minutes: String,
    hours: String,
    hours_minutes: String,
    item: String,
    item_one: String,
    comma: String,
    last: String,
    either: String,
    holidays: HashMap<Holiday, String>,
}

fn put(template: &str, values: &[(&'static str, String)]) -> String {
    let values: Values = values.iter().cloned().collect();
    Template::parse(template)
        .map(|t| t.fill(&values))
        .unwrap_or_default()
}

impl Say {
    /// Checks that every pattern can be read.
    pub(super) fn check(&self) -> Result<(), String> {
        let patterns = [
            &self.date,
            &self.near_date,
            &self.clock,
            &self.clock_minutes,
            &self.when,
            &self.person,
            &self.party,
            &self.money,
            &self.minutes,
            &self.hours,
            &self.hours_minutes,
            &self.item,
            &self.item_one,
            &self.last,
            &self.either,
        ];
        patterns
            .into_iter()
            .try_for_each(|p| Template::parse(p).map(|_| ()))
    }

    /// "내일", or "12월 4일 금요일" for a day further away.
    pub fn day(&self, now: DateTime, date: Date) -> String {
        self.near(now, date).unwrap_or_else(|| self.date(date))
    }

    /// "내일 11월 25일 수요일": for reading back.
    pub fn full_day(&self, now: DateTime, date: Date) -> String {
        match self.near(now, date) {
            Some(near) => put(
                &self.near_date,
                &[vec![("near", near)], self.date_values(date)].concat(),
            ),
            None => self.date(date),
        }
    }

    /// A full day with a time.
    pub fn when(&self, now: DateTime, at: DateTime) -> String {
        let (day, time) = (self.full_day(now, at.date()), self.time(at.time()));
        put(&self.when, &[("day", day), ("time", time)])
    }

    /// "저녁 7시 30분".
    pub fn time(&self, time: Time) -> String {
        let part = self.parts.iter().rev().find(|(from, _)| *from <= time.hour());
        let part = part.map(|(_, name)| name.clone()).unwrap_or_default();
        let hour = (time.hour() + 11) % 12 + 1;
        let pattern = if time.minute() == 0 {
            &self.clock
        } else {
            &self.clock_minutes
        };
        let values = [
            ("part", part),
            ("hour", hour.to_string()),
            ("minute", time.minute().to_string()),
            ("minute2", format!("{:02}", time.minute())),
        ];
        put(pattern, &values)
    }

    /// "4명".
    pub fn party(&self, persons: u32) -> String {
        let pattern = if persons == 1 {
            &self.party_one
        } else {
            &self.party
        };
        put(pattern, &[("n", persons.to_string())])
    }

    /// "민호 님", "김 원장님".
    pub fn person(&self, name: &str) -> String {
        put(&self.person, &[("name", name.to_string())])
    }

    /// "11,000원".
    pub fn money(&self, won: u64) -> String {
        put(&self.money, &[("won", grouped(won))])
    }

    /// "2시간 30분".
    pub fn length(&self, minutes: u32) -> String {
        let (h, m) = (minutes / 60, minutes % 60);
        let pattern = match (h, m) {
            (0, _) => &self.minutes,
            (_, 0) => &self.hours,
            _ => &self.hours_minutes,
        };
        put(pattern, &[("hours", h.to_string()), ("minutes", m.to_string())])
    }

    /// "후라이드 2개".
    pub fn item(&self, item: &Item) -> String {
        let pattern = if item.quantity == 1 {
            &self.item_one
        } else {
            &self.item
        };
        put(
            pattern,
            &[("name", item.name.clone()), ("n", item.quantity.to_string())],
        )
    }

    /// Items of an order in words.
    pub fn items(&self, items: &[Item]) -> String {
        self.list(&items.iter().map(|i| self.item(i)).collect::<Vec<_>>())
    }

    /// "a, b와 c".
    pub fn list(&self, words: &[String]) -> String {
        self.joined(words, &self.last)
    }

    /// "a, b나 c".
    pub fn either(&self, words: &[String]) -> String {
        self.joined(words, &self.either)
    }

    /// What stands between the words of a list.
    pub(crate) fn comma(&self) -> &str {
        &self.comma
    }

    /// The holiday's name.
    pub fn holiday(&self, holiday: Holiday) -> String {
        self.holidays.get(&holiday).cloned().unwrap_or_default()
    }

    /// The services' names.
    pub fn services(&self, services: &[Service]) -> String {
        self.list(&services.iter().map(|s| s.name.clone()).collect::<Vec<_>>())
    }

    fn joined(&self, words: &[String], last: &str) -> String {
        match words {
            [] => String::new(),
            [one] => one.clone(),
            [first @ .., b] => put(last, &[("a", first.join(&self.comma)), ("b", b.clone())]),
        }
    }

    fn near(&self, now: DateTime, date: Date) -> Option<String> {
        match now.date().duration_until(date).as_hours() / 24 {
            0 if date == now.date() => Some(self.today.clone()),
            1 => Some(self.tomorrow.clone()),
            2 => Some(self.day_after.clone()),
            _ => None,
        }
    }

    fn date(&self, date: Date) -> String {
        put(&self.date, &self.date_values(date))
    }

    fn date_values(&self, date: Date) -> Vec<(&'static str, String)> {
        let index = |n: i8| usize::try_from(n).unwrap_or(0);
        let weekday = &self.weekdays[index(date.weekday().to_monday_zero_offset()) % 7];
        let month = self.months.get(index(date.month() - 1)).cloned();
        vec![
            ("month", date.month().to_string()),
            ("month_name", month.unwrap_or_default()),
            ("day", date.day().to_string()),
            ("weekday", weekday.clone()),
        ]
    }
}

/// 11000 as 11,000.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}
