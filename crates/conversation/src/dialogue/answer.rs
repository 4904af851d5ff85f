//! Answers from what the owner wrote down; what is not written down is not said.

use biseo_model::shop::{BookingRules, ShopProfile, Wording as Fact};
use biseo_model::understanding::{Awaiting, Slot, Topic, Understanding, Value};

use super::{Asked, Dialogue, Offer};
use crate::io::Language;
use crate::wording::Values;

/// A fact's name has so many letters at least: shorter ones stand in many words.
const SHORTEST_NAME: usize = 2;
/// So many names are read out at once.
const MOST_NAMES: usize = 8;

impl Dialogue {
    /// Answers the utterance's questions. An unknown one is offered as a message, at once or after the flow under way.
    pub(super) fn questions(&mut self, asked: &Asked, text: &str, u: &Understanding) -> bool {
        // "What else?" beside an offer of a message is rather a yes or no that was not understood.
        let vague = asked.awaiting == Some(Awaiting::Offer) && u.topics().all(|t| t == Topic::Other);
        let vague = vague && self.fact.is_none() && self.named_fact(text).is_none();
        if !self.asks(u) || vague {
            return false;
        }
        let mut topics: Vec<Topic> = u.topics().collect();
        topics.dedup();
        if topics.is_empty() {
            topics.push(Topic::Other);
        }
        let mut unknown = false;
        for topic in topics.into_iter().take(4) {
            // Whether there is room, the booking that it began will tell.
            if self.booking_tells(topic) {
                continue;
            }
            if self.answer(topic, u) || self.answer_named(text) {
                if !self.settled() {
                    self.note_answered(topic);
                }
            } else {
                unknown = true;
            }
        }
        if unknown && !self.settled() {
            self.cannot_answer(text);
        }
        true
    }

    /// Beside what an owner's own words name, only what the owner wrote down is told: the question may be the flow's.
    pub(super) fn facts_beside(&mut self, u: &Understanding) -> bool {
        for topic in u.topics().take(4) {
            if self.answer_incident(topic, u) || self.answer_fact(topic) {
                self.note_answered(topic);
            }
        }
        true
    }

    /// "토요일 열두 시에 세 명 되나요" asks for what the booking under way finds out.
    fn booking_tells(&mut self, topic: Topic) -> bool {
        let Some(frame) = self.stack.last_mut().filter(|f| f.flow.name == "book") else {
            return false;
        };
        frame.wants_to_know |= topic == Topic::Availability;
        topic == Topic::Availability || (topic == Topic::Capacity && frame.wants_to_know)
    }

    fn cannot_answer(&mut self, text: &str) {
        let question = super::slots::cut(text, 500);
        if self.summary.unanswered.len() < 20 {
            self.summary.unanswered.push(question.clone());
        }
        if self.stack.is_empty() {
            self.offer(
                "answer.unknown_offer",
                &Values::new(),
                Offer::Message(Some(question)),
            );
        } else {
            self.say("answer.unknown", &Values::new());
            self.owed.get_or_insert(question);
        }
    }

    /// Says the answer, if there is one, or asks what is meant (then the reply is settled).
    fn answer(&mut self, topic: Topic, u: &Understanding) -> bool {
        if self.answer_incident(topic, u) {
            return true;
        }
        match topic {
            Topic::Hours => self.answer_hours(u),
            Topic::Price => self.answer_price(u),
            Topic::Duration => self.answer_duration(u) || self.answer_fact(topic),
            Topic::Menu => self.answer_menu(u) || self.answer_fact(topic),
            Topic::Location => self.answer_fact(topic) || self.answer_address(),
            Topic::Staff => self.answer_fact(topic) || self.answer_staff(),
            Topic::Capacity => self.answer_fact(topic) || self.answer_capacity(u),
            Topic::Other => self.answer_found() || self.answer_fact(topic),
            _ => self.answer_fact(topic),
        }
    }

