//! A shop's users.

use axum::Extension;
use axum::Json;
use axum::http::StatusCode;
use biseo_store::{Account, Audited, Invited, Rechosen, StoreError};
use jiff::Timestamp;

use super::choices::{TRIES, chosen};
use super::queries::PageQuery;
use crate::auth::{self, May, Role, needs, program, secret};
use crate::check::text;
use crate::cursor;
use crate::extract::{Body, Query};
use crate::layers::Key;
use crate::problem::{Code, Problem};
use crate::views::*;

/// The shop's users, by login.
#[utoipa::path(
    get, path = "/shops/{shop}/users", tag = "users",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = Members))
)]
pub(super) async fn list_users(may: May<needs::ReadUsers>) -> Result<Json<Members>, Problem> {
    let members = may.api.store.members(&may.shop).await?;
    let items = members.into_iter().map(|(a, role)| member(a, &role));
    let items = items.collect::<Result<_, _>>()?;
    Ok(Json(Members { items }))
}

/// Gives a user another role at the shop.
#[utoipa::path(
    patch, path = "/shops/{shop}/users/{user}", tag = "users",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("user" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    request_body = RoleChange,
    responses((status = 200, body = Member))
)]
pub(super) async fn change_user(
    may: May<needs::WriteUsers>,
    Body(change): Body<RoleChange>,
) -> Result<Json<Member>, Problem> {
    let (account, before) = known(&may).await?;
    grantable(&may, before, change.role)?;
    let (owner, role) = (Role::Owner.code(), change.role.code());
    let done = may.api.store.change_member(&may.shop, &account.id, role, owner);
    done.await.map_err(last_owner)?;
    may.api.live.look_again();
    may.audit("user.role_changed", Some(&account.id)).await?;
    Ok(Json(member(account, role)?))
}

/// Takes a user away from the shop, who is told nothing of it any more. The account is gone with its last shop.
#[utoipa::path(
    delete, path = "/shops/{shop}/users/{user}", tag = "users",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("user" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 204, description = "Done"))
)]
pub(super) async fn remove_user(may: May<needs::WriteUsers>) -> Result<StatusCode, Problem> {
    let (account, before) = known(&may).await?;
    grantable(&may, before, before)?;
    remove(&may, &account.id).await?;
    may.api.live.look_again();
    may.audit("user.removed", Some(&account.id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Invitations that nobody has taken yet, newest first.
#[utoipa::path(
    get, path = "/shops/{shop}/invitations", tag = "users",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = Invitations))
)]
pub(super) async fn list_invitations(may: May<needs::WriteUsers>) -> Result<Json<Invitations>, Problem> {
    let open = may.api.store.invitations(&may.shop, may.api.now()).await?;
    let items = open.into_iter().map(invitation).collect::<Result<_, _>>()?;
    Ok(Json(Invitations { items }))
}

/// Invites somebody. The token is told this once; it holds for seven days.
#[utoipa::path(
    post, path = "/shops/{shop}/invitations", tag = "users",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    request_body = Invite,
    responses((status = 201, body = InvitationMade))
)]
pub(super) async fn invite(
    may: May<needs::WriteUsers>,
    key: Option<Extension<Key>>,
    Body(given): Body<Invite>,
) -> Result<(StatusCode, Json<InvitationMade>), Problem> {
    let name = text(&given.name, "name", 64)?;
    grantable(&may, given.role, given.role)?;
    let (id, token) = match key {
        Some(Extension(Key(key))) => repeatable(&may, &key, &given)?,
        None => (secret::id(), secret::token()),
    };
    let open = may
        .api
        .store
        .invited(&secret::hash(&token), may.api.now())
        .await?;
    let invited = match open {
        Some(known) => known,
        None => {
            used_up(&may, &id).await?;
            let (store, now) = (&may.api.store, may.api.now());
            let invited = auth::invite(store, (id, &token), &may.shop, given.role, &name, now).await?;
            may.audit("user.invited", Some(&invited.id)).await?;
            invited
        }
    };
    let invitation = invitation(invited)?;
    Ok((StatusCode::CREATED, Json(InvitationMade { invitation, token })))
}

