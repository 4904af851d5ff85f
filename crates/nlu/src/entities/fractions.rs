//! Numbers with parts: 삼점사, 3.5, 삼분의 이, 3/4, 일과 이분의 일.

use super::numbers::{Read, float, whole_number};
use super::standing::{is_copula, measured};
use crate::numerals::{Number, digit_run, sino_digit};
use crate::scan::Scan;

/// 삼분의 이, 팔분의 마이너스 오, 3/4.
pub(super) fn fraction(scan: &Scan<'_>, i: usize) -> Option<Read> {
    if let Some(read) = slashed(scan, i) {
        return Some(read);
    }
    let below = scan.number(i, |n| {
        !n.is_native() && n.value > 0 && scan.line.has(n.end, "분의")
    })?;
    let at = scan.line.after(below.end, "분의")?;
    let (sign, at) = scan.line.after(at, "마이너스").map_or((1.0, at), |at| (-1.0, at));
    // 오분의 일만을, 삼분의 일조각: a particle and a piece, not ten thousand and a billion.
    let particle = |n: &Number| {
        (scan.line.ends(n.end, "만") && ["을", "이", "큼"].iter().any(|w| scan.line.has(n.end, w)))
            || (scan.line.ends(n.end, "조") && scan.line.has(n.end, "각"))
    };
    let above = whole_number(scan, at, |n| !particle(n))?;
    Some(Read {
        value: sign * float(above.value) / float(below.value),
        end: above.end,
        whole: false,
    })
}

/// 3/4; a date goes on (2016/11/7).
fn slashed(scan: &Scan<'_>, i: usize) -> Option<Read> {
    let figures = |at: usize| {
        scan.line
            .at(at)
            .is_ascii_digit()
            .then(|| digit_run(scan.line, at))
    };
    let apart = i == 0 || !matches!(scan.line.at(i - 1), '/' | '.' | '0'..='9') || scan.line.gap(i);
    let (above, end) = figures(i).filter(|_| apart)?;
    let (below, end) = figures(scan.line.after(end, "/")?)?;
    let alone = below > 0 && !matches!(scan.line.at(end), '/' | '.');
    (alone || below > 0 && scan.line.gap(end)).then(|| Read {
        value: float(above) / float(below),
        end,
        whole: above % below == 0,
    })
}

/// 일과 이분의 일, 이십과 삼과 오분의 삼. Each step of the recursion is further on.
pub(super) fn mixed(scan: &Scan<'_>, i: usize) -> Option<Read> {
    let split = scan.line.at(i) == '이' && !scan.line.gap(i) && scan.line.gap(i + 1);
    let whole = whole_number(scan, i, |_| true).filter(|_| !split)?;
    let at = scan.line.after_any(whole.end, &["과", "와"])?;
    let part = fraction(scan, at).or_else(|| mixed(scan, at).filter(|_| whole.value < 1_000_000))?;
    Some(Read {
        value: float(whole.value) + part.value,
        end: part.end,
        whole: false,
    })
}

/// Most figures that are read after the point.
const DECIMALS: u32 = 12;

/// Figures after a point: their value as a whole number, how many, and where they end.
fn decimals(scan: &Scan<'_>, i: usize) -> Option<(u64, u32, usize)> {
    let (mut value, mut count, mut at) = (0_u64, 0, i);
    let figures = scan.line.at(i).is_ascii_digit();
    while count < DECIMALS {
        let c = scan.line.at(at);
        let digit = c.to_digit(10).map(u64::from).filter(|_| figures);
        let Some(digit) = digit.or_else(|| sino_digit(c).filter(|_| !figures)) else {
            break;
        };
        // 구십오 점이다: no 95.2; 3.5 이: a new word begins.
        if digit == 2 && !figures && is_copula(scan, at + 1) {
            break;
        }
        if count > 0 && scan.line.gap(at) && figures {
            break;
        }
        (value, count, at) = (value * 10 + digit, count + 1, at + 1);
    }
    (count > 0).then_some((value, count, at))
}

/// 삼점사, 일점이삼, 3.5.
pub(super) fn decimal(scan: &Scan<'_>, i: usize) -> Option<Read> {
    let inner = i > 0 && matches!(scan.line.at(i - 1), '.') && !scan.line.gap(i);
    let whole = scan
        .number(i, |n| {
            !n.is_native() && scan.line.after_any(n.end, &["점", "."]).is_some()
        })
        .filter(|_| !inner)?;
    let at = scan.line.after_any(whole.end, &["점", "."])?;
    let (part, count, end) = decimals(scan, at)?;
    // 1.2.3 and 20.3ml are no numbers.
    let version = scan.line.at(end) == '.' && scan.line.at(end + 1).is_ascii_digit();
    (!version && !measured(scan, end)).then(|| Read {
        value: float(whole.value) + float(part) / 10_f64.powi(i32::try_from(count).unwrap_or(0)),
        end,
        whole: false,
    })
}

/// A number with a point in thousandths: 2.5, 삼점오.
pub(super) fn thousandths(scan: &Scan<'_>, i: usize) -> Option<(u64, usize)> {
    let whole = scan.number(i, |n| {
        !n.is_native() && n.value < 1_000_000 && scan.line.after_any(n.end, &["점", "."]).is_some()
    })?;
    let at = scan.line.after_any(whole.end, &["점", "."])?;
    let (part, count, end) = decimals(scan, at)?;
    let part = match count {
        1..=3 => part * 10_u64.pow(3 - count),
        more => part / 10_u64.pow(more - 3),
    };
    Some((whole.value * 1000 + part, end))
}
