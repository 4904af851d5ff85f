//! Where the classifier is heard: it speaks up where the rules found nothing, found only "something else", or where it is
//! nearly certain that they took one thing for another. What has a value, the rules alone decide.

mod acts;
mod words;

pub use acts::acts;

use biseo_model::understanding::{Act, Intent, Slot, Topic};

use crate::cues::Concept;
use crate::guess::Guess;
use crate::intents::{self, Kind, Wishes};
use crate::reading::Reading;
use crate::things::What;
use crate::unheard::unread_in;
use words::{budget, has_word, nothing_left, possible};

/// Enough to speak up where the rules are silent.
const LIKELY: f32 = 0.5;
/// Enough to add to what the rules found.
const SURE: f32 = 0.85;
/// Enough in an open turn in which nothing else was heard, if it stands out.
const STANDS_OUT: f32 = 0.12;
/// Enough for the topic of what is known to be a question.
const KNOWN_QUESTION: f32 = 0.2;
/// Enough for a clause alone.
const ALONE: f32 = 0.6;
/// Enough for a clause that does not sound like a question.
const NEARLY_CERTAIN: f32 = 0.93;
/// So many characters that nothing explains make a clause's own words.
const OWN_WORDS: usize = 5;
/// So little, that what the rules found is doubted …
const UNLIKELY: f32 = 0.12;
/// … and so much, that something else is better.
const BETTER: f32 = 0.8;

const INTENTS: [Intent; 13] = [
    Intent::Book,
    Intent::ChangeBooking,
    Intent::CancelBooking,
    Intent::FindBooking,
    Intent::Order,
    Intent::ChangeOrder,
    Intent::CancelOrder,
    Intent::LeaveMessage,
    Intent::RequestCallback,
    Intent::Transfer,
    Intent::Complain,
    Intent::SalesPitch,
    Intent::Chitchat,
];

/// Words that mean something in the conversation itself.
const SAID: [Concept; 12] = [
    Concept::Bye,
    Concept::Stop,
    Concept::Greet,
    Concept::Thank,
    Concept::Repeat,
    Concept::Wait,
    Concept::Yes,
    Concept::No,
    Concept::Enough,
    Concept::Fine,
    Concept::Unsure,
    Concept::Any,
];

/// Mends the wishes.
pub fn wishes(reading: &Reading<'_>, kind: Kind, guess: &Guess, wishes: &mut Wishes) {
    let span = (0, reading.line.len());
    if wishes.intents.is_empty() {
        silent(reading, kind, guess, wishes);
        return by_clause(reading, wishes);
    }
    doubt(reading, kind, guess, wishes);
    if !reading.in_task() {
        for intent in INTENTS {
            let new = guess.intent(intent) >= SURE && possible(intent, kind, reading) && !wishes.has(intent);
            if new && goes_with(intent, wishes) {
                wishes.add(intent, span);
            }
        }
    }
    for &(topic, p) in guess.topics().iter().take(2) {
        let known = topic == Topic::Other || wishes.topics.iter().any(|(t, _)| *t == topic);
        let new = p >= NEARLY_CERTAIN && !known && has_word(topic, reading);
        if new && !wishes.has(Intent::SalesPitch) && !wishes.has(Intent::LeaveMessage) {
            ask(topic, span, wishes);
        }
    }
    by_clause(reading, wishes);
}

/// Of several clauses, one that has words of its own and asks something is heard for itself: a second question is lost in
/// the whole.
fn by_clause(reading: &Reading<'_>, wishes: &mut Wishes) {
    let sells = wishes.has(Intent::SalesPitch) || wishes.has(Intent::LeaveMessage);
    let acts = [Concept::Unsure, Concept::Wait, Concept::Repeat, Concept::Stop];
    let acts = reading.in_task() && reading.says_any(&acts);
    if reading.clauses.len() < 2 || sells || acts || reading.asked(Slot::Message) {
        return;
    }
    for &(start, end) in &reading.clauses {
        let known = wishes.topics.iter().any(|(_, (s, _))| (start..end).contains(s));
        let meant = end > wishes.meant_from;
        if known || !meant || unread_in(reading, start, end) < OWN_WORDS {
            continue;
        }
        let guess = Guess::of(reading, start, end);
        let (topic, p) = guess.topics()[0];
        let new = !wishes.topics.iter().any(|(t, _)| *t == topic);
        let asks = [Concept::Q, Concept::QStrong]
            .iter()
            .any(|c| reading.within(*c, start, end).is_some());
        let least = match (asks, topic) {
            (false, _) => NEARLY_CERTAIN,
            (true, Topic::Other) => SURE,
            (true, _) => ALONE,
        };
        if new && p >= least && has_word(topic, reading) {
            ask(topic, (start, end), wishes);
        }
    }
    intents::tidy(reading, wishes);
}

