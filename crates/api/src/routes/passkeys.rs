//! Passkeys: signing in by them, and one's own.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::AppendHeaders;
use biseo_store::{MOST_PASSKEYS, Passkey, Removal};

use super::session::{Begun, begun, confirm};
use crate::auth::{self, Answer, Attempting, Made, Refused, Signed, Whence, secret};
use crate::check::text;
use crate::extract::Body;
use crate::problem::{Code, Problem};
use crate::state::Api;
use crate::views::*;

/// A challenge, and the cookie of the browser to which it belongs.
type Challenged = (
    AppendHeaders<[(HeaderName, HeaderValue); 1]>,
    Json<PasskeyChallenge>,
);

/// The part of a path that names a passkey.
type PathId = Result<Path<String>, PathRejection>;

/// Begins a sign-in by whichever passkey the person chooses; no login is asked for. The cookie of the answer binds it to the browser.
#[utoipa::path(
    post, path = "/session/passkey/begin", tag = "session",
    responses((status = 200, body = PasskeyChallenge))
)]
pub(super) async fn begin_passkey_sign_in(
    State(api): State<Api>,
    Whence(address): Whence,
    headers: HeaderMap,
) -> Result<Challenged, Problem> {
    let passkeys = api.passkeys()?;
    // Two tabs of a browser are one holder: neither takes the other's challenge away.
    let token = auth::held(&headers, &api.settings).unwrap_or_else(secret::token);
    let (options, state) = passkeys.begin_entering()?;
    let holder = secret::hash(&token);
    let ceremony = passkeys.entering.put(&holder, address, state, api.now())?;
    let cookie = (header::SET_COOKIE, auth::holding(&token, &api.settings));
    let challenge = PasskeyChallenge { ceremony, options };
    Ok((AppendHeaders([cookie]), Json(challenge)))
}

/// Signs in by a passkey, which is both factors: the device has verified its user. The cookie of the answer is the session.
#[utoipa::path(
    post, path = "/session/passkey", tag = "session",
    request_body = PasskeySignIn,
    responses((status = 200, body = SessionView))
)]
pub(super) async fn passkey_sign_in(
    State(api): State<Api>,
    Whence(address): Whence,
    headers: HeaderMap,
    Body(given): Body<PasskeySignIn>,
) -> Result<Begun, Problem> {
    let passkeys = api.passkeys()?;
    let answer = Answer::read(given.credential)?;
    let holder = auth::held(&headers, &api.settings).ok_or(Code::ChallengeGone)?;
    let holder = secret::hash(&holder);
    let state = passkeys.entering.take(&given.ceremony, &holder, api.now())?;
    // No login can be called so: the count is the passkey's own.
    let counted = format!("passkey\n{}", answer.credential);
    let attempting = Attempting::begin(&api, &counted, address).await?;
    let known = api
        .store
        .passkey_of(passkeys.domain(), &answer.credential)
        .await?;
    let known = known.ok_or(Code::PasskeyRefused)?;
    let proved = match passkeys.finish_entering(state, &answer, &known) {
        Ok(proved) => proved,
        Err(Refused::CountedBack) => return counted_back(&api, &known, address).await,
        Err(Refused::Unproved) => return Err(Code::PasskeyRefused.into()),
    };
    let (counter, backed_up) = (proved.counter, proved.backed_up);
    let used = api.store.use_passkey(&known.id, counter, backed_up, api.now());
    if !used.await? {
        return counted_back(&api, &known, address).await;
    }
    attempting.succeeded(&api).await?;
    let who = (known.account.as_str(), true);
    begun(&api, who, address, "session.begun_by_passkey").await
}

/// Refuses a passkey that may have been copied, and says so in the audit log of each of its owner's shops.
async fn counted_back(
    api: &Api,
    known: &Passkey,
    address: Option<std::net::IpAddr>,
) -> Result<Begun, Problem> {
    tracing::warn!(passkey = %known.id, "a passkey's counter went back: it is refused");
    let account = api.store.account(&known.account).await?;
    let shops = api.store.memberships(&known.account).await?;
    let mut shops: Vec<_> = shops.into_iter().map(|m| Some(m.shop)).collect();
    if shops.is_empty() {
        shops.push(None);
    }
    for shop in shops {
        let entry = biseo_store::Audited {
            id: secret::id(),
            shop,
            at: api.now(),
            account: Some(known.account.clone()),
            login: account.as_ref().map(|a| a.login.clone()),
            action: "passkey.counted_back".into(),
            target: Some(known.id.clone()),
            address: address.map(|a| a.to_string()),
        };
        api.store.audit(&entry).await?;
    }
    Err(Code::PasskeyRefused.into())
}

/// One's own passkeys.
#[utoipa::path(
    get, path = "/session/passkeys", tag = "session",
    responses((status = 200, body = PasskeyList))
)]
pub(super) async fn list_passkeys(
    State(api): State<Api>,
    signed: Signed,
) -> Result<Json<PasskeyList>, Problem> {
    settled(&api, &signed)?;
    let items = api.store.passkeys(&signed.account.id).await?;
    let items = items.into_iter().map(|p| view(&api, p)).collect();
    Ok(Json(PasskeyList { items }))
}

