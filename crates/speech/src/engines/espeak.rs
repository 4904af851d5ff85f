//! espeak-ng, the voice that is always there, run as a program of its own (it is GPL-3 and never linked).
//!
//! For each utterance one process: text through its standard input, sound from its standard output, passed on while the
//! process still works. A thread reads the pipe and another brings the sound to the telephone: 8 kHz, [`level`], no
//! silence at the ends. The process is killed when the listener goes or nothing comes for [`Espeak::with_timeout`].

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::level::{Leveller, Trimmer};
use crate::resample::Resampler;
use crate::{
    Language, Result, SAMPLE_RATE, SpeechError, SpeechSink, SpeechStream, TextToSpeech, Utterance, Voice,
    normalise, speech_channel,
};

const NAME: &str = "espeak-ng";
/// Characters of text that one utterance may have; longer text is to be split ([`crate::text`]).
pub const MAX_CHARACTERS: usize = 1_000;
/// Processes at a time; beyond it an utterance is refused, so that a flood of calls cannot fill the machine.
const MAX_PROCESSES: usize = 64;
/// espeak-ng's words a minute and pitch at 100 %.
const WORDS_PER_MINUTE: u32 = 170;
const PITCH: u32 = 50;
/// The usual loudness of its voices, measured over `ko` and `en` with several variants: -17.9 to -19.5 dBFS.
const EXPECTED_DBFS: f32 = -19.0;
/// Octets of the WAV header that espeak-ng writes to a pipe.
const HEADER: usize = 44;
const BLOCK: usize = 4_096;

/// The engine. One serves all calls.
#[derive(Debug, Clone)]
pub struct Espeak {
    program: PathBuf,
    timeout: Duration,
    normalise: bool,
    running: Arc<()>,
}

impl Default for Espeak {
    fn default() -> Self {
        Self::new()
    }
}

impl Espeak {
    /// The `espeak-ng` of the search path; five seconds without sound count as hung.
    pub fn new() -> Self {
        Self {
            program: NAME.into(),
            timeout: Duration::from_secs(5),
            normalise: true,
            running: Arc::default(),
        }
    }

    /// Another program in place of `espeak-ng`.
    pub fn with_program(self, program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            ..self
        }
    }

    /// How long the process may give nothing before it is killed.
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Whether texts are [normalised](crate::normalise) first (they are); a simulated caller whose text is ready turns it off.
    pub fn with_normalising(self, normalise: bool) -> Self {
        Self { normalise, ..self }
    }

    /// The program's version line, for `biseo check`.
    ///
    /// # Errors
    /// [`SpeechError::MissingProgram`] when it is not installed.
    pub fn version(&self) -> Result<String> {
        let output = Command::new(&self.program)
            .arg("--version")
            .stdin(Stdio::null())
            .output();
        let output = output.map_err(|e| self.start_error(e))?;
        Ok(String::from_utf8_lossy(&output.stdout)
            .lines()
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned())
    }

    fn start_error(&self, source: std::io::Error) -> SpeechError {
        let program = self.program.display().to_string();
        match source.kind() {
            std::io::ErrorKind::NotFound => SpeechError::MissingProgram {
                program,
                package: NAME,
            },
            _ => SpeechError::Program { program, source },
        }
    }

    /// What is written to the process: normalised, one line, without anything espeak-ng would take as a command.
    fn prepare(&self, utterance: &Utterance) -> Result<String> {
        let language = utterance.voice.language;
        if utterance.text.chars().count() > MAX_CHARACTERS {
            return Err(SpeechError::Refused(format!(
                "text longer than {MAX_CHARACTERS} characters"
            )));
        }
        let spoken = if self.normalise {
            normalise::speakable(&utterance.text, language)
        } else {
            utterance.text.clone()
        };
        Ok(harmless(&spoken))
    }

    fn start(&self, voice: &Voice) -> Result<Child> {
        if Arc::strong_count(&self.running) > MAX_PROCESSES {
            return Err(SpeechError::Refused(format!(
                "{MAX_PROCESSES} utterances are being synthesised already"
            )));
        }
        Command::new(&self.program)
            .args(arguments(voice)?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| self.start_error(e))
    }
}

