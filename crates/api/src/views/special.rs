//! Days that are not as the others, as JSON.

use biseo_model::shop::{DayHours, SpecialDay, Wording};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{DayView, Text};

/// A day, or several in a row, that is closed or has other hours for once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpecialDayView {
    /// The day, in the shop's zone.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// The last one, if it is several days in a row: 92 at most.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub until: Option<Date>,
    /// The hours of that day; none: closed.
    #[serde(default)]
    pub hours: Option<DayView>,
    /// Why, as callers hear it in a sentence, a noun of at most 40 characters: "내부 수리".
    #[serde(default)]
    pub reason: Option<Text>,
}

impl From<&SpecialDay> for SpecialDayView {
    fn from(day: &SpecialDay) -> Self {
        Self {
            date: day.date,
            until: day.until,
            hours: day.hours.map(Into::into),
            reason: day.reason.as_ref().map(Into::into),
        }
    }
}

impl From<&SpecialDayView> for SpecialDay {
    fn from(day: &SpecialDayView) -> Self {
        let wording = |text: &Text| Wording {
            ko: text.ko.clone(),
            en: text.en.clone(),
        };
        Self {
            date: day.date,
            until: day.until,
            hours: day.hours.as_ref().map(Into::into),
            reason: day.reason.as_ref().map(wording),
        }
    }
}

impl From<&DayView> for DayHours {
    fn from(day: &DayView) -> Self {
        Self {
            open: day.open,
            close: day.close,
            pause: day.pause,
            last_order: day.last_order,
        }
    }
}
