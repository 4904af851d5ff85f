//! Rehearsal: simulated callers with a goal, and the judging of what came of their calls.
//!
//! A [`Scenario`] tells what a caller wants, knows and says (an agenda-based user simulator after Schatzmann et al., 2007).
//! A [`Caller`] plays it, in text or on a real call; [`judge`] holds the outcome against what the scenario expects, by
//! what was stored and done and not by wording. [`rehearse`] plays a whole call in text against a [`MemoryShop`].
//!
//! A [`Case`] is one utterance with what it means; [`judge_understanding`] holds an understanding against it.
//!
//! Pure: no I/O, no clock.

mod caller;
mod cases;
mod doubt;
mod failure;
mod fit;
mod given;
mod guess;
mod judge;
mod memory;
mod rate;
mod run;
mod scenario;
mod textcall;

pub use caller::{Caller, Says};
pub use cases::{Case, Faults, awaiting, judge_understanding};
pub use failure::{Failure, RecordKind};
pub use fit::{CALLERS_NUMBER, first_caller, fitting};
pub use given::{GivenBooking, GivenOrder};
pub use guess::{asked_by, guess};
pub use judge::{Outcome, judge};
pub use memory::{Kept, MemoryShop, PlacedOrder};
pub use rate::Rate;
pub use run::{Line, Rehearsal, rehearse, rehearse_by};
pub use scenario::{Accepts, CallerIs, Expect, Given, Interject, OneOrMore, Scenario, When};
pub use textcall::TextCall;
