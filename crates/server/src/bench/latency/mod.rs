//! `biseo bench latency`: what Biseo itself adds to a reply, and what a call costs, with engines that take no time.

pub(crate) mod answer;
pub(super) mod engines;
pub(super) mod process;
mod report;
pub(crate) mod soak;
mod talks;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use biseo_speech::engines::espeak::Espeak;
use biseo_speech::{Language, TextToSpeech, Utterance, Voice};
use tokio::task::JoinSet;

use crate::cli::{BenchLatencyOptions, Detector};
use crate::simulate::line as lines;
use crate::simulate::load::caller::{Call, Caller, Outcome};
use crate::wording::Wording;
use process::Answering;
use report::Row;

/// Sound at the end of a sentence that is quieter (of 32768) is left out, so that it ends where its speech ends.
const QUIET: u16 = 500;
/// Between the beginnings of two calls, of all that there are: they are spread over so long.
const SPREAD: Duration = Duration::from_millis(3000);

/// Runs the measurement.
pub(super) async fn run(options: &BenchLatencyOptions) -> ExitCode {
    let wording = Wording::of("bench", options.lang);
    match measure(options, &wording).await {
        Ok(rows) => ExitCode::from(u8::from(rows.iter().any(|row| row.failed > 0))),
        Err(why) => {
            eprintln!("✗ {}", wording.say("failed", "", &why));
            ExitCode::FAILURE
        }
    }
}

async fn measure(options: &BenchLatencyOptions, wording: &Wording) -> Result<Vec<Row>, String> {
    let sentences = utterances(options.vad)?;
    let mut rows = Vec::new();
    if !options.json {
        report::head(options.stop, wording);
    }
    for &calls in &options.calls {
        let row = at_once(options, calls, &sentences).await?;
        row.print(options.json);
        rows.push(row);
    }
    Ok(rows)
}

/// So many calls at once, each followed by another one until enough was said.
async fn at_once(options: &BenchLatencyOptions, calls: u32, sentences: &[Arc<[i16]>]) -> Result<Row, String> {
    let answering = Answering::start(options.stop, options.vad, options.transport)?;
    let here = std::net::Ipv4Addr::LOCALHOST.into();
    let caller = Arc::new(Caller {
        target: answering.target().to_string(),
        number: "01023456789".into(),
        sentences: sentences.to_vec(),
    });
    let (sip, _events) = lines::telephone(here).await?;
    let media = Arc::new(lines::engine()?);
    let turns = options.turns.div_ceil(calls);
    let rounds = turns.div_ceil(u32::try_from(sentences.len()).unwrap_or(1)).max(1);
    let before = answering.used()?;
    let mut all = JoinSet::new();
    for number in 0..calls {
        let (caller, sip, media) = (caller.clone(), sip.clone(), media.clone());
        all.spawn(async move {
            tokio::time::sleep(SPREAD * number / calls).await;
            let mut outcomes = Vec::new();
            for _ in 0..rounds {
                let call = Call::new(caller.clone(), sip.clone(), media.clone(), here);
                outcomes.push(call.place(u64::from(number) + 1).await);
            }
            outcomes
        });
    }
    let outcomes: Vec<Outcome> = all.join_all().await.into_iter().flatten().collect();
    let after = answering.used()?;
    sip.shutdown().await;
    Ok(Row::of(calls, options.stop, &outcomes, before, after))
}

/// The callers' utterances: tones, or speech for a detector that knows one from the other.
fn utterances(detector: Detector) -> Result<Vec<Arc<[i16]>>, String> {
    match detector {
        Detector::Loud => Ok(talks::sounds(0)),
        Detector::Silero => spoken(),
    }
}

/// Sentences, each ending with its last speech.
fn spoken() -> Result<Vec<Arc<[i16]>>, String> {
    let espeak = Espeak::new();
    let voice = Voice::new(Language::Korean).with_variant("m3");
    let speak = |text: &&str| {
        let stream = espeak.speak(&Utterance::new(*text, voice.clone()));
        let samples = stream
            .and_then(biseo_speech::SpeechStream::collect)
            .map_err(|e| e.to_string())?;
        let end = samples.iter().rposition(|s| s.unsigned_abs() > QUIET);
        Ok(Arc::from(&samples[..end.map_or(0, |n| n + 1)]))
    };
    talks::QUESTIONS.iter().map(speak).collect()
}
