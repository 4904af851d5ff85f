//! The numbers of the glance card.

use super::Pen;
use crate::page::Card;

impl Pen<'_> {
    pub(super) fn cards(&self) -> Vec<Card> {
        let g = &self.facts.glance;
        let some = |n: usize| if n > 0 { n.to_string() } else { String::new() };
        let won = if g.won > 0 {
            self.words.won(g.won)
        } else {
            String::new()
        };
        let (biseo, guests) = (
            g.by_biseo.to_string(),
            if g.guests > 0 {
                g.guests.to_string()
            } else {
                String::new()
            },
        );
        let calls = [
            ("biseo", biseo.as_str()),
            ("person", &some(g.by_person)),
            ("none", &some(g.unanswered)),
        ];
        let bookings = [("guests", guests.as_str()), ("cancelled", &some(g.cancelled))];
        vec![
            self.card("card_calls", g.calls, &calls),
            self.card("card_bookings", g.bookings, &bookings),
            self.card("card_orders", g.orders, &[("won", &won)]),
            self.card("card_won_back", g.won_back, &[("calls", &some(g.after_hours))]),
            Card {
                label: self.words.say("card_messages", &[]),
                value: self
                    .words
                    .say("card_messages_value", &[("n", &g.messages.to_string())]),
                note: String::new(),
            },
        ]
    }

    fn card(&self, key: &str, n: usize, note: &[(&str, &str)]) -> Card {
        Card {
            label: self.words.say(key, &[]),
            value: self.words.say(&format!("{key}_value"), &[("n", &n.to_string())]),
            note: self.words.say(&format!("{key}_note"), note),
        }
    }
}
