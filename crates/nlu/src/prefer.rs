//! Preferences: what will do if the first choice cannot be had, and what will not do at all.
//!
//! "여섯 시, 안 되면 일곱 시로요" names a second choice; "토요일은 안 되고" rules a day out without naming another. Both are
//! told by the words beside a value, so they are looked for there and nowhere else. A question ("내일은 안 되나요?") and
//! a condition ("비 오면 안 돼요?") rule nothing out.

use biseo_model::understanding::{Act, Filled, Intent, Slot, Topic, Understanding, Value};

use crate::text::Line;

/// Between two values: the second holds if the first cannot be had. Longest first where one begins another.
const FAILING: [&str; 34] = [
    "안되면",
    "안된다면",
    "안된다고하면",
    "안되시면",
    "안될거같으면",
    "안될것같으면",
    "못하면",
    "못잡으면",
    "없으면",
    "없다면",
    "없거든",
    "찼으면",
    "차있으면",
    "찼다면",
    "다차면",
    "마감이면",
    "마감됐으면",
    "힘들면",
    "힘드시면",
    "어려우면",
    "어려우시면",
    "곤란하면",
    "불가능하면",
    "여의치않으면",
    "아니면",
    "ifnot",
    "otherwise",
    "orelse",
    "failingthat",
    "ifthatstaken",
    "ifthatsfull",
    "ifitsfull",
    "isnotavailable",
    "isntavailable",
];

/// After a first value: it is the better one of two. The second then comes with 도.
const BETTER: [&str; 9] = [
    "제일좋",
    "가장좋",
    "좋긴한데",
    "좋은데",
    "좋고",
    "좋겠는데",
    "좋겠지만",
    "일순위",
    "우선이고",
];

/// After a second value: it will do as well.
const ALSO: [&str; 8] = [
    "도괜찮",
    "도좋",
    "도되",
    "도돼",
    "도됩",
    "도상관없",
    "라도",
    "이라도",
];

/// After a value and its particle: it will not do.
const UNFIT: [&str; 24] = [
    "안되고",
    "안되구",
    "안되니",
    "안되거",
    "안되는데",
    "안되서",
    "안돼서",
    "안돼",
    "안됩니다",
    "안될거같",
    "안될것같",
    "힘들",
    "힘드",
    "어려",
    "어렵",
    "곤란",
    "못가",
    "못와",
    "시간이안",
    "일이있",
    "약속이있",
    "싫",
    "피하고",
    "피해주",
];

/// After a value, without a particle: all but this.
const BUT: [&str; 6] = ["만아니면", "만빼고", "빼고는", "제외하고", "만피해", "만피하"];

/// English, before a value and after it: it will not do.
const UNFIT_BEFORE: [&str; 12] = [
    "any day but",
    "any time but",
    "anyone but",
    "anything but",
    "except",
    "except on",
    "except for",
    "can't do",
    "cannot do",
    "can't make",
    "can't make it on",
    "can't make it at",
];
const UNFIT_AFTER: [&str; 9] = [
    "doesn't work",
    "does not work",
    "won't work",
    "is no good",
    "isn't good",
    "is not good",
    "is bad for me",
    "isn't possible for me",
    "is out",
];

/// What a person is called by, after the name.
const TITLES: [&str; 8] = [
    "선생님",
    "쌤",
    "샘",
    "원장님",
    "실장님",
    "디자이너님",
    "디자이너",
    "님",
];

/// Particles that stand between a value and what is said of it.
const PARTICLES: [&str; 12] = [
    "에는",
    "에도",
    "에서는",
    "날은",
    "쪽은",
    "은",
    "는",
    "이",
    "가",
    "엔",
    "에",
    "도",
];

/// Small words before a judgement.
const SMALL: [&str; 8] = ["좀", "조금", "제가", "저는", "아예", "절대", "저희가", "저희는"];

