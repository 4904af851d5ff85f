//! Korean public holidays (관공서의 공휴일에 관한 규정), with lunar ones and substitute days (대체공휴일).
//!
//! Lunar days follow the *Korean* calendar of the Korea Astronomy and Space Science Institute, which now and then differs
//! from the Chinese one: Seollal 2027 is 7 February in Korea, 6 February in China. The table ends in [`LAST_YEAR`]; a year
//! beyond it gets no answer rather than a wrong one. One-off holidays (elections, days that the government adds) are not
//! known here; a shop states them in its profile.

use std::sync::OnceLock;

use jiff::civil::{Date, Weekday, date};
use serde::{Deserialize, Serialize};

/// The first year that the table knows.
pub const FIRST_YEAR: i16 = 2024;
/// The last year that the table knows.
pub const LAST_YEAR: i16 = 2030;

/// A public holiday's kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Holiday {
    /// 신정, 1 January.
    NewYear,
    /// 설날 with the day before and after.
    Seollal,
    /// 삼일절, 1 March.
    March1,
    /// 노동절, 1 May: a public holiday from 2026.
    Labour,
    /// 어린이날, 5 May.
    Children,
    /// 부처님 오신 날, the 8th day of the 4th lunar month.
    Buddha,
    /// 현충일, 6 June.
    Memorial,
    /// 제헌절, 17 July: a public holiday again from 2026.
    Constitution,
    /// 광복절, 15 August.
    Liberation,
    /// 추석 with the day before and after.
    Chuseok,
    /// 개천절, 3 October.
    Foundation,
    /// 한글날, 9 October.
    Hangul,
    /// 성탄절, 25 December.
    Christmas,
}

/// One day off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayOff {
    /// The day.
    pub date: Date,
    /// Which holiday it is, or stands in for.
    pub holiday: Holiday,
    /// Whether it is a substitute day for one that fell on a weekend or on another holiday.
    pub substitute: bool,
}

/// Seollal, Buddha's birthday and Chuseok of each year from [`FIRST_YEAR`], as (month, day).
const LUNAR: [[(i8, i8); 3]; 7] = [
    [(2, 10), (5, 15), (9, 17)],
    [(1, 29), (5, 5), (10, 6)],
    [(2, 17), (5, 24), (9, 25)],
    [(2, 7), (5, 13), (9, 15)],
    [(1, 27), (5, 2), (10, 3)],
    [(2, 13), (5, 20), (9, 22)],
    [(2, 3), (5, 9), (9, 12)],
];

/// Fixed holidays, with the year from which each counts.
const SOLAR: [(Holiday, i8, i8, i16); 10] = [
    (Holiday::NewYear, 1, 1, FIRST_YEAR),
    (Holiday::March1, 3, 1, FIRST_YEAR),
    (Holiday::Labour, 5, 1, 2026),
    (Holiday::Children, 5, 5, FIRST_YEAR),
    (Holiday::Memorial, 6, 6, FIRST_YEAR),
    (Holiday::Constitution, 7, 17, 2026),
    (Holiday::Liberation, 8, 15, FIRST_YEAR),
    (Holiday::Foundation, 10, 3, FIRST_YEAR),
    (Holiday::Hangul, 10, 9, FIRST_YEAR),
    (Holiday::Christmas, 12, 25, FIRST_YEAR),
];

/// The public holidays of a year by date, substitute days included; `None` outside [`FIRST_YEAR`]..=[`LAST_YEAR`].
///
/// ```
/// use biseo_model::holiday::{Holiday, holidays};
/// use jiff::civil::date;
/// let seollal: Vec<_> = holidays(2027).unwrap().into_iter().filter(|d| d.holiday == Holiday::Seollal).collect();
/// assert_eq!(seollal[1].date, date(2027, 2, 7));
/// assert!(seollal[3].substitute && seollal[3].date == date(2027, 2, 9));
/// ```
pub fn holidays(year: i16) -> Option<Vec<DayOff>> {
    let index = usize::try_from(year.checked_sub(FIRST_YEAR)?).ok()?;
    let mut days = named_days(year, LUNAR.get(index)?);
    for day in days.clone() {
        if earns_substitute(&day, &days) {
            let date = next_working_day(after_block(&day, &days), &days);
            days.push(DayOff {
                date,
                substitute: true,
                ..day
            });
        }
    }
    days.sort_by_key(|d| d.date);
    Some(days)
}

/// The holiday on a day, if it is one; the first if two fall together.
pub fn holiday_on(day: Date) -> Option<DayOff> {
    // A conversation asks for many days at once, so that each year is worked out once and kept.
    static YEARS: [OnceLock<Option<Vec<DayOff>>>; LUNAR.len()] = [const { OnceLock::new() }; LUNAR.len()];
    let index = usize::try_from(day.year().checked_sub(FIRST_YEAR)?).ok()?;
    let year = YEARS.get(index)?.get_or_init(|| holidays(day.year()));
    year.as_ref()?.iter().find(|d| d.date == day).copied()
}

