//! Facts put into words: the document.

use std::collections::BTreeSet;

use biseo_model::phone::PhoneNumber;
use jiff::Timestamp;
use jiff::civil::{DateTime, Time};

use crate::facts::{Action, BadCall, Deadline, Facts, Promise, Reason, Source, Vow};
use crate::input::News;
use crate::page::{Card, Labels, Line, Links, Page, Section, SectionKind, Span};
use crate::story::Trouble;
use crate::time::{self, MOST_SECONDS};
use crate::tonight::items;
use crate::unanswered::Question;
use crate::wording::Wording;

/// What a caller said is cut after so many letters; the whole is behind the link.
const MOST_QUOTE: usize = 70;
/// A name is cut after so many.
const MOST_NAME: usize = 24;
/// What is said of folded lines takes so long for each section.
const FOLDED_MS: u64 = 1_500;

impl Page {
    /// Writes facts down. `fold`: lines beyond what can be read in [`MOST_SECONDS`] are folded; without it, the page tells all.
    pub fn write(
        facts: &Facts,
        shop: &str,
        made: Timestamp,
        words: &Wording,
        links: &Links,
        fold: bool,
    ) -> Self {
        let shop = clip(shop, MOST_NAME);
        let pen = Pen { words, facts };
        let (date, time) = (words.date(facts.now.date()), clock(facts.now.time()));
        let label = |key: &str| words.say(key, &[]);
        let open = facts.tonight.len().to_string();
        let mut page = Self {
            language: words.language(),
            title: words.say("title", &[("shop", &shop)]),
            subject: words.say("subject", &[("shop", &shop), ("date", &date), ("n", &open)]),
            span: words.say("span", &[("date", &date), ("time", &time)]),
            cards: pen.cards(),
            sections: pen.sections(),
            reading: String::new(),
            seconds: 0,
            made,
            links: links.clone(),
            labels: Labels {
                sources: label("sources"),
                call: label("call"),
                size: label("size"),
                size_letter: label("size_letter"),
            },
        };
        if fold {
            page.fold(words);
        }
        page.measure(words);
        page
    }

    fn fold(&mut self, words: &Wording) {
        let most = u64::from(MOST_SECONDS) * 1000;
        let all: u64 = self
            .sections
            .iter()
            .flat_map(|s| &s.lines)
            .map(Line::millis)
            .sum();
        if self.frame() + all > most {
            let folded = FOLDED_MS * self.sections.len() as u64;
            let budget = most.saturating_sub(self.frame() + folded);
            time::fold(&mut self.sections, budget);
        }
        for section in self.sections.iter_mut().filter(|s| s.folded > 0) {
            let key = if section.lines.is_empty() {
                "more_all"
            } else {
                "more"
            };
            let text = words.say(key, &[("n", &section.folded.to_string())]);
            section.more = Some((text, format!("{}#{}", self.links.all, section.kind.id())));
        }
    }

    /// What is read beside the lines.
    fn frame(&self) -> u64 {
        let head = time::millis(&self.title) + time::millis(&self.span);
        let cards = self
            .cards
            .iter()
            .map(|c| time::millis(&c.label) + time::millis(&c.value) + time::millis(&c.note));
        let sections = self
            .sections
            .iter()
            .map(|s| time::millis(&s.title) + time::millis(&s.note));
        head + cards.sum::<u64>() + sections.sum::<u64>()
    }

    fn measure(&mut self, words: &Wording) {
        let lines: u64 = self
            .sections
            .iter()
            .flat_map(|s| &s.lines)
            .map(Line::millis)
            .sum();
        let more = self
            .sections
            .iter()
            .filter_map(|s| s.more.as_ref())
            .map(|(text, _)| time::millis(text));
        let total = self.frame() + lines + more.sum::<u64>();
        self.seconds = u32::try_from(total.div_ceil(1000)).unwrap_or(u32::MAX);
        let (m, n) = (self.seconds / 60, self.seconds % 60);
        let (m, n) = (m.to_string(), if n > 0 { n.to_string() } else { String::new() });
        let key = if self.seconds < 60 {
            "reading"
        } else {
            "reading_minutes"
        };
        self.reading = words.say(key, &[("m", &m), ("n", &n)]);
    }
}

struct Pen<'a> {
    words: &'a Wording,
    facts: &'a Facts,
}

