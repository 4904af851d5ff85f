//! What only the whole utterance tells.

use biseo_model::understanding::{Intent, Topic};

use super::{Kind, Wishes};
use crate::anchors::{self, Anchor};
use crate::cues::{Concept, Cue, Tells};
use crate::hints::says_usual;
use crate::reading::Reading;
use crate::relative;
use crate::things::What;
use crate::unheard::{unread, unread_in};
use crate::vocabulary::Term;

/// What only the whole utterance tells.
pub(super) fn whole(reading: &Reading<'_>, kind: Kind, wishes: &mut Wishes) {
    let span = (0, reading.line.len());
    if wishes.intents.is_empty() && !reading.in_task() && kind.menu && goods_alone(reading) {
        wishes.add(Intent::Order, span);
    }
    if wishes.intents.is_empty() && !reading.in_task() && booking_values(reading, kind) {
        wishes.add(Intent::Book, span);
    }
    if wishes.intents.is_empty() && !reading.in_task() && kind.bookings && services_alone(reading) {
        wishes.add(Intent::Book, span);
    }
    if wishes.intents.is_empty() && !reading.in_task() && kind.bookings && says_usual(reading.line) {
        wishes.add(Intent::Book, span);
    }
    let anchored = anchors::find(reading.line).is_some_and(|(a, _, _)| a != Anchor::Now);
    if wishes.intents.is_empty() && !reading.in_task() && kind.bookings && anchored {
        wishes.add(Intent::Book, span);
    }
    if wishes.intents.is_empty() && !reading.in_task() && and_this(reading) {
        wishes.topics.push((Topic::Price, span));
        wishes.add(Intent::Ask, span);
    }
    if wishes.intents.is_empty() && !reading.in_task() && has_booked(reading) {
        wishes.add(Intent::FindBooking, span);
    }
    if wishes.intents.iter().all(|(i, _)| *i == Intent::Ask)
        && !wishes.intents.is_empty()
        && !reading.in_task()
        && kind.bookings
    {
        let told = reading.clauses.iter().find(|&&c| told_apart(reading, c));
        if let Some(&clause) = told {
            wishes.intents.insert(0, (Intent::Book, clause));
        }
    }
    if !wishes.has(Intent::FindBooking)
        && !reading.in_task()
        && reading.says(Concept::Find)
        && (reading.says(Concept::DoneBooking) || was_when(reading))
        && !wishes.has(Intent::ChangeBooking)
        && !wishes.has(Intent::CancelBooking)
    {
        wishes.add(Intent::FindBooking, span);
    }
    if wishes.intents.is_empty() && !reading.in_task() {
        named_topics(reading, wishes);
    }
    if !reading.in_task() && kind.bookings && comes(reading) && only_other(wishes) {
        wishes.topics.clear();
        wishes.intents.clear();
        wishes.add(Intent::Book, span);
    }
    if wishes.intents.is_empty() && reading.context.awaiting.is_none() && is_it_not(reading) {
        wishes.topics.push((Topic::Other, span));
        wishes.add(Intent::Ask, span);
    }
    let visits = reading.says_any(&[Concept::Already, Concept::RuleIf]);
    let strong = reading.says(Concept::QStrong) || reading.line.question;
    // 두세 시쯤 괜찮아요?
    let strong = strong || reading.says(Concept::Q) && reading.says(Concept::Fine) && !reading.in_task();
    // 드라이만 하면 돼요 결혼식 가야 돼서요: who answers with a value does not chat.
    let answers = reading.in_task() && !reading.things.is_empty();
    let chat = reading.says(Concept::Chitchat) && !answers;
    if wishes.intents.is_empty() && chat && !reading.says(Concept::Repeat) {
        wishes.add(Intent::Chitchat, span);
    } else if wishes.intents.is_empty() && (visits || strong) && other_question(reading) {
        wishes
            .topics
            .push((whether_then(reading, kind).unwrap_or(Topic::Other), span));
        wishes.add(Intent::Ask, span);
    }
}

