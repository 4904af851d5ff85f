//! What callers are told after a call: who may be written to and when (pure), and in which words.

use biseo_model::phone::PhoneNumber;
use biseo_model::record::{Booking, BookingState, Order};
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::letter::{Content, Letter, Pen, Template, clipped, data, grouped};
use crate::rules::Language;
use crate::wording::{Values, caller, notice, variables};
use crate::{Event, Fact};

/// Stands for the caller where a reader's id stands; no reader can be called so.
pub(crate) const CALLER: &str = "@caller";
/// Nobody is written to from then on,
const NIGHT: Time = Time::constant(21, 0, 0, 0);
/// until then,
const MORNING: Time = Time::constant(8, 0, 0, 0);
/// unless it answers a call that ended so long ago at most.
const JUST: SignedDuration = SignedDuration::from_mins(10);
/// What a caller reads from then on may be read tomorrow: no "today" and "tomorrow" any more.
const LATE: Time = Time::constant(23, 0, 0, 0);
/// An order is told until so long after it was to be ready.
const FETCHED: SignedDuration = SignedDuration::from_hours(1);
/// Characters of a name or a list of dishes at most.
const WORDS: usize = 60;

/// Something to tell a caller.
#[derive(Clone, PartialEq)]
pub struct ToCaller {
    /// What happened: a booking, an order, or a call that was missed.
    pub event: Event,
    /// The caller's number.
    pub to: PhoneNumber,
    /// In this language.
    pub language: Language,
    /// Where the caller can change it, or come back.
    pub link: Option<String>,
    /// When the call ended that this answers; `None` if the shop did something on its own.
    pub call_ended: Option<Timestamp>,
}

impl std::fmt::Debug for ToCaller {
    /// Without the link: whoever has it can change the booking.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("ToCaller");
        shown
            .field("event", &self.event)
            .field("to", &self.to)
            .field("language", &self.language);
        shown
            .field("call_ended", &self.call_ended)
            .finish_non_exhaustive()
    }
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallerTold {
    /// It is in the outbox.
    New,
    /// It was there already.
    Already,
    /// The shop does not exist, or does not want callers to be told of this.
    NotWanted,
    /// The number is no Korean mobile number.
    NoMobile,
}

/// Whether this answers a call that has just ended, seen from the event.
pub(crate) fn is_answer(to: &ToCaller) -> bool {
    to.call_ended
        .is_some_and(|ended| to.event.at.duration_since(ended) <= JUST)
}

/// The first time from `now` on at which the caller may be written to: between eight in the morning and nine in
/// the evening of the shop's clock, or within ten minutes from what is `answered` at any hour.
pub(crate) fn allowed(now: Timestamp, answered: Option<Timestamp>, zone: &TimeZone) -> Timestamp {
    if answered.is_some_and(|at| now.duration_since(at) <= JUST) {
        return now;
    }
    let here = zone.to_datetime(now);
    let morning = match here.time() {
        time if time >= NIGHT => here.date().tomorrow().ok(),
        time if time < MORNING => Some(here.date()),
        _ => None,
    };
    morning
        .and_then(|day| zone.to_timestamp(day.to_datetime(MORNING)).ok())
        .map_or(now, |at| at.max(now))
}

/// The booking that a caller is told to have, if this is about one.
pub(crate) fn booking_of(fact: &Fact) -> Option<&Booking> {
    match fact {
        Fact::BookingMade { booking } | Fact::BookingChanged { booking, .. } => Some(booking),
        _ => None,
    }
}

/// What is told at the time of sending, which may be long after the event: of a booking that `stands`, what it is now. `None` if it was
/// cancelled since, or is over by the shop's clock.
pub(crate) fn still(content: Content, stands: Option<Booking>, here: DateTime) -> Option<Content> {
    let fact = match (content.fact, stands) {
        (Fact::BookingMade { .. }, Some(booking)) => Fact::BookingMade { booking },
        (Fact::BookingChanged { before, .. }, Some(booking)) => Fact::BookingChanged { booking, before },
        (fact, _) => fact,
    };
    let gone = match &fact {
        Fact::BookingMade { booking } | Fact::BookingChanged { booking, .. } => {
            let stay = SignedDuration::from_mins(booking.minutes.into());
            booking.state == BookingState::Cancelled
                || over(booking.date.to_datetime(booking.time), stay, here)
        }
        Fact::OrderMade { order } | Fact::OrderChanged { order } => {
            let ready = order.pickup.map(|time| order.date.to_datetime(time));
            ready.is_some_and(|ready| over(ready, FETCHED, here))
        }
        _ => false,
    };
    (!gone).then_some(Content { fact, ..content })
}

