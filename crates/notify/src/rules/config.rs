//! The rules as an owner writes them down.

use std::fmt;

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use crate::channels::text::mobile;
use crate::event::Kind;
use crate::rules::Window;

/// Readers of one shop at most.
const MOST_READERS: usize = 50;
/// Rules of one reader at most.
const MOST_RULES: usize = 50;
/// Quiet times of one reader at most.
const MOST_QUIET: usize = 20;

/// What is wrong with the rules, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    /// It is no TOML of this form; line and column are told.
    #[error("{0}")]
    Form(String),
    /// A field makes no sense.
    #[error("{field}: {why}")]
    Sense {
        /// The field, such as `reader[0].rule[2].events`.
        field: String,
        /// What is wrong with it.
        why: String,
    },
}

/// By what a reader is told.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// A notice on the telephone or in the browser (web push).
    Push,
    /// E-mail.
    Email,
    /// A request to a program of the reader's.
    Webhook,
    /// A text message to a mobile.
    Text,
}

impl ChannelKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Push, Self::Email, Self::Webhook, Self::Text];

    /// Its name in rules and in the outbox.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Email => "email",
            Self::Webhook => "webhook",
            Self::Text => "text",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.name() == name)
    }
}

/// The language in which a reader is told.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// 한국어
    #[default]
    Ko,
    /// English
    En,
}

/// The rules of one shop.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notices {
    /// Who is told.
    #[serde(default)]
    pub reader: Vec<Reader>,
    /// What callers are told.
    #[serde(default, skip_serializing_if = "Callers::is_off")]
    pub callers: Callers,
}

/// What callers are told after a call, by a text message to the mobile from which they called. Nothing, unless the owner wants it.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Callers {
    /// Of these events: bookings, orders and missed calls.
    #[serde(default)]
    pub text: Vec<About>,
}

impl Callers {
    /// Whether callers are told nothing.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether callers are told of an event of this kind.
    #[must_use]
    pub fn covers(&self, kind: Kind) -> bool {
        self.text.iter().any(|about| about.covers(kind))
    }

    fn check(&self) -> Result<(), RulesError> {
        let theirs = |about: &About| {
            Kind::ALL
                .into_iter()
                .all(|kind| kind.is_for_callers() || !about.covers(kind))
        };
        match self.text.iter().all(theirs) && self.text.len() <= MOST_RULES {
            true => Ok(()),
            false => Err(sense(
                "callers.text",
                "callers are told of booking, order and missed only",
            )),
        }
    }
}

/// Somebody who is told.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reader {
    /// A short name that does not change: `owner`, `kitchen`.
    pub id: String,
    /// The language.
    #[serde(default)]
    pub language: Language,
    /// By what, unless a rule says otherwise. What is urgent goes by all of these.
    pub by: Vec<ChannelKind>,
    /// The e-mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// The name of a webhook in the operator's configuration.
    #[serde(default)]
    pub webhook: Option<String>,
    /// The mobile for text messages: `010-…`.
    #[serde(default)]
    pub phone: Option<String>,
    /// When nothing but what is urgent comes; what falls into it comes at its end.
    #[serde(default)]
    pub quiet: Vec<Window>,
    /// Rules; the first that fits an event holds. What no rule fits is told at once.
    #[serde(default)]
    pub rule: Vec<Rule>,
}

/// What holds for some events.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// For these events.
    pub events: Vec<About>,
    /// When they are told.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub when: When,
    /// By what, if not as usual.
    #[serde(default)]
    pub by: Option<Vec<ChannelKind>>,
    /// For events that happen within this time only.
    #[serde(default)]
    pub within: Option<Window>,
}

/// An event of a rule: one kind, or several that belong together.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Everything.
    All,
    /// Made, changed, cancelled.
    Booking,
    /// Ordered, changed, cancelled.
    Order,
    /// Messages and wishes to be called back.
    Message,
    /// Missed calls.
    Missed,
    /// Answered check-in calls (안부전화).
    CheckIn,
    /// Disturbances of the line.
    Line,
    /// The evening digest.
    Digest,
    /// A booking was made.
    BookingMade,
    /// A booking was changed.
    BookingChanged,
    /// A booking was cancelled.
    BookingCancelled,
}

impl About {
    /// Whether it is about an event of this kind.
    #[must_use]
    pub fn covers(self, kind: Kind) -> bool {
        match self {
            Self::All => true,
            Self::Booking => {
                matches!(
                    kind,
                    Kind::BookingMade | Kind::BookingChanged | Kind::BookingCancelled
                )
            }
            Self::Order => {
                matches!(kind, Kind::OrderMade | Kind::OrderChanged | Kind::OrderCancelled)
            }
            Self::Message => kind == Kind::MessageLeft,
            Self::Missed => kind == Kind::CallMissed,
            Self::CheckIn => kind == Kind::CheckInAnswered,
            Self::Line => kind == Kind::LineIncident,
            Self::Digest => kind == Kind::DigestReady,
            Self::BookingMade => kind == Kind::BookingMade,
            Self::BookingChanged => kind == Kind::BookingChanged,
            Self::BookingCancelled => kind == Kind::BookingCancelled,
        }
    }
}

/// When an event is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum When {
    /// At once.
    AtOnce,
    /// At the next full hour.
    Hourly,
    /// When the shop opens next.
    Opening,
    /// When the shop closes next.
    Closing,
    /// At this time of the shop's clock, today or tomorrow.
    At(Time),
    /// Not at all.
    Never,
}

