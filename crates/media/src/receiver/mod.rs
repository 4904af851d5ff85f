//! The receiving half of a call: packets in as they come, a frame of 20 ms out whenever the pacer asks.

mod comfort;
mod fifo;
mod payloads;
mod quiet;

use crate::{
    FRAME_SAMPLES, Frame, Micros,
    codec::{AudioCodec, Decoder, PcmBuf},
    dtmf::{DtmfEvent, EventDetector},
    jitter::{Adjust, JitterBuffer, JitterConfig, JitterStats, Popped, Pushed},
    plc::Concealer,
    rtcp::{Reception, RtpReceiverStats},
    rtp::{RtpError, RtpPacket},
};
use comfort::ComfortNoise;
use fifo::Fifo;
pub use payloads::{Carried, PayloadMap};
use quiet::QuietDetector;

/// Largest Opus payload (RFC 6716 §3.2.1).
const OPUS_OCTETS: usize = 1276;

/// What a pulled frame is made of; where it is mixed, the worse is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FrameKind {
    /// Nothing was sent: silence.
    Silence,
    /// The sender asked for comfort noise.
    Comfort,
    /// Sound that was sent.
    Audio,
    /// Sound was lost and (partly) made up.
    Concealed,
}

/// Counters of a [`Receiver`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReceiverStats {
    /// Datagrams pushed.
    pub datagrams: u64,
    /// Datagrams that were no RTP.
    pub not_rtp: u64,
    /// Packets of a payload type that was not agreed on, or of a codec the stream does not use (yet).
    pub unknown_payload: u64,
    /// Payloads the codec refused.
    pub undecodable: u64,
    /// Telephone-event packets.
    pub event_packets: u64,
    /// Frames pulled.
    pub frames: u64,
    /// Samples made up for lost ones.
    pub concealed_samples: u64,
    /// Quiet frames dropped to shorten the delay.
    pub shrunk: u64,
    /// Quiet frames inserted to lengthen it.
    pub grown: u64,
    /// Datagram octets received.
    pub octets: u64,
}

/// See the module's documentation.
pub struct Receiver {
    payloads: PayloadMap,
    decoders: Vec<(AudioCodec, Decoder)>,
    /// Index of the decoder in use.
    current: usize,
    /// Another codec's packets seen in a row.
    switching: Option<(usize, u16)>,
    jitter: JitterBuffer,
    reception: RtpReceiverStats,
    concealer: Concealer,
    events: EventDetector,
    comfort: ComfortNoise,
    quiet: QuietDetector,
    /// Whether the last frame was a pause.
    was_quiet: bool,
    pcm: PcmBuf,
    fifo: Fifo,
    stats: ReceiverStats,
}

impl Receiver {
    /// A receiver for what was agreed on; all memory is taken now.
    pub fn new(payloads: PayloadMap) -> Self {
        let mut receiver = Self {
            payloads,
            decoders: Vec::new(),
            current: 0,
            switching: None,
            jitter: JitterBuffer::new(JitterConfig {
                max_payload: 0,
                ..JitterConfig::default()
            }),
            reception: RtpReceiverStats::new(8000),
            concealer: Concealer::new(),
            events: EventDetector::new(),
            comfort: ComfortNoise::new(),
            quiet: QuietDetector::new(),
            was_quiet: true,
            pcm: PcmBuf::new(),
            fifo: Fifo::new(),
            stats: ReceiverStats::default(),
        };
        receiver.configure(payloads);
        receiver
    }

    /// Takes up a new agreement (re-INVITE). The same one again changes nothing; another one empties the buffer.
    /// Counters go on. Allocates.
    pub fn configure(&mut self, payloads: PayloadMap) {
        if payloads == self.payloads && !self.decoders.is_empty() {
            return;
        }
        self.payloads = payloads;
        self.decoders.clear();
        self.decoders
            .extend(payloads.codecs().map(|codec| (codec, Decoder::new(codec))));
        let has_opus = payloads.codecs().any(|codec| codec == AudioCodec::Opus);
        let max_payload = if has_opus {
            OPUS_OCTETS
        } else {
            JitterConfig::default().max_payload
        };
        self.jitter.resize(max_payload);
        self.fifo.clear();
        self.use_decoder(0);
    }

