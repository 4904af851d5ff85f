//! The conversation: what to say and what to do next, and who has the floor.
//!
//! Pure state machines, without I/O, clock or randomness. [`Dialogue`] takes what the caller meant and gives prompts
//! and actions; [`keypad::Keypad`] does so with keys, where nothing that is said can be understood.
//! [`turn_taking::TurnTaker`] takes what goes on on the line and tells when the caller has finished.
//!
//! What the conversation is made of is data: [`Flows`], read from the project's folder `flows`.

mod dialogue;
mod files;
mod flow;
mod io;
pub mod keypad;
mod open;
mod outline;
mod own;
mod rules;
#[cfg(feature = "schema")]
pub mod schema;
pub mod turn_taking;
mod wording;

pub use dialogue::{Dialogue, FlowState, Ground, Grounding, SlotState, Source};
pub use files::{FileError, built_in_files};
pub use flow::{Check, Danger, Deed, Find, Flow, Flows, Limits, Need, Step, StepKind, When};
pub use io::{
    Action, ActionResult, CheckIn, Destination, Incident, Input, Item, Known, Language, Listen, NewBooking,
    NewOrder, Opening, Output, Prompt, Standing, StandingOrder, Summary, Wish,
};
pub use outline::{Outline, OutlineStep};
pub use own::{Sentence, Unsayable, Why};
pub use wording::{Say, Template, Values, Wording, particle};