/// Withdraws an invitation.
#[utoipa::path(
    delete, path = "/shops/{shop}/invitations/{invitation}", tag = "users",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("invitation" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 204, description = "Done"))
)]
pub(super) async fn withdraw_invitation(may: May<needs::WriteUsers>) -> Result<StatusCode, Problem> {
    let id: String = may.part("invitation")?;
    if !may.api.store.withdraw_invitation(&may.shop, &id).await? {
        return Err(Code::NotFound.into());
    }
    may.audit("user.invitation_withdrawn", Some(&id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What was done at the shop, newest first.
#[utoipa::path(
    get, path = "/shops/{shop}/audit", tag = "users",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), PageQuery),
    responses((status = 200, body = AuditPage))
)]
pub(super) async fn audit(
    may: May<needs::ReadAudit>,
    Query(q): Query<PageQuery>,
) -> Result<Json<AuditPage>, Problem> {
    let (page, shown) = cursor::page("audit", q.cursor.as_deref(), q.limit)?;
    let mut rows = may.api.store.audited(&may.shop, &page).await?;
    let next = cursor::cut(&mut rows, shown, |e| cursor::text("audit", e.at, &e.id));
    let items = rows.into_iter().map(entry).collect();
    Ok(Json(AuditPage { items, next }))
}

fn member(a: Account, role: &str) -> Result<Member, Problem> {
    Ok(Member {
        user: a.id,
        login: a.login,
        name: a.name,
        role: Role::of_code(role).ok_or(Code::Internal)?,
        password: !a.password.is_empty(),
        totp: a.totp.is_some(),
        last_seen: a.last_seen,
    })
}

fn invitation(i: Invited) -> Result<Invitation, Problem> {
    Ok(Invitation {
        id: i.id,
        role: Role::of_code(&i.role).ok_or(Code::Internal)?,
        name: i.name,
        made: i.made,
        expires: i.expires,
    })
}

fn entry(e: Audited) -> AuditEntry {
    AuditEntry {
        id: e.id,
        at: e.at,
        program: e.account.as_deref().is_some_and(program::is_one),
        user: e.account,
        login: e.login,
        action: e.action,
        target: e.target,
        address: e.address,
    }
}

/// The member that the path names.
async fn known(may: &May<needs::WriteUsers>) -> Result<(Account, Role), Problem> {
    let id: String = may.part("user")?;
    let found = may.api.store.member(&may.shop, &id).await?;
    let (account, role) = found.ok_or(Code::NotFound)?;
    Ok((account, Role::of_code(&role).ok_or(Code::Internal)?))
}

/// Takes somebody away together with how they were to be told; tried again if others choose at the same time.
async fn remove(may: &May<needs::WriteUsers>, account: &str) -> Result<(), Problem> {
    for _ in 0..TRIES {
        let (mut choices, version) = chosen(may).await?;
        choices.notices.reader.retain(|reader| reader.id != account);
        let content = serde_json::to_value(&choices).map_err(|_| Code::Internal)?;
        let choice = Rechosen {
            name: Choices::NAME,
            content: &content,
            version,
        };
        let (store, owner) = (&may.api.store, Role::Owner.code());
        let done = store.remove_member(&may.shop, account, owner, Some(&choice));
        if done.await.map_err(last_owner)? {
            (may.api.settings.chosen)(&may.shop, &choices);
            return Ok(());
        }
    }
    Err(Problem::from(Code::Unavailable).retry_after(1))
}

/// Whether the user may turn one role into the other. An operator is made by the program's link only.
fn grantable(may: &May<needs::WriteUsers>, from: Role, to: Role) -> Result<(), Problem> {
    let fine = to != Role::Operator && may.role.may_grant(from) && may.role.may_grant(to);
    fine.then_some(()).ok_or_else(|| Problem::new(Code::Forbidden))
}

pub(super) fn last_owner(e: StoreError) -> Problem {
    match e {
        StoreError::Conflict(_) => Problem::new(Code::LastOwner),
        other => other.into(),
    }
}

/// A link that was taken or withdrawn does not live again with its repeated request.
async fn used_up(may: &May<needs::WriteUsers>, id: &str) -> Result<(), Problem> {
    let (shop, made) = (Some(&may.shop), "user.invited");
    let entry = may.signed.entry(&may.api, shop, made, Some(id));
    match may.api.store.audited_since(&entry, Timestamp::UNIX_EPOCH).await? {
        true => Err(Code::LinkGone.into()),
        false => Ok(()),
    }
}

/// Id and token that the same request with the same key gets again.
fn repeatable(may: &May<needs::WriteUsers>, key: &str, given: &Invite) -> Result<(String, String), Problem> {
    let all = format!("{key}\n{}\n{}\n{}", may.shop, given.role.code(), given.name);
    let token = auth::token_of(&may.signed.token, &all).ok_or(Code::Internal)?;
    Ok((secret::hash(&format!("id\n{token}"))[..22].into(), token))
}
