//! Everything in an utterance that has a value, in order and without overlaps.

use biseo_model::phone::PhoneNumber;
use biseo_model::understanding::{Awaiting, Slot};
use jiff::Span;
use jiff::civil::{Date, DateTime};

use crate::counts::{self, Count};
use crate::dates::{self, Day};
use crate::english;
use crate::phones;
use crate::scan::Scan;
use crate::times::{self, Clock, Part};
use crate::vocabulary::{Heard, Term};

/// What has a value.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A day.
    Day(Day),
    /// A day that has gone.
    Past(Date),
    /// A week, a weekend, a month: no day yet.
    Stretch,
    /// A time of day.
    Clock(Clock),
    /// A part of the day alone.
    Part(Part),
    /// So long from now.
    Later(DateTime),
    /// A length of time in seconds.
    Duration(u64),
    /// Persons.
    People(u32),
    /// Pieces.
    Pieces(u32),
    /// A word of the shop.
    Term(Term),
    /// A telephone number; whether it was repaired while being said.
    Phone(PhoneNumber, bool),
    /// The number of this call.
    ThisNumber,
    /// Digits by which a booking is found.
    Reference(String),
    /// A person's name.
    Name(String),
}

/// A value and where it stands in the compact text.
#[derive(Debug, Clone, PartialEq)]
pub struct Thing {
    /// What it is.
    pub what: What,
    /// First place.
    pub start: usize,
    /// Place after the last.
    pub end: usize,
}

/// All values but names.
pub fn things(scan: &Scan<'_>, heard: &[Heard], awaiting: Option<Awaiting>) -> Vec<Thing> {
    let mut all: Vec<Thing> = Vec::with_capacity(8);
    let mut at = 0;
    let english = !scan.line.is_korean();
    while at < scan.places() {
        let shop = heard.iter().find(|h| h.start == at).map(|h| Thing {
            what: What::Term(h.term.clone()),
            start: h.start,
            end: h.end,
        });
        let here = if english {
            english::thing_at(scan, at, awaiting)
        } else {
            thing_at(scan, at, awaiting)
        };
        let best = [shop, here]
            .into_iter()
            .flatten()
            .reduce(|a, b| if b.end > a.end { b } else { a });
        match best {
            Some(thing) if thing.end > at => {
                at = thing.end;
                all.push(thing);
            }
            _ => at += 1,
        }
    }
    if english {
        mended(scan, awaiting, &mut all);
    }
    all
}

/// "for four, no, make that five": five persons, as no time was spoken of.
fn mended(scan: &Scan<'_>, awaiting: Option<Awaiting>, all: &mut [Thing]) {
    let item = |t: &Thing| matches!(t.what, What::Term(Term::Item(_)));
    let pieces = awaiting == Some(Awaiting::Slot(Slot::Quantity)) || all.iter().any(item);
    let asked = awaiting == Some(Awaiting::Slot(Slot::PartySize));
    let people = asked || pieces || all.iter().any(|t| matches!(t.what, What::People(_)));
    let clocks = all.iter().filter(|t| matches!(t.what, What::Clock(_))).count();
    if !people || clocks != 1 {
        return;
    }
    for thing in all {
        let What::Clock(clock) = &thing.what else {
            continue;
        };
        if scan.line.has(thing.start, "make") && clock.part.is_none() && clock.minute == 0 {
            let n = u32::from(clock.hour);
            thing.what = if pieces { What::Pieces(n) } else { What::People(n) };
        }
    }
}

fn thing_at(scan: &Scan<'_>, i: usize, awaiting: Option<Awaiting>) -> Option<Thing> {
    let phone = phone_at(scan, i, awaiting);
    if phone.is_some() {
        return phone;
    }
    let day = dates::day_at(scan, i).map(|(day, end)| (day_thing(scan, day), end));
    let clock = times::clock_at(scan, i).map(|(clock, end)| (What::Clock(clock), end));
    let candidates = [
        day,
        clock,
        later(scan, i),
        stretch(scan, i),
        people(scan, i, awaiting),
        times::part_at(scan, i).map(|(part, end)| (What::Part(part), end)),
        counts::pieces_at(scan, i).map(|c| (What::Pieces(c.value), c.end)),
        times::duration_at(scan, i).map(|(seconds, end)| (What::Duration(seconds), end)),
    ];
    let best = candidates
        .into_iter()
        .flatten()
        .reduce(|a, b| if b.1 > a.1 { b } else { a })?;
    Some(Thing {
        what: best.0,
        start: i,
        end: best.1,
    })
}

fn day_thing(scan: &Scan<'_>, day: Day) -> What {
    if day.date < scan.now.date() {
        What::Past(day.date)
    } else {
        What::Day(day)
    }
}

/// 애가 열이 나서요: fever, not ten.
fn fever(scan: &Scan<'_>, i: usize) -> bool {
    let after = |end: usize| {
        ["나", "있", "올라", "많", "심", "높", "내려"]
            .iter()
            .any(|w| scan.line.has(end, w))
    };
    scan.line.has(i, "열")
        && ["이", "도", "은", ""].iter().any(|p| {
            scan.line
                .after(i + 1, p)
                .is_some_and(|end| scan.line.gap(end) && after(end))
        })
}

fn people(scan: &Scan<'_>, i: usize, awaiting: Option<Awaiting>) -> Option<(What, usize)> {
    if fever(scan, i) {
        return None;
    }
    let bare = |c: &Count| {
        awaiting == Some(Awaiting::Slot(Slot::PartySize))
            || counts::guest_before(scan, i)
            || scan.line.has(c.end, "이서")
            || ["이 갈", "이 가", "이 먹", "이 모", "이 올"]
                .iter()
                .any(|w| scan.line.has(c.end, w))
    };
    let count = counts::people_at(scan, i)
        .or_else(|| counts::subject_at(scan, i))
        .or_else(|| counts::bare_at(scan, i).filter(bare))?;
    Some((What::People(count.value), count.end))
}

