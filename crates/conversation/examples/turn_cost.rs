//! What a turn of the dialogue and its trace cost: a table is booked, with a question inside, again and again.
//!
//! `cargo run --release -p biseo-conversation --example turn_cost`
#![allow(clippy::disallowed_methods)] // A measurement reads the clock; the crate itself does not.

use std::sync::Arc;
use std::time::{Duration, Instant};

use biseo_conversation::{Action, ActionResult, Dialogue, Input, Language, Opening, Output};
use biseo_model::phone::PhoneNumber;
use biseo_model::shop::ShopProfile;
use biseo_model::understanding::{Act, Filled, Intent, Topic, Understanding, Value};
use jiff::civil::{date, time};

const ROUNDS: usize = 2_000;

fn main() {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shops/haengbok.toml"));
    let profile = Arc::new(ShopProfile::from_toml(text).expect("the example shop is tested"));
    let mut costs = Vec::new();
    for _ in 0..ROUNDS {
        call(&profile, &mut costs);
    }
    costs.sort_unstable();
    let at = |part: usize| costs[(costs.len() - 1) * part / 1000].as_secs_f64() * 1e6;
    println!(
        "{} turns: median {:.1} µs, p99 {:.1} µs, most {:.1} µs",
        costs.len(),
        at(500),
        at(990),
        at(1000)
    );
}

/// One call; the cost of every turn, with the answers of a store that takes no time.
fn call(profile: &Arc<ShopProfile>, costs: &mut Vec<Duration>) {
    let caller = PhoneNumber::parse("01023456789").ok();
    let mut dialogue = Dialogue::new(
        profile.clone(),
        Opening {
            caller,
            recorded: true,
            ..Opening::default()
        },
    );
    turn(&mut dialogue, Input::Started, costs);
    for understanding in utterances() {
        turn(&mut dialogue, Input::heard("말", understanding), costs);
    }
    assert!(dialogue.is_over() && dialogue.summary().answered == [Topic::Parking]);
}

fn turn(dialogue: &mut Dialogue, input: Input, costs: &mut Vec<Duration>) {
    let now = date(2026, 11, 24).at(10, 12, 0, 0);
    let begun = Instant::now();
    let mut reply = dialogue.handle(now, input);
    while let Some(Output::Do(action)) = reply.last() {
        let result = match action {
            Action::Check { wishes, .. } => ActionResult::Available(vec![true; wishes.len()]),
            _ => ActionResult::Failed,
        };
        reply = dialogue.handle(now, Input::Done(result));
    }
    // A call's record keeps the trace of every turn.
    let trace = dialogue.trace(Language::Ko);
    costs.push(begun.elapsed());
    drop(trace);
}

fn utterances() -> Vec<Understanding> {
    let said = |intents: &[Intent], acts: &[Act], values: &[Value]| Understanding {
        intents: intents.to_vec(),
        acts: acts.to_vec(),
        slots: values
            .iter()
            .map(|v| Filled {
                value: v.clone(),
                start: 0,
                end: 0,
                was: false,
            })
            .collect(),
        ..Understanding::default()
    };
    let at = |hour, minute| Value::Time {
        at: time(hour, minute, 0, 0),
        sure: true,
    };
    vec![
        said(
            &[Intent::Book, Intent::Ask],
            &[],
            &[
                Value::Date(date(2026, 11, 25)),
                at(19, 0),
                Value::PartySize(4),
                Value::Topic(Topic::Parking),
            ],
        ),
        said(&[], &[Act::Correct], &[at(19, 30)]),
        said(&[], &[], &[Value::Name("김민수".into())]),
        said(&[], &[Act::Affirm], &[]),
        said(&[], &[Act::Affirm], &[]),
        said(&[], &[Act::Deny], &[]),
        said(&[], &[Act::Goodbye], &[]),
    ]
}