/// A call that the line has lost: its words are others, and no template has them.
fn is_lost(fact: &Fact) -> bool {
    matches!(fact, Fact::CallMissed { line: true, .. })
}

fn over(begins: DateTime, lasts: SignedDuration, here: DateTime) -> bool {
    begins.checked_add(lasts).is_ok_and(|end| end <= here)
}

impl Pen<'_> {
    /// A letter to a caller: one notice, or several that were due together.
    pub(crate) fn to_caller(&self, contents: &[Content]) -> Letter {
        let shop = Values::from([("shop", self.sender.name(self.language).to_string())]);
        let lines: Vec<String> = contents.iter().map(|c| self.caller_line(c)).collect();
        let text = lines.join("\n");
        let template = match contents {
            // Templates are registered in Korean.
            [one] if self.language == Language::Ko && !is_lost(&one.fact) => {
                let name = one.fact.kind().name();
                let variables = variables(name, self.language, &self.caller_values(one));
                variables.map(|variables| Template { name, variables })
            }
            _ => None,
        };
        Letter {
            language: self.language,
            title: caller("word", "title", self.language, &shop),
            html: String::new(),
            short: text.clone(),
            text,
            link: None,
            urgent: false,
            data: contents.iter().map(data).collect(),
            template,
        }
    }

    fn caller_line(&self, content: &Content) -> String {
        let mut values = self.caller_values(content);
        for key in ["change", "back"] {
            let said = content
                .link
                .as_ref()
                .map(|_| caller("word", key, self.language, &values));
            values.insert(key, said.unwrap_or_default());
        }
        if let Fact::OrderMade { .. } | Fact::OrderChanged { .. } = content.fact {
            values.insert("ready", caller("word", "ready", self.language, &values));
        }
        let line = match is_lost(&content.fact) {
            true => "call_lost",
            false => content.fact.kind().name(),
        };
        caller("line", line, self.language, &values)
    }

    fn caller_values(&self, content: &Content) -> Values {
        let mut values = match &content.fact {
            Fact::BookingMade { booking }
            | Fact::BookingCancelled { booking }
            | Fact::BookingChanged { booking, .. } => self.caller_booking(booking),
            Fact::OrderMade { order } | Fact::OrderChanged { order } | Fact::OrderCancelled { order } => {
                self.caller_order(order)
            }
            _ => Values::new(),
        };
        values.insert("shop", self.sender.name(self.language).to_string());
        values.insert("link", content.link.clone().unwrap_or_default());
        values
    }

    fn caller_booking(&self, booking: &Booking) -> Values {
        let party = Values::from([("count", self.people(booking.party_size))]);
        Values::from([
            ("when", self.caller_when(booking.date.to_datetime(booking.time))),
            ("name", clipped(&booking.name, WORDS)),
            ("party", caller("word", "party", self.language, &party)),
        ])
    }

    fn caller_order(&self, order: &Order) -> Values {
        let item = |i: &biseo_model::record::OrderItem| {
            let values = Values::from([("name", i.name.clone()), ("count", i.quantity.to_string())]);
            notice("word", "item", self.language, &values)
        };
        let items: Vec<String> = order.items.iter().map(item).collect();
        let when = match order.pickup {
            Some(time) => self.caller_when(order.date.to_datetime(time)),
            None => notice("word", "as_soon_as_ready", self.language, &Values::new()),
        };
        let won = Values::from([("won", grouped(order.won))]);
        Values::from([
            ("items", clipped(&items.join(", "), WORDS)),
            ("won", notice("word", "won", self.language, &won)),
            ("when", when),
            ("name", clipped(&order.name, WORDS)),
        ])
    }

    /// "네 분" up to ten, "12분" beyond.
    fn people(&self, count: u32) -> String {
        let words = caller("word", "people", self.language, &Values::new());
        let word = usize::try_from(count)
            .ok()
            .and_then(|n| words.split(' ').nth(n.checked_sub(1)?));
        let (key, count) = match word.filter(|w| !w.is_empty()) {
            Some(word) => ("person", word.to_string()),
            None => ("persons", count.to_string()),
        };
        caller("word", key, self.language, &Values::from([("count", count)]))
    }

    fn caller_when(&self, at: DateTime) -> String {
        let values = Values::from([
            ("day", self.caller_day(at.date())),
            ("time", at.strftime("%H:%M").to_string()),
        ]);
        caller("word", "when", self.language, &values)
    }

    /// Today and tomorrow, as seen from the time of sending, or the date: also shortly before midnight.
    fn caller_day(&self, date: Date) -> String {
        let part = |key, index: i8| {
            let list = notice("word", key, self.language, &Values::new());
            let index = usize::try_from(index).unwrap_or(0);
            list.split(' ').nth(index).unwrap_or_default().to_string()
        };
        let values = Values::from([
            ("month", date.month().to_string()),
            ("month_name", part("months", date.month() - 1)),
            ("day", date.day().to_string()),
            (
                "weekday",
                part("weekdays", date.weekday().to_monday_zero_offset()),
            ),
        ]);
        let key = match date {
            _ if self.now.time() >= LATE => "day",
            d if d == self.today() => "today",
            d if Some(d) == self.today().tomorrow().ok() => "tomorrow",
            _ => "day",
        };
        caller("word", key, self.language, &values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seoul() -> TimeZone {
        TimeZone::get("Asia/Seoul").unwrap()
    }

    fn at(time: &str) -> Timestamp {
        seoul().to_timestamp(time.parse().unwrap()).unwrap()
    }

    #[test]
    fn nobody_is_written_to_at_night_but_for_an_answer() {
        for (now, answered, expected) in [
            ("2026-11-26T20:59:59", None, "2026-11-26T20:59:59"),
            ("2026-11-26T21:00", None, "2026-11-27T08:00"),
            ("2026-11-26T23:59:59", None, "2026-11-27T08:00"),
            ("2026-11-27T00:00", None, "2026-11-27T08:00"),
            ("2026-11-27T07:59:59", None, "2026-11-27T08:00"),
            ("2026-11-27T08:00", None, "2026-11-27T08:00"),
            ("2026-12-31T22:00", None, "2027-01-01T08:00"),
            ("2026-11-26T22:10", Some("2026-11-26T22:00"), "2026-11-26T22:10"),
            (
                "2026-11-26T22:10:01",
                Some("2026-11-26T22:00"),
                "2026-11-27T08:00",
            ),
            ("2026-11-27T03:00", Some("2026-11-26T22:00"), "2026-11-27T08:00"),
        ] {
            assert_eq!(
                allowed(at(now), answered.map(at), &seoul()),
                at(expected),
                "{now} {answered:?}"
            );
        }
    }

    fn booking(party_size: u32) -> Booking {
        serde_json::from_value(serde_json::json!({
            "id": "b1", "shop": "haengbok", "call": null, "name": "김하늘", "phone": "01023456789",
            "date": "2026-11-27", "time": "19:30:00", "minutes": 90, "party_size": party_size, "resource": "t1",
            "requests": [], "state": "confirmed", "made": "2026-11-26T05:00:00Z",
        }))
        .unwrap()
    }

    fn letter_at(now: &str, fact: Fact, language: Language, link: Option<&str>) -> Letter {
        let content = Content {
            event: "e".into(),
            at: at("2026-11-26T14:00"),
            fact,
            language,
            link: link.map(str::to_string),
            caller: true,
        };
        let sender = crate::Sender {
            name_ko: "행복식당".into(),
            name_en: Some("Happy".into()),
            zone: seoul(),
        };
        crate::write(&[content], &sender, at(now))
    }

    fn letter(fact: Fact, language: Language, link: Option<&str>) -> Letter {
        letter_at("2026-11-26T14:00", fact, language, link)
    }

    #[test]
    fn what_is_read_after_midnight_names_the_date() {
        let brief = |now, language| {
            let fact = Fact::BookingMade { booking: booking(4) };
            letter_at(now, fact, language, None).brief()
        };
        let ko = |now| brief(now, Language::Ko);
        assert_eq!(
            ko("2026-11-26T22:59:59"),
            "[행복식당] 내일 19:30 네 분 예약되었습니다."
        );
        assert_eq!(
            ko("2026-11-26T23:00"),
            "[행복식당] 11/27(금) 19:30 네 분 예약되었습니다."
        );
        assert_eq!(
            ko("2026-11-27T00:00"),
            "[행복식당] 오늘 19:30 네 분 예약되었습니다."
        );
        assert_eq!(
            brief("2026-11-26T23:59", Language::En),
            "[Happy] Booked: Fri 27 November 19:30, party of 4."
        );
    }

    #[test]
    fn what_is_no_more_is_not_told() {
        let content = |fact| Content {
            event: "e".into(),
            at: at("2026-11-26T14:00"),
            fact,
            language: Language::Ko,
            link: None,
            caller: true,
        };
        let made = || content(Fact::BookingMade { booking: booking(4) });
        let told = |content, stands, here: &str| still(content, stands, here.parse().unwrap());
        // From 19:30 for 90 minutes.
        assert_eq!(told(made(), None, "2026-11-27T20:59:59"), Some(made()));
        assert_eq!(told(made(), None, "2026-11-27T21:00"), None);
        let cancelled = Booking {
            state: BookingState::Cancelled,
            ..booking(4)
        };
        assert_eq!(told(made(), Some(cancelled.clone()), "2026-11-26T14:00"), None);
        let moved = Booking {
            date: "2026-11-28".parse().unwrap(),
            ..booking(5)
        };
        let now = content(Fact::BookingMade {
            booking: moved.clone(),
        });
        assert_eq!(told(made(), Some(moved), "2026-11-27T22:00"), Some(now));
        // That it is cancelled is told even then.
        let fact = content(Fact::BookingCancelled { booking: cancelled });
        assert_eq!(told(fact.clone(), None, "2026-12-27T22:00"), Some(fact));
    }

    #[test]
    fn a_booking_in_both_languages() {
        let made = |party| Fact::BookingMade {
            booking: booking(party),
        };
        let link = Some("https://b.example/x1");
        let ko = letter(made(4), Language::Ko, link);
        assert_eq!(
            ko.brief(),
            "[행복식당] 내일 19:30 네 분 예약되었습니다. 변경: https://b.example/x1"
        );
        let template = ko.template.unwrap();
        assert_eq!(template.name, "booking_made");
        let expected = [
            ("가게", "행복식당"),
            ("링크", "https://b.example/x1"),
            ("이름", "김하늘"),
            ("인원", "네 분"),
            ("일시", "내일 19:30"),
        ];
        assert_eq!(
            template.variables,
            expected.map(|(n, v)| (n.to_string(), v.to_string()))
        );
        let en = letter(made(4), Language::En, link);
        assert_eq!(
            en.brief(),
            "[Happy] Booked: tomorrow 19:30, party of 4. Change: https://b.example/x1"
        );
        assert_eq!(en.template, None);
        let plain = letter(made(12), Language::Ko, None);
        assert_eq!(plain.brief(), "[행복식당] 내일 19:30 12분 예약되었습니다.");
        // The template has a link, so without one it cannot be filled.
        assert_eq!(plain.template, None);
    }

    #[test]
    fn a_cancelled_booking_and_a_missed_call() {
        let cancelled = Fact::BookingCancelled { booking: booking(2) };
        let cancelled = letter(cancelled, Language::Ko, None);
        assert_eq!(
            cancelled.brief(),
            "[행복식당] 내일 19:30 두 분 예약이 취소되었습니다."
        );
        assert_eq!(cancelled.template.unwrap().name, "booking_cancelled");
        let missed = |line| Fact::CallMissed {
            call: biseo_model::ids::CallId::new("c1").unwrap(),
            caller: None,
            line,
        };
        let lost = letter(missed(true), Language::Ko, None);
        assert_eq!(
            lost.brief(),
            "[행복식당] 전화를 받지 못해 죄송합니다. 이제 통화됩니다. 차례대로 다시 연락드리겠습니다."
        );
        assert_eq!(lost.template, None);
        let missed = letter(missed(false), Language::Ko, Some("https://b.example/y"));
        assert_eq!(
            missed.brief(),
            "[행복식당] 전화를 받지 못해 죄송합니다. 곧 다시 연락드리겠습니다. 예약·문의: https://b.example/y"
        );
    }
}
