//! Days of the Korean lunar calendar that no rule gives, by year.

use biseo_model::holiday::Holiday;
use jiff::civil::Date;

/// A day of each year from [`FIRST_LUNAR_YEAR`], as (month, day).
pub type Years = [(i8, i8); 21];

/// The first year of the tables of the lunar calendar below; they are the Korea Astronomy and Space Science Institute's.
const FIRST_LUNAR_YEAR: i16 = 2010;
/// 15 of the first lunar month.
pub const FIRST_FULL_MOON: Years = [
    (2, 28),
    (2, 17),
    (2, 6),
    (2, 24),
    (2, 14),
    (3, 5),
    (2, 22),
    (2, 11),
    (3, 2),
    (2, 19),
    (2, 8),
    (2, 26),
    (2, 15),
    (2, 5),
    (2, 24),
    (2, 12),
    (3, 3),
    (2, 21),
    (2, 10),
    (2, 27),
    (2, 17),
];
/// 5 of the fifth.
pub const DANO: Years = [
    (6, 16),
    (6, 6),
    (6, 24),
    (6, 13),
    (6, 2),
    (6, 20),
    (6, 9),
    (5, 30),
    (6, 18),
    (6, 7),
    (6, 25),
    (6, 14),
    (6, 3),
    (6, 22),
    (6, 10),
    (5, 31),
    (6, 19),
    (6, 9),
    (5, 28),
    (6, 16),
    (6, 5),
];
/// 7 of the seventh.
pub const CHILSEOK: Years = [
    (8, 16),
    (8, 6),
    (8, 24),
    (8, 13),
    (8, 2),
    (8, 20),
    (8, 9),
    (8, 28),
    (8, 17),
    (8, 7),
    (8, 25),
    (8, 14),
    (8, 4),
    (8, 22),
    (8, 10),
    (8, 29),
    (8, 19),
    (8, 8),
    (8, 26),
    (8, 16),
    (8, 5),
];
/// Seollal, the Buddha's birthday and Chuseok of the years before those whose days off are known.
const EARLIER: [[(i8, i8); 3]; 14] = [
    [(2, 14), (5, 21), (9, 22)],
    [(2, 3), (5, 10), (9, 12)],
    [(1, 23), (5, 28), (9, 30)],
    [(2, 10), (5, 17), (9, 19)],
    [(1, 31), (5, 6), (9, 8)],
    [(2, 19), (5, 25), (9, 27)],
    [(2, 8), (5, 14), (9, 15)],
    [(1, 28), (5, 3), (10, 4)],
    [(2, 16), (5, 22), (9, 24)],
    [(2, 5), (5, 12), (9, 13)],
    [(1, 25), (4, 30), (10, 1)],
    [(2, 12), (5, 19), (9, 21)],
    [(2, 1), (5, 8), (9, 10)],
    [(1, 22), (5, 27), (9, 29)],
];

/// The day of a year, if the table knows the year.
pub fn of(days: &Years, year: i16) -> Option<Date> {
    let &(month, day) = days.get(usize::try_from(year.checked_sub(FIRST_LUNAR_YEAR)?).ok()?)?;
    Date::new(year, month, day).ok()
}

/// The day itself of a holiday of the moon in a year before those whose days off are known.
pub fn earlier(year: i16, kind: Holiday) -> Option<Date> {
    let days = EARLIER.get(usize::try_from(year.checked_sub(FIRST_LUNAR_YEAR)?).ok()?)?;
    let (month, day) = match kind {
        Holiday::Seollal => days[0],
        Holiday::Buddha => days[1],
        Holiday::Chuseok => days[2],
        _ => return None,
    };
    Date::new(year, month, day).ok()
}
