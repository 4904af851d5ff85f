//! What notices have to know of each shop: its name, its hours, and what its owner chose.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use biseo_api::views::{Choices, DigestChoice};
use biseo_model::ids::ShopId;
use biseo_model::shop::ShopProfile;
use biseo_notify::{House, Houses, Sender};
use biseo_store::{Store, StoreError};
use jiff::tz::TimeZone;

/// The shops and what their owners chose.
#[derive(Default)]
pub(super) struct Chosen(RwLock<HashMap<ShopId, Entry>>);

struct Entry {
    profile: Arc<ShopProfile>,
    choices: Choices,
    house: Option<Arc<House>>,
}

impl Entry {
    fn of(profile: Arc<ShopProfile>, choices: Choices) -> Self {
        let house = house(&profile, &choices).map(Arc::new);
        Self {
            profile,
            choices,
            house,
        }
    }
}

impl Chosen {
    /// Reads what the owners of these shops chose.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub(super) async fn read(store: &Store, shops: Vec<Arc<ShopProfile>>) -> Result<Self, StoreError> {
        let chosen = Self::default();
        chosen.read_again(store, shops).await?;
        Ok(chosen)
    }

    /// The shops, of which nothing is known yet.
    pub(super) fn unread(shops: Vec<Arc<ShopProfile>>) -> Self {
        let entry = |profile: Arc<ShopProfile>| (profile.id.clone(), Entry::of(profile, Choices::default()));
        Self(RwLock::new(shops.into_iter().map(entry).collect()))
    }

    /// Reads what their owners chose, in place of what was known of these shops.
    ///
    /// # Errors
    /// As [`Self::read`]; then all is as it was.
    pub(super) async fn read_again(
        &self,
        store: &Store,
        shops: Vec<Arc<ShopProfile>>,
    ) -> Result<(), StoreError> {
        let mut read = HashMap::new();
        for profile in shops {
            let kept = store.setting(&profile.id, Choices::NAME).await?;
            let choices = kept.map_or_else(Choices::default, |kept| {
                serde_json::from_value(kept.content).unwrap_or_else(|e| {
                    tracing::error!("shop {}: who is told what cannot be read: {e}", profile.id);
                    Choices::default()
                })
            });
            read.insert(profile.id.clone(), Entry::of(profile, choices));
        }
        let mut entries = self.0.write().unwrap_or_else(PoisonError::into_inner);
        entries.extend(read);
        Ok(())
    }

    /// An owner has chosen anew.
    pub(super) fn choose(&self, shop: &ShopId, choices: &Choices) {
        let mut entries = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = entries.get_mut(shop) {
            *entry = Entry::of(entry.profile.clone(), choices.clone());
        }
    }

    /// A profile has changed.
    pub(super) fn learn(&self, profile: &Arc<ShopProfile>) {
        let mut entries = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let choices = entries
            .get(&profile.id)
            .map_or_else(Choices::default, |e| e.choices.clone());
        entries.insert(profile.id.clone(), Entry::of(profile.clone(), choices));
    }

    /// All shops with what was chosen of the digest.
    pub(super) fn digests(&self) -> Vec<(Arc<ShopProfile>, DigestChoice)> {
        let entries = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let each = |e: &Entry| (e.profile.clone(), e.choices.digest.clone());
        entries.values().map(each).collect()
    }
}

impl Houses for Chosen {
    fn house(&self, shop: &ShopId) -> Option<Arc<House>> {
        let entries = self.0.read().unwrap_or_else(PoisonError::into_inner);
        entries.get(shop)?.house.clone()
    }
}

/// `None` if nobody is told anything, or the zone is none: then there is no time at which to tell.
fn house(profile: &ShopProfile, choices: &Choices) -> Option<House> {
    if choices.notices.reader.is_empty() && choices.notices.callers.is_off() {
        return None;
    }
    Some(House {
        sender: Sender {
            name_ko: profile.name.ko.clone(),
            name_en: profile.name.en.clone(),
            zone: TimeZone::get(&profile.zone).ok()?,
        },
        hours: profile.hours.clone(),
        notices: choices.notices.clone(),
    })
}
