//! The ways by which a delivery leaves: one file each, behind [`Channel`].

pub mod email;
pub mod hook_secret;
mod http;
pub mod push;
pub mod text;
pub mod webhook;

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use biseo_model::ids::ShopId;
use jiff::Timestamp;

use crate::Letter;
use crate::rules::ChannelKind;

pub use biseo_outbound::{Allowed, GuardError};
pub use http::{Http, HttpError, Page};

/// What a channel's function returns.
pub type Sending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What could not be made of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct SetupError {
    /// The field.
    pub field: &'static str,
    /// What is wrong with it. No secret is repeated.
    pub why: String,
}

pub(crate) fn setup(field: &'static str, why: impl Into<String>) -> SetupError {
    SetupError {
        field,
        why: why.into(),
    }
}

/// A delivery on its way.
#[derive(Clone)]
pub struct Parcel {
    /// The same in every try; 32 hexadecimal digits. Receivers know repetitions by it.
    pub id: String,
    /// The shop that sends.
    pub shop: ShopId,
    /// Who is to read it.
    pub reader: String,
    /// Where to: an e-mail address, a subscription's id, a webhook's name, a telephone number.
    pub address: String,
    /// What it says.
    pub letter: Letter,
    /// Tries begun, this one included.
    pub tries: u32,
    /// When it was first due.
    pub made: Timestamp,
    /// Now.
    pub now: Timestamp,
}

impl std::fmt::Debug for Parcel {
    /// Neither the address nor what is said.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Parcel");
        shown
            .field("id", &self.id)
            .field("shop", &self.shop)
            .field("tries", &self.tries);
        shown.finish_non_exhaustive()
    }
}

/// How a try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The other side has it.
    Sent,
    /// The other side has it, and said so by this HTTP status.
    Answered {
        /// The status.
        status: u16,
    },
    /// Not now, or nobody knows.
    Again {
        /// The other side wants to be left alone so long.
        after: Option<Duration>,
        /// What was wrong, for the operator; without addresses and words.
        fault: String,
    },
    /// Not before somebody has paid: tried again later, and the shop's readers are told by another channel.
    NoCredit {
        /// To be tried again after this time.
        after: Duration,
        /// What was wrong, as above.
        fault: String,
    },
    /// Trying again would change nothing.
    Never {
        /// What was wrong, as above.
        fault: String,
    },
}

impl Outcome {
    /// Not now.
    pub fn again(fault: impl Into<String>) -> Self {
        Self::Again {
            after: None,
            fault: fault.into(),
        }
    }

    /// Never.
    pub fn never(fault: impl Into<String>) -> Self {
        Self::Never { fault: fault.into() }
    }
}

/// A way by which deliveries leave.
pub trait Channel: Send + Sync {
    /// Sends one. Dropped, it is given up; then whether it has arrived is not known.
    fn send<'a>(&'a self, parcel: &'a Parcel) -> Sending<'a, Outcome>;
}

/// The channels that are set up: for all shops, and for single ones.
#[derive(Default, Clone)]
pub struct Channels {
    all: HashMap<ChannelKind, Arc<dyn Channel>>,
    shops: HashMap<(ShopId, ChannelKind), Arc<dyn Channel>>,
}

impl std::fmt::Debug for Channels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Channels")
            .field("all", &self.all.keys())
            .field("shops", &self.shops.keys())
            .finish()
    }
}

impl Channels {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A channel for all shops that have none of their own.
    #[must_use]
    pub fn with(mut self, kind: ChannelKind, channel: Arc<dyn Channel>) -> Self {
        self.all.insert(kind, channel);
        self
    }

    /// A channel of one shop: its own mail account.
    #[must_use]
    pub fn with_for(mut self, shop: ShopId, kind: ChannelKind, channel: Arc<dyn Channel>) -> Self {
        self.shops.insert((shop, kind), channel);
        self
    }

    /// The channel of a kind for a shop.
    #[must_use]
    pub fn of(&self, shop: &ShopId, kind: ChannelKind) -> Option<Arc<dyn Channel>> {
        self.shops
            .get(&(shop.clone(), kind))
            .or_else(|| self.all.get(&kind))
            .cloned()
    }
}
