//! Shops from a folder of profiles, one `id.toml` each.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use biseo_model::ids::ShopId;
use biseo_model::shop::ShopProfile;

use crate::shops::{NotReplaced, Shops};

/// A folder of profiles, read once and after each replacement.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    profiles: Mutex<BTreeMap<ShopId, Arc<ShopProfile>>>,
}

impl Folder {
    /// Reads all `*.toml` of a folder.
    ///
    /// # Errors
    /// Which file cannot be used, and why.
    pub fn open(path: &Path) -> Result<Self, String> {
        let mut profiles = BTreeMap::new();
        let entries = std::fs::read_dir(path).map_err(|e| format!("{}: {e}", path.display()))?;
        for entry in entries {
            let file = entry.map_err(|e| e.to_string())?.path();
            if file.extension().is_some_and(|e| e == "toml") {
                let text = std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
                let profile =
                    ShopProfile::from_toml(&text).map_err(|e| format!("{}: {e}", file.display()))?;
                profiles.insert(profile.id.clone(), Arc::new(profile));
            }
        }
        Ok(Self {
            path: path.into(),
            profiles: Mutex::new(profiles),
        })
    }

    /// An id is safe as a file's name.
    fn file(&self, shop: &ShopId) -> PathBuf {
        self.path.join(format!("{shop}.toml"))
    }

    /// The new text is whole on the disk before it takes the old one's place.
    fn write(&self, shop: &ShopId, text: &str) -> std::io::Result<()> {
        let next = self.path.join(format!(".{shop}.toml.new"));
        let mut file = std::fs::File::create(&next)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&next, self.file(shop))?;
        std::fs::File::open(&self.path)?.sync_all()
    }
}

impl Shops for Folder {
    fn all(&self) -> Vec<Arc<ShopProfile>> {
        let profiles = self.profiles.lock().unwrap_or_else(PoisonError::into_inner);
        profiles.values().cloned().collect()
    }

    fn text(&self, shop: &ShopId) -> Option<String> {
        std::fs::read_to_string(self.file(shop)).ok()
    }

    fn replace(&self, shop: &ShopId, from: &str, to: &str) -> Result<(), NotReplaced> {
        let mut profiles = self.profiles.lock().unwrap_or_else(PoisonError::into_inner);
        if self.text(shop).as_deref() != Some(from) {
            return Err(NotReplaced::Changed);
        }
        let profile = ShopProfile::from_toml(to).map_err(|e| std::io::Error::other(e.to_string()))?;
        self.write(shop, to)?;
        profiles.insert(shop.clone(), Arc::new(profile));
        Ok(())
    }

    fn create(&self, shop: &ShopId, text: &str) -> Result<(), NotReplaced> {
        let mut profiles = self.profiles.lock().unwrap_or_else(PoisonError::into_inner);
        if profiles.contains_key(shop) || self.file(shop).exists() {
            return Err(NotReplaced::Changed);
        }
        let profile = ShopProfile::from_toml(text).map_err(|e| std::io::Error::other(e.to_string()))?;
        self.write(shop, text)?;
        profiles.insert(shop.clone(), Arc::new(profile));
        Ok(())
    }
}
