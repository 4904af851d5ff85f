//! What of the line or the shop can be out of order, as far as callers are told of it.

use serde::{Deserialize, Serialize};

/// What is out of order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentKind {
    /// Cards cannot be paid with; cash can.
    PaymentsDown,
    /// The shop has no internet.
    InternetDown,
    /// The shop has no electricity.
    PowerDown,
    /// The shop is closed for the rest of the day.
    ClosedEarly,
    /// Part of the telephone lines is out of order: calls may break off.
    LineDown,
    /// Sound may be broken.
    LinePoor,
}

impl IncidentKind {
    /// All kinds.
    pub const ALL: [Self; 6] = [
        Self::PaymentsDown,
        Self::InternetDown,
        Self::PowerDown,
        Self::ClosedEarly,
        Self::LineDown,
        Self::LinePoor,
    ];

    /// Its code, as in JSON, in records and in wording files.
    pub fn code(self) -> &'static str {
        match self {
            Self::PaymentsDown => "payments_down",
            Self::InternetDown => "internet_down",
            Self::PowerDown => "power_down",
            Self::ClosedEarly => "closed_early",
            Self::LineDown => "line_down",
            Self::LinePoor => "line_poor",
        }
    }

    /// The kind of a code.
    ///
    /// ```
    /// use biseo_model::incident::IncidentKind;
    /// for kind in IncidentKind::ALL {
    ///     assert_eq!(IncidentKind::of_code(kind.code()), Some(kind));
    /// }
    /// ```
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether cards cannot be paid with, or may not: a bank account helps callers then.
    pub fn bars_cards(self) -> bool {
        matches!(self, Self::PaymentsDown | Self::InternetDown)
    }

    /// Whether somebody of a shop may say it of the shop; of the line only the doctor does.
    pub fn is_of_the_shop(self) -> bool {
        !matches!(self, Self::LineDown | Self::LinePoor)
    }
}
