//! RTP packets (RFC 3550 §5.1): read without copying, written into the caller's buffer.

use thiserror::Error;

/// Octets of the fixed RTP header.
pub const HEADER_LEN: usize = 12;

/// Largest packet that is read or written: one Ethernet frame's worth of UDP.
pub const MAX_PACKET: usize = 1500;

/// Why octets are no RTP packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RtpError {
    /// Fewer octets than the header (with its CSRC list and extension) claims.
    #[error("packet is shorter than its header says")]
    Short,
    /// More octets than [`MAX_PACKET`].
    #[error("packet is longer than {MAX_PACKET} octets")]
    Long,
    /// The version field is not 2.
    #[error("not RTP version 2")]
    Version,
    /// The padding count is zero or reaches into the header.
    #[error("impossible padding")]
    Padding,
    /// The payload type is one of 64..=95: RTCP sent to the RTP port (RFC 5761 §4).
    #[error("an RTCP packet")]
    Rtcp,
}

/// The fixed header of an RTP packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RtpHeader {
    /// Begin of a talk spurt, for audio.
    pub marker: bool,
    /// Payload type, 0..=127.
    pub payload_type: u8,
    /// Sequence number, one more for each packet.
    pub sequence: u16,
    /// Timestamp of the first sample, in the codec's RTP clock.
    pub timestamp: u32,
    /// Synchronisation source: the sender's random name.
    pub ssrc: u32,
}

impl RtpHeader {
    /// Writes the 12 octets of the header; returns 12, or 0 (nothing written) where `out` is shorter.
    pub fn write(&self, out: &mut [u8]) -> usize {
        let Some(out) = out.first_chunk_mut::<HEADER_LEN>() else {
            return 0;
        };
        out[0] = 2 << 6;
        out[1] = u8::from(self.marker) << 7 | self.payload_type & 0x7f;
        out[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        out[4..8].copy_from_slice(&self.timestamp.to_be_bytes());
        out[8..12].copy_from_slice(&self.ssrc.to_be_bytes());
        HEADER_LEN
    }
}

/// An RTP packet whose parts lie in the octets it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RtpPacket<'a> {
    /// The fixed header.
    pub header: RtpHeader,
    /// Contributing sources, four octets each, at most fifteen.
    pub csrc: &'a [u8],
    /// Header extension: its profile word and its content (a multiple of four octets).
    pub extension: Option<(u16, &'a [u8])>,
    /// What is carried, without padding; may be empty.
    pub payload: &'a [u8],
}

impl<'a> RtpPacket<'a> {
    /// A packet without contributing sources, extension and padding.
    pub fn new(header: RtpHeader, payload: &'a [u8]) -> Self {
        Self {
            header,
            csrc: &[],
            extension: None,
            payload,
        }
    }

    /// Reads a packet; the checks are those of RFC 3550 §A.1 that need no state.
    pub fn parse(packet: &'a [u8]) -> Result<Self, RtpError> {
        if packet.len() > MAX_PACKET {
            return Err(RtpError::Long);
        }
        let (fixed, rest) = packet.split_first_chunk::<HEADER_LEN>().ok_or(RtpError::Short)?;
        if fixed[0] >> 6 != 2 {
            return Err(RtpError::Version);
        }
        let header = fixed_header(fixed);
        if is_rtcp(fixed[1]) {
            return Err(RtpError::Rtcp);
        }
        let (csrc, rest) = split(rest, usize::from(fixed[0] & 0x0f) * 4)?;
        let (extension, rest) = if fixed[0] & 0x10 == 0 {
            (None, rest)
        } else {
            split_extension(rest)?
        };
        let payload = if fixed[0] & 0x20 == 0 {
            rest
        } else {
            without_padding(rest)?
        };
        Ok(Self {
            header,
            csrc,
            extension,
            payload,
        })
    }

    /// Writes the packet without padding; returns its length, or 0 where `out` is too short or the parts are of
    /// impossible lengths.
    pub fn write(&self, out: &mut [u8]) -> usize {
        let extension = self.extension.map_or(0, |(_, data)| 4 + data.len());
        let len = HEADER_LEN + self.csrc.len() + extension + self.payload.len();
        if out.len() < len || !self.parts_fit() {
            return 0;
        }
        self.header.write(out);
        out[0] |= (self.csrc.len() / 4) as u8;
        let mut at = HEADER_LEN;
        put(out, &mut at, self.csrc);
        if let Some((profile, data)) = self.extension {
            out[0] |= 0x10;
            put(out, &mut at, &profile.to_be_bytes());
            put(out, &mut at, &((data.len() / 4) as u16).to_be_bytes());
            put(out, &mut at, data);
        }
        put(out, &mut at, self.payload);
        at
    }

    fn parts_fit(&self) -> bool {
        let extension = self.extension.map_or(0, |(_, data)| data.len());
        self.csrc.len().is_multiple_of(4)
            && self.csrc.len() <= 60
            && extension.is_multiple_of(4)
            && extension / 4 <= usize::from(u16::MAX)
    }
}

/// Whether the second octet of a packet on a shared port says RTCP (RFC 5761 §4: packet types 192..=223).
pub fn is_rtcp(second_octet: u8) -> bool {
    (192..=223).contains(&second_octet)
}

fn fixed_header(fixed: &[u8; HEADER_LEN]) -> RtpHeader {
    RtpHeader {
        marker: fixed[1] & 0x80 != 0,
        payload_type: fixed[1] & 0x7f,
        sequence: u16::from_be_bytes([fixed[2], fixed[3]]),
        timestamp: u32::from_be_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]),
        ssrc: u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]),
    }
}

fn split(octets: &[u8], at: usize) -> Result<(&[u8], &[u8]), RtpError> {
    octets.split_at_checked(at).ok_or(RtpError::Short)
}

type Extension<'a> = Option<(u16, &'a [u8])>;

fn split_extension(octets: &[u8]) -> Result<(Extension<'_>, &[u8]), RtpError> {
    let (head, rest) = octets.split_first_chunk::<4>().ok_or(RtpError::Short)?;
    let words = u16::from_be_bytes([head[2], head[3]]);
    let (data, rest) = split(rest, usize::from(words) * 4)?;
    Ok((Some((u16::from_be_bytes([head[0], head[1]]), data)), rest))
}

fn without_padding(octets: &[u8]) -> Result<&[u8], RtpError> {
    let padding = usize::from(*octets.last().ok_or(RtpError::Padding)?);
    if padding == 0 || padding > octets.len() {
        return Err(RtpError::Padding);
    }
    Ok(&octets[..octets.len() - padding])
}

fn put(out: &mut [u8], at: &mut usize, octets: &[u8]) {
    out[*at..*at + octets.len()].copy_from_slice(octets);
    *at += octets.len();
}
