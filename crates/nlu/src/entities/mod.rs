//! Values in any text, without a shop: dates, times, ranges, durations, numbers, ordinals, ages, telephone numbers.
//!
//! A small grammar: lengths (세 시간 반), days and hours, points of time made of both, periods (이번 주, 3분기, 여름),
//! ranges and bounds of them, and what lies so far from now. At each place the longest reading counts, and the search goes
//! on behind it, so that it ends after at most as many steps as the text has characters.

mod ages;
mod answers;
mod around;
mod days;
mod fractions;
mod hours;
mod lengths;
mod months;
mod numbers;
mod ordinals;
mod parts;
mod periods;
mod points;
mod ranges;
mod seasons;
mod standing;
mod value;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

use crate::phones;
use crate::scan::Scan;
use crate::text::Line;
use value::Draft;

/// What kind of value a text holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)] // The names say it; `Entity::value` tells the forms.
pub enum EntityKind {
    Date,
    Time,
    Datetime,
    Range,
    Duration,
    Number,
    Ordinal,
    Age,
    Boolean,
    Phone,
}

/// A value in a text.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Entity {
    /// First character, counted in characters of the text.
    pub start: usize,
    /// The character after the last one.
    pub end: usize,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: EntityKind,
    /// Date `YYYY-MM-DD`, of a week, month, quarter or year its first day; time and datetime `YYYY-MM-DD HH:MM:SS` (a time
    /// without a day: its next occurrence), a time without an instant to read it against `HH:MM:SS`; range `a/b`, its end
    /// not within it, one side empty if open; duration in whole seconds (a month 30 days, a year 365); number in decimal,
    /// ordinal too, from the present or the last one `current+1`, `end+0`; age `N Year`, `Month`, `Week` or `Day`; boolean
    /// `true` or `false`; telephone number in digits.
    pub value: String,
}

/// What a text is read against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    /// The instant of the text, on the clock of the place where it was said.
    pub now: DateTime,
    /// That clock's distance from UTC; without it a time of another zone (8:00 GMT) is taken as it was said.
    pub offset: Option<Offset>,
}

impl From<DateTime> for Reference {
    fn from(now: DateTime) -> Self {
        Self { now, offset: None }
    }
}

/// The values of a text, in order of their beginnings. Of each family (what has to do with time; numbers and ordinals; ages;
/// yes and no) none overlap; but a number within a date or an age is told too. Without an instant only what does not
/// depend on one is told: of `내일 세 시` the hour.
///
/// ```
/// use biseo_nlu::entities::{Reference, entities};
/// let now: jiff::civil::DateTime = "2026-03-11T15:00:00".parse().unwrap();
/// let found = entities("다음 주 금요일 저녁 일곱 시 반", Some(now.into()));
/// assert_eq!(found[0].value, "2026-03-20 19:30:00");
/// assert_eq!(entities("오후 세 시 십오 분", None)[0].value, "15:15:00");
/// ```
pub fn entities(text: &str, reference: Option<Reference>) -> Vec<Entity> {
    let line = Line::new(text);
    let mut all = match reference {
        Some(reference) => told(&line, temporal(&line, reference)),
        None => told(&line, whenever(&line)),
    };
    let midnight = Date::default().to_datetime(Time::midnight());
    let scan = Scan::new(&line, reference.map_or(midnight, |r| r.now));
    all.extend(numbers::all(&scan));
    all.extend(told(&line, each(&scan, ages::age)));
    all.extend(told(&line, each(&scan, answers::answer)));
    all.extend(answers::signs(&line));
    all.sort_by_key(|e| (e.start, e.end));
    all
}

fn told(line: &Line, drafts: Vec<(usize, Draft)>) -> Vec<Entity> {
    drafts.into_iter().map(|(at, d)| d.entity(line, at)).collect()
}

