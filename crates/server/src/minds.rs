//! Who understands the callers of each shop.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use biseo_model::ids::ShopId;
use biseo_model::shop::ShopProfile;
use biseo_nlu::{Nlu, Unexplained};

/// What is made of a shop's profile so that its callers are understood.
#[derive(Clone)]
struct Mind {
    nlu: Arc<Nlu>,
    /// For a language model that is asked where the rules are unsure; `None` if none ever is.
    unexplained: Option<Arc<Unexplained>>,
}

/// The understanding of all shops; made anew for a shop whose profile changes.
pub(crate) struct Minds {
    minds: RwLock<HashMap<ShopId, Mind>>,
    helped: bool,
}

impl Minds {
    /// Of these shops; `helped` if a language model is asked too.
    pub(crate) fn of(shops: &[Arc<ShopProfile>], helped: bool) -> Self {
        let minds = Self {
            minds: RwLock::default(),
            helped,
        };
        shops.iter().for_each(|shop| minds.learn(shop));
        minds
    }

    /// Understands a shop's callers by this profile from now on.
    pub(crate) fn learn(&self, shop: &ShopProfile) {
        let mind = Mind {
            nlu: Arc::new(Nlu::new(shop)),
            unexplained: self.helped.then(|| Arc::new(Unexplained::new(shop))),
        };
        let mut minds = self.minds.write().unwrap_or_else(PoisonError::into_inner);
        minds.insert(shop.id.clone(), mind);
    }

    /// Who understands the callers of a shop.
    pub(crate) fn nlu(&self, shop: &ShopId) -> Option<Arc<Nlu>> {
        self.mind(shop).map(|mind| mind.nlu)
    }

    /// What a language model is told of a shop, if one is asked.
    pub(crate) fn unexplained(&self, shop: &ShopId) -> Option<Arc<Unexplained>> {
        self.mind(shop)?.unexplained
    }

    fn mind(&self, shop: &ShopId) -> Option<Mind> {
        let minds = self.minds.read().unwrap_or_else(PoisonError::into_inner);
        minds.get(shop).cloned()
    }
}
