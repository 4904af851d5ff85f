//! Orders: new, changed, cancelled.

use biseo_model::understanding::{Intent, Topic};

use super::{Clause, Wishes};
use crate::cues::Concept;
use crate::things::What;

/// Orders: new, changed, cancelled.
pub(super) fn orders(clause: &Clause<'_, '_>, wishes: &mut Wishes) {
    use Concept::{
        Add, Already, Cancel, Change, Deliver, DoneOrder, NotWish, OrderNoun, Remove, SellOrder, TakeOut,
        Want,
    };
    if !clause.kind.menu || clause.reading.in_task() {
        return;
    }
    let span = clause.span;
    if let Some(not) = clause.reading.within(NotWish, span.0, span.1) {
        // 주문 취소가 아니라 추가하려고요: what comes after is wished.
        let after = |c: Concept| clause.reading.within(c, not.end, span.1).is_some();
        if clause.about_order() && [Add, Change, Remove].into_iter().any(after) {
            wishes.add(Intent::ChangeOrder, (not.end, span.1));
        }
        return;
    }
    let mends = clause.any(&[Remove, Change, Add]) && clause.has_item();
    let done = clause.says(DoneOrder) || mends && clause.reading.says(DoneOrder);
    if clause.says(Cancel)
        && (done || clause.says(OrderNoun) || (clause.has_item() && !clause.says(Concept::Booking)))
        && !clause.asks(Topic::Cancellation)
    {
        wishes.add(Intent::CancelOrder, span);
        return;
    }
    let priced = clause.asks(Topic::Price) && !clause.any(&[TakeOut, Add]);
    if (done || again(clause)) && clause.any(&[Add, Change, Remove]) && !clause.says(Already) {
        wishes.add(Intent::ChangeOrder, span);
        return;
    }
    // 콜라만 빼 달라는 거예요: of an order that stands, as nothing else is ordered.
    let counts = clause
        .reading
        .any_thing(0, usize::MAX, |w| matches!(w, What::Pieces(_)));
    if clause.says(Remove) && clause.has_item() && !counts && !clause.any(&[TakeOut, Deliver, SellOrder]) {
        wishes.add(Intent::ChangeOrder, span);
        return;
    }
    let counted = clause.thing(|w| matches!(w, What::Pieces(_)));
    let goods = clause.has_item() && !done && !priced && !clause.says(Concept::Complaint);
    let wanted = clause.any(&[TakeOut, SellOrder, Deliver, Add, Concept::Give]) || counted;
    let eats = clause.reading.says(Concept::Seat) || clause.says(Concept::Find) || clause.asks(Topic::Other);
    let named = goods && wanted && !eats && !clause.asks(Topic::Menu);
    // 찌개 두 개 포장이요: so many of something, to take away.
    let wished = clause.any(&[Want, SellOrder]) || counted && clause.says(TakeOut);
    if named || !done && bare_order(clause) && wished {
        wishes.add(Intent::Order, span);
    }
}

/// 포장 주문하려고요, 배달 좀 시키려고요, without an item.
pub(super) fn bare_order(clause: &Clause<'_, '_>) -> bool {
    if clause.says(Concept::RuleIf) || clause.says(Concept::Tell) {
        return false;
    }
    use Concept::{Booking, Deliver, OrderNoun, SellOrder, TakeOut};
    let noun = clause.any(&[TakeOut, Deliver, OrderNoun]) || clause.says(SellOrder) && !clause.says(Booking);
    let latin = !clause.reading.line.is_korean();
    // 몇 시까지 주문 받으세요 asks for the hours.
    let hours = clause.says(Concept::Q) && has_word(clause, &["몇시", "언제"]);
    let asks = clause.asks_any() && !clause.asks(Topic::Price) || hours;
    let sure = !latin || clause.any(&[OrderNoun, TakeOut, Deliver]);
    noun && sure && !asks && !clause.says(Booking)
}

fn has_word(clause: &Clause<'_, '_>, words: &[&str]) -> bool {
    let line = clause.reading.line;
    (clause.span.0..clause.span.1).any(|i| line.gap(i) && words.iter().any(|w| line.has(i, w)))
}

/// 아까, 방금, 더: something was ordered before.
pub(super) fn again(clause: &Clause<'_, '_>) -> bool {
    let line = clause.reading.line;
    let before = |w: &str| (clause.span.0..clause.span.1).any(|i| line.has(i, w) && line.gap(i));
    before("아까")
        || before("더추가")
        || before("방금")
        || (before("더") && clause.says(Concept::Add) && !clause.says(Concept::TakeOut))
}
