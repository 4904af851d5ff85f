//! The dialogue manager: a stack of flows, questions in between, and repair.

mod absorb;
mod act;
mod advance;
mod answer;
mod begin;
mod booking;
mod check_in;
mod choices;
mod closing;
mod done;
mod find;
mod frame;
mod ground;
mod hear;
mod hints;
mod hours;
mod incident;
mod near;
mod notes;
mod number;
mod order;
mod progress;
mod repair;
mod replies;
mod reply;
mod slots;
mod state;
mod surname;
mod trace;
mod usual;
mod weekday;

use std::sync::Arc;

use biseo_model::phone::PhoneNumber;
use biseo_model::record::CallEnd;
use biseo_model::shop::{BookingRules, Refusal, ShopProfile};
use biseo_model::understanding::{Awaiting, Slot};
use jiff::civil::DateTime;

use crate::flow::{Flows, When};
use crate::io::{Destination, Input, Language, Opening, Output, Prompt, Standing, Summary};
pub(crate) use advance::slot_key;
use frame::{Alternative, Frame};
pub use ground::{Ground, Grounding, Source};
pub(crate) use notes::holds_any;
pub use state::{FlowState, SlotState};

/// More turns than this no honest call has.
const MOST_TURNS: u32 = 120;
/// More flows than this at once are not begun.
const DEEPEST: usize = 6;

/// One conversation.
///
/// ```
/// # use std::sync::Arc;
/// # use biseo_conversation::{Dialogue, Input, Opening, Output};
/// # use biseo_model::shop::ShopProfile;
/// # use jiff::civil::date;
/// # let shop = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shops/haengbok.toml"));
/// let profile = Arc::new(ShopProfile::from_toml(shop).unwrap());
/// let mut dialogue = Dialogue::new(profile, Opening::default());
/// let reply = dialogue.handle(date(2026, 11, 24).at(10, 12, 0, 0), Input::Started);
/// assert!(matches!(&reply[0], Output::Say(p) if p.text.contains("AI")));
/// assert!(matches!(reply.last(), Some(Output::Listen(_))));
/// ```
#[derive(Debug, Clone)]
pub struct Dialogue {
    profile: Arc<ShopProfile>,
    flows: Arc<Flows>,
    opening: Opening,
    language: Language,
    now: DateTime,
    /// The last is the one that is spoken about.
    stack: Vec<Frame>,
    asked: Asked,
    waiting: Option<Waiting>,
    /// What was heard while an action was under way.
    deferred: Vec<Input>,
    reply: Vec<Output>,
    /// What the last reply said, for "pardon?".
    last_said: Vec<Prompt>,
    turn: u32,
    failures: u32,
    /// The same, of the whole call.
    lost: u32,
    /// The question that comes next was not understood: ask it in other words.
    rephrase: bool,
    silences: u32,
    /// What was heard last names a day of this week by more than its name.
    this_week: bool,
    /// The recogniser's confidence in what was heard last.
    confidence: f32,
    repeats: u32,
    /// What a taken-back item counted; what comes in its place counts the same unless said otherwise.
    inherited: Option<u32>,
    /// The caller broke into the last reply before most of it was heard.
    cut: bool,
    /// The caller has said good-bye: finish what is confirmed, and no more questions.
    leaving: bool,
    /// Values that hold for the whole call.
    known_name: Option<String>,
    known_phone: Option<PhoneNumber>,
    /// The key of the fact that answers what is heard next.
    fact: Option<String>,
    /// A question that could not be answered and is still to be offered as a message.
    owed: Option<String>,
    last_booked: Option<Standing>,
    keys: u32,
    progress: progress::Progress,
    over: bool,
    /// Whether the good-bye was the caller's wish, and how often one has been taken back.
    parted: bool,
    returns: u8,
    summary: Summary,
    /// What is out of order now, and of what the caller was told.
    incidents: incident::Incidents,
    /// What the last turn was made of.
    notes: Vec<trace::Note>,
}

/// The question that is open.
#[derive(Debug, Clone, Default)]
struct Asked {
    awaiting: Option<Awaiting>,
    prompt: Option<Prompt>,
    offer: Option<Offer>,
    /// Wait longer than usual: the caller asked for it.
    patient: bool,
    /// Something else was said since ("can you hear me?"): a yes may be meant for that.
    stale: bool,
    /// The values that were asked about by themselves.
    grounding: Vec<Slot>,
    /// The question of the flow's own.
    note: Option<String>,
}

/// What a yes to [`Awaiting::Offer`] brings about.
#[derive(Debug, Clone, PartialEq)]
enum Offer {
    /// A message, perhaps with its text.
    Message(Option<String>),
    /// A message of someone who wants to sell something; a no ends the call.
    SalesMessage,
}

