//! `biseo load`: many callers at once, so cheap that what the machine does is the answering side's work.
//!
//! A caller here does not listen with a recogniser. Its sentences are spoken once by espeak-ng, before the first call, and
//! held in memory; all callers play the same sound. It says its next sentence when the other side has sounded and then been
//! silent for a while, told by the loudness of each frame. The line is G.711 A-law, as on a telephone trunk.

pub(crate) mod caller;
pub(crate) mod report;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use biseo_conversation::Language as Speaks;
use biseo_model::phone::PhoneNumber;
use biseo_rehearse::Scenario;
use biseo_speech::engines::espeak::Espeak;
use biseo_speech::{Language, TextToSpeech, Utterance, Voice};
use tokio::task::JoinSet;

use crate::cli::LoadOptions;
use crate::wording::Wording;
use caller::{Call, Caller};
use report::Report;

/// Runs `biseo load`; ends in 0 if every call was answered and lasted until a proper end.
pub(crate) async fn run(options: &LoadOptions) -> ExitCode {
    let wording = Wording::of("load", options.lang);
    match attempt(options).await {
        Ok(report) => {
            report.print(options.json, &wording);
            ExitCode::from(u8::from(report.failed > 0))
        }
        Err(why) => {
            eprintln!("✗ {}", wording.say("failed", &options.target, &why));
            ExitCode::FAILURE
        }
    }
}

async fn attempt(options: &LoadOptions) -> Result<Report, String> {
    let shown = |e: &dyn std::fmt::Display| format!("{}: {e}", options.scenario.display());
    let text = std::fs::read_to_string(&options.scenario).map_err(|e| shown(&e))?;
    let scenario = super::find(&text, &options.id).map_err(|e| shown(&e))?;
    let caller = Arc::new(caller(options, &scenario)?);
    let here = super::phone::local_for(&options.target);
    let (sip, _events) = super::line::telephone(here).await?;
    let media = Arc::new(super::line::engine()?);
    let mut calls = JoinSet::new();
    for number in 0..options.calls {
        let call = Call::new(caller.clone(), sip.clone(), media.clone(), here);
        let wait = Duration::from_millis(options.stagger) * number;
        calls.spawn(async move {
            tokio::time::sleep(wait).await;
            call.place(u64::from(number) + 1).await
        });
    }
    let outcomes = calls.join_all().await;
    sip.shutdown().await;
    Ok(Report::of(&outcomes))
}

/// Speaks the scenario's sentences into memory.
fn caller(options: &LoadOptions, scenario: &Scenario) -> Result<Caller, String> {
    let language = match scenario.lang {
        Speaks::Ko => Language::Korean,
        Speaks::En => Language::English,
    };
    let voice = Voice::new(language).with_variant(options.voice.clone());
    let espeak = Espeak::new();
    let spoken = |text: String| {
        let stream = espeak.speak(&Utterance::new(text, voice.clone()));
        let samples = stream
            .and_then(biseo_speech::SpeechStream::collect)
            .map_err(|e| e.to_string())?;
        Ok(Arc::from(samples))
    };
    let number = scenario.caller.number.as_ref();
    Ok(Caller {
        target: options.target.clone(),
        number: number.map_or("anonymous", PhoneNumber::as_str).to_string(),
        sentences: sentences(scenario)
            .into_iter()
            .map(spoken)
            .collect::<Result<_, String>>()?,
    })
}

/// What a scenario's caller says, in this order: how it opens, and its words of farewell. What it would say when asked is
/// left out: nobody here understands what is asked.
fn sentences(scenario: &Scenario) -> Vec<String> {
    let mut all: Vec<String> = scenario.opens.all().to_vec();
    all.extend(scenario.closes.clone());
    all.retain(|text| text.chars().any(char::is_alphanumeric));
    all
}
