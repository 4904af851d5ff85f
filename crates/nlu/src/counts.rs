//! How many: persons (네 명, 둘이요, 어른 둘 아이 하나) and pieces (두 개, 한 마리).

use crate::numerals::{Kind, Number};
use crate::scan::Scan;

/// A number of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// How many.
    pub value: u32,
    /// First place.
    pub start: usize,
    /// Place after the last.
    pub end: usize,
}

const PEOPLE: [&str; 7] = ["명", "사람", "식구", "인석", "인용", "분", "인"];

/// Persons at a place: 네 명, 세 분, 4인, 두 커플, 혼자, 부부.
pub fn people_at(scan: &Scan<'_>, i: usize) -> Option<Count> {
    let i = if about(scan, i) { i + 1 } else { i };
    words(scan, i).or_else(|| {
        let n = scan.number(i, |n| people_fit(scan, i, n))?;
        let end = scan.line.after_any(n.end, &PEOPLE)?;
        let end = scan.line.after_any(end, &["이서", "서"]).unwrap_or(end);
        Some(Count {
            value: u32::try_from(n.value).ok()?,
            start: i,
            end,
        })
    })
}

/// 한 다섯 명: "about".
fn about(scan: &Scan<'_>, i: usize) -> bool {
    scan.line.has(i, "한")
        && scan
            .number(i + 1, |n| {
                PEOPLE.iter().any(|p| scan.line.has(n.end, p)) || scan.line.has(n.end, "시")
            })
            .is_some()
        && scan.line.gap(i)
}

fn words(scan: &Scan<'_>, i: usize) -> Option<Count> {
    const WORDS: [(&str, u32); 9] = [
        ("나 혼자", 1),
        ("저 혼자", 1),
        ("혼자", 1),
        ("부부", 2),
        ("커플", 2),
        ("둘이서", 2),
        ("셋이서", 3),
        ("넷이서", 4),
        ("두리서", 2),
    ];
    let couples = scan.number(i, |n| n.value <= 20 && scan.line.has(n.end, "커플"));
    if let Some(n) = couples {
        return Some(Count {
            value: u32::try_from(n.value * 2).ok()?,
            start: i,
            end: n.end + 2,
        });
    }
    let &(word, value) = WORDS.iter().find(|(w, _)| scan.line.has(i, w))?;
    let end = scan.line.after(i, word)?;
    let day = scan.line.has(end, "의날");
    (!day).then_some(Count { value, start: i, end })
}

fn people_fit(scan: &Scan<'_>, i: usize, n: &Number) -> bool {
    if !(1..=500).contains(&n.value) {
        return false;
    }
    let Some(word) = PEOPLE.iter().find(|p| scan.line.has(n.end, p)) else {
        return false;
    };
    let end = n.end + word.chars().count();
    let follows = |words: &[&str]| words.iter().any(|w| scan.line.has(end, w));
    match *word {
        // 두 분 are persons, 이 분 minutes; 분 before 전 or 뒤 is time.
        "분" => {
            n.is_native()
                && n.kind != Kind::Misheard
                && !follows(&["전에", "뒤", "후", "쯤 늦", "거리", "만 늦"])
        }
        "인" => {
            !follows(&["분", "데", "가요", "지", "실"])
                && n.kind != Kind::Misheard
                && (scan.line.gap(i) || !n.is_native())
        }
        "명" => !follows(&["함", "령", "절", "의"]),
        // 전화한 사람, 하기로 한 사람인데: who did something, not one person.
        "사람" if n.value == 1 => {
            scan.line.gap(i) && !scan.line.ends(i, "로") && !follows(&["인데", "이고", "입니"])
        }
        _ => n.kind != Kind::Misheard || *word == "사람",
    }
}

/// A bare number that can count persons or pieces: 셋이요, 하나, 4.
pub fn bare_at(scan: &Scan<'_>, i: usize) -> Option<Count> {
    let n = scan.number(i, |n| {
        let noun = match n.kind {
            Kind::Native => is_noun(scan, i, n.end),
            Kind::Pair => true,
            Kind::Digits => scan.line.gap(i),
            Kind::Sino | Kind::Misheard => false,
        };
        noun && (1..=500).contains(&n.value) && ends_word(scan, n.end) && !none_at_all(scan, n.end)
    })?;
    Some(Count {
        value: u32::try_from(n.value).ok()?,
        start: i,
        end: n.end,
    })
}

