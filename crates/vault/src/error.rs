//! What can be wrong.

use std::io;

use aws_lc_rs::error::Unspecified;

use crate::key::KeyId;

/// Why something sealed cannot be read or made.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The key by which it was sealed is none of those that are known.
    #[error("it is sealed with the key {0}, which is not known here")]
    NoKey(KeyId),
    /// It was changed, cut, or put together from others.
    #[error("it is damaged or was changed")]
    Damaged,
    /// A later program made it.
    #[error("it is of a later form ({0}) than this program knows")]
    Version(u8),
    /// The system gives no random octets.
    #[error("the system gives no random octets")]
    Random,
    /// The file system's fault.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<Unspecified> for VaultError {
    fn from(_: Unspecified) -> Self {
        Self::Damaged
    }
}
