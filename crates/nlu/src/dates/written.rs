//! Dates in figures: 2026-12-25, 12/25, 1/12/2016.

use jiff::civil::Date;

use super::next_of;
use crate::scan::Scan;

/// 2026-12-25, 12/25.
pub(super) fn written(scan: &Scan<'_>, i: usize) -> Option<(Date, usize)> {
    let digits = |i: usize| {
        scan.line
            .at(i)
            .is_ascii_digit()
            .then(|| crate::numerals::digit_run(scan.line, i))
    };
    let starts = i == 0 || !scan.line.at(i - 1).is_ascii_digit();
    let (first, end) = digits(i).filter(|_| starts)?;
    let at = scan.line.after_any(end, &["-", "/", "."])?;
    let (second, end) = digits(at)?;
    let third = scan.line.after_any(end, &["-", "/", "."]).and_then(digits);
    match third {
        Some((third, end)) if (1900..2200).contains(&first) => Some((day_of(first, second, third)?, end)),
        // 1/12/2016: the month first, unless that cannot be.
        Some((third, end)) if (1900..2200).contains(&third) => {
            let found = day_of(third, first, second).or_else(|| day_of(third, second, first))?;
            Some((found, end))
        }
        None if scan.line.has(at - 1, "/") => {
            let (month, day) = (i8::try_from(first).ok()?, i8::try_from(second).ok()?);
            let fits = (1..=12).contains(&month) && (1..=31).contains(&day);
            Some((fits.then(|| next_of(scan.now.date(), month, day))??, end))
        }
        _ => None,
    }
}

fn day_of(year: u64, month: u64, day: u64) -> Option<Date> {
    Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()
}
