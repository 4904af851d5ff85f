//! What the callers say, read and spoken beforehand.

use std::path::Path;
use std::sync::Arc;

use biseo_model::understanding::Awaiting;
use biseo_speech::engines::espeak::Espeak;
use biseo_speech::{Language, SpeechStream, TextToSpeech, Voice};
use serde::Deserialize;

use super::voice::Kind;

/// The built-in script.
const BUILT_IN: &str = include_str!("../../../../bench/voice.toml");
/// Quieter than this (of 32768) is no speech: its sound is taken off an utterance's ends.
const SOUND: u16 = 200;
/// The longest pause in an utterance, in milliseconds.
const LONGEST_PAUSE: u32 = 5_000;

/// Words, a pause in milliseconds, or what Biseo asked before.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
enum Piece {
    Pause(u32),
    Words(String),
    Asked { asked: Asked },
}

/// What Biseo asked before an utterance; real calls ask by themselves, so it counts where there is no call.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(untagged)]
enum Asked {
    What(Awaiting),
    Nothing(Nothing),
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Nothing {
    Nothing,
}

/// What is to be said.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Script {
    turns: Vec<Vec<Piece>>,
    #[serde(default)]
    questions: Vec<Vec<Piece>>,
    #[serde(default)]
    nods: Vec<Vec<Piece>>,
    #[serde(default)]
    coughs: u16,
    #[serde(default)]
    interruptions: Vec<Vec<Piece>>,
}

/// An utterance of a turn, as sound.
pub(super) struct Utterance {
    /// Its words, with … for pauses.
    pub(super) label: String,
    /// What Biseo asked before.
    pub(super) asked: Option<Awaiting>,
    pub(super) sound: Sound,
}

/// The sound of an utterance: 8 kHz, from its first sound to its last.
pub(super) type Sound = Arc<[i16]>;

/// Something to be said over Biseo's voice.
pub(super) struct Over {
    pub(super) kind: Kind,
    /// Its words, for the report.
    pub(super) label: String,
    pub(super) sound: Sound,
}

/// What is to be said, as sound.
pub(super) struct Spoken {
    pub(super) turns: Vec<Utterance>,
    pub(super) questions: Vec<Sound>,
    pub(super) over: Vec<Over>,
}

impl Script {
    /// Reads a script; the built-in one without a file.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub(super) fn read(file: Option<&Path>) -> Result<Self, String> {
        let Some(file) = file else {
            return toml::from_str(BUILT_IN).map_err(|e| e.to_string());
        };
        let shown = |e: &dyn std::fmt::Display| format!("{}: {e}", file.display());
        let text = std::fs::read_to_string(file).map_err(|e| shown(&e))?;
        toml::from_str(&text).map_err(|e| shown(&e))
    }

    /// Speaks the turns alone, with what was asked before each.
    ///
    /// # Errors
    /// The voice's own words.
    pub(super) fn utterances(&self, variant: &str) -> Result<Vec<Utterance>, String> {
        let voice = Voice::new(Language::Korean).with_variant(variant);
        let spoken = |pieces: &Vec<Piece>| {
            Ok(Utterance {
                label: label(pieces),
                asked: asked(pieces),
                sound: speak(pieces, &voice)?,
            })
        };
        self.turns.iter().map(spoken).collect()
    }

    /// Speaks it by espeak-ng.
    ///
    /// # Errors
    /// The voice's own words.
    pub(super) fn spoken(&self, variant: &str) -> Result<Spoken, String> {
        let voice = Voice::new(Language::Korean).with_variant(variant);
        let all = |utterances: &[Vec<Piece>]| -> Result<Vec<Sound>, String> {
            utterances.iter().map(|u| speak(u, &voice)).collect()
        };
        let mut over = Vec::new();
        for (kind, utterances) in [(Kind::Nod, &self.nods), (Kind::Interruption, &self.interruptions)] {
            for utterance in utterances {
                over.push(Over {
                    kind,
                    label: label(utterance),
                    sound: speak(utterance, &voice)?,
                });
            }
        }
        over.extend((0..self.coughs).map(|n| Over {
            kind: Kind::Cough,
            label: format!("{}", n + 1),
            sound: cough(n),
        }));
        Ok(Spoken {
            turns: self.utterances(variant)?,
            questions: all(&self.questions)?,
            over,
        })
    }
}

