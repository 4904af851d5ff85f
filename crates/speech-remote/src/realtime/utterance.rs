//! One utterance in the protocol's events.

use biseo_speech::Transcript;
use tokio_tungstenite::tungstenite::Message;

use super::events::{Event, append, commit};
use super::sound::Outgoing;
use super::{Dialect, Format};
use crate::failure::Failure;
use crate::live::{Heard, MOST_TEXT, Utterance, plain};

/// Items that one utterance may be split into; we commit once, so one is usual.
const MOST_ITEMS: usize = 64;

/// The text of an item as far as it is known.
struct Item {
    id: Option<String>,
    text: String,
    whole: bool,
}

/// One utterance.
pub(super) struct Realtime {
    dialect: Dialect,
    sound: Outgoing,
    /// Whether anything was sent.
    begun: bool,
    ended: bool,
    /// The item that our commit made, once the service has said so.
    committed: Option<String>,
    items: Vec<Item>,
}

impl Realtime {
    pub(super) fn new(dialect: Dialect, format: Format) -> Self {
        Self {
            dialect,
            sound: Outgoing::new(dialect, format),
            begun: false,
            ended: false,
            committed: None,
            items: Vec::new(),
        }
    }

    fn send(&mut self, octets: &[u8], out: &mut Vec<Message>) {
        if !self.begun && self.dialect == Dialect::Vllm {
            out.push(Message::text(commit(false)));
        }
        self.begun = true;
        if !octets.is_empty() {
            out.push(Message::text(append(octets)));
        }
    }

    fn item(&mut self, id: Option<String>) -> Result<&mut Item, Failure> {
        let at = match self.items.iter().position(|item| item.id == id) {
            Some(at) => at,
            None if self.items.len() == MOST_ITEMS => return Err(Failure::Large),
            None => {
                self.items.push(Item {
                    id,
                    text: String::new(),
                    whole: false,
                });
                self.items.len() - 1
            }
        };
        Ok(&mut self.items[at])
    }

    fn text(&self) -> Result<Transcript, Failure> {
        let texts: Vec<_> = self.items.iter().map(|item| item.text.trim()).collect();
        let text = texts.join(" ");
        if text.len() > MOST_TEXT {
            return Err(Failure::Large);
        }
        Ok(plain(&text))
    }

    fn delta(&mut self, id: Option<String>, delta: Option<String>) -> Result<Heard, Failure> {
        let delta = delta.ok_or(Failure::Form("a delta without text"))?;
        self.item(id)?.text.push_str(&delta);
        Ok(Heard::Partial(self.text()?))
    }

    /// An item is whole. If it is the last one, so is the utterance.
    fn whole(&mut self, id: Option<String>, text: Option<String>) -> Result<Heard, Failure> {
        let text = text.ok_or(Failure::Form("a transcript without text"))?;
        let item = self.item(id.clone())?;
        (item.text, item.whole) = (text, true);
        let last = self.committed.is_none() || self.committed == id;
        let text = self.text()?;
        if self.ended && last && self.items.iter().all(|item| item.whole) {
            Ok(Heard::Final(text))
        } else {
            Ok(Heard::Partial(text))
        }
    }
}

impl Utterance for Realtime {
    fn audio(&mut self, samples: &[i16], out: &mut Vec<Message>) {
        let octets = self.sound.push(samples);
        self.send(&octets, out);
    }

    fn end(&mut self, out: &mut Vec<Message>) {
        let octets = self.sound.finish();
        self.send(&octets, out);
        self.ended = true;
        out.push(Message::text(commit(self.dialect == Dialect::Vllm)));
    }

