//! A rehearsal in text: the shop as it stands, by its own flows, over books in memory.

use std::sync::Arc;

use biseo_api::views::{FailureCode, PlayedCall, PlayedFailure, PlayedLine, RunState, Speaker};
use biseo_model::shop::ShopProfile;
use biseo_rehearse::{Failure, Line, RecordKind, Scenario, rehearse_by};
use tokio::sync::OwnedSemaphorePermit;

use super::Rehearsals;

/// Plays all callers on a thread of its own, one after the other; `place` is given back at the end.
pub(super) fn play(
    rehearsals: Arc<Rehearsals>,
    shop: Arc<ShopProfile>,
    id: String,
    callers: Vec<Scenario>,
    place: OwnedSemaphorePermit,
) {
    tokio::spawn(async move {
        let (all, profile, run) = (rehearsals.clone(), shop.clone(), id.clone());
        let played = tokio::task::spawn_blocking(move || {
            for caller in &callers {
                let call = one(&all, &profile, caller);
                all.played(&profile.id, &run, call);
            }
        });
        let state = match played.await {
            Ok(()) => RunState::Done,
            Err(e) => {
                tracing::error!("a rehearsal has failed within the program: {e}");
                RunState::Broken
            }
        };
        rehearsals.ended(&shop.id, &id, state);
        drop(place);
    });
}

fn one(rehearsals: &Rehearsals, shop: &Arc<ShopProfile>, caller: &Scenario) -> PlayedCall {
    let house = &rehearsals.house;
    let begun = PlayedCall {
        caller: caller.kind.clone(),
        about: caller.tags.first().cloned(),
        passed: false,
        failures: Vec::new(),
        lines: Vec::new(),
    };
    let Some(nlu) = house.nlu(&shop.id) else {
        return broken(begun);
    };
    let understand = |text: &str, context: &_| nlu.understand(text, context);
    match rehearse_by(house.flows.current(), caller, shop.clone(), understand) {
        Ok(played) => PlayedCall {
            passed: played.failures.is_empty(),
            failures: played.failures.iter().map(failure).collect(),
            lines: played.transcript.into_iter().filter_map(line).collect(),
            ..begun
        },
        Err(why) => {
            tracing::warn!("shop {}: a rehearsal's call could not be played: {why}", shop.id);
            broken(begun)
        }
    }
}

fn broken(call: PlayedCall) -> PlayedCall {
    let failures = vec![PlayedFailure {
        code: FailureCode::Broken,
        about: None,
    }];
    PlayedCall { failures, ..call }
}

fn line(line: Line) -> Option<PlayedLine> {
    let (who, text) = match line {
        Line::Caller(said) => (Speaker::Caller, said.map(|(text, _)| text).unwrap_or_default()),
        Line::Biseo(text) => (Speaker::Biseo, text),
        Line::Did { .. } => return None,
    };
    Some(PlayedLine { who, text })
}

fn failure(failure: &Failure) -> PlayedFailure {
    use FailureCode as C;
    let (code, about) = match failure {
        Failure::Missing(RecordKind::Booking, _) => (C::MissingBooking, None),
        Failure::Missing(RecordKind::Order, _) => (C::MissingOrder, None),
        Failure::Unexpected(RecordKind::Booking, _) => (C::UnexpectedBooking, None),
        Failure::Unexpected(RecordKind::Order, _) => (C::UnexpectedOrder, None),
        Failure::Unanswered(topic) => (C::Unanswered, Some(topic.clone())),
        Failure::Messages { .. } => (C::Messages, None),
        Failure::Transfer { .. } => (C::Transfer, None),
        Failure::Unsaid(any) => (C::Unsaid, any.first().cloned()),
        Failure::Said(text) => (C::Said, Some(text.clone())),
        Failure::Turns(_) => (C::TooLong, None),
        Failure::Broken(_) => (C::Broken, None),
    };
    PlayedFailure { code, about }
}
