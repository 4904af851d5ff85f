//! Second factors' secrets as they are kept: sealed where the installation has a key, each for its own account.

use biseo_store::{Account, Factor, Store, StoreError};
use biseo_vault::{Keys, VaultError, is_sealed_text};
use zeroize::Zeroizing;

use crate::problem::{Code, Problem};
use crate::state::Api;

/// What became of the secrets that are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Factors {
    /// They were in the clear, or under an older key, and are sealed now.
    pub sealed: usize,
    /// They stay as they are: their key is not known, or they are damaged.
    pub locked: usize,
}

/// Seals what is not sealed with the key that seals now; to be done at each start.
///
/// # Errors
/// [`StoreError`]; what was sealed until then stays sealed.
pub async fn seal_factors(store: &Store, keys: &Keys) -> Result<Factors, StoreError> {
    let mut done = Factors::default();
    for factor in store.factors().await? {
        let seal = |kept: &Option<String>| {
            let seal = |kept: &String| keys.renew_text(&place(&factor.account), kept);
            kept.as_ref().map(seal).transpose()
        };
        let (Ok(totp), Ok(pending)) = (seal(&factor.totp), seal(&factor.pending)) else {
            done.locked += 1;
            continue;
        };
        let new = Factor {
            account: factor.account.clone(),
            totp,
            pending,
        };
        if new != factor && store.rewrite_factor(&factor, &new).await? {
            done.sealed += 1;
        }
    }
    Ok(done)
}

/// How many accounts' secrets are sealed, which nobody without their key can use.
///
/// # Errors
/// [`StoreError`].
pub async fn count_sealed(store: &Store) -> Result<usize, StoreError> {
    let is_sealed = |kept: &Option<String>| kept.as_deref().is_some_and(is_sealed_text);
    let all = store.factors().await?;
    Ok(all.iter().filter(|f| is_sealed(&f.totp)).count())
}

/// A new secret as it is to be kept.
pub(crate) fn keep(api: &Api, account: &Account, secret: &str) -> Result<String, Problem> {
    match &api.settings.keys {
        None => Ok(secret.into()),
        Some(keys) => keys
            .seal_text(&place(&account.id), secret)
            .map_err(|e| told(account, &e)),
    }
}

/// A secret that was kept, to be used.
///
/// # Errors
/// [`Code::KeyMissing`] if it is sealed with a key that is not known here, [`Code::Damaged`] if it does not open.
pub(crate) fn kept(api: &Api, account: &Account, kept: &str) -> Result<Zeroizing<String>, Problem> {
    if !is_sealed_text(kept) {
        return Ok(Zeroizing::new(kept.into()));
    }
    let keys = api.settings.keys.as_ref().ok_or_else(|| {
        tracing::error!(account = %account.id, "a second factor is sealed, and there is no key ([seal] in the configuration)");
        Code::KeyMissing
    })?;
    keys.open_text(&place(&account.id), kept)
        .map_err(|e| told(account, &e))
}

fn told(account: &Account, e: &VaultError) -> Problem {
    tracing::error!(account = %account.id, "a second factor cannot be used: {e}");
    code_of(e).into()
}

/// The code for what is wrong with something sealed.
pub(crate) fn code_of(e: &VaultError) -> Code {
    match e {
        VaultError::NoKey(_) => Code::KeyMissing,
        VaultError::Damaged | VaultError::Version(_) => Code::Damaged,
        VaultError::Random | VaultError::Io(_) => Code::Internal,
    }
}

fn place(account: &str) -> String {
    format!("totp/{account}")
}