/// Nothing but "something else" was heard.
fn only_other(wishes: &Wishes) -> bool {
    let ask = wishes.intents.iter().all(|(i, _)| *i == Intent::Ask);
    ask && wishes.topics.iter().all(|(t, _)| *t == Topic::Other)
}

/// 식구들 데리고 가려는데 전화로도 되는 거요: who means to come with others wants a table.
fn comes(reading: &Reading<'_>) -> bool {
    const WITH: [&str; 12] = [
        "데리고 가려",
        "데리고 갈",
        "데리고 가고 싶",
        "모시고 가려",
        "모시고 갈",
        "모시고 가고 싶",
        "이랑 가려",
        "랑 가려",
        "하고 가려",
        "끼리 가려",
        "밥 먹으러 가려",
        "식사하러 가려",
    ];
    const GUESTS: [&str; 14] = [
        "식구",
        "가족",
        "부모님",
        "어머니",
        "아버지",
        "엄마",
        "아빠",
        "친구",
        "손님",
        "동료",
        "직원",
        "어른",
        "손주",
        "애들",
    ];
    let line = reading.line;
    let says = |words: &[&str]| (0..line.len()).any(|i| words.iter().any(|w| line.has(i, w)));
    says(&WITH) && says(&GUESTS)
}

/// 거기가 보건소 아니에요: a question, where nothing was asked that could be denied.
fn is_it_not(reading: &Reading<'_>) -> bool {
    let line = reading.line;
    let end = [
        "아니에요",
        "아니예요",
        "아닌가요",
        "아닙니까",
        "아니죠",
        "아니지요",
    ]
    .iter()
    .find(|w| line.ends(line.len(), w))
    .map(|w| line.len() - w.chars().count());
    end.is_some_and(|at| at >= 3 && line.gap(at)) && !reading.says(Concept::NotWish)
}

/// 금요일 예약 시간이 몇 시였죠: asked in the past tense, of a booking.
fn was_when(reading: &Reading<'_>) -> bool {
    let line = reading.line;
    let past =
        |c: &Cue| c.tells == Tells::Concept(Concept::Find) && (c.start..c.end + 1).any(|i| line.has(i, "였"));
    reading.says(Concept::Booking) && reading.cues.iter().any(past)
}

/// A topic alone is asked about, whatever the ending: 오늘 웨이팅 많아요.
pub(super) fn named_topics(reading: &Reading<'_>, wishes: &mut Wishes) {
    let span = (0, reading.line.len());
    let all: Vec<_> = reading
        .topics(0, span.1)
        .map(|(t, c)| (t, (c.start, c.end)))
        .collect();
    for (topic, place) in all {
        if topic != Topic::Price && !wishes.topics.iter().any(|(t, _)| *t == topic) {
            wishes.topics.push((topic, place));
            wishes.add(Intent::Ask, span);
        }
    }
}

/// A clause that says when and for whom, beside the one that asks.
pub(super) fn told_apart(reading: &Reading<'_>, (start, end): (usize, usize)) -> bool {
    let has = |is: fn(&What) -> bool| reading.any_thing(start, end, is);
    let when = has(|w| matches!(w, What::Day(_))) && has(|w| matches!(w, What::Clock(_)));
    let who = has(|w| matches!(w, What::People(_) | What::Term(Term::Service(_) | Term::Staff(_))));
    let asks =
        reading.topics(start, end).next().is_some() || reading.within(Concept::QStrong, start, end).is_some();
    when && who && !asks
}

/// 뿌염이랑 컷트요: services and nothing else.
fn services_alone(reading: &Reading<'_>) -> bool {
    let service = |w: &What| matches!(w, What::Term(Term::Service(_)));
    let asks = reading.line.question || reading.says_any(&[Concept::QStrong, Concept::DoneBooking]);
    reading.any_thing(0, usize::MAX, service) && !asks && !topical(reading) && unread(reading) <= 5
}

/// 염색은요?: a word of the shop as a topic. What was asked of the last one is not known here; mostly it is the price.
fn and_this(reading: &Reading<'_>) -> bool {
    let line = reading.line;
    let [thing] = &reading.things[..] else {
        return false;
    };
    let word = matches!(thing.what, What::Term(Term::Service(_) | Term::Item(_)));
    let end = line.after_any(thing.end, &["은요", "는요", "도요"]);
    word && end == Some(line.len()) && unread(reading) <= 4
}

