//! `POST /v1/audio/transcriptions` and `POST /v1/audio/speech`.

use std::io::BufReader;
use std::net::TcpStream;

use biseo_speech::engines::espeak::Espeak;
use biseo_speech::resample::convert;
use biseo_speech::{Language, TextToSpeech, Utterance, Voice};
use serde_json::{Value as Json, json};

use super::http::{self, Request, answer, chunks};
use super::{Server, listener};

/// A service that does what it is asked; the key is `sk-test`.
pub fn start() -> Server {
    Server::start(|_, stream| serve(stream))
}

/// Serves one connection well.
pub fn serve(stream: TcpStream) {
    let mut out = stream.try_clone().unwrap();
    let mut reader = BufReader::new(stream);
    while let Some(request) = http::read(&mut reader) {
        if request.header("authorization") != "Bearer sk-test" {
            answer(
                &mut out,
                "401 Unauthorized",
                "",
                r#"{"error":{"code":"invalid_api_key"}}"#,
            );
        } else if request.line.starts_with("POST /v1/audio/transcriptions ") {
            match transcribe(&request) {
                Ok(text) => answer(
                    &mut out,
                    "200 OK",
                    "Content-Type: application/json\r\n",
                    &json!({"text": text}).to_string(),
                ),
                Err(why) => answer(
                    &mut out,
                    "400 Bad Request",
                    "",
                    &json!({"error": {"message": why}}).to_string(),
                ),
            }
        } else if request.line.starts_with("POST /v1/audio/speech ") {
            speak(&request, &mut out);
        } else {
            answer(&mut out, "404 Not Found", "", "{}");
        }
    }
}

fn transcribe(request: &Request) -> Result<String, &'static str> {
    let kind = request.header("content-type");
    let boundary = kind
        .strip_prefix("multipart/form-data; boundary=")
        .ok_or("no form")?;
    let parts = parts(&request.body, boundary);
    let part = |name: &str| {
        let wanted = format!("name=\"{name}\"");
        parts
            .iter()
            .find(|(head, _)| head.contains(&wanted))
            .map(|(_, body)| body.as_slice())
    };
    if part("model") != Some(b"whisper-1") || part("response_format") != Some(b"json") {
        return Err("model or format");
    }
    if part("language") != Some(b"ko") {
        return Err("language");
    }
    let file = part("file").ok_or("no file")?;
    if !file.starts_with(b"RIFF") || file[24..28] != 8_000u32.to_le_bytes() {
        return Err("no WAV");
    }
    let samples: Vec<i16> = file[44..]
        .as_chunks()
        .0
        .iter()
        .map(|&b| i16::from_le_bytes(b))
        .collect();
    // As the real one does.
    if samples.len() < 800 {
        return Err("audio_too_short");
    }
    let prompt = String::from_utf8_lossy(part("prompt").unwrap_or_default()).into_owned();
    let words: Vec<String> = prompt.split(", ").map(str::to_owned).collect();
    let mut session = listener(&words);
    session.accept(&samples).unwrap();
    Ok(session.finish().unwrap().text)
}

/// Heads and bodies of a form's parts.
fn parts(body: &[u8], boundary: &str) -> Vec<(String, Vec<u8>)> {
    let mark = format!("--{boundary}");
    let find = |from: usize, what: &[u8]| {
        body[from..]
            .windows(what.len())
            .position(|w| w == what)
            .map(|at| from + at)
    };
    let mut found = Vec::new();
    let mut at = find(0, mark.as_bytes());
    while let Some(begin) = at {
        let begin = begin + mark.len() + 2;
        let Some(head_end) = find(begin.min(body.len()), b"\r\n\r\n") else {
            break;
        };
        let Some(end) = find(head_end, mark.as_bytes()) else {
            break;
        };
        let head = String::from_utf8_lossy(&body[begin..head_end]).into_owned();
        found.push((head, body[head_end + 4..end - 2].to_vec()));
        at = Some(end);
    }
    found
}

fn speak(request: &Request, out: &mut TcpStream) {
    let asked: Json = serde_json::from_slice(&request.body).unwrap_or_default();
    let (Some(input), Some(_voice)) = (asked["input"].as_str(), asked["voice"].as_str()) else {
        return answer(out, "400 Bad Request", "", "{}");
    };
    let pcm = said(input, asked["speed"].as_f64().unwrap_or(1.0));
    match asked["response_format"].as_str() {
        Some("pcm") => chunks(out, "audio/pcm", &pcm),
        Some("wav") => chunks(out, "audio/wav", &[streamed_head().as_slice(), &pcm].concat()),
        _ => answer(out, "400 Bad Request", "", "{}"),
    }
}

/// espeak-ng's voice at 24 kHz.
pub fn said(input: &str, speed: f64) -> Vec<u8> {
    let korean = input.chars().any(|c| matches!(c, '가'..='힣'));
    let language = if korean {
        Language::Korean
    } else {
        Language::English
    };
    let voice = Voice::new(language).with_speed((speed * 100.0).round() as u16);
    let engine = Espeak::new().with_normalising(false);
    // A long text in parts, as a service would.
    let sentences = biseo_speech::text::sentences(input);
    let clip: Vec<i16> = sentences
        .iter()
        .flat_map(|s| {
            engine
                .speak(&Utterance::new(s.as_str(), voice.clone()))
                .unwrap()
                .collect()
                .unwrap()
        })
        .collect();
    convert(&clip, 8_000, 24_000)
        .iter()
        .flat_map(|s| s.to_le_bytes())
        .collect()
}

/// A WAV's head as it is written by who does not know the length yet, with a chunk of text in it.
fn streamed_head() -> Vec<u8> {
    let mut head = b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
    head.extend_from_slice(&24_000u32.to_le_bytes());
    head.extend_from_slice(&48_000u32.to_le_bytes());
    head.extend_from_slice(b"\x02\0\x10\0LIST\x05\0\0\0hello\0data\xff\xff\xff\xff");
    head
}
