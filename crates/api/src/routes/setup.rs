//! Setting a shop up, step by step: also one that has no profile yet.

use axum::Json;
use biseo_model::shop::ShopProfile;

use crate::auth::Founder;
use crate::extract::Body;
use crate::problem::{Code, Fault, Problem};
use crate::profile;
use crate::setup::{self, Kept};
use crate::shops::NotReplaced;
use crate::views::*;

/// Where setting up is, with what is saved and what is suggested for the rest. Its first owner sees it before the shop has a profile.
#[utoipa::path(
    get, path = "/shops/{shop}/setup", tag = "setup",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = SetupView))
)]
pub(super) async fn read_setup(founder: Founder) -> Result<Json<SetupView>, Problem> {
    let (kept, _) = Kept::read(&founder.api.store, &founder.shop).await?;
    shown(&founder, &kept).await
}

/// Saves kind, name, address and numbers.
#[utoipa::path(
    put, path = "/shops/{shop}/setup/business", tag = "setup",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    request_body = SetupBusiness,
    responses((status = 200, body = SetupView))
)]
pub(super) async fn set_up_business(
    founder: Founder,
    Body(given): Body<SetupBusiness>,
) -> Result<Json<SetupView>, Problem> {
    let business = setup::check_business(&given)?;
    free(&founder, &business.numbers)?;
    if founder.profile.is_some() {
        replace(&founder, |text, _| setup::with_business(text, &business)).await?;
    }
    let kept = Change {
        business: Some(business),
        step: SetupStep::Business,
    };
    keep(&founder, kept).await
}

/// Saves the hours. With them the shop gets its profile: from here on it answers its numbers.
#[utoipa::path(
    put, path = "/shops/{shop}/setup/hours", tag = "setup",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    request_body = HoursView,
    responses((status = 200, body = SetupView))
)]
pub(super) async fn set_up_hours(
    founder: Founder,
    Body(hours): Body<HoursView>,
) -> Result<Json<SetupView>, Problem> {
    setup::check_hours(&hours)?;
    match founder.profile {
        Some(_) => {
            let change = ProfileChange {
                hours: Some(hours),
                ..ProfileChange::default()
            };
            let text = profile::text(&founder.api, &founder.shop).await;
            let text = text.ok_or(Code::Unsupported)?;
            profile::change(&founder.api, &founder.shop, text, &change).await?;
        }
        None => make(&founder, &hours).await?,
    }
    keep(&founder, Change::step(SetupStep::Hours)).await
}

/// Saves what can be booked and ordered.
#[utoipa::path(
    put, path = "/shops/{shop}/setup/booking", tag = "setup",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    request_body = SetupBooking,
    responses((status = 200, body = SetupView))
)]
pub(super) async fn set_up_booking(
    founder: Founder,
    Body(wanted): Body<SetupBooking>,
) -> Result<Json<SetupView>, Problem> {
    setup::check_booking(&wanted)?;
    founder.profile.as_ref().ok_or(Code::Conflict)?;
    replace(&founder, |text, profile| {
        setup::with_booking(text, profile, &wanted)
    })
    .await?;
    keep(&founder, Change::step(SetupStep::Booking)).await
}

/// Marks a step as done that saves nothing by itself.
#[utoipa::path(
    patch, path = "/shops/{shop}/setup", tag = "setup",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    request_body = SetupDone,
    responses((status = 200, body = SetupView))
)]
pub(super) async fn mark_setup(
    founder: Founder,
    Body(given): Body<SetupDone>,
) -> Result<Json<SetupView>, Problem> {
    if given.done <= SetupStep::Booking {
        return Err(Problem::field("done", Fault::Contradiction));
    }
    founder.profile.as_ref().ok_or(Code::Conflict)?;
    keep(&founder, Change::step(given.done)).await
}

/// What a step changes of what is kept.
struct Change {
    business: Option<SetupBusiness>,
    step: SetupStep,
}

impl Change {
    fn step(step: SetupStep) -> Self {
        Self { business: None, step }
    }
}

async fn keep(founder: &Founder, change: Change) -> Result<Json<SetupView>, Problem> {
    let (mut kept, version) = Kept::read(&founder.api.store, &founder.shop).await?;
    let before = kept.clone();
    kept.business = change.business.or(kept.business);
    kept.step(change.step);
    if kept != before {
        kept.write(&founder.api.store, &founder.shop, version).await?;
    }
    founder.changed("setup.saved").await?;
    shown(founder, &kept).await
}

async fn shown(founder: &Founder, kept: &Kept) -> Result<Json<SetupView>, Problem> {
    let profile = founder.api.shops.find(&founder.shop);
    let text = profile::text(&founder.api, &founder.shop).await;
    Ok(Json(setup::view(kept, profile.as_deref(), text.is_some())))
}

/// Whether no other shop is dialled by these numbers.
fn free(founder: &Founder, numbers: &[String]) -> Result<(), Problem> {
    let all = founder.api.shops.all();
    let mut others = all
        .iter()
        .filter(|p| p.id != founder.shop)
        .flat_map(|p| &p.numbers);
    match others.any(|n| numbers.iter().any(|own| own == n.as_str())) {
        true => Err(Problem::field("numbers", Fault::Taken)),
        false => Ok(()),
    }
}

/// Makes the shop.
async fn make(founder: &Founder, hours: &HoursView) -> Result<(), Problem> {
    let (kept, _) = Kept::read(&founder.api.store, &founder.shop).await?;
    let business = kept.business.ok_or(Code::Conflict)?;
    free(founder, &business.numbers)?;
    let text = setup::beginning(&founder.shop, &business, hours)?;
    let (shops, shop) = (founder.api.shops.clone(), founder.shop.clone());
    let made = tokio::task::spawn_blocking(move || shops.create(&shop, &text)).await;
    written(made.map_err(|_| Code::Internal)?)
}

async fn replace(
    founder: &Founder,
    change: impl FnOnce(&str, &ShopProfile) -> Result<String, Problem>,
) -> Result<(), Problem> {
    let text = profile::text(&founder.api, &founder.shop).await;
    let text = text.ok_or(Code::Unsupported)?;
    let profile = founder.api.shops.find(&founder.shop).ok_or(Code::NotFound)?;
    let new = change(&text, &profile)?;
    let (shops, shop) = (founder.api.shops.clone(), founder.shop.clone());
    let done = tokio::task::spawn_blocking(move || shops.replace(&shop, &text, &new)).await;
    written(done.map_err(|_| Code::Internal)?)
}

fn written(done: Result<(), NotReplaced>) -> Result<(), Problem> {
    done.map_err(|why| match why {
        NotReplaced::Changed => Code::Changed.into(),
        NotReplaced::Fixed => Code::Unsupported.into(),
        NotReplaced::Failed(e) => {
            tracing::error!(error = %e, "a profile cannot be written");
            Code::Internal.into()
        }
    })
}
