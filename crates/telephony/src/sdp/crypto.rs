//! Keys for SRTP in SDP (RFC 4568): the `crypto` attribute, and which one is used.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::{Media, SdpError};

/// Padding is written and not insisted on: some leave it out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// A key that lasts less than six hours of sound would have to be changed within a call, which we do not do.
const LEAST_LIFETIME: u128 = 1 << 20;

/// Whether a call's sound is to be encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protection {
    /// Never.
    #[default]
    Off,
    /// If both sides can. Offers are plain ones that hold keys (RFC 8643).
    Optional,
    /// Always: what is not is refused with 488.
    Required,
}

/// A way of protecting, by its name in SDP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CryptoSuite {
    /// `AEAD_AES_256_GCM` (RFC 7714).
    AeadAes256Gcm,
    /// `AEAD_AES_128_GCM` (RFC 7714).
    AeadAes128Gcm,
    /// `AES_256_CM_HMAC_SHA1_80` (RFC 6188).
    AesCm256Sha1_80,
    /// `AES_CM_128_HMAC_SHA1_80` (RFC 4568), which everybody has.
    AesCm128Sha1_80,
    /// `AES_256_CM_HMAC_SHA1_32` (RFC 6188).
    AesCm256Sha1_32,
    /// `AES_CM_128_HMAC_SHA1_32` (RFC 4568).
    AesCm128Sha1_32,
}

impl CryptoSuite {
    /// All of them, best first.
    pub const ALL: [Self; 6] = [
        Self::AeadAes256Gcm,
        Self::AeadAes128Gcm,
        Self::AesCm256Sha1_80,
        Self::AesCm128Sha1_80,
        Self::AesCm256Sha1_32,
        Self::AesCm128Sha1_32,
    ];

    /// The name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AeadAes256Gcm => "AEAD_AES_256_GCM",
            Self::AeadAes128Gcm => "AEAD_AES_128_GCM",
            Self::AesCm256Sha1_80 => "AES_256_CM_HMAC_SHA1_80",
            Self::AesCm128Sha1_80 => "AES_CM_128_HMAC_SHA1_80",
            Self::AesCm256Sha1_32 => "AES_256_CM_HMAC_SHA1_32",
            Self::AesCm128Sha1_32 => "AES_CM_128_HMAC_SHA1_32",
        }
    }

    /// Octets of a key with its salt.
    #[must_use]
    pub fn key_len(self) -> usize {
        match self {
            Self::AeadAes256Gcm => 44,
            Self::AeadAes128Gcm => 28,
            Self::AesCm256Sha1_80 | Self::AesCm256Sha1_32 => 46,
            Self::AesCm128Sha1_80 | Self::AesCm128Sha1_32 => 30,
        }
    }
}

/// A master key and its salt. Wiped when it is dropped; `{:?}` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct CryptoKey(Zeroizing<Vec<u8>>);

impl CryptoKey {
    /// Key and salt, one after the other.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for CryptoKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CryptoKey(hidden)")
    }
}

/// One `crypto` attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crypto {
    /// Its number: an answer names that of the offer.
    pub tag: u32,
    /// How.
    pub suite: CryptoSuite,
    /// The key of whoever wrote it, for what that side sends.
    pub key: CryptoKey,
}

impl Crypto {
    /// Reads a value; `None` for what we do not know or cannot do: another suite, key numbers (MKI), several keys, a key
    /// that lasts too short, parameters that weaken.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let mut parts = value.split_whitespace();
        let tag = parts.next().filter(|t| t.len() <= 9)?.parse().ok()?;
        let name = parts.next()?;
        let suite = CryptoSuite::ALL
            .into_iter()
            .find(|s| s.name().eq_ignore_ascii_case(name))?;
        let key = key(parts.next()?, suite)?;
        // WSH is only a hint (RFC 4568 §6.3.7); of what begins with a hyphen nobody need understand anything.
        let harmless = |p: &str| p.starts_with("WSH=") || p.starts_with('-');
        parts.all(harmless).then_some(Self { tag, suite, key })
    }

    pub(super) fn write(&self, out: &mut String) {
        let (tag, name) = (self.tag, self.suite.name());
        let key = Zeroizing::new(BASE64.encode(self.key.octets()));
        let _ = write!(out, "a=crypto:{tag} {name} inline:{}\r\n", *key);
    }
}

/// `inline:KEY[|LIFETIME]`.
fn key(params: &str, suite: CryptoSuite) -> Option<CryptoKey> {
    let mut parts = params.strip_prefix("inline:")?.split('|');
    let octets = Zeroizing::new(BASE64.decode(parts.next()?).ok()?);
    let lasting = match (parts.next(), parts.next()) {
        (None, _) => true,
        (Some(lifetime), None) => lasts(lifetime),
        (Some(_), Some(_)) => false,
    };
    (octets.len() == suite.key_len() && lasting).then_some(CryptoKey(octets))
}

