//! What we receive: whose it is, what it carries, and when it was said.

use std::time::{Duration, Instant};

use biseo_media::dtmf::DtmfSource;
use biseo_media::latch::Verdict;
use biseo_media::receiver::FrameKind;
use biseo_media::rtp::{self, RtpPacket};
use biseo_media::{FRAME_US, Frame, Micros, SILENCE};

use biseo_media_secure::stun::is_stun;

use super::Stream;
use crate::audio_in::AudioFrame;
use crate::clock::Now;
use crate::events::{Event, Teller};
use crate::line::Line;
use crate::socket::Arrival;

impl Stream {
    /// A packet on the RTP port.
    pub(crate) fn receive(&mut self, line: &Line, arrival: &Arrival<'_>, teller: &Teller) {
        if is_stun(arrival.packet) {
            return self.asked(line, arrival, true);
        }
        if arrival.packet.get(1).is_some_and(|second| rtp::is_rtcp(*second)) {
            return self.receive_rtcp(line, arrival, teller);
        }
        // Lent, so that what it opens can be listened to.
        let mut shield = self.guards.shield.take();
        match &mut shield {
            None => self.receive_rtp(arrival.packet, arrival, teller),
            Some(shield) => match shield.open_rtp(arrival.packet) {
                Ok(octets) => self.receive_rtp(octets, arrival, teller),
                Err(_) => {
                    self.not_rtp += 1;
                    if arrival.from.ip().to_canonical() == self.latch.remote().ip() {
                        shield.complain(teller);
                    }
                }
            },
        }
        self.guards.shield = shield;
    }

    fn receive_rtp(&mut self, octets: &[u8], arrival: &Arrival<'_>, teller: &Teller) {
        let Ok(packet) = RtpPacket::parse(octets) else {
            self.not_rtp += 1;
            return;
        };
        let time = self.time(arrival.at);
        match self.latch.packet(time, arrival.from, &packet.header) {
            Verdict::Refuse => return,
            Verdict::Moved => {
                self.receiver.reset_stream();
                teller.send(Event::PeerMoved { to: arrival.from });
            }
            Verdict::Accept => {}
        }
        self.heard = arrival.at;
        if self.listens() {
            self.take(time, &packet, arrival.at, teller);
        }
    }

    fn take(&mut self, time: Micros, packet: &RtpPacket<'_>, at: Instant, teller: &Teller) {
        if let Some(press) = self.receiver.push_packet(time, packet) {
            teller.send(Event::Dtmf {
                digit: press.digit,
                source: press.source,
                at,
            });
        }
    }

    /// A packet on the RTCP port, or an RTCP packet on the RTP port. It never moves the latch.
    pub(crate) fn receive_rtcp(&mut self, line: &Line, arrival: &Arrival<'_>, teller: &Teller) {
        if is_stun(arrival.packet) {
            return self.asked(line, arrival, false);
        }
        if !self.latch.allows(arrival.from) && arrival.from.ip() != self.negotiation.remote_rtcp.ip() {
            return;
        }
        let time = self.time(arrival.at);
        let octets = match &mut self.guards.shield {
            None => Some(arrival.packet),
            Some(shield) => shield.open_rtcp(arrival.packet).ok(),
        };
        let own = self.sender.ssrc();
        if octets.is_some_and(|octets| self.rtcp.handle(time, own, octets).bye) {
            teller.send(Event::PeerLeft);
        }
    }

    /// The next 20 ms of the caller, beside what was sent in this tick.
    pub(crate) fn hear(&mut self, now: &Now, number: u64, sent: &Frame, teller: &Teller) -> AudioFrame {
        let time = self.time(now.instant);
        let mut samples = SILENCE;
        let kind = self.receiver.pull(time, &mut samples);
        self.hear_keys(&samples, now.instant, teller);
        let arrived = (kind == FrameKind::Audio).then(|| now.instant - self.age(time));
        AudioFrame {
            samples,
            sent: *sent,
            kind,
            number,
            arrived,
            at: now.instant,
        }
    }

    /// Tones are listened to only where telephone-events were not agreed on: a press must not be told twice.
    fn hear_keys(&mut self, frame: &Frame, at: Instant, teller: &Teller) {
        if self.negotiation.dtmf.is_some() {
            return;
        }
        if let Some(digit) = self.keys.push(frame) {
            teller.send(Event::Dtmf {
                digit,
                source: DtmfSource::InBand,
                at,
            });
        }
    }

    /// How long the frame just pulled has been here: what is played next came, or will come, a frame later.
    fn age(&self, time: Micros) -> Duration {
        let next = self.receiver.delay_us(time).clamp(-1_000_000, 1_000_000);
        Duration::from_micros(u64::try_from(next + FRAME_US as i64).unwrap_or(0))
    }

    /// Tells when the line falls silent, and when it speaks again.
    pub(crate) fn watch(&mut self, now: Instant, teller: &Teller) {
        let silent_for = now.saturating_duration_since(self.heard);
        let silent = silent_for >= self.media_timeout;
        if silent && !self.timed_out {
            teller.send(Event::MediaTimeout { silent_for });
        } else if self.timed_out && !silent {
            teller.send(Event::MediaResumed);
        }
        self.timed_out = silent;
    }
}
