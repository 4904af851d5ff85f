//! `biseo bench soak`: hours of conversation in minutes, many calls at once, one after the other; what leaks or hangs is found.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::task::JoinSet;

use super::process::{Answering, Kept, Used};
use super::talks;
use crate::cli::{BenchSoakOptions, Detector, Transport};
use crate::simulate::line as lines;
use crate::simulate::load::caller::{Call, Caller, Outcome};
use crate::wording::Wording;

/// The wait after the last speech, ms.
const STOP: u16 = 200;
/// Between the beginnings of the first calls.
const SPREAD: Duration = Duration::from_secs(5);
/// So often memory is looked at.
const LOOKS: Duration = Duration::from_secs(10);
/// So much more memory is no growth: a part of it, and MiB.
const SLACK: (f64, f64) = (1.05, 2.0);

/// Runs it.
pub(crate) async fn run(options: &BenchSoakOptions) -> ExitCode {
    let wording = Wording::of("bench", options.lang);
    match soak(options, &wording).await {
        Ok(report) => {
            report.print(options.json, &wording);
            ExitCode::from(u8::from(!report.sound()))
        }
        Err(why) => {
            eprintln!("✗ {}", wording.say("failed", "", &why));
            ExitCode::FAILURE
        }
    }
}

/// What came of it.
#[derive(Debug, Serialize)]
struct Report {
    calls: usize,
    failed: usize,
    reasons: BTreeMap<String, usize>,
    replies: usize,
    unanswered: u32,
    hours: f64,
    /// Memory in the second quarter of the time and in the last, mean, MiB.
    memory: (f64, f64),
    kept: Kept,
}

impl Report {
    fn sound(&self) -> bool {
        let ended = self
            .kept
            .ends
            .iter()
            .all(|(end, _)| matches!(end.as_str(), "Caller" | "Biseo"));
        let all = self.kept.ends.values().sum::<usize>() == self.calls;
        let grown = self.memory.1 > self.memory.0 * SLACK.0 + SLACK.1;
        self.failed == 0 && self.unanswered == 0 && ended && all && !grown
    }

    fn print(&self, json: bool, wording: &Wording) {
        if json {
            crate::out::line!("{}", serde_json::to_string(self).unwrap_or_default());
            return;
        }
        let say = |key: &str, a: String, b: String| crate::out::line!("{}", wording.say(key, &a, &b));
        let ends: Vec<String> = self
            .kept
            .ends
            .iter()
            .map(|(end, n)| format!("{end} {n}"))
            .collect();
        say("soak_calls", self.calls.to_string(), self.failed.to_string());
        say(
            "soak_hours",
            format!("{:.1}", self.hours),
            self.replies.to_string(),
        );
        say("answers", self.replies.to_string(), self.unanswered.to_string());
        say("soak_ends", ends.join(", "), self.kept.messages.to_string());
        say(
            "soak_grown",
            format!("{:.1}", self.memory.0),
            format!("{:.1}", self.memory.1),
        );
        self.reasons
            .iter()
            .for_each(|(why, n)| crate::out::line!("✗ {why} ({n})"));
    }
}

async fn soak(options: &BenchSoakOptions, wording: &Wording) -> Result<Report, String> {
    let answering = Answering::start(STOP, Detector::Loud, Transport::Sip)?;
    let ended = Arc::new(AtomicUsize::new(0));
    let target = answering.target().to_string();
    let calls = place_all(options, &target, &ended);
    let mut looks = Vec::new();
    let begun = Instant::now();
    let show = !options.json;
    if show {
        crate::out::line!("{}", wording.say("soak_head", "", ""));
        crate::out::line!("|---|---|---|---|---|");
    }
    tokio::pin!(calls);
    let outcomes = loop {
        tokio::select! {
            outcomes = &mut calls => break outcomes?,
            () = tokio::time::sleep(LOOKS) => {
                let used = answering.used()?;
                if show {
                    tell(begun.elapsed(), ended.load(Ordering::Relaxed), used);
                }
                looks.push(used.now);
            }
        }
    };
    let kept = answering.end()?;
    Ok(report(&outcomes, &looks, kept))
}

fn tell(passed: Duration, ended: usize, used: Used) {
    crate::out::line!(
        "| {} s | {ended} | {:.1} | {} | {} |",
        passed.as_secs(),
        used.now,
        used.threads,
        used.files
    );
}

/// Places calls until enough was said.
async fn place_all(
    options: &BenchSoakOptions,
    target: &str,
    ended: &Arc<AtomicUsize>,
) -> Result<Vec<Outcome>, String> {
    let here = std::net::Ipv4Addr::LOCALHOST.into();
    let (sip, _events) = lines::telephone(here).await?;
    let media = Arc::new(lines::engine()?);
    let rounds = options
        .turns
        .div_ceil(options.calls)
        .div_ceil(talks::UTTERANCES as u32);
    let mut all = JoinSet::new();
    for number in 0..options.calls {
        let (target, sip, media, ended) = (target.to_string(), sip.clone(), media.clone(), ended.clone());
        let wait = SPREAD * number / options.calls;
        all.spawn(async move {
            tokio::time::sleep(wait).await;
            let mut outcomes = Vec::new();
            for round in 0..rounds {
                let caller = Arc::new(Caller {
                    target: target.clone(),
                    number: format!("0102{:07}", number * 1000 + round % 1000),
                    sentences: talks::sounds((number + round) as usize),
                });
                let call = Call::new(caller, sip.clone(), media.clone(), here);
                outcomes.push(call.place(u64::from(number) + 1).await);
                ended.fetch_add(1, Ordering::Relaxed);
            }
            outcomes
        });
    }
    let outcomes = all.join_all().await.into_iter().flatten().collect();
    sip.shutdown().await;
    Ok(outcomes)
}

fn report(outcomes: &[Outcome], looks: &[f64], kept: Kept) -> Report {
    let mut reasons = BTreeMap::new();
    for why in outcomes.iter().filter_map(|o| o.failure.clone()) {
        *reasons.entry(why).or_insert(0) += 1;
    }
    let quarter = |n: usize| {
        let part = &looks[looks.len() * n / 4..looks.len() * (n + 1) / 4];
        part.iter().sum::<f64>() / part.len().max(1) as f64
    };
    Report {
        calls: outcomes.len(),
        failed: reasons.values().sum(),
        reasons,
        replies: outcomes.iter().map(|o| o.responses.len()).sum(),
        unanswered: outcomes.iter().map(|o| o.unanswered).sum(),
        hours: outcomes.iter().map(|o| o.seconds).sum::<f64>() / 3600.0,
        memory: (quarter(1), quarter(3)),
        kept,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_and_calls_without_an_end_are_unsound() {
        let outcome = [Outcome {
            responses: vec![220.0; 8],
            seconds: 30.0,
            ..Outcome::default()
        }];
        let kept = |end: &str| Kept {
            ends: BTreeMap::from([(end.to_string(), 1)]),
            messages: 0,
        };
        let flat = [40.0; 8];
        assert!(report(&outcome, &flat, kept("Biseo")).sound());
        assert!(!report(&outcome, &flat, kept("Open")).sound());
        assert!(!report(&outcome, &flat, Kept::default()).sound());
        let grows = [40.0, 40.0, 40.0, 40.0, 50.0, 50.0, 60.0, 60.0];
        assert!(!report(&outcome, &grows, kept("Biseo")).sound());
    }
}
