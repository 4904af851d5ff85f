//! What is said by keys, kept spoken on the disk: made some time after a start, and anew when the wording or the shops change.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use biseo_conversation::keypad::sentences;
use biseo_conversation::{Flows, Language as Spoken};
use biseo_model::shop::ShopProfile;
use biseo_speech::stored::Stored;
use biseo_speech::{Language, TextToSpeech, Utterance, text};
use jiff::tz::TimeZone;
use tokio::sync::watch;

use crate::house::{House, voice};

/// A start has other things to do first.
const AFTER: Duration = Duration::from_secs(10);
/// How often it is looked whether something is missing.
const AGAIN: Duration = Duration::from_secs(600);
/// Between two sentences, so that calls do not wait for this.
const PAUSE: Duration = Duration::from_millis(20);
/// Failures in a row after which no voice works: what is missing waits.
const MOST_FAILURES: u32 = 3;

/// Keeps them until the program ends.
pub(crate) async fn keep(house: Arc<House>, mut stopping: watch::Receiver<()>) {
    let mut wait = AFTER;
    loop {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = stopping.changed() => return,
        }
        wait = AGAIN;
        let (house, stopped) = (house.clone(), stopping.clone());
        let made = tokio::task::spawn_blocking(move || all(&house, &|| stopped.has_changed().is_err()));
        match made.await {
            Ok(0) => {}
            Ok(made) => tracing::info!("{made} sentences are now kept spoken, for calls without a voice"),
            Err(e) => tracing::error!("sentences could not be kept spoken: {e}"),
        }
    }
}

/// Makes what is missing and removes what is not said any more; tells how many were made.
fn all(house: &House, stopped: &dyn Fn() -> bool) -> usize {
    let flows = house.flows.current();
    let wanted: BTreeSet<(String, Language)> = house
        .directory
        .all()
        .iter()
        .flat_map(|shop| of_shop(house, &flows, shop))
        .collect();
    let made = make(&*house.engines.tts, &house.kept, &wanted, (house, stopped));
    if !stopped() {
        house
            .kept
            .forget_others(wanted.iter().map(|(text, language)| (text.as_str(), *language)));
    }
    made
}

fn make(
    engine: &dyn TextToSpeech,
    kept: &Stored,
    wanted: &BTreeSet<(String, Language)>,
    (house, stopped): (&House, &dyn Fn() -> bool),
) -> usize {
    let (mut made, mut failures) = (0, 0);
    for (text, language) in wanted
        .iter()
        .filter(|(text, language)| !kept.has(text, *language))
    {
        if stopped() {
            break;
        }
        let voice = voice(&house.config.speech, *language);
        match kept.keep(engine, &Utterance::new(text.as_str(), voice)) {
            Ok(_) => (made, failures) = (made + 1, 0),
            Err(e) => {
                failures += 1;
                tracing::warn!("a sentence could not be kept spoken: {e}");
            }
        }
        if failures >= MOST_FAILURES {
            break;
        }
        std::thread::sleep(PAUSE);
    }
    made
}

/// What a shop's callers may hear by keys, as a mouth is given it.
fn of_shop(house: &House, flows: &Flows, shop: &ShopProfile) -> Vec<(String, Language)> {
    let zone = TimeZone::get(&shop.zone).unwrap_or(TimeZone::UTC);
    let now = house.clock.shop_time(&zone);
    let spoken = [(Spoken::Ko, Language::Korean), (Spoken::En, Language::English)];
    spoken
        .into_iter()
        .flat_map(|(spoken, language)| {
            let whole = sentences(shop, flows, spoken, now);
            let cut = whole
                .iter()
                .flat_map(|text| text::sentences(text))
                .collect::<Vec<_>>();
            cut.into_iter().map(move |text| (text, language))
        })
        .collect()
}