fn topical(reading: &Reading<'_>) -> bool {
    let line = reading.line;
    ["은요", "는요"].iter().any(|w| line.ends(line.len(), w))
}

/// 제가 어제 예약을 했는데요: who says so wants something of that booking.
fn has_booked(reading: &Reading<'_>) -> bool {
    let line = reading.line;
    let told = [
        "했는데요",
        "했는데",
        "했었는데요",
        "했거든요",
        "놨는데요",
        "뒀는데요",
    ]
    .iter()
    .any(|w| line.ends(line.len(), w));
    let named = reading.any_thing(0, usize::MAX, |w| matches!(w, What::Name(_)));
    let whether = [
        "했나요",
        "놨나요",
        "됐나요",
        "했나",
        "했는지",
        "돼 있나요",
        "들어갔나요",
    ]
    .iter()
    .any(|w| line.ends(line.len(), w));
    (told || whether) && !named && reading.says(Concept::DoneBooking)
}

/// 아침 아홉 시 돼요?, 두세 시쯤 괜찮아요?: a day or a time, and whether it can be had.
fn whether_then(reading: &Reading<'_>, kind: Kind) -> Option<Topic> {
    let when = |w: &What| {
        matches!(
            w,
            What::Day(_) | What::Clock(_) | What::Part(_) | What::Stretch | What::Later(_)
        )
    };
    let anchored = anchors::find(reading.line).is_some();
    let rule = reading.says_any(&[Concept::RuleIf, Concept::Already]);
    // 배가 아파서 그러는데 내일 아침 일찍 되나요: one clause of several asks it.
    let asked = |&(start, end): &(usize, usize)| {
        let said = reading.any_thing(start, end, when) || anchored;
        let can = [Concept::Possible, Concept::Fine, Concept::No, Concept::Have];
        let can = can.iter().any(|c| reading.within(*c, start, end).is_some());
        said && can && unread_in(reading, start, end) <= 7
    };
    let then = !rule && reading.clauses.iter().any(asked);
    then.then_some(if kind.bookings {
        Topic::Availability
    } else {
        Topic::Hours
    })
}

pub(super) fn goods_alone(reading: &Reading<'_>) -> bool {
    let items = reading
        .things
        .iter()
        .filter(|t| matches!(t.what, What::Term(Term::Item(_))))
        .count();
    items > 0 && !reading.says_any(&[Concept::DoneOrder, Concept::QStrong])
}

pub(super) fn other_question(reading: &Reading<'_>) -> bool {
    use Concept::{Greet, Repeat, Unsure, Wait};
    let acts = reading.says_any(&[Repeat, Wait, Unsure, Greet, Concept::Thank, Concept::Bye]);
    let fine = reading.says(Concept::Fine) && (reading.things.is_empty() || reading.in_task());
    let answers = reading.in_task()
        && (!reading.things.is_empty()
            || relative::anaphor(reading).is_some()
            || reading.says_any(&[Concept::No, Concept::Yes, Concept::Enough]));
    !acts && !fine && !answers && !reading.says(Concept::Any) && reading.line.len() >= 5
}

/// Enough values for a booking with no word of it: 내일 두 시 두 명.
pub(super) fn booking_values(reading: &Reading<'_>, kind: Kind) -> bool {
    let has = |is: fn(&What) -> bool| reading.any_thing(0, usize::MAX, is);
    let seats = reading
        .things
        .iter()
        .any(|t| matches!(t.what, What::People(_)) && reading.line.ends(t.end, "석"));
    let when = has(|w| matches!(w, What::Day(_) | What::Clock(_) | What::Later(_)))
        || reading.says(Concept::Seat)
        || seats;
    let who = has(|w| matches!(w, What::People(_) | What::Term(Term::Service(_) | Term::Staff(_))));
    kind.bookings && when && who && !reading.says_any(&[Concept::DoneOrder, Concept::Already])
}
