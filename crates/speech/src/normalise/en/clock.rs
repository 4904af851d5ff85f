//! Times of day.

use super::number::cardinal;
use crate::normalise::scan::{Here, Said};

/// Written forms and what is said.
const HALVES: [(&str, &str); 12] = [
    ("a.m.", "a.m."),
    ("p.m.", "p.m."),
    ("A.M.", "a.m."),
    ("P.M.", "p.m."),
    ("a.m", "a.m."),
    ("p.m", "p.m."),
    ("am", "a.m."),
    ("pm", "p.m."),
    ("AM", "a.m."),
    ("PM", "p.m."),
    ("noon", "noon"),
    ("o'clock", "o'clock"),
];

struct Clock {
    hour: u32,
    minute: u32,
    half: Option<&'static str>,
    length: usize,
}

impl Clock {
    fn words(&self) -> String {
        let half = self.half.unwrap_or(match self.hour {
            0 | 24 if self.minute == 0 => return "midnight".into(),
            12 if self.minute == 0 => "noon",
            0..=11 | 24 => "a.m.",
            _ => "p.m.",
        });
        let minute = match self.minute {
            0 => String::new(),
            1..=9 => format!(" oh {}", cardinal(self.minute.into())),
            minute => format!(" {}", cardinal(minute.into())),
        };
        format!(
            "{}{minute} {half}",
            cardinal(u64::from((self.hour + 11) % 12 + 1))
        )
    }
}

fn clock(here: &Here) -> Option<Clock> {
    let (hour, digits) = here.small(24).filter(|_| here.number_starts())?;
    let minute = if here.char(digits) == Some(':') {
        here.skip(digits + 1).small(59)
    } else {
        None
    };
    let (minute, length) = match minute {
        Some((minute, 2)) => (Some(minute), digits + 3),
        _ => (None, digits),
    };
    if here.char(length).is_some_and(|c| c.is_ascii_digit() || c == ':') {
        return None;
    }
    let half = half_after(&here.skip(length));
    (minute.is_some() || half.is_some()).then(|| Clock {
        hour,
        minute: minute.unwrap_or(0),
        half: half.map(|(half, _)| half),
        length: length + half.map_or(0, |(_, length)| length),
    })
}

fn half_after(here: &Here) -> Option<(&'static str, usize)> {
    let gap = here.spaces().min(1);
    let close = here.skip(gap);
    HALVES.iter().find_map(|(written, said)| {
        let length = close.word(written)?;
        let ended = !close.char(length).is_some_and(char::is_alphanumeric);
        ended.then_some((*said, gap + length))
    })
}

/// "19:30", "7 pm".
pub(super) fn single(here: &Here) -> Option<Said> {
    let clock = clock(here)?;
    Some(Said::new(clock.length, clock.words()))
}

/// "11:00-22:00", "9am~5pm".
pub(super) fn range(here: &Here) -> Option<Said> {
    let from = clock(here)?;
    let until = here.skip(from.length).until()?;
    let to = clock(&here.skip(from.length + until))?;
    Some(Said::new(
        from.length + until + to.length,
        format!("{} to {}", from.words(), to.words()),
    ))
}
