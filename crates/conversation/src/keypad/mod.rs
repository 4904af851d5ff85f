//! A conversation by the telephone's keys, for a time in which nothing that callers say can be understood: bookings, spoken
//! messages, opening hours. A pure state machine; time is an input, in milliseconds since the call was answered.
//!
//! ```text
//!          1                #, or enough digits                            1
//!  menu ────▶ (service) ▶ party ▶ date ▶ time ▶ free? ▶ (phone) ▶ confirm ────▶ booked, good-bye
//!   │  2                                        │ taken: offer another      └ 2: menu
//!   ├────▶ record ── # or silence ──▶ (phone) ▶ message kept, good-bye
//!   │  3
//!   └────▶ hours ▶ menu            three times nothing or a wrong key: record
//! ```
//! It stores nothing that was not read back and affirmed, and ends in a message wherever it can do no more. Every sentence is one
//! of [`sentences`], so that it can be kept spoken for a time in which no voice works either; but for a bank account, which is told only while one
//! does.

mod book;
mod entry;
mod incident;
mod message;
mod prompts;

use std::sync::Arc;

use biseo_model::incident::IncidentKind;
use biseo_model::phone::PhoneNumber;
use biseo_model::record::CallEnd;
use biseo_model::shop::{BookingRules, ShopProfile};
use jiff::civil::DateTime;

use crate::flow::Flows;
use crate::io::{Action, ActionResult, Destination, Language, Prompt, Summary};
use book::Draft;
pub use prompts::sentences;

/// Digits are whole when so long no key follows.
const GAP_MS: u64 = 4_000;
/// After all is said, a caller is waited for so long.
const PATIENCE_MS: u64 = 10_000;
/// Wrong or missing answers in a row after which a message is taken.
const MOST_MISSES: u32 = 3;
/// The longest spoken message.
const LONGEST_MESSAGE_MS: u64 = 120_000;
/// More keys than this no honest call has.
const MOST_KEYS: u32 = 400;
/// Keys of what is stored, beside those of the spoken part of the call.
const FIRST_KEY: u32 = 9_001;

/// Why keys are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeypadReason {
    /// Recognition gives no answer.
    Deaf,
    /// No voice gives sound.
    Mute,
}

/// What is known at the beginning.
#[derive(Debug, Clone)]
pub struct KeypadOpening {
    /// The language in which it begins.
    pub language: Language,
    /// The caller's number; `None` if withheld.
    pub caller: Option<PhoneNumber>,
    /// The name under which the caller has booked before.
    pub name: Option<String>,
    /// Whether the call is recorded.
    pub recorded: bool,
    /// Whether the caller has heard a greeting already.
    pub greeted: bool,
    /// What of that which is out of order the caller has heard of already.
    pub told: Vec<IncidentKind>,
    /// Why.
    pub reason: KeypadReason,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum KeypadInput {
    /// Begin. The first input, once.
    Started,
    /// A key was pressed.
    Key(char),
    /// All of the last reply was heard.
    Said,
    /// The last reply gave no sound at all.
    Mute,
    /// The time of [`Keypad::next_timeout`] has come.
    Tick,
    /// The caller has said something, whatever it was.
    Spoke,
    /// The caller says nothing any more.
    Quiet,
    /// The answer to the last [`KeypadOutput::Do`].
    Done(ActionResult),
    /// The caller hung up. The last input.
    HungUp,
}

/// What is to be done, in this order.
#[derive(Debug, Clone, PartialEq)]
pub enum KeypadOutput {
    /// Speak. Nobody breaks in by speaking; a key ends it.
    Say(Prompt),
    /// Do this and come back with [`KeypadInput::Done`].
    Do(Action),
    /// After all is said, give a tone; from then on ([`KeypadInput::Said`]) the caller speaks a message into the call's recording.
    Tone,
    /// End the call, once all is spoken.
    HangUp(CallEnd),
}

/// Where it is.
#[derive(Debug, Clone, PartialEq)]
enum Step {
    Menu,
    Service,
    Party,
    Date,
    Time,
    /// Another time is offered.
    Offer,
    Phone,
    Confirm,
    /// A message is asked for, or is being spoken since that moment.
    Record(Option<u64>),
    /// The message is spoken, from and to; whom to call back is asked.
    CallBack,
    /// All is said.
    Over,
}

/// What an action is under way for.
#[derive(Debug, Clone, PartialEq)]
enum Waiting {
    Transfer,
    Free,
    Book,
    Message,
}

/// A conversation by keys.
#[derive(Debug, Clone)]
pub struct Keypad {
    profile: Arc<ShopProfile>,
    flows: Arc<Flows>,
    opening: KeypadOpening,
    language: Language,
    now: DateTime,
    at: u64,
    step: Step,
    digits: String,
    /// What was typed last, for the record.
    typed: String,
    gap: Option<u64>,
    silence: Option<u64>,
    misses: u32,
    pressed: u32,
    draft: Draft,
    spoken: message::Spoken,
    waiting: Option<Waiting>,
    incidents: incident::Incidents,
    keys: u32,
    out: Vec<KeypadOutput>,
    summary: Summary,
}

impl Keypad {
    /// One that has not begun: give [`KeypadInput::Started`].
    #[must_use]
    pub fn new(profile: Arc<ShopProfile>, flows: Arc<Flows>, opening: KeypadOpening) -> Self {
        Self {
            language: opening.language,
            incidents: incident::Incidents::told(opening.told.clone()),
            profile,
            flows,
            opening,
            now: DateTime::constant(2000, 1, 1, 0, 0, 0, 0),
            at: 0,
            step: Step::Menu,
            digits: String::new(),
            typed: String::new(),
            gap: None,
            silence: None,
            misses: 0,
            pressed: 0,
            draft: Draft::default(),
            spoken: message::Spoken::default(),
            waiting: None,
            keys: FIRST_KEY,
            out: Vec::new(),
            summary: Summary::default(),
        }
    }

