//! RTCP packets: read without copying, written into the caller's buffer.

use thiserror::Error;

use super::Reception;

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const SOURCE_DESCRIPTION: u8 = 202;
const BYE: u8 = 203;
const BLOCK_LEN: usize = 24;

/// Why octets are no RTCP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RtcpError {
    /// A packet claims more octets than there are, or fewer than its kind needs.
    #[error("RTCP packet is cut short")]
    Short,
    /// The version field is not 2.
    #[error("not RTCP version 2")]
    Version,
    /// The packet type is none of RTCP's.
    #[error("not an RTCP packet type")]
    Type,
}

/// One report block (RFC 3550 §6.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReportBlock {
    /// The source reported on.
    pub ssrc: u32,
    /// What was received of it.
    pub reception: Reception,
    /// Middle 32 bits of the NTP time in the last sender report from it; 0: none came.
    pub last_report: u32,
    /// Time since that report came, in 65536ths of a second.
    pub delay_since: u32,
}

/// The sender's part of a sender report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SenderInfo {
    /// NTP time, 32.32 bits, of any epoch (RFC 3550 §6.4.1 allows elapsed time).
    pub ntp: u64,
    /// The same moment in the stream's RTP clock.
    pub timestamp: u32,
    /// Packets sent.
    pub packets: u32,
    /// Payload octets sent.
    pub octets: u32,
}

/// One packet of a compound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rtcp<'a> {
    /// SR, or RR where `info` is none.
    Report {
        /// Who reports.
        ssrc: u32,
        /// What it has sent.
        info: Option<SenderInfo>,
        /// What it has received.
        blocks: Blocks<'a>,
    },
    /// SDES: octets of its chunks.
    Description(&'a [u8]),
    /// BYE: the leaving sources, four octets each.
    Bye(&'a [u8]),
    /// A packet of a kind that is not read here (APP, feedback, XR): its type.
    Other(u8),
}

/// The report blocks of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blocks<'a>(&'a [u8]);

impl Iterator for Blocks<'_> {
    type Item = ReportBlock;

    fn next(&mut self) -> Option<ReportBlock> {
        let (block, rest) = self.0.split_at_checked(BLOCK_LEN)?;
        self.0 = rest;
        Some(ReportBlock {
            ssrc: word(block, 0),
            reception: Reception {
                fraction_lost: block[4],
                // 24 bits, signed.
                cumulative_lost: ((word(block, 4) << 8) as i32) >> 8,
                extended_highest: word(block, 8),
                jitter: word(block, 12),
            },
            last_report: word(block, 16),
            delay_since: word(block, 20),
        })
    }
}

/// The packets of a datagram, read one by one; it ends after the first that is damaged.
#[derive(Debug, Clone)]
pub struct Compound<'a>(&'a [u8]);

impl<'a> Compound<'a> {
    /// Reads a datagram.
    pub fn new(datagram: &'a [u8]) -> Self {
        Self(datagram)
    }

    fn read(&mut self) -> Result<Rtcp<'a>, RtcpError> {
        let head = self.0.first_chunk::<4>().ok_or(RtcpError::Short)?;
        if head[0] >> 6 != 2 {
            return Err(RtcpError::Version);
        }
        if !crate::rtp::is_rtcp(head[1]) {
            return Err(RtcpError::Type);
        }
        let words = usize::from(u16::from_be_bytes([head[2], head[3]]));
        let (packet, rest) = self.0.split_at_checked(4 + 4 * words).ok_or(RtcpError::Short)?;
        self.0 = rest;
        let count = usize::from(head[0] & 0x1f);
        let body = &packet[4..];
        match head[1] {
            SENDER_REPORT => report(body, count, true),
            RECEIVER_REPORT => report(body, count, false),
            SOURCE_DESCRIPTION => Ok(Rtcp::Description(body)),
            BYE => body.get(..4 * count).map(Rtcp::Bye).ok_or(RtcpError::Short),
            other => Ok(Rtcp::Other(other)),
        }
    }
}

