//! Guessing from the words heard what was asked, as a caller on a real call must.
//!
//! The words heard are held against every question of the wording files, as sounds (jamo, three at a time), so that a
//! misheard syllable does no harm: the question of which most is found wins.

use std::collections::{BTreeSet, HashSet};
use std::sync::OnceLock;

use biseo_conversation::{Flows, Language, Values};
use biseo_model::understanding::{Awaiting, Slot};

/// So much of a question must have been heard.
const ENOUGH: f64 = 0.55;
/// Only the last sounds heard count: the question comes last.
const TAIL: usize = 420;
/// A key's variants are not more than these.
const VARIANTS: u32 = 6;

/// Three sounds in a row.
type Triple = [u16; 3];

struct Question {
    asks: Awaiting,
    sounds: HashSet<Triple>,
}

/// What was asked, as far as the words tell; `None` if it was no question of the wording.
///
/// ```
/// use biseo_model::understanding::{Awaiting, Slot};
/// use biseo_rehearse::guess;
/// assert_eq!(guess("네 내일 저녁 일곱 시 자리 있어요 성하미 어떠케 되세요"), Some(Awaiting::Slot(Slot::Name)));
/// assert_eq!(guess("안녕하세요 행복식당입니다"), None);
/// ```
pub fn guess(said: &str) -> Option<Awaiting> {
    let heard = sounds(said);
    let heard = triples(&heard[heard.len().saturating_sub(TAIL)..]);
    let found = |q: &Question| {
        let both = q.sounds.iter().filter(|t| heard.contains(*t)).count();
        both as f64 / q.sounds.len().max(1) as f64
    };
    let scored = questions().iter().map(|q| (found(q), q));
    let enough = scored.filter(|(part, _)| *part >= ENOUGH);
    // Of two that are wholly there, the longer one says more.
    let best = enough.max_by(|(a, p), (b, q)| {
        let weight = |part: f64, q: &Question| part + 0.002 * q.sounds.len().min(60) as f64;
        weight(*a, p).total_cmp(&weight(*b, q))
    });
    best.map(|(_, q)| q.asks)
}

fn questions() -> &'static [Question] {
    static QUESTIONS: OnceLock<Vec<Question>> = OnceLock::new();
    QUESTIONS.get_or_init(|| {
        let flows = Flows::built_in();
        let mut all = Vec::new();
        for language in [Language::Ko, Language::En] {
            let wording = flows.wording(language);
            for (key, _) in wording.keys() {
                let Some(asks) = asked_by(key) else { continue };
                let variants: BTreeSet<String> = (0..VARIANTS)
                    .map(|turn| wording.sentence(key, turn, &Values::new()))
                    .collect();
                all.extend(variants.into_iter().map(|text| Question {
                    asks,
                    sounds: triples(&sounds(&text)),
                }));
            }
        }
        all
    })
}

/// What the sentence of a key asks for; `None` if it asks for nothing.
pub fn asked_by(key: &str) -> Option<Awaiting> {
    let (_, name) = key.split_once('.')?;
    match name {
        "anything_else" => Some(Awaiting::AnythingElse),
        "confirm" | "explicit" => Some(Awaiting::Confirm),
        "offer_time" | "offer_other_time" | "offer_day" | "offer_date" | "offer_staff" => {
            Some(Awaiting::Alternative)
        }
        "lost_offer_message" | "not_reached" | "not_found_offer" | "unknown_offer" | "owed_offer"
        | "complaint_offer" | "sales" | "cannot_book" | "cannot_order" | "failed" | "closed_now" => {
            Some(Awaiting::Offer)
        }
        "ask_which" => Some(Awaiting::Slot(Slot::BookingRef)),
        "go_on_digits" => Some(Awaiting::Slot(Slot::Phone)),
        "no_alternative" => Some(Awaiting::Slot(Slot::Date)),
        "ask_change" | "ask_change_again" if key.starts_with("change_order") => {
            Some(Awaiting::Slot(Slot::MenuItem))
        }
        "ask_change" | "ask_change_again" => Some(Awaiting::Slot(Slot::Time)),
        _ => Some(Awaiting::Slot(slot_in(name.strip_prefix("ask_")?)?)),
    }
}

/// The slot in `date_and_time`, `phone_this`, `name_again`: the first.
fn slot_in(name: &str) -> Option<Slot> {
    let name = name
        .trim_end_matches("_again")
        .trim_end_matches("_this")
        .trim_end_matches("_within");
    let name = name.split("_and_").next()?;
    serde_json::from_value(serde_json::Value::from(name)).ok()
}

/// A text as sounds: jamo of Hangul, small letters of others, no blanks and points.
fn sounds(text: &str) -> Vec<u16> {
    let mut out = Vec::new();
    for c in text
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
    {
        match c {
            '가'..='힣' => {
                let n = c as u32 - 0xAC00;
                let jamo = [n / 588, 100 + n % 588 / 28, 200 + n % 28];
                let spoken = jamo.iter().filter(|j| **j != 200);
                out.extend(spoken.map(|j| u16::try_from(*j).unwrap_or(0)));
            }
            _ => out.push(1000 + u16::try_from(c as u32 % 60_000).unwrap_or(0)),
        }
    }
    out
}

fn triples(sounds: &[u16]) -> HashSet<Triple> {
    sounds.windows(3).map(|w| [w[0], w[1], w[2]]).collect()
}
