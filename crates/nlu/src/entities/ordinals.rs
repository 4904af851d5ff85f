//! Which one: 세 번째, 스물다섯째, 제3, 일등, 마지막, 끝에서 두 번째, 다음 것.

use super::EntityKind;
use super::value::Draft;
use crate::numerals::Kind;
use crate::scan::Scan;

const COUNTERS: [&str; 4] = ["번째", "째", "등", "위"];

/// An ordinal at a place.
pub(super) fn ordinal(scan: &Scan<'_>, i: usize) -> Option<Draft> {
    from_end(scan, i)
        .or_else(|| counted(scan, i))
        .or_else(|| prefixed(scan, i))
        .or_else(|| by_name(scan, i))
}

fn draft(value: impl Into<String>, end: usize) -> Draft {
    Draft::new(EntityKind::Ordinal, value, end)
}

fn counted(scan: &Scan<'_>, i: usize) -> Option<Draft> {
    let n = scan.number(i, |n| {
        n.kind != Kind::Misheard && scan.line.after_any(n.end, &COUNTERS).is_some()
    })?;
    let end = scan.line.after_any(n.end, &COUNTERS)?;
    let place = scan.line.has(n.end, "등") || scan.line.has(n.end, "위");
    // 두 등: native numbers count no places; 십 위안, 한 위원, 삼 등급: other words.
    let other = ["안", "원", "급", "록", "장", "생", "치"];
    let not = place && (n.is_native() || !scan.line.gap(end) && other.iter().any(|w| scan.line.has(end, w)));
    // 일주일째, 둘째 줄: the first lasts.
    (!not).then(|| draft(n.value.to_string(), end))
}

/// 제3, 제 십일.
fn prefixed(scan: &Scan<'_>, i: usize) -> Option<Draft> {
    let at = scan.line.after(i, "제").filter(|_| scan.line.gap(i))?;
    let n = scan.number(at, |n| matches!(n.kind, Kind::Sino | Kind::Digits) && n.value > 0)?;
    // 제일 빠른: the most, not the first.
    let sure = n.kind == Kind::Digits || n.value > 1 && scan.line.gap(n.end) && !scan.line.gap(at);
    let end = scan.line.after_any(n.end, &["번째"]).unwrap_or(n.end);
    sure.then(|| draft(n.value.to_string(), end))
}

/// 마지막에서 두 번째, 끝에서 세번째 것: counted from the last, which is end+0.
fn from_end(scan: &Scan<'_>, i: usize) -> Option<Draft> {
    let at = scan
        .line
        .after_any(i, &["마지막에서", "끝에서부터", "끝에서", "뒤에서"])?;
    if let Some(end) = scan.line.after_any(at, &["바로 전의 것", "바로 전", "바로 앞"]) {
        return Some(draft("end-1", end));
    }
    let nth = counted(scan, at)?;
    let n: u64 = nth.value.parse().ok()?;
    let end = scan.line.after(nth.end, "것").unwrap_or(nth.end);
    let back = n.checked_sub(1)?;
    Some(draft(
        if back == 0 {
            "end+0".to_string()
        } else {
            format!("end-{back}")
        },
        end,
    ))
}

fn by_name(scan: &Scan<'_>, i: usize) -> Option<Draft> {
    /// What is counted in time is no place in a row.
    const TIMES: [&str; 12] = [
        "주", "달", "날", "해", "년", "분기", "월", "화", "수", "목", "금", "토",
    ];
    const NAMED: [(&str, &str); 27] = [
        ("이전의 것", "current-1"),
        ("직전", "current-1"),
        ("다음의 것", "current+1"),
        ("현재의 것", "current+0"),
        ("마지막의 것", "end+0"),
        ("이전 것", "current-1"),
        ("바로 이전", "current-1"),
        ("이전", "current-1"),
        ("바로 전의 것", "current-1"),
        ("바로 전", "current-1"),
        ("그 전의 것", "current-1"),
        ("지난 것", "current-1"),
        ("다음 것", "current+1"),
        ("그 다음", "current+1"),
        ("바로 다음", "current+1"),
        ("다음", "current+1"),
        ("현재 것", "current+0"),
        ("현재", "current+0"),
        ("마지막 것", "end+0"),
        ("마지막", "end+0"),
        ("맨 끝", "end+0"),
        ("첫번째", "1"),
        ("첫째", "1"),
        ("최초", "1"),
        ("맨 처음", "1"),
        ("처음", "1"),
        ("첫", "1"),
    ];
    let &(word, value) = NAMED.iter().find(|(w, _)| scan.line.has(i, w))?;
    let end = scan.line.after(i, word)?;
    let begins = scan.line.gap(i) || i > 0 && matches!(word, "처음" | "마지막") && !scan.line.ends(i, "그");
    let timed = value.starts_with("current") && TIMES.iter().any(|w| scan.line.has(end, w));
    // 현재 시간, 현재까지: the present, not one of a row.
    let now = word == "현재"
        && ["시", "로", "까", "부", "에", "의", "는"]
            .iter()
            .any(|w| scan.line.has(end, w));
    let adverb = word == "다음" && ["에", "으로", "부터"].iter().any(|w| scan.line.has(end, w));
    (begins && !timed && !now && !adverb).then(|| draft(value, end))
}
