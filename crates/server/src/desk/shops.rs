//! The shops as the console changes them: the file first, then the calls that begin from now on.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use biseo_api::{Folder, NotReplaced, Shops};
use biseo_model::ids::ShopId;
use biseo_model::shop::ShopProfile;

use super::houses::Chosen;
use crate::house::House;

/// The installation's shops.
pub(super) struct DeskShops {
    house: Arc<House>,
    chosen: Arc<Chosen>,
    files: Folder,
    /// Changes take turns: the numbers that two shops claim are compared before either file is written.
    turn: Mutex<()>,
}

impl DeskShops {
    /// Over the folder of profiles.
    ///
    /// # Errors
    /// Which file cannot be used.
    pub(super) fn open(house: Arc<House>, chosen: Arc<Chosen>) -> Result<Self, String> {
        let files = Folder::open(&house.config.shops)?;
        Ok(Self {
            house,
            chosen,
            files,
            turn: Mutex::default(),
        })
    }
}

impl DeskShops {
    /// The folder of profiles.
    pub(super) fn folder(&self) -> &Path {
        &self.house.config.shops
    }

    /// Uses a profile that somebody has written into its file; `false` if it is the one in use.
    ///
    /// # Errors
    /// If it claims another shop's number; then all is as it was.
    pub(super) fn adopt(&self, profile: Arc<ShopProfile>) -> Result<bool, String> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if self.house.directory.find(&profile.id).as_ref() == Some(&profile) {
            return Ok(false);
        }
        self.house.directory.check(&profile).map_err(|e| e.to_string())?;
        self.chosen.learn(&profile);
        self.house.replace(profile).map_err(|e| e.to_string())?;
        Ok(true)
    }
}

impl Shops for DeskShops {
    fn all(&self) -> Vec<Arc<ShopProfile>> {
        self.house.directory.all()
    }

    fn find(&self, shop: &ShopId) -> Option<Arc<ShopProfile>> {
        self.house.directory.find(shop)
    }

    fn text(&self, shop: &ShopId) -> Option<String> {
        self.files.text(shop)
    }

    fn replace(&self, shop: &ShopId, from: &str, to: &str) -> Result<(), NotReplaced> {
        let bad = |e: &dyn std::fmt::Display| NotReplaced::Failed(std::io::Error::other(e.to_string()));
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let profile = Arc::new(ShopProfile::from_toml(to).map_err(|e| bad(&e))?);
        self.house.directory.check(&profile).map_err(|e| bad(&e))?;
        self.files.replace(shop, from, to)?;
        self.chosen.learn(&profile);
        self.house.replace(profile).map_err(|e| bad(&e))
    }

    fn create(&self, shop: &ShopId, text: &str) -> Result<(), NotReplaced> {
        let bad = |e: &dyn std::fmt::Display| NotReplaced::Failed(std::io::Error::other(e.to_string()));
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if self.house.directory.find(shop).is_some() {
            return Err(NotReplaced::Changed);
        }
        let profile = Arc::new(ShopProfile::from_toml(text).map_err(|e| bad(&e))?);
        self.house.directory.check(&profile).map_err(|e| bad(&e))?;
        self.files.create(shop, text)?;
        self.chosen.learn(&profile);
        self.house.replace(profile).map_err(|e| bad(&e))
    }
}
