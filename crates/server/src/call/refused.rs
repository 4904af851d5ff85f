//! Callers for whom there was no room: here (`call.at_once`, ports), or already at the telephone (a trunk's `max_calls`, rates).

use std::sync::Arc;

use biseo_model::record::CallEnd;
use biseo_model::shop::ShopProfile;
use biseo_telephony::RefusedCall;

use super::{Parties, begin, blocked, missed, policy};
use crate::house::House;

/// Keeps that a call came for which there was no room (`full`), while something is out of order: whoever called is called back. At other times
/// whoever was refused tries again, and no record is kept.
pub(super) async fn keep(house: &House, parties: &Parties<'_>, (shop, full): (&ShopProfile, bool)) {
    let now = house.clock.now();
    let fault = house.line.standing.fault(&shop.id, now).is_some();
    if full && fault && house.line.refused.take(now) {
        let record = begin(house, parties, shop).await;
        missed(house, record, CallEnd::Failed).await;
    }
}

/// The same for a call that the telephone itself has refused.
pub(crate) async fn by_telephone(house: Arc<House>, call: RefusedCall) {
    let Some(shop) = house.directory.reached_by(&call.dialled.number) else {
        return;
    };
    if !policy::takes(&house, &shop) {
        tracing::info!(
            "shop {}: a call that was refused would not have been taken, as the shop wishes",
            shop.id
        );
        return;
    }
    let caller = call.caller.number.as_deref();
    if blocked(&house, &shop, caller).await {
        return;
    }
    house.line.counted.came(&shop.id, Some(&call.trunk));
    house.line.counted.lost(&shop.id, Some(&call.trunk));
    tracing::warn!(
        trunk = call.trunk,
        "a call was refused: there are too many, or they come too fast"
    );
    let parties = Parties {
        came: house.clock.now(),
        caller,
        dialled: &call.dialled.number,
        forwarded: call.dialled.forwarded,
    };
    keep(&house, &parties, (&shop, true)).await;
}
