//! Flows: conversations as data. A flow is a list of steps, walked from the first on every turn; the first step that is
//! not done is taken up. So values may come in any order, and a change asks again only for what depends on it.

use std::sync::Arc;

use biseo_model::understanding::{Intent, Slot};
use serde::{Deserialize, Serialize};

use crate::io::Language;
use crate::wording::Wording;

/// All flows with their wording.
#[derive(Debug, Clone)]
pub struct Flows {
    flows: Vec<Arc<Flow>>,
    ko: Wording,
    en: Wording,
}

/// One flow.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    /// Its name: the file's.
    #[serde(skip)]
    pub name: String,
    /// The intents that start it.
    #[serde(default)]
    pub intents: Vec<Intent>,
    /// Words that start it wherever they are said; blanks do not count. They go before intents.
    #[serde(default)]
    pub words: Vec<String>,
    /// Only in these shops, by id; in all if there is none.
    #[serde(default)]
    pub shops: Vec<String>,
    /// Whether it is what a call is about that Biseo makes to ask after somebody.
    #[serde(default)]
    pub check_in: bool,
    /// Words by which a question of the flow's own is asked for once more; blanks do not count.
    #[serde(default)]
    pub again: Vec<String>,
    /// What is danger in this flow.
    #[serde(default)]
    pub danger: Option<Danger>,
    /// What the shop must have for it.
    #[serde(default)]
    pub needs: Option<Need>,
    /// From which confidence on values need not be asked about.
    #[serde(default)]
    pub ground: Limits,
    /// The steps.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
}

/// With which confidence of the recogniser a value is asked about at once, or said back in passing. 0 to 1.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Below this a value is asked about at once: "4명 맞으세요?". Usually 0.5.
    pub explicit: f32,
    /// Below this it is said back in passing: "네, 4명이요." Usually 0.75.
    pub implicit: f32,
    /// Slots of which a mistake costs more; usually day, times and telephone number.
    pub strict: Vec<Slot>,
    /// Instead of `explicit` for those. Usually 0.6.
    pub strict_explicit: f32,
    /// Instead of `implicit` for those. Usually 0.8.
    pub strict_implicit: f32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            explicit: 0.5,
            implicit: 0.75,
            strict: vec![Slot::Date, Slot::Time, Slot::PickupTime, Slot::Phone],
            strict_explicit: 0.6,
            strict_implicit: 0.8,
        }
    }
}

impl Limits {
    /// Below this confidence the slot is asked about.
    pub fn explicit(&self, slot: Slot) -> f32 {
        if self.strict.contains(&slot) {
            self.strict_explicit
        } else {
            self.explicit
        }
    }

    /// Below this confidence the slot is said back.
    pub fn implicit(&self, slot: Slot) -> f32 {
        if self.strict.contains(&slot) {
            self.strict_implicit
        } else {
            self.implicit
        }
    }

    fn check(&self) -> Result<(), String> {
        let all = [
            self.explicit,
            self.implicit,
            self.strict_explicit,
            self.strict_implicit,
        ];
        if all.iter().all(|x| (0.0..=1.0).contains(x)) {
            Ok(())
        } else {
            Err("ground: give confidences from 0 to 1".into())
        }
    }
}

/// Words of danger: people are told at once, and the line is kept.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Danger {
    /// The words; blanks do not count.
    pub words: Vec<String>,
    /// Words that are taken out of what is said before: "한숨이" is no "숨이".
    #[serde(default)]
    pub except: Vec<String>,
    /// Who is tried by telephone after the alert: a queue of the shop.
    #[serde(default)]
    pub queue: Option<String>,
}

/// What a flow needs of a shop.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Booking rules.
    Booking,
    /// A menu from which orders are taken.
    Orders,
}

/// When a step is taken.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// The shop books tables.
    Tables,
    /// The shop books members of staff.
    Staff,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "StepFile")]
pub struct Step {
    /// What is done.
    pub kind: StepKind,
    /// Only then.
    pub when: Option<When>,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq)]
