//! A shop's profile: what Biseo may say of a shop, as its owner wrote it down in a TOML file.
//!
//! What is not in the profile is not said. Unknown fields are refused, so that a misspelt one is not silently ignored.

mod account;
mod answering;
mod booking;
mod hours;
mod own_words;
mod special;
mod voice;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use account::{BankAccount, LONGEST_ACCOUNT_NAME};
pub use answering::{Answer, AnswerTimes, Answering, MOST_ANSWER_TIMES, NotTaken, RING_SECONDS};
pub use booking::{BookingRules, Candidates, Refusal, Staff, StaffRules, StaffWish, TableKind, TableRules};
pub use hours::{Closed, Day, DayHours, Hours, Nth, OpenOn};
pub use own_words::{LONGEST_OWN_WORDS, MOST_OWN_WORDS, OwnWords};
pub use special::{LONGEST_REASON, MOST_SPECIAL_DAYS, SpecialDay, check_special_days};
pub use voice::VoiceManner;

use crate::ids::ShopId;
use crate::phone::PhoneNumber;

/// A shop as its owner describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ShopProfile {
    /// The shop's id; also the file's name.
    pub id: ShopId,
    /// Its name, as it is spoken.
    pub name: Wording,
    /// IANA time zone, such as `Asia/Seoul`.
    pub zone: String,
    /// Where it is.
    pub address: Wording,
    /// When it is open.
    pub hours: Hours,
    /// What is sold, in the order in which it is read out.
    #[serde(default)]
    pub menu: Vec<MenuItem>,
    /// Services that are booked by duration.
    #[serde(default)]
    pub services: Vec<Service>,
    /// Answers by topic (`parking`, `wifi`, `pets`, …).
    #[serde(default)]
    pub facts: BTreeMap<String, Wording>,
    /// The numbers by which the shop is dialled, in any usual form: `02-700-1001`, `+82 2 700 1001`.
    #[serde(default)]
    pub numbers: Vec<PhoneNumber>,
    /// What callers may book; none if the shop takes no bookings.
    #[serde(default)]
    pub booking: Option<BookingRules>,
    /// Departments and desks that callers may ask for.
    #[serde(default)]
    pub queues: Vec<Queue>,
    /// Who answers when: Biseo at once, after ringing, or not Biseo.
    #[serde(default)]
    pub answering: Answering,
    /// Whether calls are recorded, as far as the installation records at all (`[call] record`). Callers are told what is so.
    #[serde(default = "yes")]
    pub record: bool,
    /// The bank account of which callers are told while cards cannot be paid with.
    #[serde(default)]
    pub account: Option<BankAccount>,
    /// How long Biseo waits for its callers and how fast it speaks.
    #[serde(default)]
    pub voice: VoiceManner,
    /// Sentences that it says in its own words, by the flow's file and the sentence's key:
    /// `wording.call.greeting_recorded = { ko = "…", en = "…" }`. Without English the usual English is said.
    #[serde(default)]
    pub wording: OwnWords,
}

/// What is so unless the owner says otherwise.
fn yes() -> bool {
    true
}

/// A department or desk to which a call can go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Queue {
    /// Its name in records and expectations.
    pub name: String,
    /// What callers call it.
    pub called: Vec<String>,
}

/// One text in Korean and, if the owner gave it, in English.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// Korean.
    pub ko: String,
    /// English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}

/// Something on the menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MenuItem {
    /// Its name.
    pub name: String,
    /// Its price in won.
    pub won: u32,
}

/// A service that takes time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// Its price in won, if the shop tells one.
    #[serde(default)]
    pub won: Option<u32>,
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// What is said when it was booked: to come fasting, to bring a letter.
    #[serde(default)]
    pub note: Option<Wording>,
    /// It begins only within these times of the day, the second excluded: `["09:00:00", "12:00:00"]` is mornings only.
    #[serde(default)]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<(crate::schema::Clock, crate::schema::Clock)>")
    )]
    pub between: Option<(jiff::civil::Time, jiff::civil::Time)>,
}

/// Why a profile cannot be used. The text says where and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// Not TOML, a field is misspelt or missing, or a value has the wrong form.
    #[error("the shop profile cannot be read; mend the line shown:\n{0}")]
    Form(String),
    /// The form is right and the sense is not.
    #[error("the shop profile says something impossible: {field}: {why}")]
    Sense {
        /// The field.
        field: String,
        /// What is wrong with it.
        why: String,
    },
}

impl ShopProfile {
    /// Reads and checks a profile.
    ///
    /// # Errors
    /// [`ProfileError`], with line and column where the form is wrong, or the field where the sense is.
    pub fn from_toml(text: &str) -> Result<Self, ProfileError> {
        let profile: Self = toml::from_str(text).map_err(|e| ProfileError::Form(e.to_string()))?;
        profile.hours.check().map_err(|why| ProfileError::Sense {
            field: "hours".into(),
            why,
        })?;
        jiff::tz::TimeZone::get(&profile.zone).map_err(|_| ProfileError::Sense {
            field: "zone".into(),
            why: format!(
                "{:?} is not a time zone; in Korea it is \"Asia/Seoul\"",
                profile.zone
            ),
        })?;
        profile
            .booking
            .as_ref()
            .map_or(Ok(()), BookingRules::check)
            .map_err(|why| ProfileError::Sense {
                field: "booking".into(),
                why,
            })?;
        profile.voice.check().map_err(|why| ProfileError::Sense {
            field: "voice".into(),
            why,
        })?;
        profile.answering.check().map_err(|why| ProfileError::Sense {
            field: "answering".into(),
            why,
        })?;
        let account = profile.account.as_ref().map_or(Ok(()), BankAccount::check);
        account.map_err(|why| ProfileError::Sense {
            field: "account".into(),
            why,
        })?;
        own_words::check(&profile.wording).map_err(|why| ProfileError::Sense {
            field: "wording".into(),
            why,
        })?;
        profile.check_services()?;
        Ok(profile)
    }

    fn check_services(&self) -> Result<(), ProfileError> {
        let backward = |s: &&Service| s.between.is_some_and(|(from, to)| from >= to);
        if let Some(service) = self.services.iter().find(backward) {
            return Err(ProfileError::Sense {
                field: "services.between".into(),
                why: format!("{:?}: the first time must be before the second", service.name),
            });
        }
        let Some(BookingRules::Staff(rules)) = &self.booking else {
            return Ok(());
        };
        let known = |name: &&String| !self.services.iter().any(|s| s.name == **name);
        let unknown = rules.staff.iter().flat_map(|s| &s.services).find(known);
        unknown.map_or(Ok(()), |name| {
            Err(ProfileError::Sense {
                field: "booking.staff.services".into(),
                why: format!("{name:?} is not among the services"),
            })
        })
    }
}
