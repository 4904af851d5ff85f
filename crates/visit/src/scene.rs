//! What a page shows. The rest is how ([`html`](crate::html)).

use biseo_model::record::Booking;
use biseo_model::shop::{BookingRules, ShopProfile};
use jiff::civil::{Date, DateTime, Time};

use crate::words::Language;

/// How a booking stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It can be moved and cancelled.
    Open,
    /// It has begun: whoever is late or wants to leave talks to the shop.
    Begun,
    /// It was given up.
    Cancelled,
}

/// What has just been done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    Moved,
    Cancelled,
    /// Nothing, as the booking was another one than the page had shown.
    Changed,
    /// Nothing, as another was quicker.
    Full,
}

impl Done {
    const ALL: [(Self, &str); 4] = [
        (Self::Moved, "moved"),
        (Self::Cancelled, "cancelled"),
        (Self::Changed, "changed"),
        (Self::Full, "full"),
    ];

    pub(crate) fn code(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(d, _)| *d == self)
            .map_or("", |(_, code)| code)
    }

    pub(crate) fn of(code: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, c)| *c == code).map(|(d, _)| *d)
    }
}

/// A day that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) date: Date,
    /// The shop is open then.
    pub(crate) open: bool,
}

/// Days with the free times of one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Offer {
    pub(crate) days: Vec<Choice>,
    pub(crate) chosen: Option<Date>,
    pub(crate) times: Vec<Time>,
    /// The first day of the list before, and of the one after.
    pub(crate) earlier: Option<Date>,
    pub(crate) later: Option<Date>,
}

/// The step that a page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Look,
    Cancel,
    Choose(Offer),
    Confirm(DateTime),
}

/// A booking's page.
#[derive(Debug, Clone)]
pub(crate) struct Scene<'a> {
    pub(crate) language: Language,
    pub(crate) profile: &'a ShopProfile,
    pub(crate) booking: &'a Booking,
    pub(crate) standing: Standing,
    pub(crate) step: Step,
    pub(crate) done: Option<Done>,
    /// What its forms carry.
    pub(crate) form: String,
}

impl Scene<'_> {
    /// The shop's name in the page's language.
    pub(crate) fn shop(&self) -> &str {
        let name = &self.profile.name;
        match (self.language, &name.en) {
            (Language::En, Some(en)) => en,
            _ => &name.ko,
        }
    }

    /// Who serves, if that is a person; a table's number says nothing to guests.
    pub(crate) fn with(&self) -> Option<&str> {
        match self.profile.booking {
            Some(BookingRules::Staff(_)) => Some(&self.booking.resource),
            _ => None,
        }
    }
}

/// A page without a booking. Nothing of it depends on a shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notice {
    /// No such link, or it is over: the same for all.
    Gone,
    /// Too many requests.
    Slow,
    /// A form that another site sent.
    Foreign,
    /// The store cannot serve.
    Failed,
}

impl Notice {
    /// Its name in the wording files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Slow => "slow",
            Self::Foreign => "foreign",
            Self::Failed => "failed",
        }
    }
}