/// The action under way.
#[derive(Debug, Clone)]
enum Waiting {
    /// Whether there is room: for the wish itself (if the rules allow it) and for alternatives.
    Check {
        refusal: Option<Refusal>,
        options: Vec<Alternative>,
    },
    /// The caller's bookings or orders.
    Find,
    /// The top flow's deed.
    Deed,
    /// People are being told of danger or of no answer.
    Alert {
        /// Whether the call ends with it.
        ends: bool,
    },
    /// A connection with a person.
    Transfer {
        to: Destination,
        /// The text of the message that is taken if nobody answers, without asking first.
        message: Option<String>,
        emergency: bool,
    },
}

impl Dialogue {
    /// A conversation that has not begun, with the built-in flows: give [`Input::Started`].
    pub fn new(profile: Arc<ShopProfile>, opening: Opening) -> Self {
        Self::with_flows(profile, opening, Flows::built_in())
    }

    /// A conversation with other flows or wording; what the shop says in its own words goes over them.
    pub fn with_flows(profile: Arc<ShopProfile>, opening: Opening, flows: Arc<Flows>) -> Self {
        let flows = flows.in_words_of(&profile);
        Self {
            language: opening.language,
            known_name: opening.known.as_ref().map(|k| k.name.clone()),
            profile,
            flows,
            opening,
            now: DateTime::constant(2000, 1, 1, 0, 0, 0, 0),
            stack: Vec::new(),
            asked: Asked::default(),
            waiting: None,
            deferred: Vec::new(),
            reply: Vec::new(),
            last_said: Vec::new(),
            turn: 0,
            failures: 0,
            lost: 0,
            rephrase: false,
            silences: 0,
            this_week: false,
            confidence: 1.0,
            repeats: 0,
            inherited: None,
            cut: false,
            leaving: false,
            known_phone: None,
            fact: None,
            owed: None,
            last_booked: None,
            keys: 0,
            progress: progress::Progress::default(),
            over: false,
            parted: false,
            returns: 0,
            summary: Summary::default(),
            incidents: incident::Incidents::default(),
            notes: Vec::new(),
        }
    }

    /// Takes what happened and tells what to say and do. `now` is the instant on the shop's clock. When the conversation is over
    /// nothing comes of it, but of a wish or a question that was heard while Biseo took leave: then it goes on.
    pub fn handle(&mut self, now: DateTime, input: Input) -> Vec<Output> {
        self.now = now;
        if self.over && !self.returns(&input) {
            self.notes.clear();
            return Vec::new();
        }
        let before = self.note_input(&input);
        let reply = self.respond(input);
        self.note_reply(&before, &reply);
        reply
    }

    fn respond(&mut self, input: Input) -> Vec<Output> {
        match input {
            Input::CallerHungUp => return self.hung_up(),
            Input::Interrupted { played_chars } => {
                self.interrupted(played_chars);
                return Vec::new();
            }
            Input::Done(result) => self.action_done(result),
            Input::Silence if self.waiting.is_some() => self.silent_while_waiting(),
            other if self.waiting.is_some() => {
                if self.deferred.len() < 4 {
                    self.deferred.push(other);
                }
                return Vec::new();
            }
            other => self.take(other),
        }
        self.finish()
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::Started => {
                self.greet();
                self.announce();
            }
            Input::Heard {
                text,
                understanding,
                confidence,
            } => {
                self.confidence = sure(confidence);
                self.announce();
                self.hear(&text, &understanding);
                self.watch_progress();
                self.fact = None;
            }
            Input::Unclear => self.unclear(),
            Input::Silence => self.silent(),
            Input::Done(_) | Input::Interrupted { .. } | Input::CallerHungUp => {}
        }
    }

    /// What was asked last: the context of the next understanding.
    pub fn awaiting(&self) -> Option<Awaiting> {
        self.asked.awaiting
    }

    /// Names the fact of the profile that answers a question of the next [`Input::Heard`] which has no topic of its own. It is
    /// said as the owner wrote it; a key that the profile lacks is ignored.
    pub fn found_fact(&mut self, key: &str) {
        self.fact = self.profile.facts.contains_key(key).then(|| key.to_string());
    }

    /// What is said while the understanding of an utterance takes longer than usual.
    pub fn filler(&self) -> Prompt {
        self.prompt("call.thinking", &crate::wording::Values::new())
    }

    /// The language that is being spoken now.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Whether the conversation is over. While the good-bye is being spoken the caller may still have something to ask.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// What has happened so far.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Which kind of booking the shop takes, for the steps that are only for one of them.
    fn place(&self) -> When {
        match self.profile.booking {
            Some(BookingRules::Staff(_)) => When::Staff,
            _ => When::Tables,
        }
    }

    fn end(&mut self, reason: CallEnd) {
        self.over = true;
        self.asked = Asked::default();
        self.reply.push(Output::HangUp { reason });
    }
}

/// A confidence as one can go by it: 0 to 1; what is no number says nothing against the words.
fn sure(confidence: f32) -> f32 {
    if confidence.is_nan() {
        1.0
    } else {
        confidence.clamp(0.0, 1.0)
    }
}
