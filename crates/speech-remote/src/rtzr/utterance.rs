//! One utterance as RTZR hears it: sentences that change until they are final.

use std::collections::BTreeMap;

use biseo_speech::{SAMPLE_RATE, Transcript, Word};
use serde::Deserialize;
use tokio_tungstenite::tungstenite::Message;

use crate::failure::{Failure, code};
use crate::live::{Heard, MOST_TEXT, Utterance};

/// Samples in a millisecond.
const PER_MS: u64 = SAMPLE_RATE as u64 / 1_000;
/// Sentences of one utterance at most.
const MOST_SENTENCES: usize = 128;

#[derive(Deserialize)]
struct Reply {
    #[serde(default)]
    seq: u64,
    #[serde(default)]
    start_at: u64,
    #[serde(default, rename = "final")]
    whole: bool,
    #[serde(default)]
    alternatives: Vec<Alternative>,
    /// An error instead of the rest: `{"code": "H0002", "msg": "…"}`.
    #[serde(default)]
    code: Option<String>,
}

#[derive(Deserialize)]
struct Alternative {
    text: String,
    #[serde(default)]
    confidence: Option<f32>,
    #[serde(default)]
    words: Option<Vec<Token>>,
}

/// A word or a part of one; `|` is the space between words.
#[derive(Deserialize)]
struct Token {
    text: String,
    #[serde(default)]
    start_at: u64,
    #[serde(default)]
    confidence: Option<f32>,
}

#[derive(Default)]
struct Sentence {
    text: String,
    confidence: Option<f32>,
    words: Vec<Word>,
    whole: bool,
}

/// One utterance.
#[derive(Default)]
pub(super) struct Rtzr {
    sentences: BTreeMap<u64, Sentence>,
}

impl Rtzr {
    fn transcript(&self) -> Transcript {
        let said = || self.sentences.values().filter(|s| !s.text.is_empty());
        let texts: Vec<_> = said().map(|s| s.text.as_str()).collect();
        let text = texts.join(" ");
        let words: Vec<Word> = said().flat_map(|s| s.words.iter().cloned()).collect();
        let spelt: Vec<_> = words.iter().map(|word| word.text.as_str()).collect();
        Transcript {
            confidence: mean(said().map(|s| (s.confidence, s.text.chars().count()))),
            // Words that are not those of the text (numbers are written otherwise) are no help.
            words: if spelt.join(" ") == text {
                words
            } else {
                Vec::new()
            },
            text,
        }
    }
}

/// By the length of each; `None` if one is unknown or there is none.
fn mean(parts: impl Iterator<Item = (Option<f32>, usize)>) -> Option<f32> {
    let (mut sum, mut all) = (0.0, 0.0);
    for (confidence, length) in parts {
        sum += confidence? * length as f32;
        all += length as f32;
    }
    (all > 0.0).then(|| (sum / all).clamp(0.0, 1.0))
}

impl Utterance for Rtzr {
    fn audio(&mut self, samples: &[i16], out: &mut Vec<Message>) {
        let octets: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
        out.push(Message::binary(octets));
    }

    fn end(&mut self, out: &mut Vec<Message>) {
        out.push(Message::text("EOS"));
    }

    fn hear(&mut self, text: &str) -> Result<Heard, Failure> {
        let reply: Reply = serde_json::from_str(text).map_err(|_| Failure::Form("no reply of RTZR's"))?;
        if let Some(word) = &reply.code {
            return Err(match word.as_str() {
                "A0002" => Failure::Busy(None),
                word => Failure::Service(code(word).unwrap_or_else(|| "error".into())),
            });
        }
        let Some(best) = reply.alternatives.into_iter().next() else {
            return Ok(Heard::Nothing);
        };
        let other: usize = self.sentences.values().map(|s| s.text.len()).sum();
        let full = self.sentences.len() == MOST_SENTENCES && !self.sentences.contains_key(&reply.seq);
        if full || other + best.text.len() > MOST_TEXT {
            return Err(Failure::Large);
        }
        let sentence = self.sentences.entry(reply.seq).or_default();
        // What is final stays: a straggler of an earlier state does not undo it.
        if !sentence.whole || reply.whole {
            *sentence = Sentence {
                text: best.text.trim().to_owned(),
                confidence: best.confidence.map(|c| c.clamp(0.0, 1.0)),
                words: words(&best.words.unwrap_or_default(), reply.start_at),
                whole: reply.whole,
            };
        }
        Ok(Heard::Partial(self.transcript()))
    }

    /// It closes when all is told. A sentence that did not become final is better than none.
    fn closed(&mut self) -> Result<Transcript, Failure> {
        Ok(self.transcript())
    }

    fn settled(&self) -> Option<Transcript> {
        let whole = !self.sentences.is_empty() && self.sentences.values().all(|s| s.whole);
        whole.then(|| self.transcript())
    }
}

