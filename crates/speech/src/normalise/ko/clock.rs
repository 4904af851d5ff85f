//! Times of day, with the part of the day that a clerk would say.

use super::number::{native, sino};
use crate::normalise::scan::{Here, Said};

/// Words before a time that already tell the part of the day.
const PARTS: [&str; 9] = ["오전", "오후", "아침", "점심", "저녁", "밤", "새벽", "낮", "정오"];
/// "3시간" and "2시즌" are no times of day.
const NO_CLOCK: [&str; 4] = ["간", "즌", "리즈", "도"];

#[derive(Debug, Clone, Copy)]
struct Clock {
    hour: u32,
    minute: u32,
    second: u32,
    /// Written "19:30": the hour is one of 24. "7시" may be in the morning or the evening.
    of_day: bool,
    length: usize,
}

impl Clock {
    fn part(&self) -> Option<&'static str> {
        let known = self.of_day || self.hour > 12 || self.hour == 0;
        known.then_some(match self.hour % 24 {
            0 => "밤",
            1..=5 => "새벽",
            6..=8 => "아침",
            9..=11 => "오전",
            12 => "낮",
            13..=17 => "오후",
            18..=20 => "저녁",
            _ => "밤",
        })
    }

    /// The hour and minutes without the part of the day.
    fn bare(&self) -> String {
        let hour = native((self.hour + 11) as u64 % 12 + 1).unwrap_or_default();
        let minute = match self.minute {
            0 => String::new(),
            30 if self.second == 0 => " 반".into(),
            minute => format!(" {} 분", sino(minute.into())),
        };
        let second = if self.second > 0 {
            format!(" {} 초", sino(self.second.into()))
        } else {
            String::new()
        };
        format!("{hour} 시{minute}{second}")
    }

    /// With the part of the day, unless it is `said` already.
    fn words(&self, said: Option<&str>) -> String {
        match self.part() {
            Some(part) if said != Some(part) && said != Some("") => format!("{part} {}", self.bare()),
            _ => self.bare(),
        }
    }
}

fn clock(here: &Here) -> Option<Clock> {
    let (hour, length) = here.small(24).filter(|_| here.number_starts())?;
    let rest = here.skip(length);
    match rest.char(0)? {
        ':' => colon(&rest, hour, length),
        '시' => in_words(&rest, hour, length),
        _ => None,
    }
}

fn colon(rest: &Here, hour: u32, length: usize) -> Option<Clock> {
    let (minute, 2) = rest.skip(1).small(59)? else {
        return None;
    };
    let seconds = if rest.char(3) == Some(':') {
        rest.skip(4).small(59)
    } else {
        None
    };
    let (second, more) = seconds
        .filter(|s| s.1 == 2)
        .map_or((0, 3), |(second, _)| (second, 6));
    let ended = !rest.char(more).is_some_and(|c| c.is_ascii_digit() || c == ':');
    let valid = hour < 24 || minute == 0;
    (ended && valid).then_some(Clock {
        hour,
        minute,
        second,
        of_day: true,
        length: length + more,
    })
}

fn in_words(rest: &Here, hour: u32, length: usize) -> Option<Clock> {
    if rest.skip(1).one_of(&NO_CLOCK).is_some() {
        return None;
    }
    let at = 1 + rest.skip(1).spaces();
    let minutes = rest
        .skip(at)
        .small(59)
        .filter(|(_, digits)| rest.char(at + digits) == Some('분'));
    let (minute, more) = match minutes {
        Some((minute, digits)) => (minute, at + digits + 1),
        None => (0, 1),
    };
    Some(Clock {
        hour,
        minute,
        second: 0,
        of_day: false,
        length: length + more,
    })
}

/// The part of the day that has just been said, or `None`.
fn said_part(here: &Here) -> Option<&'static str> {
    // The empty part stands for "any": whatever was said is not said again.
    here.follows(&PARTS).then_some("")
}

/// "19:30", "19시 30분", "오후 3시".
pub(super) fn single(here: &Here) -> Option<Said> {
    let clock = clock(here)?;
    if clock.hour == 0 && clock.minute == 0 && !here.follows(&PARTS) {
        return Some(Said::new(clock.length, "자정"));
    }
    Some(Said::new(clock.length, clock.words(said_part(here))))
}

/// "11:00~22:00", "5시~7시", "5~7시", "오후 3시 ~ 오후 5시".
pub(super) fn range(here: &Here) -> Option<Said> {
    let from = clock(here).or_else(|| bare_hour(here))?;
    let until = here.skip(from.length).until()?;
    let far = here.skip(from.length + until);
    let (part, skipped) = far.one_of(&PARTS).map_or(("", 0), |(part, length)| {
        (part, length + far.skip(length).spaces())
    });
    let to = clock(&far.skip(skipped))?;
    let same = said_part(here)
        .filter(|_| to.part() == from.part())
        .or(from.part());
    let to_words = if part.is_empty() {
        to.words(same)
    } else {
        format!("{part} {}", to.bare())
    };
    let length = from.length + until + skipped + to.length;
    let closing = here.skip(length).word("까지").unwrap_or(0);
    Some(Said::new(
        length + closing,
        format!("{}부터 {to_words}까지", from.words(said_part(here))),
    ))
}

/// The "5" of "5~7시".
fn bare_hour(here: &Here) -> Option<Clock> {
    let (hour, length) = here
        .small(24)
        .filter(|(hour, _)| *hour > 0 && here.number_starts())?;
    let until = here.skip(length).until()?;
    let to = clock(&here.skip(length + until)).filter(|to| !to.of_day)?;
    (to.hour > 0).then_some(Clock {
        hour,
        minute: 0,
        second: 0,
        of_day: false,
        length,
    })
}
