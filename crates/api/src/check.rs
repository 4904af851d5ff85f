//! Texts from outside: trimmed, so long at most, and without what no name or note holds.

use crate::problem::{Fault, Problem};

/// A text of one character at least.
///
/// # Errors
/// 422 over `field`.
pub(crate) fn text(given: &str, field: &str, most: usize) -> Result<String, Problem> {
    let text = optional(given, field, most)?;
    if text.is_empty() {
        return Err(Problem::field(field, Fault::Missing));
    }
    Ok(text)
}

/// A text that may be empty. Control characters but for line ends are refused: they belong to no name.
///
/// # Errors
/// 422 over `field`.
pub(crate) fn optional(given: &str, field: &str, most: usize) -> Result<String, Problem> {
    let text = given.trim();
    if text.chars().count() > most {
        return Err(Problem::field(field, Fault::TooLarge));
    }
    if text.chars().any(|c| c.is_control() && c != '\n') {
        return Err(Problem::field(field, Fault::Form));
    }
    Ok(text.into())
}

/// A list of texts.
///
/// # Errors
/// 422 over `field`.
pub(crate) fn texts(
    given: &[String],
    field: &str,
    (count, most): (usize, usize),
) -> Result<Vec<String>, Problem> {
    if given.len() > count {
        return Err(Problem::field(field, Fault::TooLarge));
    }
    given.iter().map(|t| text(t, field, most)).collect()
}
