//! What a mouth does with its orders.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::{Duration, Instant};

use biseo_media_io::{SpeakError, Speaker};
use biseo_speech::{SpeechStream, TextToSpeech, Utterance};
use tokio::sync::mpsc::UnboundedSender;

use super::{MouthEvent, MouthOrder, Sentence, Speech};

/// How long the mouth waits for sound before it looks at its orders.
const LOOK: Duration = Duration::from_millis(20);
/// The same while it makes something ready: what is really to be said does not wait.
const GLANCE: Duration = Duration::from_millis(2);
/// Samples handed over at once at most: ten seconds.
const PIECE: usize = 80_000;

type Order = (Instant, MouthOrder);

/// The utterance that is being made.
#[derive(Default)]
struct Making {
    mark: u64,
    /// What the pacer has no room for yet: it speaks slower than a voice makes sound.
    waiting: Vec<i16>,
    /// Samples made so far.
    made: usize,
    /// Whether sound still goes to the pacer.
    flowing: bool,
}

/// A sentence that is ready, or is being made so.
struct Prepared {
    sentence: Sentence,
    samples: Vec<i16>,
    /// The rest.
    stream: Option<SpeechStream>,
}

pub(super) struct Worker {
    tts: Arc<dyn TextToSpeech>,
    speaker: Speaker,
    told: UnboundedSender<MouthEvent>,
    inbox: Receiver<Order>,
    making: Making,
    prepared: Option<Prepared>,
}

/// Whether to go on making an utterance.
enum Next {
    On,
    /// Another order takes its place.
    Leave(Option<Order>),
}

impl Worker {
    pub(super) fn new(
        tts: Arc<dyn TextToSpeech>,
        speaker: Speaker,
        told: UnboundedSender<MouthEvent>,
        inbox: Receiver<Order>,
    ) -> Self {
        Self {
            tts,
            speaker,
            told,
            inbox,
            making: Making::default(),
            prepared: None,
        }
    }

    /// Does what it was told, until there is nothing more.
    pub(super) fn run(&mut self) {
        let mut next = None;
        while let Some((asked, order)) = next.take().or_else(|| self.inbox.try_recv().ok()) {
            match order {
                MouthOrder::Say(speech) => next = self.say(asked, &speech),
                MouthOrder::Prepare(sentence) => next = self.prepare(sentence),
                MouthOrder::Discard => self.prepared = None,
                MouthOrder::Stop => self.making = Making::default(),
            }
        }
    }

    /// Makes a sentence ready; gives back an order that came between. What is made by then is kept, and the rest still comes.
    fn prepare(&mut self, sentence: Sentence) -> Option<Order> {
        let (text, voice) = sentence.clone();
        let stream = match self.tts.speak(&Utterance::new(text, voice)) {
            Ok(stream) => stream,
            // If it is to be said, that will be tried, and told, again.
            Err(_) => return None,
        };
        let prepared = self.prepared.insert(Prepared {
            sentence,
            samples: Vec::new(),
            stream: Some(stream),
        });
        while let Some(stream) = &mut prepared.stream {
            match stream.next_within(GLANCE) {
                Ok(Some(Ok(samples))) => prepared.samples.extend_from_slice(&samples),
                Ok(None) => prepared.stream = None,
                Ok(Some(Err(_))) => {
                    self.prepared = None;
                    return None;
                }
                Err(()) => {}
            }
            match self.inbox.try_recv() {
                Ok(order) => return Some(order),
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Disconnected) => return None,
            }
        }
        None
    }

    /// Says all sentences; gives back an order that came between and takes their place.
    fn say(&mut self, asked: Instant, speech: &Speech) -> Option<Order> {
        self.making = Making {
            mark: speech.mark,
            flowing: true,
            ..Making::default()
        };
        let mut prepared = self.prepared.take();
        for sentence in &speech.sentences {
            let said = match prepared.take().filter(|p| p.sentence == *sentence) {
                Some(ready) => self.say_prepared(asked, ready),
                None => self.say_sentence(asked, sentence),
            };
            match said {
                Next::On => self.told(MouthEvent::Sentence {
                    mark: self.making.mark,
                    samples: self.making.made,
                }),
                Next::Leave(order) => return order,
            }
        }
        self.finish()
    }

    fn say_prepared(&mut self, asked: Instant, ready: Prepared) -> Next {
        if !ready.samples.is_empty() {
            self.give(asked, &ready.samples);
        }
        ready.stream.map_or(Next::On, |rest| self.stream(asked, rest))
    }

    fn say_sentence(&mut self, asked: Instant, (text, voice): &Sentence) -> Next {
        match self.tts.speak(&Utterance::new(text.as_str(), voice.clone())) {
            Ok(stream) => self.stream(asked, stream),
            Err(e) => {
                self.fail(e.to_string());
                Next::On
            }
        }
    }

    fn stream(&mut self, asked: Instant, mut stream: SpeechStream) -> Next {
        loop {
            match stream.next_within(LOOK) {
                Ok(Some(Ok(samples))) => self.give(asked, &samples),
                Ok(Some(Err(e))) => self.fail(e.to_string()),
                Ok(None) => return Next::On,
                Err(()) => self.flow(),
            }
            match self.inbox.try_recv() {
                // Nothing is ready while something is said.
                Ok((_, MouthOrder::Discard | MouthOrder::Prepare(_))) | Err(TryRecvError::Empty) => {}
                Ok(other) => return Next::Leave(Some(other)),
                Err(TryRecvError::Disconnected) => return Next::Leave(None),
            }
        }
    }

    fn give(&mut self, asked: Instant, samples: &[i16]) {
        let first = self.making.made == 0;
        self.making.made += samples.len();
        self.making.waiting.extend_from_slice(samples);
        self.flow();
        if first {
            let (mark, at) = (self.making.mark, Instant::now());
            self.told(MouthEvent::FirstSound { mark, asked, at });
        }
    }

    /// Hands over what is made, as far as there is room.
    fn flow(&mut self) {
        let making = &mut self.making;
        let mut given = 0;
        while making.flowing && given < making.waiting.len() {
            let end = making.waiting.len().min(given + PIECE);
            match self.speaker.push(making.mark, &making.waiting[given..end]) {
                Ok(()) => given = end,
                Err(SpeakError::Full) => break,
                Err(SpeakError::Over | SpeakError::Closed) => making.flowing = false,
            }
        }
        match making.flowing {
            true => drop(making.waiting.drain(..given)),
            false => making.waiting.clear(),
        }
    }

    /// Hands over the rest and the end; gives back an order that comes between and takes its place.
    fn finish(&mut self) -> Option<Order> {
        while !self.ended() {
            match self.inbox.recv_timeout(LOOK) {
                Ok((_, MouthOrder::Discard | MouthOrder::Prepare(_))) | Err(RecvTimeoutError::Timeout) => {}
                Ok(other) => return Some(other),
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
        let made = std::mem::take(&mut self.making);
        self.told(MouthEvent::Whole {
            mark: made.mark,
            samples: made.made,
        });
        None
    }

    /// Whether the pacer has all of it and knows its end; an utterance that was cut off is over already.
    fn ended(&mut self) -> bool {
        self.flow();
        self.making.waiting.is_empty() && self.speaker.end(self.making.mark) != Err(SpeakError::Full)
    }

    fn fail(&self, why: String) {
        self.told(MouthEvent::Failed(why));
    }

    fn told(&self, event: MouthEvent) {
        let _ = self.told.send(event);
    }
}

#[cfg(test)]
mod tests;
