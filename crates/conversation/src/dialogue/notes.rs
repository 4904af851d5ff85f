//! Questions of a flow's own, whose answers are noted in the caller's words: a questionnaire, an inquiry.

use biseo_model::understanding::{Act, Awaiting, Intent, Slot, Understanding};

use super::frame::Frame;
use super::hear::Effect;
use super::slots::cut;
use super::{Asked, DEEPEST, Dialogue};
use crate::flow::StepKind;
use crate::io::Language;
use crate::wording::Values;

/// An answer is cut to so many characters.
const LONGEST: usize = 300;
/// After so many failures in a row a question is left open.
const MOST_FAILURES: u32 = 2;

/// An answer in the caller's words.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    /// Which question: the name in `ask = "…"`.
    pub name: String,
    /// The words; empty if they could not be understood.
    pub text: String,
    /// It holds one of the question's words that somebody should know of.
    pub worry: bool,
}

impl Dialogue {
    /// Asks a question of the flow's own.
    pub(super) fn ask_note(&mut self, name: &str) {
        let Some(frame) = self.stack.last() else { return };
        let again = if self.rephrase { "_again" } else { "" };
        let key = format!("{}.ask_{name}{again}", frame.flow.name);
        let values = self.frame_values();
        self.ask(&key, &values, Some(Awaiting::Slot(Slot::Message)));
        self.asked.note = Some(name.to_string());
    }

    /// Whatever is said to it is the answer, but for a wish to speak with a person or to end.
    pub(super) fn answered_note(
        &mut self,
        asked: &Asked,
        name: &str,
        text: &str,
        u: &Understanding,
        effect: &mut Effect,
    ) {
        let ends = (u.has(Act::Goodbye) || u.has(Act::Stop)) && u.slots.is_empty();
        if u.wants(Intent::Transfer) || text.chars().all(|c| !c.is_alphanumeric()) {
            return;
        }
        let Some(frame) = self.stack.last_mut() else {
            return;
        };
        if holds_any(text, &frame.flow.again, &[]) {
            effect.complete = true;
            return self.repeat(asked.clone());
        }
        if ends && !frame.flow.check_in {
            return; // Whoever called us may leave it.
        }
        if ends {
            frame.early = true;
        } else {
            frame.note(name, cut(text, LONGEST));
        }
        let noted = frame.answers.last().filter(|_| !ends).map(|a| a.text.clone());
        self.notes.extend(noted.map(super::trace::Note::Noted));
        (self.failures, self.leaving) = (0, false);
        effect.complete = true;
        self.advance();
    }

    /// A question whose answer cannot be made out is left open, so that the others are asked.
    pub(super) fn leave_note_open(&mut self, asked: &Asked) -> bool {
        let Some(name) = asked.note.as_ref().filter(|_| self.failures >= MOST_FAILURES) else {
            return false;
        };
        let Some(frame) = self.stack.last_mut() else {
            return false;
        };
        frame.note(name, String::new());
        self.failures = 0;
        true
    }

    /// Begins the flow that one of its words names.
    pub(super) fn begin_by_words(&mut self, text: &str, effect: &mut Effect) -> bool {
        let shop = self.profile.id.as_str();
        let Some(flow) = self.flows.named_in(text, shop).cloned() else {
            return false;
        };
        effect.understood = true;
        if self.stack.len() < DEEPEST && self.stack.iter().all(|f| f.flow != flow) {
            let key = self.next_key();
            self.stack.push(Frame::new(flow, key));
        }
        true
    }

    /// The answers in words, for the one who reads the message; in Korean, as the owner does.
    pub(super) fn notes_words(&self, frame: &Frame) -> String {
        let wording = self.flows.wording(Language::Ko);
        let line = |answer: &Answer| {
            let text = if answer.text.is_empty() {
                wording.sentence("call.note_open", 0, &Values::new())
            } else {
                answer.text.clone()
            };
            let key = format!("{}.note_{}", frame.flow.name, answer.name);
            let note = wording.sentence(&key, 0, &Values::from([("answer", text)]));
            match answer.worry {
                true => wording.sentence("call.note_worry", 0, &Values::from([("note", note)])),
                false => note,
            }
        };
        frame.answers.iter().map(line).collect::<Vec<_>>().join(", ")
    }

    /// The text of the message that a flow leaves: its sentence `message_text`, or else what the caller dictated.
    pub(super) fn message_text(&self, frame: &Frame) -> Option<String> {
        let key = format!("{}.message_text", frame.flow.name);
        let wording = self.flows.wording(Language::Ko);
        if wording.has(&key) {
            return Some(wording.sentence(&key, 0, &self.values_of(frame)));
        }
        frame.slots.message.clone()
    }
}

impl Frame {
    fn note(&mut self, name: &str, text: String) {
        let words = self.flow.steps.iter().find_map(|s| match &s.kind {
            StepKind::Ask {
                name: own,
                worry,
                except,
            } if own == name => Some((worry, except)),
            _ => None,
        });
        let worry = words.is_some_and(|(worry, except)| holds_any(&text, worry, except));
        self.answers.retain(|a| a.name != name);
        self.answers.push(Answer {
            name: name.to_string(),
            text,
            worry,
        });
    }
}

/// Whether a text holds one of the words once the exceptions are taken out of it; blanks do not count, nor capitals.
pub(crate) fn holds_any(text: &str, words: &[String], except: &[String]) -> bool {
    let bare = |s: &str| -> String {
        let letters = s.chars().filter(|c| !c.is_whitespace());
        letters.flat_map(char::to_lowercase).collect()
    };
    let mut text = bare(text);
    for harmless in except {
        text = text.replace(&bare(harmless), " ");
    }
    words.iter().any(|w| text.contains(&bare(w)))
}
