//! Overload control in the manner of RFC 7339, by loss: a peer that supports it tells in the Via of its responses which part of our new
//! calls it cannot take, and for how long. Pure: time and the draw of lots are inputs.

use std::time::{Duration, Instant};

use crate::msg::Via;

/// The longest time that is believed; the RFC's own default is half a second.
const LONGEST: Duration = Duration::from_secs(60);
/// What counts without `oc-validity` (RFC 7339 §4.3).
const USUAL: Duration = Duration::from_millis(500);

/// What our own Via says: that we understand `oc`, by loss (RFC 7339 §4.1, §4.4).
pub(crate) const OFFERED: &str = ";oc;oc-algo=\"loss\"";

/// What a peer asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Asked {
    /// The part of new calls, in percent, to send elsewhere.
    pub percent: u8,
    /// For so long.
    pub valid: Duration,
    /// Its number: an older one than the last says nothing (RFC 7339 §4.4).
    pub seq: Option<f64>,
}

impl Asked {
    /// Reads the parameters of our own Via in a response; `None` if the peer does not take part.
    #[must_use]
    pub fn read(via: &Via) -> Option<Self> {
        let algo = via.params.get("oc-algo").map(|a| a.trim_matches('"'));
        if algo.is_some_and(|a| !a.eq_ignore_ascii_case("loss")) {
            return None;
        }
        // A peer that does not know it sends `oc` back as it came, without a value.
        let percent: u8 = via.params.get("oc")?.trim().parse().ok().filter(|p| *p <= 100)?;
        let valid = via.params.get("oc-validity").and_then(|v| v.trim().parse().ok());
        let seq = via.params.get("oc-seq").and_then(|v| v.trim().parse().ok());
        Some(Self {
            percent,
            valid: valid.map_or(USUAL, Duration::from_millis).min(LONGEST),
            seq: seq.filter(|s: &f64| s.is_finite()),
        })
    }
}

/// What stands of it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shedding {
    percent: u8,
    until: Option<Instant>,
    seq: Option<f64>,
}

impl Shedding {
    /// Takes what was asked.
    pub(crate) fn take(&mut self, now: Instant, asked: Asked) {
        let stale = matches!((asked.seq, self.seq), (Some(new), Some(last)) if new <= last && self.until.is_some_and(|u| now < u));
        if stale {
            return;
        }
        *self = Self {
            percent: asked.percent,
            until: Some(now + asked.valid),
            seq: asked.seq,
        };
    }

    /// How long it still holds.
    pub(crate) fn left(&self, now: Instant) -> Option<Duration> {
        let left = self.until?.saturating_duration_since(now);
        (self.percent > 0 && !left.is_zero()).then_some(left)
    }

    /// Whether a call goes elsewhere; `lot` is drawn evenly from 0 to 99.
    pub(crate) fn hits(&self, now: Instant, lot: u8) -> bool {
        lot < self.percent && self.until.is_some_and(|u| now < u)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(params: &str) -> Option<Asked> {
        Asked::read(&Via::parse(&format!("SIP/2.0/UDP a;branch=z9hG4bK1{params}")).unwrap())
    }

    #[test]
    fn only_a_peer_that_takes_part_is_heeded() {
        let asked = read(";oc=20;oc-validity=1500;oc-seq=1282321615.781;oc-algo=\"loss\"").unwrap();
        assert_eq!((asked.percent, asked.valid.as_millis()), (20, 1500));
        assert_eq!(read(";oc=20").unwrap().valid, USUAL);
        assert_eq!(read(";oc=20;oc-validity=999999999").unwrap().valid, LONGEST);
        for other in [
            "",
            ";oc;oc-algo=\"loss\"",
            ";oc=101",
            ";oc=-1",
            ";oc=5;oc-algo=\"rate\"",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn the_part_that_is_asked_for_goes_elsewhere_as_long_as_it_is_valid() {
        let now = Instant::now();
        let mut shedding = Shedding::default();
        shedding.take(now, read(";oc=30;oc-validity=1000;oc-seq=2").unwrap());
        let hit = |s: &Shedding, at| (0..100).filter(|lot| s.hits(at, *lot)).count();
        assert_eq!(hit(&shedding, now), 30);
        shedding.take(now, read(";oc=90;oc-seq=1").unwrap());
        assert_eq!(hit(&shedding, now), 30, "an older word");
        assert_eq!(hit(&shedding, now + Duration::from_millis(1000)), 0);
        shedding.take(now, read(";oc=0;oc-seq=3").unwrap());
        assert_eq!(hit(&shedding, now), 0);
    }
}