    fn answer_fact(&mut self, topic: Topic) -> bool {
        self.tell_fact(topic.key())
    }

    /// A fact that was found for a question without a topic.
    fn answer_found(&mut self) -> bool {
        let key = self.fact.take();
        key.is_some_and(|key| self.tell_fact(&key))
    }

    /// A fact of the owner's own that the question names: "아기 의자 있나요?" and the fact "아기 의자".
    fn answer_named(&mut self, text: &str) -> bool {
        let key = self.named_fact(text).map(str::to_string);
        key.is_some_and(|key| self.tell_fact(&key))
    }

    /// The fact of the owner's own whose name the text holds, the longest name first. A comma parts several names of one fact.
    fn named_fact(&self, text: &str) -> Option<&str> {
        let own = |key: &&String| Topic::ALL.iter().all(|topic| topic.key() != key.as_str());
        let facts = self.profile.facts.keys().filter(own);
        let names = facts.flat_map(|key| key.split(',').map(move |name| (letters(name), key)));
        let said = |(name, _): &(String, _)| {
            name.chars().count() >= SHORTEST_NAME && super::holds_any(text, std::slice::from_ref(name), &[])
        };
        let found = names.filter(said);
        found
            .max_by_key(|(name, _)| name.chars().count())
            .map(|(_, key)| key.as_str())
    }

    fn tell_fact(&mut self, key: &str) -> bool {
        let Some(fact) = self.profile.facts.get(key).cloned() else {
            return false;
        };
        let (text, language) = in_language(&fact, self.language);
        if language != self.language {
            self.say("answer.in_korean", &Values::new());
        }
        self.say_text(&format!("fact.{key}"), text, language);
        true
    }

    fn answer_address(&mut self) -> bool {
        let (address, _) = in_language(&self.profile.address, self.language);
        self.say("answer.location", &Values::from([("address", address)]));
        true
    }

    fn answer_staff(&mut self) -> bool {
        let names = self.staff_names();
        let list = self.words().list(&names);
        self.say("answer.staff", &Values::from([("list", list)]));
        !names.is_empty()
    }

    fn answer_price(&mut self, u: &Understanding) -> bool {
        let names = named(u);
        if let Some(total) = self.open_order_total() {
            self.say("answer.price_total", &Values::from([("won", total)]));
            return true;
        }
        let known: Vec<Priced> = names.iter().filter_map(|n| priced(&self.profile, n)).collect();
        if known.is_empty() {
            return names.is_empty() && self.ask_which_price();
        }
        for thing in known {
            self.say_price(&thing);
        }
        true
    }

    /// While an order is being taken, "how much" asks for its sum.
    fn open_order_total(&self) -> Option<String> {
        let frame = self.stack.last().filter(|f| f.flow.name == "order")?;
        let items = &frame.slots.items;
        let counted = !items.is_empty() && items.iter().all(|i| i.quantity > 0);
        counted.then(|| self.words().money(self.total(items)))
    }

    fn say_price(&mut self, thing: &Priced) {
        let words = self.words();
        let values = Values::from([
            ("name", thing.name.clone()),
            ("won", words.money(thing.won.unwrap_or(0))),
            ("length", words.length(thing.minutes.unwrap_or(0))),
        ]);
        let key = match (thing.won, thing.minutes) {
            (Some(_), Some(_)) => "answer.price_minutes",
            (Some(_), None) => "answer.price",
            (None, _) => "answer.price_none",
        };
        self.say(key, &values);
    }

    /// "얼마예요?" without a thing that is known: tells whose prices are.
    fn ask_which_price(&mut self) -> bool {
        let services = self.profile.services.iter().filter(|s| s.won.is_some());
        let menu = self.profile.menu.iter().map(|m| m.name.clone());
        let mut names: Vec<String> = menu.chain(services.map(|s| s.name.clone())).collect();
        names.truncate(MOST_NAMES);
        if names.is_empty() || !self.stack.is_empty() {
            return false;
        }
        let list = self.words().list(&names);
        self.ask("answer.price_which", &Values::from([("list", list)]), None);
        true
    }

