//! What belongs into a backup.

use std::path::Path;

use biseo_backup::Part;

use crate::config::Config;

/// Whether a file of the data folder belongs into a backup: not the database, which is copied by itself, nor what is there only while
/// a program runs.
pub(super) fn is_kept(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_draft = name.starts_with('.') || name.ends_with(".new") || name.ends_with(".part");
    // What the line doctor saw is large, and of this machine only.
    !path.starts_with("line") && !name.starts_with("biseo.db") && name != "biseo.lock" && !is_draft
}

/// Takes out the key of sealed recordings, wherever it lies: whoever finds the backup is not to hear them.
pub(super) fn without_keys(parts: &mut Vec<Part>, config: &Config) {
    let Some(key) = &config.seal.key_file else { return };
    let Ok(key) = key.canonicalize() else { return };
    parts.retain(|part| part.path.canonicalize().ok().as_ref() != Some(&key));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_into_a_backup() {
        for (name, kept) in [
            ("recordings/2026/11/c1.wav", true),
            ("visit.key", true),
            ("push.key", true),
            ("biseo.db", false),
            ("biseo.db-wal", false),
            ("biseo.lock", false),
            ("line/told-1.jsonl", false),
            (".visit.key.12", false),
            ("push.new", false),
        ] {
            assert_eq!(is_kept(Path::new(name)), kept, "{name}");
        }
    }
}