impl TextToSpeech for Espeak {
    fn name(&self) -> &'static str {
        NAME
    }

    fn languages(&self) -> &[Language] {
        &[Language::Korean, Language::English]
    }

    fn speak(&self, utterance: &Utterance) -> Result<SpeechStream> {
        let text = self.prepare(utterance)?;
        let (sink, stream) = speech_channel();
        if !text.chars().any(char::is_alphanumeric) {
            return Ok(stream);
        }
        let mut child = self.start(&utterance.voice)?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let process = Process {
            child: Arc::new(Mutex::new(child)),
            timeout: self.timeout,
            _running: self.running.clone(),
        };
        let (Some(mut input), Some(output)) = (input, output) else {
            return Err(engine_error("no pipes"));
        };
        let killer = process.child.clone();
        sink.canceller().on_cancel(move || kill(&killer));
        // A few thousand octets at most: they fit the pipe's buffer, so writing never waits. A process that is
        // gone already shows itself at the other end.
        let _ = input.write_all(text.as_bytes());
        drop(input);
        spawn("espeak", move || process.speak(output, &sink))?;
        Ok(stream)
    }
}

/// The command line. Text is not part of it.
fn arguments(voice: &Voice) -> Result<[String; 10]> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if voice.variant.len() > 32 || !voice.variant.chars().all(plain) {
        return Err(SpeechError::Refused(
            "a voice variant has up to 32 letters, digits and _".into(),
        ));
    }
    let name = match voice.variant.as_str() {
        "" => voice.language.code().to_owned(),
        variant => format!("{}+{variant}", voice.language.code()),
    };
    let percent = |base: u32, percent: u16| (base * u32::from(percent.clamp(50, 200)) / 100).to_string();
    let pitch = percent(PITCH, voice.pitch.min(198));
    let fixed = ["-b", "1", "--stdin", "--stdout"].map(String::from);
    let [encoding, utf8, stdin, stdout] = fixed;
    let speed = percent(WORDS_PER_MINUTE, voice.speed);
    Ok([
        "-v".into(),
        name,
        "-s".into(),
        speed,
        "-p".into(),
        pitch,
        encoding,
        utf8,
        stdin,
        stdout,
    ])
}

/// Without control characters (espeak-ng reads some as commands), markup and `[[phonemes]]`; and one line.
fn harmless(text: &str) -> String {
    let unsafe_mark = |c: char| c.is_control() || matches!(c, '<' | '>' | '[' | ']' | '{' | '}' | '|' | '\\');
    let mut line: String = text
        .chars()
        .map(|c| if unsafe_mark(c) { ' ' } else { c })
        .collect();
    line.push('\n');
    line
}

