//! What a delivery says: one notice or several, in the reader's language, in the forms that channels want.

use biseo_model::phone::PhoneNumber;
use biseo_model::record::{Booking, Order};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::event::Fact;
use crate::rules::Language;
use crate::wording::{Values, caller, notice};

/// A title has so many characters at most.
const TITLE: usize = 60;
/// A line has so many characters at most: a caller's message is no novel.
const LINE: usize = 500;
/// Lines of a short form.
const SHORT_LINES: usize = 3;

/// What a notice in the outbox holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// The event's key.
    pub event: String,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub fact: Fact,
    /// In this language.
    pub language: Language,
    /// For the caller, not for the shop's people.
    #[serde(default)]
    pub for_caller: bool,
    /// A page about it.
    #[serde(default)]
    pub link: Option<String>,
}

/// What is known of the shop when a letter is written.
#[derive(Debug, Clone)]
pub struct Sender {
    /// The shop's name in Korean.
    pub name_ko: String,
    /// Its name in English, if it has one.
    pub name_en: Option<String>,
    /// Its time zone.
    pub zone: TimeZone,
}

impl Sender {
    fn name(&self, language: Language) -> &str {
        match (language, &self.name_en) {
            (Language::En, Some(name)) => name,
            _ => &self.name_ko,
        }
    }
}

/// A delivery in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Letter {
    /// The language.
    pub language: Language,
    /// One line, at most 60 characters.
    pub title: String,
    /// All of it, a line for each notice.
    pub text: String,
    /// The same for e-mail, escaped.
    pub html: String,
    /// For text messages.
    pub short: String,
    /// A page about it.
    pub link: Option<String>,
    /// Whether somebody has to act at once.
    pub urgent: bool,
    /// The name of a text provider's template that says the same, with its values; for a single notice to a caller.
    pub template: Option<(String, Vec<(String, String)>)>,
    /// The notices as data, for programs.
    pub data: Vec<serde_json::Value>,
}

/// Writes the letter of a delivery that is sent at `now`.
#[must_use]
pub fn write(contents: &[Content], sender: &Sender, now: Timestamp) -> Letter {
    let language = contents.first().map_or(Language::Ko, |c| c.language);
    let pen = Pen {
        language,
        sender,
        today: sender.zone.to_datetime(now).date(),
    };
    match contents {
        [one] if one.for_caller => pen.to_caller(one),
        _ => pen.to_reader(contents),
    }
}

/// Writes in one language, for one shop, on one day.
struct Pen<'a> {
    language: Language,
    sender: &'a Sender,
    today: Date,
}

