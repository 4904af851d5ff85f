//! Who has answered an outgoing call: a person or a machine, guessed from the greeting's length.
//!
//! A person says a word or two ("여보세요?", "네, 행복식당입니다") and waits; a machine speaks on. That is all this knows: a person
//! with a long greeting is taken for a machine, a mailbox with a short one for a person. The usual bounds of such heuristics are
//! 1.5 to 2.5 s of greeting and 0.8 s of silence after it; here 2.4 s and 0.8 s. Only a [`Beep`](super::beep::Beep) is certain.

/// Bounds of the guess, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GreetingConfig {
    /// Speech from which on it is a machine, pauses left out.
    pub machine_speech_ms: u32,
    /// Silence after some speech that makes it a person's greeting.
    pub silence_after_ms: u32,
    /// Speech shorter than this is a click or a breath.
    pub least_speech_ms: u32,
    /// When nobody has said anything for so long, nobody will.
    pub nobody_after_ms: u32,
}

impl Default for GreetingConfig {
    fn default() -> Self {
        Self {
            machine_speech_ms: 2400,
            silence_after_ms: 800,
            least_speech_ms: 120,
            nobody_after_ms: 4000,
        }
    }
}

/// What it seems to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answerer {
    /// A person, who waits for an answer.
    Person,
    /// A machine, which speaks on.
    Machine,
    /// Nobody has spoken.
    Nobody,
}

/// Listens to a greeting; guesses once.
#[derive(Debug, Clone)]
pub struct Greeting {
    config: GreetingConfig,
    /// Milliseconds of speech so far, of silence since, and of the speech under way.
    speech: u32,
    silence: u32,
    burst: u32,
    told: bool,
}

impl Greeting {
    /// From the moment of the answer.
    pub fn new(config: GreetingConfig) -> Self {
        Self {
            config,
            speech: 0,
            silence: 0,
            burst: 0,
            told: false,
        }
    }

    /// Takes so many milliseconds in which there was speech or not, as a detector tells; the guess, once.
    pub fn push(&mut self, length_ms: u32, is_speech: bool) -> Option<Answerer> {
        if is_speech {
            self.burst = self.burst.saturating_add(length_ms);
        } else {
            self.burst = 0;
            self.silence = self.silence.saturating_add(length_ms);
        }
        if self.burst >= self.config.least_speech_ms {
            // The beginning of the burst was not counted before it was certain.
            let before = if self.silence > 0 || self.speech == 0 {
                self.burst
            } else {
                length_ms
            };
            self.speech = self.speech.saturating_add(before);
            self.silence = 0;
        }
        let guess = self.guess().filter(|_| !self.told)?;
        self.told = true;
        Some(guess)
    }

    fn guess(&self) -> Option<Answerer> {
        let config = &self.config;
        if self.speech >= config.machine_speech_ms {
            Some(Answerer::Machine)
        } else if self.speech > 0 && self.silence >= config.silence_after_ms {
            Some(Answerer::Person)
        } else if self.speech == 0 && self.silence >= config.nobody_after_ms {
            Some(Answerer::Nobody)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Speech and silence in turn, in milliseconds, beginning with silence; the guess and when it came.
    fn guess(parts: &[u32]) -> Option<(Answerer, u32)> {
        let mut greeting = Greeting::new(GreetingConfig::default());
        let mut at = 0;
        for (n, part) in parts.iter().enumerate() {
            for _ in 0..part / 20 {
                at += 20;
                if let Some(guess) = greeting.push(20, n % 2 == 1) {
                    return Some((guess, at));
                }
            }
        }
        None
    }

    #[test]
    fn who_answers() {
        use Answerer::{Machine, Nobody, Person};
        for (parts, wanted) in [
            (&[300, 700, 2000][..], Some((Person, 1800))),
            // 네, / 행복식당입니다.
            (&[200, 300, 200, 1200, 2000], Some((Person, 2700))),
            // Words of a machine with the pauses of sentences.
            (&[500, 1400, 400, 2000], Some((Machine, 3300))),
            (&[100, 4000], Some((Machine, 2500))),
            (&[5000], Some((Nobody, 4000))),
            // A click is no greeting.
            (&[1000, 60, 5000], Some((Nobody, 4060))),
            (&[300, 700, 500], None),
        ] {
            assert_eq!(guess(parts), wanted, "{parts:?}");
        }
    }

    #[test]
    fn it_guesses_once() {
        let mut greeting = Greeting::new(GreetingConfig::default());
        let guesses = (0..1000).filter_map(|n| greeting.push(20, n % 100 < 40)).count();
        assert_eq!(guesses, 1);
    }
}
