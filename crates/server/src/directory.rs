//! The shops of an installation, and which of them a dialled number reaches.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use biseo_model::ids::ShopId;
use biseo_model::phone::PhoneNumber;
use biseo_model::shop::{ProfileError, ShopProfile};

/// All shops. A profile may be replaced while calls go on: they keep the one with which they began.
#[derive(Debug)]
pub(crate) struct Directory {
    books: RwLock<Arc<Books>>,
    default: Option<ShopId>,
}

#[derive(Debug, Clone)]
struct Books {
    shops: HashMap<ShopId, Arc<ShopProfile>>,
    numbers: HashMap<String, ShopId>,
}

impl Books {
    fn of(shops: HashMap<ShopId, Arc<ShopProfile>>) -> Result<Self, DirectoryError> {
        let numbers = numbers(&shops)?;
        Ok(Self { shops, numbers })
    }
}

/// Why a folder of profiles cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DirectoryError {
    /// The folder or a file cannot be read.
    #[error("{path}: {why}")]
    Unreadable {
        /// The folder or file.
        path: String,
        /// The system's reason.
        why: std::io::Error,
    },
    /// No profile is there.
    #[error("{0} holds no shop file (*.toml)")]
    Empty(String),
    /// A profile is wrong.
    #[error("{path}: {why}")]
    Profile {
        /// The file.
        path: String,
        /// What is wrong with it.
        why: ProfileError,
    },
    /// A file is not called as its shop.
    #[error("{path}: the file's name and its id {id:?} differ")]
    Name {
        /// The file.
        path: String,
        /// The id within.
        id: String,
    },
    /// Two shops claim one number.
    #[error("the number {number} stands in the profiles of {one} and {other}")]
    Twice {
        /// The number.
        number: String,
        /// One shop.
        one: String,
        /// The other.
        other: String,
    },
    /// The default shop has no profile.
    #[error("call.default_shop = {0:?}: there is no such shop")]
    Default(String),
}

impl Directory {
    /// Reads all profiles of a folder. A wrong one fails the whole: a shop that silently does not answer is worse than a
    /// program that says at its start what to mend.
    ///
    /// # Errors
    /// [`DirectoryError`], which names the file.
    pub(crate) fn read(folder: &Path, default: Option<ShopId>) -> Result<Self, DirectoryError> {
        let directory = Self::read_any(folder, default)?;
        match directory.all().is_empty() {
            true => Err(DirectoryError::Empty(folder.display().to_string())),
            false => Ok(directory),
        }
    }

    /// The same of a folder that may hold none yet.
    ///
    /// # Errors
    /// [`DirectoryError`], which names the file.
    pub(crate) fn read_any(folder: &Path, default: Option<ShopId>) -> Result<Self, DirectoryError> {
        let mut shops = HashMap::new();
        for file in profile_files(folder)? {
            let profile = read_profile(&file)?;
            shops.insert(profile.id.clone(), Arc::new(profile));
        }
        let nobody = |id: &&ShopId| !shops.is_empty() && !shops.contains_key(*id);
        if let Some(id) = default.as_ref().filter(nobody) {
            return Err(DirectoryError::Default(id.as_str().to_string()));
        }
        Ok(Self {
            books: RwLock::new(Arc::new(Books::of(shops)?)),
            default,
        })
    }

    fn books(&self) -> Arc<Books> {
        self.books.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether the shops would still go together with this profile in place of the shop's own.
    ///
    /// # Errors
    /// [`DirectoryError::Twice`] if it claims another shop's number.
    pub(crate) fn check(&self, profile: &Arc<ShopProfile>) -> Result<(), DirectoryError> {
        let mut shops = self.books().shops.clone();
        shops.insert(profile.id.clone(), profile.clone());
        numbers(&shops).map(drop)
    }

    /// Puts a profile in the place of the shop's own; calls that begin from now on use it.
    ///
    /// # Errors
    /// As [`Self::check`]; then all is as it was.
    pub(crate) fn replace(&self, profile: Arc<ShopProfile>) -> Result<(), DirectoryError> {
        let mut books = self.books.write().unwrap_or_else(PoisonError::into_inner);
        let mut shops = books.shops.clone();
        shops.insert(profile.id.clone(), profile);
        *books = Arc::new(Books::of(shops)?);
        Ok(())
    }

    /// The shop of that id.
    pub(crate) fn find(&self, shop: &ShopId) -> Option<Arc<ShopProfile>> {
        self.books().shops.get(shop).cloned()
    }

    /// The shop that a dialled number reaches: by its number, else by its id (a softphone's `sip:haengbok@…`), else the
    /// default one.
    pub(crate) fn reached_by(&self, dialled: &str) -> Option<Arc<ShopProfile>> {
        let books = self.books();
        let by_number = PhoneNumber::parse(dialled)
            .ok()
            .and_then(|n| books.numbers.get(&n.e164()));
        let by_id = || books.shops.keys().find(|id| id.as_str() == dialled);
        let id = by_number.or_else(by_id).or(self.default.as_ref())?;
        books.shops.get(id).cloned()
    }

    /// All shops, by id.
    pub(crate) fn all(&self) -> Vec<Arc<ShopProfile>> {
        let mut all: Vec<_> = self.books().shops.values().cloned().collect();
        all.sort_by(|a, b| a.id.as_str().cmp(b.id.as_str()));
        all
    }
}

/// The profile files of a folder, by name.
pub(crate) fn profile_files(folder: &Path) -> Result<Vec<PathBuf>, DirectoryError> {
    let entries = std::fs::read_dir(folder).map_err(|why| DirectoryError::Unreadable {
        path: folder.display().to_string(),
        why,
    })?;
    let mut files: Vec<_> = entries
        .flatten()
        .map(|e| e.path())
        .filter(|f| f.extension().is_some_and(|x| x == "toml"))
        .collect();
    files.sort();
    Ok(files)
}

/// Reads one profile; its file must be called as its id.
pub(crate) fn read_profile(file: &Path) -> Result<ShopProfile, DirectoryError> {
    let path = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|why| DirectoryError::Unreadable {
        path: path.clone(),
        why,
    })?;
    let profile = ShopProfile::from_toml(&text).map_err(|why| DirectoryError::Profile {
        path: path.clone(),
        why,
    })?;
    if file.file_stem().is_none_or(|stem| stem != profile.id.as_str()) {
        let id = profile.id.as_str().to_string();
        return Err(DirectoryError::Name { path, id });
    }
    Ok(profile)
}

