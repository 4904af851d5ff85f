//! Numbers, ordinals, ages and yes or no in any text.

use crate::entities::{Draft, Entity, EntityKind};
use crate::numerals::{Kind, Number, sino_digit};
use crate::scan::Scan;

/// All amounts of a text; an ordinal's number is not told again.
pub fn amounts(scan: &Scan<'_>) -> Vec<Entity> {
    let mut all = Vec::new();
    let (mut at, mut aged) = (0, 0);
    while at < scan.places() {
        // 구십일이 된: not ten days within the ninety-one.
        if let Some(age) = age(scan, at).filter(|_| at >= aged) {
            aged = age.end;
            all.push(age.entity(scan.line, at));
        }
        let found = ordinal(scan, at)
            .or_else(|| number(scan, at))
            .or_else(|| boolean(scan, at));
        match found {
            Some(draft) if draft.end > at => {
                let end = draft.end;
                all.push(draft.entity(scan.line, at));
                at = end;
            }
            _ => at += 1,
        }
    }
    all
}

fn boolean(scan: &Scan<'_>, i: usize) -> Option<Draft> {
    const WORDS: [(&str, bool); 9] = [
        ("그래요", true),
        ("아니요", false),
        ("아니오", false),
        ("아뇨", false),
        ("네", true),
        ("예", true),
        ("응", true),
        ("맞아요", true),
        ("좋아요", true),
    ];
    let (value, end) = WORDS
        .iter()
        .find_map(|&(w, v)| scan.line.after(i, w).map(|e| (v, e)))?;
    let word = scan.line.gap(i) && (scan.line.gap(end));
    word.then(|| Draft::new(EntityKind::Boolean, value.to_string(), end))
}

/// 세 번째, 스물다섯째, 일등, 마지막.
fn ordinal(scan: &Scan<'_>, i: usize) -> Option<Draft> {
    const NAMED: [(&str, &str); 9] = [
        ("이전 것", "current-1"),
        ("마지막에서 바로 전의 것", "end-1"),
        ("첫번째", "1"),
        ("첫째", "1"),
        ("첫", "1"),
        ("처음", "1"),
        ("마지막", "end+0"),
        ("현재", "current+0"),
        ("이전", "current-1"),
    ];
    if let Some(n) = scan.number(i, |n| {
        scan.line.after_any(n.end, &["번째", "째", "등"]).is_some() && n.kind != Kind::Misheard
    }) {
        let place = scan.line.has(n.end, "등") && n.is_native();
        let end = scan.line.after_any(n.end, &["번째", "째", "등"])?;
        return (!place).then(|| Draft::new(EntityKind::Ordinal, n.value.to_string(), end));
    }
    let &(word, value) = NAMED
        .iter()
        .find(|(w, _)| scan.line.has(i, w) && scan.line.gap(i))?;
    Some(Draft::new(EntityKind::Ordinal, value, scan.line.after(i, word)?))
}

/// 29살, 십 세; 십 년이 된, 태어난 지 8개월.
fn age(scan: &Scan<'_>, i: usize) -> Option<Draft> {
    let n = scan.number(i, |n| {
        ["살", "세", "년", "개월", "주", "일"]
            .iter()
            .any(|u| scan.line.has(n.end, u))
            && n.kind != Kind::Misheard
    })?;
    let lives = (0..scan.places()).any(|k| {
        ["되었", "된 ", "태어", "나이", "짜리", "될 것"]
            .iter()
            .any(|w| scan.line.has(k, w))
    });
    let (word, unit) = [
        ("살", "Year"),
        ("세", "Year"),
        ("년", "Year"),
        ("개월", "Month"),
        ("주", "Week"),
        ("일", "Day"),
    ]
    .into_iter()
    .find(|(w, _)| scan.line.has(n.end, w))?;
    let sure = matches!(word, "살" | "세") || lives;
    sure.then(|| {
        Draft::new(
            EntityKind::Age,
            format!("{} {unit}", n.value),
            n.end + word.chars().count(),
        )
    })
}

/// A number with sign, decimals and fraction: 마이너스 오, 삼점사, 삼분의 이, 일과 이분의 일.
fn number(scan: &Scan<'_>, i: usize) -> Option<Draft> {
    let (negative, at) = match scan.line.after_any(i, &["마이너스", "음수"]) {
        Some(at) => (true, at),
        None => (false, i),
    };
    let (value, end, exact) = fraction(scan, at)
        .or_else(|| decimal(scan, at))
        .or_else(|| mixed(scan, at))
        .or_else(|| plain(scan, at, negative || at == 0))?;
    let value = if negative { -value } else { value };
    let shown = if exact {
        format!("{value:.0}")
    } else {
        shown(value)
    };
    Some(Draft::new(EntityKind::Number, shown, end))
}