/// 한 시간 뒤, 삼십 분 있다가: from now.
fn later(scan: &Scan<'_>, i: usize) -> Option<(What, usize)> {
    let (seconds, end) = times::duration_at(scan, i).filter(|(s, _)| *s < 86_400)?;
    let end = scan.line.after_any(end, &["쯤", "정도"]).unwrap_or(end);
    let end = scan
        .line
        .after_any(end, &["있다가", "이따가", "있다", "이따", "뒤", "후"])
        .filter(|e| !scan.line.has(*e, "로"))?;
    let at = scan
        .now
        .checked_add(Span::new().seconds(i64::try_from(seconds).ok()?))
        .ok()?;
    Some((What::Later(at), end))
}

/// 이번 주말, 다음 주, 다음 달, 평일: no day yet.
fn stretch(scan: &Scan<'_>, i: usize) -> Option<(What, usize)> {
    const WORDS: [&str; 12] = [
        "주말",
        "평일",
        "주중",
        "월초",
        "월말",
        "연말",
        "연초",
        "다음달",
        "담달",
        "이번달",
        "다다음달",
        "명절",
    ];
    // 보내 주세요 is no next week.
    let sends = scan.line.has(i, "내주")
        && (!scan.line.gap(i) || scan.line.has(i + 2, "세") || scan.line.has(i + 2, "시"));
    if sends {
        return None;
    }
    let of_week = dates::week(scan, i).and_then(|(_, with_week, end)| {
        let days = scan.line.after_any(end, &["주말", "평일", "주중"]);
        days.or(with_week.then_some(end))
    });
    if let Some(end) = of_week {
        return Some((What::Stretch, end));
    }
    let word = WORDS.iter().find(|w| scan.line.has(i, w))?;
    Some((What::Stretch, i + word.chars().count()))
}

fn phone_at(scan: &Scan<'_>, i: usize, awaiting: Option<Awaiting>) -> Option<Thing> {
    // 있어 봐요 번호를: 요 is an ending there, and no "this".
    let ending = scan.line.has(i, "요") && !scan.line.gap(i);
    if let Some(end) = this_number(scan, i, awaiting).filter(|_| !ending) {
        return Some(Thing {
            what: What::ThisNumber,
            start: i,
            end,
        });
    }
    let may_start = scan.line.gap(i) || !matches!(scan.line.at(i), '이' | '일' | '오' | '사' | '구');
    let digits = phones::digits_at(scan.line, i).filter(|_| may_start)?;
    let what = match digits.phone() {
        Some(phone) => What::Phone(phone, digits.corrected),
        None => What::Reference(reference(scan, i, &digits)?),
    };
    Some(Thing {
        what,
        start: i,
        end: digits.end,
    })
}

/// Digits after 예약 번호, 뒷자리 and the like.
fn reference(scan: &Scan<'_>, i: usize, digits: &phones::Digits) -> Option<String> {
    const BEFORE: [&str; 10] = [
        "번호",
        "번호가",
        "번호는",
        "뒷자리",
        "뒷자리가",
        "끝자리",
        "뒷번호",
        "끝번호",
        "뒷자리는",
        "뒤자리",
    ];
    let named = BEFORE.iter().any(|w| scan.line.ends(i, w));
    (named && (3..=8).contains(&digits.digits.len())).then(|| digits.digits.clone())
}

fn this_number(scan: &Scan<'_>, i: usize, awaiting: Option<Awaiting>) -> Option<usize> {
    const THIS: [&str; 44] = [
        "전화 온 거",
        "전화 간 거",
        "걸려 온 거",
        "지금 건 거",
        "제 번호로",
        "내 번호로",
        "번호 떠 있",
        "번호가 떠",
        "뜨는 거",
        "뜬 거",
        "전화기에 뜨",
        "이 전화번호",
        "지금 쓰는 번호",
        "걸고 있는 번호",
        "지금 이 번호",
        "지금 건 번호",
        "지금 전화 건 번호",
        "지금 전화드린 번호",
        "지금 거는 번호",
        "지금 번호",
        "지금 전화한 번호",
        "지금 전화하는 번호",
        "전화 건 번호",
        "전화 드린 번호",
        "전화드린 번호",
        "전화한 번호",
        "전화 온 번호",
        "이 번호",
        "요 번호",
        "이 전화",
        "지금 전화",
        "건 번호",
        "거신 번호",
        "지금 뜨는 번호",
        "뜬 번호",
        "찍힌 번호",
        "뜨는 번호",
        "걸려 온 번호",
        "이걸로",
        "이 핸드폰",
        "제 번호 뜨",
        "이 폰",
        "지금 이거",
        "같은 번호",
    ];
    let phone = awaiting == Some(Awaiting::Slot(Slot::Phone));
    if !scan.line.gap(i) && !phone {
        return None;
    }
    let word = THIS.iter().find(|w| scan.line.has(i, w))?;
    let sure = word.ends_with("번호") || phone;
    // 팀장님 번호로 공일공 …: the number is told right after.
    let told = ["로 공", "로공", "로 영", "은 공"].iter().any(|w| {
        scan.line
            .has(i + word.chars().filter(|c| *c != ' ').count() - 1, w)
    });
    if told {
        return None;
    }
    sure.then(|| i + word.chars().filter(|c| *c != ' ').count())
}
