//! Latin words and abbreviations that Korean speech has names for.

use super::number::sino;
use crate::normalise::scan::{Here, Said};

const LETTERS: [&str; 26] = [
    "에이",
    "비",
    "시",
    "디",
    "이",
    "에프",
    "지",
    "에이치",
    "아이",
    "제이",
    "케이",
    "엘",
    "엠",
    "엔",
    "오",
    "피",
    "큐",
    "아르",
    "에스",
    "티",
    "유",
    "브이",
    "더블유",
    "엑스",
    "와이",
    "제트",
];

/// In lower case.
const WORDS: &[(&str, &str)] = &[
    ("wi-fi", "와이파이"),
    ("wifi", "와이파이"),
    ("a/s", "에이에스"),
    ("ok", "오케이"),
    ("pass", "패스"),
    ("bbq", "비비큐"),
    ("sns", "에스엔에스"),
    ("no", "넘버"),
    ("vip", "브이아이피"),
    ("cctv", "시시티브이"),
    ("tv", "티브이"),
    ("pc", "피시"),
    ("kakao", "카카오"),
    ("kakaotalk", "카카오톡"),
    ("instagram", "인스타그램"),
    ("naver", "네이버"),
    ("app", "앱"),
    ("qr", "큐아르"),
    ("email", "이메일"),
    ("e-mail", "이메일"),
    ("pin", "핀"),
    ("kb", "케이비"),
    ("take-out", "테이크아웃"),
    ("takeout", "테이크아웃"),
    ("set", "세트"),
    ("free", "프리"),
    ("open", "오픈"),
    ("close", "클로즈"),
    ("menu", "메뉴"),
    ("the", "더"),
    ("cafe", "카페"),
    ("one", "원"),
    ("biseo", "비서"),
    ("hi", "하이"),
    ("hello", "헬로"),
    ("bts", "비티에스"),
    ("com", "컴"),
    ("co", "시오"),
    ("kr", "케이아르"),
    ("www", "더블유더블유더블유"),
    ("gmail", "지메일"),
    ("am", "오전"),
    ("pm", "오후"),
];

/// A word in Latin letters: from the list, or letter by letter if it is all capitals, else left to the voice.
pub(super) fn word(here: &Here) -> Option<Said> {
    if !here.char(0)?.is_ascii_alphabetic() || here.before().is_some_and(|c| c.is_ascii_alphabetic()) {
        return None;
    }
    let (length, said) = listed(here).or_else(|| spelled(here))?;
    let digit_next = here.char(length).is_some_and(|c| c.is_ascii_digit());
    let (dot, gap) = if said == "넘버" && here.char(length) == Some('.') {
        (1, " ")
    } else {
        (0, "")
    };
    let gap = if digit_next { " " } else { gap };
    Some(Said::new(length + dot, said + gap))
}

fn listed(here: &Here) -> Option<(usize, String)> {
    let whole = here.run(|c| c.is_ascii_alphabetic());
    let joined = here.run(|c| c.is_ascii_alphabetic() || c == '-' || c == '/');
    [joined, whole].into_iter().find_map(|length| {
        let written = here.slice(length).to_ascii_lowercase();
        let (_, said) = WORDS.iter().find(|(word, _)| *word == written)?;
        Some((length, (*said).to_owned()))
    })
}

fn spelled(here: &Here) -> Option<(usize, String)> {
    let length = here.run(|c| c.is_ascii_alphabetic());
    let word = here.slice(length);
    let capitals = length <= 6 && word.chars().all(|c| c.is_ascii_uppercase());
    let name = |c: char| {
        LETTERS
            .get((c as usize).wrapping_sub('A' as usize))
            .copied()
            .unwrap_or_default()
    };
    capitals.then(|| (length, word.chars().map(name).collect()))
}

/// "B1", "B2층": a floor under the ground.
pub(super) fn basement(here: &Here) -> Option<Said> {
    let (floor, length) = here.skip(1).small(20).filter(|(floor, _)| *floor > 0)?;
    let apart = |c: Option<char>| !c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '-');
    let sign = here
        .skip(1 + length)
        .one_of(&["층", "F"])
        .map_or(0, |(_, length)| length);
    let fits = here.char(0) == Some('B') && apart(here.before()) && apart(here.char(1 + length + sign));
    fits.then(|| Said::new(1 + length + sign, format!("지하 {} 층", sino(floor.into()))))
}
