//! Which of several that were offered: 두 번째 걸로요, 늦은 걸로 할게요.

use biseo_model::hint::{Choice, Hint};
use biseo_model::understanding::{Awaiting, Slot};

use crate::reading::Reading;

const WHICH: [(&str, Choice); 30] = [
    ("첫번째", Choice::Nth(1)),
    ("첫째", Choice::Nth(1)),
    ("처음거", Choice::Nth(1)),
    ("처음걸", Choice::Nth(1)),
    ("앞에거", Choice::Nth(1)),
    ("앞에걸", Choice::Nth(1)),
    ("앞의것", Choice::Nth(1)),
    ("앞시간", Choice::Nth(1)),
    ("먼저말", Choice::Nth(1)),
    ("두번째", Choice::Nth(2)),
    ("둘째", Choice::Nth(2)),
    ("세번째", Choice::Nth(3)),
    ("셋째", Choice::Nth(3)),
    ("네번째", Choice::Nth(4)),
    ("마지막", Choice::Last),
    ("뒤에거", Choice::Last),
    ("뒤에걸", Choice::Last),
    ("나중거", Choice::Last),
    ("나중걸", Choice::Last),
    ("늦은", Choice::Latest),
    ("빠른", Choice::Earliest),
    ("이른", Choice::Earliest),
    ("thefirst", Choice::Nth(1)),
    ("thesecond", Choice::Nth(2)),
    ("thethird", Choice::Nth(3)),
    ("thelast", Choice::Last),
    ("thelater", Choice::Latest),
    ("thelatest", Choice::Latest),
    ("theearlier", Choice::Earliest),
    ("theearliest", Choice::Earliest),
];

/// The choice, where several were offered.
pub fn choice(reading: &Reading<'_>) -> Option<Hint> {
    let offered = matches!(
        reading.context.awaiting,
        Some(Awaiting::Alternative | Awaiting::Slot(Slot::BookingRef))
    );
    let line = reading.line;
    // 더 늦은 시간은 없나요: asks for another one.
    let asks = line.question
        || (0..line.len()).any(|i| line.has(i, "없") || line.has(i, "더늦") || line.has(i, "더빠"));
    if !offered || asks {
        return None;
    }
    (0..line.len())
        .filter(|i| line.gap(*i))
        .find_map(|i| WHICH.iter().find(|(word, _)| line.has(i, word)))
        .map(|(_, which)| Hint::Choice { which: *which })
}
