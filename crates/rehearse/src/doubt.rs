//! The caller listens to what is read back: a wrong name or number is put right, as people do.
//!
//! What the caller hears has been through a synthesiser and a recogniser, so a name counts as said if it is there but for
//! small differences of sound, and a number is looked for as a long run of digits, spoken or written.

use biseo_model::hangul::{SILENT, carried, split};
use serde_json::Value;

use crate::scenario::Scenario;

/// A run of so many digits is a telephone number.
const NUMBER: usize = 9;
/// The digits as they are spoken one by one.
const DIGITS: [&str; 10] = ["공", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구"];

/// What the caller wants to be right.
#[derive(Debug, Clone, Default)]
pub(crate) struct Goal {
    names: Vec<String>,
    phones: Vec<String>,
    /// The caller has put a name, a number right once.
    doubted: (bool, bool),
}

impl Goal {
    /// The names and numbers under which the scenario's records must stand in the end.
    pub fn new(scenario: &Scenario) -> Self {
        let expect = &scenario.expect;
        let records = expect.bookings.iter().chain(&expect.orders).flatten();
        let records: Vec<&Value> = records.collect();
        let texts = |key: &str| -> Vec<String> {
            let each = records.iter().filter_map(|r| r[key].as_str());
            each.map(str::to_string).collect()
        };
        Self {
            names: texts("name"),
            phones: texts("phone"),
            doubted: (false, false),
        }
    }

    /// What the caller says to a read-back in which a name or number is wrong, once each; `None` if nothing is.
    pub fn doubts(&mut self, said: &str) -> Option<String> {
        if !self.doubted.1 && self.wrong_number(said) {
            self.doubted.1 = true;
            let phone = self.phones.first()?;
            return Some(format!("아니요 번호가 {}예요", spoken(phone)));
        }
        if !self.doubted.0 && self.wrong_name(said) {
            self.doubted.0 = true;
            let name = self.names.first()?;
            return Some(format!("아니요 이름이 {name}{}", copula(name)));
        }
        None
    }

    fn wrong_number(&self, said: &str) -> bool {
        let heard = digit_runs(said);
        let number = heard.iter().find(|run| run.len() >= NUMBER);
        number.is_some_and(|run| {
            !self.phones.is_empty() && !self.phones.iter().any(|p| run.contains(p.as_str()))
        })
    }

    /// A name is told before 님, and it is none of those that it should be.
    fn wrong_name(&self, said: &str) -> bool {
        let told = said.contains('님') && said.contains("성함");
        told && !self.names.is_empty() && !self.names.iter().any(|name| sounds_in(said, name))
    }
}

/// A number as it is spoken, digit by digit in groups.
fn spoken(phone: &str) -> String {
    let digit = |c: char| c.to_digit(10).map_or("", |d| DIGITS[d as usize]);
    let words: Vec<&str> = phone.chars().map(digit).collect();
    let last = words.len().saturating_sub(4);
    let middle = last.saturating_sub(4).max(words.len().min(3));
    let groups = [
        &words[..middle.min(last)],
        &words[middle.min(last)..last],
        &words[last..],
    ];
    groups.map(<[&str]>::concat).join(" ")
}

fn copula(name: &str) -> &'static str {
    match name.chars().last().and_then(split) {
        Some(s) if s.last == 0 => "예요",
        _ => "이에요",
    }
}

/// Rows of digits, spoken or written; blanks and hyphens do not part them.
fn digit_runs(text: &str) -> Vec<String> {
    let (mut runs, mut run) = (Vec::new(), String::new());
    for c in text.chars().filter(|c| !c.is_whitespace() && *c != '-') {
        let spoken = DIGITS.iter().position(|d| d.starts_with(c)).or(match c {
            '영' => Some(0),
            '륙' => Some(6),
            _ => None,
        });
        let digit = c.to_digit(10).or(spoken.and_then(|d| u32::try_from(d).ok()));
        match digit.and_then(|d| char::from_digit(d, 10)) {
            Some(d) => run.push(d),
            None => runs.extend(Some(std::mem::take(&mut run)).filter(|r| !r.is_empty())),
        }
    }
    runs.extend(Some(run).filter(|r| !r.is_empty()));
    runs
}

/// Whether a name is said somewhere in a text. A final that has slipped into the next syllable makes no difference.
fn sounds_in(text: &str, name: &str) -> bool {
    let (text, name) = (jamo(text), jamo(name));
    !name.is_empty() && text.windows(name.len()).any(|w| w == name)
}

/// The sounds of a text without mute initials, so that 백이 and 배기 are one; a final that is not carried over keeps a number
/// of its own.
fn jamo(text: &str) -> Vec<u32> {
    let mut all = Vec::new();
    for s in text.chars().filter_map(split) {
        all.extend(Some(s.initial).filter(|i| *i != SILENT));
        all.push(100 + s.vowel);
        all.extend(Some(carried(s.last).unwrap_or(200 + s.last)).filter(|_| s.last > 0));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goal() -> Goal {
        Goal {
            names: vec!["배기철".into()],
            phones: vec!["01026663776".into()],
            doubted: (false, false),
        }
    }

    #[test]
    fn what_is_wrong_is_put_right_once() {
        let mut goal = goal();
        let said = "배기태 님 성함으로 예약해 드릴게요 연락처는 공일공 육육육 삼칠칠육 맞으세요";
        assert_eq!(
            goal.doubts(said).as_deref(),
            Some("아니요 번호가 공일공 이육육육 삼칠칠육예요")
        );
        assert_eq!(goal.doubts(said).as_deref(), Some("아니요 이름이 배기철이에요"));
        assert_eq!(goal.doubts(said), None);
    }

    #[test]
    fn what_is_right_is_left() {
        for said in [
            "배기철 님 성함으로 예약해 드릴게요. 연락처는 010-2666-3776, 맞으세요?",
            "백이철님 성함으로 예약해 드릴게요 연락처는 공일공 이육육육 삼칠칠육 맞으세요",
            "모레 저녁 일곱 시 예약을 여덟 시로 바꿔 드릴까요",
        ] {
            assert_eq!(goal().doubts(said), None, "{said}");
        }
    }
}
