//! A rehearsal in text: the shop as it stands, by its own flows, over books in memory.

use std::sync::Arc;

use biseo_api::Said;
use biseo_api::views::{FailureCode, PlayedCall, PlayedFailure, PlayedLine, RunState, Speaker};
use biseo_model::shop::ShopProfile;
use biseo_nlu::Nlu;
use biseo_rehearse::{Failure, Line, RecordKind, Scenario, rehearse_by};
use biseo_store::Correction;
use jiff::tz::TimeZone;
use tokio::sync::OwnedSemaphorePermit;

use super::Rehearsals;
use crate::desk::tryout::understood;

/// What a rehearsal plays.
pub(super) struct Cases {
    /// Callers who fit the shop.
    pub(super) callers: Vec<Scenario>,
    /// Words of callers of the past, with what they meant.
    pub(super) corrections: Vec<Correction>,
}

/// Plays all callers, and then what was corrected, on a thread of its own, one after the other; `place` is given back at the end.
pub(super) fn play(
    rehearsals: Arc<Rehearsals>,
    shop: Arc<ShopProfile>,
    id: String,
    cases: Cases,
    place: OwnedSemaphorePermit,
) {
    tokio::spawn(async move {
        let (all, profile, run) = (rehearsals.clone(), shop.clone(), id.clone());
        let played = tokio::task::spawn_blocking(move || {
            for caller in &cases.callers {
                let call = one(&all, &profile, caller);
                all.played(&profile.id, &run, call);
            }
            for correction in &cases.corrections {
                let nlu = all.house.nlu(&profile.id);
                let call = corrected(nlu.as_deref(), &profile, correction);
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

/// The words of a caller of the past, said again where they were said: after the same question, at the same time. Nobody is asked
/// back, so that one turn is all of it.
fn corrected(nlu: Option<&Nlu>, shop: &ShopProfile, correction: &Correction) -> PlayedCall {
    let begun = PlayedCall {
        caller: PlayedCall::CORRECTED.into(),
        about: Some(correction.heard.clone()),
        passed: false,
        failures: Vec::new(),
        lines: vec![PlayedLine {
            who: Speaker::Caller,
            text: correction.heard.clone(),
        }],
    };
    let (Some(nlu), Ok(zone)) = (nlu, TimeZone::get(&shop.zone)) else {
        return broken(begun);
    };
    let said = Said {
        text: &correction.heard,
        now: zone.to_datetime(correction.said_at),
        awaiting: correction.awaiting.as_deref(),
    };
    let passed = understood(nlu, &said).covers(correction);
    let missed = PlayedFailure {
        code: FailureCode::Misunderstood,
        about: Some(correction.meant.clone()),
    };
    PlayedCall {
        passed,
        failures: (!passed).then_some(missed).into_iter().collect(),
        ..begun
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

#[cfg(test)]
mod tests {
    use biseo_model::ids::CallId;

    use super::*;

    fn shop() -> ShopProfile {
        ShopProfile::from_toml(include_str!("../../../../../shops/haengbok.toml")).unwrap()
    }

    fn correction(heard: &str, awaiting: Option<&str>, (meant, topic): (&str, Option<&str>)) -> Correction {
        let at = "2026-11-24T01:12:00Z".parse().unwrap();
        Correction {
            call: CallId::new("c1").unwrap(),
            turn: 2,
            heard: heard.into(),
            said_at: at,
            awaiting: awaiting.map(Into::into),
            meant: meant.into(),
            topic: topic.map(Into::into),
            at,
        }
    }

    /// By the understanding of real calls.
    #[test]
    fn what_was_corrected_is_played_and_told_as_long_as_it_is_misunderstood() {
        let shop = shop();
        let nlu = Nlu::new(&shop);
        for (heard, awaiting, meant, passes) in [
            (
                "내일 저녁 일곱 시에 네 명 예약하고 싶은데요",
                None,
                ("book", None),
                true,
            ),
            (
                "내일 저녁 일곱 시에 네 명 예약하고 싶은데요",
                None,
                ("cancel_booking", None),
                false,
            ),
            ("주차 되나요?", None, ("ask", Some("parking")), true),
            ("주차 되나요?", None, ("ask", Some("wifi")), false),
            ("네 맞아요", Some("confirm"), ("yes", None), true),
            ("네 맞아요", Some("confirm"), ("no", None), false),
        ] {
            let correction = correction(heard, awaiting, meant);
            let played = corrected(Some(&nlu), &shop, &correction);
            assert_eq!(played.passed, passes, "{heard} {meant:?} {played:?}");
            let lacks: Vec<_> = played
                .failures
                .iter()
                .map(|f| (f.code, f.about.as_deref()))
                .collect();
            let expected = [(FailureCode::Misunderstood, Some(meant.0))];
            assert_eq!(lacks, expected[..usize::from(!passes)]);
            assert_eq!(
                (played.caller.as_str(), played.about.as_deref()),
                (PlayedCall::CORRECTED, Some(heard))
            );
            assert_eq!(played.lines[0].text, heard);
        }
        let played = corrected(None, &shop, &correction("네", None, ("yes", None)));
        assert_eq!(played.failures[0].code, FailureCode::Broken);
    }
}
