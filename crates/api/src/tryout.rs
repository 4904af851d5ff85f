//! Who converses when an owner tries the shop out.

use std::sync::Arc;

use biseo_model::shop::ShopProfile;
use jiff::civil::DateTime;

use crate::views::Tried;

/// Converses in text. Nothing of it is stored.
pub trait Converses: Send + Sync + 'static {
    /// The conversation that comes of these words of a caller, at this time of the shop's clock. It takes milliseconds at most.
    fn converse(&self, shop: Arc<ShopProfile>, now: DateTime, said: &[String]) -> Tried;
}
