//! A caller who speaks while Biseo does, and takes no word from it: a nod, and words over a notice that must be heard.

use crate::support::wire::{Caller, Line};
use crate::support::{PATIENCE, Place, until};

/// Waits for something to have happened on the line.
async fn line(caller: &Caller, what: &str, enough: impl Fn(&Line) -> bool) -> Line {
    let enough = &enough;
    until(what, PATIENCE, || async move {
        Some(caller.line()).filter(|l| enough(l))
    })
    .await
}

/// Whether Biseo has spoken since `since` packets of its sound, and has been silent for longer than between two sentences.
fn finished(line: &Line, since: usize) -> bool {
    line.loud.len() > since + 20 && line.sent > line.loud.last().unwrap() + 75
}

#[tokio::test]
async fn a_nod_does_not_stop_the_voice() {
    let place = Place::new();
    let server = place.serve();
    let store = place.store().await;
    let caller = Caller::dial(&server.address("haengbok")).await;
    line(&caller, "the greeting's end", |l| finished(l, 0)).await;
    caller.say("주차 되나요?");
    let (_, turns) = place
        .turns(&store, "an answer under way", |_, turns| {
            turns.get(1).is_some_and(|t| t.latency.total_ms.is_some())
        })
        .await;
    let whole = turns[1].said.clone();
    let before = caller.line().loud.len();
    line(&caller, "sound of the answer", |l| l.loud.len() > before + 10).await;
    caller.say("네");
    let nodded = line(&caller, "the end of the nod", |l| {
        l.spoke.is_some_and(|(first, last)| first > 0 && l.sent >= last)
    })
    .await;
    let (_, last) = nodded.spoke.unwrap();
    // It speaks on after the nod, to its end.
    line(&caller, "more of the answer", |l| {
        l.loud.iter().filter(|at| **at > last).count() > 25
    })
    .await;
    line(&caller, "the answer's end", |l| finished(l, before)).await;
    let (_, turns) = place.turns(&store, "the call", |_, _| true).await;
    assert_eq!(turns[1].said, whole, "all of it was said");
    let heard: Vec<&str> = turns
        .iter()
        .map(|t| t.heard.as_str())
        .filter(|h| !h.is_empty())
        .collect();
    assert_eq!(heard.len(), 1, "the nod was no turn: {heard:?}");
    caller.hang_up().await;
    store.close().await;
    server.stop();
}

#[tokio::test]
async fn a_notice_is_heard_to_its_end_and_what_was_said_over_it_is_answered() {
    let place = Place::new();
    let server = place.serve();
    let store = place.store().await;
    let caller = Caller::dial(&server.address("haengbok")).await;
    line(&caller, "the greeting", |l| l.loud.len() > 10).await;
    let (_, turns) = place
        .turns(&store, "the greeting's record", |_, turns| !turns.is_empty())
        .await;
    let notice = turns[0].said.clone();
    assert!(notice.contains("AI"), "{notice}");
    caller.say("여보세요 주차 되나요?");
    let spoke = line(&caller, "the caller's last word", |l| {
        l.spoke
            .is_some_and(|(first, last)| last > first + 50 && l.sent >= last)
    })
    .await;
    let (first, last) = spoke.spoke.unwrap();
    let late = first + (last - first) / 2;
    let over = spoke.loud.iter().filter(|at| (late..last).contains(*at)).count();
    assert!(over > 5, "Biseo spoke on: {:?} in {late}..{last}", spoke.loud);
    let (_, turns) = place
        .turns(&store, "an answer", |_, turns| {
            turns
                .iter()
                .any(|t| !t.heard.is_empty() && t.latency.total_ms.is_some())
        })
        .await;
    assert_eq!(turns[0].said, notice, "the notice was said to its end");
    let answer = turns.iter().find(|t| !t.heard.is_empty()).unwrap();
    assert!(answer.said.contains("주차"), "{answer:?}");
    caller.hang_up().await;
    store.close().await;
    server.stop();
}
