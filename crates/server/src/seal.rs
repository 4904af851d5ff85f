//! What is sealed of an installation: looked after at each start.

use std::sync::Arc;

use biseo_api::auth::{count_sealed, seal_factors};
use biseo_notify::channels::hook_secret;
use biseo_store::{Store, StoreError};
use biseo_vault::Keys;

use crate::config::Config;
use crate::house::Closed;

/// The keys that the configuration names.
pub(crate) async fn keys(config: &Config) -> Result<Option<Arc<Keys>>, Closed> {
    let keys = config.seal.keys().await;
    keys.map_err(|(field, why)| Closed {
        key: "seal_bad",
        why: format!("{field}: {why}"),
    })
}

/// Seals second factors and webhooks' secrets that lie in the clear or under an older key; tells of those that nobody can use.
pub(crate) async fn secrets(store: &Store, keys: Option<&Keys>) {
    if let Err(e) = look_after(store, keys).await {
        tracing::error!("second factors could not be sealed: {e}");
    }
    if let Err(e) = webhooks(store, keys).await {
        tracing::error!("webhooks' secrets could not be sealed: {e}");
    }
}

async fn webhooks(store: &Store, keys: Option<&Keys>) -> Result<(), StoreError> {
    let done = hook_secret::seal_all(store, keys).await?;
    if done.sealed > 0 {
        tracing::info!("{} webhooks' secrets are sealed now", done.sealed);
    }
    if done.locked > 0 {
        tracing::error!(
            "{} webhooks' secrets are sealed, and no known key opens them: they are told nothing; name their key in [seal], or make them new ones on the page",
            done.locked
        );
    }
    Ok(())
}

async fn look_after(store: &Store, keys: Option<&Keys>) -> Result<(), StoreError> {
    let Some(keys) = keys else {
        let locked = count_sealed(store).await?;
        if locked > 0 {
            tracing::error!(
                "{locked} accounts have a second factor that is sealed, and there is no key: they cannot sign in; name their key in [seal]"
            );
        }
        return Ok(());
    };
    let done = seal_factors(store, keys).await?;
    if done.sealed > 0 {
        tracing::info!("{} second factors are sealed now", done.sealed);
    }
    if done.locked > 0 {
        tracing::error!(
            "{} accounts have a second factor that no known key opens: they cannot sign in; name their key in [seal]",
            done.locked
        );
    }
    Ok(())
}

/// Says once what lies in the clear, and what to do.
pub(crate) fn warn(config: &Config) {
    if !config.seal.is_wished() {
        tracing::warn!(
            "recordings, second factors and webhooks' secrets are kept in the clear; `biseo data key` makes a key, and tells how to use it (docs/data.md)"
        );
    }
}
