//! Who is signed in.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use biseo_model::ids::ShopId;
use biseo_store::{Account, Audited};
use jiff::{SignedDuration, Timestamp};

use super::program::{self, Program};
use super::{Right, Role, cookie, secret};
use crate::problem::{Code, Problem};
use crate::state::Api;
use crate::views;

/// Somebody with a session, or a program with a key.
#[derive(Clone)]
pub(crate) struct Signed {
    pub(crate) account: Account,
    pub(crate) shops: Vec<(ShopId, Role)>,
    /// The session's token, and the hash under which it is kept.
    pub(crate) token: String,
    pub(crate) hash: String,
    pub(crate) begun: Timestamp,
    pub(crate) expires: Timestamp,
    /// Whether it was begun by a passkey, which is both factors.
    pub(crate) by_passkey: bool,
    pub(crate) address: Option<IpAddr>,
    /// A program, which is nobody's account.
    pub(crate) program: Option<Program>,
}

/// From which address a request came, proxies seen through.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Whence(pub(crate) Option<IpAddr>);

/// Finds the session or the key of a request, for all that comes after. Its rate is counted here.
pub(crate) async fn sign(
    State(api): State<Api>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let address = request.extensions().get::<Whence>().and_then(|f| f.0);
    if let Some(signed) = who(&api, request.headers(), address).await? {
        api.limits.session.take(signed.hash.clone(), api.now())?;
        request.extensions_mut().insert(Arc::new(signed));
    }
    Ok(next.run(request).await)
}

/// A request with a key is the program's, whatever cookies it brings: another site's page cannot add one.
async fn who(api: &Api, headers: &HeaderMap, address: Option<IpAddr>) -> Result<Option<Signed>, Problem> {
    if program::brings_key(headers) {
        return program::find(api, headers, address).await;
    }
    match cookie::given(headers, &api.settings) {
        Some(token) => find(api, token, address).await,
        None => Ok(None),
    }
}

/// The session of a token, with what its user is now. A session that is used lives on.
pub(crate) async fn find(
    api: &Api,
    token: String,
    address: Option<IpAddr>,
) -> Result<Option<Signed>, Problem> {
    let (hash, now) = (secret::hash(&token), api.now());
    let Some(session) = api.store.session(&hash, now).await? else {
        return Ok(None);
    };
    let expires = prolonged(api, &hash, (session.begun, session.expires), now).await?;
    let shops = api.store.memberships(&session.account.id).await?;
    let known = |m: biseo_store::Membership| Some((m.shop, Role::of_code(&m.role)?));
    Ok(Some(Signed {
        account: session.account,
        begun: session.begun,
        by_passkey: session.by_passkey,
        shops: shops.into_iter().filter_map(known).collect(),
        token,
        hash,
        expires,
        address,
        program: None,
    }))
}

/// Writes at most once in a twentieth of the idle time.
async fn prolonged(
    api: &Api,
    hash: &str,
    (begun, expires): (Timestamp, Timestamp),
    now: Timestamp,
) -> Result<Timestamp, Problem> {
    let later = end(api, begun, now);
    let step = api.settings.idle / 20;
    if later.duration_since(expires) < SignedDuration::try_from(step).unwrap_or_default() {
        return Ok(expires);
    }
    api.store.prolong_session(hash, later).await?;
    Ok(later)
}

/// When a session begun then ends if it is not used after `now`.
fn end(api: &Api, begun: Timestamp, now: Timestamp) -> Timestamp {
    let after = |from: Timestamp, d| from.checked_add(d).unwrap_or(Timestamp::MAX);
    after(now, api.settings.idle).min(after(begun, api.settings.session))
}

/// Begins a session for an account, by a passkey or by a password.
pub(crate) async fn begin(
    api: &Api,
    (account, by_passkey): (&str, bool),
    address: Option<IpAddr>,
) -> Result<Signed, Problem> {
    let (token, now) = (secret::token(), api.now());
    let hash = secret::hash(&token);
    let expires = end(api, now, now);
    let who = (account, by_passkey);
    api.store.begin_session(&hash, who, now, expires).await?;
    let signed = find(api, token, address).await?;
    signed.ok_or_else(|| Problem::new(Code::Internal))
}

impl Signed {
    /// What the user is at a shop that exists.
    pub(crate) fn role(&self, shop: &ShopId) -> Option<Role> {
        if let Some(program) = &self.program {
            return (program.shop == *shop).then_some(Role::Agent);
        }
        let member = self.shops.iter().find(|(s, _)| s == shop).map(|(_, role)| *role);
        member.or(self.account.operator.then_some(Role::Operator))
    }

    /// What the user, who is that at a shop, may do there.
    pub(crate) fn rights(&self, role: Role) -> Vec<Right> {
        match &self.program {
            Some(program) => program.rights.clone(),
            None => role.rights().collect(),
        }
    }

    /// What is still to be done before the session may do anything.
    pub(crate) fn pending(&self, api: &Api) -> Option<views::SignInStep> {
        let second = self.account.totp.is_some() || self.by_passkey || self.program.is_some();
        let lacks = api.settings.totp_required && !second;
        lacks.then_some(views::SignInStep::EnrolTotp)
    }

    pub(crate) fn view(&self, api: &Api) -> views::SessionView {
        let membership = |(shop, role): &(ShopId, Role)| views::Membership {
            shop: shop.as_str().into(),
            role: *role,
            rights: role.rights().collect(),
        };
        views::SessionView {
            user: self.account.id.clone(),
            login: self.account.login.clone(),
            name: self.account.name.clone(),
            password: !self.account.password.is_empty(),
            totp: self.account.totp.is_some(),
            recovery_codes: u32::try_from(self.account.recovery.len()).unwrap_or(u32::MAX),
            operator: self.account.operator,
            memberships: self.shops.iter().map(membership).collect(),
            pending: self.pending(api),
            expires: self.expires,
        }
    }

    /// Writes into the audit log what the user did.
    pub(crate) async fn audit(
        &self,
        api: &Api,
        shop: Option<&ShopId>,
        action: &str,
        target: Option<&str>,
    ) -> Result<(), Problem> {
        let entry = self.entry(api, shop, action, target);
        Ok(api.store.audit(&entry).await?)
    }

    /// What the user does now, as the audit log has it.
    pub(crate) fn entry(
        &self,
        api: &Api,
        shop: Option<&ShopId>,
        action: &str,
        target: Option<&str>,
    ) -> Audited {
        Audited {
            id: secret::id(),
            shop: shop.cloned(),
            at: api.now(),
            account: Some(self.account.id.clone()),
            login: Some(self.account.login.clone()),
            action: action.into(),
            target: target.map(Into::into),
            address: self.address.map(|a| a.to_string()),
        }
    }
}

/// A person or a program.
pub(crate) struct Anyone(pub(crate) Signed);

impl FromRequestParts<Api> for Anyone {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Api) -> Result<Self, Problem> {
        let signed = parts.extensions.get::<Arc<Signed>>();
        signed
            .map(|s| Self(Signed::clone(s)))
            .ok_or_else(|| Problem::new(Code::Unauthenticated))
    }
}

/// A person: programs have no account of their own.
impl FromRequestParts<Api> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let Anyone(signed) = Anyone::from_request_parts(parts, api).await?;
        match signed.program {
            Some(_) => Err(Code::Forbidden.into()),
            None => Ok(signed),
        }
    }
}

impl FromRequestParts<Api> for Whence {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Api) -> Result<Self, Problem> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or(Self(None)))
    }
}
