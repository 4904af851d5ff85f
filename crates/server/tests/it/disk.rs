//! A disk without room. Where a small file system cannot be mounted, a limit on the size of files stands in for it: a write
//! beyond it fails (EFBIG) as it does on a full disk (ENOSPC), for the recording first, since that grows fastest.

use std::process::{Command, Stdio};

use biseo_model::record::CallEnd;

use crate::support::{CLOCK, CONVERSATION, Place, Running, Server, call, root};

/// Octets of the longest file, in the shell's unit of 1024: a little more than the database takes, and less
/// than a recording of half a minute (8 kHz, two channels of 16 bits: 31 KiB each second).
const LIMIT: &str = "600";

/// `biseo serve` under a limit. Its own children inherit it, espeak-ng among them, which writes to a pipe only.
fn serve(place: &Place) -> Server {
    let program = env!("CARGO_BIN_EXE_biseo");
    // SIGXFSZ, which such a write raises as well, is ignored: on a full disk nobody sends it.
    let script = format!("trap '' XFSZ; ulimit -f {LIMIT}; exec \"$0\" serve --clock {CLOCK}");
    let mut command = Command::new("bash");
    command
        .args(["-c", &script, program])
        .current_dir(place.path())
        .env_remove("RUST_LOG");
    Server::start(command)
}

#[tokio::test]
async fn a_recording_without_room_does_not_end_the_call() {
    let place = Place::new();
    // The database is made while there is room: its beginning takes more than what a call adds.
    place.serve().stop();
    let server = serve(&place);
    let scenario = root().join("scenarios/calls.jsonl");
    let child = call(&place, &server.address("haengbok"), &scenario, "question")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut caller = Running { child };
    server.told("a recording has stopped");
    assert_eq!(caller.ended("biseo call", CONVERSATION), Some(0));
    let store = place.store().await;
    let (call, turns) = place
        .turns(&store, "the end of the call", |call, _| call.ended.is_some())
        .await;
    assert!(
        matches!(call.end, Some(CallEnd::Biseo | CallEnd::Caller)),
        "{call:?}"
    );
    assert!(turns.iter().any(|t| t.said.contains("주차")), "{turns:#?}");
    let wav = place.recording(&call);
    assert!(wav.samples.len() > 8000, "what had room is playable");
    store.close().await;
    server.stop();
}