    fn hear(&mut self, text: &str) -> Result<Heard, Failure> {
        let event = Event::parse(text)?;
        match event.kind.as_str() {
            "error" | "conversation.item.input_audio_transcription.failed" => Err(event.failure()),
            "input_audio_buffer.committed" => {
                self.committed = event.item_id;
                Ok(Heard::Nothing)
            }
            "transcription.delta" => self.delta(None, event.delta),
            "transcription.done" => self.whole(None, event.text),
            "conversation.item.input_audio_transcription.delta" => self.delta(event.item_id, event.delta),
            "conversation.item.input_audio_transcription.completed" => {
                self.whole(event.item_id, event.transcript)
            }
            _ => Ok(Heard::Nothing),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended() -> Realtime {
        let mut utterance = Realtime::new(Dialect::Openai, Format::Pcm);
        utterance.audio(&[5; 1_600], &mut Vec::new());
        utterance.end(&mut Vec::new());
        utterance
    }

    fn event(kind: &str, rest: &str) -> String {
        format!(r#"{{"type":"conversation.item.input_audio_transcription.{kind}",{rest}}}"#)
    }

    #[test]
    fn deltas_grow_and_the_transcript_has_the_last_word() {
        let mut utterance = ended();
        for (delta, so_far) in [("내일 ", "내일"), ("일곱시", "내일 일곱시")] {
            let heard = utterance.hear(&event("delta", &format!(r#""item_id":"a","delta":"{delta}""#)));
            assert!(matches!(heard, Ok(Heard::Partial(text)) if text.text == so_far));
        }
        let heard = utterance.hear(&event(
            "completed",
            r#""item_id":"a","transcript":"내일 일곱 시.""#,
        ));
        assert!(matches!(heard, Ok(Heard::Final(text)) if text.text == "내일 일곱 시."));
    }

    #[test]
    fn an_earlier_items_text_is_not_the_end() {
        let mut utterance = ended();
        utterance
            .hear(r#"{"type":"input_audio_buffer.committed","item_id":"b"}"#)
            .unwrap();
        let heard = utterance.hear(&event("completed", r#""item_id":"a","transcript":"네,""#));
        assert!(matches!(heard, Ok(Heard::Partial(_))));
        let heard = utterance.hear(&event("completed", r#""item_id":"b","transcript":"맞아요""#));
        assert!(matches!(heard, Ok(Heard::Final(text)) if text.text == "네, 맞아요"));
    }

    #[test]
    fn vllm_begins_with_a_commit_and_ends_with_a_last_one() {
        let mut utterance = Realtime::new(Dialect::Vllm, Format::Pcm);
        let mut out = Vec::new();
        utterance.audio(&[5; 1_600], &mut out);
        utterance.end(&mut out);
        let texts: Vec<_> = out.iter().map(|m| m.to_text().unwrap_or_default()).collect();
        assert!(texts[0].contains("commit") && !texts[0].contains("final"));
        assert!(texts[1].contains("append"));
        assert!(texts.last().unwrap().contains(r#""final":true"#));
    }

    #[test]
    fn a_flood_of_text_is_refused() {
        let mut utterance = ended();
        let delta = "가".repeat(2_000);
        let heard = (0..10)
            .map(|_| utterance.hear(&event("delta", &format!(r#""item_id":"a","delta":"{delta}""#))))
            .find_map(Result::err);
        assert_eq!(heard, Some(Failure::Large));
        let mut utterance = ended();
        let heard = (0..100)
            .map(|n| utterance.hear(&event("delta", &format!(r#""item_id":"{n}","delta":"""#))))
            .find_map(Result::err);
        assert_eq!(heard, Some(Failure::Large));
    }

    proptest::proptest! {
        #[test]
        fn no_event_makes_it_fall(
            kind in "(error|session.created|input_audio_buffer.committed|transcription.(delta|done)|conversation.item.input_audio_transcription.(delta|completed|failed))",
            fields in "(\"(item_id|delta|transcript|text|error|code)\":(null|7|\"[가나a ]{0,9}\"|\\[\\]|\\{\"code\":\"x\"\\}),){0,4}",
            cut in 0usize..400,
        ) {
            let event = format!(r#"{{{fields}"type":"{kind}"}}"#);
            let cut = event.char_indices().map(|(at, _)| at).nth(cut).unwrap_or(event.len());
            let mut utterance = ended();
            let _ = utterance.hear(&event[..cut]);
            let _ = utterance.hear(&event);
        }
    }
}