/// The words of an utterance.
fn label(pieces: &[Piece]) -> String {
    let words = pieces.iter().filter_map(|piece| match piece {
        Piece::Words(words) => Some(words.as_str()),
        Piece::Pause(_) | Piece::Asked { .. } => None,
    });
    words.collect::<Vec<_>>().join(" … ")
}

/// What was asked before an utterance.
fn asked(pieces: &[Piece]) -> Option<Awaiting> {
    pieces.iter().find_map(|piece| match piece {
        Piece::Asked {
            asked: Asked::What(awaiting),
        } => Some(*awaiting),
        _ => None,
    })
}

fn speak(pieces: &[Piece], voice: &Voice) -> Result<Sound, String> {
    let mut sound = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Pause(ms) => sound.resize(sound.len() + (*ms).min(LONGEST_PAUSE) as usize * 8, 0),
            Piece::Asked { .. } => {}
            Piece::Words(words) => {
                let stream = Espeak::new().speak(&biseo_speech::Utterance::new(words, voice.clone()));
                let samples = stream
                    .and_then(SpeechStream::collect)
                    .map_err(|e| e.to_string())?;
                sound.extend_from_slice(trimmed(&samples));
            }
        }
    }
    Ok(trimmed(&sound).into())
}

/// Without the silence at its ends.
fn trimmed(sound: &[i16]) -> &[i16] {
    let loud = |s: &i16| s.unsigned_abs() > SOUND;
    match (sound.iter().position(loud), sound.iter().rposition(loud)) {
        (Some(first), Some(last)) => &sound[first..=last],
        _ => &[],
    }
}

/// A cough: a burst of noise that falls off, and for every other one a second, weaker one.
fn cough(n: u16) -> Sound {
    let (length, mut state) = (960 + usize::from(n % 4) * 480, u32::from(n) + 1);
    let burst = |loud: f32, state: &mut u32| -> Vec<i16> {
        let mut last = 0.0;
        (0..length)
            .map(|at| {
                *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let noise = (*state >> 16) as f32 / 32_768.0 - 1.0;
                // A throat lets the low part of the noise through.
                last += (noise - last) * 0.5;
                let fall = (-3.0 * at as f32 / length as f32).exp();
                #[expect(clippy::cast_possible_truncation, reason = "within ±9000")]
                let sample = (last * fall * loud) as i16;
                sample
            })
            .collect()
    };
    let mut sound = burst(9000.0, &mut state);
    if n % 2 == 1 {
        sound.resize(sound.len() + 480, 0);
        sound.extend(burst(5000.0, &mut state));
    }
    trimmed(&sound).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_script_is_read() {
        let script = Script::read(None).unwrap();
        assert!(script.turns.len() >= 5 && script.nods.len() >= 5 && script.interruptions.len() >= 5);
        assert!(
            script
                .turns
                .iter()
                .any(|t| t.iter().any(|p| matches!(p, Piece::Pause(_))))
        );
    }

    #[test]
    fn coughs_begin_and_end_with_sound_and_differ() {
        let all: Vec<Sound> = (0..5).map(cough).collect();
        for sound in &all {
            assert!((900..6000).contains(&sound.len()), "{}", sound.len());
            assert!(sound[0].unsigned_abs() > SOUND && sound[sound.len() - 1].unsigned_abs() > SOUND);
        }
        assert!(all.windows(2).all(|w| w[0] != w[1]));
    }

    #[test]
    fn all_scripts_can_be_read() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../bench");
        for (name, utterances) in [
            ("voice", 10),
            ("pauses", 24),
            ("hesitant_dev", 80),
            ("hesitant_unseen", 80),
        ] {
            let script = Script::read(Some(&folder.join(format!("{name}.toml")))).unwrap();
            assert_eq!(script.turns.len(), utterances, "{name}");
        }
    }

    #[test]
    fn what_was_asked_is_read_and_not_said() {
        use biseo_model::understanding::Slot;
        let text = r#"turns = [[{ asked = { slot = "date" } }, "내일", 300, "저녁이요"], [{ asked = "nothing" }, "네"]]"#;
        let script: Script = toml::from_str(text).unwrap();
        assert_eq!(asked(&script.turns[0]), Some(Awaiting::Slot(Slot::Date)));
        assert_eq!(asked(&script.turns[1]), None);
        assert_eq!(label(&script.turns[0]), "내일 … 저녁이요");
        assert!(toml::from_str::<Script>(r#"turns = [[{ asked = "weather" }, "네"]]"#).is_err());
    }
}
