//! Short secrets in the records, sealed for one place each.

use aws_lc_rs::aead::{Aad, LessSafeKey, Nonce};
use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::error::VaultError;
use crate::key::{Key, KeyId, Keys};
use crate::layout::NONCE;

/// What tells a sealed one from one in the clear.
const PREFIX: &str = "sealed:1:";
/// Octets of the key's id before the nonce.
const ID: usize = 8;

/// Whether a text is a sealed one.
#[must_use]
pub fn is_sealed(text: &str) -> bool {
    text.starts_with(PREFIX)
}

impl Keys {
    /// Seals a short text for a place (`totp/ACCOUNT`): it opens there and nowhere else.
    ///
    /// # Errors
    /// [`VaultError::Random`].
    pub fn seal_text(&self, place: &str, text: &str) -> Result<String, VaultError> {
        let mut octets = Vec::with_capacity(ID + NONCE + text.len() + 16);
        let mut nonce = [0; NONCE];
        rand::fill(&mut nonce).map_err(|_| VaultError::Random)?;
        octets.extend_from_slice(&self.current().id().0);
        octets.extend_from_slice(&nonce);
        octets.extend_from_slice(text.as_bytes());
        let nonce = Nonce::assume_unique_for_key(nonce);
        let told = Aad::from(place.as_bytes());
        let sealed = &mut octets[ID + NONCE..];
        let tag = text_key(self.current())?.seal_in_place_separate_tag(nonce, told, sealed)?;
        octets.extend_from_slice(tag.as_ref());
        Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(octets)))
    }

    /// Opens it.
    ///
    /// # Errors
    /// [`VaultError::NoKey`], or [`VaultError::Damaged`] if it was changed or made for another place.
    pub fn open_text(&self, place: &str, sealed: &str) -> Result<Zeroizing<String>, VaultError> {
        let mut octets = Zeroizing::new(octets(sealed)?);
        let key = text_key(self.find(id(&octets)?)?)?;
        let (nonce, sealed) = octets[ID..]
            .split_at_mut_checked(NONCE)
            .ok_or(VaultError::Damaged)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce)?;
        let text = key.open_in_place(nonce, Aad::from(place.as_bytes()), sealed)?;
        let text = std::str::from_utf8(text).map_err(|_| VaultError::Damaged)?;
        Ok(Zeroizing::new(text.into()))
    }

    /// A kept text under the key that seals now: sealed if it was in the clear, sealed anew if it was under an older key, itself if it
    /// is already.
    ///
    /// # Errors
    /// As [`Keys::open_text`].
    pub fn renew_text(&self, place: &str, kept: &str) -> Result<String, VaultError> {
        if !is_sealed(kept) {
            return self.seal_text(place, kept);
        }
        match self.is_current(kept) {
            true => Ok(kept.into()),
            false => self.seal_text(place, &self.open_text(place, kept)?),
        }
    }

    /// Whether it is sealed with the key that seals now.
    #[must_use]
    pub fn is_current(&self, sealed: &str) -> bool {
        let by = octets(sealed).and_then(|octets| id(&octets));
        by.is_ok_and(|by| by == self.current().id())
    }
}

fn octets(sealed: &str) -> Result<Vec<u8>, VaultError> {
    let text = sealed.strip_prefix(PREFIX).ok_or(VaultError::Damaged)?;
    URL_SAFE_NO_PAD.decode(text).map_err(|_| VaultError::Damaged)
}

fn id(octets: &[u8]) -> Result<KeyId, VaultError> {
    octets
        .first_chunk::<ID>()
        .map(|id| KeyId(*id))
        .ok_or(VaultError::Damaged)
}

fn text_key(key: &Key) -> Result<LessSafeKey, VaultError> {
    key.derive(&[], &[b"biseo text"])
}
