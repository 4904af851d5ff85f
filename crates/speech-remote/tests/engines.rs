//! Every engine through the shared suite, against services that speak the real protocols.

mod service;

use std::sync::Arc;

use biseo_speech::engines::espeak::Espeak;
use biseo_speech::{SpeechToText, SttOptions, Utterance, Voice};
use biseo_speech_remote::chain::{ChainConfig, SttChain, SttMember, TtsChain, TtsMember};
use biseo_speech_remote::openai::{OpenAiStt, OpenAiSttConfig, OpenAiTts, OpenAiTtsConfig, SoundFormat};
use biseo_speech_remote::realtime::{Dialect, Format, Hints, Realtime, RealtimeConfig};
use biseo_speech_remote::rtzr::{Rtzr, RtzrConfig};
use biseo_speech_suite as suite;
use secrecy::SecretString;
use service::Server;
use suite::stt::Tells;

fn key() -> SecretString {
    SecretString::from("sk-test")
}

fn openai(server: &Server) -> OpenAiStt {
    let config = OpenAiSttConfig {
        endpoint: server.http(),
        model: "whisper-1".into(),
        finish_ms: 20_000,
        ..OpenAiSttConfig::default()
    };
    OpenAiStt::new(config, Some(&key())).unwrap()
}

fn voice(server: &Server, format: SoundFormat) -> OpenAiTts {
    let config = OpenAiTtsConfig {
        endpoint: server.http(),
        format,
        first_ms: 20_000,
        idle_ms: 20_000,
        ..OpenAiTtsConfig::default()
    };
    OpenAiTts::new(config, Some(&key())).unwrap()
}

fn realtime(server: &Server, dialect: Dialect, format: Format) -> Realtime {
    let config = RealtimeConfig {
        endpoint: server.http(),
        dialect,
        format,
        hints: if dialect == Dialect::OpenaiBeta {
            Hints::Prompt
        } else {
            Hints::Keywords
        },
        finish_ms: 20_000,
        ..RealtimeConfig::default()
    };
    Realtime::new(config, Some(&key())).unwrap()
}

fn rtzr(server: &Server) -> Rtzr {
    let config = RtzrConfig {
        endpoint: server.http(),
        client_id: "shop".into(),
        finish_ms: 20_000,
        ..RtzrConfig::default()
    };
    Rtzr::new(config, "s3cret&more".into()).unwrap()
}

#[test]
fn openai_is_a_recogniser() {
    let server = service::openai::start();
    suite::stt::check(&openai(&server), Tells::AtTheEnd);
}

#[test]
fn openai_is_a_synthesiser() {
    let server = service::openai::start();
    suite::tts::check(&voice(&server, SoundFormat::Pcm));
}

#[test]
fn openai_speaks_wav_too() {
    let server = service::openai::start();
    let speak = |format| {
        let utterance = Utterance::new("내일 저녁 7시 30분에 네 분이요.", Voice::default());
        biseo_speech::TextToSpeech::speak(&voice(&server, format), &utterance)
            .unwrap()
            .collect()
            .unwrap()
    };
    let (pcm, wav) = (speak(SoundFormat::Pcm), speak(SoundFormat::Wav));
    assert!(pcm.len() > 8_000 && pcm == wav, "{} and {}", pcm.len(), wav.len());
}

#[test]
fn realtime_is_a_recogniser() {
    let server = service::realtime::start();
    suite::stt::check(&realtime(&server, Dialect::Openai, Format::Pcm), Tells::AsItGoes);
}

#[test]
fn realtime_in_its_earlier_dialect_with_ulaw_is_one() {
    let server = service::realtime::start();
    suite::stt::check(
        &realtime(&server, Dialect::OpenaiBeta, Format::Ulaw),
        Tells::AsItGoes,
    );
}

#[test]
fn vllm_is_a_recogniser() {
    let server = service::realtime::start();
    suite::stt::check(&realtime(&server, Dialect::Vllm, Format::Pcm), Tells::AsItGoes);
}

#[test]
fn rtzr_is_a_recogniser() {
    let (server, _) = service::rtzr::start();
    suite::stt::check(&rtzr(&server), Tells::AsItGoes);
}

#[test]
fn a_chain_is_a_recogniser() {
    let server = service::realtime::start();
    let first = SttMember::new(Arc::new(realtime(&server, Dialect::Openai, Format::Pcm)));
    let limit = std::time::Duration::from_secs(30);
    let second = SttMember::new(service::demo()).with_limit(limit);
    let chain = SttChain::new(vec![first.with_limit(limit), second], ChainConfig::default()).unwrap();
    suite::stt::check(&chain, Tells::AsItGoes);
    assert!(
        chain.states()[0].served > 0 && chain.states()[1].served == 0,
        "{:?}",
        chain.states()
    );
}

#[test]
fn a_chain_is_a_synthesiser() {
    let server = service::openai::start();
    let limit = std::time::Duration::from_secs(30);
    let first = TtsMember::new(Arc::new(voice(&server, SoundFormat::Pcm))).with_limit(limit);
    let second = TtsMember::new(Arc::new(Espeak::new()));
    let chain = TtsChain::new(vec![first, second], ChainConfig::default()).unwrap();
    suite::tts::check(&chain);
    let states = chain.states();
    assert!(states[0].served > 0 && states[1].served == 0, "{states:?}");
}

/// A dish whose name is not understood unless the shop's words reach the service.
#[test]
fn the_shops_words_reach_the_services() {
    let (plain, streaming) = (service::openai::start(), service::realtime::start());
    let (korean, _desk) = service::rtzr::start();
    let dishes = ["궁중떡찜", "뚝배기알밥", "삼색나물전", "곤드레솥밥"].map(str::to_owned);
    let engines: [Box<dyn SpeechToText>; 4] = [
        Box::new(openai(&plain)),
        Box::new(realtime(&streaming, Dialect::Openai, Format::Pcm)),
        Box::new(realtime(&streaming, Dialect::OpenaiBeta, Format::Ulaw)),
        Box::new(rtzr(&korean)),
    ];
    for (n, engine) in engines.iter().enumerate() {
        let understood = |boost: &[String]| {
            let known = |dish: &&String| {
                let text = format!("{dish} 두 개 주세요");
                let voice = Voice::default().with_variant("f2");
                let clip = suite::sound::say(&Utterance::new(text, voice));
                let options = SttOptions {
                    boost: boost.to_vec(),
                    ..SttOptions::default()
                };
                let mut session = engine.session(&options).unwrap();
                session
                    .accept(&suite::sound::in_silence(&clip, 2_400, 2_400))
                    .unwrap();
                session
                    .finish()
                    .unwrap()
                    .text
                    .replace(' ', "")
                    .starts_with(dish.as_str())
            };
            dishes.iter().filter(known).count()
        };
        let (without, with) = (understood(&[]), understood(&dishes));
        assert!(
            with > without,
            "{} ({n}): {without} without, {with} with",
            engine.name()
        );
    }
}
