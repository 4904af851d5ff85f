//! `biseo bench turns`: how well the end of a turn is found, without a call.
//!
//! The ear is the one of calls; its sound goes through A-law as on a line and its time is the sound's own, so that a measurement
//! of hours takes minutes and does not depend on the machine.

mod report;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use biseo_conversation::turn_taking::TurnConfig;
use biseo_media::Frame;
use biseo_media::codec::{AudioCodec, Decoder, Encoder, MAX_FRAME_OCTETS, PcmBuf};
use biseo_nlu::Nlu;
use biseo_speech::SttOptions;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::script::{Script, Utterance};
use crate::call::{Reader, grasps};
use crate::cli::BenchTurnsOptions;
use crate::house::Engines;
use crate::init;
use crate::voice::{DryEar, EarEvent, EarOrder, EarParts};
use crate::wording::Wording;
use report::{Heard, Row};

/// The shop that is called.
const SHOP: &str = "haengbok";
/// When: a Tuesday morning.
const NOW: jiff::civil::DateTime = jiff::civil::date(2026, 11, 24).at(10, 12, 0, 0);
/// Silence before an utterance and, at most, after it; frames of 20 ms.
const BEFORE: usize = 40;
const AFTER: usize = 200;
/// Longer than anything takes here.
const NEVER: Duration = Duration::from_secs(3600);

/// Runs the measurement.
pub(super) fn run(options: &BenchTurnsOptions) -> ExitCode {
    let wording = Wording::of("bench", options.lang);
    match measure(options, &wording) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("✗ {}", wording.say("failed", "", &why));
            ExitCode::FAILURE
        }
    }
}

fn measure(options: &BenchTurnsOptions, wording: &Wording) -> Result<(), String> {
    let script = Script::read(options.script.as_deref())?;
    let room = Room::open(options)?;
    let mut spoken = Vec::new();
    for voice in &options.voices {
        spoken.extend(script.utterances(voice)?);
    }
    Row::head(options.json, wording);
    for percent in &options.patience {
        let turns = TurnConfig::default().within(TurnConfig::SHORTEST, TurnConfig::LONGEST, *percent);
        let heard: Result<Vec<Heard>, String> = spoken.iter().map(|u| room.hear(u, turns)).collect();
        let heard = heard?;
        Row::of(*percent, &heard).print(options.json);
        if options.show {
            report::show(&heard, wording);
        }
    }
    Ok(())
}

/// What all ears share.
struct Room {
    engines: Engines,
    nlu: Arc<Nlu>,
}

impl Room {
    fn open(options: &BenchTurnsOptions) -> Result<Self, String> {
        let engines = Engines::load(&options.model, "espeak-ng".as_ref())?;
        let shops = init::shops().map_err(|e| e.to_string())?;
        let shop = shops.into_iter().find(|s| s.id.as_str() == SHOP);
        let shop = shop.ok_or("the example shop is missing")?;
        Ok(Self {
            engines,
            nlu: Arc::new(Nlu::new(&shop)),
        })
    }

    /// Has an ear of its own hear an utterance to the end of the first turn that it makes of it.
    fn hear(&self, utterance: &Utterance, turns: TurnConfig) -> Result<Heard, String> {
        let (mut ear, mut events) = self.ear(turns)?;
        ear.tell(EarOrder::Listen {
            awaiting: utterance.asked,
            silence_after: NEVER,
            boost: Vec::new(),
        });
        let mut turn = None;
        for frame in line(&utterance.sound)? {
            ear.hear(frame);
            if let Some(over) = next_turn(&mut events)? {
                turn = Some((ear.ms(over.decided), over.text));
                break;
            }
        }
        let ended = BEFORE as f64 * 20.0 + utterance.sound.len() as f64 / 8.0;
        Ok(Heard::of(utterance, turn, ended))
    }

    fn ear(&self, turns: TurnConfig) -> Result<(DryEar, UnboundedReceiver<EarEvent>), String> {
        let (told, events) = unbounded_channel();
        let parts = EarParts {
            front: true,
            speaker: None,
            vad: self.engines.vad(),
            stt: self.engines.stt.clone(),
            options: SttOptions::default(),
            turns,
            model: None,
            grasps: grasps(Arc::new(Reader::new(self.nlu.clone())), || NOW),
            told,
        };
        Ok((DryEar::open(parts)?, events))
    }
}

/// A turn that is over, if one is.
fn next_turn(events: &mut UnboundedReceiver<EarEvent>) -> Result<Option<crate::voice::HeardTurn>, String> {
    while let Ok(event) = events.try_recv() {
        match event {
            EarEvent::Turn(turn) => return Ok(Some(turn)),
            EarEvent::Failed(why) => return Err(why),
            _ => {}
        }
    }
    Ok(None)
}

/// An utterance as it comes by a line of G.711 A-law, with silence around it.
fn line(sound: &[i16]) -> Result<Vec<Frame>, String> {
    let mut way = (
        Encoder::new(AudioCodec::Pcma),
        Decoder::new(AudioCodec::Pcma),
        PcmBuf::new(),
    );
    let words = sound.chunks(biseo_media::SILENCE.len()).map(|chunk| {
        let mut frame = biseo_media::SILENCE;
        frame[..chunk.len()].copy_from_slice(chunk);
        frame
    });
    let silence = |frames| std::iter::repeat_n(biseo_media::SILENCE, frames);
    let all = silence(BEFORE).chain(words).chain(silence(AFTER));
    all.map(|frame| sent(&frame, &mut way)).collect()
}

/// A frame after its way through a codec.
fn sent(frame: &Frame, (encoder, decoder, heard): &mut (Encoder, Decoder, PcmBuf)) -> Result<Frame, String> {
    let mut payload = [0; MAX_FRAME_OCTETS];
    let length = encoder.encode(frame, &mut payload).map_err(|e| e.to_string())?;
    decoder
        .decode(&payload[..length], heard)
        .map_err(|e| e.to_string())?;
    let samples = heard.samples();
    samples
        .try_into()
        .map_err(|_| format!("{} samples of a frame", samples.len()))
}
