//! Answers to when the shop is open.

use biseo_model::shop::OpenOn;
use biseo_model::understanding::{Slot, Understanding, Value};
use jiff::ToSpan;
use jiff::civil::Date;

use super::Dialogue;
use crate::open;

/// A special day so many days ahead is told to whoever asks for the hours in general.
const SOON: i32 = 7;

impl Dialogue {
    /// Tells the hours of the day that was asked about, or of today and of the next day that is not as usual.
    pub(super) fn answer_hours(&mut self, u: &Understanding) -> bool {
        let today = self.now.date();
        match u.value(Slot::Date) {
            Some(Value::Date(date)) => self.say_hours(*date),
            _ => {
                self.say_hours(today);
                self.say_special_soon(today);
            }
        }
        true
    }

    fn say_hours(&mut self, date: Date) {
        self.say_day(date);
        let closed = matches!(self.profile.hours.open_on(date), OpenOn::Closed(_));
        if let Some(next) = self.next_open(date).filter(|_| closed) {
            self.say_next_open(next);
        }
    }

    fn say_day(&mut self, date: Date) {
        let name = self.words().day(self.now, date);
        let told = open::day(&self.profile.hours, self.words(), self.language, (&name, date));
        for (key, values) in told {
            self.say(key, &values);
        }
    }

    /// The day on which it opens again.
    fn say_next_open(&mut self, date: Date) {
        let OpenOn::Open(day) = self.profile.hours.open_on(date) else {
            return;
        };
        let words = self.words();
        let values = crate::wording::Values::from([
            ("date", words.day(self.now, date)),
            ("open", words.time(day.open)),
            ("close", words.time(day.close)),
        ]);
        self.say("answer.hours_next", &values);
    }

    /// Who asks for the hours today may come on a day that is not as usual.
    fn say_special_soon(&mut self, today: Date) {
        // Until it opens again all was told.
        let from = match self.profile.hours.open_on(today) {
            OpenOn::Open(_) => today,
            OpenOn::Closed(_) => self.next_open(today).unwrap_or(today),
        };
        let mut days = (1..=SOON).filter_map(|n| today.checked_add(n.days()).ok());
        let special = days.find(|day| *day > from && self.profile.hours.special_on(*day).is_some());
        if let Some(day) = special {
            self.say_hours(day);
        }
    }
}
