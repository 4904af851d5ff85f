//! Figures that are told digit by digit: telephone and account numbers.

use super::number::{one_by_one, sino};
use crate::normalise::scan::{Here, Said};

/// Numbers that everybody knows by their digits.
const EMERGENCY: [&str; 5] = ["112", "119", "1339", "1366", "1393"];

fn grouped(groups: &[String]) -> String {
    groups
        .iter()
        .map(|group| one_by_one(group))
        .collect::<Vec<_>>()
        .join(" ")
}

/// "010-1234-5678", "02) 123-4567", "01012345678", "1588-1234", "+82-10-1234-5678".
pub(super) fn telephone(here: &Here) -> Option<Said> {
    let international = here.word("+82");
    if let Some(prefix) = international {
        let gap = here.skip(prefix).run(|c| c == '-' || c == ' ').min(1);
        let rest = here.skip(prefix + gap);
        let (mut groups, length) = parts(&rest);
        if !groups[0].starts_with('0') {
            groups[0].insert(0, '0');
        }
        return domestic(&groups).map(|words| Said::new(prefix + gap + length, words));
    }
    if !here.number_starts() {
        return None;
    }
    let (groups, length) = parts(here);
    domestic(&groups).map(|words| Said::new(length, words))
}

/// Groups joined by hyphens, dots or spaces; "02)" closes the area code.
fn parts(here: &Here) -> (Vec<String>, usize) {
    let area = here.digits();
    let bracket = here.skip(area.len()).char(0) == Some(')') && area.starts_with('0');
    if !bracket {
        return here.groups(&['-', '.', ' ']);
    }
    let gap = 1 + here.skip(area.len() + 1).spaces();
    let (mut groups, length) = here.skip(area.len() + gap).groups(&['-', '.', ' ']);
    let total = area.len() + gap + length;
    groups.insert(0, area);
    (groups, total)
}

fn domestic(groups: &[String]) -> Option<String> {
    let lengths: Vec<usize> = groups.iter().map(String::len).collect();
    let first = groups.first()?;
    match lengths[..] {
        [2..=4, 3..=4, 4] if first.starts_with('0') => Some(grouped(groups)),
        [4, 4] if ["15", "16", "18"].iter().any(|p| first.starts_with(p)) => Some(grouped(groups)),
        [9..=11] if first.starts_with('0') => Some(grouped(&split(first))),
        _ => None,
    }
}

/// Area code, exchange, the last four.
fn split(digits: &str) -> Vec<String> {
    let area = if digits.starts_with("02") { 2 } else { 3 };
    let (head, tail) = digits.split_at(digits.len() - 4);
    let (area, exchange) = head.split_at(area);
    [area, exchange, tail].map(String::from).to_vec()
}

/// "119", where no counter follows.
pub(super) fn emergency(here: &Here) -> Option<Said> {
    let digits = here.digits();
    let known = here.number_starts() && EMERGENCY.contains(&digits.as_str());
    let next = here.char(digits.len());
    let alone = next.is_none_or(|c| c.is_whitespace() || "에로번나를을가이,.!?".contains(c));
    let decimal = here.char(digits.len() + 1).is_some_and(|c| c.is_ascii_digit());
    (known && alone && !decimal).then(|| Said::new(digits.len(), one_by_one(&digits)))
}

/// "123-45-678901" and "1234-5678" digit by digit; "12-3" in an address as "십이 다시 삼".
pub(super) fn account(here: &Here) -> Option<Said> {
    if !here.number_starts() {
        return None;
    }
    let (groups, length) = here.groups(&['-']);
    // Spoken ranges of counted things have a counter behind; an account number has none.
    let counter = here
        .char(length)
        .is_some_and(|c| "명개분시일원층인번%장잔".contains(c));
    match groups.as_slice() {
        [a, b] if counter || a.len() > 6 || b.len() > 8 => None,
        [a, b] if a.len() >= 3 && b.len() >= 3 => Some(Said::new(length, grouped(&groups))),
        [a, b] => {
            let part = |digits: &String| digits.parse().ok().map(sino);
            Some(Said::new(length, format!("{} 다시 {}", part(a)?, part(b)?)))
        }
        [_, _, _, ..] => Some(Said::new(length, grouped(&groups))),
        _ => None,
    }
}

/// "예약번호 20261125": digit by digit, because it is a name and no amount.
pub(super) fn named(here: &Here) -> Option<Said> {
    let digits = here.digits();
    let name = here.follows(&[
        "번호",
        "번호는",
        "번호:",
        "뒷자리",
        "뒷자리는",
        "끝자리",
        "끝자리는",
        "계좌",
        "코드",
        "비밀번호는",
    ]);
    let alone = !here
        .char(digits.len())
        .is_some_and(|c| ",.".contains(c) && here.char(digits.len() + 1).is_some_and(|c| c.is_ascii_digit()));
    let counted = here.char(digits.len()).is_some_and(|c| "자개명원".contains(c));
    let fits = here.number_starts() && digits.len() >= 2 && name && alone && !counted;
    fits.then(|| Said::new(digits.len(), one_by_one(&digits)))
}