    /// Takes what happened. `now` is the instant on the shop's clock, `at` the milliseconds since the call was answered, with which
    /// its recording begins.
    pub fn handle(&mut self, now: DateTime, at: u64, input: KeypadInput) -> Vec<KeypadOutput> {
        (self.now, self.at) = (now, at.max(self.at));
        if !matches!(input, KeypadInput::Done(_)) {
            self.typed.clear();
        }
        if self.step == Step::Over && input != KeypadInput::Said {
            return Vec::new();
        }
        match input {
            KeypadInput::Started => self.greet(),
            KeypadInput::Key(key) => self.key(key),
            KeypadInput::Said => self.said(),
            KeypadInput::Mute => self.mute(),
            KeypadInput::Tick => self.tick(),
            KeypadInput::Spoke => self.spoke(),
            KeypadInput::Quiet => self.quiet(),
            KeypadInput::Done(result) => self.done(result),
            KeypadInput::HungUp => self.hung_up(),
        }
        std::mem::take(&mut self.out)
    }

    /// When a [`KeypadInput::Tick`] is due, in milliseconds since the call was answered.
    #[must_use]
    pub fn next_timeout(&self) -> Option<u64> {
        match (self.gap, self.silence) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// Whether the caller speaks a message now.
    #[must_use]
    pub fn is_recording(&self) -> bool {
        matches!(self.step, Step::Record(Some(_)))
    }

    /// Whether a key pressed now means something: not while a tone is announced, nor after the good-bye.
    #[must_use]
    pub fn takes_keys(&self) -> bool {
        !matches!(self.step, Step::Record(None) | Step::Over)
    }

    /// The call is recorded from this moment on, in milliseconds since it was answered.
    pub fn recorded_from(&mut self, at: u64) {
        self.opening.recorded = true;
        self.spoken.recorded_from(at);
    }

    /// The language that is being spoken now.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// What was done so far.
    #[must_use]
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// The digits that the last input completed, as they were typed; empty if none.
    #[must_use]
    pub fn typed(&self) -> &str {
        &self.typed
    }

    fn greet(&mut self) {
        if !self.opening.greeted {
            let key = match self.opening.recorded {
                true => "keypad.greeting_recorded",
                false => "keypad.greeting",
            };
            self.say_shop(key);
        }
        self.say("keypad.deaf");
        self.menu();
    }

    fn menu(&mut self) {
        self.draft = Draft::default();
        self.enter(Step::Menu);
        self.announce();
        self.say(match self.takes_bookings() {
            true => "keypad.menu",
            false => "keypad.menu_without_booking",
        });
        let prompt = prompts::of(&self.flows, other(self.language), "keypad.switch", 0, &[]);
        self.out.push(KeypadOutput::Say(prompt));
    }

    fn takes_bookings(&self) -> bool {
        match &self.profile.booking {
            Some(BookingRules::Tables(_)) => true,
            // More services than keys are no menu.
            Some(BookingRules::Staff(_)) => (1..=9).contains(&self.profile.services.len()),
            None => false,
        }
    }

    /// A step begins: its digits, and its caller's time.
    fn enter(&mut self, step: Step) {
        self.step = step;
        self.digits.clear();
        (self.gap, self.silence) = (None, None);
    }

    fn key(&mut self, key: char) {
        self.pressed += 1;
        if self.waiting.is_some() {
            return;
        }
        // What is being spoken has its own end.
        if !self.is_recording() {
            (self.silence, self.gap) = (None, None);
        }
        if self.pressed > MOST_KEYS {
            return self.good_bye(CallEnd::Biseo);
        }
        match (&self.step, key) {
            (Step::Record(Some(_)), '#') => self.recorded_all(),
            (Step::Record(_), _) => {}
            (_, '*') => self.ask_again(),
            (_, '#') => self.whole(),
            (_, digit) if digit.is_ascii_digit() => self.digit(digit),
            _ => self.missed("keypad.wrong_key"),
        }
    }

    fn digit(&mut self, digit: char) {
        let longest = match self.step {
            Step::Menu | Step::Service | Step::Offer | Step::Confirm => 1,
            Step::Party => 2,
            Step::Date | Step::Time => 4,
            Step::Phone | Step::CallBack => 12,
            Step::Record(_) | Step::Over => return,
        };
        self.digits.push(digit);
        self.gap = Some(self.at + GAP_MS);
        // A telephone number has no one length: it ends with the pound key, or with a pause.
        if self.digits.len() >= longest {
            self.whole();
        }
    }

    /// The digits are whole.
    fn whole(&mut self) {
        let digits = std::mem::take(&mut self.digits);
        self.gap = None;
        self.typed.clone_from(&digits);
        match self.step {
            Step::Menu => self.choose(&digits),
            Step::Service => self.service(&digits),
            Step::Party => self.party(&digits),
            Step::Date => self.date(&digits),
            Step::Time => self.time(&digits),
            Step::Offer => self.offered(&digits),
            Step::Phone => self.phone(&digits),
            Step::Confirm => self.confirmed(&digits),
            Step::CallBack => self.call_back(&digits),
            Step::Record(_) | Step::Over => {}
        }
    }

    fn choose(&mut self, digits: &str) {
        match digits {
            "1" if self.takes_bookings() => self.understood(Self::begin_booking),
            "2" => self.understood(Self::ask_message),
            "3" => self.understood(|this| {
                this.say_hours();
                this.menu();
            }),
            "9" => self.understood(|this| {
                this.language = other(this.language);
                this.incidents.forget();
                this.say("keypad.deaf");
                this.menu();
            }),
            // Not told: whoever asks for a person presses it anyway, and gets one if there is one.
            "0" => self.understood(|this| {
                this.waiting = Some(Waiting::Transfer);
                let to = Destination::Owner;
                this.out.push(KeypadOutput::Do(Action::Transfer { to }));
            }),
            _ => self.missed("keypad.wrong_key"),
        }
    }

    fn understood(&mut self, then: impl FnOnce(&mut Self)) {
        self.misses = 0;
        then(self);
    }

    /// Nothing was pressed, or nothing that helps.
    fn missed(&mut self, why: &str) {
        self.misses += 1;
        self.say(why);
        if self.misses < MOST_MISSES {
            return self.ask_again();
        }
        self.misses = 0;
        self.ask_message();
    }

    /// Says the question of this step once more.
    fn ask_again(&mut self) {
        match self.step.clone() {
            Step::Menu => self.menu(),
            Step::Service => self.ask_service(),
            Step::Party => self.ask(Step::Party, "keypad.ask_party"),
            Step::Date => self.ask(Step::Date, "keypad.ask_date"),
            Step::Time => self.ask(Step::Time, "keypad.ask_time"),
            Step::Offer => self.say_offer(),
            Step::Phone => self.ask(Step::Phone, "keypad.ask_phone"),
            Step::Confirm => self.read_back(),
            Step::CallBack => self.ask(Step::CallBack, "keypad.ask_phone_or_not"),
            Step::Record(_) | Step::Over => {}
        }
    }

    fn ask(&mut self, step: Step, key: &str) {
        self.enter(step);
        self.say(key);
    }

    fn said(&mut self) {
        match self.step {
            Step::Record(None) => self.begin_record(),
            Step::Over | Step::Record(Some(_)) => {}
            _ if self.digits.is_empty() => self.silence = Some(self.at + PATIENCE_MS),
            _ => {}
        }
    }

    /// Nobody hears what is asked: all that is left is a tone, and what is said after it.
    fn mute(&mut self) {
        match self.step {
            Step::Record(_) | Step::Over => self.good_bye(CallEnd::Failed),
            _ => {
                self.enter(Step::Record(None));
                self.out.push(KeypadOutput::Tone);
            }
        }
    }

    fn tick(&mut self) {
        if self.gap.is_some_and(|gap| gap <= self.at) {
            return self.whole();
        }
        if self.silence.is_none_or(|due| due > self.at) {
            return;
        }
        self.silence = None;
        match self.step {
            Step::Record(_) => self.recorded_all(),
            Step::CallBack => self.call_back(""),
            _ => self.missed("keypad.silent"),
        }
    }

    fn done(&mut self, result: ActionResult) {
        match (self.waiting.take(), result) {
            (Some(Waiting::Transfer), ActionResult::Transferred) => self.enter(Step::Over),
            (Some(Waiting::Transfer), _) => self.ask_message(),
            (Some(Waiting::Free), result) => self.checked(&result),
            (Some(Waiting::Book), result) => self.booked(result),
            (Some(Waiting::Message), result) => self.message_kept(&result),
            (None, _) => {}
        }
    }

    fn act(&mut self, waiting: Waiting, action: Action) {
        self.waiting = Some(waiting);
        self.out.push(KeypadOutput::Do(action));
    }

    fn good_bye(&mut self, end: CallEnd) {
        self.enter(Step::Over);
        self.out.push(KeypadOutput::HangUp(end));
    }

    fn next_key(&mut self) -> u32 {
        self.keys += 1;
        self.keys - 1
    }
}

fn other(language: Language) -> Language {
    match language {
        Language::Ko => Language::En,
        Language::En => Language::Ko,
    }
}