    /// Counters since the start.
    pub fn stats(&self) -> ReceiverStats {
        self.stats
    }

    /// Counters of the jitter buffer.
    pub fn jitter_stats(&self) -> JitterStats {
        self.jitter.stats()
    }

    /// Statistics of the source, for RTCP.
    pub fn reception(&self) -> &RtpReceiverStats {
        &self.reception
    }

    /// What the next RTCP report says of the source, with its SSRC; starts the next interval.
    pub fn report(&mut self) -> Option<(u32, Reception)> {
        let ssrc = self.reception.ssrc()?;
        Some((ssrc, self.reception.report()))
    }

    /// The delay aimed for, µs.
    pub fn target_delay_us(&self) -> i64 {
        self.jitter.target_us()
    }

    /// The delay of what is played next over the line's least delay, µs.
    pub fn delay_us(&self, now: Micros) -> i64 {
        self.jitter.delay_us(now)
    }

    /// The codec the stream uses.
    pub fn codec(&self) -> Option<AudioCodec> {
        self.decoders.get(self.current).map(|(codec, _)| *codec)
    }

    /// Forgets the stream, not the agreement: after a hold, or when the latch has moved to another address.
    pub fn reset_stream(&mut self) {
        self.jitter.reset();
        self.fifo.clear();
        self.events = EventDetector::new();
    }

    /// Takes a datagram; a key press where one begins with it. Octets that are no packet of this call are counted and
    /// ignored.
    pub fn push(&mut self, now: Micros, packet: &[u8]) -> Option<DtmfEvent> {
        self.stats.datagrams += 1;
        self.stats.octets += packet.len() as u64;
        match RtpPacket::parse(packet) {
            Ok(packet) => self.push_packet(now, &packet),
            Err(RtpError::Rtcp) | Err(_) => {
                self.stats.not_rtp += 1;
                None
            }
        }
    }

    /// As [`Self::push`], for a packet already read (the latch reads it first).
    pub fn push_packet(&mut self, now: Micros, packet: &RtpPacket<'_>) -> Option<DtmfEvent> {
        match self.payloads.carries(packet.header.payload_type) {
            Some(Carried::Audio(index)) => {
                self.reception.update(now, &packet.header);
                self.push_audio(now, index, packet);
            }
            Some(Carried::ComfortNoise) => {
                self.pass_over(packet);
                self.comfort.set(packet.payload);
            }
            Some(Carried::Event) => {
                self.pass_over(packet);
                self.stats.event_packets += 1;
                return self.events.push(&packet.header, packet.payload);
            }
            None => self.stats.unknown_payload += 1,
        }
        None
    }

    /// A packet without sound takes a number of the stream all the same.
    fn pass_over(&mut self, packet: &RtpPacket<'_>) {
        self.reception.update_untimed(&packet.header);
        self.jitter.pass_over(&packet.header);
    }

    fn push_audio(&mut self, now: Micros, index: usize, packet: &RtpPacket<'_>) {
        if index != self.current && !self.switch(index, packet.header.sequence) {
            self.stats.unknown_payload += 1;
            return;
        }
        let Some((codec, _)) = self.decoders.get(index) else {
            return;
        };
        match codec.payload_samples(packet.payload) {
            Ok(samples) => {
                if self.jitter.push(now, packet, samples) == Pushed::Stored {
                    self.comfort.stop();
                }
            }
            Err(_) => self.stats.undecodable += 1,
        }
    }

