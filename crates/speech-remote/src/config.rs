//! What all engines' configurations share: their errors and the checks of fields.

#[cfg(feature = "_remote")]
use std::time::Duration;

/// A field of a configuration that cannot stand, and what to do about it. Secrets are never part of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct ConfigError {
    /// The field's name in its table, such as `endpoint`.
    pub field: &'static str,
    /// What is wrong and what to write instead.
    pub why: String,
}

pub(crate) fn fault(field: &'static str, why: impl Into<String>) -> ConfigError {
    ConfigError {
        field,
        why: why.into(),
    }
}

/// A number within bounds.
pub(crate) fn within(
    field: &'static str,
    value: u64,
    least: u64,
    most: u64,
    unit: &str,
) -> Result<(), ConfigError> {
    if (least..=most).contains(&value) {
        Ok(())
    } else {
        Err(fault(field, format!("{value}: give {least} to {most} {unit}")))
    }
}

/// A text that must be there and is short.
#[cfg(feature = "_remote")]
pub(crate) fn named(field: &'static str, text: &str, such: &str) -> Result<(), ConfigError> {
    if text.trim().is_empty() {
        return Err(fault(field, format!("is missing: give {such}")));
    }
    if text.len() > 200 || text.chars().any(char::is_control) {
        return Err(fault(
            field,
            "is longer than 200 octets or holds control characters",
        ));
    }
    Ok(())
}

/// The languages, by their codes; at least one and none twice.
#[cfg(feature = "_remote")]
pub(crate) fn languages(codes: &[String]) -> Result<Vec<biseo_speech::Language>, ConfigError> {
    const FIELD: &str = "languages";
    let mut found = Vec::new();
    for code in codes {
        let language = biseo_speech::Language::from_code(code)
            .ok_or_else(|| fault(FIELD, format!("{code:?} is unknown: give \"ko\", \"en\" or both")))?;
        if found.contains(&language) {
            return Err(fault(FIELD, format!("{code:?} stands twice")));
        }
        found.push(language);
    }
    if found.is_empty() {
        return Err(fault(FIELD, "is empty: give \"ko\", \"en\" or both"));
    }
    Ok(found)
}

#[cfg(feature = "_remote")]
pub(crate) fn ms(value: u64) -> Duration {
    Duration::from_millis(value)
}
