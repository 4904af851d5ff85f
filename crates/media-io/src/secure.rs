//! What stands between a stream and its line: the shield (SRTP), and the answers to ICE.

use std::time::{Duration, Instant};

use biseo_media_secure::srtp::{MAX_PACKET, MasterKey, Protector, SrtpError, Unprotector};
use biseo_media_secure::stun::{MAX_ANSWER, Responder};

use crate::events::{Event, Teller};
use crate::socket::Arrival;
use crate::{MediaError, Negotiation};

/// Packets in a row that cannot be opened before it is told: half a second.
const COMPLAINT: u32 = 25;
/// Packets opened with a new key after which none with the one before is waited for.
const FAREWELL: u32 = 100;
/// Answers to ICE within a second. A peer asks ten times a second at its busiest, and once in five afterwards.
const ANSWERS: u32 = 50;

/// The keys of both directions; drawn for this call only. `{:?}` does not show them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SrtpKeys {
    /// Of what we send.
    pub ours: MasterKey,
    /// Of what comes.
    pub theirs: MasterKey,
}

/// The names of both sides and our password (`ice-ufrag`, `ice-pwd`).
#[derive(Clone, PartialEq, Eq)]
pub struct IceKeys {
    /// Our name.
    pub our_name: String,
    /// Our password.
    pub our_password: String,
    /// The other side's name.
    pub their_name: String,
}

impl std::fmt::Debug for IceKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IceKeys({}, {}, hidden)", self.our_name, self.their_name)
    }
}

/// Both, made by the thread that brings an agreement so that the pacer takes no memory.
#[derive(Default)]
pub(crate) struct Guards {
    pub shield: Option<Box<Shield>>,
    pub ice: Option<Box<Ice>>,
}

impl Guards {
    pub(crate) fn new(negotiation: &Negotiation) -> Result<Self, MediaError> {
        let shield = negotiation.srtp.as_ref().map(Shield::new).transpose()?;
        Ok(Self {
            shield: shield.map(Box::new),
            ice: negotiation.ice.clone().map(|keys| Box::new(Ice::new(keys))),
        })
    }

    /// Takes up those of a new agreement; with the same keys the old ones go on counting.
    pub(crate) fn renew(&mut self, new: Self) {
        match (&mut self.shield, new.shield) {
            (Some(shield), Some(new)) => shield.renew(*new),
            (shield, new) => *shield = new,
        }
        let same = matches!((&self.ice, &new.ice), (Some(old), Some(new)) if old.keys == new.keys);
        if !same {
            self.ice = new.ice;
        }
    }

    /// Protects what is to be sent; `None` if it must not be.
    pub(crate) fn close_rtp(&mut self, packet: &mut [u8], len: usize) -> Option<usize> {
        match &mut self.shield {
            Some(shield) => shield.outward.protect_rtp(packet, len).ok(),
            None => Some(len),
        }
    }

    /// The same for reports.
    pub(crate) fn close_rtcp(&mut self, packet: &mut [u8], len: usize) -> Option<usize> {
        match &mut self.shield {
            Some(shield) if len > 0 => shield.outward.protect_rtcp(packet, len).ok(),
            _ => Some(len),
        }
    }
}

/// The encryption of a stream.
pub(crate) struct Shield {
    keys: SrtpKeys,
    outward: Protector,
    inward: Unprotector,
    /// The other side's key before the present one, while packets may still come with it, and how many came without.
    before: Option<(Unprotector, u32)>,
    /// A packet that was opened.
    clear: [u8; MAX_PACKET],
    unreadable: u32,
}

impl Shield {
    fn new(keys: &SrtpKeys) -> Result<Self, SrtpError> {
        Ok(Self {
            keys: keys.clone(),
            outward: Protector::new(&keys.ours)?,
            inward: Unprotector::new(&keys.theirs)?,
            before: None,
            clear: [0; MAX_PACKET],
            unreadable: 0,
        })
    }

    /// Each direction changes its key by itself.
    fn renew(&mut self, new: Self) {
        if new.keys.ours != self.keys.ours {
            self.outward = new.outward;
        }
        if new.keys.theirs != self.keys.theirs {
            let old = std::mem::replace(&mut self.inward, new.inward);
            self.before = Some((old, 0));
        }
        self.keys = new.keys;
    }

    /// Opens an RTP packet.
    pub(crate) fn open_rtp(&mut self, packet: &[u8]) -> Result<&[u8], SrtpError> {
        let opened = self.inward.unprotect_rtp(packet, &mut self.clear);
        let len = match (opened, &mut self.before) {
            (Err(SrtpError::Forged), Some((before, _))) => before.unprotect_rtp(packet, &mut self.clear)?,
            (Ok(len), Some((_, without))) => {
                *without += 1;
                if *without >= FAREWELL {
                    self.before = None;
                }
                len
            }
            (opened, _) => opened?,
        };
        self.unreadable = 0;
        Ok(&self.clear[..len])
    }

    /// Opens an RTCP packet.
    pub(crate) fn open_rtcp(&mut self, packet: &[u8]) -> Result<&[u8], SrtpError> {
        let len = self.inward.unprotect_rtcp(packet, &mut self.clear)?;
        Ok(&self.clear[..len])
    }

    /// Counts a packet that came from the caller's address and could not be opened.
    pub(crate) fn complain(&mut self, teller: &Teller) {
        self.unreadable = self.unreadable.saturating_add(1);
        if self.unreadable == COMPLAINT {
            teller.send(Event::Unreadable { packets: COMPLAINT });
        }
    }
}

/// The answering side of ICE.
pub(crate) struct Ice {
    keys: IceKeys,
    responder: Responder,
    answer: [u8; MAX_ANSWER],
    /// When the present second began, and how many answers it has seen.
    second: Option<(Instant, u32)>,
}

impl Ice {
    fn new(keys: IceKeys) -> Self {
        Self {
            responder: Responder::new(&keys.our_name, &keys.our_password, &keys.their_name),
            keys,
            answer: [0; MAX_ANSWER],
            second: None,
        }
    }

    /// The answer, and whether the peer has chosen this way; `None` if nothing is to be said.
    pub(crate) fn answer(&mut self, arrival: &Arrival<'_>) -> Option<(&[u8], bool)> {
        let answer = self
            .responder
            .answer(arrival.packet, arrival.from, &mut self.answer)?;
        let (since, count) = self.second.get_or_insert((arrival.at, 0));
        if arrival.at.saturating_duration_since(*since) >= Duration::from_secs(1) {
            (*since, *count) = (arrival.at, 0);
        }
        *count += 1;
        (*count <= ANSWERS).then_some((&self.answer[..answer.len], answer.nominated))
    }
}
