//! baresip (Debian package `baresip-core`), a softphone with its own idea of SIP and RTP, calls Biseo: sound, keys, hold and
//! resume, hanging up. Its module ctrl_tcp is the hand that presses its buttons.

use biseo_model::record::{CallEnd, CallRecord};

use crate::support::softphone::Softphone;
use crate::support::{PATIENCE, Place, latest, speaks, until};

/// Waits until so many seconds more are on the record: a clock of the call's own.
async fn recorded(place: &Place, call: &CallRecord, seconds: u64) {
    let file = place.data().join(call.recording.as_ref().unwrap());
    let len = || std::fs::metadata(&file).unwrap().len();
    let enough = len() + seconds * 8000 * 2 * 2;
    until("the recording", PATIENCE, || async {
        (len() >= enough).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_softphone_calls_types_holds_resumes_and_hangs_up() {
    let place = Place::new();
    let server = place.serve();
    let store = place.store().await;
    let mut phone = Softphone::start(&place.path().join("baresip"));
    phone.dial(&server.address("haengbok"));
    let (_, turns) = place
        .turns(&store, "the greeting", |_, turns| {
            turns.first().is_some_and(|t| !t.said.is_empty())
        })
        .await;
    assert!(turns[0].said.contains("행복식당"), "{turns:?}");
    assert!(phone.after_packets(100) > 50, "no sound comes");

    for key in "01012345678#".chars() {
        phone.command("sndcode", &key.to_string());
        // The next key once this one's packets have gone out: as fast as a thumb, not faster.
        phone.after_packets(12);
    }
    let (_, turns) = place
        .turns(&store, "the typed number", |_, turns| {
            turns.iter().any(|t| t.heard == "01012345678")
        })
        .await;
    assert_eq!(
        turns.iter().filter(|t| !t.heard.is_empty()).count(),
        1,
        "{turns:?}"
    );

    phone.command("hold", "");
    phone.event("CALL_REMOTE_SDP");
    // baresip sends nothing while it holds, for longer than a dead line is put up with and than anybody stays silent.
    let (call, before) = latest(&store).await.unwrap();
    recorded(&place, &call, 1).await;
    let (_, held) = phone.packets();
    recorded(&place, &call, 14).await;
    assert_eq!(phone.packets().1, held, "sound on hold");
    let (call, after) = latest(&store).await.unwrap();
    assert_eq!((call.end, after.len()), (None, before.len()), "{after:?}");

    phone.command("resume", "");
    let (_, turns) = place
        .turns(&store, "a word after hold", |_, turns| turns.len() > before.len())
        .await;
    assert!(!turns.last().unwrap().said.is_empty(), "{turns:?}");
    assert!(phone.after_packets(50) > held + 25, "no sound after hold");

    phone.command("hangup", "");
    phone.event("CALL_CLOSED");
    let (call, _) = place
        .turns(&store, "the end of the call", |call, _| call.ended.is_some())
        .await;
    assert_eq!(call.end, Some(CallEnd::Caller));
    assert_eq!(call.caller.as_ref().unwrap().as_str(), "01098765432");
    let wav = place.recording(&call);
    assert!(speaks(&wav.channel(1), wav.rate), "the greeting is on the record");
    phone.quit();
    store.close().await;
    server.stop();
}
