//! Text messages to Korean mobiles: 알림톡 where a template is registered, else SMS or LMS, by a provider with an adapter of its own.
//!
//! The sender's number has to be registered with the provider beforehand (전기통신사업법 제84조의2, 발신번호 사전등록).
//!
//! # Once
//! Neither provider refuses a repeated request for good, so each message bears our delivery's id, and whoever cannot know whether an
//! earlier try arrived asks the provider's list for that id before anything is sent. A message is therefore sent once, unless the list
//! does not show yet what the provider took: then it is sent again (at least once). A list that cannot be read sends nothing.

mod config;
mod nhn;
mod octets;
mod solapi;

use std::collections::BTreeMap;
use std::time::Duration;

use biseo_model::phone::PhoneNumber;
use hyper::body::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::http::Answer;
use super::{Channel, Outcome, Parcel, Sending};

pub use config::{Kakao, Provider, TextSettings};
pub use octets::{Body, LMS, SMS, SUBJECT, octets, sayable};

/// A first try within this time after the delivery was put together cannot have had one before it.
const FRESH: SignedDuration = SignedDuration::from_secs(60);
/// Clocks differ: a list is asked from so long before a delivery was made until so long after now.
const SKEW: SignedDuration = SignedDuration::from_mins(10);
/// Lists go back so long: NHN refuses a span of more than 30 days.
const FAR: SignedDuration = SignedDuration::from_hours(29 * 24);
/// An account without money is tried again after this time.
const BROKE: Duration = Duration::from_secs(3600);

/// A message on its way to a provider.
struct Message<'a> {
    /// The delivery's id: 32 hexadecimal digits.
    id: &'a str,
    /// Digits.
    to: &'a str,
    /// As SMS or LMS; also what is sent where 알림톡 does not arrive.
    body: Body,
    /// The registered template's code, and what fills it.
    template: Option<(&'a str, &'a [(String, String)])>,
    made: Timestamp,
    now: Timestamp,
}

impl Message<'_> {
    /// The time in which an earlier try can have been taken.
    fn span(&self) -> (Timestamp, Timestamp) {
        let back = |from: Timestamp, by| from.checked_sub(by).unwrap_or(Timestamp::MIN);
        let from = back(self.made, SKEW).max(back(self.now, FAR));
        (from, self.now.checked_add(SKEW).unwrap_or(Timestamp::MAX))
    }
}

/// A provider.
trait Carrier: Send + Sync {
    /// Whether the provider has taken a message of this id. An error is how the try ends.
    fn has<'a>(&'a self, message: &'a Message<'a>) -> Sending<'a, Result<bool, Outcome>>;

    /// Hands it over.
    fn send<'a>(&'a self, message: &'a Message<'a>) -> Sending<'a, Outcome>;
}

/// The channel.
pub struct Texts {
    carrier: Box<dyn Carrier>,
    /// Registered templates by their name in the wording file.
    templates: BTreeMap<String, String>,
    /// Whether what 알림톡 does not bring goes as SMS or LMS.
    fallback: bool,
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Texts")
            .field("templates", &self.templates)
            .finish_non_exhaustive()
    }
}

impl Texts {
    async fn post(&self, parcel: &Parcel) -> Outcome {
        let Some(to) = mobile(&parcel.address) else {
            return Outcome::never("the number is no Korean mobile number");
        };
        let message = Message {
            id: &parcel.id,
            to: to.as_str(),
            body: Body::of(&parcel.letter.title, &parcel.letter.brief()),
            template: self.template(parcel),
            made: parcel.made,
            now: parcel.now,
        };
        let known = match may_be_there(parcel) {
            true => self.carrier.has(&message).await,
            false => Ok(false),
        };
        match known {
            Ok(true) => Outcome::Sent,
            Ok(false) => self.hand_over(message, parcel).await,
            Err(outcome) => outcome,
        }
    }

    /// A provider falls back where 알림톡 does not arrive, but not where it refuses the request itself: for a template that is not there or
    /// says something else. Nothing has been taken then, and it goes as a text message.
    async fn hand_over(&self, message: Message<'_>, parcel: &Parcel) -> Outcome {
        let outcome = self.carrier.send(&message).await;
        match &outcome {
            Outcome::Never { fault } if message.template.is_some() && self.fallback => {
                let (shop, id) = (&parcel.shop, &parcel.id);
                tracing::warn!("shop {shop}: text {id} goes without its template: {fault}");
                let plain = Message {
                    template: None,
                    ..message
                };
                self.carrier.send(&plain).await
            }
            _ => outcome,
        }
    }

