//! Whether a partial text already holds what was asked.

use std::sync::Arc;

use biseo_model::understanding::{Awaiting, Context, Slot, Understanding};
use biseo_nlu::Nlu;

use crate::voice::Filled;

/// Whether a partial text already holds what was asked, by the same understanding that will read the whole.
pub(super) fn filled(nlu: Arc<Nlu>, now: jiff::civil::DateTime) -> Filled {
    Arc::new(move |text, awaiting| {
        let understanding = nlu.understand(text, &Context { now, awaiting });
        holds(&understanding, awaiting)
    })
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