pub enum StepKind {
    /// Asks for a value until it is there.
    Collect {
        /// The value.
        slot: Slot,
        /// Asked for in the same question if it is missing too.
        together: Option<Slot>,
        /// Asked once; "no matter" is an answer.
        optional: bool,
        /// The caller's own number is taken if it is known.
        default_caller: bool,
    },
    /// Asks a question of the flow's own, and notes the answer in the caller's words.
    Ask {
        /// Its name: in `ask_<name>`, `ask_<name>_again` and `note_<name>`.
        name: String,
        /// Words in an answer that somebody should know of.
        worry: Vec<String>,
        /// Words that are taken out of an answer before: "안 아파" is no "아파".
        except: Vec<String>,
    },
    /// Holds the values against the shop's rules and what is free.
    Check(Check),
    /// Finds what the caller has; `all`: tells all rather than asking which.
    Find {
        /// What is found.
        what: Find,
        /// Whether all are meant.
        all: bool,
    },
    /// Reads back and waits for a yes. Holds the key of the sentence.
    Confirm(String),
    /// Says it. Holds the key of the sentence.
    Tell(String),
    /// Does it; the flow's `done` is said afterwards.
    Do(Deed),
}

/// The checks.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// The shop is open that day and takes bookings for it.
    Day,
    /// The rules allow it and there is room.
    Bookable,
    /// Something is to be changed.
    Change,
    /// An order has items, each with a number.
    Items,
}

/// What can be found.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Find {
    /// The caller's booking.
    Booking,
    /// The caller's order.
    Order,
}

/// What can be done at the end.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The names say it.
pub enum Deed {
    Book,
    MoveBooking,
    CancelBooking,
    LeaveMessage,
    PlaceOrder,
    ChangeOrder,
    CancelOrder,
    /// A message of what was noted; nothing of the caller's to be confirmed.
    Report,
}

#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StepFile {
    /// Asks for a value until it is there.
    collect: Option<Slot>,
    /// With `collect`: asked for in the same question if it is missing too.
    together: Option<Slot>,
    /// With `collect`: asked once; "no matter" is an answer.
    #[serde(default)]
    optional: bool,
    /// With `collect`: the caller's own number is taken if it is known.
    #[serde(default)]
    default_caller: bool,
    /// Asks a question of the flow's own: its name in `ask_<name>` and `note_<name>`.
    ask: Option<String>,
    /// With `ask`: words in an answer that somebody should know of.
    #[serde(default)]
    worry: Vec<String>,
    /// With `worry`: words that are taken out of an answer before: "안 아파" is no "아파".
    #[serde(default)]
    except: Vec<String>,
    /// Holds the values against the shop's rules and what is free.
    check: Option<Check>,
    /// Finds what the caller has.
    find: Option<Find>,
    /// With `find`: tells all rather than asking which.
    #[serde(default)]
    all: bool,
    /// Reads back and waits for a yes: the sentence's key.
    confirm: Option<String>,
    /// Says it: the sentence's key.
    tell: Option<String>,
    /// Does it; `done` is said afterwards.
    #[serde(rename = "do")]
    deed: Option<Deed>,
    /// Only for such shops.
    when: Option<When>,
}

impl TryFrom<StepFile> for Step {
    type Error = String;
    fn try_from(f: StepFile) -> Result<Self, String> {
        let kinds = [
            f.collect.map(|slot| StepKind::Collect {
                slot,
                together: f.together,
                optional: f.optional,
                default_caller: f.default_caller,
            }),
            f.ask.map(|name| StepKind::Ask {
                name,
                worry: f.worry,
                except: f.except,
            }),
            f.check.map(StepKind::Check),
            f.find.map(|what| StepKind::Find { what, all: f.all }),
            f.confirm.map(StepKind::Confirm),
            f.tell.map(StepKind::Tell),
            f.deed.map(StepKind::Do),
        ];
        let mut kinds = kinds.into_iter().flatten();
        match (kinds.next(), kinds.next()) {
            (Some(kind), None) => Ok(Self { kind, when: f.when }),
            _ => Err("a step has exactly one of collect, ask, check, find, confirm, tell and do".into()),
        }
    }
}

