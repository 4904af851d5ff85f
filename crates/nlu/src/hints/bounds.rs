//! Bounds of a time: 저녁때요, 다섯 시 이후요, 여섯 시에서 일곱 시 사이요.

use biseo_model::hint::Hint;
use biseo_model::understanding::{Filled, Intent, Slot, Value};
use jiff::civil::{Time, time};

use super::{has, time_at};
use crate::cues::{Concept, Tells};
use crate::intents::Wishes;
use crate::prefer;
use crate::reading::Reading;
use crate::things::What;
use crate::times::Part;

/// Words after a time that make it the earliest, and the latest.
const EARLIEST: [&str; 9] = [
    "이후",
    "넘어서",
    "넘어야",
    "넘으면",
    "지나서",
    "지나야",
    "부터",
    "뒤로",
    "후로",
];
const LATEST: [&str; 8] = [
    "전까지",
    "이전",
    "까지",
    "전에는",
    "전이면",
    "전으로",
    "안으로",
    "안에",
];

/// The bounds that were said.
pub fn between(reading: &Reading<'_>, filled: &[Filled]) -> Option<Hint> {
    of_clocks(reading, filled).or_else(|| of_part(reading, filled))
}

/// 두세 시쯤: the earlier of the two is the time, and both are the bounds.
pub fn pair(reading: &Reading<'_>, filled: &mut [Filled]) -> Option<Hint> {
    const PAIRS: [&str; 12] = [
        "한두",
        "두세",
        "두서너",
        "서너",
        "세네",
        "너댓",
        "네댓",
        "네다섯",
        "대여섯",
        "예닐곱",
        "일고여덟",
        "여덟아홉",
    ];
    let line = reading.line;
    let thing = reading.things.iter().find(|t| {
        matches!(t.what, What::Clock(_)) && (t.start..t.end).any(|i| PAIRS.iter().any(|p| line.has(i, p)))
    })?;
    let (from, _) = line.span(thing.start, thing.end);
    let at = filled
        .iter_mut()
        .filter(|f| f.start == from)
        .find_map(|f| match &mut f.value {
            Value::Time { at, .. } | Value::PickupTime(at) => Some(at),
            _ => None,
        })?;
    let to = *at;
    *at = at.checked_sub(jiff::Span::new().hours(1)).ok()?;
    Some(Hint::Between {
        from: Some(*at),
        to: Some(to),
    })
}

/// What the words around a time make of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Earliest,
    Latest,
    /// 여섯 시에서 …: the earliest, if a latest one follows.
    Opens,
    /// … 일곱 시 사이: the latest, if an earliest one stands before.
    Closes,
}

fn of_clocks(reading: &Reading<'_>, filled: &[Filled]) -> Option<Hint> {
    let clocks: Vec<_> = reading
        .things
        .iter()
        .filter(|t| matches!(t.what, What::Clock(_)))
        .filter_map(|t| {
            Some((
                time_at(reading, filled, t.start, t.end)?,
                side(reading, t.start, t.end)?,
            ))
        })
        .collect();
    if let [
        (from, Side::Opens | Side::Earliest),
        (to, Side::Closes | Side::Latest),
        ..,
    ] = clocks[..]
    {
        return Some(Hint::Between {
            from: Some(from),
            to: Some(to),
        });
    }
    match clocks.first()? {
        (at, Side::Earliest) => Some(Hint::Between {
            from: Some(*at),
            to: None,
        }),
        (at, Side::Latest) => Some(Hint::Between {
            from: None,
            to: Some(*at),
        }),
        _ => None,
    }
}

fn side(reading: &Reading<'_>, start: usize, end: usize) -> Option<Side> {
    let line = reading.line;
    if !line.is_korean() {
        let before = |words: &[&str]| words.iter().any(|w| line.ends(start, w) || line.has(start, w));
        return match () {
            () if before(&["after", "from", "any time after", "between"]) => Some(Side::Earliest),
            () if before(&["before", "by", "until", "till", "and", "to"]) => Some(Side::Latest),
            () => None,
        };
    }
    let end = line.after_any(end, &["쯤", "경", "정도"]).unwrap_or(end);
    let follows = |words: &[&str]| words.iter().any(|w| line.has(end, w));
    match () {
        () if follows(&EARLIEST) => Some(Side::Earliest),
        () if follows(&LATEST) => Some(Side::Latest),
        () if follows(&["에서"]) => Some(Side::Opens),
        () if follows(&["사이"]) => Some(Side::Closes),
        () => None,
    }
}

