//! Hiding of numbers and names before an utterance leaves the house.

use biseo_model::understanding::{Slot, Understanding, Value};

/// What stands in the place of a hidden character.
pub const HIDDEN: char = '#';
/// So many digits in a row may be (a part of) a telephone, account or identity number.
const LONG: usize = 5;
/// Where there is one such run, or a number was asked for, shorter ones may be its rest.
const REST: usize = 3;

/// The utterance with everything hidden that is, or may be, a number of a person, and the names and numbers that the rules
/// found in it. Characters stay in their places. `asked` is the slot that was asked for.
///
/// ```
/// let hidden = biseo_llm::masked("010-1234-5678로 전화 주세요", &Default::default(), None);
/// assert_eq!(hidden, "#############로 전화 주세요");
/// ```
pub fn masked(utterance: &str, rules: &Understanding, asked: Option<Slot>) -> String {
    let mut text: Vec<char> = utterance.chars().collect();
    let runs = runs(&text);
    let number = matches!(asked, Some(Slot::Phone | Slot::BookingRef));
    let least = if number || runs.iter().any(|r| r.digits >= LONG) {
        REST
    } else {
        LONG
    };
    for run in runs.iter().filter(|r| r.digits >= least) {
        hide(&mut text, run.start, run.end);
    }
    for filled in &rules.slots {
        let personal = matches!(
            filled.value,
            Value::Phone(_) | Value::Name(_) | Value::BookingRef(_) | Value::Address(_)
        );
        if personal {
            hide(&mut text, filled.start, filled.end);
        }
    }
    text.into_iter().collect()
}

fn hide(text: &mut [char], start: usize, end: usize) {
    let end = end.min(text.len());
    if let Some(span) = text.get_mut(start.min(end)..end) {
        span.fill(HIDDEN);
    }
}

struct Run {
    start: usize,
    end: usize,
    digits: usize,
}

/// Digits in a row, written or read out one by one; blanks, hyphens and the like between them do not end a run.
fn runs(text: &[char]) -> Vec<Run> {
    let mut all: Vec<Run> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let Some(len) = digit(text, at) else {
            at += 1;
            continue;
        };
        let end = at + len;
        match all.last_mut() {
            Some(run) if joins(&text[run.end..at]) => {
                run.end = end;
                run.digits += 1;
            }
            _ => all.push(Run {
                start: at,
                end,
                digits: 1,
            }),
        }
        at = end;
    }
    all
}

/// Whether what stands between two digits is a pause within one number: blanks, marks, 에, 의, 다시.
fn joins(between: &[char]) -> bool {
    let mark = |c: &&char| !(c.is_whitespace() || "-.,/_()".contains(**c));
    let words: String = between.iter().filter(mark).collect();
    between.len() <= 4 && matches!(words.as_str(), "" | "에" | "의" | "다시")
}

/// How many characters a digit takes here, if there is one.
fn digit(text: &[char], at: usize) -> Option<usize> {
    const ENGLISH: [&str; 11] = [
        "zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    ];
    let c = text[at];
    // 25일 is a day.
    let day = c == '일' && at > 0 && text[at - 1].is_numeric();
    if day {
        return None;
    }
    if c.is_numeric() || "공영일이삼사오육륙칠팔구하둘".contains(c) {
        return Some(1);
    }
    let begins = at == 0 || !text[at - 1].is_ascii_alphabetic();
    let same = |w: &&&str| {
        let mut rest = text[at..].iter();
        w.chars()
            .all(|x| rest.next().is_some_and(|y| y.eq_ignore_ascii_case(&x)))
    };
    ENGLISH.iter().find(same).filter(|_| begins).map(|w| w.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_persons_are_hidden_in_every_form() {
        for said in [
            "010-1234-5678",
            "01012345678",
            "공일공 일이삼사 오육칠팔",
            "공일공에 일이삼사에 오육칠팔",
            "공일공 다시 일이삼사 다시 오육칠팔",
            "zero one zero one two three four five six seven eight",
            "０１０１２３４５６７８",
            "+82 10 1234 5678",
            "900101-1234567",
        ] {
            let hidden = masked(
                &format!("제 번호는 {said} 이고요"),
                &Understanding::default(),
                None,
            );
            let left: Vec<char> = hidden.chars().filter(|c| c.is_numeric()).collect();
            assert!(left.is_empty() && hidden.contains("#####"), "{said}: {hidden}");
            assert!(hidden.contains("제 번호"), "{hidden}");
        }
    }

    #[test]
    fn days_times_and_persons_stay() {
        for said in [
            "12월 25일 7시 30분에 4명이요",
            "이십오일 일곱 시에 네 명",
            "2026년 11월",
        ] {
            assert_eq!(masked(said, &Understanding::default(), None), said);
        }
    }

    #[test]
    fn the_rest_of_a_number_is_hidden_with_it() {
        let none = Understanding::default();
        assert!(!masked("010 1234 음 5678", &none, None).contains("5678"));
        assert!(!masked("뒷자리 5678이요", &none, Some(Slot::Phone)).contains("5678"));
    }
}
