//! Numbers in any text: 삼천이백, 3만 5천, 마이너스 오, 삼점사, 삼분의 이, 일과 이분의 일.

use super::value::Draft;
use super::{Entity, EntityKind, ordinals};
use crate::jamo;
use crate::numerals::{Kind, Number, digit_run, sino_digit};
use crate::scan::Scan;

/// All numbers and ordinals of a text; an ordinal's number is not told again.
pub(super) fn all(scan: &Scan<'_>) -> Vec<Entity> {
    let found = super::each(scan, |scan, at| {
        // 마지막에서 두 번째 is longer than a number in it; a fraction or decimal longer than the number it begins with.
        ordinals::ordinal(scan, at).or_else(|| number(scan, at))
    });
    super::told(scan.line, found)
}

/// A number as it is read: its value, where it ends, and whether it is whole.
#[derive(Debug, Clone, Copy)]
struct Read {
    value: f64,
    end: usize,
    whole: bool,
}

/// A number with sign, decimals and fraction.
fn number(scan: &Scan<'_>, i: usize) -> Option<Draft> {
    let signed = scan.line.after_any(i, &["마이너스", "음수", "영하"]);
    let minus = minus_before(scan, i);
    let at = signed.unwrap_or(i);
    let read = fraction(scan, at)
        .or_else(|| decimal(scan, at))
        .or_else(|| mixed(scan, at))
        .or_else(|| dozens(scan, at))
        .or_else(|| plain(scan, at, signed.is_some()))?;
    let value = if signed.is_some() || minus.is_some() {
        -read.value
    } else {
        read.value
    };
    let text = if read.whole {
        format!("{value:.0}")
    } else {
        shown(value)
    };
    Some(Draft {
        origin: minus,
        ..Draft::new(EntityKind::Number, text, read.end)
    })
}

/// The place of a minus sign right before a figure, if no other figure or letter stands before it.
fn minus_before(scan: &Scan<'_>, i: usize) -> Option<usize> {
    let origin = scan.line.cells.get(i).filter(|c| c.c.is_ascii_digit())?.origin;
    let sign = origin.checked_sub(1)?;
    let free = sign == 0
        || scan
            .line
            .original
            .get(sign - 1)
            .is_some_and(|c| c.is_whitespace());
    let minus = matches!(scan.line.original.get(sign), Some('-' | '−' | '–'));
    (minus && free).then_some(sign)
}

