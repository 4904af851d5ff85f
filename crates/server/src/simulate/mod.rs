//! `biseo call`: a simulated caller on a real call. Speaks by espeak-ng, hears by the same recogniser as Biseo, follows a
//! scenario.

mod carrier;
mod follow;
pub(crate) mod line;
pub(crate) mod load;
mod phone;
mod seed;
mod stored;

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use biseo_conversation::Language as Speaks;
use biseo_model::phone::PhoneNumber;
use biseo_rehearse::{Caller, Says, Scenario, guess};
use biseo_speech::{Language, Voice};
use biseo_telephony::EndCause;
use biseo_telephony::config::Credentials;
use serde::Serialize;

use crate::cli::CallOptions;
use crate::house::Engines;
use crate::wording::Wording;
pub(crate) use follow::{Seen, follow};
use phone::{Dial, Happening, Phone};
pub(crate) use seed::{Before, seed};
pub(crate) use stored::stored;

/// How long the caller waits for a word before saying something of its own accord.
const PATIENCE: Duration = Duration::from_secs(12);
/// A call that has not ended by then never will.
const LONGEST: Duration = Duration::from_secs(600);
/// How long the caller waits for the other side to hang up after the last words.
const PARTING: Duration = Duration::from_secs(8);

/// How to place a call.
pub(crate) struct Call<'a> {
    /// `sip:haengbok@127.0.0.1:5060`, or `ws://127.0.0.1:8081/media-stream/TOKEN?to=haengbok`.
    pub(crate) target: &'a str,
    /// Where to record it.
    pub(crate) recording: Option<&'a Path>,
    /// The caller's espeak-ng variant.
    pub(crate) voice: &'a str,
    /// What the caller answers if it is asked who it is.
    pub(crate) credentials: Option<Credentials>,
}

/// One side's words.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Line {
    /// `caller` or `assistant`.
    pub(crate) who: &'static str,
    /// What was said, or what the caller heard.
    pub(crate) text: String,
    /// Seconds since the call was answered.
    pub(crate) at: f64,
}

/// What came of a call, as the caller saw it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Outcome {
    /// The scenario.
    pub(crate) id: String,
    /// What was said.
    pub(crate) lines: Vec<Line>,
    /// How often the caller spoke.
    pub(crate) turns: u32,
    /// Who ended it: `caller`, or the stack's word for it.
    pub(crate) ended: String,
    /// Its length in seconds.
    pub(crate) seconds: f64,
}

/// Runs `biseo call`; ends in 0 if the call was answered and ended properly.
pub(crate) async fn run(options: &CallOptions) -> ExitCode {
    let wording = Wording::of("call", options.lang);
    match attempt(options).await {
        Ok(outcome) => {
            print(&outcome, options.json, &wording);
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("✗ {}", wording.say("failed", &options.target, &why));
            ExitCode::FAILURE
        }
    }
}

async fn attempt(options: &CallOptions) -> Result<Outcome, String> {
    let shown = |e: &dyn std::fmt::Display| format!("{}: {e}", options.scenario.display());
    let text = std::fs::read_to_string(&options.scenario).map_err(|e| shown(&e))?;
    let scenario = find(&text, &options.id).map_err(|e| shown(&e))?;
    let engines = Engines::load(&options.model, "espeak-ng".as_ref())?;
    let call = Call {
        target: &options.target,
        recording: options.wav.as_deref(),
        voice: &options.voice,
        credentials: None,
    };
    place(&engines, &scenario, &call).await
}

fn print(outcome: &Outcome, json: bool, wording: &Wording) {
    if json {
        println!("{}", serde_json::to_string(outcome).unwrap_or_default());
        return;
    }
    for line in &outcome.lines {
        println!(
            "{:7.2} s  {:9}  {}",
            line.at,
            wording.say(line.who, "", ""),
            line.text
        );
    }
    let length = format!("{:.1}", outcome.seconds);
    println!("{}", wording.say("ended", &outcome.ended, &length));
}

/// The scenario of that id in the text of a scenario file.
pub(crate) fn find(text: &str, id: &str) -> Result<Scenario, String> {
    let all = Scenario::read_lines(text)?;
    let known: Vec<String> = all.iter().map(|s| s.id.clone()).collect();
    all.into_iter()
        .find(|s| s.id == id)
        .ok_or_else(|| format!("no scenario {id:?}; there are: {}", known.join(", ")))
}

/// Places a call and follows the scenario until its end.
///
/// # Errors
/// In words: nobody answers, the call is refused, an engine fails.
pub(crate) async fn place(
    engines: &Engines,
    scenario: &Scenario,
    call: &Call<'_>,
) -> Result<Outcome, String> {
    let number = scenario
        .caller
        .number
        .as_ref()
        .map_or("anonymous", PhoneNumber::as_str);
    let dial = Dial {
        target: call.target,
        number,
        recording: call.recording,
        boost: Vec::new(),
        credentials: call.credentials.clone(),
    };
    let phone = Phone::dial(engines, dial).await?;
    let language = match scenario.lang {
        Speaks::Ko => Language::Korean,
        Speaks::En => Language::English,
    };
    let conversation = Conversation {
        phone,
        caller: Caller::new(scenario.clone()),
        voice: Voice::new(language).with_variant(call.voice),
        began: Instant::now(),
        lines: Vec::new(),
        parting: false,
    };
    let id = scenario.id.clone();
    tokio::time::timeout(LONGEST, conversation.run(id))
        .await
        .map_err(|_| format!("the call went on for more than {} s", LONGEST.as_secs()))
}

struct Conversation {
    phone: Phone,
    caller: Caller,
    voice: Voice,
    began: Instant,
    lines: Vec<Line>,
    /// The last words are being said, or have been.
    parting: bool,
}

impl Conversation {
    async fn run(mut self, id: String) -> Outcome {
        self.phone.listen(PATIENCE);
        let ended = loop {
            match self.phone.next().await {
                Happening::Over(cause) => break over(&cause),
                Happening::Heard(turn) => self.heard(&turn.text),
                Happening::Silence if self.parting => break "caller".to_string(),
                Happening::Silence => self.answer(""),
                Happening::Said if self.parting => self.phone.listen(PARTING),
                Happening::Said => self.phone.listen(PATIENCE),
            }
        };
        let outcome = Outcome {
            id,
            turns: self.caller.turns(),
            ended,
            seconds: self.began.elapsed().as_secs_f64(),
            lines: self.lines,
        };
        self.phone.hang_up().await;
        outcome
    }

    fn heard(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.line("assistant", text.to_string());
        }
        if !self.parting {
            self.answer(text);
        }
    }

    /// Answers what was heard, whatever the caller takes it for.
    fn answer(&mut self, text: &str) {
        match self.caller.hears(text, guess(text)) {
            Says::Words(words) => {
                self.line("caller", words.clone());
                self.phone.say(&[words], &self.voice);
            }
            Says::Nothing => self.phone.listen(PATIENCE),
            Says::HangsUp => {
                self.parting = true;
                self.phone.listen(Duration::ZERO);
            }
        }
    }

    fn line(&mut self, who: &'static str, text: String) {
        let at = self.began.elapsed().as_secs_f64();
        self.lines.push(Line { who, text, at });
    }
}

fn over(cause: &EndCause) -> String {
    match cause {
        EndCause::Hangup => "assistant".into(),
        other => format!("{other:?}"),
    }
}