/// The holidays themselves by date, without substitutes.
fn named_days(year: i16, &[seollal, buddha, chuseok]: &[(i8, i8); 3]) -> Vec<DayOff> {
    let named = |date, holiday| DayOff {
        date,
        holiday,
        substitute: false,
    };
    let mut days: Vec<_> = SOLAR
        .iter()
        .filter(|&&(_, _, _, since)| year >= since)
        .map(|&(holiday, month, day, _)| named(date(year, month, day), holiday))
        .collect();
    days.push(named(date(year, buddha.0, buddha.1), Holiday::Buddha));
    for (holiday, (month, day)) in [(Holiday::Seollal, seollal), (Holiday::Chuseok, chuseok)] {
        let middle = date(year, month, day);
        // Neither lies at an end of jiff's calendar, so both neighbours exist.
        for day in [middle.yesterday(), Ok(middle), middle.tomorrow()]
            .into_iter()
            .flatten()
        {
            days.push(named(day, holiday));
        }
    }
    days.sort_by_key(|d| d.date);
    days
}

/// Article 3: the three days of Seollal and Chuseok earn a substitute for a Sunday, most others for Saturday or Sunday,
/// each of these for another holiday on the same day; New Year's Day and Memorial Day earn none. Of two that fall
/// together one earns it.
fn earns_substitute(day: &DayOff, days: &[DayOff]) -> bool {
    let weekday = day.date.weekday();
    let weekend = match day.holiday {
        Holiday::NewYear | Holiday::Memorial => return false,
        Holiday::Seollal | Holiday::Chuseok => weekday == Weekday::Sunday,
        _ => matches!(weekday, Weekday::Saturday | Weekday::Sunday),
    };
    let same_day = |d: &&DayOff| d.date == day.date && !d.substitute;
    let shared = days.iter().filter(same_day).count() > 1;
    let last = days
        .iter()
        .rfind(same_day)
        .is_some_and(|d| d.holiday == day.holiday);
    if shared { last } else { weekend }
}

/// A substitute comes after the whole of Seollal or Chuseok, not in its middle.
fn after_block(day: &DayOff, days: &[DayOff]) -> Date {
    match day.holiday {
        Holiday::Seollal | Holiday::Chuseok => days
            .iter()
            .filter(|d| d.holiday == day.holiday)
            .map(|d| d.date)
            .max()
            .unwrap_or(day.date),
        _ => day.date,
    }
}

fn next_working_day(after: Date, days: &[DayOff]) -> Date {
    let works = |d: &Date| {
        !matches!(d.weekday(), Weekday::Saturday | Weekday::Sunday) && days.iter().all(|off| off.date != *d)
    };
    std::iter::successors(after.tomorrow().ok(), |d| d.tomorrow().ok())
        .find(works)
        .unwrap_or(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Substitute days as published for 2024 to 2030 (checked against the MIT-licensed Python package `holidays` 0.109).
    #[test]
    fn substitute_days() {
        let expected = [
            "2024-02-12",
            "2024-05-06",
            "2025-03-03",
            "2025-05-06",
            "2025-10-08",
            "2026-03-02",
            "2026-05-25",
            "2026-08-17",
            "2026-10-05",
            "2027-02-09",
            "2027-05-03",
            "2027-07-19",
            "2027-08-16",
            "2027-10-04",
            "2027-10-11",
            "2027-12-27",
            "2028-10-05",
            "2029-05-07",
            "2029-05-21",
            "2029-09-24",
            "2030-02-05",
            "2030-05-06",
        ];
        let found: Vec<_> = (FIRST_YEAR..=LAST_YEAR)
            .flat_map(|y| holidays(y).unwrap())
            .filter(|d| d.substitute)
            .map(|d| d.date.to_string())
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_middle_days_of_seollal_and_chuseok() {
        for (year, seollal, chuseok) in [
            (2024, (2, 10), (9, 17)),
            (2025, (1, 29), (10, 6)),
            (2026, (2, 17), (9, 25)),
            (2027, (2, 7), (9, 15)),
            (2028, (1, 27), (10, 3)),
        ] {
            let days = holidays(year).unwrap();
            for (kind, (month, day)) in [(Holiday::Seollal, seollal), (Holiday::Chuseok, chuseok)] {
                let block: Vec<_> = days
                    .iter()
                    .filter(|d| d.holiday == kind && !d.substitute)
                    .map(|d| d.date)
                    .collect();
                let middle = date(year, month, day);
                assert_eq!(
                    block,
                    [middle.yesterday().unwrap(), middle, middle.tomorrow().unwrap()]
                );
            }
        }
    }

    #[test]
    fn labour_and_constitution_day_count_from_2026() {
        assert!(holiday_on(date(2025, 5, 1)).is_none() && holiday_on(date(2025, 7, 17)).is_none());
        assert_eq!(holiday_on(date(2026, 5, 1)).unwrap().holiday, Holiday::Labour);
        assert_eq!(
            holiday_on(date(2026, 7, 17)).unwrap().holiday,
            Holiday::Constitution
        );
    }

    #[test]
    fn an_unknown_year_has_no_answer() {
        assert!(
            holidays(FIRST_YEAR - 1).is_none()
                && holidays(LAST_YEAR + 1).is_none()
                && holidays(i16::MIN).is_none()
        );
    }

    #[test]
    fn no_substitute_falls_on_a_day_off() {
        for year in FIRST_YEAR..=LAST_YEAR {
            let days = holidays(year).unwrap();
            for s in days.iter().filter(|d| d.substitute) {
                assert_eq!(days.iter().filter(|d| d.date == s.date).count(), 1, "{}", s.date);
                assert!(!matches!(s.date.weekday(), Weekday::Saturday | Weekday::Sunday));
            }
        }
    }
}
