//! Numbers in any text: 삼천이백, 3만 5천, 마이너스 오, 두 다스; those with parts are read in [`super::fractions`].

use super::fractions::{decimal, fraction, mixed};
use super::standing::{is_copula, stands};
use super::value::Draft;
use super::{Entity, EntityKind, ordinals};
use crate::numerals::{Kind, Number};
use crate::scan::Scan;

/// All numbers and ordinals of a text; an ordinal's number is not told again.
pub(super) fn all(scan: &Scan<'_>) -> Vec<Entity> {
    let found = super::each(scan, |scan, at| {
        // 마지막에서 두 번째 is longer than a number in it; a fraction or decimal longer than the number it begins with.
        ordinals::ordinal(scan, at).or_else(|| number(scan, at))
    });
    super::told(scan.line, found)
}

/// A number as it is read: its value, where it ends, and whether it is whole.
#[derive(Debug, Clone, Copy)]
pub(super) struct Read {
    pub(super) value: f64,
    pub(super) end: usize,
    pub(super) whole: bool,
}

/// A number with sign, decimals and fraction.
fn number(scan: &Scan<'_>, i: usize) -> Option<Draft> {
    let signed = scan.line.after_any(i, &["마이너스", "음수", "영하"]);
    let minus = minus_before(scan, i);
    let at = signed.unwrap_or(i);
    let read = fraction(scan, at)
        .or_else(|| decimal(scan, at))
        .or_else(|| mixed(scan, at))
        .or_else(|| dozens(scan, at))
        .or_else(|| plain(scan, at, signed.is_some()))?;
    let value = if signed.is_some() || minus.is_some() {
        -read.value
    } else {
        read.value
    };
    let text = if read.whole {
        format!("{value:.0}")
    } else {
        shown(value)
    };
    Some(Draft {
        origin: minus,
        ..Draft::new(EntityKind::Number, text, read.end)
    })
}

/// The place of a minus sign right before a figure, if no other figure or letter stands before it.
fn minus_before(scan: &Scan<'_>, i: usize) -> Option<usize> {
    let origin = scan.line.cells.get(i).filter(|c| c.c.is_ascii_digit())?.origin;
    let sign = origin.checked_sub(1)?;
    let free = sign == 0
        || scan
            .line
            .original
            .get(sign - 1)
            .is_some_and(|c| c.is_whitespace());
    let minus = matches!(scan.line.original.get(sign), Some('-' | '−' | '–'));
    (minus && free).then_some(sign)
}

/// Fifteen figures, as double precision holds.
fn shown(value: f64) -> String {
    let text = format!("{value:.15}");
    let before = text.trim_start_matches('-').find('.').unwrap_or(0);
    let digits = 15_usize.saturating_sub(before.saturating_sub(usize::from(value.abs() < 1.0)));
    let text = format!("{value:.digits$}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

#[allow(clippy::cast_precision_loss)] // Spoken numbers are far below 2^53.
pub(super) fn float(n: u64) -> f64 {
    n as f64
}

pub(super) fn whole_number(scan: &Scan<'_>, i: usize, fits: impl Fn(&Number) -> bool) -> Option<Number> {
    scan.number(i, |n| {
        matches!(n.kind, Kind::Sino | Kind::Digits) && !is_copula(scan, n.end) && fits(n)
    })
}

/// 두 다스: twelve each.
fn dozens(scan: &Scan<'_>, i: usize) -> Option<Read> {
    let n = scan.number(i, |n| scan.line.has(n.end, "다스") && n.kind != Kind::Misheard)?;
    Some(Read {
        value: float(n.value.saturating_mul(12)),
        end: scan.line.after(n.end, "다스")?,
        whole: true,
    })
}

/// A whole number where one can stand; single Sino-Korean syllables are mostly parts of words.
fn plain(scan: &Scan<'_>, i: usize, signed: bool) -> Option<Read> {
    let n = scan.number(i, |n| stands(scan, i, n, signed))?;
    Some(Read {
        value: float(n.value),
        end: n.end,
        whole: true,
    })
}
