//! Admission to a shop that may not be there yet: its first owner has been let in, and makes it.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use biseo_model::ids::ShopId;
use biseo_model::shop::ShopProfile;

use super::{Right, Signed};
use crate::live::{LiveEvent, Notice, NoticeKind};
use crate::problem::{Code, Problem};
use crate::state::Api;

/// Somebody signed in who may write the profile of the shop that the path names, whether or not it has one.
pub(crate) struct Founder {
    pub(crate) api: Api,
    pub(crate) signed: Signed,
    pub(crate) shop: ShopId,
    pub(crate) profile: Option<Arc<ShopProfile>>,
}

impl FromRequestParts<Api> for Founder {
    type Rejection = Problem;

    /// A shop of which the user is no member is as unknown as one that does not exist.
    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let signed = Signed::from_request_parts(parts, api).await?;
        if signed.pending(api).is_some() {
            return Err(Code::EnrolmentRequired.into());
        }
        let none = || Problem::new(Code::NotFound);
        let params = RawPathParams::from_request_parts(parts, &()).await;
        let params = params.map_err(|_| none())?;
        let named = params.iter().find(|(name, _)| *name == "shop").ok_or_else(none)?;
        let shop = ShopId::new(named.1).map_err(|_| none())?;
        let role = signed.role(&shop).ok_or_else(none)?;
        let profile = api.shops.find(&shop);
        // An operator's role holds at any shop, also at one that is none.
        if !role.may(Right::WriteShop) {
            return Err(match profile {
                Some(_) => Code::Forbidden.into(),
                None => none(),
            });
        }
        Ok(Self {
            api: api.clone(),
            signed,
            shop,
            profile,
        })
    }
}

impl Founder {
    /// Writes into the audit log what was done, and tells the pages that show the profile.
    pub(crate) async fn changed(&self, action: &str) -> Result<(), Problem> {
        self.signed
            .audit(&self.api, Some(&self.shop), action, None)
            .await?;
        let notice = Notice::of(NoticeKind::Profile, None, None);
        self.api.live.tell(&self.shop, &LiveEvent::Notice(notice));
        Ok(())
    }
}
