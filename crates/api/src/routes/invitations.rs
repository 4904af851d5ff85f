//! Accounts by one-time links.

use axum::Json;
use axum::extract::State;
use biseo_store::{Account, Invited, StoreError};

use super::session::{Begun, begun, second_factor};
use super::users::last_owner;
use crate::auth::{Attempting, Made, Role, Whence, acceptable, secret};
use crate::check::text;
use crate::extract::Body;
use crate::problem::{Code, Fault, Problem};
use crate::state::Api;
use crate::views::*;

/// Tells what a one-time link is good for. The first owner's is printed by the program.
#[utoipa::path(
    post, path = "/invitations/check", tag = "session",
    request_body = InvitationToken,
    responses((status = 200, body = InvitationCheck))
)]
pub(super) async fn check_invitation(
    State(api): State<Api>,
    Body(given): Body<InvitationToken>,
) -> Result<Json<InvitationCheck>, Problem> {
    let invited = open(&api, &given.token).await?;
    Ok(Json(InvitationCheck {
        role: Role::of_code(&invited.role).ok_or(Code::Internal)?,
        shop: invited.shop.map(Into::into),
        name: invited.name,
        expires: invited.expires,
    }))
}

/// Makes an account by a one-time link and signs in. A login that is there gets the role added, if its password (and second factor) is given.
#[utoipa::path(
    post, path = "/invitations/accept", tag = "session",
    request_body = Accept,
    responses((status = 200, body = SessionView))
)]
pub(super) async fn accept_invitation(
    State(api): State<Api>,
    Whence(address): Whence,
    Body(given): Body<Accept>,
) -> Result<Begun, Problem> {
    open(&api, &given.token).await?;
    let id = match api.store.account_by_login(&given.login).await? {
        Some(known) => join(&api, &given, known, address).await?,
        None => make(&api, given).await?,
    };
    begun(&api, (&id, false), address, "invitation.accepted").await
}

/// Begins to make an account that is entered by a passkey. A login that is there is refused: its password adds the role.
#[utoipa::path(
    post, path = "/invitations/passkey/begin", tag = "session",
    request_body = PasskeyInvited,
    responses((status = 200, body = PasskeyChallenge))
)]
pub(super) async fn begin_passkey_invitation(
    State(api): State<Api>,
    Whence(address): Whence,
    Body(given): Body<PasskeyInvited>,
) -> Result<Json<PasskeyChallenge>, Problem> {
    let passkeys = api.passkeys()?;
    open(&api, &given.token).await?;
    let (login, name) = (login(&given.login)?, text(&given.name, "name", 64)?);
    if api.store.account_by_login(&login).await?.is_some() {
        return Err(Code::LoginTaken.into());
    }
    let account = secret::id();
    let (options, mut adding) = passkeys.begin_adding((&account, &login, &name), &[])?;
    adding.founding = Some((login, name));
    let holder = secret::hash(&given.token);
    let ceremony = passkeys.adding.put(&holder, address, adding, api.now())?;
    Ok(Json(PasskeyChallenge { ceremony, options }))
}

/// Makes an account without a password by a one-time link, with its first passkey, and signs in.
#[utoipa::path(
    post, path = "/invitations/passkey", tag = "session",
    request_body = PasskeyAccept,
    responses((status = 200, body = SessionView))
)]
pub(super) async fn accept_passkey_invitation(
    State(api): State<Api>,
    Whence(address): Whence,
    Body(given): Body<PasskeyAccept>,
) -> Result<Begun, Problem> {
    let (passkeys, hash) = (api.passkeys()?, secret::hash(&given.token));
    let named = text(&given.passkey, "passkey", 64)?;
    let adding = passkeys.adding.take(&given.ceremony, &hash, api.now())?;
    let (login, name) = adding.founding.clone().ok_or(Code::ChallengeGone)?;
    let account = account_of(&api, adding.account.clone(), (login, name), String::new());
    let made = Made {
        id: secret::id(),
        account: &account.id,
        name: named,
        now: api.now(),
    };
    let passkey = passkeys.finish_adding(&adding, given.credential, made)?;
    match api.store.accept_with_passkey(&hash, &account, &passkey).await {
        Ok(Some(_)) => begun(&api, (&account.id, true), address, "invitation.accepted").await,
        Ok(None) => Err(Code::LinkGone.into()),
        Err(StoreError::Conflict(_)) => Err(Code::LoginTaken.into()),
        Err(e) => Err(e.into()),
    }
}

async fn open(api: &Api, token: &str) -> Result<Invited, Problem> {
    let invited = api.store.invited(&secret::hash(token), api.now()).await?;
    invited.ok_or_else(|| Problem::new(Code::LinkGone))
}

/// Makes the account.
async fn make(api: &Api, given: Accept) -> Result<String, Problem> {
    let (login, name) = (login(&given.login)?, text(&given.name, "name", 64)?);
    acceptable(&given.password, &login, "password")?;
    let password = api.passwords.hash(given.password).await?;
    let account = account_of(api, secret::id(), (login, name), password);
    let hash = secret::hash(&given.token);
    match api.store.accept_with(&hash, &account).await {
        Ok(Some(_)) => Ok(account.id),
        Ok(None) => Err(Code::LinkGone.into()),
        Err(StoreError::Conflict(_)) => Err(Code::LoginTaken.into()),
        Err(e) => Err(e.into()),
    }
}

fn account_of(api: &Api, id: String, (login, name): (String, String), password: String) -> Account {
    Account {
        id,
        login,
        name,
        password,
        totp: None,
        totp_pending: None,
        recovery: Vec::new(),
        operator: false,
        made: api.now(),
        last_seen: None,
    }
}

/// Adds the role to an account that is there, if its password and second factor are given.
async fn join(
    api: &Api,
    given: &Accept,
    known: Account,
    address: Option<std::net::IpAddr>,
) -> Result<String, Problem> {
    let attempting = Attempting::begin(api, &given.login, address).await?;
    let hash = Some(known.password.clone());
    if !api.passwords.verify(given.password.clone(), hash).await? {
        return Err(Code::LoginTaken.into());
    }
    second_factor(api, &known, given.totp.as_deref()).await?;
    attempting.succeeded(api).await?;
    let hash = secret::hash(&given.token);
    let (now, owner) = (api.now(), Role::Owner.code());
    let joined = api.store.accept_as(&hash, &given.login, now, owner);
    let joined = joined.await.map_err(last_owner)?;
    api.live.look_again();
    Ok(joined.ok_or(Code::LinkGone)?.1.id)
}

/// A login: letters of any script, digits, and `._-@`.
fn login(given: &str) -> Result<String, Problem> {
    let login = text(given, "login", 64)?;
    let fine = |c: char| c.is_alphanumeric() || "._-@".contains(c);
    match login.chars().all(fine) {
        true => Ok(login),
        false => Err(Problem::field("login", Fault::Form)),
    }
}
