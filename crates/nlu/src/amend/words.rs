//! What must have been said for a guess to be believed.

use biseo_model::understanding::{Intent, Topic};

use crate::cues::{Concept, Cue, Tells};
use crate::intents::Kind;
use crate::reading::Reading;
use crate::things::What;
use crate::unheard::unread;
use crate::vocabulary::Term;

/// Values with an ending, 점심시간에요, and no word of a question: nothing to guess from.
pub(super) fn nothing_left(reading: &Reading<'_>) -> bool {
    // 점심시간에요: 에요 is a question's ending as well.
    let q = |c: &Cue| c.tells == Tells::Concept(Concept::Q) && !reading.line.has(c.start, "에요");
    let asks = reading.line.question || reading.says(Concept::QStrong) || reading.cues.iter().any(q);
    const WISHES: [Concept; 6] = [
        Concept::Want,
        Concept::Possible,
        Concept::Have,
        Concept::Seat,
        Concept::Visit,
        Concept::Change,
    ];
    !asks && !reading.things.is_empty() && !reading.says_any(&WISHES) && unread(reading) <= 3
}

/// 인당 삼만 원 정도요: what one wishes to spend; no slot holds it, and it asks nothing.
pub(super) fn budget(reading: &Reading<'_>) -> bool {
    let line = reading.line;
    let spends = [
        "원 정도요",
        "원 정도",
        "원쯤이요",
        "원쯤",
        "원 선이요",
        "원 선에서요",
        "원이요",
        "원으로요",
        "원 안으로요",
    ]
    .iter()
    .any(|w| line.ends(line.len(), w));
    spends && !line.question
}

/// What cannot be asked without a word for it is not guessed.
pub(super) fn has_word(topic: Topic, reading: &Reading<'_>) -> bool {
    const CARS: [&str; 15] = [
        "주차",
        "차",
        "댈",
        "대도",
        "대고",
        "세워",
        "세울",
        "파킹",
        "발렛",
        "오토바이",
        "트럭",
        "park",
        "car",
        "drive",
        "driving",
    ];
    const NETS: [&str; 8] = [
        "와이",
        "인터넷",
        "비번",
        "비밀",
        "와파",
        "wi",
        "internet",
        "password",
    ];
    const BRINGS: [&str; 15] = [
        "배달",
        "배송",
        "갖다",
        "가져다",
        "보내",
        "오나",
        "오세",
        "오는",
        "오시",
        "와 주",
        "퀵",
        "deliver",
        "bring",
        "send",
        "시켜",
    ];
    const PAY: [&str; 26] = [
        "카드",
        "결제",
        "계산",
        "현금",
        "페이",
        "이체",
        "입금",
        "계좌",
        "상품권",
        "영수",
        "화폐",
        "할부",
        "선금",
        "예약금",
        "보증금",
        "디파짓",
        "외상",
        "돈",
        "통장",
        "쿠폰",
        "pay",
        "card",
        "cash",
        "deposit",
        "check",
        "tip",
    ];
    let line = reading.line;
    let any = |words: &[&str]| (0..line.len()).any(|i| words.iter().any(|w| line.has(i, w)));
    let stroller = |i: usize| line.at(i) == '차' && line.ends(i, "유모");
    match topic {
        Topic::Parking => (0..line.len()).any(|i| !stroller(i) && CARS.iter().any(|w| line.has(i, w))),
        Topic::Wifi => any(&NETS),
        Topic::Payment => any(&PAY),
        Topic::Delivery => any(&BRINGS),
        _ => true,
    }
}

/// Whether a shop of this kind can do it.
pub(super) fn possible(intent: Intent, kind: Kind, reading: &Reading<'_>) -> bool {
    match intent {
        Intent::Order if kind.bookings => kind.menu && names_goods(reading),
        Intent::Order | Intent::ChangeOrder | Intent::CancelOrder => kind.menu,
        Intent::Book => kind.bookings,
        _ => true,
    }
}

/// 두 시에 갈게요, of a shop with tables, takes nothing away.
fn names_goods(reading: &Reading<'_>) -> bool {
    let goods = [
        Concept::TakeOut,
        Concept::Deliver,
        Concept::OrderNoun,
        Concept::SellOrder,
    ];
    let item = reading.any_thing(0, usize::MAX, |w| matches!(w, What::Term(Term::Item(_))));
    item || reading.says_any(&goods)
}
