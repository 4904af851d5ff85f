//! The program is killed in the middle of a call: what was said until then is kept, and the next start puts it in order.

use std::process::Stdio;

use biseo_model::record::CallEnd;

use crate::support::{Place, Running, call, latest, root, speaks};

#[tokio::test]
async fn a_kill_in_mid_call_loses_nothing_that_was_said() {
    let place = Place::new();
    let mut server = place.serve();
    let scenario = root().join("scenarios/demo.jsonl");
    let child = call(&place, &server.address("haengbok"), &scenario, "demo")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let caller = Running { child };
    let store = place.store().await;
    // The greeting is turn 0; the next one answers the caller, and its sound has begun.
    let (_, before) = place
        .turns(&store, "a second turn under way", |_, turns| {
            turns
                .get(1)
                .is_some_and(|t| !t.heard.is_empty() && t.latency.total_ms.is_some())
        })
        .await;
    server.running.signal("KILL");
    assert_eq!(
        server.running.ended("biseo serve", crate::support::PATIENCE),
        None
    );
    drop((server, caller));
    let (call, after) = latest(&store).await.unwrap();
    assert_eq!((call.ended, call.end), (None, None));
    // As it lies there, before anything mends it.
    assert!(after.len() >= before.len());
    for (was, is) in before.iter().zip(&after) {
        assert_eq!((&was.heard, &was.said), (&is.heard, &is.said));
    }
    store.close().await;
    assert!(place.sealed(&call).is_cut_off(), "it was under way");
    let before = place.sealed(&call).len();

    let server = place.serve();
    let store = place.store().await;
    let (call, turns) = latest(&store).await.unwrap();
    assert_eq!(call.end, Some(CallEnd::Interrupted), "{call:?}");
    assert!(call.ended.is_some());
    assert_eq!(turns, after);
    let wav = place.recording(&call);
    assert_eq!((wav.rate, wav.channels), (8000, 2));
    let (left, right) = (wav.channel(0), wav.channel(1));
    assert!(speaks(&left, wav.rate), "the caller is not heard");
    assert!(speaks(&right, wav.rate), "Biseo is not heard");
    // The header agrees with the file, so that every player plays all of it.
    let octets = crate::support::octets(place.sealed(&call));
    assert_eq!(octets.len() as u64, before);
    let told = |at: usize| u32::from_le_bytes(octets[at..at + 4].try_into().unwrap()) as usize;
    assert_eq!((told(4) + 8, told(40) + 44), (octets.len(), octets.len()));
    store.close().await;
    server.stop();
}
