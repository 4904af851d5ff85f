//! Webhooks' secrets as they are kept: sealed where the installation has a key, each for its own program.

use biseo_store::{Store, StoreError, Webhook};
use biseo_vault::{Keys, VaultError, is_sealed_text};
use secrecy::SecretString;

/// What became of the secrets that are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HookSecrets {
    /// They were in the clear, or under an older key, and are sealed now.
    pub sealed: usize,
    /// They stay as they are: their key is not known, or they are damaged. Those programs are told nothing.
    pub locked: usize,
}

/// A program's new secret as it is to be kept: sealed if there is a key.
///
/// # Errors
/// [`VaultError::Random`].
pub fn keep(keys: Option<&Keys>, webhook: &str, secret: &str) -> Result<String, VaultError> {
    match keys {
        Some(keys) => keys.seal_text(&place(webhook), secret),
        None => Ok(secret.into()),
    }
}

/// A program's secret, to sign by.
///
/// # Errors
/// [`VaultError::NoKey`] if it is sealed with a key that is not known here, [`VaultError::Damaged`] if it does not open.
pub(super) fn kept(keys: Option<&Keys>, hook: &Webhook) -> Result<SecretString, VaultError> {
    if !is_sealed_text(&hook.secret) {
        return Ok(hook.secret.clone().into());
    }
    // A sealed text is opened by no key at all where there is none.
    let keys = keys.ok_or(VaultError::Damaged)?;
    let opened = keys.open_text(&place(&hook.id), &hook.secret)?;
    Ok(SecretString::from(opened.as_str()))
}

/// Seals what is not sealed with the key that seals now, to be done at each start; without keys counts what nobody can open.
///
/// # Errors
/// [`StoreError`]; what was sealed until then stays sealed.
pub async fn seal_all(store: &Store, keys: Option<&Keys>) -> Result<HookSecrets, StoreError> {
    let mut done = HookSecrets::default();
    for hook in store.all_webhooks().await? {
        let Some(keys) = keys else {
            done.locked += usize::from(is_sealed_text(&hook.secret));
            continue;
        };
        match keys.renew_text(&place(&hook.id), &hook.secret) {
            Ok(new) if new == hook.secret => {}
            Ok(new) => done.sealed += usize::from(store.rewrite_webhook_secret(&hook, &new).await?),
            Err(_) => done.locked += 1,
        }
    }
    Ok(done)
}

fn place(webhook: &str) -> String {
    format!("webhook/{webhook}")
}