fn numbers(shops: &HashMap<ShopId, Arc<ShopProfile>>) -> Result<HashMap<String, ShopId>, DirectoryError> {
    let mut numbers: HashMap<String, ShopId> = HashMap::new();
    for shop in shops.values() {
        for number in &shop.numbers {
            if let Some(other) = numbers
                .insert(number.e164(), shop.id.clone())
                .filter(|o| *o != shop.id)
            {
                return Err(DirectoryError::Twice {
                    number: number.grouped(),
                    one: other.as_str().to_string(),
                    other: shop.id.as_str().to_string(),
                });
            }
        }
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(dir.path().join(name), text).unwrap();
        }
        dir
    }

    fn profile(id: &str, number: &str) -> String {
        format!(
            "id = {id:?}\nname = {{ ko = \"가게\" }}\nzone = \"Asia/Seoul\"\naddress = {{ ko = \"서울\" }}\n\
             numbers = [{number:?}]\n[hours.week]\nmon = {{ open = \"09:00:00\", close = \"18:00:00\" }}\n"
        )
    }

    #[test]
    fn a_number_in_any_form_finds_its_shop() {
        let dir = folder(&[
            ("a.toml", &profile("a", "02-700-1001")),
            ("b.toml", &profile("b", "042-700-1002")),
        ]);
        let shops = Directory::read(dir.path(), None).unwrap();
        for (dialled, id) in [
            ("027001001", Some("a")),
            ("+8227001001", Some("a")),
            ("0427001002", Some("b")),
            ("b", Some("b")),
            ("0427001003", None),
            ("", None),
        ] {
            let found = shops.reached_by(dialled).map(|s| s.id.as_str().to_string());
            assert_eq!(found.as_deref(), id, "{dialled}");
        }
        let default = Directory::read(dir.path(), ShopId::new("b").ok()).unwrap();
        assert_eq!(default.reached_by("0427001003").unwrap().id.as_str(), "b");
    }

    #[test]
    fn a_profile_is_replaced_unless_it_claims_anothers_number() {
        let dir = folder(&[
            ("a.toml", &profile("a", "02-700-1001")),
            ("b.toml", &profile("b", "042-700-1002")),
        ]);
        let shops = Directory::read(dir.path(), None).unwrap();
        let before = shops.reached_by("a").unwrap();
        let with = |number| Arc::new(ShopProfile::from_toml(&profile("a", number)).unwrap());
        let clash = with("042-700-1002");
        assert!(matches!(shops.check(&clash), Err(DirectoryError::Twice { .. })));
        assert!(shops.replace(clash).is_err());
        assert!(Arc::ptr_eq(&before, &shops.reached_by("027001001").unwrap()));
        shops.replace(with("02-700-1003")).unwrap();
        assert!(shops.reached_by("027001001").is_none());
        assert_eq!(shops.reached_by("027001003").unwrap().id.as_str(), "a");
        assert_eq!(shops.find(&before.id).unwrap().numbers[0].e164(), "+8227001003");
    }

    #[test]
    fn what_is_wrong_names_the_file() {
        let good = profile("a", "02-700-1001");
        for (files, said) in [
            (vec![], "no shop file"),
            (vec![("x.toml", good.as_str())], "x.toml"),
            (vec![("a.toml", "id = 3")], "a.toml"),
        ] {
            let dir = folder(&files);
            let error = Directory::read(dir.path(), None).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
        let twice = folder(&[("a.toml", &good), ("b.toml", &profile("b", "+82 2 700 1001"))]);
        assert!(
            Directory::read(twice.path(), None)
                .unwrap_err()
                .to_string()
                .contains("02-700-1001")
        );
        let nobody = folder(&[("a.toml", &good)]);
        let error = Directory::read(nobody.path(), ShopId::new("z").ok()).unwrap_err();
        assert!(matches!(error, DirectoryError::Default(_)));
    }
}