    fn answer_duration(&mut self, u: &Understanding) -> bool {
        let names = named(u);
        let known = names.iter().filter_map(|n| priced(&self.profile, n));
        let known: Vec<Priced> = known.filter(|p| p.minutes.is_some()).collect();
        let told_with_price = u.topics().any(|t| t == Topic::Price);
        for thing in known.iter().filter(|_| !told_with_price) {
            let length = self.words().length(thing.minutes.unwrap_or(0));
            let values = Values::from([("name", thing.name.clone()), ("length", length)]);
            self.say("answer.minutes", &values);
        }
        !known.is_empty()
    }

    /// What there is. A thing that is not in the profile is neither promised nor denied.
    fn answer_menu(&mut self, u: &Understanding) -> bool {
        let named = named(u);
        if u.topics().any(|t| t == Topic::Price) && !named.is_empty() {
            return true; // The price tells that it is there.
        }
        let mut names: Vec<String> = if self.profile.menu.is_empty() {
            self.profile.services.iter().map(|s| s.name.clone()).collect()
        } else {
            self.profile.menu.iter().map(|m| m.name.clone()).collect()
        };
        if names.is_empty() {
            return false;
        }
        let key = match (names.len() > MOST_NAMES, self.profile.menu.is_empty()) {
            (true, _) => "answer.menu_more",
            (false, true) => "answer.services",
            (false, false) => "answer.menu",
        };
        names.truncate(MOST_NAMES);
        let list = self.words().list(&names);
        self.say(key, &Values::from([("list", list)]));
        true
    }

    fn answer_capacity(&mut self, u: &Understanding) -> bool {
        let Some(BookingRules::Tables(rules)) = &self.profile.booking else {
            return false;
        };
        let most = rules.largest_party();
        let party = match u.value(Slot::PartySize) {
            Some(Value::PartySize(n)) => Some(*n),
            _ => self.stack.last().and_then(|f| f.slots.party_size),
        };
        let mut values = Values::from([("n", most.to_string())]);
        let key = match party {
            Some(n) => {
                values.insert("party", self.words().party(n));
                if n <= most {
                    "answer.capacity_party"
                } else {
                    "answer.capacity_too_many"
                }
            }
            None => "answer.capacity_tables",
        };
        self.say(key, &values);
        true
    }
}

/// A name without blanks.
fn letters(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace()).collect()
}

/// A fact in the language asked for, or else in Korean.
pub(super) fn in_language(fact: &Fact, language: Language) -> (String, Language) {
    match (language, &fact.en) {
        (Language::En, Some(en)) => (en.clone(), Language::En),
        _ => (fact.ko.clone(), Language::Ko),
    }
}

/// A thing with a price or a length.
struct Priced {
    name: String,
    won: Option<u64>,
    minutes: Option<u32>,
}

fn priced(profile: &ShopProfile, name: &str) -> Option<Priced> {
    let item = profile.menu.iter().find(|m| m.name == name).map(|m| Priced {
        name: m.name.clone(),
        won: Some(u64::from(m.won)),
        minutes: None,
    });
    let service = || {
        profile.services.iter().find(|s| s.name == name).map(|s| Priced {
            name: s.name.clone(),
            won: s.won.map(u64::from),
            minutes: Some(s.minutes),
        })
    };
    item.or_else(service)
}

/// The menu items and services that an utterance names.
fn named(u: &Understanding) -> Vec<String> {
    let name = |value: &Value| match value {
        Value::MenuItem { name, .. } | Value::Service(name) => Some(name.clone()),
        _ => None,
    };
    let mut names: Vec<String> = u.slots.iter().filter_map(|f| name(&f.value)).collect();
    names.dedup();
    names.truncate(4);
    names
}
