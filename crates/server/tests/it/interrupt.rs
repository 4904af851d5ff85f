//! A caller who takes the word from Biseo; at a shop whose owner has told nothing.

use crate::support::wire::{Caller, Line};
use crate::support::{PATIENCE, Place, until};

/// A shop file without its facts.
fn without_facts(text: &str) -> String {
    let (before, facts) = text.split_once("\n[facts]\n").unwrap();
    let after = facts.find("\n[").map_or("", |at| &facts[at..]);
    format!("{before}\n{after}")
}

/// Waits for something to have happened on the line.
async fn line(caller: &Caller, what: &str, enough: impl Fn(&Line) -> bool) -> Line {
    let enough = &enough;
    until(what, PATIENCE, || async move {
        Some(caller.line()).filter(|l| enough(l))
    })
    .await
}

#[tokio::test]
async fn who_is_interrupted_falls_silent_and_what_was_not_said_is_not_stored() {
    let place = Place::new();
    place.edit("shops/haengbok.toml", without_facts);
    let server = place.serve();
    let store = place.store().await;
    let caller = Caller::dial(&server.address("haengbok")).await;
    // After the greeting there is silence for longer than between two of its sentences.
    line(&caller, "the greeting's end", |l| {
        l.loud.len() > 50 && l.sent > l.loud.last().unwrap() + 75
    })
    .await;
    caller.say("주차 되나요?");
    let (_, turns) = place
        .turns(&store, "an answer under way", |_, turns| {
            turns.get(1).is_some_and(|t| t.latency.total_ms.is_some())
        })
        .await;
    let whole = turns[1].said.clone();
    assert!(
        ["가진 정보에 없어요", "확인할 수 없어요"]
            .iter()
            .any(|w| whole.contains(w)),
        "it does not know: {turns:#?}"
    );
    assert!(
        whole.contains("사장님께") && whole.contains("남겨 드릴까요"),
        "{whole}"
    );
    let before = caller.line().loud.len();
    line(&caller, "sound of the answer", |l| l.loud.len() > before + 10).await;
    caller.say("아니요 괜찮고요 내일 저녁 일곱 시에 네 명 예약하고 싶은데요 창가 자리로 부탁드려요");
    let after = line(&caller, "the caller's last word", |l| {
        l.spoke
            .is_some_and(|(first, last)| last > first + 150 && l.sent >= last)
    })
    .await;
    let (first, last) = after.spoke.unwrap();
    // In the second half of what the caller says, nothing is heard of Biseo, which had more to say.
    let middle = first + (last - first) / 2;
    let over: Vec<_> = after
        .loud
        .iter()
        .filter(|at| (middle..last).contains(at))
        .collect();
    assert!(over.is_empty(), "Biseo spoke on at {over:?} of {first}..{last}");

    let (_, turns) = place
        .turns(&store, "a reply to what was said", |_, turns| {
            turns.iter().filter(|t| !t.heard.is_empty()).count() >= 2
        })
        .await;
    let cut = &turns[1].said;
    assert!(
        whole.starts_with(cut.as_str()) && cut.chars().count() < whole.chars().count(),
        "{cut:?} of {whole:?}"
    );
    let reply = turns.iter().rfind(|t| !t.heard.is_empty()).unwrap();
    assert!(reply.number > 1 && !reply.said.is_empty(), "{reply:?}");
    caller.hang_up().await;
    let (call, _) = place
        .turns(&store, "the end of the call", |call, _| call.ended.is_some())
        .await;
    assert_eq!(call.end, Some(biseo_model::record::CallEnd::Caller));
    store.close().await;
    server.stop();
}
