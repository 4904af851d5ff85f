//! Pieces of a telephone number: 공일공이요 …, 아니 뒤에가 오육칠구요.

use biseo_model::hint::{Hint, PhonePart, PhonePlace};
use biseo_model::phone::PhoneNumber;
use biseo_model::understanding::{Awaiting, Filled, Slot, Value};

use crate::phones;
use crate::reading::Reading;

/// Digits as they are spoken one by one.
const DIGITS: &str = "공영일이삼사오육칠팔구륙둘하나";

/// A piece and its place, where the number is asked for or read back and no whole one was said.
pub fn part(reading: &Reading<'_>, filled: &[Filled]) -> Option<(Hint, usize, usize)> {
    let whole = filled
        .iter()
        .any(|f| !f.was && matches!(f.value, Value::Phone(_) | Value::ThisNumber));
    let asked = reading.asked(Slot::Phone);
    let confirm = reading.context.awaiting == Some(Awaiting::Confirm);
    if whole || !(asked || confirm) {
        return None;
    }
    let line = reading.line;
    let runs = (0..line.len())
        .filter(|i| line.gap(*i) || named(reading, *i).is_some())
        .filter(|i| free(reading, *i))
        .filter_map(|i| phones::digits_at(line, i));
    let mut digits: Vec<_> = runs.filter(|d| (3..=9).contains(&d.digits.len())).collect();
    // 구구팔공 아니고 구구팔일이요: the last one counts; a run within another one does not.
    let last = digits.iter().map(|d| d.end).max()?;
    digits.retain(|d| d.end == last);
    let found = digits.into_iter().min_by_key(|d| d.start)?;
    let place = (0..=found.start).rev().find_map(|i| named(reading, i));
    let digits = without_copula(reading, &found);
    let piece = Hint::PhonePart(PhonePart { digits, place });
    (asked || place.is_some()).then_some((piece, found.start, found.end))
}

/// 공일공이요: 이요 is the ending, not a two, if what is left is a whole group or two of them.
fn without_copula(reading: &Reading<'_>, found: &phones::Digits) -> String {
    let line = reading.line;
    let ending = line.at(found.end.saturating_sub(1)) == '이'
        && ["요", "에요", "고요", "고"]
            .iter()
            .any(|w| line.has(found.end, w));
    let (rest, last) = found.digits.split_at(found.digits.len() - 1);
    let whole = match rest.len() {
        3 => rest.starts_with('0'),
        4 => true,
        7 => rest.starts_with('0'),
        8 => true,
        _ => false,
    };
    if ending && last == "2" && whole {
        return rest.to_string();
    }
    found.digits.clone()
}

/// 공일공 어 잠깐만요 삼사오육에 칠팔구공이요: a number with words between its pieces, and its place.
pub fn joined(reading: &Reading<'_>) -> Option<(PhoneNumber, usize, usize)> {
    let line = reading.line;
    let again = ["아니", "말고", "틀렸"]
        .iter()
        .any(|w| (0..line.len()).any(|i| line.has(i, w)));
    if !reading.asked(Slot::Phone) || again {
        return None;
    }
    let (mut digits, mut start, mut at) = (String::new(), None, 0);
    while at < line.len() {
        let run = phones::digits_at(line, at).filter(|_| line.gap(at) && free(reading, at));
        match run {
            Some(run) => {
                start = start.or(Some(run.start));
                digits += &without_copula(reading, &run);
                at = run.end;
            }
            None => at += 1,
        }
    }
    let number = PhoneNumber::parse(&digits).ok().filter(|_| digits.len() >= 9)?;
    Some((number, start?, line.len()))
}

/// A group that is named right before a place.
fn named(reading: &Reading<'_>, i: usize) -> Option<PhonePlace> {
    const GROUPS: [(&str, PhonePlace); 12] = [
        ("뒤", PhonePlace::Last),
        ("뒷번호", PhonePlace::Last),
        ("뒷자리", PhonePlace::Last),
        ("뒤자리", PhonePlace::Last),
        ("끝", PhonePlace::Last),
        ("끝자리", PhonePlace::Last),
        ("끝번호", PhonePlace::Last),
        ("가운데", PhonePlace::Middle),
        ("중간", PhonePlace::Middle),
        ("가운데번호", PhonePlace::Middle),
        ("앞", PhonePlace::First),
        ("앞번호", PhonePlace::First),
    ];
    const PARTICLES: [&str; 9] = ["", "에가", "가", "이", "는", "은", "에는", "네자리가", "네자리는"];
    let line = reading.line;
    PARTICLES.iter().find_map(|particle| {
        let n = particle.chars().count();
        let at = i.checked_sub(n).filter(|at| line.has(*at, particle))?;
        let found = GROUPS.iter().find(|(word, _)| line.ends(at, word))?;
        Some(found.1)
    })
}

/// Digits are no piece of a number where they are a day, a time or a count.
fn free(reading: &Reading<'_>, i: usize) -> bool {
    use crate::things::What;
    !reading.things.iter().any(|t| {
        let other = !matches!(t.what, What::Reference(_) | What::Pieces(_) | What::Duration(_));
        // 일일이이: no first of the month within a number.
        let digits = (t.start..t.end).all(|k| DIGITS.contains(reading.line.at(k)));
        other && !(digits && matches!(t.what, What::Day(_))) && t.start <= i && i < t.end
    })
}
