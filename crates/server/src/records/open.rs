//! The database at the start: opened for this program alone, or stood in for by the copy of it that was kept last.

use std::collections::BTreeSet;
use std::sync::Arc;

use biseo_store::offline::CopyOf;
use biseo_store::{Claim, Store, StoreError};

use super::local::Local;
use crate::clock::Clock;
use crate::config::Config;
use crate::house::Closed;

/// The database, and what stands in for it.
pub(crate) struct Opened {
    /// The database. Not ready, if it could not be reached.
    pub(crate) store: Store,
    /// That this program alone works on it; `None` as long as it was not reached.
    pub(crate) claim: Option<Claim>,
    /// What stands in for it.
    pub(crate) local: Option<Arc<Local>>,
}

/// Opens the database, mends what a crash left in it, and opens what stands in for it. If the database cannot be reached and there is a
/// copy of it, calls go on against that.
///
/// # Errors
/// [`Closed`]: the database does not let us in, or cannot be reached and nothing can stand in for it.
pub(crate) async fn open(config: &Config, clock: Clock) -> Result<Opened, Closed> {
    let bad = Closed::because("store_bad");
    let database = config.database();
    let database = database.map_err(|(field, why)| bad(format!("{field}: {why}")))?;
    let store = database.unprepared().await.map_err(|e| bad(e.to_string()))?;
    let local = local(config, clock).await;
    match store.prepare().await {
        Ok((prepared, claim)) => {
            let local = local.unwrap_or_default();
            mend(&prepared, local.as_deref(), clock).await;
            store.let_in();
            Ok(Opened {
                store,
                claim: Some(claim),
                local,
            })
        }
        Err(e) if e.is_away() => Ok(Opened {
            local: Some(stand_in(&store, &e, local).await?),
            store,
            claim: None,
        }),
        Err(e) => Err(bad(e.to_string())),
    }
}

/// What stands in for the database while it is away. Without it calls that come then store nothing, and are answered all the same.
async fn local(config: &Config, clock: Clock) -> Result<Option<Arc<Local>>, String> {
    let Some(folder) = config.local_records() else {
        return Ok(None);
    };
    match Local::open(&folder, clock.now()).await {
        Ok(local) => Ok(Some(Arc::new(local))),
        Err(e) => {
            let why = format!("{}: {e}", folder.display());
            tracing::error!("nothing stands in for the database should it be away: {why}");
            Err(why)
        }
    }
}

/// Begins against the copy.
async fn stand_in(
    store: &Store,
    away: &StoreError,
    local: Result<Option<Arc<Local>>, String>,
) -> Result<Arc<Local>, Closed> {
    let without = |key, why: &str| Closed::because(key)(format!("{away}{why}"));
    let local = match local {
        Ok(Some(local)) => local,
        Ok(None) => return Err(without("store_bad", "")),
        Err(why) => return Err(without("store_no_local", &format!("; {why}"))),
    };
    match local.copy.copy_of().await {
        Ok(Some(CopyOf { place, .. })) => match place.filter(|place| place != store.place()) {
            // Its bookings are not those of the database that is named now.
            Some(other) => Err(without("store_other_copy", &format!("; {other}"))),
            None => {
                local.begin_away(away);
                Ok(local)
            }
        },
        Ok(None) => Err(without("store_no_copy", "")),
        Err(e) => Err(without("store_no_local", &format!("; {e}"))),
    }
}

/// Calls that a crash cut off are closed; those that the copy knows are closed as it says.
async fn mend(store: &Store, local: Option<&Local>, clock: Clock) {
    let known = match local {
        Some(local) => local.copy.taken_ids().await.unwrap_or_else(|e| {
            tracing::error!("the calls of the local copy cannot be read: {e}");
            BTreeSet::new()
        }),
        None => BTreeSet::new(),
    };
    match store.close_interrupted_but(clock.now(), &known).await {
        Ok(calls) => cut_off(calls),
        Err(e) => tracing::error!("calls that were cut off could not be closed: {e}"),
    }
}

/// Tells of calls that were closed.
pub(super) fn cut_off(calls: u64) {
    if calls > 0 {
        tracing::warn!("{calls} calls had been cut off when the program ended; they are closed now");
    }
}
