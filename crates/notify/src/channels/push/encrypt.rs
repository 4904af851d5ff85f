//! Encryption for one browser (RFC 8291) in one record of `aes128gcm` (RFC 8188).

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{self, ECDH_P256, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::{hmac, rand};

/// The record size that is told; a notice is always one record.
const RECORD: u32 = 4096;
/// Octets of a notice at most: the record less its delimiter and its tag, less the header of 86 octets that many services count.
pub const MOST: usize = 4096 - 86 - 17;

/// A browser's keys.
#[derive(Clone)]
pub struct Keys {
    /// Its public key: an uncompressed point of P-256.
    pub public: [u8; 65],
    /// Its authentication secret.
    pub auth: [u8; 16],
}

/// The secret is not shown.
impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}

/// Why a notice cannot be encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncryptError {
    /// Longer than [`MOST`] octets.
    #[error("the notice is too long for web push")]
    Long,
    /// The browser's key is no point of the curve.
    #[error("the browser's key is none")]
    Key,
}

/// Encrypts a notice for a browser, with a key pair and a salt of its own.
///
/// # Errors
/// [`EncryptError`].
pub fn encrypt(notice: &[u8], keys: &Keys) -> Result<Vec<u8>, EncryptError> {
    let private = PrivateKey::generate(&ECDH_P256).map_err(|_| EncryptError::Key)?;
    let mut salt = [0; 16];
    rand::fill(&mut salt).map_err(|_| EncryptError::Key)?;
    seal(notice, keys, &private, salt)
}

fn seal(notice: &[u8], keys: &Keys, private: &PrivateKey, salt: [u8; 16]) -> Result<Vec<u8>, EncryptError> {
    if notice.len() > MOST {
        return Err(EncryptError::Long);
    }
    let public = private.compute_public_key().map_err(|_| EncryptError::Key)?;
    let peer = UnparsedPublicKey::new(&ECDH_P256, keys.public);
    let (key, nonce) = agreement::agree(private, peer, EncryptError::Key, |shared| {
        Ok(derive(shared, keys, public.as_ref(), &salt))
    })?;
    // One record, the last: its delimiter is 2 (RFC 8188 §2).
    let mut record = [notice, &[2]].concat();
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).map_err(|_| EncryptError::Key)?);
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record)
        .map_err(|_| EncryptError::Long)?;
    let id = [u8::try_from(public.as_ref().len()).map_err(|_| EncryptError::Key)?];
    Ok([&salt[..], &RECORD.to_be_bytes(), &id, public.as_ref(), &record].concat())
}

/// The content's key and nonce (RFC 8291 §3.4).
fn derive(shared: &[u8], keys: &Keys, ours: &[u8], salt: &[u8]) -> ([u8; 16], [u8; 12]) {
    let mac = |key: &[u8], parts: &[&[u8]]| {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), &parts.concat())
            .as_ref()
            .to_vec()
    };
    let first = mac(&keys.auth, &[shared]);
    let material = mac(&first, &[b"WebPush: info\0", &keys.public, ours, &[1]]);
    let second = mac(salt, &[&material]);
    let (mut key, mut nonce) = ([0; 16], [0; 12]);
    key.copy_from_slice(&mac(&second, &[b"Content-Encoding: aes128gcm\0\x01"])[..16]);
    nonce.copy_from_slice(&mac(&second, &[b"Content-Encoding: nonce\0\x01"])[..12]);
    (key, nonce)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    fn octets(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text.replace([' ', '\n'], "")).unwrap()
    }

    /// RFC 8291, appendix A.
    #[test]
    fn the_example_of_the_standard() {
        let keys = Keys {
            public: octets(
                "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            )
            .try_into()
            .unwrap(),
            auth: octets("BTBZMqHH6r4Tts7J_aSIgg").try_into().unwrap(),
        };
        let private = octets("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw");
        let private = PrivateKey::from_private_key(&ECDH_P256, &private).unwrap();
        let salt = octets("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap();
        let sealed = seal(
            b"When I grow up, I want to be a watermelon",
            &keys,
            &private,
            salt,
        )
        .unwrap();
        let expected = octets(
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
        );
        assert_eq!(sealed, expected);
    }

    #[test]
    fn a_bad_key_and_a_long_notice_are_refused() {
        let mut keys = Keys {
            public: [4; 65],
            auth: [0; 16],
        };
        assert_eq!(encrypt(b"x", &keys), Err(EncryptError::Key));
        keys.public = [0; 65];
        assert_eq!(encrypt(&[0; MOST + 1], &keys), Err(EncryptError::Long));
    }
}