impl Pen<'_> {
    fn to_caller(&self, content: &Content) -> Letter {
        let kind = content.fact.kind().name();
        let mut values = self.values(content);
        values.insert("shop", self.sender.name(self.language).to_string());
        values.insert("link", content.link.clone().unwrap_or_default());
        let mut text = clipped(&caller("text", kind, self.language, &values), LINE);
        if content.link.is_some() {
            text.push(' ');
            text.push_str(&caller("text", "link", self.language, &values));
        }
        let template = values.iter().map(|(k, v)| (k.to_string(), v.clone())).collect();
        Letter {
            language: self.language,
            title: clipped(self.sender.name(self.language), TITLE),
            html: page(&[], &text, content.link.as_deref(), ""),
            short: text.clone(),
            text,
            link: content.link.clone(),
            urgent: false,
            template: Some((kind.to_string(), template)),
            data: vec![data(content)],
        }
    }

    fn to_reader(&self, contents: &[Content]) -> Letter {
        let lines: Vec<(String, String)> = contents.iter().map(|c| self.line(c)).collect();
        let title = self.title(&lines);
        let whole: Vec<String> = lines
            .iter()
            .map(|(title, line)| format!("{title}: {line}"))
            .collect();
        let link = contents.iter().find_map(|c| c.link.clone());
        let values = Values::from([("shop", self.sender.name(self.language).to_string())]);
        let footer = notice("word", "footer", self.language, &values);
        let open = notice("word", "open", self.language, &Values::new());
        let mut text = whole.join("\n");
        if let Some(link) = &link {
            text.push_str(&format!("\n\n{open}: {link}"));
        }
        text.push_str(&format!("\n\n{footer}"));
        Letter {
            language: self.language,
            html: page(&lines, &footer, link.as_deref(), &open),
            short: self.short(&whole),
            title,
            text,
            link,
            urgent: contents.iter().any(|c| c.fact.kind().is_urgent()),
            template: None,
            data: contents.iter().map(data).collect(),
        }
    }

    fn title(&self, lines: &[(String, String)]) -> String {
        let shop = self.sender.name(self.language);
        match lines {
            [(title, _)] => clipped(&format!("{shop}: {title}"), TITLE),
            _ => {
                let values = Values::from([("shop", shop.to_string()), ("count", lines.len().to_string())]);
                clipped(&notice("word", "several", self.language, &values), TITLE)
            }
        }
    }

    fn short(&self, whole: &[String]) -> String {
        let mut lines: Vec<String> = whole.iter().take(SHORT_LINES).cloned().collect();
        if whole.len() > SHORT_LINES {
            let values = Values::from([("count", (whole.len() - SHORT_LINES).to_string())]);
            lines.push(notice("word", "more", self.language, &values));
        }
        format!("[{}] {}", self.sender.name(self.language), lines.join("\n"))
    }

    /// A notice's title and its line.
    fn line(&self, content: &Content) -> (String, String) {
        let kind = content.fact.kind().name();
        let key = match &content.fact {
            Fact::OrderMade { order } if order.address.is_some() => "order_brought",
            Fact::LineIncident { over: true, .. } => "line_over",
            Fact::LineIncident { over: false, .. } => "line_broken",
            _ => kind,
        };
        let title = notice("title", kind, self.language, &Values::new());
        (
            title,
            clipped(&notice("line", key, self.language, &self.values(content)), LINE),
        )
    }

    fn values(&self, content: &Content) -> Values {
        let mut values = match &content.fact {
            Fact::BookingMade { booking } | Fact::BookingCancelled { booking } => self.booking(booking),
            Fact::BookingChanged { booking, before } => {
                let mut values = self.booking(booking);
                values.insert("before", self.when(*before));
                values
            }
            Fact::OrderMade { order } => self.order(order),
            Fact::MessageLeft { message } => Values::from([
                (
                    "name",
                    message.name.clone().unwrap_or_else(|| self.word("nobody")),
                ),
                ("text", message.text.clone()),
                ("call_back", self.call_back(message.call_back.as_ref())),
            ]),
            Fact::CallMissed { caller, .. } => {
                let phone = caller
                    .as_ref()
                    .map_or_else(|| self.word("no_number"), PhoneNumber::grouped);
                Values::from([("phone", phone)])
            }
            Fact::Urgent { text, call_back } => Values::from([
                ("text", text.clone()),
                ("call_back", self.call_back(call_back.as_ref())),
            ]),
            Fact::CheckInAnswered { name, text } => {
                Values::from([("name", name.clone()), ("text", text.clone())])
            }
            Fact::CheckInAlert {
                name,
                text,
                call_back,
            } => Values::from([
                ("name", name.clone()),
                ("text", text.clone()),
                ("call_back", self.call_back(call_back.as_ref())),
            ]),
            Fact::LineIncident { text, .. } => Values::from([("text", text.clone())]),
            Fact::DigestReady { date, text, .. } => {
                Values::from([("day", self.day(*date)), ("text", text.clone())])
            }
        };
        let at = self.sender.zone.to_datetime(content.at);
        values
            .entry("time")
            .or_insert_with(|| at.strftime("%H:%M").to_string());
        values
    }

    fn booking(&self, booking: &Booking) -> Values {
        let requests = Values::from([("requests", booking.requests.join(", "))]);
        let asked = match booking.requests.is_empty() {
            true => String::new(),
            false => notice("word", "requests", self.language, &requests),
        };
        let count = Values::from([("count", booking.party_size.to_string())]);
        Values::from([
            ("when", self.when(booking.date.to_datetime(booking.time))),
            ("name", booking.name.clone()),
            ("party", notice("word", "party", self.language, &count)),
            ("guests", self.guests(booking.party_size)),
            ("phone", booking.phone.grouped()),
            ("requests", asked),
        ])
    }

    fn order(&self, order: &Order) -> Values {
        let item = |i: &biseo_model::record::OrderItem| {
            let values = Values::from([("name", i.name.clone()), ("count", i.quantity.to_string())]);
            notice("word", "item", self.language, &values)
        };
        let items: Vec<String> = order.items.iter().map(item).collect();
        let when = match order.pickup {
            Some(time) => self.when(order.date.to_datetime(time)),
            None => self.word("as_soon_as_ready"),
        };
        let won = Values::from([("won", grouped(order.won))]);
        Values::from([
            ("items", items.join(", ")),
            ("won", notice("word", "won", self.language, &won)),
            ("when", when),
            ("name", order.name.clone()),
            ("phone", order.phone.grouped()),
            ("address", order.address.clone().unwrap_or_default()),
        ])
    }

    fn word(&self, key: &str) -> String {
        notice("word", key, self.language, &Values::new())
    }

    fn call_back(&self, phone: Option<&PhoneNumber>) -> String {
        phone.map_or_else(String::new, |phone| {
            let values = Values::from([("phone", phone.grouped())]);
            notice("word", "call_back", self.language, &values)
        })
    }

    fn guests(&self, count: u32) -> String {
        let list = caller("word", "guests", self.language, &Values::new());
        let index = usize::try_from(count).ok().and_then(|n| n.checked_sub(1));
        match index.and_then(|i| list.split(',').nth(i)) {
            Some(word) => word.to_string(),
            None => {
                let values = Values::from([("count", count.to_string())]);
                caller("word", "many_guests", self.language, &values)
            }
        }
    }

    fn when(&self, at: DateTime) -> String {
        let time = at.strftime("%H:%M").to_string();
        let values = Values::from([("day", self.day(at.date())), ("time", time)]);
        notice("word", "when", self.language, &values)
    }

    /// The date; today and tomorrow are also called so, as seen from the day of sending.
    fn day(&self, date: Date) -> String {
        let part = |key, index: i8| {
            let list = self.word(key);
            let index = usize::try_from(index).unwrap_or(0);
            list.split(' ').nth(index).unwrap_or_default().to_string()
        };
        let near = match date {
            d if d == self.today => Some("today"),
            d if Some(d) == self.today.tomorrow().ok() => Some("tomorrow"),
            _ => None,
        };
        let values = Values::from([
            ("near", near.map(|key| self.word(key)).unwrap_or_default()),
            ("month", date.month().to_string()),
            ("month_name", part("months", date.month() - 1)),
            ("day", date.day().to_string()),
            (
                "weekday",
                part("weekdays", date.weekday().to_monday_zero_offset()),
            ),
        ]);
        notice(
            "word",
            if near.is_some() { "near_day" } else { "day" },
            self.language,
            &values,
        )
    }
}

