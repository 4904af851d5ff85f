//! How many calls came by which trunk to which shop, and what became of them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use biseo_model::ids::ShopId;

/// Shops and trunks, pair by pair, of which calls are counted.
const MOST: usize = 4_096;

/// Calls by one trunk since the program began: all of them, or one shop's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Came {
    /// Calls to a shop.
    pub(crate) all: u64,
    /// Those that were answered.
    pub(crate) answered: u64,
    /// Those for which there was no room, or whose set-up failed. Whoever gave up is neither.
    pub(crate) lost: u64,
}

/// Calls by all trunks.
#[derive(Debug, Default)]
pub(crate) struct Counted(Mutex<BTreeMap<(ShopId, String), Came>>);

impl Counted {
    /// A call to a shop came.
    pub(crate) fn came(&self, shop: &ShopId, trunk: Option<&str>) {
        self.of(shop, trunk, |of| of.all += 1);
    }

    /// It was answered.
    pub(crate) fn answered(&self, shop: &ShopId, trunk: Option<&str>) {
        self.of(shop, trunk, |of| of.answered += 1);
    }

    /// It could not be taken, or its set-up failed.
    pub(crate) fn lost(&self, shop: &ShopId, trunk: Option<&str>) {
        self.of(shop, trunk, |of| of.lost += 1);
    }

    /// All shops' so far, by trunk.
    pub(super) fn all(&self) -> BTreeMap<String, Came> {
        self.sum(|_| true)
    }

    /// One shop's so far, by trunk.
    pub(super) fn of_shop(&self, shop: &ShopId) -> BTreeMap<String, Came> {
        self.sum(|of| of == shop)
    }

    fn sum(&self, wanted: impl Fn(&ShopId) -> bool) -> BTreeMap<String, Came> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut by_trunk = BTreeMap::<String, Came>::new();
        for ((_, trunk), came) in all.iter().filter(|((shop, _), _)| wanted(shop)) {
            let sum = by_trunk.entry(trunk.clone()).or_default();
            sum.all += came.all;
            sum.answered += came.answered;
            sum.lost += came.lost;
        }
        by_trunk
    }

    fn of(&self, shop: &ShopId, trunk: Option<&str>, change: impl FnOnce(&mut Came)) {
        let Some(trunk) = trunk else { return };
        let key = (shop.clone(), trunk.to_owned());
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() < MOST || all.contains_key(&key) {
            change(all.entry(key).or_default());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shop_has_its_own_and_the_house_all() {
        let counted = Counted::default();
        let [one, two] = ["haengbok", "mirae"].map(|id| ShopId::new(id).unwrap());
        for (shop, trunk) in [(&one, "kt"), (&two, "kt"), (&two, "lg"), (&two, "kt")] {
            counted.came(shop, Some(trunk));
        }
        counted.answered(&two, Some("kt"));
        counted.lost(&one, Some("kt"));
        counted.came(&one, None);
        let of =
            |all: BTreeMap<String, Came>, trunk: &str| all.get(trunk).map(|c| (c.all, c.answered, c.lost));
        assert_eq!(of(counted.of_shop(&one), "kt"), Some((1, 0, 1)));
        assert_eq!(of(counted.of_shop(&one), "lg"), None);
        assert_eq!(of(counted.of_shop(&two), "kt"), Some((2, 1, 0)));
        assert_eq!(of(counted.all(), "kt"), Some((3, 1, 1)));
        assert_eq!(of(counted.all(), "lg"), Some((1, 0, 0)));
    }
}
