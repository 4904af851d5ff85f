//! Days that are not as the others: 임시 휴무, a holiday of the shop's own, other hours for once.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Wording;
use super::hours::DayHours;
#[cfg(feature = "schema")]
use crate::schema;

/// So many of them at most: all are looked through for each day that is asked about.
pub const MOST_SPECIAL_DAYS: usize = 100;
/// The longest reason in characters: it is said within a sentence.
pub const LONGEST_REASON: usize = 40;
/// Days that one entry covers at most.
const LONGEST_SPAN: i32 = 92;

/// A day, or several in a row, that is closed or has other hours, whatever weekday or holiday it is.
///
/// ```
/// # use biseo_model::shop::SpecialDay;
/// # use jiff::civil::date;
/// let day: SpecialDay = toml::from_str(r#"
///     date = "2026-12-29"
///     until = "2026-12-31"
///     reason = { ko = "내부 수리", en = "repairs" }
/// "#).unwrap();
/// assert!(day.covers(date(2026, 12, 30)) && day.hours.is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SpecialDay {
    /// The day, in the shop's zone: `"2026-12-24"`.
    #[cfg_attr(feature = "schema", schemars(with = "schema::CivilDate"))]
    pub date: Date,
    /// The last one, if it is several days in a row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<schema::CivilDate>"))]
    pub until: Option<Date>,
    /// The hours of that day instead of the usual ones. Without them the shop is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<DayHours>,
    /// Why, as a noun that callers hear in a sentence: "내부 수리" becomes "내부 수리로 쉬어요". At most 40 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Wording>,
}

impl SpecialDay {
    /// Its last day.
    pub fn last(&self) -> Date {
        self.until.unwrap_or(self.date)
    }

    /// Whether a day is one of these.
    pub fn covers(&self, date: Date) -> bool {
        (self.date..=self.last()).contains(&date)
    }

    /// What of it cannot be.
    fn check(&self) -> Result<(), String> {
        let (first, last) = (self.date, self.last());
        let days = (last - first).get_days();
        if days < 0 {
            return Err(format!("until = {last} is before date = {first}"));
        }
        if days >= LONGEST_SPAN {
            return Err(format!(
                "{first} to {last}: one entry has {LONGEST_SPAN} days at most"
            ));
        }
        let texts = self.reason.iter().flat_map(|r| [Some(&r.ko), r.en.as_ref()]);
        let unfit = |text: &String| text.trim().is_empty() || text.chars().count() > LONGEST_REASON;
        if texts.flatten().any(unfit) {
            return Err(format!("{first}: a reason has 1 to {LONGEST_REASON} characters"));
        }
        self.hours.iter().try_for_each(DayHours::check)
    }
}

/// Whether a shop's special days can be: none is there twice, and each has its measure.
///
/// # Errors
/// What cannot be, in words for the owner.
pub fn check_special_days(days: &[SpecialDay]) -> Result<(), String> {
    if days.len() > MOST_SPECIAL_DAYS {
        return Err(format!(
            "at most {MOST_SPECIAL_DAYS} special days; leave out those that are over"
        ));
    }
    days.iter().try_for_each(SpecialDay::check)?;
    let mut spans: Vec<(Date, Date)> = days.iter().map(|day| (day.date, day.last())).collect();
    spans.sort_unstable();
    let twice = spans.windows(2).find(|two| two[1].0 <= two[0].1);
    match twice {
        Some(two) => Err(format!("{} is there twice", two[1].0)),
        None => Ok(()),
    }
}
