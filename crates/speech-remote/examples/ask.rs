//! Lets a service hear a recording at the pace of a call, and tells what it understood and when.
//!
//! ```sh
//! OPENAI_API_KEY=… cargo run -p biseo-speech-remote --example ask -- realtime biseo.toml clip.wav 궁중떡찜
//! ```
//! The engine is `openai`, `realtime` or `rtzr`, its table is taken from the file (`[speech.realtime]`, docs/engines.md), the
//! recording is a WAV of 16 bit, and words after it are told to the service as the shop's.

use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use biseo_media::wav::Wav;
use biseo_speech::resample::convert;
use biseo_speech::{SAMPLE_RATE, SpeechToText, SttOptions};
use biseo_speech_remote::openai::{OpenAiStt, OpenAiSttConfig};
use biseo_speech_remote::realtime::{Realtime, RealtimeConfig};
use biseo_speech_remote::rtzr::{Rtzr, RtzrConfig};
use secrecy::SecretString;

type Fallible<T> = Result<T, Box<dyn Error>>;

/// 20 ms, as a call brings them.
const FRAME: usize = SAMPLE_RATE as usize / 50;

fn main() -> Fallible<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, config, clip, words @ ..] = arguments.as_slice() else {
        return Err("usage: ask openai|realtime|rtzr CONFIG.toml CLIP.wav [WORD]...".into());
    };
    let engine = engine(name, &std::fs::read_to_string(config)?)?;
    let wav = Wav::parse(&std::fs::read(clip)?)?;
    let samples = convert(&wav.mono(), wav.rate, SAMPLE_RATE);
    let options = SttOptions {
        boost: words.to_vec(),
        language: engine.languages().first().copied().unwrap_or_default(),
    };
    hear(engine.as_ref(), &options, &samples)
}

fn hear(engine: &dyn SpeechToText, options: &SttOptions, samples: &[i16]) -> Fallible<()> {
    let mut session = engine.session(options)?;
    let (begin, mut told) = (Instant::now(), String::new());
    for (n, frame) in samples.chunks(FRAME).enumerate() {
        let due = begin + Duration::from_millis(20) * n as u32;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        session.accept(frame)?;
        let text = session.partial()?.text;
        if text != told {
            println!("{:6} ms  {text}", begin.elapsed().as_millis());
            told = text;
        }
    }
    let end = Instant::now();
    let found = session.finish()?;
    println!("{:6} ms after the end  {}", end.elapsed().as_millis(), found.text);
    Ok(())
}

fn engine(name: &str, file: &str) -> Fallible<Box<dyn SpeechToText>> {
    let tables: toml::Table = file.parse()?;
    let table = |part: &str| {
        let found = tables.get("speech").and_then(|speech| speech.get(part));
        found.cloned().ok_or(format!("there is no table [speech.{part}]"))
    };
    Ok(match name {
        "openai" => {
            let both = table(name)?;
            let own = both.get("stt").cloned();
            let config: OpenAiSttConfig = own.ok_or("there is no table [speech.openai.stt]")?.try_into()?;
            let key = secret(config.key_env.as_deref(), config.key_file.as_ref())?;
            Box::new(OpenAiStt::new(config, key.as_ref())?)
        }
        "realtime" => {
            let config: RealtimeConfig = table(name)?.try_into()?;
            let key = secret(config.key_env.as_deref(), config.key_file.as_ref())?;
            Box::new(Realtime::new(config, key.as_ref())?)
        }
        "rtzr" => {
            let config: RtzrConfig = table(name)?.try_into()?;
            let found = secret(
                config.client_secret_env.as_deref(),
                config.client_secret_file.as_ref(),
            )?;
            Box::new(Rtzr::new(
                config,
                found.ok_or("client_secret_env names no secret")?,
            )?)
        }
        other => return Err(format!("{other}: openai, realtime or rtzr").into()),
    })
}

fn secret(env: Option<&str>, file: Option<&PathBuf>) -> Fallible<Option<SecretString>> {
    let text = match (env, file) {
        (Some(name), _) => {
            std::env::var(name).map_err(|_| format!("the environment variable {name} is not set"))?
        }
        (None, Some(file)) => std::fs::read_to_string(file)?,
        (None, None) => return Ok(None),
    };
    Ok(Some(text.trim_end().into()))
}
