//! What all handlers share.

use std::ops::Deref;
use std::sync::Arc;

use biseo_store::Store;
use jiff::Timestamp;

use crate::auth::Passwords;
use crate::limit::Limits;
use crate::live::Live;
use crate::live::stream::Streams;
use crate::settings::Settings;
use crate::shops::Shops;

/// What all handlers share. Cheap to clone.
#[derive(Clone)]
pub struct Api(Arc<Inner>);

/// The parts.
pub struct Inner {
    pub(crate) store: Store,
    pub(crate) shops: Arc<dyn Shops>,
    pub(crate) live: Live,
    pub(crate) settings: Settings,
    pub(crate) limits: Limits,
    pub(crate) streams: Streams,
    pub(crate) passwords: Passwords,
}

impl Api {
    /// Joins the parts. `live` is told what happens in calls by whoever carries them.
    #[must_use]
    pub fn new(store: Store, shops: Arc<dyn Shops>, live: Live, settings: Settings) -> Self {
        let limits = Limits::new(&settings);
        Self(Arc::new(Inner {
            store,
            shops,
            live,
            limits,
            streams: Streams::default(),
            passwords: Passwords::new(),
            settings,
        }))
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.settings.clock)()
    }
}

impl Deref for Api {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}
