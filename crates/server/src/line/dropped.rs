//! Calls that were missed or broke off while the line is out of order: whoever called is to be called back.

use biseo_model::ids::MessageId;
use biseo_model::record::{CallEnd, CallRecord, Message};

use crate::house::House;
use crate::live::Deed;
use crate::records::Kept;
use crate::wording::Wording;

/// Notes for the shop's people that this caller is to be called back, if the line is to blame and the number is known.
pub(crate) async fn offer_call_back(house: &House, call: &CallRecord, end: CallEnd) {
    let gone = end == CallEnd::Failed || (call.answered.is_none() && end != CallEnd::Blocked);
    let Some(number) = call.caller.clone().filter(|_| gone) else {
        return;
    };
    if !house.line.standing.is_line_out_of_order() {
        return;
    }
    let Ok(id) = MessageId::new(format!("{}-l0", call.id.as_str())) else {
        return;
    };
    let message = Message {
        id,
        shop: call.shop.clone(),
        call: Some(call.id.clone()),
        name: None,
        text: Wording::of("line", house.config.lang).say("call_back", "", ""),
        call_back: Some(number),
        at: house.clock.now(),
    };
    match house.records.leave_message(&message, false).await {
        Ok(Kept::Central) => house.live.done(Deed::Message(message)),
        // Told when it is in the database.
        Ok(Kept::Here) => {}
        Err(e) => tracing::error!("that a caller is to be called back could not be stored: {e}"),
    }
}