/// A notice for programs: the event's key, its time, and what happened.
fn data(content: &Content) -> serde_json::Value {
    serde_json::json!({ "event": content.event, "at": content.at, "fact": content.fact })
}

/// Thousands apart: `1,200,000`.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let head = digits.len() % 3;
    let mut parts: Vec<&str> = digits.as_bytes()[head..]
        .chunks(3)
        .filter_map(|c| str::from_utf8(c).ok())
        .collect();
    if head > 0 {
        parts.insert(0, &digits[..head]);
    }
    parts.join(",")
}

/// One line without control characters, of so many characters at most.
fn clipped(text: &str, most: usize) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    let mut out: String = text.chars().take(most).map(clean).collect();
    if text.chars().nth(most).is_some() {
        out.pop();
        out.push('…');
    }
    out
}

/// A small page: a list of notices, a link and a footer. Everything from outside is escaped.
fn page(lines: &[(String, String)], footer: &str, link: Option<&str>, open: &str) -> String {
    let mut out = String::from(
        "<!doctype html><html><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"></head>\
         <body style=\"font-family:sans-serif;font-size:16px;line-height:1.6;max-width:36em;margin:1em auto;padding:0 1em\">",
    );
    for (title, line) in lines {
        out.push_str(&format!(
            "<p><strong>{}</strong><br>{}</p>",
            escaped(title),
            escaped(line)
        ));
    }
    if let Some(link) = link {
        out.push_str(&format!(
            "<p><a href=\"{0}\">{1}</a></p>",
            escaped(link),
            escaped(open)
        ));
    }
    out.push_str(&format!(
        "<p style=\"color:#555\">{}</p></body></html>",
        escaped(footer)
    ));
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
