//! Admission to a shop: no handler sees a shop without it.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use biseo_model::ids::ShopId;
use biseo_model::shop::ShopProfile;
use biseo_store::{Done, Telling};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::rights::Needs;
use super::{Anyone, Role, Signed};
use crate::live::{LiveEvent, Notice, NoticeKind};
use crate::problem::{Code, Problem};
use crate::room::Books;
use crate::state::Api;

/// Somebody signed in, or a program, who has the right `N` at the shop that the path names.
pub(crate) struct May<N> {
    pub(crate) api: Api,
    pub(crate) signed: Signed,
    pub(crate) role: Role,
    pub(crate) shop: ShopId,
    pub(crate) profile: Arc<ShopProfile>,
    params: Vec<(String, String)>,
    right: PhantomData<N>,
}

impl<N: Needs> FromRequestParts<Api> for May<N> {
    type Rejection = Problem;

    /// A shop of which the user is no member is as unknown as one that does not exist.
    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let Anyone(signed) = Anyone::from_request_parts(parts, api).await?;
        if signed.pending(api).is_some() {
            return Err(Code::EnrolmentRequired.into());
        }
        let params = params(parts).await?;
        let none = || Problem::new(Code::NotFound);
        let named = params.iter().find(|(name, _)| name == "shop").ok_or_else(none)?;
        let shop = ShopId::new(named.1.as_str()).map_err(|_| none())?;
        let role = signed.role(&shop).ok_or_else(none)?;
        let profile = api.shops.find(&shop).ok_or_else(none)?;
        if !signed.rights(role).contains(&N::RIGHT) {
            return Err(Code::Forbidden.into());
        }
        Ok(Self {
            api: api.clone(),
            signed,
            role,
            shop,
            profile,
            params,
            right: PhantomData,
        })
    }
}

/// The same, but no program: for what is somebody's own, such as a browser that shows notices, and for what goes on giving out the
/// shop's things after the key that asked for it is gone.
pub(crate) struct Person<N>(pub(crate) May<N>);

impl<N: Needs> FromRequestParts<Api> for Person<N> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let may = May::from_request_parts(parts, api).await?;
        match may.signed.program {
            Some(_) => Err(Code::Forbidden.into()),
            None => Ok(Self(may)),
        }
    }
}

async fn params(parts: &mut Parts) -> Result<Vec<(String, String)>, Problem> {
    let raw = RawPathParams::from_request_parts(parts, &()).await;
    let raw = raw.map_err(|_| Problem::new(Code::NotFound))?;
    let owned = |(name, value): (&str, &str)| (name.to_string(), value.to_string());
    Ok(raw.iter().map(owned).collect())
}

impl<N> May<N> {
    /// A part of the path as what it has to be; what cannot be one names nothing.
    pub(crate) fn part<T: TryFrom<String>>(&self, name: &str) -> Result<T, Problem> {
        let found = self.params.iter().find(|(n, _)| n == name);
        found
            .and_then(|(_, value)| T::try_from(value.clone()).ok())
            .ok_or_else(|| Problem::new(Code::NotFound))
    }

    /// Writes into the audit log what the user did.
    pub(crate) async fn audit(&self, action: &str, target: Option<&str>) -> Result<(), Problem> {
        let shop = Some(&self.shop);
        self.signed.audit(&self.api, shop, action, target).await
    }

    /// The same for what is done piece by piece: once within a time.
    pub(crate) async fn audit_once(
        &self,
        action: &str,
        target: &str,
        within: Duration,
    ) -> Result<(), Problem> {
        let entry = self
            .signed
            .entry(&self.api, Some(&self.shop), action, Some(target));
        let since = entry.at.checked_sub(within).unwrap_or(Timestamp::MIN);
        self.api.store.audit_once(&entry, since).await?;
        Ok(())
    }

    /// To do what the shop's people are told of, if a program does it: what people do on the page themselves, they know.
    pub(crate) fn telling(&self) -> Option<Telling<'_>> {
        let program = self.signed.program.is_some();
        program.then(|| self.api.store.telling(None, self.api.now()))
    }

    /// Something was done by way of [`Self::telling`].
    pub(crate) fn did(&self, done: impl FnOnce() -> Done) {
        if self.signed.program.is_some() {
            (self.api.settings.program_did)(done());
        }
    }

    /// Writes into the audit log what the user did to something, and tells the pages that show it.
    pub(crate) async fn changed(&self, action: &str, kind: NoticeKind, id: &str) -> Result<(), Problem> {
        self.audit(action, Some(id)).await?;
        self.notify(kind, Some(id));
        Ok(())
    }

    /// Tells the pages that show it that something has changed.
    pub(crate) fn notify(&self, kind: NoticeKind, id: Option<&str>) {
        let notice = Notice::of(kind, id, None);
        self.api.live.tell(&self.shop, &LiveEvent::Notice(notice));
    }

    /// The shop's books now.
    pub(crate) fn books(&self) -> Books<'_> {
        Books {
            store: &self.api.store,
            profile: &self.profile,
            now: self.api.now(),
        }
    }

    /// The shop's zone.
    pub(crate) fn zone(&self) -> TimeZone {
        TimeZone::get(&self.profile.zone).unwrap_or(TimeZone::UTC)
    }

    /// The present time on the shop's clock.
    pub(crate) fn local(&self) -> DateTime {
        self.books().local()
    }

    /// Today on the shop's clock.
    pub(crate) fn today(&self) -> Date {
        self.local().date()
    }
}