/// A lifetime in packets, `2^N` or a number.
fn lasts(lifetime: &str) -> bool {
    let packets = match lifetime.strip_prefix("2^") {
        Some(power) => power.parse().ok().and_then(|p| 1_u128.checked_shl(p)),
        None => lifetime.parse().ok(),
    };
    packets.is_some_and(|p| p >= LEAST_LIFETIME)
}

/// Our side of encryption in one call: whether, and a key of our own for each suite.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LocalSrtp {
    protection: Protection,
    own: Vec<Crypto>,
}

impl LocalSrtp {
    /// No encryption.
    #[must_use]
    pub fn off() -> Self {
        Self::default()
    }

    /// With keys that `random` fills: one for each suite, so that none is ever used in two ways.
    pub fn draw(protection: Protection, mut random: impl FnMut(&mut [u8])) -> Self {
        if protection == Protection::Off {
            return Self::off();
        }
        let own = CryptoSuite::ALL.into_iter().zip(1..).map(|(suite, tag)| {
            let mut octets = Zeroizing::new(vec![0; suite.key_len()]);
            random(&mut octets);
            let key = CryptoKey(octets);
            Crypto { tag, suite, key }
        });
        let own = own.collect();
        Self { protection, own }
    }

    /// Whether.
    #[must_use]
    pub fn protection(&self) -> Protection {
        self.protection
    }

    /// The protocol of our own offers.
    pub(super) fn offered_proto(&self) -> &'static str {
        if self.protection == Protection::Required {
            "RTP/SAVP"
        } else {
            "RTP/AVP"
        }
    }

    /// The attributes of our own offers.
    pub(super) fn offered(&self) -> &[Crypto] {
        &self.own
    }

    /// How a stream that was offered is protected, or that it is not.
    pub(super) fn answer(&self, media: &Media) -> Result<Option<Secured>, SdpError> {
        let theirs = cryptos(media);
        let both = self.own.iter().find_map(|own| {
            let their = theirs.iter().find(|t| t.suite == own.suite)?;
            Some(Secured {
                ours: Crypto {
                    tag: their.tag,
                    ..own.clone()
                },
                theirs: their.key.clone(),
            })
        });
        match both {
            None if media.is_secure() => Err(SdpError::OnlyProtected),
            None if self.protection == Protection::Required => Err(SdpError::NotProtected),
            both => Ok(both),
        }
    }

    /// How the answer to our offer protects the stream.
    pub(super) fn accept(&self, media: &Media) -> Result<Option<Secured>, SdpError> {
        let found = cryptos(media).into_iter().find_map(|their| {
            let own = self
                .own
                .iter()
                .find(|o| o.tag == their.tag && o.suite == their.suite)?;
            Some(Secured {
                ours: own.clone(),
                theirs: their.key,
            })
        });
        match found {
            None if media.is_secure() => Err(SdpError::OnlyProtected),
            None if self.protection == Protection::Required => Err(SdpError::NotProtected),
            found => Ok(found),
        }
    }
}

fn cryptos(media: &Media) -> Vec<Crypto> {
    let values = media.attributes.iter().filter(|(n, _)| n == "crypto");
    values.filter_map(|(_, v)| Crypto::parse(v)).collect()
}

/// What both sides agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secured {
    /// How, and the key of what we send.
    pub ours: Crypto,
    /// The key of what comes.
    pub theirs: CryptoKey,
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";

    #[test]
    fn attributes_are_read_as_the_rfc_has_them() {
        for (value, good) in [
            ("1 AES_CM_128_HMAC_SHA1_80 inline:KEY", true),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^20", true),
            (
                "999999999 AES_CM_128_HMAC_SHA1_32 inline:KEY|1048576 WSH=64 -x",
                true,
            ),
            ("1 aes_cm_128_hmac_sha1_80 inline:KEY|2^48", true),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^20|1:4", false),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^19", false),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^200", false),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:KEY|1:4", false),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:KEY;inline:KEY", false),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:KEY UNENCRYPTED_SRTP", false),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:KEY KDR=1", false),
            ("1 F8_128_HMAC_SHA1_80 inline:KEY", false),
            ("1 AEAD_AES_128_GCM inline:KEY", false),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:KEYAAAA", false),
            ("1 AES_CM_128_HMAC_SHA1_80 KEY", false),
            ("x AES_CM_128_HMAC_SHA1_80 inline:KEY", false),
            ("", false),
        ] {
            assert_eq!(
                Crypto::parse(&value.replace("KEY", KEY)).is_some(),
                good,
                "{value}"
            );
        }
    }

    #[test]
    fn what_is_written_is_read_and_not_shown() {
        let mut next = 0;
        let local = LocalSrtp::draw(Protection::Required, |octets| {
            next += 1;
            octets.fill(next);
        });
        for crypto in local.offered() {
            let mut text = String::new();
            crypto.write(&mut text);
            let value = text.trim_end().strip_prefix("a=crypto:").unwrap();
            assert_eq!(Crypto::parse(value).as_ref(), Some(crypto));
            assert_eq!(Crypto::parse(value.trim_end_matches('=')).as_ref(), Some(crypto));
            assert!(format!("{crypto:?}").contains("hidden"));
        }
        assert_eq!(next, 6);
    }
}
