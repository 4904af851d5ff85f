//! Telephone numbers in queries.

use biseo_model::phone::PhoneNumber;

use crate::problem::{Code, Fault, Problem};

/// A number that a list is asked for.
///
/// # Errors
/// 400 if it is none.
pub(crate) fn asked(text: &str) -> Result<PhoneNumber, Problem> {
    PhoneNumber::parse(text).map_err(|_| Problem::new(Code::Malformed).with("caller", Fault::Form))
}
