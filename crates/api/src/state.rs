//! What all handlers share.

use std::ops::Deref;
use std::sync::Arc;

use biseo_store::Store;
use jiff::Timestamp;

use crate::auth::{Passkeys, Passwords};
use crate::limit::Limits;
use crate::live::Live;
use crate::live::stream::Streams;
use crate::problem::{Code, Problem};
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
    passkeys: Option<Passkeys>,
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
            passkeys: Passkeys::of(&settings),
            settings,
        }))
    }

    /// Passkeys, if the console's address is one to which they can belong.
    ///
    /// # Errors
    /// 501 if it is not.
    pub(crate) fn passkeys(&self) -> Result<&Passkeys, Problem> {
        self.passkeys.as_ref().ok_or_else(|| Code::Unsupported.into())
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