fn shown(value: f64) -> String {
    let text = format!("{value:.15}");
    let digits = 15_usize.saturating_sub(
        text.trim_start_matches('-')
            .find('.')
            .unwrap_or(0)
            .saturating_sub(usize::from(value.abs() < 1.0)),
    );
    let text = format!("{value:.digits$}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

#[allow(clippy::cast_precision_loss)] // Spoken numbers are far below 2^53.
fn float(n: &Number) -> f64 {
    n.value as f64
}

fn plain_number(scan: &Scan<'_>, i: usize) -> Option<Number> {
    scan.number(i, |n| matches!(n.kind, Kind::Sino | Kind::Digits))
}

/// 삼분의 이, 팔분의 마이너스 오.
fn fraction(scan: &Scan<'_>, i: usize) -> Option<(f64, usize, bool)> {
    let below = scan.number(i, |n| !n.is_native() && scan.line.has(n.end, "분의"))?;
    let at = scan.line.after(below.end, "분의")?;
    let (sign, at) = scan.line.after(at, "마이너스").map_or((1.0, at), |at| (-1.0, at));
    // 오분의 일만을, 삼분의 일조각: a particle and a piece, not ten thousand and a billion.
    let particle = |n: &Number| {
        (scan.line.ends(n.end, "만") && scan.line.has(n.end, "을"))
            || (scan.line.ends(n.end, "조") && scan.line.has(n.end, "각"))
    };
    let above = scan.number(at, |n| {
        matches!(n.kind, Kind::Sino | Kind::Digits) && !particle(n)
    })?;
    (below.value > 0).then(|| (sign * float(&above) / float(&below), above.end, false))
}

/// 일과 이분의 일, 이십과 삼과 오분의 삼.
fn mixed(scan: &Scan<'_>, i: usize) -> Option<(f64, usize, bool)> {
    let split = scan.line.at(i) == '이' && !scan.line.gap(i) && scan.line.gap(i + 1);
    let whole = plain_number(scan, i).filter(|_| !split)?;
    let at = scan.line.after_any(whole.end, &["과", "와"])?;
    let (part, end, _) =
        fraction(scan, at).or_else(|| mixed(scan, at).filter(|_| whole.value < 1_000_000))?;
    Some((float(&whole) + part, end, false))
}

/// 삼점사, 일점이삼, 3.5.
fn decimal(scan: &Scan<'_>, i: usize) -> Option<(f64, usize, bool)> {
    let whole = scan.number(i, |n| {
        !n.is_native() && scan.line.after_any(n.end, &["점", "."]).is_some()
    })?;
    let mut at = scan.line.after_any(whole.end, &["점", "."])?;
    let (mut part, mut scale) = (0.0, 0.1);
    while let Some(d) = sino_digit(scan.line.at(at))
        .or_else(|| scan.line.at(at).to_digit(10).map(u64::from))
        .filter(|_| scale > 1e-9)
    {
        part += scale * f64::from(u32::try_from(d).unwrap_or(0));
        scale /= 10.0;
        at += 1;
    }
    (scale < 0.1).then_some((float(&whole) + part, at, false))
}

/// A whole number where one can stand; single Sino-Korean syllables are mostly parts of words.
fn plain(scan: &Scan<'_>, i: usize, led: bool) -> Option<(f64, usize, bool)> {
    let n = scan.number(i, |n| stands(scan, i, n, led))?;
    // 삼조각's 조 and 사과's 사 are no numbers.
    let piece = scan.line.has(i, "조각") || scan.line.has(i, "사과") && scan.line.gap(i);
    (!piece).then(|| (float(&n), n.end, true))
}

fn stands(scan: &Scan<'_>, i: usize, n: &Number, led: bool) -> bool {
    const AFTER: [&str; 22] = [
        "은",
        "는",
        "을",
        "를",
        "이다",
        "입니다",
        "이에",
        "과",
        "와",
        "만",
        "의",
        "에",
        "개",
        "명",
        "원",
        "권",
        "로",
        "조각",
        "이 넘",
        "이 모",
        "세입",
        "이야",
    ];
    let closed = scan.line.gap(n.end) || AFTER.iter().any(|w| scan.line.has(n.end, w));
    let whole = i == 0 && n.end == scan.places();
    let particle =
        !scan.line.gap(i) && (scan.line.at(i) == '만' || scan.line.at(i) == '이' && scan.line.gap(i + 1));
    if particle {
        return false;
    }
    let attributive = n.end - i == 1 && matches!(scan.line.at(i), '두' | '세' | '네' | '석' | '넉');
    if attributive && !whole {
        return ["개", "명", "권", "마리", "잔", "병", "번", "가지", "사람"]
            .iter()
            .any(|w| scan.line.has(n.end, w));
    }
    match n.kind {
        Kind::Digits => {
            scan.line.gap(n.end)
                || !scan.line.at(n.end).is_ascii_alphabetic()
                    && !["미터", "밀리"].iter().any(|w| scan.line.has(n.end, w))
        }
        Kind::Sino if n.value >= 10 => closed || n.value >= 100,
        Kind::Sino if ["과", "와"].iter().any(|w| scan.line.has(n.end, w)) && !led => false,
        Kind::Sino => {
            whole
                || (scan.line.gap(i) || led)
                    && closed
                    && scan.line.at(i) != '이'
                    && (scan.line.gap(n.end) == (n.end == scan.places()) || led)
        }
        Kind::Native => {
            whole
                || (scan.line.gap(i) || n.value > 10) && (closed || n.end - i > 1) && !scan.line.has(i, "한")
        }
        Kind::Misheard | Kind::Pair => false,
    }
}
