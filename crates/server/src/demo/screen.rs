//! What the demonstration shows: the conversation as it happens, and then what came of it.

use std::path::Path;

use biseo_conversation::{Standing, Summary};
use biseo_model::record::{Latency, TurnRecord};

use crate::live::LiveEvent;
use crate::simulate::{Outcome, Seen};
use crate::wording::Wording;

/// Shows what happens in a call.
pub(super) fn show_event(event: &LiveEvent, wording: &Wording) {
    match event {
        LiveEvent::Began(call) => crate::out::line!("☎ {}\n", wording.say("began", call.shop.as_str(), "")),
        LiveEvent::Turn(turn) => show(turn, wording),
        LiveEvent::Amended(turn) => latency(&turn.latency, wording),
        LiveEvent::Partial { .. } | LiveEvent::Connecting { .. } | LiveEvent::Ended { .. } => {}
    }
}

fn show(turn: &TurnRecord, wording: &Wording) {
    if !turn.heard.is_empty() {
        crate::out::line!("  {:>4} │ {}", wording.say("caller", "", ""), turn.heard);
    }
    if !turn.said.is_empty() {
        crate::out::line!("  {:>4} │ {}", wording.say("assistant", "", ""), turn.said);
    }
}

/// The parts of a response time, when there was speech to respond to.
fn latency(latency: &Latency, wording: &Wording) {
    let Some(total) = latency.total_ms else { return };
    let parts = [
        ("part_end", latency.end_of_turn_ms),
        ("part_stt", latency.stt_ms),
        ("part_nlu", latency.nlu_ms),
        ("part_decision", latency.decision_ms),
        ("part_tts", latency.tts_first_audio_ms),
        ("part_pacing", latency.pacing_ms),
    ];
    let known = parts
        .iter()
        .filter_map(|(key, ms)| ms.map(|ms| wording.say(key, &format!("{ms:.1}"), "")));
    let parts = known.collect::<Vec<_>>().join(", ");
    crate::out::line!(
        "       │   ⏱ {}",
        wording.say("latency", &format!("{total:.0}"), &parts)
    );
}

/// What came of the call.
pub(super) fn report(seen: &Seen, outcome: &Outcome, failures: &[String], data: &Path, wording: &Wording) {
    heading("said_by_caller", wording);
    for line in outcome.lines.iter().filter(|l| l.who == "caller") {
        crate::out::line!("  · {}", line.text);
    }
    heading("stored", wording);
    let bookings: Vec<String> = seen.summary.booked.iter().map(booking).collect();
    list(&bookings, wording);
    heading("summary", wording);
    list(&summary(&seen.summary), wording);
    if let Some(recording) = &seen.call.recording {
        crate::out::line!(
            "\n♪ {}",
            wording.say("recording", &data.join(recording).display().to_string(), "")
        );
    }
    for failure in failures {
        crate::out::line!("✗ {}", wording.say("unmet", failure, ""));
    }
}

fn heading(key: &str, wording: &Wording) {
    crate::out::line!("\n■ {}", wording.say(key, "", ""));
}

fn list(lines: &[String], wording: &Wording) {
    if lines.is_empty() {
        crate::out::line!("  · {}", wording.say("nothing", "", ""));
    }
    lines.iter().for_each(|line| crate::out::line!("  · {line}"));
}

fn booking(b: &Standing) -> String {
    let phone = b.phone.grouped();
    format!(
        "{} {} · {} · {} · {phone} · {}",
        b.date,
        b.time.strftime("%H:%M"),
        b.party_size,
        b.name,
        b.resource
    )
}

/// The owner's summary: what to know of the call at a glance.
fn summary(summary: &Summary) -> Vec<String> {
    let booked = summary.booked.iter().map(|b| format!("+ {}", booking(b)));
    let changed = summary
        .changed
        .iter()
        .map(|(was, is)| format!("{} → {}", booking(was), booking(is)));
    let cancelled = summary.cancelled.iter().map(|b| format!("− {}", booking(b)));
    let messages = summary.messages.iter().map(|m| format!("✉ {m}"));
    let answered = summary.answered.iter().map(|t| format!("✓ {}", t.key()));
    let unanswered = summary.unanswered.iter().map(|q| format!("? {q}"));
    let happened = booked.chain(changed).chain(cancelled);
    happened
        .chain(messages)
        .chain(answered)
        .chain(unanswered)
        .collect()
}
