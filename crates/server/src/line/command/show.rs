//! How the line is, as the running program last wrote it.

use std::process::ExitCode;
use std::time::Duration;

use biseo_line::Tempo;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use super::super::beacon::BeaconSeen;
use super::super::metrics::word;
use super::super::seen::{Beside, Resolver};
use super::super::status::{Shown, Status, Target};
use super::NOTHING;
use super::exercise::now_on;
use super::place::Place;
use crate::cli::LineShowOptions;
use crate::out::line;

/// How often is looked whether something is new.
const LOOKED: Duration = Duration::from_millis(500);

/// `biseo line status`.
pub(super) fn status(options: &LineShowOptions) -> ExitCode {
    let place = match Place::of(&options.config, options.lang) {
        Ok(place) => place,
        Err(code) => return code,
    };
    let Some(status) = place.status() else {
        return place.nobody();
    };
    match options.json {
        true => line!("{}", serde_json::to_string(&status).unwrap_or_default()),
        false => print(&place, &status),
    }
    match status.standing.is_empty() {
        true => ExitCode::SUCCESS,
        false => NOTHING,
    }
}

fn print(place: &Place, status: &Status) {
    let say = |key: &str, name: &str, why: &str| place.wording.say(key, name, why);
    if status.standing.is_empty() {
        line!("✓ {}", say("well", "", ""));
    }
    for shown in &status.standing {
        line!("✗ {}", standing(place, shown));
    }
    if let Some(course) = &status.exercise {
        line!("! {}", now_on(place, course));
    }
    if !status.pings {
        line!("! {}", say("no_pings", "", ""));
    }
    let tempo = match status.tempo {
        Tempo::Calm => "calm",
        Tempo::Quick => "quick",
    };
    line!("{}", say(tempo, "", ""));
    for target in &status.targets {
        line!("  {}", asked(place, target));
    }
    beside(place, &status.beside);
    for seen in &status.beacons {
        line!("  {}", beacon(place, seen));
    }
    if let Some(last) = status.ended.first() {
        line!("{}", say("last", &ended(place, last), ""));
    }
}

fn asked(place: &Place, target: &Target) -> String {
    let (at, by) = (word(&target.place), word(&target.by));
    let name = format!(
        "{} {}",
        place.wording.say(&format!("place_{at}"), &target.name, ""),
        by
    );
    let lost = target.tried.saturating_sub(target.answered);
    let why = format!(
        "{}, {}",
        took(target.rtt_us),
        share(place, "lost", lost, target.tried)
    );
    place.wording.say("target", &name, &why)
}

/// Resolvers, interfaces, this machine.
fn beside(place: &Place, seen: &Beside) {
    let say = |key: &str, name: &str, why: &str| place.wording.say(key, name, why);
    for resolver in &seen.resolvers {
        line!("  {}", resolves(place, resolver));
    }
    for link in &seen.interfaces {
        let state = say(if link.up { "link_up" } else { "link_down" }, "", "");
        let rates = say(
            "link_rates",
            &format!("{:.0}", link.rx_pps),
            &format!("{:.0}", link.tx_pps),
        );
        let faults = say("link_faults", &link.errors.to_string(), &link.drops.to_string());
        let unasked = link.unasked_pps.filter(|pps| *pps >= 1.0);
        let unasked = unasked.map(|pps| format!(", {}", say("link_unasked", &format!("{pps:.0}"), "")));
        let why = format!("{state}, {rates}, {faults}{}", unasked.unwrap_or_default());
        line!("  {}", say("link", &link.uplink, &why));
    }
    if let Some(host) = &seen.host {
        let delay = format!("{:.0} %", host.run_delay * 100.0);
        line!("  {}", say("host", &delay, &took(Some(host.late_us))));
    }
}

fn resolves(place: &Place, resolver: &Resolver) -> String {
    let name = place.wording.say("place_names", &resolver.name, "");
    let lost = resolver.asked.saturating_sub(resolver.answered + resolver.failed);
    let mut why = format!(
        "{}, {}",
        took(resolver.rtt_us),
        share(place, "lost", lost, resolver.asked)
    );
    if resolver.failed > 0 {
        why = format!(
            "{why}, {}",
            share(place, "names_failed", resolver.failed, resolver.asked)
        );
    }
    place.wording.say("target", &name, &why)
}

/// A round trip, µs.
fn took(rtt_us: Option<u32>) -> String {
    rtt_us.map_or("–".into(), |us| format!("{:.1} ms", f64::from(us) / 1e3))
}