fn engine_error(detail: impl Into<String>) -> SpeechError {
    SpeechError::Engine {
        engine: NAME,
        detail: detail.into(),
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<()> {
    let started = std::thread::Builder::new().name(name.to_owned()).spawn(work);
    started.map(drop).map_err(|source| SpeechError::Program {
        program: "thread".into(),
        source,
    })
}

fn kill(child: &Mutex<Child>) {
    // An error means that it has ended.
    let _ = child.lock().unwrap_or_else(PoisonError::into_inner).kill();
}

/// A running espeak-ng and the work of its thread.
struct Process {
    child: Arc<Mutex<Child>>,
    timeout: Duration,
    _running: Arc<()>,
}

impl Drop for Process {
    /// However the work ends, no process stays behind.
    fn drop(&mut self) {
        kill(&self.child);
        let _ = self.child.lock().unwrap_or_else(PoisonError::into_inner).wait();
    }
}

impl Process {
    fn speak(self, output: ChildStdout, sink: &SpeechSink) {
        if let Err(error) = self.pass_on(output, sink)
            && !sink.canceller().is_cancelled()
        {
            tracing::warn!(%error, "synthesis failed");
            sink.fail(error);
        }
    }

    fn pass_on(&self, output: ChildStdout, sink: &SpeechSink) -> Result<()> {
        let blocks = read_blocks(output)?;
        let mut telephone: Option<Telephone> = None;
        let mut octets = Vec::new();
        while let Some(block) = self.next_block(&blocks)? {
            octets.extend_from_slice(&block);
            if telephone.is_none() && octets.len() >= HEADER {
                telephone = Some(Telephone::for_header(&octets)?);
                octets.drain(..HEADER);
            }
            if let Some(telephone) = &mut telephone
                && !sink.send(telephone.push(&mut octets))
            {
                return Ok(());
            }
        }
        let status = self.reap();
        match telephone {
            Some(telephone) if status.is_some_and(|s| s.success()) => {
                sink.send(telephone.finish());
                Ok(())
            }
            _ => Err(engine_error(self.last_words(status))),
        }
    }

    fn next_block(&self, blocks: &Receiver<Vec<u8>>) -> Result<Option<Vec<u8>>> {
        match blocks.recv_timeout(self.timeout) {
            Ok(block) => Ok(Some(block)),
            Err(RecvTimeoutError::Disconnected) => Ok(None),
            Err(RecvTimeoutError::Timeout) => Err(SpeechError::Timeout {
                engine: NAME,
                after: self.timeout,
            }),
        }
    }

    /// The exit status. The pipe is closed, so the process is at its end; one that is not within a moment is killed by `drop`.
    fn reap(&self) -> Option<ExitStatus> {
        for _ in 0..200 {
            let status = self
                .child
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .try_wait();
            if let Ok(Some(status)) = status {
                return Some(status);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        None
    }

    /// What an ended process wrote to its standard error, shortened. It never holds the text.
    fn last_words(&self, status: Option<ExitStatus>) -> String {
        let Some(status) = status else {
            return "closed its output but did not end".into();
        };
        let errors = self
            .child
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .stderr
            .take();
        let mut words = Vec::new();
        if let Some(errors) = errors {
            let _ = errors.take(300).read_to_end(&mut words);
        }
        format!("{status}; {}", String::from_utf8_lossy(&words).trim())
    }
}

/// Reads the pipe on a thread of its own, so that a process that gives nothing cannot hold up its listener.
fn read_blocks(mut output: ChildStdout) -> Result<Receiver<Vec<u8>>> {
    let (sender, receiver) = sync_channel(16);
    spawn("espeak-pipe", move || {
        let mut block = [0; BLOCK];
        while let Ok(count @ 1..) = output.read(&mut block) {
            if sender.send(block[..count].to_vec()).is_err() {
                return;
            }
        }
    })?;
    Ok(receiver)
}

/// From the program's sound to the telephone's.
struct Telephone {
    resampler: Resampler,
    trimmer: Trimmer,
    leveller: Leveller,
}

impl Telephone {
    /// Reads the rate from a WAV header (RIFF, 16 bit, mono).
    fn for_header(octets: &[u8]) -> Result<Self> {
        let field = |at: usize| {
            octets
                .get(at..at + 4)
                .and_then(|b| b.try_into().ok())
                .map_or(0, u32::from_le_bytes)
        };
        let rate = field(24);
        if !octets.starts_with(b"RIFF") || !(8_000..=96_000).contains(&rate) {
            return Err(engine_error("its output is no WAV"));
        }
        let resampler = Resampler::new(rate, SAMPLE_RATE);
        Ok(Self {
            resampler,
            trimmer: Trimmer::default(),
            leveller: Leveller::new(EXPECTED_DBFS),
        })
    }

    /// Takes whole samples from `octets`, leaving half a one.
    fn push(&mut self, octets: &mut Vec<u8>) -> Vec<i16> {
        let (pairs, rest) = octets.as_chunks::<2>();
        let samples: Vec<i16> = pairs.iter().map(|&pair| i16::from_le_bytes(pair)).collect();
        *octets = rest.to_vec();
        let (mut narrow, mut trimmed, mut out) = (Vec::new(), Vec::new(), Vec::new());
        self.resampler.push(&samples, &mut narrow);
        self.trimmer.push(&narrow, &mut trimmed);
        self.leveller.push(&trimmed, &mut out);
        out
    }

    fn finish(mut self) -> Vec<i16> {
        let (mut narrow, mut trimmed, mut out) = (Vec::new(), Vec::new(), Vec::new());
        self.resampler.finish(&mut narrow);
        self.trimmer.push(&narrow, &mut trimmed);
        self.trimmer.finish(&mut trimmed);
        self.leveller.push(&trimmed, &mut out);
        self.leveller.finish(&mut out);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_command_the_program() {
        assert_eq!(
            harmless("네[[h@l'oU]] <audio src='/etc/passwd'/>\u{1}+10S\n끝\u{7f}"),
            "네  h@l'oU    audio src='/etc/passwd'/  +10S 끝 \n"
        );
    }

    #[test]
    fn a_voice_is_no_option_and_no_path() {
        for variant in ["../../etc/passwd", "-w", "f2 -w x", "가", &"f".repeat(33)] {
            assert!(
                matches!(
                    arguments(&Voice::default().with_variant(variant)),
                    Err(SpeechError::Refused(_))
                ),
                "{variant}"
            );
        }
    }

    #[test]
    fn voices_become_arguments() {
        let voice = Voice::new(Language::English)
            .with_variant("f2")
            .with_speed(120)
            .with_pitch(900);
        assert_eq!(
            arguments(&voice).unwrap()[..6],
            ["-v", "en+f2", "-s", "204", "-p", "99"]
        );
        assert_eq!(
            arguments(&Voice::default()).unwrap()[..6],
            ["-v", "ko", "-s", "170", "-p", "50"]
        );
    }
}
