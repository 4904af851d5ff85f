//! Values of fields, in the forms that platforms write them.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::error::ProtocolError;
use crate::limits;

/// A number, written as one or as a string; anything else counts as absent.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Number<'a> {
    Plain(u64),
    #[serde(borrow)]
    Text(Cow<'a, str>),
    Other(IgnoredAny),
}

/// The number, if it is one.
pub(super) fn count(number: Option<&Number<'_>>) -> Option<u64> {
    match number? {
        Number::Plain(n) => Some(*n),
        Number::Text(text) => text.trim().parse().ok(),
        Number::Other(_) => None,
    }
}

/// An id: not empty, not too long, without control characters (it is written back and may come into a log).
pub(super) fn id(text: &str, what: &'static str) -> Result<String, ProtocolError> {
    let fits = !text.is_empty() && text.len() <= limits::NAME && !text.chars().any(char::is_control);
    if fits {
        Ok(text.to_string())
    } else {
        Err(ProtocolError::Bounds(what))
    }
}

/// A telephone number or address as somebody wrote it; what is empty or blank is absent.
pub(super) fn number(text: &str) -> Result<Option<String>, ProtocolError> {
    let text = text.trim();
    // `sip:+8227001001@example.com;user=phone`: the number is what stands before the host.
    let text = text
        .strip_prefix("sip:")
        .or(text.strip_prefix("sips:"))
        .or(text.strip_prefix("tel:"))
        .unwrap_or(text);
    let text = text.split(['@', ';']).next().unwrap_or_default();
    if text.len() > limits::VALUE || text.chars().any(char::is_control) {
        return Err(ProtocolError::Bounds("a number"));
    }
    Ok(Some(text.to_string()).filter(|t| !t.is_empty()))
}

/// Custom parameters: those that are strings or numbers, [`limits::PARAMETERS`] at most.
#[derive(Debug, Default)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// The first of these names that is there, compared without case.
    pub(super) fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| {
            let found = self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            found
                .map(|(_, value)| value.as_str())
                .filter(|v| !v.trim().is_empty())
        })
    }
}

impl<'de> Deserialize<'de> for Parameters {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Value<'a> {
    #[serde(borrow)]
    Text(Cow<'a, str>),
    Number(i64),
    Other(IgnoredAny),
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Parameters;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of parameters")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parameters, A::Error> {
        let mut all = Vec::new();
        while let Some((key, value)) = map.next_entry::<Cow<'de, str>, Value<'de>>()? {
            if all.len() == limits::PARAMETERS {
                return Err(serde::de::Error::custom("too many parameters"));
            }
            let value = match value {
                Value::Text(text) => text.into_owned(),
                Value::Number(n) => n.to_string(),
                Value::Other(_) => continue,
            };
            if key.len() > limits::NAME || value.len() > limits::VALUE {
                return Err(serde::de::Error::custom("a parameter is too long"));
            }
            all.push((key.into_owned(), value));
        }
        Ok(Parameters(all))
    }

    /// Plivo writes its headers as text that is itself JSON, or something like it; what is not an object is no parameter.
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Parameters, E> {
        if text.trim_start().starts_with('{') {
            let mut inner = serde_json::Deserializer::from_str(text);
            return Ok(inner.deserialize_map(Self).unwrap_or_default());
        }
        Ok(Parameters::default())
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Parameters, E> {
        Ok(Parameters::default())
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Parameters, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Parameters::default())
    }
}
