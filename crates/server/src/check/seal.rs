//! Is there a key, does it lie where it should, and is everything sealed with it?

use std::fs::File;
use std::path::Path;

use biseo_media_io::recordings_in;
use biseo_vault::{Keys, sealed_by};

use super::{Finding, Mark};
use crate::config::Config;
use crate::wording::Wording;

/// The key, and the recordings that it does not seal.
pub(super) async fn check(config: &Config, wording: &Wording) -> Vec<Finding> {
    let say = |mark, key, name: &str, why: &str| Finding::new(mark, wording.say(key, name, why));
    let keys = match config.seal.keys().await {
        Ok(Some(keys)) => keys,
        Ok(None) => return vec![say(Mark::Odd, "seal_none", "", "")],
        Err((field, why)) => return vec![say(Mark::Bad, "seal_bad", "", &format!("{field}: {why}"))],
    };
    let id = keys.current().id().to_string();
    let mut findings = vec![say(Mark::Good, "seal_good", &id, &keys.old().to_string())];
    if let Some(key) = config
        .seal
        .key_file
        .as_deref()
        .filter(|key| lies_in(key, &config.data))
    {
        findings.push(say(Mark::Odd, "seal_inside", &key.display().to_string(), ""));
    }
    let (left, locked) = count(&config.recordings(), &keys);
    for (count, mark, key) in [(left, Mark::Odd, "seal_left"), (locked, Mark::Bad, "seal_locked")] {
        if count > 0 {
            findings.push(say(mark, key, &count.to_string(), ""));
        }
    }
    findings
}

fn lies_in(file: &Path, folder: &Path) -> bool {
    match (file.canonicalize(), folder.canonicalize()) {
        (Ok(file), Ok(folder)) => file.starts_with(folder),
        _ => false,
    }
}

/// Recordings that are in the clear or under an older key, and those whose key is not known. What cannot be read is for others to tell.
fn count(folder: &Path, keys: &Keys) -> (usize, usize) {
    let found = recordings_in(folder).unwrap_or_default();
    let (mut left, mut locked) = (0, 0);
    for path in found.recordings {
        match File::open(&path)
            .map_err(Into::into)
            .and_then(|file| sealed_by(&file))
        {
            Ok(None) => left += 1,
            Ok(Some(by)) if by == keys.current().id() => {}
            Ok(Some(by)) if keys.find(by).is_ok() => left += 1,
            Ok(Some(_)) => locked += 1,
            Err(_) => {}
        }
    }
    (left, locked)
}
