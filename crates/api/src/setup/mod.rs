//! Setting a shop up: what is kept of it between the steps, what is suggested, and its profile's text.

mod booking;
mod check;
mod text;

use biseo_model::ids::ShopId;
use biseo_model::shop::{BookingRules, ShopProfile};
use biseo_store::Store;
use serde::{Deserialize, Serialize};

pub(crate) use booking::with_booking;
pub(crate) use check::{booking as check_booking, business as check_business, hours as check_hours};
pub(crate) use text::{beginning, with_business};

use crate::problem::{Code, Problem};
use crate::views::{HoursView, SetupBooking, SetupBusiness, SetupStep, SetupView, ShopKind};

/// Under this name it is kept.
const NAME: &str = "setup";

/// What is kept of setting up beside the profile.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// What the first step said; before the second one there is no profile that could have it.
    pub(crate) business: Option<SetupBusiness>,
    /// The steps that are done.
    pub(crate) done: Vec<SetupStep>,
}

impl Kept {
    /// Reads it, with its version.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub(crate) async fn read(store: &Store, shop: &ShopId) -> Result<(Self, i64), Problem> {
        let Some(setting) = store.setting(shop, NAME).await? else {
            return Ok((Self::default(), 0));
        };
        let kept = serde_json::from_value(setting.content).unwrap_or_else(|e| {
            tracing::error!("shop {shop}: how far it is set up cannot be read: {e}");
            Self::default()
        });
        Ok((kept, setting.version))
    }

    /// Keeps it.
    ///
    /// # Errors
    /// [`Code::Changed`] if another was quicker.
    pub(crate) async fn write(&self, store: &Store, shop: &ShopId, version: i64) -> Result<(), Problem> {
        let content = serde_json::to_value(self).map_err(|_| Code::Internal)?;
        match store.choose(shop, NAME, &content, version).await? {
            true => Ok(()),
            false => Err(Code::Changed.into()),
        }
    }

    /// One more step is done.
    pub(crate) fn step(&mut self, step: SetupStep) {
        self.done.push(step);
        self.done.sort_unstable();
        self.done.dedup();
    }
}

/// Where setting up is.
pub(crate) fn view(kept: &Kept, profile: Option<&ShopProfile>, editable: bool) -> SetupView {
    let first = kept.business.as_ref();
    let kind = first.map(|b| b.kind).or(profile.map(kind_of));
    let suggested = kind.and_then(template);
    let hours_of = profile.or(suggested.as_ref());
    let booking_done = kept.done.contains(&SetupStep::Booking);
    let own = profile.filter(|p| booking_done || has_anything(p));
    SetupView {
        made: profile.is_some(),
        editable: editable || profile.is_none(),
        kind,
        name: profile
            .map(|p| (&p.name).into())
            .or(first.map(|b| b.name.clone())),
        address: profile
            .map(|p| (&p.address).into())
            .or(first.map(|b| b.address.clone())),
        numbers: match profile {
            Some(p) => p.numbers.iter().map(|n| n.as_str().into()).collect(),
            None => first.map(|b| b.numbers.clone()).unwrap_or_default(),
        },
        hours: hours_of.map(|p| HoursView::from(&p.hours)),
        booking: own.or(suggested.as_ref()).map(SetupBooking::of),
        done: kept.done.clone(),
    }
}

fn has_anything(profile: &ShopProfile) -> bool {
    profile.booking.is_some() || !profile.menu.is_empty() || !profile.services.is_empty()
}

/// The kind of a shop that was written by hand.
fn kind_of(profile: &ShopProfile) -> ShopKind {
    match &profile.booking {
        Some(BookingRules::Tables(_)) => ShopKind::Restaurant,
        Some(BookingRules::Staff(_)) if !profile.queues.is_empty() => ShopKind::Clinic,
        Some(BookingRules::Staff(_)) => ShopKind::Hair,
        None if !profile.menu.is_empty() => ShopKind::Orders,
        None => ShopKind::Other,
    }
}

/// What is suggested to a kind of shop.
fn template(kind: ShopKind) -> Option<ShopProfile> {
    let text = match kind {
        ShopKind::Restaurant => include_str!("../../templates/restaurant.toml"),
        ShopKind::Hair => include_str!("../../templates/hair.toml"),
        ShopKind::Clinic => include_str!("../../templates/clinic.toml"),
        ShopKind::Orders => include_str!("../../templates/orders.toml"),
        ShopKind::Other => include_str!("../../templates/other.toml"),
    };
    // Each is read by the test below.
    ShopProfile::from_toml(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_suggestion_that_can_be_saved_as_it_is() {
        for (kind, booked) in [
            (ShopKind::Restaurant, true),
            (ShopKind::Hair, true),
            (ShopKind::Clinic, true),
            (ShopKind::Orders, false),
            (ShopKind::Other, false),
        ] {
            let template = template(kind).unwrap();
            assert_eq!(template.booking.is_some(), booked, "{kind:?}");
            assert!(template.facts.is_empty(), "{kind:?}: nobody has said it");
            check_booking(&SetupBooking::of(&template)).unwrap();
            check_hours(&HoursView::from(&template.hours)).unwrap();
        }
    }
}
