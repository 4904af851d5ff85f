//! What is understood of a partial text.

use std::sync::Arc;

use biseo_conversation::turn_taking::Grasp;
use biseo_model::understanding::{Act, Awaiting, Context, Intent, Slot, Understanding};
use jiff::civil::DateTime;

use crate::call::Reader;
use crate::voice::Grasps;

/// What is understood of a partial text, by the same understanding that will read the whole. `now` tells the shop's time.
pub(crate) fn grasps(reader: Arc<Reader>, now: impl Fn() -> DateTime + Send + Sync + 'static) -> Grasps {
    Arc::new(move |text, awaiting| {
        let understanding = reader.understand(text, &Context { now: now(), awaiting });
        match () {
            () if holds(&understanding, awaiting) => Grasp::Filled,
            () if wishes(&understanding, awaiting) => Grasp::Wish,
            () => Grasp::Nothing,
        }
    })
}

/// Whether there is something to answer. A message or an address is told in sentences of any kind: their form decides.
fn wishes(understanding: &Understanding, awaiting: Option<Awaiting>) -> bool {
    let dictated = matches!(awaiting, Some(Awaiting::Slot(Slot::Message | Slot::Address)));
    let acts = [Act::Goodbye, Act::Stop, Act::Repeat, Act::Unsure, Act::Thank];
    dictated
        || understanding.intents.iter().any(|i| *i != Intent::Chitchat)
        || acts.iter().any(|act| understanding.has(*act))
}

fn holds(understanding: &Understanding, awaiting: Option<Awaiting>) -> bool {
    use biseo_model::understanding::Act::{Affirm, Deny, Goodbye};
    let answered = [Affirm, Deny, Goodbye].iter().any(|act| understanding.has(*act));
    match awaiting {
        // A message and an address have no end that words could tell.
        None | Some(Awaiting::Slot(Slot::Message | Slot::Address)) => false,
        Some(Awaiting::Slot(slot)) => understanding.value(slot).is_some(),
        Some(Awaiting::Confirm | Awaiting::Alternative | Awaiting::Offer | Awaiting::AnythingElse) => {
            answered
        }
    }
}