fn share(place: &Place, key: &str, part: u64, of: u64) -> String {
    let share = part as f64 * 100.0 / of.max(1) as f64;
    place.wording.say(key, &format!("{share:.1} %"), &of.to_string())
}

/// What a Biseo elsewhere knows of an uplink.
fn beacon(place: &Place, seen: &BeaconSeen) -> String {
    let say = |key: &str, name: &str, why: &str| place.wording.say(key, name, why);
    let lost = |sent: u64, got: u64| {
        let share = sent.saturating_sub(got) as f64 * 100.0 / sent.max(1) as f64;
        format!("{share:.1} %")
    };
    let mut text = match seen.heard {
        None => say("beacon_never", "", ""),
        Some(at) => {
            let (there, back) = (
                lost(seen.forward_sent, seen.forward_got),
                lost(seen.return_sent, seen.return_got),
            );
            say("beacon_ways", &there, &back) + &say("beacon_heard", &clock(at), "")
        }
    };
    if seen.unbound {
        text += &say("beacon_unbound", "", "");
    }
    say("target", &say("place_beacon", &seen.uplink, ""), &text)
}

fn clock(at: Timestamp) -> String {
    let local = TimeZone::system().to_datetime(at);
    local.strftime("%m-%d %H:%M:%S").to_string()
}

fn standing(place: &Place, shown: &Shown) -> String {
    let sentence = place.words.sentence(&shown.verdict);
    place.wording.say("since", &sentence, &clock(shown.began))
}

fn ended(place: &Place, shown: &Shown) -> String {
    let sentence = place.words.sentence(&shown.verdict);
    let until = shown.ended.map(clock).unwrap_or_default();
    format!("{sentence} ({} – {until})", clock(shown.began))
}

/// `biseo line watch`.
pub(super) async fn watch(options: &LineShowOptions) -> ExitCode {
    let place = match Place::of(&options.config, options.lang) {
        Ok(place) => place,
        Err(code) => return code,
    };
    let Some(mut before) = place.status() else {
        return place.nobody();
    };
    match options.json {
        true => line!("{}", json!({"change": "status", "status": before})),
        false => print(&place, &before),
    }
    loop {
        tokio::time::sleep(LOOKED).await;
        let Some(now) = place.status() else {
            return place.nobody();
        };
        differences(&place, &before, &now, options.json);
        before = now;
    }
}

fn differences(place: &Place, before: &Status, now: &Status, json: bool) {
    let known = |all: &[Shown], one: &Shown| {
        all.iter()
            .any(|s| s.said == one.said && s.verdict.subject == one.verdict.subject)
    };
    for shown in now.standing.iter().filter(|s| !known(&before.standing, s)) {
        match json {
            true => line!("{}", json!({"change": "began", "verdict": shown})),
            false => line!("✗ {}", standing(place, shown)),
        }
    }
    for shown in now.ended.iter().filter(|s| !known(&before.ended, s)) {
        match json {
            true => line!("{}", json!({"change": "ended", "verdict": shown})),
            false => line!("✓ {}", place.wording.say("over", &ended(place, shown), "")),
        }
    }
}

/// `biseo line explain`.
pub(super) fn explain(options: &LineShowOptions) -> ExitCode {
    let place = match Place::of(&options.config, options.lang) {
        Ok(place) => place,
        Err(code) => return code,
    };
    let Some(status) = place.status() else {
        return place.nobody();
    };
    let now = !status.standing.is_empty();
    let of = if now {
        status.standing.clone()
    } else {
        status.ended.iter().take(1).cloned().collect()
    };
    if options.json {
        line!("{}", serde_json::to_string(&of).unwrap_or_default());
    } else if of.is_empty() {
        line!("✓ {}", place.wording.say("never", "", ""));
    }
    if !options.json {
        of.iter().for_each(|shown| reasons(&place, shown));
    }
    match of.is_empty() {
        true => NOTHING,
        false => ExitCode::SUCCESS,
    }
}

fn reasons(place: &Place, shown: &Shown) {
    match shown.ended {
        None => line!("✗ {}", standing(place, shown)),
        Some(_) => line!("✓ {}", place.wording.say("over", &ended(place, shown), "")),
    }
    for finding in place.words.findings(&shown.verdict) {
        line!("  · {finding}");
    }
    let sure = format!("{:.0} %", shown.verdict.confidence * 100.0);
    line!("  {}", place.wording.say("sure", &sure, &clock(shown.said)));
}
