//! English.

mod amount;
mod clock;
mod date;
mod figures;
mod number;
mod word;

use super::scan::Rule;

/// In order: what is more particular comes first.
pub(super) const RULES: &[Rule] = &[
    figures::telephone,
    figures::emergency,
    date::figures,
    date::month_day,
    date::day_month,
    clock::range,
    clock::single,
    figures::account,
    amount::money,
    amount::range,
    amount::fraction,
    amount::unit,
    number::ordinal,
    number::year,
    amount::negative,
    number::plain,
    word::abbreviation,
    word::sign,
];