    fn template<'a>(&'a self, parcel: &'a Parcel) -> Option<(&'a str, &'a [(String, String)])> {
        let template = parcel.letter.template.as_ref()?;
        let code = self.templates.get(template.name)?;
        Some((code, &template.variables))
    }
}

impl Channel for Texts {
    /// A repetition asks the provider first.
    fn send<'a>(&'a self, parcel: &'a Parcel) -> Sending<'a, Outcome> {
        Box::pin(self.post(parcel))
    }
}

/// Whether an earlier try may have arrived: there was one, or nobody knows (a delivery that is sent anew counts from one again).
fn may_be_there(parcel: &Parcel) -> bool {
    parcel.tries > 1 || parcel.now.duration_since(parcel.made) > FRESH
}

/// The number, if text messages reach it: `010` and eight digits.
#[must_use]
pub fn mobile(number: &str) -> Option<PhoneNumber> {
    let number = PhoneNumber::parse(number).ok()?;
    let digits = number.as_str();
    (digits.starts_with("010") && digits.len() == 11).then_some(number)
}

/// A query by RFC 3986 §3.4, everything but unreserved characters escaped.
fn query(pairs: &[(&str, &str)]) -> String {
    let escaped = |text: &str| -> String {
        let one = |octet: u8| match octet {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(octet).to_string()
            }
            other => format!("%{other:02X}"),
        };
        text.bytes().map(one).collect()
    };
    let pair = |(name, value): &(&str, &str)| format!("{name}={}", escaped(value));
    pairs.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// A provider's code as it may stand in a fault. What has as many digits as a telephone number is no code; `None` where there is none.
fn code(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let fits = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let code: String = text.chars().filter(fits).take(40).collect();
    let digits = code.chars().filter(char::is_ascii_digit).count();
    (!code.is_empty() && digits < 8).then_some(code)
}

/// What a status says before anybody reads the answer: `None` where the answer says it.
fn by_status(answer: &Answer) -> Option<Outcome> {
    match answer.status {
        401 | 403 => Some(Outcome::Again {
            after: answer.rest,
            fault: format!("the provider refuses the account (status {})", answer.status),
        }),
        200..=299 | 400..=407 | 409..=424 | 426..=428 | 430..=499 => None,
        _ => Some(Outcome::Again {
            after: answer.rest,
            fault: format!("status {}", answer.status),
        }),
    }
}

/// An answer as JSON; `Null` if it is none.
fn json(body: &Bytes) -> Value {
    serde_json::from_slice(body).unwrap_or(Value::Null)
}

fn unreadable() -> Outcome {
    Outcome::again("the provider's answer cannot be read; whether it was taken is not known")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_mobiles_are_written_to() {
        for (number, is) in [
            ("010-1234-5678", true),
            ("+82 10 1234 5678", true),
            ("010-123-4567", false),
            ("02-123-4567", false),
            ("070-1234-5678", false),
            ("1588-1234", false),
            ("+1 415 555 0100", false),
            ("", false),
        ] {
            assert_eq!(mobile(number).is_some(), is, "{number}");
        }
    }

    #[test]
    fn a_query_is_escaped_and_a_code_has_no_words() {
        assert_eq!(
            query(&[("a", "2026-11-26 05:00"), ("b", "+&가")]),
            "a=2026-11-26%2005%3A00&b=%2B%26%EA%B0%80"
        );
        let code = |value| code(&value);
        assert_eq!(code(serde_json::json!(-2019)).as_deref(), Some("-2019"));
        assert_eq!(
            code(serde_json::json!("<NotEnoughBalance>")).as_deref(),
            Some("NotEnoughBalance")
        );
        for none in ["번호 01012345678 <x>", "010-1234-5678", "번호", ""] {
            assert_eq!(code(serde_json::json!(none)), None, "{none}");
        }
        assert_eq!(code(serde_json::json!([1062])), None);
    }
}