impl Flow {
    /// Whether a shop has it.
    pub(crate) fn is_of(&self, shop: &str) -> bool {
        self.shops.is_empty() || self.shops.iter().any(|s| s == shop)
    }

    /// Something starts it, and its words are words.
    fn starts(&self) -> Result<(), String> {
        let name = &self.name;
        if self.intents.is_empty() && self.words.is_empty() && !self.check_in {
            return Err(format!(
                "{name}: nothing starts it: write intents, words or check_in"
            ));
        }
        let danger = self.danger.iter().flat_map(|d| &d.words);
        let worry = self.steps.iter().flat_map(|s| match &s.kind {
            StepKind::Ask { worry, .. } => worry.as_slice(),
            _ => &[],
        });
        let mut words = self.words.iter().chain(danger).chain(worry);
        if words.any(|w| w.chars().filter(|c| c.is_alphanumeric()).count() < 2) {
            return Err(format!("{name}: give words of at least two letters"));
        }
        Ok(())
    }

    pub(crate) fn read(name: &str, text: &str) -> Result<Self, String> {
        let mut flow: Self = toml::from_str(text).map_err(|e| format!("{name}: {e}"))?;
        flow.name = name.to_string();
        flow.ground.check().map_err(|e| format!("{name}: {e}"))?;
        let confirmed_before = |i: usize| {
            flow.steps[..i]
                .iter()
                .any(|s| s.when.is_none() && matches!(s.kind, StepKind::Confirm(_)))
        };
        let commission = |s: &Step| matches!(s.kind, StepKind::Do(d) if d != Deed::Report);
        let deeds = |(i, s): (usize, &Step)| commission(s) && !confirmed_before(i);
        if flow.steps.iter().enumerate().any(deeds) {
            return Err(format!(
                "{name}: nothing is done unconfirmed: put a confirm step before do"
            ));
        }
        flow.starts()?;
        Ok(flow)
    }
}

impl Flows {
    /// Reads flows and their wording from (name, text) pairs; the wording named `say` holds the patterns of days and times.
    ///
    /// # Errors
    /// The file and what is wrong in it.
    pub fn read(flows: &[(&str, &str)], ko: &[(&str, &str)], en: &[(&str, &str)]) -> Result<Self, String> {
        let flows = flows
            .iter()
            .map(|(name, text)| Flow::read(name, text).map(Arc::new));
        Ok(Self {
            flows: flows.collect::<Result<_, _>>()?,
            ko: wording(ko)?,
            en: wording(en)?,
        })
    }

    /// The flow that an intent starts.
    pub fn started_by(&self, intent: Intent) -> Option<&Arc<Flow>> {
        self.flows.iter().find(|f| f.intents.contains(&intent))
    }

    /// The flow that a text names by one of its words.
    pub(crate) fn named_in(&self, text: &str, shop: &str) -> Option<&Arc<Flow>> {
        let here = self.flows.iter().filter(|f| f.is_of(shop));
        here.filter(|f| !f.words.is_empty())
            .find(|f| crate::dialogue::holds_any(text, &f.words, &[]))
    }

    /// What a call is about that Biseo makes to ask after somebody.
    pub(crate) fn check_in(&self, shop: &str) -> Option<&Arc<Flow>> {
        self.flows.iter().find(|f| f.check_in && f.is_of(shop))
    }

    /// All flows.
    pub fn all(&self) -> &[Arc<Flow>] {
        &self.flows
    }

    /// A language's wording, to be changed.
    pub(crate) fn wording_mut(&mut self, language: Language) -> &mut Wording {
        match language {
            Language::Ko => &mut self.ko,
            Language::En => &mut self.en,
        }
    }

    /// A language's wording.
    pub fn wording(&self, language: Language) -> &Wording {
        match language {
            Language::Ko => &self.ko,
            Language::En => &self.en,
        }
    }
}

fn wording(files: &[(&str, &str)]) -> Result<Wording, String> {
    let say = files
        .iter()
        .rev()
        .find(|(name, _)| *name == "say")
        .ok_or("there is no file say")?;
    Wording::read(say.1, files.iter().copied().filter(|(name, _)| *name != "say"))
}
