//! The packets that we send.

use super::cipher::{Cipher, Kind, RTCP_HEADER};
use super::{MasterKey, SrtpError, header_len, word};

/// The last index of SRTCP (RFC 3711 §9.2).
const LAST_RTCP: u32 = (1 << 31) - 1;

/// Protects one source's packets. A second source, or a number a second time, is refused: either would use a key stream
/// twice.
pub struct Protector {
    rtp: Cipher,
    rtcp: Cipher,
    source: Option<u32>,
    /// The last number used, rollovers included.
    last: Option<u64>,
    next_rtcp: u32,
}

impl Protector {
    /// With the keys of a master key that is ours alone.
    ///
    /// # Errors
    /// [`SrtpError::Key`] if the library refuses it.
    pub fn new(master: &MasterKey) -> Result<Self, SrtpError> {
        Ok(Self {
            rtp: Cipher::new(master, Kind::Rtp)?,
            rtcp: Cipher::new(master, Kind::Rtcp)?,
            source: None,
            last: None,
            next_rtcp: 0,
        })
    }

    /// Protects the RTP packet in the first `len` octets in place; gives its new length, at most [`super::MAX_GROWTH`] more.
    /// Sequence numbers must rise (and may run around), by less than half their range each time.
    ///
    /// # Errors
    /// [`SrtpError::Malformed`], [`SrtpError::Room`], [`SrtpError::Reused`], [`SrtpError::Exhausted`].
    pub fn protect_rtp(&mut self, packet: &mut [u8], len: usize) -> Result<usize, SrtpError> {
        let octets = packet.get(..len).ok_or(SrtpError::Room)?;
        let (header, ssrc) = (header_len(octets)?, word(octets, 8)?);
        let sequence = u16::from_be_bytes([octets[2], octets[3]]);
        let index = self.index(ssrc, sequence)?;
        let whole = self.rtp.seal_rtp(packet, len, header, ssrc, index)?;
        self.last = Some(index);
        Ok(whole)
    }

    /// Protects the compound RTCP packet in the first `len` octets in place; gives its new length.
    ///
    /// # Errors
    /// As [`Protector::protect_rtp`].
    pub fn protect_rtcp(&mut self, packet: &mut [u8], len: usize) -> Result<usize, SrtpError> {
        let octets = packet.get(..len).ok_or(SrtpError::Room)?;
        if len < RTCP_HEADER {
            return Err(SrtpError::Malformed);
        }
        let ssrc = word(octets, 4)?;
        self.own(ssrc)?;
        if self.next_rtcp > LAST_RTCP {
            return Err(SrtpError::Exhausted);
        }
        let index = self.next_rtcp;
        self.next_rtcp += 1;
        self.rtcp.seal_rtcp(packet, len, ssrc, index)
    }

    fn index(&mut self, ssrc: u32, sequence: u16) -> Result<u64, SrtpError> {
        self.own(ssrc)?;
        let Some(last) = self.last else {
            return Ok(u64::from(sequence));
        };
        let ahead = sequence.wrapping_sub((last & 0xffff) as u16);
        if ahead == 0 || ahead >= 0x8000 {
            return Err(SrtpError::Reused);
        }
        let index = last + u64::from(ahead);
        if index >> 48 == 0 {
            Ok(index)
        } else {
            Err(SrtpError::Exhausted)
        }
    }

    fn own(&mut self, ssrc: u32) -> Result<(), SrtpError> {
        if *self.source.get_or_insert(ssrc) == ssrc {
            Ok(())
        } else {
            Err(SrtpError::Reused)
        }
    }
}
