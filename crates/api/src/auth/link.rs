//! One-time links: the first owner's, and those of invitations.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use biseo_model::ids::ShopId;
use biseo_store::{Invited, Store, StoreError};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

use super::{Role, secret};

/// An invitation holds for seven days.
const HOLDS: Duration = Duration::from_secs(7 * 24 * 3600);

/// Makes the one-time link's token for the first owner of a shop, or for the operator without one. Whoever starts the program
/// prints the link `ORIGIN/welcome#TOKEN`; what follows `#` reaches no server's log.
///
/// # Errors
/// [`StoreError`] as the store has it.
pub async fn first_owner_link(
    store: &Store,
    shop: Option<&ShopId>,
    name: &str,
    now: Timestamp,
) -> Result<String, StoreError> {
    let role = shop.map_or(Role::Operator, |_| Role::Owner);
    let token = secret::token();
    let invited = invitation(secret::id(), shop, role, name, now);
    store.invite(&invited, &secret::hash(&token)).await?;
    Ok(token)
}

/// Stores an invitation to a shop.
pub(crate) async fn invite(
    store: &Store,
    (id, token): (String, &str),
    shop: &ShopId,
    role: Role,
    name: &str,
    now: Timestamp,
) -> Result<Invited, StoreError> {
    let invited = invitation(id, Some(shop), role, name, now);
    store.invite(&invited, &secret::hash(token)).await?;
    Ok(invited)
}

fn invitation(id: String, shop: Option<&ShopId>, role: Role, name: &str, now: Timestamp) -> Invited {
    Invited {
        id,
        shop: shop.cloned(),
        role: role.code().into(),
        name: name.into(),
        made: now,
        expires: now.checked_add(HOLDS).unwrap_or(Timestamp::MAX),
    }
}

/// A token that the same session with the same idempotency key always gets: a repeated answer can tell it again although only
/// its hash is stored. Nobody else can compute it, as the session's token is a secret of 256 bits.
pub(crate) fn token_of(session: &str, key: &str) -> Option<String> {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(session.as_bytes()).ok()?;
    mac.update(b"invitation\n");
    mac.update(key.as_bytes());
    Some(URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}
