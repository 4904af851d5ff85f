//! The models that are known: what they are, how well they do by whose account, and where they lie. A data file,
//! `catalogue.toml`; a figure that nobody published is left out there.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::manifest::{Kind, Written};

const TEXT: &str = include_str!("catalogue.toml");

/// An error rate that somebody published.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// Of 100 letters (`CER`) or words (`WER`).
    pub percent: f64,
    /// `CER` or `WER`.
    pub measure: String,
    /// The recordings it was counted on.
    pub set: String,
    /// Where it was published.
    pub published: String,
}

/// A model.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its short name, which becomes its folder's.
    pub name: String,
    /// Its family.
    pub kind: Kind,
    /// Codes of its languages that Biseo speaks.
    pub languages: Vec<String>,
    /// Its licence, for people.
    pub licence: String,
    /// About so many MB (10⁶ octets) of networks are loaded; `None` when nobody told.
    pub megabytes: Option<u32>,
    /// How well it does by somebody's account.
    pub rate: Option<Rate>,
    /// What it is good for, in Korean and in English.
    pub about: About,
    /// The archive (tar.bz2).
    pub address: String,
    /// The archive's SHA-256, if it is known beforehand; otherwise that of the first time counts.
    pub sha256: Option<String>,
    /// A voice's speaker.
    #[serde(default)]
    pub speaker: u16,
    /// The manifest's files, as they lie in the archive's one folder.
    pub files: BTreeMap<String, String>,
}

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Korean.
    pub ko: String,
    /// English.
    pub en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    model: Vec<Entry>,
}

/// All of them, Korean ones first.
pub fn all() -> Vec<Entry> {
    // It is part of the program and a test reads it, so this cannot fail in a program that was tested.
    let catalogue: Catalogue = toml::from_str(TEXT).expect("the built-in catalogue is read");
    catalogue.model
}

/// The one of a name.
pub fn find(name: &str) -> Option<Entry> {
    all().into_iter().find(|entry| entry.name == name)
}

impl Entry {
    /// The archive's file name.
    pub fn archive(&self) -> &str {
        self.address.rsplit('/').next().unwrap_or_default()
    }

    /// The manifest for its folder.
    pub fn manifest(&self) -> Written {
        Written {
            kind: self.kind,
            languages: self.languages.clone(),
            licence: self.licence.clone(),
            threads: 1,
            modeling_unit: None,
            speaker: self.speaker,
            files: self.files.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{FILE, Manifest};

    #[test]
    fn every_entry_would_make_a_model() {
        let entries = all();
        assert!(entries.len() >= 8);
        for entry in entries {
            let dir = tempfile::tempdir().unwrap();
            for (role, names) in &entry.files {
                for name in names.split(',') {
                    let path = dir.path().join(name);
                    if role == "data_dir" {
                        std::fs::create_dir_all(path).unwrap();
                    } else {
                        std::fs::write(path, "x 0\n").unwrap();
                    }
                }
            }
            let text = toml::to_string(&entry.manifest()).unwrap();
            std::fs::write(dir.path().join(FILE), text).unwrap();
            let read = Manifest::read(dir.path()).unwrap_or_else(|e| panic!("{}: {e}", entry.name));
            assert_eq!(read.written, entry.manifest());
        }
    }

    #[test]
    fn names_and_addresses_are_fit() {
        let entries = all();
        for (n, entry) in entries.iter().enumerate() {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
            assert!(
                entry.name.chars().all(plain) && !entry.name.starts_with('.'),
                "{}",
                entry.name
            );
            assert!(
                entry.address.starts_with("https://") && entry.archive().ends_with(".tar.bz2"),
                "{}",
                entry.name
            );
            assert!(
                entries[..n].iter().all(|other| other.name != entry.name),
                "{} twice",
                entry.name
            );
            assert!(
                !entry.about.ko.is_ascii() && entry.about.en.is_ascii(),
                "{}",
                entry.name
            );
            let hash = entry.sha256.as_deref().unwrap_or("0");
            assert!(hash.chars().all(|c| c.is_ascii_hexdigit()), "{}", entry.name);
            if let Some(rate) = &entry.rate {
                assert!(
                    (0.1..60.0).contains(&rate.percent) && rate.published.starts_with("http"),
                    "{}",
                    entry.name
                );
            }
        }
        assert!(find("zipformer-ko").is_some() && find("nothing").is_none());
    }
}
