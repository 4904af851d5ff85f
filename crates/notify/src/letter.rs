//! What a delivery says: one notice or several, in the reader's language, in the forms that channels want.

use biseo_model::phone::PhoneNumber;
use biseo_model::record::{Booking, Order};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::event::{Fact, Written};
use crate::rules::Language;
use crate::wording::{Values, notice};

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
    /// A page about it.
    #[serde(default)]
    pub link: Option<String>,
    /// It is for the caller whom it is about, not for the shop's people.
    #[serde(default)]
    pub caller: bool,
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
    pub(crate) fn name(&self, language: Language) -> &str {
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
    /// For a notice on a telephone: the first lines.
    pub short: String,
    /// A page about it.
    pub link: Option<String>,
    /// Whether somebody has to act at once.
    pub urgent: bool,
    /// The notices as data, for programs.
    pub data: Vec<serde_json::Value>,
    /// The 알림톡 template that says the same, if it is one notice for a caller.
    pub template: Option<Template>,
}

impl Letter {
    /// For a text message: the short form, and the link if it is not in there.
    #[must_use]
    pub fn brief(&self) -> String {
        match &self.link {
            Some(link) if !self.short.contains(link.as_str()) => format!("{}\n{link}", self.short),
            _ => self.short.clone(),
        }
    }
}

/// A template and what fills it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its name in the wording file, that of the event's kind.
    pub name: &'static str,
    /// Its variables: their names, without `#{` and `}`, and values.
    pub variables: Vec<(String, String)>,
}

/// Writes the letter of a delivery that is sent at `now`.
#[must_use]
pub fn write(contents: &[Content], sender: &Sender, now: Timestamp) -> Letter {
    let language = contents.first().map_or(Language::Ko, |c| c.language);
    let pen = Pen {
        language,
        sender,
        now: sender.zone.to_datetime(now),
    };
    match contents.iter().all(|c| c.caller) {
        true => pen.to_caller(contents),
        false => match written_page(contents) {
            Some(page) => with_page(pen.letter(contents), page),
            None => pen.letter(contents),
        },
    }
}

/// The whole page of a delivery that tells of a digest and nothing else.
fn written_page(contents: &[Content]) -> Option<&Written> {
    match contents {
        [
            Content {
                fact: Fact::DigestReady { page, .. },
                ..
            },
        ] => page.as_deref(),
        _ => None,
    }
}

/// What a mail says is the page itself; the short form stays.
fn with_page(letter: Letter, page: &Written) -> Letter {
    Letter {
        title: page.subject.clone(),
        text: page.text.clone(),
        html: page.html.clone(),
        ..letter
    }
}

/// Writes in one language, for one shop, on one day.
pub(crate) struct Pen<'a> {
    pub(crate) language: Language,
    pub(crate) sender: &'a Sender,
    /// When it is sent, on the shop's clock.
    pub(crate) now: DateTime,
}

impl Pen<'_> {
    pub(crate) fn today(&self) -> Date {
        self.now.date()
    }

    fn letter(&self, contents: &[Content]) -> Letter {
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
            data: contents.iter().map(data).collect(),
            template: None,
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
            Fact::CreditGone => "credit_gone",
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
            Fact::OrderMade { order } | Fact::OrderChanged { order } | Fact::OrderCancelled { order } => {
                self.order(order)
            }
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
            Fact::CreditGone | Fact::Test => Values::new(),
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
            d if d == self.today() => Some("today"),
            d if Some(d) == self.today().tomorrow().ok() => Some("tomorrow"),
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
pub(crate) fn data(content: &Content) -> serde_json::Value {
    serde_json::json!({ "event": content.event, "at": content.at, "fact": content.fact })
}

/// Thousands apart: `1,200,000`.
pub(crate) fn grouped(n: u64) -> String {
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
pub(crate) fn clipped(text: &str, most: usize) -> String {
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

#[cfg(test)]
mod tests;
