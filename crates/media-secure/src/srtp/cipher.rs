//! One direction's cipher, for RTP or for RTCP: what is encrypted and what is authenticated.

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::EncryptingKey;
use aws_lc_rs::hmac;
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use super::derive::{Label, add_stream, counter_mode, session_key};
use super::{MasterKey, SrtpError};

/// Octets of the tag of an AEAD.
const GCM_TAG: usize = 16;

/// Which packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Rtp,
    Rtcp,
}

#[expect(clippy::large_enum_variant, reason = "a call has four of them, made once")]
pub(super) enum Cipher {
    /// AES in counter mode, then HMAC-SHA1 cut to so many octets.
    Counter {
        key: EncryptingKey,
        salt: [u8; 14],
        mac: hmac::Key,
        tag_len: usize,
    },
    /// AES-GCM.
    Gcm { key: LessSafeKey, salt: [u8; 12] },
}

impl Cipher {
    /// With the session keys of a master key.
    pub(super) fn new(master: &MasterKey, kind: Kind) -> Result<Self, SrtpError> {
        let (cipher, auth, salt) = match kind {
            Kind::Rtp => (Label::RtpCipher, Label::RtpAuth, Label::RtpSalt),
            Kind::Rtcp => (Label::RtcpCipher, Label::RtcpAuth, Label::RtcpSalt),
        };
        let suite = master.suite();
        let mut key: [u8; 32] = session_key(master, cipher)?;
        let mut mac: [u8; 20] = session_key(master, auth)?;
        let salt = session_key::<14>(master, salt)?;
        let made = if suite.is_aead() {
            Self::gcm(&key[..suite.key_len()], &salt[..12])
        } else {
            let tag_len = match kind {
                Kind::Rtp => suite.rtp_tag_len(),
                Kind::Rtcp => suite.rtcp_tag_len(),
            };
            Self::counter(&key[..suite.key_len()], salt, &mac, tag_len)
        };
        key.zeroize();
        mac.zeroize();
        made
    }

    pub(super) fn counter(key: &[u8], salt: [u8; 14], mac: &[u8], tag_len: usize) -> Result<Self, SrtpError> {
        Ok(Self::Counter {
            key: counter_mode(key)?,
            salt,
            mac: hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, mac),
            tag_len,
        })
    }

    pub(super) fn gcm(key: &[u8], salt: &[u8]) -> Result<Self, SrtpError> {
        let algorithm = if key.len() == 32 {
            &AES_256_GCM
        } else {
            &AES_128_GCM
        };
        let key = UnboundKey::new(algorithm, key).map_err(|_| SrtpError::Key)?;
        Ok(Self::Gcm {
            key: LessSafeKey::new(key),
            salt: salt.try_into().map_err(|_| SrtpError::Key)?,
        })
    }

    /// Octets of the tag.
    pub(super) fn tag_len(&self) -> usize {
        match self {
            Self::Counter { tag_len, .. } => *tag_len,
            Self::Gcm { .. } => GCM_TAG,
        }
    }

    /// Protects an RTP packet of `len` octets whose payload begins at `header`; gives its new length.
    pub(super) fn seal_rtp(
        &self,
        packet: &mut [u8],
        len: usize,
        header: usize,
        ssrc: u32,
        index: u64,
    ) -> Result<usize, SrtpError> {
        let whole = len + self.tag_len();
        let packet = packet.get_mut(..whole).ok_or(SrtpError::Room)?;
        let (octets, tag) = packet.split_at_mut(len);
        match self {
            Self::Counter { key, salt, mac, .. } => {
                add_stream(key, counter_iv(salt, ssrc, index), &mut octets[header..])?;
                let made = rtp_mac(mac, octets, index);
                tag.copy_from_slice(&made.as_ref()[..tag.len()]);
            }
            Self::Gcm { key, salt } => {
                let (head, payload) = octets.split_at_mut(header);
                let made =
                    key.seal_in_place_separate_tag(rtp_nonce(salt, ssrc, index), Aad::from(&*head), payload);
                tag.copy_from_slice(made.map_err(|_| SrtpError::Key)?.as_ref());
            }
        }
        Ok(whole)
    }

    /// Opens an RTP packet in place; gives its length without the tag. What is in the buffer after an error is nothing.
    pub(super) fn open_rtp(
        &self,
        packet: &mut [u8],
        header: usize,
        ssrc: u32,
        index: u64,
    ) -> Result<usize, SrtpError> {
        let len = packet.len().checked_sub(self.tag_len());
        let len = len.filter(|l| *l >= header).ok_or(SrtpError::Malformed)?;
        let (octets, tag) = packet.split_at_mut(len);
        match self {
            Self::Counter { key, salt, mac, .. } => {
                same(rtp_mac(mac, octets, index).as_ref(), tag)?;
                add_stream(key, counter_iv(salt, ssrc, index), &mut octets[header..])?;
            }
            Self::Gcm { key, salt } => {
                let (head, payload) = packet.split_at_mut(header);
                key.open_in_place(rtp_nonce(salt, ssrc, index), Aad::from(&*head), payload)
                    .map_err(|_| SrtpError::Forged)?;
            }
        }
        Ok(len)
    }

    /// Protects a compound RTCP packet of `len` octets; gives its new length (RFC 3711 §3.4, RFC 7714 §9).
    pub(super) fn seal_rtcp(
        &self,
        packet: &mut [u8],
        len: usize,
        ssrc: u32,
        index: u32,
    ) -> Result<usize, SrtpError> {
        let (tag_len, whole) = (self.tag_len(), len + 4 + self.tag_len());
        let packet = packet.get_mut(..whole).ok_or(SrtpError::Room)?;
        let trailer = (index | ENCRYPTED).to_be_bytes();
        match self {
            Self::Counter { key, salt, mac, .. } => {
                let iv = counter_iv(salt, ssrc, u64::from(index));
                add_stream(key, iv, &mut packet[RTCP_HEADER..len])?;
                packet[len..len + 4].copy_from_slice(&trailer);
                let made = hmac::sign(mac, &packet[..len + 4]);
                packet[len + 4..].copy_from_slice(&made.as_ref()[..tag_len]);
            }
            Self::Gcm { key, salt } => {
                let (head, rest) = packet.split_at_mut(RTCP_HEADER);
                let aad = Aad::from(rtcp_aad(head, trailer));
                let (payload, tail) = rest.split_at_mut(len - RTCP_HEADER);
                let made = key.seal_in_place_separate_tag(rtcp_nonce(salt, ssrc, index), aad, payload);
                tail[..tag_len].copy_from_slice(made.map_err(|_| SrtpError::Key)?.as_ref());
                tail[tag_len..].copy_from_slice(&trailer);
            }
        }
        Ok(whole)
    }

    /// The index in the trailer of an SRTCP packet. One that is not encrypted is not what was agreed on.
    pub(super) fn rtcp_index(&self, packet: &[u8]) -> Result<u32, SrtpError> {
        let behind = if matches!(self, Self::Gcm { .. }) {
            0
        } else {
            self.tag_len()
        };
        let at = packet.len().checked_sub(behind + 4);
        let trailer = super::word(packet, at.ok_or(SrtpError::Malformed)?)?;
        if trailer & ENCRYPTED == 0 {
            return Err(SrtpError::Forged);
        }
        Ok(trailer & !ENCRYPTED)
    }

    /// Opens an SRTCP packet in place; gives its length without trailer and tag.
    pub(super) fn open_rtcp(&self, packet: &mut [u8], ssrc: u32, index: u32) -> Result<usize, SrtpError> {
        let len = packet.len().checked_sub(self.tag_len() + 4);
        let len = len.filter(|l| *l >= RTCP_HEADER).ok_or(SrtpError::Malformed)?;
        match self {
            Self::Counter { key, salt, mac, .. } => {
                let (octets, tag) = packet.split_at_mut(len + 4);
                same(hmac::sign(mac, octets).as_ref(), tag)?;
                let iv = counter_iv(salt, ssrc, u64::from(index));
                add_stream(key, iv, &mut octets[RTCP_HEADER..len])?;
            }
            Self::Gcm { key, salt } => {
                let trailer = (index | ENCRYPTED).to_be_bytes();
                let (head, rest) = packet.split_at_mut(RTCP_HEADER);
                let aad = Aad::from(rtcp_aad(head, trailer));
                let sealed = &mut rest[..len - RTCP_HEADER + GCM_TAG];
                key.open_in_place(rtcp_nonce(salt, ssrc, index), aad, sealed)
                    .map_err(|_| SrtpError::Forged)?;
            }
        }
        Ok(len)
    }
}

