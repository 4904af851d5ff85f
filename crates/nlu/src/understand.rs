//! One utterance from text to [`Understanding`].

use biseo_model::hint::Hint;
use biseo_model::shop::ShopProfile;
use biseo_model::understanding::{Act, Awaiting, Context, Filled, Intent, Slot, Understanding, Value};

use crate::acts::{self, Facts};
use crate::amend;
use crate::commands::{self, Command};
use crate::cues::Concept;
use crate::guess::{self, Guess};
use crate::hints;
use crate::intents::{self, Kind, Wishes};
use crate::messages;
use crate::prefer;
use crate::reading::Reading;
use crate::slots;
use crate::text::Line;
use crate::things::What;
use crate::unheard;
use crate::vocabulary::Vocabulary;

/// So likely is danger to life, that it is taken for it without one of the words for it.
const ALARM: f32 = 0.9;

/// Understands the callers of one shop.
#[derive(Debug, Clone)]
pub struct Nlu {
    shop: ShopProfile,
    vocabulary: Vocabulary,
    kind: Kind,
}

impl Nlu {
    /// Prepares the shop's vocabulary.
    pub fn new(shop: &ShopProfile) -> Self {
        guess::prepare();
        Self {
            vocabulary: Vocabulary::new(shop),
            kind: Kind {
                menu: !shop.menu.is_empty(),
                bookings: shop.booking.is_some(),
            },
            shop: shop.clone(),
        }
    }

    /// Understands one utterance against what was asked. Any text is taken; of a very long one the beginning is read.
    pub fn understand(&self, text: &str, context: &Context) -> Understanding {
        let line = Line::new(text);
        if line.is_empty() {
            return Understanding::default();
        }
        let reading = self.read(&line, context);
        if reading.says(Concept::Emergency) {
            return emergency();
        }
        self.meaning(&reading).1
    }

    /// The same as a list of commands to the dialogue, each with where it was said, how sure it is and why.
    ///
    /// ```
    /// use biseo_model::{shop::ShopProfile, understanding::Context};
    /// use biseo_nlu::{Nlu, Does};
    /// # let shop = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shops/haengbok.toml"));
    /// let nlu = Nlu::new(&ShopProfile::from_toml(shop).unwrap());
    /// let context = Context { now: "2026-11-24T10:12:00".parse().unwrap(), awaiting: None };
    /// let commands = nlu.commands("내일 일곱 시에 네 명 예약하고 싶어요", &context);
    /// assert!(matches!(commands[0].does, Does::StartFlow { .. }));
    /// assert_eq!(commands.len(), 4);
    /// ```
    pub fn commands(&self, text: &str, context: &Context) -> Vec<Command> {
        let line = Line::new(text);
        if line.is_empty() {
            return Vec::new();
        }
        let reading = self.read(&line, context);
        if reading.says(Concept::Emergency) {
            return commands::of(&reading, &Wishes::default(), &emergency());
        }
        let (wishes, understanding) = self.meaning(&reading);
        commands::of(&reading, &wishes, &understanding)
    }

    /// What was heard in an utterance, for a person who asks why it was understood so: clauses, cues and values.
    pub fn trace(&self, text: &str, context: &Context) -> String {
        let line = Line::new(text);
        let reading = self.read(&line, context);
        let clauses: Vec<String> = reading.clauses.iter().map(|&(s, e)| line.words(s, e)).collect();
        let cues: Vec<String> = reading
            .cues
            .iter()
            .map(|c| format!("{:?}={}~{}", c.tells, line.words(c.start, c.end), c.cost))
            .collect();
        let things: Vec<String> = reading
            .things
            .iter()
            .map(|t| format!("{:?}={}", t.what, line.words(t.start, t.end)))
            .collect();
        format!(
            "clauses: {clauses:?}\n  cues: {}\n  values: {}\n  likely: {}",
            cues.join(", "),
            things.join(", "),
            Guess::new(&reading).shown()
        )
    }

    /// An utterance with its values taken out, as the classifier sees it and its corpus writes it:
    /// `{date} {time}에 {people} 돼요`.
    pub fn masked(&self, text: &str, context: &Context) -> String {
        guess::masked(&self.read(&Line::new(text), context))
    }