/// What a reader finds, each behind the one before; the void ones are passed over.
fn each(scan: &Scan<'_>, find: impl Fn(&Scan<'_>, usize) -> Option<Draft>) -> Vec<(usize, Draft)> {
    let mut all = Vec::new();
    let mut at = 0;
    while at < scan.places() {
        // 25시 holds no 5시.
        let inside = at > 0 && scan.line.at(at).is_ascii_digit() && !scan.line.gap(at);
        if inside && scan.line.at(at - 1).is_ascii_digit() {
            at += 1;
            continue;
        }
        match find(scan, at).filter(|d| d.end > at) {
            Some(draft) => {
                let (start, void) = (at, draft.void);
                at = draft.end;
                if !void {
                    all.push((start, draft));
                }
            }
            None => at += 1,
        }
    }
    all
}

/// What has to do with time.
fn temporal(line: &Line, reference: Reference) -> Vec<(usize, Draft)> {
    let mut scan = Scan::new(line, reference.now);
    scan.anywhere = true;
    let mut all = each(&scan, |scan, at| {
        let mut draft = phone(scan, at).or_else(|| longest(scan, at, reference.offset))?;
        // 15일에: at the text's end the particle belongs to it.
        let closing = line.after(draft.end, "에").filter(|e| *e == line.len());
        draft.end = closing.unwrap_or(draft.end);
        Some(draft)
    });
    days::point_back(line, &mut all);
    all
}

fn longest(scan: &Scan<'_>, at: usize, offset: Option<Offset>) -> Option<Draft> {
    let point = points::point(scan, at, offset);
    let all = [
        ranges::range(scan, at, offset),
        around::around(scan, at).map(|w| w.draft()),
        point.map(|p| ranges::bounded(scan, p)),
        ranges::period(scan, at),
        lengths::draft(scan, at),
    ];
    let longer = |a: Draft, b: Draft| if b.end > a.end { b } else { a };
    let best = all.into_iter().flatten().reduce(longer)?;
    Some(Draft {
        void: is_wish(scan, at) || recurs(scan, at) || scan.line.has(best.end, "마다"),
        ..best
    })
}

/// 매주 월요일, 매일 아침 일곱 시: what comes again and again is no date.
fn recurs(scan: &Scan<'_>, at: usize) -> bool {
    const EVERY: [&str; 9] = [
        "매일",
        "매주",
        "매달",
        "매월",
        "매년",
        "매번",
        "날마다",
        "해마다",
        "격주",
    ];
    let between = scan.line.at(at.saturating_sub(1)) == '의';
    let at = if between { at - 1 } else { at };
    EVERY.iter().any(|w| scan.line.ends(at, w))
}

/// 좋은 하루 되세요, 즐거운 주말: a wish names no time.
fn is_wish(scan: &Scan<'_>, i: usize) -> bool {
    const WISHES: [&str; 7] = ["좋은", "즐거운", "행복한", "멋진", "편안한", "뜻깊은", "평안한"];
    WISHES.iter().any(|w| scan.line.ends(i, w))
}

/// What has to do with time and does not depend on the instant: what comes out alike, whenever it was said.
fn whenever(line: &Line) -> Vec<(usize, Draft)> {
    let at = |year, month, day| temporal(line, jiff::civil::date(year, month, day).at(0, 0, 0, 0).into());
    let (one, other) = (at(2001, 1, 1), at(2014, 7, 16));
    one.into_iter()
        .filter_map(|(place, draft)| {
            let twin = other.iter().find(|(p, o)| *p == place && o.end == draft.end)?;
            let draft = if draft.value == twin.1.value {
                draft
            } else {
                draft.clock_only()?
            };
            Some((place, draft))
        })
        .collect()
}

fn phone(scan: &Scan<'_>, i: usize) -> Option<Draft> {
    let digits = phones::digits_at(scan.line, i).filter(|_| scan.line.gap(i))?;
    let phone = digits.phone()?;
    Some(Draft::new(EntityKind::Phone, phone.as_str(), digits.end))
}