/// The rules found no wish.
fn silent(reading: &Reading<'_>, kind: Kind, guess: &Guess, wishes: &mut Wishes) {
    let span = (0, reading.line.len());
    if nothing_left(reading) {
        return;
    }
    // Within a task a value is an answer, and only a clear question or wish is more than that.
    let task = reading.in_task();
    // 안녕히 계세요, 그만할게요: what is said already has a meaning, and another one must be plain.
    // 오늘 예약한 김민수인데요 tells who calls, not yet what for.
    let named = reading.any_thing(0, usize::MAX, |w| matches!(w, What::Name(_)));
    let said = named || reading.says_any(&SAID);
    // "Call me on this number" answers the question for it.
    let number = reading.any_thing(0, usize::MAX, |w| matches!(w, What::Phone(..) | What::ThisNumber));
    let number = number && reading.asked(Slot::Phone);
    let least = if task || said { SURE } else { LIKELY };
    let acts = [
        Act::Affirm,
        Act::Deny,
        Act::Goodbye,
        Act::Greet,
        Act::Thank,
        Act::Repeat,
        Act::Wait,
        Act::Stop,
    ];
    let act = acts.iter().map(|a| guess.act(*a)).fold(0.0, f32::max);
    let mut found = false;
    for intent in INTENTS {
        let begins_anew = match intent {
            Intent::Book | Intent::Order | Intent::FindBooking | Intent::ChangeOrder => true,
            // A value to be changed is a correction of what is being told.
            Intent::ChangeBooking => !reading.things.is_empty(),
            // 취소할게요, said while one is being told, drops that.
            Intent::CancelBooking | Intent::CancelOrder => reading.things.is_empty(),
            _ => false,
        };
        let answers = number && matches!(intent, Intent::RequestCallback | Intent::LeaveMessage);
        // Whoever answers with a value does not complain, sell or chat.
        let aside = matches!(intent, Intent::Complain | Intent::SalesPitch | Intent::Chitchat);
        let aside = aside && task && !reading.things.is_empty();
        let unfit = task && begins_anew || answers || aside;
        let fits = possible(intent, kind, reading) && !unfit;
        if fits && guess.intent(intent) >= least && goes_with(intent, wishes) {
            wishes.add(intent, span);
            found = true;
        }
    }
    // 여섯 시부터 여덟 시까지요 tells hours, and asks none.
    let clocks = reading
        .things
        .iter()
        .filter(|t| matches!(t.what, What::Clock(_)))
        .count();
    let asks_hours = reading.line.question || reading.says_any(&[Concept::Q, Concept::QStrong]);
    let told = clocks >= 2 && !asks_hours;
    for &(topic, p) in guess.topics().iter().take(2) {
        let enough = if found { SURE } else { least };
        let asks = (!told || topic != Topic::Hours) && !nothing_left(reading) && has_word(topic, reading);
        if p >= enough && asks {
            ask(topic, span, wishes);
            found = true;
        }
    }
    let words: usize = reading.things.iter().map(|t| t.end - t.start).sum();
    let rest = reading.line.len().saturating_sub(words);
    let enough = if reading.line.is_korean() { 6 } else { 16 };
    let open = !task && !said && act < 0.2 && rest >= enough;
    if !found && open && !budget(reading) {
        best_of_all(reading, kind, guess, wishes);
    }
}