/// What follows an unfit word where it is asked or supposed, not told.
const NOT_TOLD: [&str; 14] = [
    "나요",
    "까요",
    "면",
    "죠",
    "지요",
    "는지",
    "려나",
    "을까",
    "ㄹ까",
    "나",
    "니까요",
    "는가",
    "을지",
    "신가",
];

/// Moves second choices and what is ruled out from the slots to where they belong.
pub fn sort_out(line: &Line, u: &mut Understanding) {
    let ruled_out = |f: &Filled| {
        let (start, end) = (cell(line, f.start), cell(line, f.end));
        choosable(f.value.slot()) && (unfit(line, end) || unfit_in_english(line, start, end))
    };
    if u.slots.iter().any(ruled_out) {
        let (out, kept) = std::mem::take(&mut u.slots).into_iter().partition(ruled_out);
        (u.excluded, u.slots) = (out, kept);
        drop_mere_yes(line, u);
    }
    let Some(from) = second_choice(line, &u.slots) else {
        return;
    };
    let (mut kept, mut last) = (Vec::new(), None);
    for (at, filled) in std::mem::take(&mut u.slots).into_iter().enumerate() {
        let first = |f: &Filled| !f.was && slot(f) == slot(&filled);
        let second = at >= from && !filled.was && choosable(slot(&filled)) && kept.iter().any(first);
        if !second {
            kept.push(filled);
        } else if !kept.iter().any(|f: &Filled| f.value == filled.value) {
            let end = filled.end;
            put_second(line, &mut u.fallbacks, last, filled);
            last = Some(end);
        }
    }
    u.slots = kept;
    if u.slots.iter().all(|f| !f.was) {
        u.acts.retain(|act| *act != Act::Correct);
    }
}

/// "일요일은 돼요" beside what is ruled out tells what will do; it asks for nothing.
fn drop_mere_yes(line: &Line, u: &mut Understanding) {
    const WILL_DO: [&str; 7] = [
        "돼요",
        "되요",
        "됩니다",
        "되는데요",
        "괜찮아요",
        "가능해요",
        "좋아요",
    ];
    let told = !line.question && WILL_DO.iter().any(|w| line.ends(line.len(), w));
    let free = |f: &Filled| f.value == Value::Topic(Topic::Availability);
    if told && u.topics().all(|t| t == Topic::Availability) {
        u.slots.retain(|f| !free(f));
        u.intents.retain(|i| *i != Intent::Ask);
    }
}

/// Each of several people wants the same: so many.
const EACH: [(&str, u32); 8] = [
    ("둘다", 2),
    ("둘이", 2),
    ("두명다", 2),
    ("셋다", 3),
    ("셋이", 3),
    ("각각", 0),
    ("각자", 0),
    ("따로따로", 0),
];

/// "저랑 엄마랑 각각 커트요": how many people, where no number of them was said.
pub fn people_each(line: &Line, u: &mut Understanding) {
    let counted = u.slots.iter().any(|f| slot(f) == Slot::PartySize);
    let other = !u.intents.is_empty() && !u.wants(Intent::Book);
    if counted || other {
        return;
    }
    let said = (0..line.len()).find_map(|i| {
        let word = EACH.iter().find(|(word, _)| line.gap(i) && line.has(i, word))?;
        Some((i, line.after(i, word.0)?, word.1))
    });
    let Some((start, end, number)) = said else {
        return;
    };
    // 파마랑 커트 둘 다요: both things, not both people.
    let people = ["랑", "하고", "우리", "저희", "명", "분"];
    if line.ends(end, "다") && !people.iter().any(|w| line.ends(start, w)) {
        return;
    }
    let joined = (0..start)
        .filter(|i| line.has(*i, "랑") && line.gap(i + 1))
        .count();
    let joined = u32::try_from(joined).unwrap_or(2).max(2);
    let (start, end) = line.span(start, end);
    let at = u
        .slots
        .iter()
        .position(|f| f.start > start)
        .unwrap_or(u.slots.len());
    u.slots.insert(
        at,
        Filled {
            value: Value::PartySize(if number == 0 { joined } else { number }),
            start,
            end,
            was: false,
        },
    );
}

