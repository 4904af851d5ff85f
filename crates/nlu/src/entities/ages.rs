//! How old: 29살, 십 세, 태어난 지 8개월, 십 년이 된.

use super::EntityKind;
use super::value::Draft;
use crate::numerals::Kind;
use crate::scan::Scan;

/// Units of age; those that count time as well are ages only where something is said to be so old.
const UNITS: [(&str, &str, bool); 8] = [
    ("살", "Year", true),
    ("세", "Year", true),
    ("주년", "Year", false),
    ("년", "Year", false),
    ("개월", "Month", false),
    ("달", "Month", false),
    ("주", "Week", false),
    ("일", "Day", false),
];

/// An age at a place.
pub(super) fn age(scan: &Scan<'_>, i: usize) -> Option<Draft> {
    let unit = |end: usize| UNITS.iter().find(|(w, ..)| scan.line.has(end, w));
    let n = scan.number(i, |n| {
        unit(n.end).is_some() && n.kind != Kind::Misheard && n.value < 1_000_000
    })?;
    // 만 삼십 세: by the years that are full, not ten thousand; 분이세요: no two years.
    let full = scan.line.at(i) == '만' && scan.line.gap(i + 1);
    let within =
        n.end == i + 1 && !scan.line.gap(i) && (scan.line.at(i) == '이' || scan.line.has(n.end, "세요"));
    if full || within {
        return None;
    }
    let &(word, shown, sure) = unit(n.end)?;
    let end = scan.line.after(n.end, word)?;
    // 세 개 and 세트 are no years, and 두 세 시 is no age.
    let other = ["트", "개", "시", "명", "대", "월", "번", "기"];
    let counted = word == "세" && !scan.line.gap(end) && other.iter().any(|w| scan.line.has(end, w));
    // 두세 시간, 서너 세 …
    let native_century = word == "세" && (n.kind == Kind::Pair || n.is_native() && n.end == i + 1);
    if counted || native_century || !(sure || lives(scan, end)) {
        return None;
    }
    let half = scan.line.after(end, "반").filter(|e| scan.line.gap(*e));
    let value = match half {
        Some(_) => format!("{}.5 {shown}", n.value),
        None => format!("{} {shown}", n.value),
    };
    Some(Draft::new(EntityKind::Age, value, half.unwrap_or(end)))
}

/// How far around a length words may stand that make it an age, in characters that count.
const NEAR: usize = 24;

/// Whether something near is said to be born, old or founded.
fn lives(scan: &Scan<'_>, end: usize) -> bool {
    const AFTER: [&str; 17] = [
        "되었",
        "됐",
        "된",
        "되는",
        "될 것",
        "짜리",
        "의 나이",
        "묵은",
        "이 넘은",
        "나이",
        "밖에 되지",
        "밖에 안",
        "아기",
        "아이",
        "유아",
        "강아지",
        "고양이",
    ];
    const BEFORE: [&str; 8] = ["태어난", "태어나", "생후", "나이", "갓난", "창립", "설립", "개업"];
    let has = |at: usize, words: &[&str]| words.iter().any(|w| scan.line.has(at, w));
    (end..scan.places().min(end + 8)).any(|at| has(at, &AFTER))
        || (end.saturating_sub(NEAR)..end).any(|at| has(at, &BEFORE))
}
