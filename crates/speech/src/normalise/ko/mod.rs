//! Korean.

mod clock;
mod counter;
mod date;
mod figures;
mod latin;
mod number;
mod symbol;
mod tables;

use super::scan::Rule;

/// In order: what is more particular comes first.
pub(super) const RULES: &[Rule] = &[
    figures::telephone,
    figures::emergency,
    date::range,
    date::single,
    date::month,
    date::weekdays,
    clock::range,
    clock::single,
    symbol::offer,
    figures::account,
    figures::named,
    counter::range,
    counter::counted,
    counter::fraction,
    counter::negative,
    number::plain,
    latin::basement,
    latin::word,
    symbol::sign,
];
