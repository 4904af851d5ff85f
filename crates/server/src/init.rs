//! `biseo init`: an installation to begin with.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use biseo_model::shop::{ProfileError, ShopProfile};

use crate::cli::InitOptions;
use crate::wording::Wording;

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
    let wanted = |name: &str| !options.no_examples || !name.starts_with("shops/");
    for (name, text) in FILES.into_iter().filter(|(name, _)| wanted(name)) {
        let path = options.folder.join(name);
        match write_new(&path, text) {
            Ok(true) => crate::out::line!("✓ {}", wording.say("written", &shown(&path), "")),
            Ok(false) => crate::out::line!("· {}", wording.say("kept", &shown(&path), "")),
            Err(e) => {
                eprintln!("✗ {}", wording.say("failed", &shown(&path), &e.to_string()));
                return ExitCode::FAILURE;
            }
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

/// Writes the example installation into a folder, keeping what is there.
pub(crate) fn examples(folder: &Path) -> std::io::Result<()> {
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
