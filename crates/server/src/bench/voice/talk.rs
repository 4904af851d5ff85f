//! The two conversations of the measurement.

use std::time::{Duration, Instant};

use super::line::{Happening, Line};
use super::report::{Kind, Outcome, Reaction};
use crate::bench::script::{Over, Sound, Utterance};

/// Louder than this (dBFS) is Biseo's voice.
const VOICE: f32 = -50.0;
/// Lower by this (dB) than before is a lowered voice.
const LOWER: f32 = 8.0;
/// Biseo has finished when it has been silent for so long: longer than between two of its sentences.
const QUIET: Duration = Duration::from_millis(900);
/// Without a reply for so long the caller goes on.
const PATIENCE: Duration = Duration::from_secs(8);
/// The caller speaks over Biseo's voice when it has heard so much of it.
const LISTENS: Duration = Duration::from_millis(1000);
/// So long after the end of what was said over it, a voice that only held its breath is heard again, and one that was stopped has not
/// yet begun its reply.
const DECIDED: Duration = Duration::from_millis(200);
/// So long after it began to, it is clear whether the voice was stopped. The hum goes on for longer.
const WATCHES: Duration = Duration::from_millis(2700);

/// Asks everything in the script and takes the time of each reply.
pub(super) async fn answers(
    line: &mut Line,
    turns: &[Utterance],
    outcome: &mut Outcome,
) -> Result<(), String> {
    hear_out(line).await?;
    for (n, turn) in (1..).zip(turns) {
        let which = |why: String| format!("{why} ({n}/{})", turns.len());
        ask(line, turn, outcome).await.map_err(which)?;
        hear_out(line).await.map_err(which)?;
    }
    Ok(())
}

/// Says something and waits for the first sound of a reply.
async fn ask(line: &mut Line, words: &Utterance, outcome: &mut Outcome) -> Result<(), String> {
    line.say(&words.sound)?;
    outcome.asked += 1;
    let (mut began, mut said) = (None, None::<Instant>);
    loop {
        match line.next().await? {
            Happening::Began(at) => began = Some(at),
            Happening::Said(at) => said = Some(at),
            Happening::Frame { level, at } => match said {
                // It did not wait for the end.
                None if level > VOICE && began.is_some_and(|b| at > b) => {
                    outcome.cut_off.push(words.label.clone());
                    return wait_said(line).await;
                }
                Some(said) if level > VOICE && at > said => {
                    outcome.responses.push(ms(at.saturating_duration_since(said)));
                    return Ok(());
                }
                Some(said) if at.saturating_duration_since(said) > PATIENCE => {
                    outcome.unanswered += 1;
                    return Ok(());
                }
                _ => {}
            },
        }
    }
}

/// Waits until what is being said is said.
async fn wait_said(line: &mut Line) -> Result<(), String> {
    while !matches!(line.next().await?, Happening::Said(_)) {}
    Ok(())
}

/// Listens until Biseo has been silent for a while.
async fn hear_out(line: &mut Line) -> Result<(), String> {
    let (mut last, mut since) = (None::<Instant>, None::<Instant>);
    loop {
        let Happening::Frame { level, at } = line.next().await? else {
            continue;
        };
        let since = *since.get_or_insert(at);
        if level > VOICE {
            last = Some(at);
        }
        let quiet = last.map_or(at.saturating_duration_since(since) > PATIENCE, |last| {
            at.saturating_duration_since(last) > QUIET
        });
        if quiet {
            return Ok(());
        }
    }
}

/// Asks and speaks over the answer, with each of these nods, coughs and interruptions; `asked` counts them.
pub(super) async fn interruptions(
    line: &mut Line,
    questions: &[Sound],
    over: &[&Over],
    asked: &mut usize,
    outcome: &mut Outcome,
) -> Result<(), String> {
    hear_out(line).await?;
    for over in over {
        let question = questions
            .get(*asked % questions.len().max(1))
            .ok_or("the script asks nothing")?;
        line.say(question)?;
        wait_said(line).await?;
        if let Some(loud) = listen(line).await? {
            outcome.over.push(speak_over(line, over, loud).await?);
        }
        *asked += 1;
        hear_out(line).await?;
    }
    Ok(())
}

/// Waits until Biseo has spoken for a while; how loud it is. `None` if it does not speak.
async fn listen(line: &mut Line) -> Result<Option<f32>, String> {
    let (mut begun, mut since) = (None::<Instant>, None::<Instant>);
    loop {
        let Happening::Frame { level, at } = line.next().await? else {
            continue;
        };
        let since = *since.get_or_insert(at);
        if level > VOICE {
            let begun = *begun.get_or_insert(at);
            if at.saturating_duration_since(begun) > LISTENS {
                return Ok(Some(level));
            }
        }
        if begun.is_none() && at.saturating_duration_since(since) > PATIENCE {
            return Ok(None);
        }
    }
}

/// Speaks over the voice, which was so loud, and watches what becomes of it.
async fn speak_over(line: &mut Line, over: &Over, loud: f32) -> Result<Reaction, String> {
    line.say(&over.sound)?;
    let (mut began, mut said) = (None::<Instant>, None::<Instant>);
    let mut came = Reaction::to(over.kind, &over.label);
    loop {
        match line.next().await? {
            Happening::Began(at) => began = Some(at),
            Happening::Said(at) => said = Some(at),
            Happening::Frame { level, at } => {
                let Some(began) = began.filter(|b| at >= *b) else {
                    continue;
                };
                let after = at.saturating_duration_since(began);
                let decided = said.is_some_and(|s| at.saturating_duration_since(s) > DECIDED);
                came.take(ms(after), level < loud - LOWER, level < VOICE, decided);
                if after > WATCHES || (came.stopped && over.kind == Kind::Interruption) {
                    return Ok(came);
                }
            }
        }
    }
}

fn ms(span: Duration) -> f64 {
    span.as_secs_f64() * 1000.0
}
