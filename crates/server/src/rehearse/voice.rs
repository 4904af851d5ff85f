//! Rehearsals as real calls: for each scenario a service of its own on loopback, and a simulated caller who phones it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use biseo_model::record::TurnRecord;
use biseo_rehearse::{Failure, Line, Outcome, Scenario, judge};
use jiff::Timestamp;
use tokio::sync::oneshot;

use super::Played;
use crate::clock::Clock;
use crate::config::Config;
use crate::demo;
use crate::house::Engines;
use crate::serve::Service;
use crate::shops::Shop;
use crate::simulate::{self, Before, Call, Seen, follow, seed};
use crate::wording::Lang;

/// How long the end of the call is waited for after the caller has hung up, or has merely gone: without RTP a call ends after
/// ten seconds.
const CLOSING: Duration = Duration::from_secs(20);

/// What all calls of a rehearsal share.
#[derive(Clone)]
pub(super) struct Studio {
    /// Hearing and speaking, loaded once.
    pub(super) engines: Engines,
    /// The folder of the recogniser's model.
    pub(super) model: PathBuf,
    /// The folder of profiles; the built-in examples without one.
    pub(super) shops: Option<PathBuf>,
    /// The caller's espeak-ng variant.
    pub(super) speaker: String,
    /// The language of the report.
    pub(super) lang: Lang,
}

/// What is known after a call.
struct Finished {
    seen: Seen,
    outcome: Outcome,
    spoken: Vec<String>,
    /// Why the caller gave up, if it did.
    gave_up: Option<String>,
}

/// Plays one scenario as a call.
pub(super) async fn play(studio: &Studio, scenario: &Scenario, shop: &Shop) -> Played {
    let base = Played::begun(scenario, shop, studio.lang);
    match call(studio, scenario, shop).await {
        Ok(done) => Played {
            failures: failures(scenario, &done),
            lines: done.seen.turns.iter().flat_map(lines).collect(),
            spoken: done.spoken,
            outcome: done.outcome,
            ..base
        },
        Err(why) => Played {
            failures: vec![Failure::Broken(why)],
            ..base
        },
    }
}

/// Also of a call that the caller gave up it is told what came of it.
fn failures(scenario: &Scenario, done: &Finished) -> Vec<Failure> {
    let gave_up = done.gave_up.clone().map(Failure::Broken);
    gave_up
        .into_iter()
        .chain(judge(scenario, &done.outcome))
        .collect()
}

async fn call(studio: &Studio, scenario: &Scenario, shop: &Shop) -> Result<Finished, String> {
    let start: Timestamp = scenario
        .now
        .parse()
        .map_err(|e: jiff::Error| format!("now: {e}"))?;
    let today = scenario.now()?.date();
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let config = installation(studio, folder.path())?;
    let service = Service::open_with(config, Clock::starting_at(start), studio.engines.clone())
        .await
        .map_err(|closed| closed.why)?;
    let house = service.house.clone();
    let before = seed(&house.store, &shop.profile, &scenario.given, start, today).await?;
    let target = demo::target(&service, &scenario.shop)?;
    let seen = tokio::spawn(follow(house.live.listen(), |_| {}));
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(service.serve(async {
        // Also when nobody is left to say so.
        let _ = stopped.await;
    }));
    let placed = Call {
        target: &target,
        recording: None,
        voice: &studio.speaker,
        credentials: None,
    };
    let heard = simulate::place(&studio.engines, scenario, &placed).await;
    let seen = tokio::time::timeout(CLOSING, seen).await;
    let Some(seen) = seen.ok().and_then(Result::ok).flatten() else {
        return Err(heard.err().unwrap_or("the call's end was not told".into()));
    };
    let outcome = outcome(&house.store, &seen, &before, today).await?;
    let _ = stop.send(());
    serving.await.map_err(|e| e.to_string())?;
    let lines = heard.as_ref().map_or(&[][..], |h| &h.lines);
    let spoken = lines.iter().filter(|l| l.who == "caller");
    Ok(Finished {
        seen,
        outcome,
        spoken: spoken.map(|l| l.text.clone()).collect(),
        gave_up: heard.err(),
    })
}

/// An installation for one call.
fn installation(studio: &Studio, folder: &Path) -> Result<Config, String> {
    let mut config = demo::installation(folder, &studio.model)?;
    config.media.threads = 1;
    if let Some(shops) = &studio.shops {
        config.shops.clone_from(shops);
    }
    Ok(config)
}

async fn outcome(
    store: &biseo_store::Store,
    seen: &Seen,
    before: &Before,
    today: jiff::civil::Date,
) -> Result<Outcome, String> {
    let read = simulate::stored(store, seen, before, today).await;
    read.map_err(|e| e.to_string())
}

/// A turn as a rehearsal in text tells it. The greeting and what is said into a silence have no words of the caller.
fn lines(turn: &TurnRecord) -> Vec<Line> {
    let mut lines = Vec::new();
    if !turn.heard.is_empty() {
        let understood = serde_json::from_value(turn.understood.clone()).unwrap_or_default();
        lines.push(Line::Caller(Some((turn.heard.clone(), understood))));
    } else if turn.number > 0 {
        lines.push(Line::Caller(None));
    }
    if !turn.said.is_empty() {
        lines.push(Line::Biseo(turn.said.clone()));
    }
    lines
}
