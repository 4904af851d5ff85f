//! One reply of Biseo's: what is being said, how far it has come, and what follows.

use std::time::{Duration, Instant};

use biseo_conversation::{Listen, Prompt};
use biseo_model::record::{CallEnd, TurnRecord};

/// What follows when all is said.
#[derive(Debug, Clone)]
pub(super) enum Then {
    /// Wait for the caller.
    Listen(Listen),
    /// End the call.
    HangUp(CallEnd),
    /// Nothing.
    Nothing,
}

/// A reply under way.
#[derive(Debug)]
pub(super) struct Reply {
    /// Its mark at mouth and media engine; a new one after each resumption.
    pub(super) mark: u64,
    /// Its record.
    pub(super) turn: TurnRecord,
    /// What was said before it while its answer was sought; empty if nothing.
    pub(super) before: String,
    /// Its whole text.
    pub(super) text: String,
    /// Whether the caller may break in.
    pub(super) interruptible: bool,
    /// What follows.
    pub(super) then: Then,
    /// When the packet with the caller's last speech had come in; `None` for what is said unasked.
    pub(super) spoken_to: Option<Instant>,
    /// When the first sound was handed to the pacer.
    pub(super) handed: Option<Instant>,
    /// When sound was first handed over under the present mark.
    pub(super) since: Option<Instant>,
    /// When the first packet went out.
    pub(super) sounded: Option<Instant>,
    /// Samples in all, once known.
    pub(super) samples: Option<usize>,
    /// Samples played under former marks.
    pub(super) played_before: usize,
    /// Paused; with the samples that had been played under this mark, once the media engine has told.
    pub(super) paused: Option<Option<usize>>,
    /// Whether it is to go on as soon as it is known where it stopped.
    pub(super) resume: bool,
}

/// Characters spoken in a second, about, when the whole length is not known yet.
const CHARACTERS_PER_SECOND: usize = 7;

impl Reply {
    /// The text of prompts in a row.
    pub(super) fn text_of(prompts: &[Prompt]) -> String {
        let texts: Vec<&str> = prompts.iter().map(|p| p.text.as_str()).collect();
        texts.join(" ")
    }

    /// About how many characters of the text were heard when so many samples of it had been played.
    pub(super) fn characters(&self, played: usize) -> usize {
        let (all, played) = (self.text.chars().count(), self.played_before + played);
        let heard = match self.samples {
            Some(samples) if samples > 0 => all.saturating_mul(played) / samples.max(played),
            _ => played * CHARACTERS_PER_SECOND / 8000,
        };
        heard.min(all)
    }

    /// When it will be over, if under the present mark there are so many samples in all.
    pub(super) fn ends(&self, samples: usize, now: Instant) -> Instant {
        let length = Duration::from_micros(u64::try_from(samples).unwrap_or(0).saturating_mul(125));
        self.since.unwrap_or(now) + length
    }

    /// About how many samples were played under the present mark when nobody has told yet; `until` is now, or when it was
    /// paused.
    pub(super) fn played_by(&self, until: Instant) -> usize {
        let span = self.since.map(|s| until.saturating_duration_since(s));
        span.map_or(0, |s| {
            usize::try_from(s.as_millis()).unwrap_or(0).saturating_mul(8)
        })
    }

    /// It ends here: only what was heard is said. Returns how many characters that is, about.
    pub(super) fn break_off(&mut self, now: Instant) -> usize {
        // The judgement may be quicker than the word of the flush.
        let played = self.paused.flatten().unwrap_or_else(|| self.played_by(now));
        let heard = self.characters(played);
        let begun: String = self.text.chars().take(heard).collect();
        self.turn.said = joined(&self.before, &begun);
        heard
    }

    /// Notes what is known of the way to the first packet; `true` once all of it is. The two news of it come by different
    /// ways, in either order.
    pub(super) fn measure(&mut self) -> bool {
        let (Some(handed), Some(sounded)) = (self.handed, self.sounded) else {
            return false;
        };
        self.turn.latency.pacing_ms = Some(ms(sounded.saturating_duration_since(handed)));
        self.turn.latency.total_ms = self.since_speech(sounded);
        true
    }

    /// Milliseconds from the caller's last speech to `at`.
    pub(super) fn since_speech(&self, at: Instant) -> Option<f64> {
        self.spoken_to.map(|then| ms(at.saturating_duration_since(then)))
    }
}

/// A filler and what follows it.
pub(super) fn joined(before: &str, text: &str) -> String {
    [before, text].join(" ").trim().to_string()
}

/// A span in milliseconds, to a tenth.
pub(super) fn ms(span: std::time::Duration) -> f64 {
    (span.as_secs_f64() * 10_000.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use biseo_model::ids::CallId;
    use biseo_model::record::Latency;

    fn reply(since: Option<Instant>) -> Reply {
        Reply {
            mark: 1,
            turn: TurnRecord {
                call: CallId::new("c").unwrap(),
                number: 0,
                at: jiff::Timestamp::UNIX_EPOCH,
                heard: String::new(),
                understood: serde_json::Value::Null,
                said: "가나다라마바사아자차".into(),
                latency: Latency::default(),
            },
            before: String::new(),
            text: "가나다라마바사아자차".into(),
            interruptible: true,
            then: Then::Nothing,
            spoken_to: None,
            handed: since,
            since,
            sounded: None,
            samples: None,
            played_before: 0,
            paused: None,
            resume: false,
        }
    }

    #[test]
    fn the_first_packet_may_be_told_before_its_sound() {
        let (spoke, handed) = (Instant::now(), Instant::now() + Duration::from_millis(300));
        let mut reply = Reply {
            spoken_to: Some(spoke),
            sounded: Some(handed + Duration::from_millis(20)),
            ..reply(None)
        };
        assert!(!reply.measure());
        reply.handed = Some(handed);
        assert!(reply.measure());
        let latency = &reply.turn.latency;
        assert_eq!(latency.pacing_ms, Some(20.0));
        assert!(latency.total_ms >= Some(320.0));
    }

    #[test]
    fn a_resumed_reply_ends_counted_from_its_resumption() {
        let begun = Instant::now();
        let resumed = begun + Duration::from_secs(6);
        let reply = Reply {
            since: Some(resumed),
            ..reply(Some(begun))
        };
        let later = resumed + Duration::from_secs(1);
        assert_eq!(reply.ends(5 * 8000, later), resumed + Duration::from_secs(5));
    }

    #[test]
    fn what_was_heard_is_known_before_the_media_engine_tells() {
        let begun = Instant::now();
        let mut reply = reply(Some(begun));
        reply.samples = Some(16_000);
        let played = reply.played_by(begun + Duration::from_secs(1));
        assert_eq!((played, reply.characters(played)), (8000, 5));
        assert_eq!(reply.break_off(begun + Duration::from_millis(600)), 3);
        assert_eq!(reply.turn.said, "가나다");
        reply.before = "잠시만요.".into();
        reply.break_off(begun + Duration::from_millis(600));
        assert_eq!(reply.turn.said, "잠시만요. 가나다");
        reply.since = None;
        assert_eq!(reply.played_by(begun + Duration::from_secs(1)), 0);
    }
}
