//! A card's number that is spoken in a call: a tone stands for it in the recording, and neither the transcript nor anything else in the data
//! folder nor the log holds it. The log of the running program at its usual level (INFO) holds no telephone number either.

use std::path::Path;

use biseo_media::recorder::tone_over;
use biseo_model::record::CallEnd;
use biseo_speech::engines::demo_ctc::DemoCtc;
use biseo_speech::{SpeechToText, SttOptions};

use crate::support::stream::{CALLER, Caller, DIALLED};
use crate::support::{CONVERSATION, Place, until};

/// As people say it, without a pause, and the same in figures.
const CARD: &str = "오삼이칠일이삼사오육칠팔구공일이";
const FIGURES: &str = "5327123456789012";
/// Parts of it that no file may hold, as it was heard or as figures.
const PARTS: [&str; 4] = ["삼사오육", "육칠팔구", "3456", "6789"];
/// How the caller's number may be written.
const NUMBERS: [&str; 4] = ["1023456789", "2345-6789", "2345 6789", "23456789"];

/// All files of a folder that hold one of these texts.
fn holding(folder: &Path, texts: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, texts));
            continue;
        }
        let octets = std::fs::read(&path).unwrap();
        for text in texts {
            if octets.windows(text.len()).any(|w| w == text.as_bytes()) {
                found.push(format!("{}: {text}", path.display()));
            }
        }
    }
    found
}

/// The longest stretch that is nothing but the tone, in samples.
fn bleeped(caller: &[i16]) -> usize {
    let (mut longest, mut now) = (0, 0);
    let mut tone = vec![0; 4 * caller.len()];
    tone_over(0, &mut tone);
    for (sample, block) in caller.iter().zip(tone.chunks_exact(4)) {
        let is_tone = *sample == i16::from_le_bytes([block[0], block[1]]);
        now = if is_tone { now + 1 } else { 0 };
        longest = longest.max(now);
    }
    longest
}

/// What the demo's recogniser hears on a side of a recording.
fn heard(sound: &[i16]) -> String {
    let model = crate::support::root().join("models/demo-ko");
    let stt = DemoCtc::load(&model).unwrap();
    let mut session = stt.session(&SttOptions::default()).unwrap();
    session.accept(sound).unwrap();
    session.finish().unwrap().text
}

#[tokio::test]
async fn a_card_number_is_in_neither_the_recording_nor_the_transcript_nor_the_log() {
    let place = Place::new().with_streams();
    let server = place.serve();
    let store = place.store().await;
    let phone = Caller::dial(&server.streams, CALLER, DIALLED);
    phone.until("the greeting's end", |l| l.finished(0)).await;
    phone.say(&format!("카드 번호는 {CARD}"));
    let (_, turns) = place
        .turns(&store, "a turn with a number", |_, turns| {
            turns.iter().any(|t| t.heard.contains("****"))
        })
        .await;
    let spoke = phone.line().spoke.unwrap();
    let spoken = (spoke.1 - spoke.0) as usize * 160;
    let loud = phone.line().loud.len();
    let line = until("the answer's end", CONVERSATION, || async {
        Some(phone.line()).filter(|l| l.finished(loud.saturating_sub(20)) || l.closed.is_some())
    })
    .await;
    assert_eq!(line.closed, None, "{turns:?}");
    phone.say("주차 되나요?");
    place
        .turns(&store, "what was said after it", |_, turns| {
            turns
                .iter()
                .any(|t| t.heard.contains("주차") && t.latency.total_ms.is_some())
        })
        .await;
    phone.hang_up();
    let (call, turns) = place
        .turns(&store, "the end of the call", |call, _| call.ended.is_some())
        .await;
    assert_eq!(call.end, Some(CallEnd::Caller));
    let story = format!("{turns:#?}");
    assert!(PARTS.iter().all(|part| !story.contains(part)), "{story}");
    store.close().await;
    let log = server.log();

    let wav = place.recording(&call);
    let (caller, biseo) = (wav.channel(0), wav.channel(1));
    assert!(
        bleeped(&caller) >= spoken,
        "{} of {spoken} samples",
        bleeped(&caller)
    );
    assert!(bleeped(&biseo) < 8, "Biseo's side stays");
    let words = heard(&caller);
    assert!(
        words.contains("주차"),
        "what was said after it is there: {words:?}"
    );
    assert!(PARTS.iter().all(|part| !words.contains(part)), "{words:?}");

    // As it was heard, and in figures.
    let secret = [PARTS[0], PARTS[1], CARD, FIGURES];
    assert_eq!(holding(&place.data(), &secret), [""; 0]);
    assert!(
        log.contains("a call has ended"),
        "the log tells of the call: {log}"
    );
    for text in secret.iter().chain(&NUMBERS) {
        assert!(!log.contains(text), "{text} in the log: {log}");
    }
    // The number is known where it belongs.
    assert_eq!(call.caller.unwrap().as_str(), "01023456789");
}
