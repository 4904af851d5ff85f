//! Where a number can stand: most syllables that are figures are mostly parts of words (일부, 만두, 사과, 이 책).

use crate::jamo;
use crate::numerals::{Kind, Number, sino_digit};
use crate::scan::Scan;

/// Whether the 이 that ends just before a place is no two: 삼백|이다, 백|이 넘는.
pub(super) fn is_copula(scan: &Scan<'_>, end: usize) -> bool {
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

/// Units of measure: what is measured is no number by itself.
pub(super) fn measured(scan: &Scan<'_>, end: usize) -> bool {
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

pub(super) fn stands(scan: &Scan<'_>, i: usize, n: &Number, signed: bool) -> bool {
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