impl<'a> Iterator for Compound<'a> {
    type Item = Result<Rtcp<'a>, RtcpError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let packet = self.read();
        if packet.is_err() {
            self.0 = &[];
        }
        Some(packet)
    }
}

fn report(body: &[u8], count: usize, sender: bool) -> Result<Rtcp<'_>, RtcpError> {
    let head = if sender { 24 } else { 4 };
    let blocks = body.get(head..head + BLOCK_LEN * count).ok_or(RtcpError::Short)?;
    let info = sender.then(|| SenderInfo {
        ntp: u64::from(word(body, 4)) << 32 | u64::from(word(body, 8)),
        timestamp: word(body, 12),
        packets: word(body, 16),
        octets: word(body, 20),
    });
    Ok(Rtcp::Report {
        ssrc: word(body, 0),
        info,
        blocks: Blocks(blocks),
    })
}

fn word(octets: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([octets[at], octets[at + 1], octets[at + 2], octets[at + 3]])
}

/// Writes packets one after another; once something has not fitted, nothing is written any more.
pub struct Writer<'a> {
    out: &'a mut [u8],
    len: usize,
    full: bool,
}

impl<'a> Writer<'a> {
    /// A writer into `out`.
    pub fn new(out: &'a mut [u8]) -> Self {
        Self {
            out,
            len: 0,
            full: false,
        }
    }

    /// Octets written, or 0 where the buffer was too small for all of it.
    pub fn finish(self) -> usize {
        if self.full { 0 } else { self.len }
    }

    /// SR, or RR where `info` is none, with at most 31 blocks (more are left out).
    pub fn report(&mut self, ssrc: u32, info: Option<&SenderInfo>, blocks: &[ReportBlock]) -> &mut Self {
        let blocks = &blocks[..blocks.len().min(31)];
        let kind = if info.is_some() {
            SENDER_REPORT
        } else {
            RECEIVER_REPORT
        };
        let words = 1 + if info.is_some() { 5 } else { 0 } + 6 * blocks.len();
        self.head(blocks.len(), kind, words).word(ssrc);
        if let Some(info) = info {
            self.put(&info.ntp.to_be_bytes())
                .word(info.timestamp)
                .word(info.packets)
                .word(info.octets);
        }
        for block in blocks {
            self.block(block);
        }
        self
    }

    /// SDES with one chunk that holds the CNAME; of a longer name the first 255 octets are taken.
    pub fn cname(&mut self, ssrc: u32, cname: &str) -> &mut Self {
        let name = &cname.as_bytes()[..cname.len().min(255)];
        // Item head, name, and one to four zero octets that end the chunk at a word.
        let padded = (2 + name.len()) / 4 * 4 + 4;
        self.head(1, SOURCE_DESCRIPTION, 1 + padded / 4).word(ssrc);
        self.put(&[1, name.len() as u8])
            .put(name)
            .put(&[0; 4][..padded - 2 - name.len()])
    }

    /// BYE of one source.
    pub fn bye(&mut self, ssrc: u32) -> &mut Self {
        self.head(1, BYE, 1).word(ssrc)
    }

    fn block(&mut self, block: &ReportBlock) {
        let reception = &block.reception;
        let lost = reception.cumulative_lost.clamp(-0x80_0000, 0x7f_ffff) as u32 & 0xff_ffff;
        self.word(block.ssrc)
            .word(u32::from(reception.fraction_lost) << 24 | lost)
            .word(reception.extended_highest)
            .word(reception.jitter)
            .word(block.last_report)
            .word(block.delay_since);
    }

    fn head(&mut self, count: usize, kind: u8, words: usize) -> &mut Self {
        let words = (words as u16).to_be_bytes();
        self.put(&[2 << 6 | count as u8, kind, words[0], words[1]])
    }

    fn word(&mut self, word: u32) -> &mut Self {
        self.put(&word.to_be_bytes())
    }

    fn put(&mut self, octets: &[u8]) -> &mut Self {
        match self.out.get_mut(self.len..self.len + octets.len()) {
            Some(room) if !self.full => {
                room.copy_from_slice(octets);
                self.len += octets.len();
            }
            _ => self.full = true,
        }
        self
    }
}
