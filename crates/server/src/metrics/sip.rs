//! What the SIP side's own protection has done.

use biseo_telephony::GuardFigures;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// Why something was not listened to, or brought a ban.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Why {
    why: &'static str,
}

/// Whose messages were worked on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Whose {
    from: &'static str,
}

/// The figures; no addresses in them.
#[derive(Default)]
pub(super) struct Guarded {
    messages: Family<Whose, Counter>,
    dropped: Family<Why, Counter>,
    bans: Family<Why, Counter>,
    banned: Gauge,
}

impl Guarded {
    /// Enters them.
    pub(super) fn enter(&self, r: &mut Registry) {
        let what = "SIP messages that were worked on";
        r.register("sip_messages", what, self.messages.clone());
        let what = "SIP messages and connections that were not listened to, by reason";
        r.register("sip_dropped", what, self.dropped.clone());
        let what = "Bans of sources, by what brought them";
        r.register("sip_bans", what, self.bans.clone());
        r.register("sip_banned", "Sources that are banned now", self.banned.clone());
    }

    /// Takes over what the stack has counted.
    pub(super) fn set(&self, figures: &GuardFigures) {
        for (from, count) in [("known", figures.known), ("strangers", figures.strangers)] {
            raise(&self.messages.get_or_create(&Whose { from }), count);
        }
        for &(why, count) in &figures.dropped {
            raise(&self.dropped.get_or_create(&Why { why }), count);
        }
        for &(why, count) in &figures.bans {
            raise(&self.bans.get_or_create(&Why { why }), count);
        }
        self.banned.set(i64::try_from(figures.banned).unwrap_or(i64::MAX));
    }
}

/// Two who ask at once may both see the same: the later figure stays, never less.
fn raise(counter: &Counter, count: u64) {
    counter
        .inner()
        .fetch_max(count, std::sync::atomic::Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_dropped_is_told_by_reason() {
        let (guarded, mut registry) = (Guarded::default(), Registry::with_prefix("biseo"));
        guarded.enter(&mut registry);
        let figures = |junk| GuardFigures {
            known: 5,
            dropped: vec![("junk", junk)],
            bans: vec![("scanner", 2)],
            banned: 1,
            ..GuardFigures::default()
        };
        guarded.set(&figures(100));
        guarded.set(&figures(90));
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        for line in [
            "biseo_sip_messages_total{from=\"known\"} 5",
            "biseo_sip_dropped_total{why=\"junk\"} 100",
            "biseo_sip_bans_total{why=\"scanner\"} 2",
            "biseo_sip_banned 1",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\n{text}");
        }
    }
}