/// 넷이 앉을, 아홉이 갑니다: a native number with the subject's 이 counts persons, never pieces.
pub fn subject_at(scan: &Scan<'_>, i: usize) -> Option<Count> {
    let n = scan.number(i, |n| {
        n.kind == Kind::Native
            && (2..=99).contains(&n.value)
            && n.value != 10
            && is_noun(scan, i, n.end)
            && scan.line.has(n.end, "이")
            && scan.line.gap(n.end + 1)
            && n.end + 1 < scan.places()
    })?;
    Some(Count {
        value: u32::try_from(n.value).ok()?,
        start: i,
        end: n.end + 1,
    })
}

/// 하나, 둘, 셋, 넷 stand alone; 한, 두, 세, 네 do not.
fn is_noun(scan: &Scan<'_>, start: usize, end: usize) -> bool {
    let last = scan.line.at(end - 1);
    let before = (end - start > 1).then(|| scan.line.at(end - 2));
    !matches!(last, '한' | '두' | '세' | '네' | '석' | '넉' | '무') || (last == '무' && before.is_none())
}

/// 속이 하나도 안 익었어요: not at all, and no count.
fn none_at_all(scan: &Scan<'_>, end: usize) -> bool {
    let at = scan.line.after(end, "도");
    at.is_some_and(|at| ["안", "못", "없", "몰"].iter().any(|w| scan.line.has(at, w)))
}

fn ends_word(scan: &Scan<'_>, end: usize) -> bool {
    const FOLLOWS: [&str; 22] = [
        "이", "요", "여", "하고", "랑", "로", "으로", "만", "는", "은", "도", "씩", "면", "에", "쯤", "정도",
        "다", "고", "입", "예", "포장", "추가",
    ];
    scan.line.gap(end) || FOLLOWS.iter().any(|w| scan.line.has(end, w))
}

const PIECES: [&str; 27] = [
    "개",
    "게",
    "마리",
    // As 마리 sounds, and recognisers write it.
    "말이",
    "인분",
    "병",
    "그릇",
    "잔",
    "판",
    "세트",
    "캔",
    "접시",
    "장",
    "줄",
    "공기",
    "박스",
    "상자",
    "봉지",
    "팩",
    "통",
    "조각",
    "모",
    "뚝배기",
    "가지",
    "군데",
    "피처",
    "셋트",
];

/// Pieces at a place: 두 개, 한 마리, 3인분, or a bare number.
pub fn pieces_at(scan: &Scan<'_>, i: usize) -> Option<Count> {
    let n = scan.number(i, |n| {
        // 사장님 is no four sheets.
        let sure = n.kind != Kind::Sino
            || n.value >= 10
            || ["인분", "세트", "병", "개"]
                .iter()
                .any(|p| scan.line.has(n.end, p))
                && scan.line.gap(i);
        sure && (1..=500).contains(&n.value) && PIECES.iter().any(|p| scan.line.has(n.end, p))
    });
    let n = n.filter(|n| !scan.line.has(n.end, "공기밥"));
    if let Some(n) = n.filter(|n| n.kind != Kind::Misheard || scan.line.gap(i)) {
        let end = scan
            .line
            .after_any(n.end, &["인분", "세트"])
            .or_else(|| scan.line.after_any(n.end, &PIECES))?;
        let months = scan.line.has(n.end, "개월")
            || scan.line.has(n.end, "장소")
            || scan.line.has(n.end, "통화")
            || scan.line.has(n.end, "병원");
        return (!months).then_some(Count {
            value: u32::try_from(n.value).ok()?,
            start: i,
            end,
        });
    }
    bare_at(scan, i)
}

/// Words for kinds of guests; counts after them add up.
const GUESTS: [&str; 20] = [
    "어른",
    "성인",
    "아이",
    "애기",
    "아기",
    "애",
    "유아",
    "어린이",
    "학생",
    "초등학생",
    "남자",
    "여자",
    "노인",
    "어르신",
    "아가",
    "꼬마",
    "할머니",
    "할아버지",
    "애들",
    "아이들",
];

/// Whether a kind of guest is named right before a place (어른 둘).
pub fn guest_before(scan: &Scan<'_>, i: usize) -> bool {
    GUESTS.iter().any(|g| {
        scan.line.ends(i, g)
            || ["만", "이", "가", "은", "는"]
                .iter()
                .any(|p| i > 0 && scan.line.ends(i, p) && scan.line.ends(i - 1, g))
    })
}
