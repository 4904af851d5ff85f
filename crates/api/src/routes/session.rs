//! Sign-in and who is signed in.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::AppendHeaders;
use biseo_store::Account;
use jiff::SignedDuration;
use serde::Deserialize;
use subtle::ConstantTimeEq;

use crate::auth::{self, Attempting, Signed, Whence, acceptable, factor, secret, totp};
use crate::extract::{Body, Query};
use crate::problem::{Code, Fault, Problem};
use crate::state::Api;
use crate::views::*;

/// Tells who is signed in.
#[utoipa::path(
    get, path = "/session", tag = "session",
    responses((status = 200, body = SessionView))
)]
pub(super) async fn whoami(State(api): State<Api>, signed: Signed) -> Json<SessionView> {
    Json(signed.view(&api))
}

/// Signs in: the cookie of the answer is the session.
#[utoipa::path(
    post, path = "/session", tag = "session",
    request_body = SignIn,
    responses((status = 200, body = SessionView))
)]
pub(super) async fn sign_in(
    State(api): State<Api>,
    Whence(address): Whence,
    Body(given): Body<SignIn>,
) -> Result<Begun, Problem> {
    let attempting = Attempting::begin(&api, &given.login, address).await?;
    let account = api.store.account_by_login(&given.login).await?;
    let hash = account.as_ref().map(|a| a.password.clone());
    let right = api.passwords.verify(given.password, hash).await?;
    let account = account.filter(|_| right).ok_or(Code::BadCredentials)?;
    second_factor(&api, &account, given.totp.as_deref()).await?;
    attempting.succeeded(&api).await?;
    enough(&api, &account).await?;
    begun(&api, (&account.id, false), address, "session.begun").await
}

/// Where two factors are wanted, a password alone gets nobody into an account that has passkeys and no code of an authenticator: it
/// could enrol one of its own.
async fn enough(api: &Api, account: &Account) -> Result<(), Problem> {
    let Ok(passkeys) = api.passkeys() else {
        return Ok(());
    };
    if !api.settings.totp_required || account.totp.is_some() {
        return Ok(());
    }
    let known = api.store.passkeys(&account.id).await?;
    match known.iter().any(|p| p.domain == passkeys.domain()) {
        true => Err(Code::PasskeyRequired.into()),
        false => Ok(()),
    }
}

/// Signs out.
#[utoipa::path(
    delete, path = "/session", tag = "session",
    params(("all" = Option<bool>, Query, description = "All other sessions of the user instead of this one")),
    responses((status = 204, description = "Done"))
)]
pub(super) async fn sign_out(
    State(api): State<Api>,
    signed: Signed,
    Query(which): Query<Which>,
) -> Result<(StatusCode, AppendHeaders<Vec<(HeaderName, HeaderValue)>>), Problem> {
    if which.all == Some(true) {
        let store = &api.store;
        store.end_other_sessions(&signed.account.id, &signed.hash).await?;
        api.live.look_again();
        signed.audit(&api, None, "session.others_ended", None).await?;
        return Ok((StatusCode::NO_CONTENT, AppendHeaders(Vec::new())));
    }
    api.store.end_session(&signed.hash).await?;
    api.live.look_again();
    signed.audit(&api, None, "session.ended", None).await?;
    let cookie = (header::SET_COOKIE, auth::gone(&api.settings));
    Ok((StatusCode::NO_CONTENT, AppendHeaders(vec![cookie])))
}

/// Changes the password; all other sessions end.
#[utoipa::path(
    post, path = "/session/password", tag = "session",
    request_body = PasswordChange,
    responses((status = 204, description = "Done"))
)]
pub(super) async fn change_password(
    State(api): State<Api>,
    signed: Signed,
    Body(given): Body<PasswordChange>,
) -> Result<StatusCode, Problem> {
    acceptable(&given.new, &signed.account.login, "new")?;
    confirm(&api, &signed, given.current).await?;
    let hash = api.passwords.hash(given.new).await?;
    api.store
        .set_password(&signed.account.id, &hash, &signed.hash)
        .await?;
    api.live.look_again();
    signed.audit(&api, None, "password.changed", None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begins to enrol a second factor. One that is enrolled stays until the new one is confirmed.
#[utoipa::path(
    post, path = "/session/totp", tag = "session",
    request_body = Reauth,
    responses((status = 200, body = TotpSecret))
)]
pub(super) async fn begin_totp(
    State(api): State<Api>,
    signed: Signed,
    Body(given): Body<Reauth>,
) -> Result<Json<TotpSecret>, Problem> {
    confirm(&api, &signed, given.password).await?;
    let secret = totp::new_secret();
    let kept = factor::keep(&api, &signed.account, &secret)?;
    api.store.begin_totp(&signed.account.id, &kept).await?;
    let uri = totp::uri(&secret, &api.settings.issuer, &signed.account.login);
    Ok(Json(TotpSecret { secret, uri }))
}

