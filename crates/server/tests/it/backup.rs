//! An installation is saved while a call goes on, and comes back somewhere else; with SQLite and with PostgreSQL.

use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use biseo_model::ids::CallId;
use biseo_model::record::CallEnd;
use biseo_store::Store;
use biseo_testkit::cluster::Cluster;

use crate::support::{Place, Running, biseo, call, latest, root, shop, text};

#[tokio::test]
async fn a_backup_in_mid_call_comes_back_in_another_folder() {
    let place = Place::new();
    let server = place.serve();
    let scenario = root().join("scenarios/demo.jsonl");
    let child = call(&place, &server.address("haengbok"), &scenario, "demo")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let caller = Running { child };
    let store = place.store().await;
    let (_, before) = place
        .turns(&store, "a first answer", |_, turns| turns.len() > 1)
        .await;
    let saved = biseo(&["backup", "saved.tar", "--lang", "en"], place.path())
        .output()
        .unwrap();
    assert!(saved.status.success(), "{}", text(&saved));
    let archive = place.path().join("saved.tar");
    let mode = std::fs::metadata(&archive).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    // It is not written over, and the call has noticed nothing.
    let again = biseo(&["backup", "saved.tar", "--lang", "en"], place.path())
        .output()
        .unwrap();
    assert!(
        !again.status.success() && text(&again).contains("is there already"),
        "{}",
        text(&again)
    );
    drop(caller);
    server.stop();

    let new = place.path().join("new");
    let restored = biseo(
        &["restore", "saved.tar", "--folder", "new", "--lang", "en"],
        place.path(),
    )
    .output()
    .unwrap();
    assert!(restored.status.success(), "{}", text(&restored));
    assert!(!text(&restored).contains("Move "), "{}", text(&restored));
    let there = Store::open(new.join("data/biseo.db")).await.unwrap();
    let (call, turns) = latest(&there).await.unwrap();
    assert!(call.ended.is_none() && turns.len() >= before.len());
    let recording = new.join("data").join(call.recording.unwrap());
    assert!(std::fs::metadata(recording).unwrap().len() > 44);
    there.close().await;
    assert!(new.join("data/visit.key").exists());
    assert!(!new.join("data/biseo.lock").exists());

    // The key is not in the backup: until it is put back the program says what is missing.
    assert!(!new.join("secrets/seal.key").exists());
    assert!(
        text(&restored).contains("Put the key that you have kept"),
        "{}",
        text(&restored)
    );
    let archived = std::fs::read(&archive).unwrap();
    let key = std::fs::read(place.path().join("secrets/seal.key")).unwrap();
    assert!(
        !archived.windows(40).any(|w| w == &key[..40]),
        "the key is in the backup"
    );
    let output = biseo(&["check", "--config", "new/biseo.toml"], place.path())
        .output()
        .unwrap();
    assert!(
        !output.status.success() && text(&output).contains("seal.key"),
        "{}",
        text(&output)
    );
    std::fs::create_dir(new.join("secrets")).unwrap();
    std::fs::copy(
        place.path().join("secrets/seal.key"),
        new.join("secrets/seal.key"),
    )
    .unwrap();
    // The program runs there, and closes the call that it knows no end of.
    let output = biseo(&["check", "--config", "new/biseo.toml"], place.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output));
    let server = crate::support::Server::start(biseo(&["serve", "--config", "new/biseo.toml"], place.path()));
    let there = Store::open(new.join("data/biseo.db")).await.unwrap();
    assert_eq!(latest(&there).await.unwrap().0.end, Some(CallEnd::Interrupted));
    there.close().await;
    server.stop();
}

#[tokio::test]
async fn a_broken_backup_is_refused_and_leaves_nothing() {
    let place = Place::new();
    let store = place.store().await;
    store.close().await;
    let saved = biseo(&["backup", "saved.tar"], place.path()).output().unwrap();
    assert!(saved.status.success(), "{}", text(&saved));
    let whole = std::fs::read(place.path().join("saved.tar")).unwrap();
    std::fs::write(place.path().join("half.tar"), &whole[..whole.len() / 2]).unwrap();
    let refused = biseo(&["restore", "half.tar", "--folder", "new"], place.path())
        .output()
        .unwrap();
    assert!(!refused.status.success());
    assert!(text(&refused).contains("되돌리지 못했고"), "{}", text(&refused));
    assert!(!place.path().join("new").exists());
    // Onto what is there nothing is put either.
    let refused = biseo(&["restore", "saved.tar", "--folder", "shops"], place.path())
        .output()
        .unwrap();
    assert!(!refused.status.success() && place.path().join("shops/haengbok.toml").exists());
}

#[tokio::test]
async fn a_postgresql_database_is_saved_by_its_own_tool() {
    let place = Place::new();
    let (schema, url) = Cluster::shared().new_schema();
    Cluster::shared().run(&format!("CREATE SCHEMA {schema}"));
    std::fs::write(place.path().join("database"), &url).unwrap();
    place.edit("biseo.toml", |old| {
        format!("{old}\n[store]\ndatabase_file = \"database\"\n")
    });
    let store = Store::open(&url).await.unwrap();
    let record = biseo_model::record::CallRecord {
        id: CallId::new("kept").unwrap(),
        shop: shop(),
        caller: None,
        dialled: None,
        forwarded: None,
        started: jiff::Timestamp::UNIX_EPOCH,
        answered: None,
        ended: None,
        end: None,
        recording: None,
    };
    store.begin_call(&record).await.unwrap();
    let saved = biseo(&["backup", "saved.tar", "--lang", "en"], place.path())
        .output()
        .unwrap();
    assert!(saved.status.success(), "{}", text(&saved));
    let restored = biseo(
        &["restore", "saved.tar", "--folder", "new", "--lang", "en"],
        place.path(),
    )
    .output()
    .unwrap();
    assert!(text(&restored).contains("pg_restore"), "{}", text(&restored));
    let dump = place.path().join("new/database.pgdump");
    let listed = std::process::Command::new("pg_restore")
        .args(["--data-only", "--table=call", "--file=-"])
        .arg(&dump)
        .output()
        .unwrap();
    assert!(text(&listed).contains("kept\thaengbok"), "{}", text(&listed));
    store.close().await;
}