/// Begins to add a passkey, with the password once more.
#[utoipa::path(
    post, path = "/session/passkeys/begin", tag = "session",
    request_body = Reauth,
    responses((status = 200, body = PasskeyChallenge))
)]
pub(super) async fn begin_passkey(
    State(api): State<Api>,
    signed: Signed,
    Body(given): Body<Reauth>,
) -> Result<Json<PasskeyChallenge>, Problem> {
    let passkeys = api.passkeys()?;
    settled(&api, &signed)?;
    confirm(&api, &signed, given.password).await?;
    let account = &signed.account;
    let known = api.store.passkeys(&account.id).await?;
    if known.len() >= MOST_PASSKEYS {
        return Err(Code::Conflict.into());
    }
    let who = (account.id.as_str(), account.login.as_str(), account.name.as_str());
    let (options, adding) = passkeys.begin_adding(who, &known)?;
    let ceremony = passkeys
        .adding
        .put(&signed.hash, signed.address, adding, api.now())?;
    Ok(Json(PasskeyChallenge { ceremony, options }))
}

/// Adds a passkey.
#[utoipa::path(
    post, path = "/session/passkeys", tag = "session",
    request_body = NewPasskey,
    responses((status = 201, body = PasskeyView))
)]
pub(super) async fn add_passkey(
    State(api): State<Api>,
    signed: Signed,
    Body(given): Body<NewPasskey>,
) -> Result<(StatusCode, Json<PasskeyView>), Problem> {
    let passkeys = api.passkeys()?;
    settled(&api, &signed)?;
    let name = text(&given.name, "name", 64)?;
    let adding = passkeys.adding.take(&given.ceremony, &signed.hash, api.now())?;
    let made = Made {
        id: secret::id(),
        account: &signed.account.id,
        name,
        now: api.now(),
    };
    let passkey = passkeys.finish_adding(&adding, given.credential, made)?;
    api.store.add_passkey(&passkey).await?;
    signed
        .audit(&api, None, "passkey.added", Some(&passkey.id))
        .await?;
    Ok((StatusCode::CREATED, Json(view(&api, passkey))))
}

/// Calls one's own passkey otherwise.
#[utoipa::path(
    patch, path = "/session/passkeys/{passkey}", tag = "session",
    params(("passkey" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    request_body = PasskeyName,
    responses((status = 200, body = PasskeyView))
)]
pub(super) async fn rename_passkey(
    State(api): State<Api>,
    signed: Signed,
    path: PathId,
    Body(given): Body<PasskeyName>,
) -> Result<Json<PasskeyView>, Problem> {
    settled(&api, &signed)?;
    let id = named(path)?;
    let (account, name) = (&signed.account.id, text(&given.name, "name", 64)?);
    let known = api.store.rename_passkey(account, &id, &name).await?;
    known.then_some(()).ok_or(Code::NotFound)?;
    signed.audit(&api, None, "passkey.renamed", Some(&id)).await?;
    let all = api.store.passkeys(account).await?;
    let found = all.into_iter().find(|p| p.id == id).ok_or(Code::NotFound)?;
    Ok(Json(view(&api, found)))
}

/// Removes one's own passkey. The only way into an account stays: 409 `last_sign_in`.
#[utoipa::path(
    delete, path = "/session/passkeys/{passkey}", tag = "session",
    params(("passkey" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 204, description = "Done"))
)]
pub(super) async fn remove_passkey(
    State(api): State<Api>,
    signed: Signed,
    path: PathId,
) -> Result<StatusCode, Problem> {
    settled(&api, &signed)?;
    let id = named(path)?;
    let domain = api.passkeys().ok().map(auth::Passkeys::domain);
    match api.store.remove_passkey(&signed.account.id, &id, domain).await? {
        Removal::Gone => {}
        Removal::Unknown => return Err(Code::NotFound.into()),
        Removal::Last => return Err(Code::LastSignIn.into()),
    }
    signed.audit(&api, None, "passkey.removed", Some(&id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether nothing is left to do before the session may do anything.
fn settled(api: &Api, signed: &Signed) -> Result<(), Problem> {
    match signed.pending(api) {
        Some(_) => Err(Code::EnrolmentRequired.into()),
        None => Ok(()),
    }
}

/// What cannot be an id names nothing.
fn named(path: PathId) -> Result<String, Problem> {
    path.map(|Path(id)| id).map_err(|_| Code::NotFound.into())
}

fn view(api: &Api, passkey: Passkey) -> PasskeyView {
    PasskeyView {
        usable: api.passkeys().is_ok_and(|here| here.domain() == passkey.domain),
        id: passkey.id,
        name: passkey.name,
        backed_up: passkey.backed_up,
        made: passkey.made,
        used: passkey.used,
    }
}
