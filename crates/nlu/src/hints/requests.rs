//! Wishes for those who serve, which no slot holds: 창가 자리로요, 유모차 가져가요; and what is not wanted: 아기 의자는 빼 주세요.

use biseo_model::hint::Hint;
use biseo_model::understanding::{Intent, Topic};

use crate::cues::Concept;
use crate::intents::Wishes;
use crate::reading::Reading;

/// What a place has or a guest brings.
const WORDS: [&str; 34] = [
    "창가",
    "창쪽",
    "조용한",
    "구석",
    "안쪽",
    "테라스",
    "야외",
    "룸으로",
    "방으로",
    "개인실",
    "별실",
    "독방",
    "좌식",
    "입식",
    "이인석",
    "사인석",
    "육인석",
    "단체석",
    "금연석",
    "붙여",
    "유모차",
    "휠체어",
    "아기 의자",
    "유아 의자",
    "아이 의자",
    "애기 의자",
    "유아용 의자",
    "케이크",
    "알레르기",
    "알러지",
    "window seat",
    "high chair",
    "wheelchair",
    "stroller",
];

/// The requests and what is taken back.
pub fn requests(reading: &Reading<'_>, wishes: &Wishes) -> Vec<Hint> {
    let mut all = Vec::new();
    for &(start, end) in &reading.clauses {
        let Some((at, after)) = found(reading, start, end) else {
            continue;
        };
        let line = reading.line;
        if taken_back(reading, after) {
            all.push(Hint::Without {
                words: line.words(at, after),
            });
        } else if !asked(reading, wishes, (start, end)) {
            all.push(Hint::Request {
                words: line.words(at, wished(reading, after, end)),
            });
        }
    }
    all
}

/// Where the words of a wish end: 창가 자리|로 부탁드려요.
fn wished(reading: &Reading<'_>, after: usize, end: usize) -> usize {
    const TO: [&str; 2] = ["으로", "로"];
    const ASKS: [&str; 12] = [
        "부탁",
        "해 주",
        "해주",
        "주세요",
        "주시",
        "할게",
        "잡아",
        "예약",
        "앉",
        "요",
        "해 줘",
        "좀",
    ];
    let line = reading.line;
    (after..end)
        .find(|&i| {
            let at = line.after_any(i, &TO).or_else(|| line.gap(i).then_some(i));
            at.is_some_and(|at| ASKS.iter().any(|w| line.has(at, w)))
        })
        .unwrap_or(end)
}

fn found(reading: &Reading<'_>, start: usize, end: usize) -> Option<(usize, usize)> {
    let line = reading.line;
    (start..end).filter(|i| line.gap(*i)).find_map(|i| {
        WORDS
            .iter()
            .find_map(|w| line.after(i, w))
            .map(|after| (i, after))
    })
}

/// 아기 의자는 빼 주세요, 필요 없어요.
fn taken_back(reading: &Reading<'_>, after: usize) -> bool {
    let line = reading.line;
    let at = line
        .after_any(after, &["은", "는", "을", "를", "도"])
        .unwrap_or(after);
    ["빼", "필요없", "필요 없", "됐", "안 써", "취소"]
        .iter()
        .any(|w| line.has(at, w))
}

/// A question about it is answered, not noted.
fn asked(reading: &Reading<'_>, wishes: &Wishes, (start, end): (usize, usize)) -> bool {
    let fact = |(topic, (s, _)): &(Topic, (usize, usize))| {
        let here = (start..end).contains(s) || *s == 0;
        here && matches!(topic, Topic::Other | Topic::Capacity | Topic::Availability)
    };
    let q = [Concept::Q, Concept::QStrong]
        .iter()
        .any(|c| reading.within(*c, start, end).is_some());
    wishes.has(Intent::Ask) && (q || wishes.topics.iter().any(fact))
        || reading.line.question && wishes.has(Intent::Ask)
}