/// Fifteen figures, as double precision holds.
fn shown(value: f64) -> String {
    let text = format!("{value:.15}");
    let before = text.trim_start_matches('-').find('.').unwrap_or(0);
    let digits = 15_usize.saturating_sub(before.saturating_sub(usize::from(value.abs() < 1.0)));
    let text = format!("{value:.digits$}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

#[allow(clippy::cast_precision_loss)] // Spoken numbers are far below 2^53.
fn float(n: u64) -> f64 {
    n as f64
}

fn whole_number(scan: &Scan<'_>, i: usize, fits: impl Fn(&Number) -> bool) -> Option<Number> {
    scan.number(i, |n| {
        matches!(n.kind, Kind::Sino | Kind::Digits) && !is_copula(scan, n.end) && fits(n)
    })
}

/// Whether the 이 that ends just before a place is no two: 삼백|이다, 백|이 넘는.
fn is_copula(scan: &Scan<'_>, end: usize) -> bool {
    const COPULA: [&str; 12] = [
        "다", "었", "라", "고", "며", "면", "니", "지", "야", "에요", "에여", "군",
    ];
    const VERBS: [&str; 10] = ["넘", "모", "되", "된", "됐", "아니", "지났", "있", "없", "남"];
    let two = end > 1 && scan.line.at(end - 1) == '이';
    let glued = !scan.line.gap(end) && COPULA.iter().any(|w| scan.line.has(end, w));
    let subject = scan.line.gap(end) && VERBS.iter().any(|w| scan.line.has(end, w));
    // The particle and the copula follow a consonant as 이.
    let after = end
        .checked_sub(2)
        .is_some_and(|i| jamo::has_coda(scan.line.at(i)));
    two && after && (glued || subject)
}

/// 삼분의 이, 팔분의 마이너스 오, 3/4.
fn fraction(scan: &Scan<'_>, i: usize) -> Option<Read> {
    if let Some(read) = slashed(scan, i) {
        return Some(read);
    }
    let below = scan.number(i, |n| {
        !n.is_native() && n.value > 0 && scan.line.has(n.end, "분의")
    })?;
    let at = scan.line.after(below.end, "분의")?;
    let (sign, at) = scan.line.after(at, "마이너스").map_or((1.0, at), |at| (-1.0, at));
    // 오분의 일만을, 삼분의 일조각: a particle and a piece, not ten thousand and a billion.
    let particle = |n: &Number| {
        (scan.line.ends(n.end, "만") && ["을", "이", "큼"].iter().any(|w| scan.line.has(n.end, w)))
            || (scan.line.ends(n.end, "조") && scan.line.has(n.end, "각"))
    };
    let above = whole_number(scan, at, |n| !particle(n))?;
    Some(Read {
        value: sign * float(above.value) / float(below.value),
        end: above.end,
        whole: false,
    })
}

/// 3/4; a date goes on (2016/11/7).
fn slashed(scan: &Scan<'_>, i: usize) -> Option<Read> {
    let figures = |at: usize| {
        scan.line
            .at(at)
            .is_ascii_digit()
            .then(|| digit_run(scan.line, at))
    };
    let apart = i == 0 || !matches!(scan.line.at(i - 1), '/' | '.' | '0'..='9') || scan.line.gap(i);
    let (above, end) = figures(i).filter(|_| apart)?;
    let (below, end) = figures(scan.line.after(end, "/")?)?;
    let alone = below > 0 && !matches!(scan.line.at(end), '/' | '.');
    (alone || below > 0 && scan.line.gap(end)).then(|| Read {
        value: float(above) / float(below),
        end,
        whole: above % below == 0,
    })
}

/// 일과 이분의 일, 이십과 삼과 오분의 삼. Each step of the recursion is further on.
fn mixed(scan: &Scan<'_>, i: usize) -> Option<Read> {
    let split = scan.line.at(i) == '이' && !scan.line.gap(i) && scan.line.gap(i + 1);
    let whole = whole_number(scan, i, |_| true).filter(|_| !split)?;
    let at = scan.line.after_any(whole.end, &["과", "와"])?;
    let part = fraction(scan, at).or_else(|| mixed(scan, at).filter(|_| whole.value < 1_000_000))?;
    Some(Read {
        value: float(whole.value) + part.value,
        end: part.end,
        whole: false,
    })
}

/// Most figures that are read after the point.
const DECIMALS: u32 = 12;

/// Figures after a point: their value as a whole number, how many, and where they end.
fn decimals(scan: &Scan<'_>, i: usize) -> Option<(u64, u32, usize)> {
    let (mut value, mut count, mut at) = (0_u64, 0, i);
    let figures = scan.line.at(i).is_ascii_digit();
    while count < DECIMALS {
        let c = scan.line.at(at);
        let digit = c.to_digit(10).map(u64::from).filter(|_| figures);
        let Some(digit) = digit.or_else(|| sino_digit(c).filter(|_| !figures)) else {
            break;
        };
        // 구십오 점이다: no 95.2; 3.5 이: a new word begins.
        if digit == 2 && !figures && is_copula(scan, at + 1) {
            break;
        }
        if count > 0 && scan.line.gap(at) && figures {
            break;
        }
        (value, count, at) = (value * 10 + digit, count + 1, at + 1);
    }
    (count > 0).then_some((value, count, at))
}

/// 삼점사, 일점이삼, 3.5.
fn decimal(scan: &Scan<'_>, i: usize) -> Option<Read> {
    let inner = i > 0 && matches!(scan.line.at(i - 1), '.') && !scan.line.gap(i);
    let whole = scan
        .number(i, |n| {
            !n.is_native() && scan.line.after_any(n.end, &["점", "."]).is_some()
        })
        .filter(|_| !inner)?;
    let at = scan.line.after_any(whole.end, &["점", "."])?;
    let (part, count, end) = decimals(scan, at)?;
    // 1.2.3 and 20.3ml are no numbers.
    let version = scan.line.at(end) == '.' && scan.line.at(end + 1).is_ascii_digit();
    (!version && !measured(scan, end)).then(|| Read {
        value: float(whole.value) + float(part) / 10_f64.powi(i32::try_from(count).unwrap_or(0)),
        end,
        whole: false,
    })
}

/// A number with a point in thousandths: 2.5, 삼점오.
pub(super) fn thousandths(scan: &Scan<'_>, i: usize) -> Option<(u64, usize)> {
    let whole = scan.number(i, |n| {
        !n.is_native() && n.value < 1_000_000 && scan.line.after_any(n.end, &["점", "."]).is_some()
    })?;
    let at = scan.line.after_any(whole.end, &["점", "."])?;
    let (part, count, end) = decimals(scan, at)?;
    let part = match count {
        1..=3 => part * 10_u64.pow(3 - count),
        more => part / 10_u64.pow(more - 3),
    };
    Some((whole.value * 1000 + part, end))
}

/// 두 다스: twelve each.
fn dozens(scan: &Scan<'_>, i: usize) -> Option<Read> {
    let n = scan.number(i, |n| scan.line.has(n.end, "다스") && n.kind != Kind::Misheard)?;
    Some(Read {
        value: float(n.value.saturating_mul(12)),
        end: scan.line.after(n.end, "다스")?,
        whole: true,
    })
}

/// A whole number where one can stand; single Sino-Korean syllables are mostly parts of words.
fn plain(scan: &Scan<'_>, i: usize, signed: bool) -> Option<Read> {
    let n = scan.number(i, |n| stands(scan, i, n, signed))?;
    Some(Read {
        value: float(n.value),
        end: n.end,
        whole: true,
    })
}

/// Units of measure: what is measured is no number by itself.
fn measured(scan: &Scan<'_>, end: usize) -> bool {
    const UNITS: [&str; 16] = [
        "미터",
        "밀리",
        "센티",
        "킬로",
        "그램",
        "리터",
        "인치",
        "피트",
        "마일",
        "야드",
        "파운드",
        "온스",
        "헥타르",
        "제곱",
        "바이트",
        "데시벨",
    ];
    let letters = !scan.line.gap(end) && scan.line.at(end).is_ascii_alphabetic();
    letters || UNITS.iter().any(|w| scan.line.has(end, w))
}

/// What may follow a number of figures in words.
const AFTER: [&str; 33] = [
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
    "원",
    "로",
    "조각",
    "이 넘",
    "이 모",
    "세입",
    "이야",
    "으로",
    "이라",
    "이고",
    "이나",
    "보다",
    "까지",
    "부터",
    "하고",
    "번",
    "도",
    "이었",
    "였",
    "달러",
    "퍼",
];
/// What is counted with native numbers, and with Sino-Korean ones only above ten.
const COUNTED: [&str; 14] = [
    "개", "명", "권", "마리", "잔", "병", "번", "가지", "사람", "대", "장", "그루", "송이", "살",
];
/// Words that begin or end as a number does.
const OTHER: [&str; 30] = [
    "만일",
    "만약",
    "만나",
    "만두",
    "만들",
    "만든",
    "만족",
    "만화",
    "천사",
    "천천",
    "천장",
    "백화",
    "백신",
    "백성",
    "억울",
    "억지",
    "조금",
    "조각",
    "조사",
    "조용",
    "육개장",
    "사과",
    "이미",
    "이사",
    "오이",
    "구두",
    "공부",
    "백두",
    "조만",
    "천만에",
];

fn stands(scan: &Scan<'_>, i: usize, n: &Number, signed: bool) -> bool {
    let led = signed || i == 0;
    let line = scan.line;
    let follows = |words: &[&str]| words.iter().any(|w| line.has(n.end, w));
    let closed = line.gap(n.end) || follows(&AFTER) || follows(&COUNTED) && !line.has(n.end, "개장");
    let whole = i == 0 && n.end == scan.places();
    if whole && n.kind != Kind::Misheard && n.kind != Kind::Pair {
        return true;
    }
    let particle = !line.gap(i) && (line.at(i) == '만' || line.at(i) == '이' && line.gap(i + 1));
    // 만 삼십 세: no ten thousand.
    let full = line.at(i) == '만' && line.gap(i + 1) && follows(&["세", "살"]);
    if particle || full || is_copula(scan, n.end) {
        return false;
    }
    let one = n.end - i == 1;
    if one && matches!(line.at(i), '두' | '세' | '네' | '석' | '넉') {
        return follows(&COUNTED);
    }
    let other = OTHER.iter().any(|w| line.has(i, w)) && n.end - i <= 2;
    match n.kind {
        Kind::Digits => !measured(scan, n.end),
        Kind::Sino if other && !signed => false,
        Kind::Sino if n.value == 0 => zero(scan, i, n.end, whole),
        // 백, 천, 만 by themselves are mostly parts of words.
        Kind::Sino if n.value >= 10 && one => line.gap(i) && closed && !follows(&["만", "도", "장"]),
        Kind::Sino if n.value >= 10 => {
            (closed || n.value >= 100 && (n.end - i > 2 || !line.gap(i))) && !measured(scan, n.end)
        }
        Kind::Sino if follows(&["과", "와"]) && !led => false,
        Kind::Sino => {
            (line.gap(i) || led)
                && closed
                && line.at(i) != '이'
                && (!follows(&COUNTED) || led)
                && (line.gap(n.end) == (n.end == scan.places()) || led)
        }
        Kind::Native => (line.gap(i) || n.value > 10) && (closed || !one) && !line.has(i, "한"),
        Kind::Misheard | Kind::Pair => false,
    }
}

/// 영 as a word, or after another number.
fn zero(scan: &Scan<'_>, i: usize, end: usize, whole: bool) -> bool {
    let particle = ["은", "는", "이다", "입니다", "을"]
        .iter()
        .any(|w| scan.line.has(end, w));
    let after_number = i > 0 && sino_digit(scan.line.at(i - 1)).is_some() && particle;
    whole || scan.line.gap(i) && (scan.line.gap(end) || particle) || after_number
}
