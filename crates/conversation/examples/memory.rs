//! What conversations under way cost in memory: so many at once, each in the middle of a booking with a question inside.
//!
//! `cargo run --release -p biseo-conversation --example memory -- 10000`

use std::sync::Arc;

use biseo_conversation::{Action, ActionResult, Dialogue, Input, Opening, Output};
use biseo_model::phone::PhoneNumber;
use biseo_model::shop::ShopProfile;
use biseo_model::understanding::{Filled, Intent, Topic, Understanding, Value};
use jiff::civil::{DateTime, date, time};

const NOW: DateTime = date(2026, 11, 24).at(10, 12, 0, 0);

fn main() {
    let count: usize = std::env::args()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(10_000);
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shops/haengbok.toml"));
    let profile = Arc::new(ShopProfile::from_toml(text).expect("the example shop is tested"));
    drop(under_way(&profile)); // Flows and wording, which all share, are read before.
    let before = resident();
    let all: Vec<Dialogue> = (0..count).map(|_| under_way(&profile)).collect();
    let after = resident();
    let (Some(before), Some(after)) = (before, after) else {
        println!("this system does not tell a program's memory");
        return;
    };
    let bytes = after.saturating_sub(before);
    println!(
        "{} conversations: {:.1} MB more ({before} to {after} bytes), {:.1} KB each",
        all.len(),
        bytes as f64 / 1e6,
        bytes as f64 / 1e3 / count.max(1) as f64
    );
}

/// A conversation at the read-back, with a question answered on the way.
fn under_way(profile: &Arc<ShopProfile>) -> Dialogue {
    let caller = PhoneNumber::parse("01023456789").ok();
    let mut dialogue = Dialogue::new(
        profile.clone(),
        Opening {
            caller,
            recorded: true,
            ..Opening::default()
        },
    );
    feed(&mut dialogue, Input::Started);
    let at = Value::Time {
        at: time(19, 0, 0, 0),
        sure: true,
    };
    let turns = [
        said(
            &[Intent::Book],
            &[Value::Date(date(2026, 11, 25)), at, Value::PartySize(4)],
        ),
        said(&[Intent::Ask], &[Value::Topic(Topic::Parking)]),
        said(&[], &[Value::Name("김민수".into())]),
        said(&[], &[Value::ThisNumber]),
    ];
    for understanding in turns {
        feed(
            &mut dialogue,
            Input::heard("내일 저녁 일곱 시에 네 명이요", understanding),
        );
    }
    assert!(!dialogue.is_over());
    dialogue
}

fn feed(dialogue: &mut Dialogue, input: Input) {
    let mut reply = dialogue.handle(NOW, input);
    while let Some(Output::Do(action)) = reply.last() {
        let result = match action {
            Action::Check { wishes, .. } => ActionResult::Available(vec![true; wishes.len()]),
            _ => ActionResult::Failed,
        };
        reply = dialogue.handle(NOW, Input::Done(result));
    }
}

fn said(intents: &[Intent], values: &[Value]) -> Understanding {
    let filled = |value: &Value| Filled {
        value: value.clone(),
        start: 0,
        end: 0,
        was: false,
    };
    Understanding {
        intents: intents.to_vec(),
        slots: values.iter().map(filled).collect(),
        confidence: 0.9,
        ..Understanding::default()
    }
}

/// The program's resident memory in bytes.
fn resident() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"))?;
    let kilobytes: usize = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kilobytes * 1024)
}
