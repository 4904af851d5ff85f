//! Session keys from a master key (RFC 3711 §4.3, with a key derivation rate of zero; RFC 6188 §3).

use aws_lc_rs::cipher::{AES_128, AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;

use super::{MasterKey, SrtpError};

/// What a session key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    RtpCipher = 0,
    RtpAuth = 1,
    RtpSalt = 2,
    RtcpCipher = 3,
    RtcpAuth = 4,
    RtcpSalt = 5,
}

/// A counter-mode cipher of the key's length.
pub(super) fn counter_mode(key: &[u8]) -> Result<EncryptingKey, SrtpError> {
    let algorithm = if key.len() == 32 { &AES_256 } else { &AES_128 };
    let key = UnboundCipherKey::new(algorithm, key).map_err(|_| SrtpError::Key)?;
    EncryptingKey::ctr(key).map_err(|_| SrtpError::Key)
}

/// Adds the key stream that begins at `iv`.
pub(super) fn add_stream(key: &EncryptingKey, iv: [u8; 16], octets: &mut [u8]) -> Result<(), SrtpError> {
    let context = EncryptionContext::Iv128(FixedLength::from(iv));
    key.less_safe_encrypt(octets, context)
        .map(drop)
        .map_err(|_| SrtpError::Key)
}

/// So many octets of the session key with that label.
pub(super) fn session_key<const N: usize>(master: &MasterKey, label: Label) -> Result<[u8; N], SrtpError> {
    let mut iv = [0; 16];
    iv[..14].copy_from_slice(&master.salt());
    // The key's id is 56 bits long and ends where the salt ends; of it only the label is not zero.
    iv[7] ^= label as u8;
    let mut out = [0; N];
    add_stream(&counter_mode(master.key())?, iv, &mut out)?;
    Ok(out)
}