/// 열한 시 전까지요: eleven itself is not wished. 여섯 시까지 갈게요 is: the caller comes then.
pub fn drop_mere_bounds(reading: &Reading<'_>, wishes: &Wishes, filled: &mut Vec<Filled>) {
    const BEFORE: [&str; 7] = [
        "전까지",
        "이전",
        "전으로",
        "전이면",
        "전에는",
        "전에 되",
        "전에 가능",
    ];
    if wishes.has(Intent::Order) || !reading.line.is_korean() {
        return;
    }
    let mere: Vec<usize> = reading
        .things
        .iter()
        .filter(|t| matches!(t.what, What::Clock(_)))
        .filter(|t| BEFORE.iter().any(|w| reading.line.has(t.end, w)))
        .map(|t| reading.line.span(t.start, t.end).0)
        .collect();
    let end = stay_end(reading);
    filled.retain(|f| {
        let dropped = mere.contains(&f.start) || end == Some(f.start);
        !(matches!(f.value, Value::Time { .. }) && dropped)
    });
}

/// 여섯 시부터 여덟 시까지요: eight is when the guest leaves.
fn stay_end(reading: &Reading<'_>) -> Option<usize> {
    let line = reading.line;
    let mut clocks = reading.things.iter().filter(|t| matches!(t.what, What::Clock(_)));
    let (from, to) = (clocks.next()?, clocks.next()?);
    let stays = line.has(from.end, "부터") && line.has(to.end, "까지");
    stays.then(|| line.span(to.start, to.end).0)
}

/// A part of the day, with no hour and none asked about: 저녁때요.
fn of_part(reading: &Reading<'_>, filled: &[Filled]) -> Option<Hint> {
    if has(filled, Slot::Time) || has(filled, Slot::PickupTime) {
        return None;
    }
    let mut parts = reading.things.iter().filter_map(|t| match t.what {
        What::Part(part) => Some((part, t)),
        _ => None,
    });
    let (part, thing) = parts.next()?;
    // 아침 먹고, 저녁 식사로: a meal; 저녁에 예약했는데: what was.
    let meal = ["먹", "을먹", "식사는", "값"]
        .iter()
        .any(|w| reading.line.has(thing.end, w));
    // 오늘 저녁 예약인데: of the booking as it is.
    let was = reading.cues.iter().any(|c| {
        let done = matches!(c.tells, Tells::Concept(Concept::DoneBooking));
        done && (thing.end..thing.end + 3).contains(&c.start)
    });
    let (from, _) = reading.line.span(thing.start, thing.end);
    let was = was || filled.iter().any(|f| f.was && f.end <= from && from <= f.end + 2);
    if parts.next().is_some() || meal || was {
        return None;
    }
    let (from, to) = window(part);
    let said = reading
        .line
        .after_any(thing.end, &["때", "시간", "쯤"])
        .unwrap_or(thing.end);
    if prefer::unfit(reading.line, said) {
        return without(part, from, to);
    }
    Some(Hint::Between {
        from: Some(from),
        to: Some(to),
    })
}

/// 저녁은 좀 힘들어요: what is left of the day. Of the middle nothing can be told by two bounds.
fn without(part: Part, from: Time, to: Time) -> Option<Hint> {
    match part {
        Part::Dawn | Part::Morning | Part::Forenoon => Some(Hint::Between {
            from: Some(to),
            to: None,
        }),
        Part::Evening | Part::Night => Some(Hint::Between {
            from: None,
            to: Some(from),
        }),
        Part::Noon | Part::Afternoon => None,
    }
}

/// When a part of the day is, for one who wishes to come then.
fn window(part: Part) -> (Time, Time) {
    let hours = |from: i8, to: i8| (time(from, 0, 0, 0), time(to, 0, 0, 0));
    match part {
        Part::Dawn => hours(0, 6),
        Part::Morning => hours(6, 10),
        Part::Forenoon => hours(9, 12),
        Part::Noon => (time(11, 30, 0, 0), time(13, 30, 0, 0)),
        Part::Afternoon => hours(13, 18),
        Part::Evening => hours(17, 21),
        Part::Night => (time(20, 0, 0, 0), time(23, 59, 0, 0)),
    }
}
