//! Relative to what is known: 한 시간만 늦춰 주세요, 하루 당겨 주세요, 두 명 더 와요, 그 다음 날은요?

use biseo_model::hint::Hint;
use biseo_model::understanding::{Filled, Intent, Slot};

use super::has;
use crate::intents::Wishes;
use crate::reading::Reading;
use crate::relative;
use crate::scan::Scan;
use crate::things::{Thing, What};
use crate::times;

const DAY: u64 = 86_400;

/// The shifts that were said.
pub fn shifts(reading: &Reading<'_>, wishes: &Wishes, filled: &mut Vec<Filled>) -> Vec<Hint> {
    let mut all: Vec<Hint> = Vec::new();
    if wishes.has(Intent::ChangeBooking) || reading.in_task() {
        all.extend(moved(reading, filled).or_else(|| put_off(reading, filled)));
        let more = reading.things.iter().filter_map(|t| relative::more(reading, t));
        let told = has(filled, Slot::PartySize);
        all.extend(more.filter(|_| !told).map(|people| Hint::MorePeople { people }));
    }
    let date = has(filled, Slot::Date) || all.iter().any(|h| matches!(h, Hint::LaterDays { .. }));
    if !date {
        all.extend(relative::anaphor(reading).map(|days| Hint::LaterDays { days }));
    }
    all
}

/// 한 시간만 늦춰, 이틀 당겨: a length of time with a verb of moving.
fn moved(reading: &Reading<'_>, filled: &[Filled]) -> Option<Hint> {
    let (thing, seconds) = reading.things.iter().find_map(|t| match t.what {
        What::Duration(seconds) => Some((t, seconds)),
        _ => None,
    })?;
    let sign = direction(reading, thing)?;
    let whole = |n: u64| i32::try_from(n).ok().map(|n| n * sign);
    if seconds % DAY == 0 {
        let days = whole(seconds / DAY).filter(|d| *d != 0 && d.abs() <= 366)?;
        return (!has(filled, Slot::Date)).then_some(Hint::LaterDays { days });
    }
    let minutes = whole(seconds / 60).filter(|m| *m != 0 && m.abs() <= 1440)?;
    (!has(filled, Slot::Time)).then_some(Hint::LaterMinutes { minutes })
}

/// 일주일 뒤로 미뤄 주세요: a week after the day that was, not after today.
fn put_off(reading: &Reading<'_>, filled: &mut Vec<Filled>) -> Option<Hint> {
    let line = reading.line;
    let thing = reading.things.iter().find(|t| {
        let after = line.ends(t.end, "뒤") || line.ends(t.end, "후");
        matches!(t.what, What::Day(_)) && after && line.has(t.end, "로")
    })?;
    let sign = direction(reading, thing)?;
    let scan = Scan::new(line, reading.context.now);
    let (seconds, _) = times::duration_at(&scan, thing.start).filter(|(s, _)| s % DAY == 0)?;
    let days = i32::try_from(seconds / DAY)
        .ok()
        .filter(|d| (1..=366).contains(d))?
        * sign;
    let (from, _) = line.span(thing.start, thing.end);
    filled.retain(|f| f.start != from);
    Some(Hint::LaterDays { days })
}

/// Where a length of time moves what is known: 1 later, -1 earlier.
fn direction(reading: &Reading<'_>, thing: &Thing) -> Option<i32> {
    const LATER: [&str; 7] = ["늦", "미루", "미뤄", "미룰", "미룹", "뒤로", "연기"];
    const EARLIER: [&str; 6] = ["당기", "당겨", "당길", "앞당", "앞으로", "일찍"];
    const BACK: [&str; 5] = ["push", "back", "later", "delay", "postpone"];
    const FORWARD: [&str; 5] = ["forward", "earlier", "up", "sooner", "ahead"];
    let line = reading.line;
    if !line.is_korean() {
        let said = |words: &[&str]| {
            (0..line.len()).any(|i| {
                line.gap(i)
                    && words
                        .iter()
                        .any(|w| line.after(i, w).is_some_and(|end| line.gap(end)))
            })
        };
        // "move it up", "bring it forward"; "push it back": forward is the rarer word.
        return match () {
            () if said(&FORWARD) => Some(-1),
            () if said(&BACK) => Some(1),
            () => None,
        };
    }
    let near = thing.end..(thing.end + 8).min(line.len());
    near.clone().find_map(|i| {
        let says = |words: &[&str]| words.iter().any(|w| line.has(i, w));
        match () {
            () if says(&EARLIER) => Some(-1),
            () if says(&LATER) => Some(1),
            () => None,
        }
    })
}
