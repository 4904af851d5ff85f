//! Names within an archive: relative, with `/`, and leading nowhere else.

use std::path::{Component, Path, PathBuf};

use crate::BackupError;

/// A name is so long at most, in octets.
const LONGEST: usize = 4096;

/// The path of a name.
pub(crate) fn path(name: &Path) -> Result<PathBuf, BackupError> {
    let plain = |c: Component<'_>| matches!(c, Component::Normal(_));
    let octets = name.as_os_str().as_encoded_bytes();
    let whole = !octets.is_empty() && octets.len() <= LONGEST && !octets.contains(&0);
    if whole && name.components().all(plain) && name.to_str().is_some() {
        return Ok(name.components().collect());
    }
    let shown: String = name.to_string_lossy().chars().take(80).collect();
    Err(BackupError::Name { name: shown })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_relative_names() {
        for (name, right) in [
            ("biseo.db", true),
            ("data/recordings/2026/c1.wav", true),
            ("비서/가게.toml", true),
            ("", false),
            ("/etc/passwd", false),
            ("../x", false),
            ("a/../../x", false),
            ("./a", false),
            ("a\0b", false),
        ] {
            assert_eq!(path(Path::new(name)).is_ok(), right, "{name:?}");
        }
        assert!(path(Path::new(&"a/".repeat(3_000))).is_err());
    }
}
