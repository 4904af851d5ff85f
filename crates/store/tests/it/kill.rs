//! `kill -9` in mid-call: every turn that was acknowledged is there.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::both;
use crate::common::{Db, at, shop};
use biseo_model::ids::CallId;
use biseo_model::record::CallEnd;

/// Cargo builds examples before it runs tests, beside the folder that this test runs from.
fn writer() -> PathBuf {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.join("examples/write_turns")
}

async fn acknowledged_turns_outlive_a_kill(db: Db) {
    let mut child = Command::new(writer())
        .arg(db.address())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for _ in 0..20 {
        lines.next().unwrap().unwrap();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let last: usize = lines.last().map_or(19, |line| line.unwrap().parse().unwrap());

    let store = db.open().await;
    let turns = store
        .turns(&shop("haengbok"), &CallId::new("c1").unwrap())
        .await
        .unwrap();
    // One turn may have been stored without having been told.
    assert!(
        turns.len() == last + 1 || turns.len() == last + 2,
        "{} stored, {last} told",
        turns.len()
    );
    // Of that one the answer may be missing; of the told ones none is.
    for turn in &turns[..=last] {
        assert_eq!(turn.said, format!("{}번째 대답", turn.number));
    }
    assert_eq!(store.close_interrupted(at(0)).await.unwrap(), 1);
    let call = store.calls(&shop("haengbok"), 1).await.unwrap().remove(0);
    assert_eq!(call.end, Some(CallEnd::Interrupted));
}

both! {
    acknowledged_turns_outlive_a_kill
}