impl Pen<'_> {
    fn cards(&self) -> Vec<Card> {
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

    fn sections(&self) -> Vec<Section> {
        let f = self.facts;
        let mut all = vec![
            self.section(
                SectionKind::Tonight,
                f.tonight.iter().map(|a| self.action(a)).collect(),
            ),
            self.section(
                SectionKind::Promises,
                f.promises.iter().map(|p| self.promise(p)).collect(),
            ),
            self.tomorrow(),
            self.section(
                SectionKind::Unanswered,
                f.unanswered.iter().map(|q| self.question(q)).collect(),
            ),
            self.section(
                SectionKind::Badly,
                f.badly.iter().map(|b| self.bad_call(b)).collect(),
            ),
            self.section(SectionKind::Line, self.line()),
            self.section(SectionKind::Blocked, self.blocked()),
        ];
        if !f.news.is_empty() {
            all.push(self.section(SectionKind::News, f.news.iter().map(story).collect()));
        }
        all
    }

    /// A section that is empty says so.
    fn section(&self, kind: SectionKind, lines: Vec<Line>) -> Section {
        let note = match (kind, lines.is_empty()) {
            (SectionKind::News, _) => String::new(),
            (_, true) => self.words.say(&format!("{}_none", kind.id()), &[]),
            (SectionKind::Unanswered, false) => self.words.say("unanswered_hint", &[]),
            (_, false) => String::new(),
        };
        Section {
            kind,
            title: self.words.say(kind.id(), &[]),
            note,
            lines,
            folded: 0,
            more: None,
        }
    }

    fn who(&self, name: Option<&str>, number: Option<&PhoneNumber>) -> String {
        match (name, number) {
            (Some(name), _) => self.words.say("person", &[("name", &clip(name, MOST_NAME))]),
            (None, Some(number)) => number.grouped(),
            (None, None) => self.words.say("unknown_caller", &[]),
        }
    }

    fn action(&self, action: &Action) -> Line {
        let reason = |r: &Reason| match r {
            Reason::Trouble(trouble) => self.words.say(&format!("owed_{}", key(*trouble)), &[]),
            Reason::Message(_) => self.words.say("owed_message", &[]),
            Reason::Order(items) => self
                .words
                .say("owed_order", &[("items", &clip(items, MOST_QUOTE))]),
        };
        let mut reasons: Vec<String> = action.reasons.iter().map(reason).collect();
        reasons.dedup();
        let words = action.reasons.iter().find_map(|r| match r {
            Reason::Message(text) => Some(clip(text, MOST_QUOTE)),
            _ => None,
        });
        Line {
            lead: self.who(action.name.as_deref(), action.call.as_ref()),
            text: plain(reasons.join(" · ")),
            quote: words,
            due: Some(self.due(action.deadline)),
            call: action.call.clone(),
            grave: action.deadline == Deadline::Now,
            sources: action.sources.clone(),
        }
    }

    fn due(&self, deadline: Deadline) -> String {
        let Deadline::By(at) = deadline else {
            return self.words.say("due_now", &[]);
        };
        let time = clock(at.time());
        let today = self.facts.now.date();
        let key = match () {
            () if at.date() == today => "due_today",
            () if at.date() == self.facts.tomorrow.date => "due_tomorrow",
            () => "due_day",
        };
        self.words
            .say(key, &[("time", &time), ("date", &self.words.date(at.date()))])
    }

    fn promise(&self, promise: &Promise) -> Line {
        let (text, quote) = match &promise.vow {
            Vow::Unrecorded(said) => (self.words.say("vow_unrecorded", &[]), Some(said)),
            Vow::PassOn(said) => (self.words.say("vow_pass_on", &[]), Some(said)),
            Vow::Request(at, said) => (
                self.words.say("vow_request", &self.moment(*at).each()),
                Some(said),
            ),
            Vow::CallBacks(n) => (self.words.say("vow_call_backs", &[("n", &n.to_string())]), None),
        };
        let known = !matches!(promise.vow, Vow::CallBacks(_));
        Line {
            lead: if known {
                self.who(promise.name.as_deref(), promise.phone.as_ref())
            } else {
                String::new()
            },
            text: plain(text),
            quote: quote.map(|q| clip(q, MOST_QUOTE)),
            grave: matches!(promise.vow, Vow::Unrecorded(_)),
            sources: promise.sources.clone(),
            ..Line::default()
        }
    }

    fn moment(&self, at: DateTime) -> Moment {
        Moment {
            date: self.words.date(at.date()),
            time: clock(at.time()),
        }
    }

    fn tomorrow(&self) -> Section {
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

    fn question(&self, question: &Question) -> Line {
        let times = self
            .words
            .say("unanswered_line", &[("n", &question.times.to_string())]);
        let topic = question.topic.unwrap_or(biseo_model::understanding::Topic::Other);
        Line {
            lead: self.words.topic(topic).to_string(),
            text: plain(if question.times > 1 { times } else { String::new() }),
            quote: Some(clip(&question.words, MOST_QUOTE)),
            sources: question.sources.clone(),
            ..Line::default()
        }
    }

    fn bad_call(&self, bad: &BadCall) -> Line {
        let repeats = bad.repeats.to_string();
        let what = |t: &Trouble| self.words.say(&format!("bad_{}", key(*t)), &[("n", &repeats)]);
        let troubles: Vec<String> = bad.troubles.iter().map(what).collect();
        let who = self.who(None, bad.caller.as_ref());
        Line {
            lead: clock(bad.at.time()),
            text: plain(format!("{who} · {}", troubles.join(" · "))),
            quote: bad.last_words.as_deref().map(|w| clip(w, MOST_QUOTE)),
            grave: bad.troubles.contains(&Trouble::Emergency),
            sources: bad.sources.clone(),
            ..Line::default()
        }
    }

    fn line(&self) -> Vec<Line> {
        let told = |(from, until, place, what): &(DateTime, Option<DateTime>, usize, String)| {
            let (from, until) = (clock(from.time()), until.map(|u| clock(u.time())));
            let key = if until.is_some() { "line_span" } else { "line_open" };
            Line {
                lead: self.words.say(
                    key,
                    &[("from", &from), ("until", until.as_deref().unwrap_or_default())],
                ),
                text: plain(clip(what, MOST_QUOTE)),
                grave: until.is_none(),
                sources: BTreeSet::from([Source::Outage(*place)]),
                ..Line::default()
            }
        };
        self.facts.line.iter().map(told).collect()
    }

    fn blocked(&self) -> Vec<Line> {
        let hidden = || self.words.say("blocked_hidden", &[]);
        let told = |(number, calls): &(Option<PhoneNumber>, Vec<usize>)| Line {
            lead: number.as_ref().map_or_else(hidden, PhoneNumber::grouped),
            text: plain(self.words.say("blocked_line", &[("n", &calls.len().to_string())])),
            sources: calls.iter().map(|n| Source::Blocked(*n)).collect(),
            ..Line::default()
        };
        let sales = (!self.facts.sales.is_empty()).then(|| Line {
            text: plain(
                self.words
                    .say("blocked_sales", &[("n", &self.facts.sales.len().to_string())]),
            ),
            sources: self.facts.sales.clone(),
            ..Line::default()
        });
        sales
            .into_iter()
            .chain(self.facts.blocked.iter().map(told))
            .collect()
    }
}

/// A date and a time in words.
struct Moment {
    date: String,
    time: String,
}

impl Moment {
    fn each(&self) -> [(&str, &str); 2] {
        [("date", &self.date), ("time", &self.time)]
    }
}

fn story(news: &News) -> Line {
    let span = |q: &crate::input::Quoted| Span {
        text: q.text.clone(),
        link: Some(q.link.clone()),
    };
    Line {
        lead: clip(&news.title, MOST_QUOTE),
        text: news.sentences.iter().map(span).collect(),
        sources: news
            .sentences
            .iter()
            .map(|q| Source::Page(q.link.clone()))
            .collect(),
        ..Line::default()
    }
}

fn key(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Emergency => "emergency",
        Trouble::NoPerson => "no_person",
        Trouble::Complaint => "complaint",
        Trouble::Failed => "failed",
        Trouble::HungUp => "hung_up",
        Trouble::Repeated => "repeated",
        Trouble::Silent => "silent",
        Trouble::RangOff => "rang_off",
    }
}

fn plain(text: String) -> Vec<Span> {
    if text.is_empty() {
        Vec::new()
    } else {
        vec![Span { text, link: None }]
    }
}

fn clock(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// At most so many letters, on one line.
fn clip(text: &str, most: usize) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if flat.chars().count() <= most {
        return flat;
    }
    flat.chars().take(most - 1).chain(['…']).collect()
}
