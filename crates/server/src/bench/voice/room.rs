//! A caller's room with a speakerphone in it: Biseo's voice comes back from its walls, and the caller's own words with it.

use std::collections::VecDeque;

use biseo_media::{FRAME_SAMPLES, Frame, SILENCE};

use crate::bench::script::Sound;

/// How long the room answers, in samples: 40 ms.
const TAIL: usize = 320;
/// How fast its answer dies away: by 60 dB within so many samples, 250 ms.
const DECAY: f32 = 2000.0;

/// How far Biseo's voice is away from the microphone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Distance {
    /// How loud it comes back against how it arrived, dB.
    pub(super) level_db: f32,
    /// How late, milliseconds, the telephone's own 20 to 40 ms not counted.
    pub(super) delay_ms: u32,
}

/// The room.
pub(super) struct Room {
    /// The room's answer to a click.
    answer: Vec<f32>,
    /// What arrived, newest last: as far back as delay and answer reach.
    past: VecDeque<f32>,
    delay: usize,
    /// What the caller has still to say.
    words: VecDeque<i16>,
    speaking: bool,
}

/// What the caller's words came to in a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    /// Nothing of note.
    None,
    /// The first of them are in it.
    Begun,
    /// The last of them are.
    Ended,
}

impl Room {
    pub(super) fn new(distance: Distance) -> Self {
        let delay = distance.delay_ms as usize * 8;
        Self {
            answer: answer(distance.level_db),
            past: std::iter::repeat_n(0.0, delay + TAIL + FRAME_SAMPLES).collect(),
            delay,
            words: VecDeque::new(),
            speaking: false,
        }
    }

    /// The caller will say this.
    pub(super) fn say(&mut self, sound: &Sound) {
        self.words.extend(sound.iter());
    }

    /// 20 ms of Biseo have arrived: what the microphone picks up next.
    pub(super) fn pick_up(&mut self, arrived: &Frame) -> (Frame, Words) {
        self.past.drain(..FRAME_SAMPLES);
        self.past.extend(arrived.iter().map(|&sample| f32::from(sample)));
        let mut frame = SILENCE;
        for (n, out) in frame.iter_mut().enumerate() {
            let sound = self.echo(n) + self.words.pop_front().map_or(0.0, f32::from);
            // The cast saturates.
            *out = sound as i16;
        }
        (frame, self.progress())
    }

    /// The echo in the frame's n-th sample.
    fn echo(&self, n: usize) -> f32 {
        let newest = self.past.len() - FRAME_SAMPLES + n - self.delay;
        let taps = self.answer.iter().enumerate();
        taps.map(|(back, gain)| gain * self.past[newest - back]).sum()
    }

    fn progress(&mut self) -> Words {
        match (self.speaking, self.words.is_empty()) {
            (false, false) => {
                self.speaking = true;
                Words::Begun
            }
            (true, true) => {
                self.speaking = false;
                Words::Ended
            }
            _ => Words::None,
        }
    }
}

/// A direct sound and reflections of either sign that die away. Their powers sum up to the level: it holds for noise, and within some dB
/// for speech, whose slow waves reflections may strengthen or weaken.
fn answer(level_db: f32) -> Vec<f32> {
    let mut state = 7u32;
    let mut taps: Vec<f32> = (0..TAIL)
        .map(|n| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let reflection = (state >> 16) as f32 / 32_768.0 - 1.0;
            let fall = 10f32.powf(-3.0 * n as f32 / DECAY);
            if n == 0 { 2.0 } else { 0.3 * reflection * fall }
        })
        .collect();
    let power: f32 = taps.iter().map(|t| t * t).sum();
    let gain = 10f32.powf(level_db / 20.0) / power.sqrt();
    taps.iter_mut().for_each(|t| *t *= gain);
    taps
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noise of about -20 dBFS.
    fn noise(state: &mut u32) -> Frame {
        std::array::from_fn(|_| {
            *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((*state >> 16) as i32 / 6 - 5461) as i16
        })
    }

    fn power(frames: &[Frame]) -> f32 {
        frames.iter().flatten().map(|&s| f32::from(s).powi(2)).sum()
    }

    #[test]
    fn what_arrives_comes_back_so_much_later_and_softer() {
        let (level_db, delay_ms) = (-18.0, 100);
        let mut room = Room::new(Distance { level_db, delay_ms });
        let (mut state, mut back, mut sent) = (1, Vec::new(), Vec::new());
        for _ in 0..50 {
            let frame = noise(&mut state);
            sent.push(frame);
            back.push(room.pick_up(&frame).0);
        }
        assert_eq!(power(&back[..5]), 0.0, "nothing before 100 ms");
        let db = 10.0 * (power(&back[10..]) / power(&sent[10..])).log10();
        // A sum of reflections is no exact power.
        assert!((db - level_db).abs() < 1.5, "{db}");
    }

    #[test]
    fn the_callers_words_have_a_beginning_and_an_end() {
        let mut room = Room::new(Distance {
            level_db: -18.0,
            delay_ms: 0,
        });
        room.say(&vec![500; 400].into());
        let told: Vec<Words> = (0..4).map(|_| room.pick_up(&SILENCE).1).collect();
        assert_eq!(told, [Words::Begun, Words::None, Words::Ended, Words::None]);
    }
}
