//! Days with names, solar and lunar: 설날, 추석 전날, 설 연휴 마지막 날, 크리스마스 이브, 정월 대보름.

use biseo_model::holiday::{self, Holiday};
use jiff::Span;
use jiff::civil::{Date, Weekday};

use crate::dates::{Day, next_of};
use crate::lunar::{self, CHILSEOK, DANO, FIRST_FULL_MOON};
use crate::scan::Scan;
use crate::words::Words;

#[derive(Debug, Clone, Copy)]
enum Feast {
    Fixed(i8, i8),
    Lunar(Holiday),
    /// A day of the lunar calendar that is no holiday, by year.
    Moon(&'static lunar::Years),
    /// The so-manieth weekday of a month: month, day of the week from Monday = 0, which.
    Nth(i8, i8, i8),
    /// 초복, 중복 (the third and fourth 경일 after the summer solstice), 말복 (the first after 입추): which.
    DogDay(u8),
}

const FEASTS: Words<Feast> = Words::new(&[
    ("어머니날", Feast::Nth(5, 6, 2)),
    ("아버지날", Feast::Nth(6, 6, 3)),
    ("성년의 날", Feast::Nth(5, 0, 3)),
    ("성년의날", Feast::Nth(5, 0, 3)),
    ("초복", Feast::DogDay(1)),
    ("중복", Feast::DogDay(2)),
    ("말복", Feast::DogDay(3)),
    ("크리스마스이브", Feast::Fixed(12, 24)),
    ("크리스마스 전야", Feast::Fixed(12, 24)),
    ("성탄절이브", Feast::Fixed(12, 24)),
    ("성탄전야", Feast::Fixed(12, 24)),
    ("크리스마스", Feast::Fixed(12, 25)),
    ("성탄절", Feast::Fixed(12, 25)),
    ("설날", Feast::Lunar(Holiday::Seollal)),
    ("구정", Feast::Lunar(Holiday::Seollal)),
    ("설 연휴", Feast::Lunar(Holiday::Seollal)),
    ("설 당일", Feast::Lunar(Holiday::Seollal)),
    ("설 전", Feast::Lunar(Holiday::Seollal)),
    ("설 지나", Feast::Lunar(Holiday::Seollal)),
    ("설 쇠", Feast::Lunar(Holiday::Seollal)),
    ("설 쉬", Feast::Lunar(Holiday::Seollal)),
    ("설 다음", Feast::Lunar(Holiday::Seollal)),
    ("설에", Feast::Lunar(Holiday::Seollal)),
    ("추석", Feast::Lunar(Holiday::Chuseok)),
    ("한가위", Feast::Lunar(Holiday::Chuseok)),
    ("부처님 오신 날", Feast::Lunar(Holiday::Buddha)),
    ("석가탄신일", Feast::Lunar(Holiday::Buddha)),
    ("석탄일", Feast::Lunar(Holiday::Buddha)),
    ("초파일", Feast::Lunar(Holiday::Buddha)),
    ("정월대보름", Feast::Moon(&FIRST_FULL_MOON)),
    ("대보름", Feast::Moon(&FIRST_FULL_MOON)),
    ("단오", Feast::Moon(&DANO)),
    ("칠월칠석", Feast::Moon(&CHILSEOK)),
    ("칠석", Feast::Moon(&CHILSEOK)),
    ("국군의 날", Feast::Fixed(10, 1)),
    ("노인의 날", Feast::Fixed(10, 2)),
    ("국제 여성의 날", Feast::Fixed(3, 8)),
    ("여성의 날", Feast::Fixed(3, 8)),
    ("지구의 날", Feast::Fixed(4, 22)),
    ("블랙데이", Feast::Fixed(4, 14)),
    ("신정", Feast::Fixed(1, 1)),
    ("새해 첫날", Feast::Fixed(1, 1)),
    ("새해첫날", Feast::Fixed(1, 1)),
    ("발렌타인데이", Feast::Fixed(2, 14)),
    ("밸런타인데이", Feast::Fixed(2, 14)),
    ("삼일절", Feast::Fixed(3, 1)),
    ("3일절", Feast::Fixed(3, 1)),
    ("3.1절", Feast::Fixed(3, 1)),
    ("화이트데이", Feast::Fixed(3, 14)),
    ("만우절", Feast::Fixed(4, 1)),
    ("식목일", Feast::Fixed(4, 5)),
    ("노동절", Feast::Fixed(5, 1)),
    ("근로자의 날", Feast::Fixed(5, 1)),
    ("어린이날", Feast::Fixed(5, 5)),
    ("어버이날", Feast::Fixed(5, 8)),
    ("스승의 날", Feast::Fixed(5, 15)),
    ("부부의 날", Feast::Fixed(5, 21)),
    ("현충일", Feast::Fixed(6, 6)),
    ("제헌절", Feast::Fixed(7, 17)),
    ("광복절", Feast::Fixed(8, 15)),
    ("개천절", Feast::Fixed(10, 3)),
    ("한글날", Feast::Fixed(10, 9)),
    ("할로윈", Feast::Fixed(10, 31)),
    ("핼러윈", Feast::Fixed(10, 31)),
    ("빼빼로데이", Feast::Fixed(11, 11)),
    ("동지", Feast::Fixed(12, 22)),
    ("제야", Feast::Fixed(12, 31)),
    ("섣달 그믐", Feast::Fixed(12, 31)),
]);

/// A day with a name at a place, with where it ends.
pub fn feast_at(scan: &Scan<'_>, i: usize) -> Option<(Day, usize)> {
    let (word, feast, _) = FEASTS.entry(scan.line, i)?;
    let short = word.starts_with("설 ") || word == "설에" || word == "동지";
    if short && !scan.line.gap(i) {
        return None;
    }
    let end = match word.strip_prefix("설 ") {
        Some(_) => i + 1,
        None => scan.line.after(i, word)?.min(
            scan.line
                .after(i, word.trim_end_matches('에'))
                .unwrap_or(usize::MAX),
        ),
    };
    let day = next(scan.now.date(), feast)?;
    Some(modified(scan, feast, day, end))
}

fn next(today: Date, feast: Feast) -> Option<Date> {
    match feast {
        Feast::Fixed(month, day) => next_of(today, month, day),
        Feast::Nth(month, weekday, nth) => this_or_next(today, |year| {
            let weekday = Weekday::from_monday_zero_offset(weekday).ok()?;
            let first = Date::new(year, month, 1).ok()?;
            first.nth_weekday_of_month(nth, weekday).ok()
        }),
        Feast::DogDay(which) => this_or_next(today, |year| dog_day(year, which)),
        Feast::Lunar(kind) => (today.year()..=today.year() + 1)
            .filter_map(|y| middle(y, kind))
            .find(|d| *d + Span::new().days(2) >= today),
        Feast::Moon(days) => this_or_next(today, |year| lunar::of(days, year)),
    }
}

fn this_or_next(today: Date, of: impl Fn(i16) -> Option<Date>) -> Option<Date> {
    (today.year()..=today.year() + 1)
        .filter_map(of)
        .find(|d| *d >= today)
}

/// A day of the ten-day cycle's 경 (庚): 13 July 2013 was one. The solstice is taken for 21 June, 입추 for 7 August.
fn dog_day(year: i16, which: u8) -> Option<Date> {
    let (from, later) = match which {
        1 => (Date::new(year, 6, 21).ok()?, 20),
        2 => (Date::new(year, 6, 21).ok()?, 30),
        _ => (Date::new(year, 8, 7).ok()?, 0),
    };
    let known = jiff::civil::date(2013, 7, 13);
    let days = i64::from(known.until(from).ok()?.get_days()).rem_euclid(10);
    let to_next = (10 - days) % 10;
    from.checked_add(Span::new().days(to_next + later)).ok()
}

/// The day itself: of Seollal and Chuseok the middle of the three.
fn middle(year: i16, kind: Holiday) -> Option<Date> {
    let Some(holidays) = holiday::holidays(year) else {
        return lunar::earlier(year, kind);
    };
    let days: Vec<Date> = holidays
        .iter()
        .filter(|d| d.holiday == kind && !d.substitute)
        .map(|d| d.date)
        .collect();
    days.get(days.len() / 2).copied()
}

/// The last day off of a holiday, its substitute included.
fn last(of: Date, kind: Holiday) -> Date {
    holiday::holidays(of.year())
        .into_iter()
        .flatten()
        .filter(|d| d.holiday == kind)
        .map(|d| d.date)
        .max()
        .unwrap_or(of)
}

/// 전날, 다음 날, 연휴 마지막 날; 지나고 and the like make it vague.
fn modified(scan: &Scan<'_>, feast: Feast, day: Date, end: usize) -> (Day, usize) {
    let sure = |date| Day {
        date,
        vague: false,
        weekday: false,
    };
    let vague = Day {
        vague: true,
        ..sure(day)
    };
    let shift = |days: i64| sure(day + Span::new().days(days));
    if let Some((after, date)) = within_holidays(scan, feast, day, end) {
        return (sure(date), after);
    }
    for (word, days) in [
        ("바로 전날", -1),
        ("전전날", -2),
        ("전날", -1),
        ("하루 전", -1),
        ("이틀 전", -2),
        ("바로 다음 날", 1),
        ("다음다음날", 2),
        ("다음날", 1),
        ("담날", 1),
        ("이튿날", 1),
        ("당일", 0),
    ] {
        if let Some(after) = scan.line.after(end, word) {
            return (shift(days), after);
        }
    }
    let near = [
        "연휴", "전에", "전주", "지나", "끝나", "쇠", "쉬", "때문", "이후", "시즌", "라서", "니까", "선물",
        "세트", "특선", "명절", "이고",
    ];
    if near.iter().any(|w| scan.line.has(end, w)) {
        let after = ["연휴", "명절"]
            .iter()
            .find_map(|w| scan.line.after(end, w))
            .unwrap_or(end);
        return (vague, after);
    }
    (sure(day), end)
}

fn within_holidays(scan: &Scan<'_>, feast: Feast, day: Date, end: usize) -> Option<(usize, Date)> {
    let Feast::Lunar(kind) = feast else {
        return None;
    };
    let at = scan
        .line
        .after_any(end, &["연휴", "명절 연휴", "명절"])
        .unwrap_or(end);
    if at == end && scan.line.has(at, "마지막") {
        return None;
    }
    let three = [
        ("첫날", -1),
        ("첫째날", -1),
        ("둘째날", 0),
        ("셋째날", 1),
        ("전날", -2),
        ("당일", 0),
    ];
    if at > end {
        if let Some(after) = scan.line.after_any(at, &["마지막날", "끝날", "마지막"]) {
            return Some((after, last(day, kind)));
        }
        if let Some(after) = scan
            .line
            .after_any(at, &["다음날", "끝나고 다음날", "끝난 다음날"])
        {
            return Some((after, last(day, kind) + Span::new().days(1)));
        }
        let (word, days) = three.iter().find(|(w, _)| scan.line.has(at, w))?;
        return Some((scan.line.after(at, word)?, day + Span::new().days(*days)));
    }
    None
}
