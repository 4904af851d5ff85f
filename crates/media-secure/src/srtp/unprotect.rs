//! The packets that come.

use super::cipher::{Cipher, Kind, RTCP_HEADER};
use super::window::Window;
use super::{MAX_PACKET, MasterKey, SrtpError, header_len, word};

/// Sources under one key that are remembered. None is forgotten, or its packets could be played again.
const MAX_SOURCES: usize = 16;

/// What was seen of one source.
#[derive(Clone, Copy, Debug, Default)]
struct Source {
    ssrc: u32,
    rtp: Window,
    rtcp: Window,
}

/// Believes and opens what the other side sends, of up to sixteen sources one after the other.
pub struct Unprotector {
    rtp: Cipher,
    rtcp: Cipher,
    sources: [Source; MAX_SOURCES],
    known: usize,
}

impl Unprotector {
    /// With the keys of the other side's master key.
    ///
    /// # Errors
    /// [`SrtpError::Key`] if the library refuses it.
    pub fn new(master: &MasterKey) -> Result<Self, SrtpError> {
        Ok(Self {
            rtp: Cipher::new(master, Kind::Rtp)?,
            rtcp: Cipher::new(master, Kind::Rtcp)?,
            sources: [Source::default(); MAX_SOURCES],
            known: 0,
        })
    }

    /// Opens an RTP packet into `out`; gives its length there. Nothing in `out` is to be used after an error.
    ///
    /// # Errors
    /// [`SrtpError`]; a packet that is not the other side's changes nothing here.
    pub fn unprotect_rtp(&mut self, packet: &[u8], out: &mut [u8]) -> Result<usize, SrtpError> {
        let (header, ssrc) = (header_len(packet)?, word(packet, 8)?);
        let sequence = u16::from_be_bytes([packet[2], packet[3]]);
        let (at, mut source) = self.find(ssrc)?;
        let index = source.rtp.index_of(sequence).ok_or(SrtpError::Replayed)?;
        if !source.rtp.is_new(index) {
            return Err(SrtpError::Replayed);
        }
        let copy = copied(packet, out)?;
        let len = self.rtp.open_rtp(copy, header, ssrc, index)?;
        source.rtp.note(index);
        self.keep(at, source);
        Ok(len)
    }

    /// Opens a compound RTCP packet into `out`; gives its length there.
    ///
    /// # Errors
    /// As [`Unprotector::unprotect_rtp`].
    pub fn unprotect_rtcp(&mut self, packet: &[u8], out: &mut [u8]) -> Result<usize, SrtpError> {
        if packet.len() < RTCP_HEADER || packet[0] >> 6 != 2 {
            return Err(SrtpError::Malformed);
        }
        let (ssrc, index) = (word(packet, 4)?, self.rtcp.rtcp_index(packet)?);
        let (at, mut source) = self.find(ssrc)?;
        if !source.rtcp.is_new(u64::from(index)) {
            return Err(SrtpError::Replayed);
        }
        let copy = copied(packet, out)?;
        let len = self.rtcp.open_rtcp(copy, ssrc, index)?;
        source.rtcp.note(u64::from(index));
        self.keep(at, source);
        Ok(len)
    }

    /// The source of that name and its place, new if it has none yet.
    fn find(&self, ssrc: u32) -> Result<(usize, Source), SrtpError> {
        let known = &self.sources[..self.known];
        match known.iter().position(|s| s.ssrc == ssrc) {
            Some(at) => Ok((at, known[at])),
            None if self.known < MAX_SOURCES => Ok((
                self.known,
                Source {
                    ssrc,
                    ..Source::default()
                },
            )),
            None => Err(SrtpError::Exhausted),
        }
    }

    /// Only a packet that has proved to be genuine makes a source known.
    fn keep(&mut self, at: usize, source: Source) {
        self.sources[at] = source;
        self.known = self.known.max(at + 1);
    }
}

fn copied<'a>(packet: &[u8], out: &'a mut [u8]) -> Result<&'a mut [u8], SrtpError> {
    if packet.len() > MAX_PACKET {
        return Err(SrtpError::Malformed);
    }
    let out = out.get_mut(..packet.len()).ok_or(SrtpError::Room)?;
    out.copy_from_slice(packet);
    Ok(out)
}