/// Confirms a second factor. Older recovery codes are void.
#[utoipa::path(
    post, path = "/session/totp/confirm", tag = "session",
    request_body = TotpCode,
    responses((status = 200, body = RecoveryCodes))
)]
pub(super) async fn confirm_totp(
    State(api): State<Api>,
    signed: Signed,
    Body(given): Body<TotpCode>,
) -> Result<Json<RecoveryCodes>, Problem> {
    let account = &signed.account;
    let attempting = Attempting::begin(&api, &account.login, signed.address).await?;
    let pending = account.totp_pending.as_deref().ok_or(Code::Conflict)?;
    let second = api.now().as_second();
    let secret = factor::kept(&api, account, pending)?;
    let step = totp::step_of(&secret, &given.code, second).ok_or(Code::BadCredentials)?;
    attempting.succeeded(&api).await?;
    let codes: Vec<String> = (0..10).map(|_| totp::new_secret()[..16].to_string()).collect();
    let hashes: Vec<String> = codes.iter().map(|c| secret::hash(c)).collect();
    api.store
        .confirm_totp(&account.id, pending, step, &hashes)
        .await?;
    signed.audit(&api, None, "totp.enrolled", None).await?;
    Ok(Json(RecoveryCodes { codes }))
}

/// A session that began: its cookie, and who is signed in.
pub(super) type Begun = (AppendHeaders<[(HeaderName, HeaderValue); 1]>, Json<SessionView>);

/// Which sessions end.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    all: Option<bool>,
}

/// Begins a session for an account, by a passkey or by a password.
pub(super) async fn begun(
    api: &Api,
    who: (&str, bool),
    address: Option<std::net::IpAddr>,
    action: &str,
) -> Result<Begun, Problem> {
    let signed = auth::begin(api, who, address).await?;
    signed.audit(api, None, action, None).await?;
    let cookie = (header::SET_COOKIE, auth::kept(&signed.token, &api.settings));
    Ok((AppendHeaders([cookie]), Json(signed.view(api))))
}

/// An account without a password is asked to have signed in so lately.
const LATELY: SignedDuration = SignedDuration::from_mins(10);

/// The password once more; wrong ones are counted as at a sign-in. An account that has none proves itself by a sign-in just before.
pub(super) async fn confirm(api: &Api, signed: &Signed, password: Option<String>) -> Result<(), Problem> {
    if signed.account.password.is_empty() {
        let lately = api.now().duration_since(signed.begun) <= LATELY;
        return lately.then_some(()).ok_or_else(|| Code::ReauthRequired.into());
    }
    let password = password.ok_or_else(|| Problem::field("password", Fault::Missing))?;
    let attempting = Attempting::begin(api, &signed.account.login, signed.address).await?;
    let hash = Some(signed.account.password.clone());
    if !api.passwords.verify(password, hash).await? {
        return Err(Code::BadCredentials.into());
    }
    attempting.succeeded(api).await
}

/// Checks the second factor of an account that has one: a code of the authenticator, or a recovery code; each once.
pub(super) async fn second_factor(api: &Api, account: &Account, given: Option<&str>) -> Result<(), Problem> {
    let Some(secret) = &account.totp else {
        return Ok(());
    };
    let given = given.map(str::trim).filter(|g| !g.is_empty());
    let given = given.ok_or(Code::TotpRequired)?;
    if given.len() > 6 {
        return recovery(api, account, given).await;
    }
    let secret = factor::kept(api, account, secret)?;
    let step = totp::step_of(&secret, given, api.now().as_second()).ok_or(Code::BadCredentials)?;
    match api.store.use_step(&account.id, step).await? {
        true => Ok(()),
        false => Err(Code::BadCredentials.into()),
    }
}

async fn recovery(api: &Api, account: &Account, given: &str) -> Result<(), Problem> {
    let plain: String = given.chars().filter(char::is_ascii_alphanumeric).collect();
    let hash = secret::hash(&plain.to_ascii_uppercase());
    let same = |h: &String| bool::from(h.as_bytes().ct_eq(hash.as_bytes()));
    let left: Vec<String> = account.recovery.iter().filter(|h| !same(h)).cloned().collect();
    let known = left.len() < account.recovery.len();
    if known
        && api
            .store
            .use_recovery(&account.id, &account.recovery, &left)
            .await?
    {
        return Ok(());
    }
    Err(Code::BadCredentials.into())
}
