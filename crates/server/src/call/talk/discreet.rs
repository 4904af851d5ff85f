//! Numbers that are never kept (`biseo_model::secret`): taken out of the caller's words before anything else sees them, out of the records
//! of earlier turns if they are dictated over several, and out of the recording.

use std::collections::VecDeque;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use biseo_media::SAMPLE_RATE;
use biseo_model::secret::Dictation;
use biseo_vault::{Keys, conceal};

use super::Talk;

/// Turns of which is known when they were spoken.
const REMEMBERED: usize = 16;
/// What is said reaches the file by then.
const WRITTEN: Duration = Duration::from_secs(2);
/// So much more than the turn is concealed behind it: its end is the detector's guess.
const MARGIN: Duration = Duration::from_millis(300);

/// What a call has to conceal.
pub(super) struct Discreet {
    dictation: Dictation,
    /// Turns of the caller with the time in which they were spoken: from the end of the one before on.
    turns: VecDeque<(u32, Range<Instant>)>,
    since: Instant,
    recording: Option<Tape>,
}

/// A recording and when it began.
struct Tape {
    path: PathBuf,
    keys: Option<Arc<Keys>>,
    began: Instant,
    concealed: Vec<Range<u64>>,
}

impl Discreet {
    /// For a call that has just begun, with its recording's path within the data folder and what that is sealed with.
    pub(super) fn of(data: &Path, recording: Option<&str>, keys: Option<Arc<Keys>>) -> Self {
        let began = Instant::now();
        let tape = |path: &str| Tape {
            path: data.join(path),
            keys: keys.clone(),
            began,
            concealed: Vec::new(),
        };
        Self {
            dictation: Dictation::default(),
            turns: VecDeque::new(),
            since: began,
            recording: recording.map(tape),
        }
    }

    /// Hears a turn that was spoken until then: what may be kept of it, and which earlier turns hold a part of the same number.
    fn hear(&mut self, turn: u32, text: &str, until: Instant) -> (String, Vec<u32>) {
        let spoken = self.since..until.max(self.since) + MARGIN;
        self.since = until.max(self.since);
        self.turns.push_back((turn, spoken));
        if self.turns.len() > REMEMBERED {
            self.turns.pop_front();
        }
        let heard = self.dictation.hear(turn, text);
        if heard.hidden {
            let hides = |one: u32| one == turn || heard.earlier.contains(&one);
            let hidden = self.turns.iter().filter(|(one, _)| hides(*one));
            let spans: Vec<_> = hidden.map(|(_, span)| span.clone()).collect();
            spans.into_iter().for_each(|span| self.bleep(span));
        }
        (heard.text, heard.earlier)
    }

    /// Conceals a time of the recording, as soon as it is in the file.
    fn bleep(&mut self, span: Range<Instant>) {
        let Some(tape) = &mut self.recording else { return };
        let samples = tape.sample(span.start)..tape.sample(span.end);
        tape.concealed.push(samples.clone());
        let (path, keys) = (tape.path.clone(), tape.keys.clone());
        tokio::spawn(async move {
            tokio::time::sleep(WRITTEN).await;
            overwrite(path, keys, vec![samples]).await;
        });
    }

    /// The recording is whole: conceals what was not in the file yet.
    pub(super) async fn end(self) {
        if let Some(tape) = self.recording.filter(|tape| !tape.concealed.is_empty()) {
            overwrite(tape.path, tape.keys, tape.concealed).await;
        }
    }
}

impl Tape {
    fn sample(&self, at: Instant) -> u64 {
        let into = at.saturating_duration_since(self.began).as_millis();
        u64::try_from(into).unwrap_or(u64::MAX) * u64::from(SAMPLE_RATE) / 1000
    }
}

async fn overwrite(path: PathBuf, keys: Option<Arc<Keys>>, spans: Vec<Range<u64>>) {
    let done = tokio::task::spawn_blocking(move || conceal(&path, keys.as_deref(), &spans));
    match done.await {
        Ok(Ok(_)) => {}
        Ok(Err(e)) => tracing::error!("a number could not be taken out of a recording: {e}"),
        Err(e) => tracing::error!("taking a number out of a recording came to grief: {e}"),
    }
}

impl Talk {
    /// The caller's words, without numbers that are never kept.
    pub(super) fn without_secrets(&mut self, text: &str, until: Instant) -> String {
        let (text, earlier) = self.discreet.hear(self.next_turn, text, until);
        if !earlier.is_empty() {
            self.notes
                .conceal(self.shop.id.clone(), self.record.id.clone(), earlier);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use biseo_media::recorder::Recorder;
    use biseo_media::wav::Wav;
    use biseo_vault::{seal, unseal};

    /// A recording of so many seconds in which both sides say the same.
    fn recording(path: &Path, seconds: usize) {
        let mut recorder = Recorder::new(std::fs::File::create(path).unwrap()).unwrap();
        for _ in 0..seconds * 50 {
            let frame = [7; biseo_media::FRAME_SAMPLES];
            recorder.push(&frame, &frame).unwrap();
        }
        recorder.finish().unwrap();
    }

    #[tokio::test]
    async fn a_number_over_two_turns_is_in_neither_words_nor_sound() {
        is_taken_out(None).await;
        is_taken_out(Some(Arc::new(Keys::generate().unwrap()))).await;
    }

    async fn is_taken_out(keys: Option<Arc<Keys>>) {
        let dir = tempfile::tempdir().unwrap();
        let (path, heard) = (dir.path().join("c.wav"), dir.path().join("heard.wav"));
        recording(&path, 10);
        if let Some(keys) = &keys {
            seal(&path, keys).unwrap();
        }
        let mut discreet = Discreet::of(dir.path(), Some("c.wav"), keys.clone());
        let at = |seconds| discreet.since + Duration::from_secs(seconds);
        let (two, four, six) = (at(2), at(4), at(6));
        assert_eq!(discreet.hear(1, "네", two), ("네".into(), vec![]));
        assert_eq!(discreet.hear(2, "구공일이이오요", four).1, [0; 0]);
        assert_eq!(
            discreet.hear(3, "일이삼사오육칠이요", six),
            ("****이요".into(), vec![2])
        );
        discreet.end().await;
        assert!(unseal(&path, keys.as_deref(), &heard).unwrap());
        let wav = Wav::parse(&std::fs::read(heard).unwrap()).unwrap();
        let (caller, biseo) = (wav.channel(0), wav.channel(1));
        let second = SAMPLE_RATE as usize;
        assert!(
            caller[..2 * second].iter().all(|s| *s == 7),
            "what was said before"
        );
        assert!(
            caller[2 * second..6 * second].iter().all(|s| s.abs() > 1000),
            "the number"
        );
        assert!(
            caller[7 * second..].iter().all(|s| *s == 7),
            "what was said after"
        );
        assert!(biseo.iter().all(|s| *s == 7), "Biseo's side");
        assert_eq!(caller.len(), 10 * second);
    }
}
