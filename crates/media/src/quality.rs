//! How well a call was heard: its counters, and the listening quality they let one expect (a simplified E-model,
//! ITU-T G.107).

use crate::{codec::AudioCodec, receiver::Receiver, rtcp::RtcpSession};

/// Delay of our own outside the network: a packet's length, the pacer, the codec.
const OWN_DELAY_MS: f64 = 30.0;

/// The figures of one call, one direction (what the caller said and we heard) where nothing else is said.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CallQuality {
    /// Packets received.
    pub packets: u64,
    /// Packets lost on the way or too late to be played.
    pub lost: u64,
    /// Those of them that came, but too late.
    pub late: u64,
    /// Packets that came twice.
    pub duplicate: u64,
    /// Sound made up for what was lost, ms.
    pub concealed_ms: u64,
    /// Interarrival jitter (RFC 3550 §6.4.1), ms.
    pub jitter_ms: f64,
    /// Delay the jitter buffer aims for, ms.
    pub buffer_ms: f64,
    /// Round trip, ms, where the other side sends RTCP.
    pub round_trip_ms: Option<f64>,
    /// Share of our packets that the other side has lost, 0.0..=1.0, where it tells.
    pub far_loss: Option<f64>,
    /// Expected mean opinion score, 1.0 to 4.5.
    pub mos: f64,
}

impl CallQuality {
    /// Gathers the figures of a call.
    pub fn of(receiver: &Receiver, rtcp: &RtcpSession) -> Self {
        let (stats, jitter) = (receiver.stats(), receiver.jitter_stats());
        let round_trip_ms = rtcp.round_trip_us().map(|us| us as f64 / 1000.0);
        let buffer_ms = receiver.target_delay_us() as f64 / 1000.0;
        let all = jitter.played + jitter.lost;
        let loss = if all == 0 {
            0.0
        } else {
            jitter.lost as f64 / all as f64
        };
        let delay = round_trip_ms.unwrap_or(0.0) / 2.0 + buffer_ms + OWN_DELAY_MS;
        Self {
            packets: stats.datagrams - stats.not_rtp,
            lost: jitter.lost,
            late: jitter.late,
            duplicate: jitter.duplicate,
            concealed_ms: stats.concealed_samples / 8,
            jitter_ms: receiver.reception().jitter_us() as f64 / 1000.0,
            buffer_ms,
            round_trip_ms,
            far_loss: rtcp
                .far_reception()
                .map(|far| f64::from(far.fraction_lost) / 256.0),
            mos: mos(rating(receiver.codec().unwrap_or(AudioCodec::Pcma), delay, loss)),
        }
    }
}

/// The E-model's transmission rating with its default values (G.107 §7.1: 93.2 without impairments), for a one-way delay
/// in ms and a share of lost packets (0.0..=1.0, random).
pub fn rating(codec: AudioCodec, delay_ms: f64, loss: f64) -> f64 {
    let (equipment, robustness) = impairment(codec);
    let delay = 0.024 * delay_ms + 0.11 * (delay_ms - 177.3).max(0.0);
    let percent = 100.0 * loss.clamp(0.0, 1.0);
    let effective = equipment + (95.0 - equipment) * percent / (percent + robustness);
    (93.2 - delay - effective).clamp(0.0, 100.0)
}

/// Equipment impairment and packet-loss robustness. G.711 with concealment: G.113 Appendix I. G.722 is heard at 8 kHz
/// here and counts the same; for Opus at 8 kHz G.113 has no values: those are assumed, a little below G.711.
fn impairment(codec: AudioCodec) -> (f64, f64) {
    match codec {
        AudioCodec::Opus => (5.0, 25.1),
        _ => (0.0, 25.1),
    }
}

/// Mean opinion score of a rating (G.107 Annex B).
pub fn mos(rating: f64) -> f64 {
    match rating {
        r if r <= 0.0 => 1.0,
        r if r >= 100.0 => 4.5,
        // Below 6.5 the polynomial dips under the scale's end.
        r => (1.0 + 0.035 * r + r * (r - 60.0) * (100.0 - r) * 7e-6).max(1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_points_of_the_model() {
        // G.107 Annex B: R 93.2 is MOS 4.41; G.109 table 1: R 80 is 4.03, R 70 is 3.60, R 60 is 3.10, R 50 is 2.58.
        for (r, expected) in [
            (93.2, 4.41),
            (80.0, 4.03),
            (70.0, 3.60),
            (60.0, 3.10),
            (50.0, 2.58),
            (0.0, 1.0),
        ] {
            assert!((mos(r) - expected).abs() < 0.01, "{r}: {}", mos(r));
        }
        assert!((rating(AudioCodec::Pcma, 0.0, 0.0) - 93.2).abs() < 1e-9);
        // One per cent of loss with concealment costs 95 / 26.1.
        assert!((rating(AudioCodec::Pcmu, 0.0, 0.01) - (93.2 - 95.0 / 26.1)).abs() < 1e-9);
    }

    #[test]
    fn worse_lines_score_worse() {
        let at = |delay, loss| mos(rating(AudioCodec::Pcma, delay, loss));
        assert!(at(50.0, 0.0) > at(150.0, 0.0) && at(150.0, 0.0) > at(400.0, 0.0));
        assert!(at(50.0, 0.0) > at(50.0, 0.02) && at(50.0, 0.02) > at(50.0, 0.2));
        assert!(at(1e6, 1.0) >= 1.0);
    }
}