/// Who speaks in an open turn wants something: the likeliest, if it stands out.
fn best_of_all(reading: &Reading<'_>, kind: Kind, guess: &Guess, wishes: &mut Wishes) {
    let span = (0, reading.line.len());
    // A seller, one who complains or gives up a booking is heard or at least likely; neither is the best of bad guesses.
    const HEARD: [Intent; 4] = [
        Intent::SalesPitch,
        Intent::CancelBooking,
        Intent::CancelOrder,
        Intent::Complain,
    ];
    let intents = INTENTS
        .iter()
        .filter(|i| possible(**i, kind, reading) && !HEARD.contains(i));
    let intent = intents
        .copied()
        .max_by(|a, b| guess.intent(*a).total_cmp(&guess.intent(*b)));
    let topics = guess.topics();
    let named = topics.iter().find(|(t, _)| has_word(*t, reading));
    let (topic, p) = named.copied().unwrap_or((Topic::Other, 0.0));
    let q = intent.map_or(0.0, |i| guess.intent(i));
    let (best, second) = (p.max(q), p.min(q).max(topics[1].1));
    if best < STANDS_OUT || best < second * 1.4 {
        return;
    }
    match intent {
        Some(intent) if q > p => wishes.add(intent, span),
        _ => ask(topic, span, wishes),
    }
}

/// One intent of the rules that the classifier all but excludes gives way to one of which it is sure; "something else"
/// gives way to a topic.
fn doubt(reading: &Reading<'_>, kind: Kind, guess: &Guess, wishes: &mut Wishes) {
    let span = (0, reading.line.len());
    let only_other = wishes.topics.len() == 1 && wishes.topics[0].0 == Topic::Other;
    let (topic, p) = guess.topics()[0];
    let best = guess.topics().iter().find(|(t, _)| *t != Topic::Other);
    let other = guess
        .topics()
        .iter()
        .find(|(t, _)| *t == Topic::Other)
        .map_or(0.0, |(_, p)| *p);
    let named = best.filter(|(t, p)| *p >= KNOWN_QUESTION && *p >= other && has_word(*t, reading));
    // 유모차 끌고 들어가도 되나요: what was heard as something else is that, unless another topic is likely.
    let heard = reading.topics(0, usize::MAX).any(|(t, _)| t == Topic::Other);
    let named = named.filter(|(_, p)| !heard || *p >= LIKELY);
    if let (true, Some((named, _))) = (only_other, named) {
        wishes.topics[0].0 = *named;
    }
    if reading.in_task() || wishes.intents.len() != 1 {
        return;
    }
    let (intent, _) = wishes.intents[0];
    if guess.intent(intent) > UNLIKELY {
        return;
    }
    let better = INTENTS
        .iter()
        .find(|i| guess.intent(**i) >= BETTER && possible(**i, kind, reading));
    if let Some(better) = better {
        wishes.intents.clear();
        wishes.topics.clear();
        wishes.add(*better, span);
    } else if topic != Topic::Other && p >= BETTER {
        wishes.intents.clear();
        wishes.topics.clear();
        ask(topic, span, wishes);
    }
}

fn ask(topic: Topic, span: (usize, usize), wishes: &mut Wishes) {
    if wishes.topics.iter().any(|(t, _)| *t == topic) {
        return;
    }
    wishes.topics.push((topic, span));
    wishes.add(Intent::Ask, span);
}

/// Of intents about one thing there is one; a seller wants nothing else.
fn goes_with(intent: Intent, wishes: &Wishes) -> bool {
    const BOOKING: [Intent; 4] = [
        Intent::Book,
        Intent::ChangeBooking,
        Intent::CancelBooking,
        Intent::FindBooking,
    ];
    const ORDER: [Intent; 3] = [Intent::Order, Intent::ChangeOrder, Intent::CancelOrder];
    const WORD: [Intent; 3] = [Intent::LeaveMessage, Intent::RequestCallback, Intent::Transfer];
    let clash = |family: &[Intent]| family.contains(&intent) && family.iter().any(|i| wishes.has(*i));
    // Of an order that went wrong, nothing is ordered.
    if wishes.has(Intent::Complain) && matches!(intent, Intent::Order | Intent::Book) {
        return false;
    }
    let alone = matches!(intent, Intent::SalesPitch | Intent::Chitchat) && !wishes.intents.is_empty();
    !clash(&BOOKING) && !clash(&ORDER) && !clash(&WORD) && !alone && !wishes.has(Intent::SalesPitch)
}
