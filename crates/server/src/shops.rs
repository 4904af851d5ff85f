//! The shops that a rehearsal takes place in: a folder's, or the built-in examples.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use biseo_model::shop::ShopProfile;
use biseo_nlu::Nlu;

use crate::directory::Directory;
use crate::init;
use crate::wording::Lang;

/// A shop, and who understands its callers.
#[derive(Debug, Clone)]
pub(crate) struct Shop {
    /// What its owner wrote.
    pub(crate) profile: Arc<ShopProfile>,
    /// Its understanding.
    pub(crate) nlu: Arc<Nlu>,
}

impl Shop {
    /// Its name in a language, or in Korean if its owner gave no other.
    pub(crate) fn name(&self, lang: Lang) -> &str {
        let name = &self.profile.name;
        match lang {
            Lang::Ko => &name.ko,
            Lang::En => name.en.as_ref().unwrap_or(&name.ko),
        }
    }
}

/// Shops by id.
#[derive(Debug)]
pub(crate) struct Shops(BTreeMap<String, Shop>);

impl Shops {
    /// The profiles of a folder, or the built-in examples without one.
    ///
    /// # Errors
    /// Which folder or file cannot be used and why.
    pub(crate) fn open(folder: Option<&Path>) -> Result<Self, String> {
        let profiles = match folder {
            Some(folder) => Directory::read(folder, None).map_err(|e| e.to_string())?.all(),
            None => init::shops().map_err(|e| e.to_string())?,
        };
        let shop = |profile: Arc<ShopProfile>| {
            let nlu = Arc::new(Nlu::new(&profile));
            (profile.id.as_str().to_string(), Shop { profile, nlu })
        };
        Ok(Self(profiles.into_iter().map(shop).collect()))
    }

    /// The shop of that id.
    ///
    /// # Errors
    /// Which shops there are.
    pub(crate) fn find(&self, id: &str) -> Result<&Shop, String> {
        let known = || self.0.keys().cloned().collect::<Vec<_>>().join(", ");
        self.0
            .get(id)
            .ok_or_else(|| format!("no shop {id:?}; there are: {}", known()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_are_there_and_an_unknown_one_is_told_with_those_there_are() {
        let shops = Shops::open(None).unwrap();
        let mut shop = shops.find("haengbok").unwrap().clone();
        assert_eq!(
            (shop.name(Lang::Ko), shop.name(Lang::En)),
            ("행복식당", "Haengbok Restaurant")
        );
        Arc::make_mut(&mut shop.profile).name.en = Some("Haengbok".into());
        assert_eq!(shop.name(Lang::En), "Haengbok");
        let why = shops.find("nowhere").unwrap_err();
        assert!(why.contains("nowhere") && why.contains("haengbok"), "{why}");
        assert!(Shops::open(Some(Path::new("/no/such/folder"))).is_err());
    }
}
