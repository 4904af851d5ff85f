//! `biseo init`: an installation to begin with.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use biseo_model::shop::{ProfileError, ShopProfile};
use biseo_vault::key_file;

use crate::cli::InitOptions;
use crate::wording::Wording;

/// The key of a new installation, as its configuration names it.
const KEY: &str = "secrets/seal.key";

/// The files of a new installation, by path within its folder.
const FILES: [(&str, &str); 6] = [
    ("biseo.toml", include_str!("../templates/biseo.toml")),
    (
        "shops/haengbok.toml",
        include_str!("../../../shops/haengbok.toml"),
    ),
    ("shops/byeol.toml", include_str!("../../../shops/byeol.toml")),
    ("shops/sotong.toml", include_str!("../../../shops/sotong.toml")),
    ("shops/gugu.toml", include_str!("../../../shops/gugu.toml")),
    ("shops/maeum.toml", include_str!("../../../shops/maeum.toml")),
];

/// Writes the files that are not there yet; what is there stays as it is.
pub(crate) fn run(options: &InitOptions) -> ExitCode {
    let wording = Wording::of("init", options.lang);
    let failed = |path: &Path, why: &str| {
        eprintln!("✗ {}", wording.say("failed", &shown(path), why));
        ExitCode::FAILURE
    };
    let key = options.folder.join(KEY);
    match new_key(&options.folder) {
        Ok(true) => crate::out::line!("✓ {}", wording.say("key", &shown(&key), "")),
        Ok(false) => {}
        Err(why) => return failed(&key, &why),
    }
    let wanted = |name: &str| !options.no_examples || !name.starts_with("shops/");
    for (name, text) in FILES.into_iter().filter(|(name, _)| wanted(name)) {
        let path = options.folder.join(name);
        match write_new(&path, text) {
            Ok(true) => crate::out::line!("✓ {}", wording.say("written", &shown(&path), "")),
            Ok(false) => crate::out::line!("· {}", wording.say("kept", &shown(&path), "")),
            Err(e) => return failed(&path, &e.to_string()),
        }
    }
    crate::out::line!(
        "{}",
        wording.say(
            if options.no_examples { "next_page" } else { "next" },
            &shown(&options.folder.join("biseo.toml")),
            ""
        )
    );
    ExitCode::SUCCESS
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// Makes the key of an installation whose configuration is still to be written; `false` if it has one, or a configuration. Where a key was lost no
/// other takes its place unasked.
fn new_key(folder: &Path) -> Result<bool, String> {
    let key = folder.join(KEY);
    if key.exists() || folder.join("biseo.toml").exists() {
        return Ok(false);
    }
    key_file::make(&key).map(|_| true).map_err(|e| e.to_string())
}

/// Writes the example installation into a folder, keeping what is there.
pub(crate) fn examples(folder: &Path) -> std::io::Result<()> {
    new_key(folder).map_err(std::io::Error::other)?;
    FILES
        .iter()
        .try_for_each(|(name, text)| write_new(&folder.join(name), text).map(drop))
}

/// The profiles of the example shops.
///
/// # Errors
/// If one of them is wrong, which its own tests rule out.
pub(crate) fn shops() -> Result<Vec<Arc<ShopProfile>>, ProfileError> {
    let profiles = FILES.iter().filter(|(name, _)| name.starts_with("shops/"));
    profiles
        .map(|(_, text)| ShopProfile::from_toml(text).map(Arc::new))
        .collect()
}

/// Writes the file whole or not at all; `false` if one is there.
fn write_new(path: &PathBuf, text: &str) -> std::io::Result<bool> {
    if path.exists() {
        return Ok(false);
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut draft = tempfile::NamedTempFile::new_in(folder)?;
    draft.write_all(text.as_bytes())?;
    draft.as_file().sync_all()?;
    match draft.persist_noclobber(path) {
        Ok(_) => Ok(true),
        Err(e) if e.error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(e) => Err(e.error),
    }
}