    fn read<'a>(&self, line: &'a Line, context: &'a Context) -> Reading<'a> {
        let mut reading = Reading::new(line, &self.vocabulary, context);
        unheard::drop(&mut reading);
        reading
    }

    fn meaning(&self, reading: &Reading<'_>) -> (Wishes, Understanding) {
        let guess = Guess::new(reading);
        if guess.emergency() >= ALARM {
            return (Wishes::default(), emergency());
        }
        let mut wishes = intents::wishes(reading, self.kind);
        let meant = wishes.meant_from;
        let after = (meant > 0).then(|| Guess::of(reading, meant, usize::MAX));
        amend::wishes(reading, self.kind, after.as_ref().unwrap_or(&guess), &mut wishes);
        let dictates = reading.asked(Slot::Message) && messages::is_answer(reading, &wishes);
        if dictates {
            wishes = Wishes::default();
        }
        let (mut filled, mut corrected) = slots::slots(reading, &self.shop, &self.vocabulary, &wishes);
        let hints = hints::hints(reading, &wishes, &mut filled);
        let new = filled.iter().any(|f| !f.was) || hints.iter().any(is_value);
        corrected |= new && corrects(reading, &wishes, &filled);
        corrected |= reading.in_task() && hints.iter().any(mends);
        add_message(reading, &wishes, &mut filled);
        add_address(reading, &wishes, &mut filled);
        let answered = answered(reading, &filled);
        let bounds =
            matches!(reading.context.awaiting, Some(Awaiting::Slot(_))) && hints.iter().any(is_bound);
        let facts = Facts {
            corrected,
            filled: new || bounds,
            answered,
        };
        let acts = amend::acts(
            reading,
            &wishes,
            facts,
            &guess,
            acts::acts(reading, &wishes, facts),
        );
        add_topics(reading, &wishes, &mut filled);
        let mut understanding = finish(&wishes, acts, filled, hints);
        prefer::sort_out(reading.line, &mut understanding);
        prefer::people_each(reading.line, &mut understanding);
        (wishes, understanding)
    }
}

/// Whether a hint answers like a value.
fn is_value(hint: &Hint) -> bool {
    !matches!(
        hint,
        Hint::Any { .. }
            | Hint::Request { .. }
            | Hint::Without { .. }
            | Hint::Between { .. }
            | Hint::Days { .. }
    )
}

/// Whether a hint answers the question for a value with bounds: 오전이 좋겠어요.
fn is_bound(hint: &Hint) -> bool {
    matches!(hint, Hint::Between { .. } | Hint::Days { .. } | Hint::Any { .. })
}

/// Whether a hint changes what was said before: 아니 뒤에가 오육칠구요, 아기 의자는 빼 주세요.
fn mends(hint: &Hint) -> bool {
    match hint {
        Hint::PhonePart(part) => part.place.is_some(),
        Hint::Without { .. } => true,
        _ => false,
    }
}

fn emergency() -> Understanding {
    Understanding {
        emergency: true,
        confidence: 1.0,
        ..Understanding::default()
    }
}

/// While a task is open, a value with 바꿔 or 틀렸 corrects what was said before, and so does a value that is said where
/// only a yes was wanted, or with words of second thought.
fn corrects(reading: &Reading<'_>, wishes: &Wishes, filled: &[Filled]) -> bool {
    let changes = reading.says(Concept::Change) && reading.in_task() && !wishes.has(Intent::Transfer);
    let confirm = reading.context.awaiting == Some(Awaiting::Confirm);
    let denied =
        reading.says(Concept::No) || reading.says(Concept::Instead) || reading.says(Concept::ReplaceVerb);
    let mut values = filled.iter().map(|f| f.value.slot());
    let answers = filled.iter().all(|f| !f.was) && values.all(|slot| reading.asked(slot));
    let thought =
        reading.in_task() && reading.says(Concept::Restate) && wishes.intents.is_empty() && !answers;
    let unasked = confirm
        && wishes.intents.is_empty()
        && !reading.says(Concept::Yes)
        && !reading.says(Concept::Fine)
        && filled.iter().any(|f| !f.was);
    // 맞는데요 근데 시간을 여섯 시 반으로 할 수 있어요
    let but = confirm && wishes.intents.is_empty() && contrary(reading);
    changes || thought || unasked || but || (confirm && denied && wishes.intents.is_empty())
}

