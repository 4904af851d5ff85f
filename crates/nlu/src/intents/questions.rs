//! Questions by topic.

use biseo_model::understanding::{Awaiting, Intent, Topic};

use super::{Clause, Wishes};
use crate::choices;
use crate::cues::Concept;
use crate::things::What;
use crate::vocabulary::Term;

/// Questions by topic.
pub(super) fn questions(clause: &Clause<'_, '_>, wishes: &mut Wishes) {
    use Concept::{Deliver, Q, TakeOut, Want};
    let reading = clause.reading;
    let span = clause.span;
    // 몇 명이나 올지 아직 모르겠네요
    let unsure = reading.in_task() && reading.says(Concept::Unsure) && !reading.says(Concept::QStrong);
    if unsure && !reading.line.question {
        return;
    }
    for (topic, cue) in reading.topics(span.0, span.1) {
        let fee = ["위약금", "수수료", "환불", "예약금"]
            .iter()
            .any(|w| reading.line.has(cue.start, w));
        if topic == Topic::Cancellation && wishes.has(Intent::CancelBooking) && !fee {
            continue;
        }
        let asked = clause.says(Q) || reading.line.question || asked_next(clause);
        let takes = matches!(
            topic,
            Topic::Other | Topic::Menu | Topic::Staff | Topic::Programs | Topic::Volunteer | Topic::Wait
        );
        let ordering =
            wishes.has(Intent::Order) && matches!(topic, Topic::Pickup | Topic::Delivery) && !asked;
        // 얼마나 돼요 asks how long, 얼마나 해요 how much.
        let how_much = topic == Topic::Price
            && reading.line.has(cue.end, "나")
            && !["나하", "나해", "나드", "나들", "나나"]
                .iter()
                .any(|w| reading.line.has(cue.end, w));
        let pay = topic == Topic::Payment && clause.any(&[TakeOut, Deliver]) && !asked;
        let wants = clause.says(Want) && topic != Topic::Other && !reading.in_task();
        let takes = takes
            || matches!(
                reading.context.awaiting,
                Some(Awaiting::Slot(_) | Awaiting::Confirm | Awaiting::Alternative | Awaiting::Offer)
            ) && !clause.says(Want);
        // 빠른 시간으로 할게요 takes one of those that were offered.
        let chooses = topic == Topic::Availability && choices::choice(reading).is_some();
        if (takes && !asked && !wants)
            || ordering
            || chooses
            || pay
            || how_much
            || (clause.says(Concept::Complaint) && !asked)
        {
            continue;
        }
        // 찾아가기로 한 사람인데: no way is asked.
        if topic == Topic::Location && reading.line.has(cue.end, "기로") {
            continue;
        }
        let place = (cue.start, cue.end);
        if !wishes.topics.iter().any(|(t, _)| *t == topic) {
            wishes.topics.push((topic, place));
            wishes.add(Intent::Ask, span);
        }
    }
    if let Some((topic, place)) = stocked(clause).or_else(|| on_duty(clause)) {
        wishes.topics.retain(|(t, _)| *t != topic);
        wishes.topics.push((topic, place));
        wishes
            .intents
            .retain(|(i, c)| *c != span || !matches!(i, Intent::Order | Intent::Book));
        wishes.add(Intent::Ask, span);
    }
    if let Some(place) = open_then(clause).filter(|_| !wishes.topics.iter().any(|(t, _)| *t == Topic::Hours))
    {
        wishes.topics.push((Topic::Hours, place));
        wishes.add(Intent::Ask, span);
    }
}

/// 케이크를 들고 | 가도 되는지도 여쭤볼게요: the question's end is in the next clause.
fn asked_next(clause: &Clause<'_, '_>) -> bool {
    let line = clause.reading.line;
    let goes_on = ["들고", "가지고", "데리고", "끌고", "타고", "먹고"]
        .iter()
        .any(|w| line.ends(clause.span.1, w));
    let next = clause.reading.clauses.iter().find(|c| c.0 == clause.span.1);
    goes_on
        && next.is_some_and(|&(start, end)| {
            clause.reading.within(Concept::QStrong, start, end).is_some()
                && clause.reading.topics(start, end).next().is_none()
        })
}

/// 소주 있어요?: an item and nothing but a question.
pub(super) fn stocked(clause: &Clause<'_, '_>) -> Option<(Topic, (usize, usize))> {
    use Concept::{Add, Deliver, Have, SellOrder, TakeOut};
    let counted = clause.thing(|w| matches!(w, What::Pieces(_)));
    let line = clause.reading.line;
    // 바꿔 주실 수 있어요 asks whether it can be done, not what there is.
    let can = clause
        .reading
        .within(Have, clause.span.0, clause.span.1)
        .is_some_and(|c| line.ends(c.start, "수"));
    // 뼈 없는 것도 되나요
    let also = clause.says(Concept::Possible)
        && clause.reading.things.iter().any(|t| {
            let item = matches!(t.what, What::Term(Term::Item(_)))
                && (clause.span.0..clause.span.1).contains(&t.start);
            item && ["것도", "거도", "도"].iter().any(|w| line.has(t.end, w))
        });
    let asks = (clause.says(Have) && !can || also) && clause.has_item() && !clause.asks_any();
    let orders = clause.any(&[Add, Deliver, SellOrder, TakeOut]);
    (asks && !counted && !orders).then_some((Topic::Menu, clause.span))
}

/// 지은 선생님 내일 계세요?: a person and a day.
pub(super) fn on_duty(clause: &Clause<'_, '_>) -> Option<(Topic, (usize, usize))> {
    let (start, end) = clause.span;
    let person = clause.says(Concept::Person) || clause.thing(|w| matches!(w, What::Term(Term::Staff(_))));
    let day = clause.thing(|w| matches!(w, What::Day(_) | What::Stretch | What::Part(_)));
    let verbs = [
        "계세요",
        "계시나",
        "계신가",
        "계십니까",
        "나오세요",
        "나오시나",
        "출근",
        "쉬세요",
        "쉬시나",
        "쉬나요",
        "나와요",
        "나와여",
        "나오나",
        "근무",
    ];
    let verb = (start..end).find(|i| verbs.iter().any(|v| clause.reading.line.has(*i, v)))?;
    (person && day).then_some((Topic::Staff, (verb, end)))
}

/// 토요일에도 해요?, 설날 당일에도 하시나요?: open on that day?
pub(super) fn open_then(clause: &Clause<'_, '_>) -> Option<(usize, usize)> {
    const VERBS: [&str; 18] = [
        "해요",
        "하나요",
        "하시나요",
        "하세요",
        "하시죠",
        "하죠",
        "여나요",
        "열어요",
        "여시나요",
        "합니까",
        "하시는지",
        "하는지",
        "하십니까",
        "하나",
        "여세요",
        "엽니까",
        "하능교",
        "하지요",
    ];
    let line = clause.reading.line;
    clause.reading.things.iter().find_map(|t| {
        let day = matches!(t.what, What::Day(_) | What::Stretch | What::Part(_));
        if !day || t.start < clause.span.0 || t.start >= clause.span.1 {
            return None;
        }
        let at = ["에도", "도", "에는", "에", "은", "는", "까지"]
            .iter()
            .find_map(|p| line.after(t.end, p))
            .unwrap_or(t.end);
        let at = line.after_any(at, &["영업", "문", "장사", "가게"]).unwrap_or(at);
        let end = line.after_any(at, &VERBS)?;
        line.gap(end).then_some((at, end))
    })
}
