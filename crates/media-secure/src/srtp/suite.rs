//! The ways of protecting, and the keys that the signalling brings.

use zeroize::Zeroize;

/// How packets are protected, by the name it has in SDP (RFC 4568 §6.2, RFC 6188 §4, RFC 7714 §14.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Suite {
    /// `AES_CM_128_HMAC_SHA1_80`, which every implementation has.
    AesCm128Sha1_80,
    /// `AES_CM_128_HMAC_SHA1_32`: a shorter tag on RTP (RTCP keeps ten octets).
    AesCm128Sha1_32,
    /// `AES_256_CM_HMAC_SHA1_80`.
    AesCm256Sha1_80,
    /// `AES_256_CM_HMAC_SHA1_32`.
    AesCm256Sha1_32,
    /// `AEAD_AES_128_GCM`.
    AeadAes128Gcm,
    /// `AEAD_AES_256_GCM`.
    AeadAes256Gcm,
}

impl Suite {
    /// All of them, best first: the tag of 32 bits last.
    pub const ALL: [Self; 6] = [
        Self::AeadAes256Gcm,
        Self::AeadAes128Gcm,
        Self::AesCm256Sha1_80,
        Self::AesCm128Sha1_80,
        Self::AesCm256Sha1_32,
        Self::AesCm128Sha1_32,
    ];

    /// Octets of the master key.
    #[must_use]
    pub fn key_len(self) -> usize {
        match self {
            Self::AesCm128Sha1_80 | Self::AesCm128Sha1_32 | Self::AeadAes128Gcm => 16,
            Self::AesCm256Sha1_80 | Self::AesCm256Sha1_32 | Self::AeadAes256Gcm => 32,
        }
    }

    /// Octets of the master salt.
    #[must_use]
    pub fn salt_len(self) -> usize {
        if self.is_aead() { 12 } else { 14 }
    }

    /// Octets of the tag of an RTP packet.
    #[must_use]
    pub fn rtp_tag_len(self) -> usize {
        match self {
            Self::AesCm128Sha1_80 | Self::AesCm256Sha1_80 => 10,
            Self::AesCm128Sha1_32 | Self::AesCm256Sha1_32 => 4,
            Self::AeadAes128Gcm | Self::AeadAes256Gcm => 16,
        }
    }

    /// Octets of the tag of an RTCP packet (RFC 4568 §6.2.2: never the short one).
    #[must_use]
    pub fn rtcp_tag_len(self) -> usize {
        if self.is_aead() { 16 } else { 10 }
    }

    pub(super) fn is_aead(self) -> bool {
        matches!(self, Self::AeadAes128Gcm | Self::AeadAes256Gcm)
    }
}

/// Longest key with its salt.
const MOST: usize = 46;

/// A master key with its salt. Wiped when it is dropped; `{:?}` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct MasterKey {
    suite: Suite,
    octets: [u8; MOST],
}

impl MasterKey {
    /// Of key and salt one after the other, as SDP has them; `None` if the length is not the suite's.
    #[must_use]
    pub fn new(suite: Suite, key_and_salt: &[u8]) -> Option<Self> {
        if key_and_salt.len() != suite.key_len() + suite.salt_len() {
            return None;
        }
        let mut octets = [0; MOST];
        octets[..key_and_salt.len()].copy_from_slice(key_and_salt);
        Some(Self { suite, octets })
    }

    /// What it is for.
    #[must_use]
    pub fn suite(&self) -> Suite {
        self.suite
    }

    pub(super) fn key(&self) -> &[u8] {
        &self.octets[..self.suite.key_len()]
    }

    /// The salt, padded on the right to 14 octets (RFC 7714 §11).
    pub(super) fn salt(&self) -> [u8; 14] {
        let mut salt = [0; 14];
        let from = self.suite.key_len();
        salt[..self.suite.salt_len()].copy_from_slice(&self.octets[from..from + self.suite.salt_len()]);
        salt
    }
}

impl Drop for MasterKey {
    fn drop(&mut self) {
        self.octets.zeroize();
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MasterKey({:?}, hidden)", self.suite)
    }
}