/// 근데, 그런데, "but" before a value.
fn contrary(reading: &Reading<'_>) -> bool {
    const BUT: [&str; 6] = ["근데", "그런데", "다만", "대신", "but", "except"];
    let line = reading.line;
    reading.things.iter().any(|t| {
        let value = matches!(
            t.what,
            What::Day(_) | What::Clock(_) | What::People(_) | What::Name(_) | What::Term(_)
        );
        value && (0..t.start).any(|i| line.gap(i) && BUT.iter().any(|w| line.has(i, w)))
    })
}

fn answered(reading: &Reading<'_>, filled: &[Filled]) -> bool {
    let Some(Awaiting::Slot(slot)) = reading.context.awaiting else {
        return filled.iter().any(|f| !f.was);
    };
    filled.iter().any(|f| !f.was && f.value.slot() == slot)
}

fn add_topics(reading: &Reading<'_>, wishes: &Wishes, filled: &mut Vec<Filled>) {
    for (topic, (start, end)) in &wishes.topics {
        let (start, end) = reading.line.span(*start, *end);
        let at = filled
            .iter()
            .position(|f| f.start > start)
            .unwrap_or(filled.len());
        let topic = Filled {
            value: Value::Topic(*topic),
            start,
            end,
            was: false,
        };
        filled.insert(at, topic);
    }
}

fn add_message(reading: &Reading<'_>, wishes: &Wishes, filled: &mut Vec<Filled>) {
    let asked = reading.asked(Slot::Message);
    let span = wishes.clauses(Intent::LeaveMessage).next();
    let found = match span {
        Some(_) => messages::told(reading).or_else(|| messages::late(reading)),
        None if asked && messages::is_answer(reading, wishes) => {
            messages::told(reading).or(Some((0, reading.line.len())))
        }
        None => None,
    };
    let Some((start, end)) = found.filter(|(s, e)| s < e) else {
        return;
    };
    let (from, to) = reading.line.span(start, end);
    filled.retain(|f| {
        f.end <= from
            || f.start >= to
            || matches!(
                f.value,
                Value::Name(_) | Value::Phone(_) | Value::ThisNumber | Value::Queue(_)
            )
    });
    filled.push(Filled {
        value: Value::Message(reading.line.words(start, end)),
        start: from,
        end: to,
        was: false,
    });
}

fn add_address(reading: &Reading<'_>, wishes: &Wishes, filled: &mut Vec<Filled>) {
    // 아 두 마리요: a number of pieces and nothing else is no address.
    let count = filled.iter().any(|f| matches!(f.value, Value::Quantity(_))) && reading.line.len() <= 8;
    if !reading.asked(Slot::Address) || !wishes.intents.is_empty() || count {
        return;
    }
    let Some((start, end)) = messages::address(reading) else {
        return;
    };
    let (from, to) = reading.line.span(start, end);
    filled.clear();
    filled.push(Filled {
        value: Value::Address(reading.line.words(start, end)),
        start: from,
        end: to,
        was: false,
    });
}

fn finish(wishes: &Wishes, acts: Vec<Act>, slots: Vec<Filled>, hints: Vec<Hint>) -> Understanding {
    let mut intents = Vec::new();
    for (intent, _) in &wishes.intents {
        if !intents.contains(intent) {
            intents.push(*intent);
        }
    }
    let mut once = Vec::new();
    for act in acts {
        if !once.contains(&act) {
            once.push(act);
        }
    }
    let mut understanding = Understanding {
        intents,
        acts: once,
        slots,
        hints,
        ..Understanding::default()
    };
    understanding.confidence = confidence(&understanding);
    understanding
}

/// How sure the reading is: nothing understood 0; a time of which half of the day was guessed less than one said.
fn confidence(u: &Understanding) -> f32 {
    if u.is_empty() {
        return 0.0;
    }
    let guessed = u
        .slots
        .iter()
        .any(|f| matches!(f.value, Value::Time { sure: false, .. }));
    let unclear = u.has(Act::Unsure) || u.topics().any(|t| t == biseo_model::understanding::Topic::Other);
    match (guessed, unclear) {
        (false, false) => 0.95,
        (true, false) => 0.9,
        (_, true) => 0.6,
    }
}