    /// Another codec than before: believed when two packets in a row say so.
    fn switch(&mut self, index: usize, sequence: u16) -> bool {
        let confirmed = self.switching == Some((index, sequence.wrapping_sub(1)));
        self.switching = Some((index, sequence));
        if confirmed {
            self.use_decoder(index);
        }
        confirmed
    }

    fn use_decoder(&mut self, index: usize) {
        self.current = index;
        self.switching = None;
        if let Some((codec, _)) = self.decoders.get(index) {
            self.jitter.set_ticks_per_sample(codec.ticks_per_sample());
            self.reception.set_clock(codec.rtp_clock());
        }
    }

    /// The next 20 ms; to be called every 20 ms.
    pub fn pull(&mut self, now: Micros, out: &mut Frame) -> FrameKind {
        self.stats.frames += 1;
        let adjust = self.jitter.adjust(now);
        let kind = if adjust == Adjust::Grow && self.was_quiet && self.fifo.len() < FRAME_SAMPLES {
            self.insert()
        } else {
            self.fill(now, adjust == Adjust::Shrink)
        };
        self.fifo.take(out);
        kind
    }

    /// Lengthens a pause by a frame of its own noise.
    fn insert(&mut self) -> FrameKind {
        self.stats.grown += 1;
        let room = self.fifo.grow(FRAME_SAMPLES);
        self.concealer.stretch(room);
        FrameKind::Audio
    }

    fn fill(&mut self, now: Micros, mut shrink: bool) -> FrameKind {
        let mut kind = FrameKind::Silence;
        // Every packet has at least one sample, so this ends; a bound all the same.
        for _ in 0..=FRAME_SAMPLES {
            if self.fifo.len() >= FRAME_SAMPLES {
                break;
            }
            kind = kind.max(self.step(now, &mut shrink));
        }
        let missing = FRAME_SAMPLES.saturating_sub(self.fifo.len());
        self.fifo.grow(missing).fill(0);
        kind
    }

    /// Adds one packet's sound, or what stands for it, to the waiting samples.
    fn step(&mut self, now: Micros, shrink: &mut bool) -> FrameKind {
        let Some((_, decoder)) = self.decoders.get_mut(self.current) else {
            return FrameKind::Silence;
        };
        match self.jitter.pop(now) {
            Popped::Packet { payload, samples, .. } => {
                if decoder.decode(payload, &mut self.pcm).is_err() {
                    self.stats.undecodable += 1;
                    return self.conceal(samples.min(FRAME_SAMPLES));
                }
                self.heard(shrink);
                FrameKind::Audio
            }
            Popped::Lost { samples, next } => {
                if decoder.conceal(next, &mut self.pcm) {
                    let made = self.pcm.samples().len().min(samples);
                    self.stats.concealed_samples += made as u64;
                    self.fifo.push(&self.pcm.samples()[..made]);
                    return FrameKind::Concealed;
                }
                self.conceal(samples)
            }
            Popped::Silence => self.pause(),
        }
    }

    fn heard(&mut self, shrink: &mut bool) {
        self.concealer.heard(self.pcm.samples_mut());
        let samples = self.pcm.samples();
        self.was_quiet = self.quiet.is_quiet(samples);
        if *shrink && self.was_quiet {
            *shrink = false;
            self.stats.shrunk += 1;
            self.fifo.push(&samples[samples.len().min(FRAME_SAMPLES)..]);
        } else {
            self.fifo.push(samples);
        }
    }

    fn conceal(&mut self, samples: usize) -> FrameKind {
        self.stats.concealed_samples += samples as u64;
        let room = self.fifo.grow(samples);
        self.concealer.conceal(room);
        FrameKind::Concealed
    }

    fn pause(&mut self) -> FrameKind {
        let missing = FRAME_SAMPLES - self.fifo.len().min(FRAME_SAMPLES);
        let room = self.fifo.grow(missing);
        let kind = self.comfort.fill(room);
        self.concealer.paused(room);
        self.was_quiet = true;
        kind
    }
}
