//! Identifiers. Each is a checked string, so that an id of one kind cannot stand where another belongs.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a string is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} {given:?}: an id has 1 to 64 characters of a-z, A-Z, 0-9, '-' and '_'")]
pub struct IdError {
    kind: &'static str,
    given: String,
}

/// The rule for every id: it is safe as a file name, in a URL and in a log line.
fn is_id(s: &str) -> bool {
    (1..=64).contains(&s.len())
        && s.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks and wraps an id.
            ///
            /// # Errors
            /// [`IdError`] unless it has 1 to 64 characters of `a-zA-Z0-9-_`.
            pub fn new(id: impl Into<String>) -> Result<Self, IdError> {
                let id = id.into();
                if is_id(&id) { Ok(Self(id)) } else { Err(IdError { kind: stringify!($name), given: id }) }
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(id: String) -> Result<Self, IdError> {
                Self::new(id)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// A shop: the tenant to which calls, bookings and facts belong.
    ///
    /// ```
    /// use biseo_model::ids::ShopId;
    /// assert_eq!(ShopId::new("haengbok").unwrap().as_str(), "haengbok");
    /// assert!(ShopId::new("../etc").is_err());
    /// ```
    ShopId
}
id! {
    /// One conversation on the telephone, from INVITE to BYE.
    CallId
}
id! {
    /// A booking.
    BookingId
}
id! {
    /// An order from the menu.
    OrderId
}
id! {
    /// A message for the owner.
    MessageId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_safe_in_paths_and_urls() {
        for bad in ["", "a/b", "..", "행복", "a b", &"x".repeat(65)] {
            assert!(CallId::new(bad).is_err(), "{bad:?}");
        }
        assert_eq!(CallId::new("018f-Ab_9").unwrap().to_string(), "018f-Ab_9");
    }

    #[test]
    fn a_bad_id_does_not_deserialise() {
        assert!(serde_json::from_str::<ShopId>("\"a/b\"").is_err());
    }
}
