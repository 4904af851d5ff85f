//! Who rehearses a shop, and who calls it for a rehearsal.

use std::sync::Arc;

use biseo_model::ids::ShopId;
use biseo_model::shop::ShopProfile;
use biseo_store::Correction;
use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::views::{RehearsalCall, Run, RunDetail};

/// Why nothing begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotBegun {
    /// One is under way at this shop.
    UnderWay,
    /// Other shops have taken all places; in a few seconds there may be one.
    Full,
    /// This installation cannot do it: it has no telephone port to call.
    Impossible,
}

/// When something begins: an instant, and the same on the shop's clock.
#[derive(Debug, Clone, Copy)]
pub struct Beginning {
    /// The instant.
    pub at: Timestamp,
    /// The shop's clock.
    pub local: DateTime,
}

/// Rehearses shops: in text, without touching their books, and by one real call. Each shop has one of either under way at most;
/// both end by themselves. What it answers comes from memory.
pub trait Rehearses: Send + Sync + 'static {
    /// Begins to rehearse the shop as it stands: the callers who fit it, then what its people have corrected, in their order.
    ///
    /// # Errors
    /// [`NotBegun`].
    fn begin(
        &self,
        shop: Arc<ShopProfile>,
        when: Beginning,
        corrections: Vec<Correction>,
    ) -> Result<Run, NotBegun>;

    /// The shop's latest runs, newest first; at most ten are kept, until the program ends.
    fn runs(&self, shop: &ShopId) -> Vec<Run>;

    /// One of them, with what was said.
    fn run(&self, shop: &ShopId, id: &str) -> Option<RunDetail>;

    /// Forgets the shop's runs, also one that is under way: a caller whose words may stand in them was erased.
    fn forget(&self, shop: &ShopId);

    /// Calls the shop by its own telephone. What comes of it is stored as of any call.
    ///
    /// # Errors
    /// [`NotBegun`].
    fn ring(&self, shop: Arc<ShopProfile>, when: Beginning) -> Result<RehearsalCall, NotBegun>;

    /// The shop's latest such call.
    fn ringing(&self, shop: &ShopId) -> RehearsalCall;
}
