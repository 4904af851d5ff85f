//! What the words do in the conversation: yes, no, wait, good-bye.

use biseo_model::understanding::{Act, Awaiting, Intent, Slot};

use crate::cues::{Concept, Tells};
use crate::intents::Wishes;
use crate::reading::Reading;

/// What the acts depend on besides the words.
#[derive(Debug, Clone, Copy, Default)]
pub struct Facts {
    /// A value was replaced by another one.
    pub corrected: bool,
    /// There are values.
    pub filled: bool,
    /// The slot that was asked for is among them.
    pub answered: bool,
}

/// The acts of an utterance, in order.
pub fn acts(reading: &Reading<'_>, wishes: &Wishes, facts: Facts) -> Vec<Act> {
    let mut acts = Vec::new();
    let says = |c| reading.says(c);
    let content = facts.filled || !wishes.intents.is_empty();
    if says(Concept::Greet) && !content && !says(Concept::Bye) {
        acts.push(Act::Greet);
    }
    let stop = stops(reading, wishes);
    if stop && reading.context.awaiting == Some(Awaiting::Alternative) {
        acts.push(Act::Deny);
    }
    if stop {
        acts.push(Act::Stop);
    }
    if says(Concept::Repeat) && !facts.answered && wishes.intents.is_empty() || asked_again(reading) {
        acts.push(Act::Repeat);
    }
    if says(Concept::Wait) && !content && !acts.contains(&Act::Repeat) && !stop {
        acts.push(Act::Wait);
    }
    // 댈 수 있는지 모르겠어요 asks.
    let asks = !wishes.intents.is_empty() && !reading.in_task();
    if says(Concept::Unsure) && !facts.answered && !asks && !acts.contains(&Act::Repeat) {
        acts.push(Act::Unsure);
    }
    if facts.corrected {
        acts.push(Act::Correct);
    }
    let settled = stop
        || facts.corrected
        || acts
            .iter()
            .any(|a| matches!(a, Act::Wait | Act::Repeat | Act::Unsure));
    if !settled {
        acts.extend(answer(reading, wishes, facts));
    }
    if says(Concept::Thank) && !wishes.has(Intent::SalesPitch) {
        acts.push(Act::Thank);
    }
    if parts(reading, facts) && !wishes.has(Intent::Transfer) {
        acts.push(Act::Goodbye);
    }
    acts
}

/// A good-bye; "그럼 그날 점심 열두 시로 할게요" only begins like one.
fn parts(reading: &Reading<'_>, facts: Facts) -> bool {
    let bye = Tells::Concept(Concept::Bye);
    let then = |start: usize| reading.line.has(start, "그럼 그") && facts.filled;
    reading.cues.iter().any(|c| c.tells == bye && !then(c.start))
}

/// "네?" is "pardon?".
fn asked_again(reading: &Reading<'_>) -> bool {
    let line = reading.line;
    let word: String = line.cells.iter().map(|c| c.c).collect();
    line.question
        && matches!(
            word.as_str(),
            "네" | "예" | "네에" | "예에" | "어" | "응" | "what" | "sorry" | "huh"
        )
}

fn stops(reading: &Reading<'_>, wishes: &Wishes) -> bool {
    let asked = reading.context.awaiting;
    let task = matches!(asked, Some(Awaiting::Slot(_) | Awaiting::Confirm));
    if postpones(reading, wishes) {
        return true;
    }
    if reading.says(Concept::Stop) {
        let declines = matches!(asked, Some(Awaiting::Offer | Awaiting::AnythingElse));
        return !declines && wishes.intents.is_empty() && reading.things.is_empty();
    }
    task && reading.says(Concept::Cancel)
        && wishes.intents.is_empty()
        && reading.things.is_empty()
        && !reading.says(Concept::NotWish)
}

/// 남편한테 물어보고 다시 전화할게요: nothing more today.
fn postpones(reading: &Reading<'_>, wishes: &Wishes) -> bool {
    let declines = matches!(
        reading.context.awaiting,
        Some(Awaiting::Offer | Awaiting::AnythingElse)
    );
    let told = reading.asked(Slot::Message) || !wishes.intents.is_empty();
    reading.says(Concept::Postpone) && !declines && !told
}

/// Yes or no, by what was asked.
fn answer(reading: &Reading<'_>, wishes: &Wishes, facts: Facts) -> Option<Act> {
    let says = |c| reading.says(c);
    let no = denies(reading);
    let yes = says(Concept::Yes);
    let (fine, enough) = (says(Concept::Fine), says(Concept::Enough));
    let content = facts.filled || !wishes.intents.is_empty();
    match reading.context.awaiting {
        Some(Awaiting::Confirm | Awaiting::Alternative) => {
            if no && !marker(reading, wishes) {
                return Some(Act::Deny);
            }
            if enough && !yes {
                return Some(Act::Deny);
            }
            // 두 마리 말고 세 마리로 해 주세요: whatever takes the other's place, it is no yes to what was read back.
            let other = says(Concept::Instead) || says(Concept::Repair) && !reading.things.is_empty();
            if other && !leading_yes(reading) {
                return None;
            }
            let own = facts.filled && !leading_yes(reading);
            ((yes || fine) && !own && (wishes.intents.is_empty() || leading_yes(reading)))
                .then_some(Act::Affirm)
        }
        Some(Awaiting::Offer | Awaiting::AnythingElse) => {
            let declines = no || fine || enough || says(Concept::Stop);
            if declines && !wishes.intents.iter().any(|(i, _)| *i == Intent::Ask) {
                return Some(Act::Deny);
            }
            (yes && (!content || leading_yes(reading))).then_some(Act::Affirm)
        }
        Some(Awaiting::Slot(_)) if content => None,
        Some(Awaiting::Slot(_)) if acknowledges(reading) => Some(Act::Backchannel),
        None if content || says(Concept::Bye) => None,
        _ if says(Concept::Any) => None,
        _ if no => Some(Act::Deny),
        _ if yes => Some(Act::Affirm),
        _ if fine || enough => Some(Act::Deny),
        _ => None,
    }
}

/// 아 네 그렇군요, to a question for a value: heard, but no answer yet.
fn acknowledges(reading: &Reading<'_>) -> bool {
    const HEARD: [&str; 10] = [
        "그렇군요",
        "그렇구나",
        "그렇구먼",
        "그래요",
        "그러셨군요",
        "그러시구나",
        "아아",
        "아하",
        "i see",
        "right i see",
    ];
    let line = reading.line;
    let said = (0..line.len()).any(|i| line.gap(i) && HEARD.iter().any(|w| line.has(i, w)));
    said && line.len() <= 9 && reading.things.is_empty() && !denies(reading)
}

fn denies(reading: &Reading<'_>) -> bool {
    reading.says(Concept::No)
}

/// 아니 근데 주차는 돼요?: 아니 opens the turn and denies nothing.
fn marker(reading: &Reading<'_>, wishes: &Wishes) -> bool {
    let bare =
        reading.line.has(0, "아니") && !reading.line.has(0, "아니요") && !reading.line.has(0, "아니에요");
    bare && !wishes.intents.is_empty()
}

fn leading_yes(reading: &Reading<'_>) -> bool {
    reading
        .cues
        .iter()
        .any(|c| c.tells == Tells::Concept(Concept::Yes) && c.start <= 2)
}
