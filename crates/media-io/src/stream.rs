//! The stream of a call as agreed on: both directions, and what is reported of it.

mod ear;
mod ice;
mod voice;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use biseo_media::Micros;
use biseo_media::dtmf::DtmfDetector;
use biseo_media::latch::{Latch, LatchConfig};
use biseo_media::quality::CallQuality;
use biseo_media::receiver::{PayloadMap, Receiver};
use biseo_media::rtcp::RtcpSession;
use biseo_media::sender::{MAX_SENT, Sender, SenderConfig};
use biseo_media::tones::Tone;

use crate::Negotiation;
use crate::clock::{self, Now};
use crate::events::{Event, Teller};
use crate::line::Line;
use crate::quality::Quality;
use crate::reports::Timetable;
use crate::secure::Guards;
use crate::session::Names;

/// Times from a session's settings.
#[derive(Clone, Copy)]
pub(crate) struct Times {
    pub media_timeout: Duration,
    pub report_interval: Duration,
}

/// See the module's documentation.
pub(crate) struct Stream {
    negotiation: Negotiation,
    receiver: Receiver,
    sender: Sender,
    latch: Latch,
    rtcp: RtcpSession,
    timetable: Timetable,
    /// Keys heard as tones, where telephone-events were not agreed on.
    keys: DtmfDetector,
    /// A key being pressed as a tone.
    pressed: Option<Tone>,
    /// Sounds while nothing is said.
    background: Option<Tone>,
    /// No time told to the receiver is before this.
    latest: Micros,
    /// When a packet of the caller last came, or when we began to listen.
    heard: Instant,
    media_timeout: Duration,
    timed_out: bool,
    guards: Guards,
    /// The way that the other side has chosen by ICE, for RTP and RTCP.
    nominated: [Option<SocketAddr>; 2],
    starved: u64,
    sent: u64,
    unsent: u64,
    not_rtp: u64,
}

impl Stream {
    /// Takes all the memory that the stream will need.
    pub(crate) fn new(
        negotiation: Negotiation,
        guards: Guards,
        names: &Names,
        times: Times,
        now: Instant,
    ) -> Self {
        let sender = Sender::new(SenderConfig {
            codec: negotiation.codec,
            payload_type: negotiation.payload_out,
            event_payload_type: negotiation.dtmf.map(|d| d.out),
            ssrc: names.ssrc,
            sequence: names.sequence,
            timestamp: names.timestamp,
        });
        Self {
            receiver: Receiver::new(payloads(&negotiation)),
            sender,
            latch: latch(&negotiation),
            rtcp: RtcpSession::new(&names.cname),
            timetable: Timetable::new(names.seed, times.report_interval),
            keys: DtmfDetector::new(),
            pressed: None,
            background: None,
            latest: 0,
            heard: now,
            media_timeout: times.media_timeout,
            timed_out: false,
            guards,
            nominated: [None; 2],
            starved: 0,
            sent: 0,
            unsent: 0,
            not_rtp: 0,
            negotiation,
        }
    }

    /// Takes up a new agreement. Another codec takes memory here: it is rare and small.
    pub(crate) fn change(&mut self, mut new: Negotiation, guards: Guards, now: Instant) {
        if new.ice == self.negotiation.ice {
            // No restart of ICE: the way that was chosen stays (RFC 8839 §4.4.1).
            self.keep_nominated(&mut new);
        } else {
            self.nominated = [None; 2];
        }
        self.guards.renew(guards);
        let resumed = new.receive && !self.negotiation.receive;
        let moved = new.remote != self.negotiation.remote;
        self.receiver.configure(payloads(&new));
        self.sender
            .configure(new.codec, new.payload_out, new.dtmf.map(|d| d.out));
        if new.latch == self.negotiation.latch {
            self.latch.expect(new.remote);
        } else {
            self.latch = latch(&new);
        }
        if resumed || moved {
            self.receiver.reset_stream();
            self.heard = now;
        }
        self.negotiation = new;
    }

    /// Whether packets are to go out: not on hold, nor to an address of all zeros or port 0, which is hold as old
    /// telephones do it (RFC 3264 §8.4).
    pub(crate) fn sends(&self) -> bool {
        let remote = self.latch.remote();
        self.negotiation.send && !remote.ip().is_unspecified() && remote.port() != 0
    }

    pub(crate) fn listens(&self) -> bool {
        self.negotiation.receive
    }

    /// An RTCP report, when it is due.
    pub(crate) fn report(&mut self, line: &Line, now: &Now, packet: &mut [u8], teller: &Teller) {
        let time = self.time(now.instant);
        if !self.timetable.is_due(time) {
            return;
        }
        if self.reaches_rtcp() {
            let room = &mut packet[..MAX_SENT];
            let len = self.rtcp.report(time, &self.sender, &mut self.receiver, room);
            self.send_rtcp(line, packet, len);
        }
        teller.send(Event::Quality(self.quality()));
    }

    /// The last word: BYE, if anything was ever said.
    pub(crate) fn leave(&mut self, line: &Line, packet: &mut [u8]) {
        if self.sent > 0 && self.reaches_rtcp() {
            let time = self.time(Instant::now());
            let room = &mut packet[..MAX_SENT];
            let len = self.rtcp.bye(time, &self.sender, &mut self.receiver, room);
            self.send_rtcp(line, packet, len);
        }
    }

    pub(crate) fn quality(&self) -> Quality {
        Quality {
            line: CallQuality {
                packets: self.receiver.reception().received(),
                ..CallQuality::of(&self.receiver, &self.rtcp)
            },
            sent: self.sent,
            unsent: self.unsent,
            starved: self.starved,
            refused: self.latch.refused() + self.not_rtp,
        }
    }

    fn shares_port(&self) -> bool {
        self.negotiation.remote == self.negotiation.remote_rtcp
    }

    fn reaches_rtcp(&self) -> bool {
        let remote = self.rtcp_remote();
        !remote.ip().is_unspecified() && remote.port() != 0
    }

    /// Where reports go: as agreed on; if packets come from elsewhere, then to the port beside those.
    fn rtcp_remote(&self) -> SocketAddr {
        let present = self.latch.remote();
        if self.shares_port() {
            present
        } else if present == self.negotiation.remote {
            self.negotiation.remote_rtcp
        } else {
            SocketAddr::new(present.ip(), present.port().saturating_add(1))
        }
    }

    fn send_rtcp(&mut self, line: &Line, packet: &mut [u8], len: usize) {
        let len = self.guards.close_rtcp(packet, len).unwrap_or(0);
        let packet = &packet[..len];
        if packet.is_empty() || !line.send_rtcp(packet, self.rtcp_remote(), self.shares_port()) {
            self.unsent += 1;
        }
    }

    /// An instant as the receiver counts it, never before an earlier one: arrivals and turns come from two clocks.
    fn time(&mut self, at: Instant) -> Micros {
        self.latest = self.latest.max(clock::micros(at));
        self.latest
    }
}

fn payloads(negotiation: &Negotiation) -> PayloadMap {
    let map = PayloadMap::new().with_audio(negotiation.payload_in, negotiation.codec);
    negotiation.dtmf.map_or(map, |dtmf| map.with_events(dtmf.inward))
}

fn latch(negotiation: &Negotiation) -> Latch {
    let config = LatchConfig {
        bound: negotiation.latch,
        ..LatchConfig::default()
    };
    Latch::new(config, negotiation.remote)
}
