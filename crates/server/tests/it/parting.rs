//! A caller who has something to ask after all while Biseo takes leave; and one who only says good-bye as well.

use biseo_model::record::CallEnd;

use crate::support::wire::{Caller, Line};
use crate::support::{PATIENCE, Place, until};

/// Frames of silence that are longer than between two sentences of Biseo's: 1.5 s.
const PAUSE: u64 = 75;

async fn line(caller: &Caller, what: &str, enough: impl Fn(&Line) -> bool) -> Line {
    let enough = &enough;
    until(what, PATIENCE, || async move {
        Some(caller.line()).filter(|l| enough(l))
    })
    .await
}

/// Listens until Biseo has spoken since `before` loud frames and is silent.
async fn hear_out(caller: &Caller, what: &str, before: usize) -> usize {
    let heard = line(caller, what, |l| {
        l.loud.len() > before + 25 && l.loud.last().is_some_and(|last| l.sent > last + PAUSE)
    })
    .await;
    heard.loud.len()
}

#[tokio::test]
async fn a_question_into_the_good_bye_is_answered_and_a_good_bye_ends_the_call() {
    let place = Place::new();
    let server = place.serve();
    let store = place.store().await;
    let caller = Caller::dial(&server.address("haengbok")).await;
    let before = hear_out(&caller, "the greeting's end", 0).await;
    caller.say("주차 되나요?");
    let before = hear_out(&caller, "the answer's end", before).await;
    caller.say("아니요 됐어요");
    // The good-bye is under way.
    line(&caller, "the good-bye", |l| l.loud.len() > before + 5).await;
    caller.say("잠깐만요 몇 시까지 하세요?");
    let (_, turns) = place
        .turns(&store, "an answer after the good-bye", |_, turns| {
            turns.iter().filter(|t| !t.heard.is_empty()).count() == 3
        })
        .await;
    let [.., good_bye, answer] = turns.as_slice() else {
        panic!("{turns:#?}");
    };
    assert!(good_bye.said.contains("감사합니다"), "{turns:#?}");
    assert!(
        answer.said.contains('시') && !answer.said.contains("감사합니다"),
        "{turns:#?}"
    );
    let before = caller.line().loud.len();
    let before = hear_out(&caller, "the second answer's end", before).await;
    caller.say("아니요 됐어요");
    line(&caller, "the last good-bye", |l| l.loud.len() > before + 5).await;
    caller.say("네 감사합니다");
    // Biseo hangs up, soon after both have said it.
    let (call, turns) = place
        .turns(&store, "the end of the call", |call, _| call.ended.is_some())
        .await;
    assert_eq!(call.end, Some(CallEnd::Biseo), "{turns:#?}");
    let last = turns.iter().rfind(|t| !t.said.is_empty()).unwrap();
    assert!(last.said.contains("감사합니다"), "{turns:#?}");
    store.close().await;
    server.stop();
}