/// Puts the tokens of a sentence together to words.
fn words(tokens: &[Token], sentence_at: u64) -> Vec<Word> {
    let split = tokens.iter().any(|token| token.text == "|");
    let groups: Vec<&[Token]> = if split {
        tokens.split(|token| token.text == "|").collect()
    } else {
        tokens.chunks(1).collect()
    };
    let word = |group: &[Token]| {
        let first = group.first()?;
        let at = sentence_at.saturating_add(first.start_at);
        Some(Word {
            text: group.iter().map(|token| token.text.trim()).collect(),
            confidence: mean(group.iter().map(|t| (t.confidence, 1))),
            start: Some(at.saturating_mul(PER_MS)),
        })
    };
    groups.into_iter().filter_map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(replies: &[&str]) -> Transcript {
        let mut utterance = Rtzr::default();
        for reply in replies {
            utterance.hear(reply).map(drop).unwrap();
        }
        utterance.closed().unwrap()
    }

    #[test]
    fn sentences_follow_each_other_and_the_last_state_counts() {
        let found = heard(&[
            r#"{"seq":0,"start_at":0,"duration":0,"final":false,"alternatives":[{"text":"여보"}]}"#,
            r#"{"seq":1,"start_at":900,"duration":0,"final":false,"alternatives":[{"text":"내일 예약"}]}"#,
            r#"{"seq":0,"start_at":0,"duration":800,"final":true,"alternatives":[{"text":"여보세요","confidence":0.5}]}"#,
            r#"{"seq":0,"start_at":0,"duration":0,"final":false,"alternatives":[{"text":"여"}]}"#,
        ]);
        assert_eq!(found.text, "여보세요 내일 예약");
        assert_eq!(found.confidence, None, "one of them does not tell");
    }

    #[test]
    fn words_are_put_together_at_their_places() {
        let found = heard(&[
            r#"{"seq":0,"start_at":1000,"duration":900,"final":true,"alternatives":[{
            "text":"예약 할게요","confidence":1.5,"words":[
            {"text":"예","start_at":0,"duration":100,"confidence":0.75},{"text":"약","start_at":100,"duration":100,"confidence":0.25},
            {"text":"|","start_at":200,"duration":0},{"text":"할게요","start_at":300,"duration":300}]}]}"#,
        ]);
        let words: Vec<_> = found.words.iter().map(|w| (w.text.as_str(), w.start)).collect();
        assert_eq!(words, [("예약", Some(8_000)), ("할게요", Some(10_400))]);
        assert_eq!(found.words[0].confidence, Some(0.5));
        assert_eq!(found.confidence, Some(1.0));
    }

    #[test]
    fn words_that_are_not_the_texts_are_left_out() {
        let found = heard(&[
            r#"{"seq":0,"final":true,"alternatives":[{"text":"7시","words":[{"text":"일곱"},{"text":"시"}]}]}"#,
        ]);
        assert_eq!((found.text.as_str(), found.words.len()), ("7시", 0));
    }

    #[test]
    fn hostile_replies_are_failures() {
        let long = format!(
            r#"{{"final":true,"alternatives":[{{"text":"{}"}}]}}"#,
            "가".repeat(9_000)
        );
        for (reply, failure) in [
            ("", Failure::Form("no reply of RTZR's")),
            (r#"{"seq":-1}"#, Failure::Form("no reply of RTZR's")),
            (
                r#"{"alternatives":[{"text":7}]}"#,
                Failure::Form("no reply of RTZR's"),
            ),
            (r#"{"code":"A0002","msg":"Too many"}"#, Failure::Busy(None)),
            (r#"{"code":"H0002","msg":"no"}"#, Failure::Service("H0002".into())),
            (long.as_str(), Failure::Large),
        ] {
            assert_eq!(Rtzr::default().hear(reply).err(), Some(failure));
        }
        let huge = r#"{"start_at":18446744073709551615,"alternatives":[{"text":"가","words":[{"text":"가","start_at":9}]}]}"#;
        assert_eq!(heard(&[huge]).words[0].start, Some(u64::MAX));
    }

    proptest::proptest! {
        #[test]
        fn no_reply_makes_it_fall(
            seq in proptest::prelude::any::<u64>(),
            start_at in proptest::prelude::any::<u64>(),
            whole in proptest::prelude::any::<bool>(),
            words in "(\\{\"text\":\"[가나|]{0,2}\",\"start_at\":[0-9]{1,20}(,\"confidence\":-?[0-9]{1,30})?\\},){0,4}",
        ) {
            let words = words.trim_end_matches(',');
            let reply = format!(
                r#"{{"seq":{seq},"start_at":{start_at},"final":{whole},"alternatives":[{{"text":"가 나","words":[{words}]}}]}}"#
            );
            let mut utterance = Rtzr::default();
            let _ = utterance.hear(&reply);
            let found = utterance.closed().unwrap();
            let sure = found.words.iter().filter_map(|w| w.confidence);
            proptest::prop_assert!(sure.into_iter().all(|c| (0.0..=1.0).contains(&c)));
        }
    }
}
