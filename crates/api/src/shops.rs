//! Where the profiles of shops come from.

use std::sync::Arc;

use biseo_model::ids::ShopId;
use biseo_model::shop::ShopProfile;

/// Why a profile was not replaced.
#[derive(Debug, thiserror::Error)]
pub enum NotReplaced {
    /// It is another one meanwhile.
    #[error("the profile has changed meanwhile")]
    Changed,
    /// These profiles cannot be changed.
    #[error("profiles cannot be changed here")]
    Fixed,
    /// The file cannot be written.
    #[error("the profile cannot be written: {0}")]
    Failed(#[from] std::io::Error),
}

/// The shops of the installation. What it answers comes from memory, but for `text` and `replace`, which may block.
pub trait Shops: Send + Sync + 'static {
    /// All profiles, by id.
    fn all(&self) -> Vec<Arc<ShopProfile>>;

    /// One profile.
    fn find(&self, shop: &ShopId) -> Option<Arc<ShopProfile>> {
        self.all().into_iter().find(|p| p.id == *shop)
    }

    /// The profile's own text (TOML), if it can be changed.
    fn text(&self, shop: &ShopId) -> Option<String>;

    /// Replaces the profile's text, which was `from`, by `to`, a text that was checked. [`Shops::find`] tells the new one
    /// afterwards.
    ///
    /// # Errors
    /// [`NotReplaced`]; then everything is as it was.
    fn replace(&self, shop: &ShopId, from: &str, to: &str) -> Result<(), NotReplaced>;

    /// Makes a shop of this text, which was checked. [`Shops::find`] tells it afterwards.
    ///
    /// # Errors
    /// [`NotReplaced::Changed`] if there is one meanwhile; [`NotReplaced::Fixed`] where shops cannot be made.
    fn create(&self, _shop: &ShopId, _text: &str) -> Result<(), NotReplaced> {
        Err(NotReplaced::Fixed)
    }
}