impl TryFrom<String> for When {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        Ok(match word.as_str() {
            "at_once" => Self::AtOnce,
            "hourly" => Self::Hourly,
            "opening" => Self::Opening,
            "closing" => Self::Closing,
            "never" => Self::Never,
            clock => Self::At(clock.parse().map_err(|_| {
                format!(
                    "{clock:?} is none of at_once, hourly, opening, closing, never and a time such as 21:30"
                )
            })?),
        })
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AtOnce => "at_once",
            Self::Hourly => "hourly",
            Self::Opening => "opening",
            Self::Closing => "closing",
            Self::Never => "never",
            Self::At(time) => return write!(f, "{}", time.strftime("%H:%M")),
        })
    }
}

impl From<When> for String {
    fn from(when: When) -> Self {
        when.to_string()
    }
}

impl Notices {
    /// Reads and checks the rules.
    ///
    /// # Errors
    /// [`RulesError`], with line and column where the form is wrong, or the field where the sense is.
    ///
    /// ```
    /// use biseo_notify::rules::Notices;
    /// let rules = Notices::from_toml(r#"
    ///     [[reader]]
    ///     id = "owner"
    ///     by = ["push", "email"]
    ///     email = "owner@example.com"
    ///     quiet = [{ from = "12:00", to = "13:30" }]
    ///     [[reader.rule]]
    ///     events = ["message"]
    ///     when = "closing"
    /// "#).unwrap();
    /// assert_eq!(rules.reader[0].rule.len(), 1);
    /// let wrong = Notices::from_toml("[[reader]]\nid = \"owner\"\nby = [\"email\"]").unwrap_err();
    /// assert_eq!(wrong.to_string(), "reader[0].email: reader \"owner\" is told by email, but has no email");
    /// ```
    pub fn from_toml(text: &str) -> Result<Self, RulesError> {
        let rules: Self = toml::from_str(text).map_err(|e| RulesError::Form(e.to_string()))?;
        rules.check()?;
        Ok(rules)
    }

    /// Checks rules that were read as a part of something larger.
    ///
    /// # Errors
    /// [`RulesError::Sense`].
    pub fn check(&self) -> Result<(), RulesError> {
        if self.reader.len() > MOST_READERS {
            return Err(sense("reader", format!("at most {MOST_READERS} readers")));
        }
        for (i, reader) in self.reader.iter().enumerate() {
            let field = format!("reader[{i}]");
            if self.reader[..i].iter().any(|r| r.id == reader.id) {
                return Err(sense(
                    &format!("{field}.id"),
                    format!("{:?} is there twice", reader.id),
                ));
            }
            reader.check(&field)?;
        }
        self.callers.check()
    }
}

fn sense(field: &str, why: impl Into<String>) -> RulesError {
    RulesError::Sense {
        field: field.to_string(),
        why: why.into(),
    }
}

impl Reader {
    fn check(&self, field: &str) -> Result<(), RulesError> {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !(1..=64).contains(&self.id.len()) || !self.id.chars().all(word) {
            return Err(sense(
                &format!("{field}.id"),
                "1 to 64 characters of a-z, A-Z, 0-9, - and _",
            ));
        }
        if let Some(email) = &self.email
            && email.parse::<lettre::Address>().is_err()
        {
            return Err(sense(&format!("{field}.email"), "not an e-mail address"));
        }
        if self.phone.as_deref().is_some_and(|phone| mobile(phone).is_none()) {
            return Err(sense(
                &format!("{field}.phone"),
                "not a Korean mobile number (010)",
            ));
        }
        if self.rule.len() > MOST_RULES {
            return Err(sense(
                &format!("{field}.rule"),
                format!("at most {MOST_RULES} rules"),
            ));
        }
        if self.quiet.len() > MOST_QUIET {
            return Err(sense(
                &format!("{field}.quiet"),
                format!("at most {MOST_QUIET} times"),
            ));
        }
        self.reached(field, "by", &self.by)?;
        for (i, window) in self.quiet.iter().enumerate() {
            window
                .check()
                .map_err(|why| sense(&format!("{field}.quiet[{i}]"), why))?;
        }
        self.rule
            .iter()
            .enumerate()
            .try_for_each(|(i, rule)| self.check_rule(field, i, rule))
    }

    fn check_rule(&self, field: &str, i: usize, rule: &Rule) -> Result<(), RulesError> {
        let at = format!("{field}.rule[{i}]");
        if rule.events.is_empty() {
            return Err(sense(
                &format!("{at}.events"),
                "name at least one event, or \"all\"",
            ));
        }
        if let Some(window) = &rule.within {
            window
                .check()
                .map_err(|why| sense(&format!("{at}.within"), why))?;
        }
        match &rule.by {
            Some(by) => self.reached(field, &format!("rule[{i}].by"), by),
            None => Ok(()),
        }
    }

    /// Each channel needs an address, and at least one is needed.
    fn reached(&self, field: &str, list: &str, by: &[ChannelKind]) -> Result<(), RulesError> {
        if by.is_empty() {
            return Err(sense(
                &format!("{field}.{list}"),
                "name at least one of push, email, webhook, text",
            ));
        }
        for kind in by {
            let (lacks, of) = match kind {
                ChannelKind::Push => (false, ""),
                ChannelKind::Email => (self.email.is_none(), "email"),
                ChannelKind::Webhook => (self.webhook.is_none(), "webhook"),
                ChannelKind::Text => (self.phone.is_none(), "phone"),
            };
            if lacks {
                let why = format!("reader {:?} is told by {}, but has no {of}", self.id, kind.name());
                return Err(sense(&format!("{field}.{of}"), why));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