/// Octets of an RTCP packet that stay readable.
pub(super) const RTCP_HEADER: usize = 8;
/// The bit of the trailer that says so.
const ENCRYPTED: u32 = 1 << 31;

/// Where the key stream of a packet begins (RFC 3711 §4.1.1).
fn counter_iv(salt: &[u8; 14], ssrc: u32, index: u64) -> [u8; 16] {
    let mut iv = [0; 16];
    iv[..14].copy_from_slice(salt);
    mix(&mut iv[4..8], &ssrc.to_be_bytes());
    mix(&mut iv[8..14], &index.to_be_bytes()[2..]);
    iv
}

/// RFC 7714 §8.1.
fn rtp_nonce(salt: &[u8; 12], ssrc: u32, index: u64) -> Nonce {
    let mut nonce = *salt;
    mix(&mut nonce[2..6], &ssrc.to_be_bytes());
    mix(&mut nonce[6..12], &index.to_be_bytes()[2..]);
    Nonce::assume_unique_for_key(nonce)
}

/// RFC 7714 §9.1.
fn rtcp_nonce(salt: &[u8; 12], ssrc: u32, index: u32) -> Nonce {
    let mut nonce = *salt;
    mix(&mut nonce[2..6], &ssrc.to_be_bytes());
    mix(&mut nonce[8..12], &index.to_be_bytes());
    Nonce::assume_unique_for_key(nonce)
}

/// What of an SRTCP packet is authenticated only (RFC 7714 §9.2).
fn rtcp_aad(head: &[u8], trailer: [u8; 4]) -> [u8; RTCP_HEADER + 4] {
    let mut aad = [0; RTCP_HEADER + 4];
    aad[..RTCP_HEADER].copy_from_slice(&head[..RTCP_HEADER]);
    aad[RTCP_HEADER..].copy_from_slice(&trailer);
    aad
}

/// The rollover counter is authenticated though it is not sent (RFC 3711 §4.2).
fn rtp_mac(mac: &hmac::Key, octets: &[u8], index: u64) -> hmac::Tag {
    let mut context = hmac::Context::with_key(mac);
    context.update(octets);
    context.update(&index.to_be_bytes()[2..6]);
    context.sign()
}

fn mix(octets: &mut [u8], with: &[u8]) {
    octets.iter_mut().zip(with).for_each(|(o, w)| *o ^= w);
}

/// Compares in a time that does not tell where they differ.
fn same(made: &[u8], came: &[u8]) -> Result<(), SrtpError> {
    let made = made.get(..came.len()).ok_or(SrtpError::Malformed)?;
    if bool::from(made.ct_eq(came)) {
        Ok(())
    } else {
        Err(SrtpError::Forged)
    }
}