/// Adds a value to the last choice, or begins a new one: where a word of failing stands between, or the slot comes again.
fn put_second(line: &Line, choices: &mut Vec<Vec<Filled>>, last: Option<usize>, filled: Filled) {
    let joins = last.is_some_and(|end| !fails_between(line, cell(line, end), cell(line, filled.start)));
    match choices.last_mut() {
        Some(choice) if joins && choice.iter().all(|f| slot(f) != slot(&filled)) => choice.push(filled),
        _ => choices.push(vec![filled]),
    }
}

fn fails_between(line: &Line, from: usize, to: usize) -> bool {
    (from..to).any(|i| line.after_any(i, &FAILING).is_some_and(|end| end <= to))
}

fn slot(f: &Filled) -> Slot {
    f.value.slot()
}

/// Of these a caller has a first and a second choice.
fn choosable(slot: Slot) -> bool {
    matches!(
        slot,
        Slot::Date | Slot::Time | Slot::Staff | Slot::Service | Slot::MenuItem | Slot::PickupTime
    )
}

/// The place in the compact text after a place of the utterance.
fn cell(line: &Line, end: usize) -> usize {
    line.cells.partition_point(|c| c.origin < end)
}

/// The first value that is a second choice: a word of failing stands between it and one of its kind, or it "will do too"
/// after a better one.
fn second_choice(line: &Line, slots: &[Filled]) -> Option<usize> {
    (1..slots.len()).find(|&at| {
        let this = &slots[at];
        let before = |f: &&Filled| !f.was && f.value.slot() == this.value.slot() && f.value != this.value;
        if this.was || !choosable(this.value.slot()) {
            return false;
        }
        let Some(first) = slots[..at].iter().rev().find(before) else {
            return false;
        };
        let (from, to) = (cell(line, first.end), cell(line, this.start));
        let between = |words: &[&str]| (from..to).any(|i| line.after_any(i, words).is_some_and(|e| e <= to));
        between(&FAILING) || (between(&BETTER) && line.after_any(cell(line, this.end), &ALSO).is_some())
    })
}

/// Whether English words around a value rule it out; a question does not.
fn unfit_in_english(line: &Line, start: usize, end: usize) -> bool {
    let before = UNFIT_BEFORE.iter().any(|w| line.ends(start, w));
    !line.question && (before || line.after_any(end, &UNFIT_AFTER).is_some())
}

/// Whether the words at a place rule out the value before it.
pub fn unfit(line: &Line, end: usize) -> bool {
    let end = line.after_any(end, &TITLES).unwrap_or(end);
    if line.after_any(end, &BUT).is_some() {
        return true;
    }
    let Some(mut at) = line.after_any(end, &PARTICLES) else {
        return false;
    };
    while let Some(next) = line.after_any(at, &SMALL) {
        at = next;
    }
    let Some(after) = line.after_any(at, &UNFIT) else {
        return false;
    };
    told(line, after)
}

/// Whether the clause goes on as a statement: no question mark at its end and no questioning or supposing ending.
fn told(line: &Line, from: usize) -> bool {
    let mut to = from;
    while to < line.len() && !line.stop(to) && to < from + 4 {
        to += 1;
    }
    let asked = line.question && to >= line.len();
    let ending = (from..=to).any(|i| line.after_any(i, &NOT_TOLD).is_some_and(|e| line.gap(e)));
    !asked && !ending
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_rules_nothing_out() {
        for (text, out) in [
            ("토요일은 안 되고요", true),
            ("토요일은 좀 힘들어요", true),
            ("토요일엔 제가 일이 있어서", true),
            ("토요일만 아니면 다 돼요", true),
            ("토요일은 안 되나요", false),
            ("토요일은 안 돼요?", false),
            ("토요일은 힘들까요", false),
            ("토요일에 안 되면", false),
            ("토요일 되죠", false),
        ] {
            let line = Line::new(text);
            assert_eq!(unfit(&line, 3), out, "{text}");
        }
    }
}
