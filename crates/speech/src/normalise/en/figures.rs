//! Figures that are told digit by digit.

use super::number::one_by_one;
use crate::normalise::scan::{Here, Said};

const EMERGENCY: [&str; 4] = ["112", "119", "911", "1339"];

fn grouped(groups: &[String]) -> String {
    groups
        .iter()
        .map(|group| one_by_one(group))
        .collect::<Vec<_>>()
        .join(", ")
}

/// "010-1234-5678", "+82 10 1234 5678", "01012345678".
pub(super) fn telephone(here: &Here) -> Option<Said> {
    let plus = usize::from(here.char(0) == Some('+'));
    let rest = here.skip(plus);
    if plus == 0 && !here.number_starts() {
        return None;
    }
    let (groups, length) = rest.groups(&['-', '.', ' ']);
    let count: usize = groups.iter().map(String::len).sum();
    let last_four = groups.last().is_some_and(|group| group.len() == 4);
    let fits = match groups.len() {
        1 => groups[0].starts_with('0') && (9..=11).contains(&count),
        2 => last_four && count == 8 && ["15", "16", "18"].iter().any(|p| groups[0].starts_with(p)),
        _ => {
            last_four
                && (9..=13).contains(&count)
                && (plus > 0 || groups[0].len() <= 4 && groups[0].starts_with('0'))
        }
    };
    let prefix = if plus > 0 { "plus " } else { "" };
    (fits || plus > 0 && count >= 9)
        .then(|| Said::new(plus + length, format!("{prefix}{}", grouped(&groups))))
}

/// "119", "911".
pub(super) fn emergency(here: &Here) -> Option<Said> {
    let digits = here.digits();
    let known = here.number_starts()
        && EMERGENCY.contains(&digits.as_str())
        && here.follows(&["call", "dial", "Call", "Dial"]);
    known.then(|| Said::new(digits.len(), one_by_one(&digits)))
}

/// "123-45-678901", "1234-5678", and "number 20261125".
pub(super) fn account(here: &Here) -> Option<Said> {
    if !here.number_starts() {
        return None;
    }
    let (groups, length) = here.groups(&['-']);
    let long = groups.iter().all(|group| group.len() >= 3);
    let named = here.follows(&["number", "code", "PIN", "account", "password"]) && groups[0].len() >= 4;
    let comma = here.char(length) == Some(',') && here.char(length + 1).is_some_and(|c| c.is_ascii_digit());
    let fits = groups.len() > 2 || (groups.len() == 2 && long) || (groups.len() == 1 && named && !comma);
    fits.then(|| Said::new(length, grouped(&groups)))
}
