//! Plays a golden dialogue.
#![allow(dead_code)] // Each test file uses a part of it.

use std::fmt::Write;
use std::sync::Arc;

use biseo_conversation::{Action, CheckIn, Dialogue, Input, Known, Language, Opening, Output};
use biseo_model::hint::Hint;
use biseo_model::phone::PhoneNumber;
use biseo_model::shop::ShopProfile;
use biseo_model::understanding::{Filled, Understanding, Value};
use biseo_rehearse::MemoryShop;
use jiff::civil::DateTime;
use serde_json::json;

struct Play {
    now: DateTime,
    dialogue: Dialogue,
    shop: MemoryShop,
    out: String,
    /// In which language the trace of each turn is written, if at all.
    trace: Option<Language>,
}

/// The profile of an example shop.
pub fn profile(id: &str) -> Arc<ShopProfile> {
    let path = format!("{}/../../shops/{id}.toml", env!("CARGO_MANIFEST_DIR"));
    Arc::new(ShopProfile::from_toml(&std::fs::read_to_string(path).unwrap()).unwrap())
}

/// The script with its outcome.
pub fn play(text: &str) -> String {
    let script: Vec<&str> = text
        .lines()
        .filter(|l| !l.starts_with(['<', '*', '?', '#', '|']))
        .collect();
    let header = |key: &str| script.iter().find_map(|l| l.strip_prefix(key)?.strip_prefix(' '));
    let now: DateTime = header("now").unwrap().parse().unwrap();
    let profile = profile(header("shop").unwrap());
    let opening = Opening {
        language: if header("lang") == Some("en") {
            Language::En
        } else {
            Language::Ko
        },
        caller: header("caller").map(|n| PhoneNumber::parse(n).unwrap()),
        recorded: true,
        check_in: header("checkin").map(|name| CheckIn { name: name.into() }),
        known: header("known").map(|name| Known {
            name: name.into(),
            visits: 3,
            services: header("usual")
                .map(|words| vec![words.into()])
                .unwrap_or_default(),
            staff: header("served").map(str::to_string),
        }),
    };
    let mut shop = MemoryShop::new(profile.clone(), now);
    shop.reachable = !script.contains(&"unreachable");
    let given: Vec<_> = script.iter().filter_map(|l| l.strip_prefix("given ")).collect();
    let given: Vec<_> = given.iter().map(|l| serde_json::from_str(l).unwrap()).collect();
    shop.give(&given, &[]).unwrap();
    let mut play = Play {
        now,
        dialogue: Dialogue::new(profile, opening),
        shop,
        out: String::new(),
        trace: match header("trace") {
            Some("ko") => Some(Language::Ko),
            Some("en") => Some(Language::En),
            _ => None,
        },
    };
    let mut lines = script.into_iter().peekable();
    let mut started = false;
    while let Some(line) = lines.next() {
        if !started && line.is_empty() {
            started = true;
            play.feed(Input::Started);
        }
        play.line(line);
        if let Some(words) = line.strip_prefix(": ") {
            let meaning = lines
                .next()
                .unwrap_or_else(|| panic!("no meaning under {line:?}"));
            play.line(meaning);
            let understanding = meaning_of(meaning.strip_prefix('=').expect("= meaning"));
            let (words, confidence) = confidence_of(words);
            play.feed(Input::Heard {
                text: words.to_string(),
                understanding,
                confidence,
            });
        } else if line == "…" {
            play.feed(Input::Silence);
        } else if line == "×" {
            play.feed(Input::CallerHungUp);
        } else if line == "~" {
            play.feed(Input::Unclear);
        } else if let Some(n) = line.strip_prefix("^ ") {
            play.feed(Input::Interrupted {
                played_chars: n.parse().unwrap(),
            });
        }
    }
    play.out
}

impl Play {
    fn line(&mut self, text: &str) {
        writeln!(self.out, "{text}").unwrap();
    }

    fn feed(&mut self, input: Input) {
        let mut input = Some(input);
        while let Some(next) = input.take() {
            for output in self.dialogue.handle(self.now, next) {
                input = self.output(output);
            }
        }
        for line in self.trace.map_or_else(Vec::new, |l| self.dialogue.trace(l)) {
            self.line(&format!("| {line}"));
        }
    }

    fn output(&mut self, output: Output) -> Option<Input> {
        match output {
            Output::Say(prompt) if prompt.slow => self.line(&format!("< (slowly) {}", prompt.text)),
            Output::Say(prompt) => self.line(&format!("< {}", prompt.text)),
            Output::Do(action) => {
                let result = self.shop.perform(&action);
                self.line(&format!("* {}", action_words(&action)));
                return Some(Input::Done(result));
            }
            Output::Answered { topic } => self.line(&format!("# answered {}", topic.key())),
            Output::Listen(listen) => {
                let awaiting = listen.awaiting.map(|a| serde_json::to_string(&a).unwrap());
                self.line(&format!("? {}", awaiting.unwrap_or("-".into())));
            }
            Output::HangUp { reason } => self.line(&format!("# hangs up: {reason:?}")),
        }
        None
    }
}

