//! The next day.

use std::collections::BTreeSet;

use super::{MOST_NAME, MOST_QUOTE, Pen, clip, clock, plain};
use crate::facts::Source;
use crate::page::{Line, Section, SectionKind};
use crate::tonight::items;

impl Pen<'_> {
    pub(super) fn tomorrow(&self) -> Section {
        let day = &self.facts.tomorrow;
        let closed = matches!(day.open, biseo_model::shop::OpenOn::Closed(_));
        let note = match (closed, day.bookings.is_empty()) {
            (true, true) => self.words.say("tomorrow_closed", &[]),
            (true, false) => self.words.say("tomorrow_closed_booked", &[]),
            (false, true) => self.words.say("tomorrow_none", &[]),
            (false, false) => self.sum(),
        };
        let title = self
            .words
            .say("tomorrow", &[("date", &self.words.date(day.date))]);
        let orders = day.orders.iter().map(|o| self.order(o));
        let lines = day
            .bookings
            .iter()
            .map(|b| self.booking(b))
            .chain(orders)
            .collect();
        Section {
            kind: SectionKind::Tomorrow,
            title,
            note,
            lines,
            folded: 0,
            more: None,
        }
    }

    fn sum(&self) -> String {
        let day = &self.facts.tomorrow;
        let (n, guests) = (day.bookings.len().to_string(), day.guests.to_string());
        let peak = day
            .peak
            .map(|p| (clock(p.at), p.taken.to_string(), p.of.to_string()))
            .unwrap_or_default();
        let values = [
            ("n", n.as_str()),
            ("guests", &guests),
            ("time", &peak.0),
            ("taken", &peak.1),
            ("of", &peak.2),
        ];
        self.words.say("tomorrow_sum", &values)
    }

    fn booking(&self, booking: &biseo_model::record::Booking) -> Line {
        let (name, n) = (clip(&booking.name, MOST_NAME), booking.party_size.to_string());
        let services = clip(&booking.services.join(", "), MOST_QUOTE);
        let key = if services.is_empty() {
            "booking"
        } else {
            "booking_services"
        };
        let wishes = booking.requests.join(", ");
        Line {
            lead: self.words.say("booking_at", &[("time", &clock(booking.time))]),
            text: plain(
                self.words
                    .say(key, &[("name", &name), ("n", &n), ("services", &services)]),
            ),
            quote: (!wishes.is_empty()).then(|| clip(&wishes, MOST_QUOTE)),
            sources: BTreeSet::from([Source::Booking(booking.id.clone())]),
            ..Line::default()
        }
    }

    fn order(&self, order: &biseo_model::record::Order) -> Line {
        let lead = match order.pickup {
            Some(at) => self.words.say("order_at", &[("time", &clock(at))]),
            None => self.words.say("order_any_time", &[]),
        };
        let (name, items) = (clip(&order.name, MOST_NAME), clip(&items(order), MOST_QUOTE));
        Line {
            lead,
            text: plain(self.words.say("order", &[("name", &name), ("items", &items)])),
            sources: BTreeSet::from([Source::Order(order.id.clone())]),
            ..Line::default()
        }
    }
}