fn action_words(action: &Action) -> String {
    match action {
        Action::Check { wishes, .. } => {
            let at: Vec<String> = wishes
                .iter()
                .map(|w| w.at.strftime("%m-%d %H:%M").to_string())
                .collect();
            let more = at.len().saturating_sub(3);
            format!("check {} and {more} more", at[..at.len().min(3)].join(", "))
        }
        Action::Book(b) => format!(
            "book {} {}min, {} of {:?}, {} {} {:?}{}",
            b.wish.at,
            b.wish.minutes,
            b.party_size,
            b.wish.candidates,
            b.name,
            b.phone.as_str(),
            b.services,
            asked(&b.requests)
        ),
        Action::MoveBooking {
            id,
            to,
            party_size,
            services,
            requests,
        } => {
            format!(
                "move {id} to {} of {:?}, {party_size}, {services:?}{}",
                to.at,
                to.candidates,
                asked(requests)
            )
        }
        Action::LeaveMessage {
            text,
            name,
            call_back,
            ..
        } => {
            format!(
                "message {text:?} of {name:?}, call back {:?}",
                call_back.as_ref().map(|p| p.as_str())
            )
        }
        other => format!("{other:?}"),
    }
}

fn asked(requests: &[String]) -> String {
    if requests.is_empty() {
        String::new()
    } else {
        format!(", asked {requests:?}")
    }
}

/// "@0.4 네 명이요" was heard with a confidence of 0.4.
fn confidence_of(words: &str) -> (&str, f32) {
    match words.strip_prefix('@').and_then(|w| w.split_once(' ')) {
        Some((confidence, words)) => (words, confidence.parse().expect("a confidence after @")),
        None => (words, 1.0),
    }
}

/// Reads a meaning: `book ask affirm / date 2026-11-25, was time 19:00, else time 20:00, not date 2026-11-26, hint later_days days=1`
pub fn meaning_of(text: &str) -> Understanding {
    let (words, slots) = text.split_once('/').unwrap_or((text, ""));
    let mut u = Understanding {
        confidence: 0.9,
        ..Understanding::default()
    };
    for word in words.split_whitespace() {
        if word == "emergency" {
            u.emergency = true;
        } else if let Ok(intent) = serde_json::from_value(json!(word)) {
            u.intents.push(intent);
        } else {
            u.acts
                .push(serde_json::from_value(json!(word)).unwrap_or_else(|_| panic!("{word:?}")));
        }
    }
    for part in slots.split(", ").map(str::trim).filter(|s| !s.is_empty()) {
        match part.split_once(' ') {
            Some(("else", value)) => u.fallbacks.push(vec![slot(value)]),
            Some(("and", value)) => u.fallbacks.last_mut().expect("else before and").push(slot(value)),
            Some(("not", value)) => u.excluded.push(slot(value)),
            Some(("hint", value)) => u.hints.push(hint(value)),
            _ => u.slots.push(slot(part)),
        }
    }
    u
}

/// Reads `later_minutes minutes=30`: the hint's name and its members.
fn hint(text: &str) -> Hint {
    let mut words = text.split_whitespace();
    let mut json = json!({"hint": words.next()});
    for word in words {
        let (key, value) = word.split_once('=').expect("key=value");
        let number = (!key.starts_with("digits"))
            .then(|| value.parse::<i64>().ok())
            .flatten();
        let nth = value
            .strip_prefix("nth")
            .map(|n| json!({"nth": n.parse::<u8>().unwrap()}));
        json[key] = nth
            .or(number.map(|n| json!(n)))
            .unwrap_or_else(|| json!(value.replace('_', " ")));
    }
    serde_json::from_value(json).unwrap_or_else(|e| panic!("{text:?}: {e}"))
}

fn slot(text: &str) -> Filled {
    let text = text.trim();
    let (was, text) = text
        .strip_prefix("was ")
        .map_or((false, text), |rest| (true, rest));
    let (name, value) = text.split_once(' ').unwrap_or((text, ""));
    let value = match name {
        "this_number" => Value::ThisNumber,
        "time" => Value::Time {
            at: value.parse().unwrap(),
            sure: true,
        },
        "party_size" => Value::PartySize(value.parse().unwrap()),
        "quantity" => Value::Quantity(value.parse().unwrap()),
        "menu_item" => {
            let (name, n) = value
                .split_once('*')
                .map_or((value, None), |(a, b)| (a, b.parse().ok()));
            Value::MenuItem {
                name: name.into(),
                quantity: n,
            }
        }
        _ => serde_json::from_value(json!({"slot": name, "value": value}))
            .unwrap_or_else(|e| panic!("{text}: {e}")),
    };
    Filled {
        value,
        start: 0,
        end: 0,
        was,
    }
}
