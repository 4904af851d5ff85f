//! Biseo is started while PostgreSQL is away: calls are answered against the copy that was kept last, over several starts and `kill -9`,
//! and what they did is brought into the database when it is back. What is no outage stops the start. A real PostgreSQL, real SIP and RTP;
//! the recogniser is dead, so that callers press keys.

use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use biseo_model::incident::IncidentKind;
use biseo_model::record::CallEnd;
use biseo_store::offline::Books;
use biseo_store::{Booked, FoundBy, Incident, Store};
use biseo_testkit::cluster::Cluster;

use crate::support::http::Browser;
use crate::support::outage::{books, place, said, speaks_first, standing, theirs};
use crate::support::wire::Caller;
use crate::support::{CONVERSATION, Place, Server, biseo, shop, until};

/// Starts at a time of the day; the latest call is looked for by its time.
fn start(place: &Place, time: &str) -> Server {
    let clock = format!("2026-11-24T{time}:00+09:00");
    Server::start(biseo(&["serve", "--clock", &clock], place.path()))
}

fn copy_file(place: &Place) -> PathBuf {
    place.data().join("offline/copy.db")
}

async fn copy(place: &Place) -> Store {
    Store::open(copy_file(place)).await.unwrap()
}

/// Waits until a copy is kept that holds so many incidents.
async fn kept(place: &Place, incidents: usize) {
    let copy = copy(place).await;
    until("the copy", CONVERSATION, || async {
        let open = copy.open_incidents().await.unwrap();
        (copy.copy_of().await.unwrap().is_some() && open.len() == incidents).then_some(())
    })
    .await;
    copy.close().await;
}

/// Serves once with its database, so that there is a copy.
async fn serve_once(place: &Place) {
    let server = place.serve();
    kept(place, 0).await;
    server.stop();
}

/// What a caller is told at first, who then hangs up.
async fn greeted(place: &Place, server: &Server, store: &Store) -> String {
    let caller = Caller::dial(&server.address("haengbok")).await;
    let greeted = place.turns(store, "the greeting", |call, turns| {
        call.ended.is_none() && !turns.is_empty()
    });
    let (_, turns) = greeted.await;
    caller.hang_up().await;
    place
        .turns(store, "its end", |call, _| call.ended.is_some())
        .await;
    turns[0].said.clone()
}

fn card_is_out() -> Incident {
    Incident {
        id: "card-1".into(),
        shop: Some(shop()),
        source: FoundBy::Shop,
        begun_by: None,
        cause: IncidentKind::PaymentsDown.code().into(),
        subject: "shop".into(),
        name: String::new(),
        region: String::new(),
        consequences: Vec::new(),
        confidence: 1000,
        announced: Some(IncidentKind::PaymentsDown),
        account: None,
        began: "2026-11-24T00:00:00Z".parse().unwrap(),
        ends: None,
        ended: None,
        evidence: serde_json::Value::Null,
    }
}

/// How the program says it does: the API's health and the figure.
fn health(server: &Server, console: &str) -> (u16, bool) {
    let answer = Browser::nobody(console).get("/api/v1/health", "");
    let away = server.figures().lines().any(|l| l == "biseo_database_away 1");
    (answer.status, away)
}

#[tokio::test]
async fn it_answers_and_books_from_its_start_and_all_is_in_the_database_once_that_is_back() {
    let cluster = Cluster::own();
    let url = cluster.url();
    let place = place(&url).with_metrics();
    let server = place.serve();
    let central = Store::open(&url).await.unwrap();
    central.begin_incident(&card_is_out()).await.unwrap();
    kept(&place, 1).await;
    server.kill();
    central.close().await;
    // The power was off: the line to the database is still down, and its tables are of an earlier version.
    cluster.run("DROP TABLE call_back; DELETE FROM _sqlx_migrations WHERE version = 17");
    cluster.stop_server();

    let server = start(&place, "10:20");
    let console = server.said("사장님 화면: ");
    assert!(
        server
            .said("데이터베이스에 닿지 않아")
            .contains("사본(2026-11-24 10:")
    );
    assert_eq!(health(&server, &console), (503, true));
    let local = copy(&place).await;
    // What is out of order is known as well, and told.
    until("what is out of order", CONVERSATION, || async {
        greeted(&place, &server, &local)
            .await
            .contains("카드 결제가 안 돼요")
            .then_some(())
    })
    .await;
    // The only room, and a table.
    let caller = speaks_first(&place, &server, &local).await;
    caller.press("1122#1900");
    said(&place, &local, "맞으면 1번").await;
    caller.press("1");
    place
        .turns(&local, "the good-bye", |call, _| call.ended.is_some())
        .await;
    books(&place, &server, &local, "12#2#1800").await;
    assert_eq!(standing(&local).await.len(), 2);
    local.close().await;
    server.kill();

    // Still down. The room is not sold once more, and the line of the caller who asks for it is cut by the next power cut.
    let server = start(&place, "10:40");
    server.said("데이터베이스에 닿지 않아");
    let local = copy(&place).await;
    let caller = speaks_first(&place, &server, &local).await;
    caller.press("1122#1900");
    said(&place, &local, "이미 찼어요").await;
    assert_eq!(standing(&local).await.len(), 2);
    local.close().await;
    server.kill();
    drop(caller);

    // While this Biseo is off, somebody else takes the room, and a later version has been at work.
    cluster.start_server();
    let central = Store::open(&url).await.unwrap();
    assert!(matches!(
        central.book(&theirs(), &["룸-1"]).await.unwrap(),
        Booked::Confirmed(_)
    ));
    central.close().await;
    cluster.run(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         SELECT 9999, 'later', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1;
         DROP TABLE call_back; DELETE FROM _sqlx_migrations WHERE version = 17",
    );
    cluster.stop_server();
    let server = start(&place, "11:00");
    let console = server.said("사장님 화면: ");
    server.said("데이터베이스에 닿지 않아");
    // It is back, but not for this version: calls go on, and the log says why.
    cluster.start_server();
    server.told("belongs to a later version");
    assert_eq!(health(&server, &console), (503, true));
    let local = copy(&place).await;
    assert_eq!(standing(&local).await.len(), 2);
    local.close().await;
    cluster.run("DELETE FROM _sqlx_migrations WHERE version = 9999");
    server.said("데이터베이스에 닿았습니다");
    // Its tables are up to date again.
    cluster.run("SELECT count(*) FROM call_back");

    let central = Store::open(&url).await.unwrap();
    let messages = central.messages(&shop(), 9).await.unwrap();
    let clashes: Vec<_> = messages.iter().filter(|m| m.text.contains("겹친 예약")).collect();
    assert_eq!(clashes.len(), 1, "{messages:#?}");
    assert_eq!(clashes[0].call_back.as_ref().unwrap().as_str(), "01055554444");
    assert!(clashes[0].text.contains("2026-11-25 19:00"), "{clashes:?}");
    let bookings = standing(&central).await;
    let at: Vec<_> = bookings.iter().map(|b| (b.time.hour(), b.party_size)).collect();
    assert_eq!(at, [(18, 2), (18, 8)], "{bookings:#?}");
    // Each call is there as it ended; only one was cut off.
    let calls = central.calls(&shop(), 99).await.unwrap();
    let ended = |end| calls.iter().filter(|c| c.end == Some(end)).count();
    let ends = (ended(CallEnd::Biseo), ended(CallEnd::Interrupted));
    assert_eq!(ends, (2, 1), "{calls:#?}");
    assert!(calls.iter().all(|c| c.ended.is_some()), "{calls:#?}");
    assert_eq!(health(&server, &console), (200, false));
    let journal = std::fs::metadata(place.data().join("offline/journal")).unwrap();
    assert_eq!(journal.len(), 0);

    // And it goes on by the database.
    let caller = speaks_first(&place, &server, &central).await;
    caller.press("14#2#2000");
    said(&place, &central, "맞으면 1번").await;
    caller.press("1");
    until("the booking", CONVERSATION, || async {
        (standing(&central).await.len() == 3).then_some(())
    })
    .await;
    central.close().await;
    server.stop();
}

/// Refused, in both languages, with these words.
fn refused(place: &Place, ko: &str, en: &str, why: &str) {
    for (lang, words) in [("ko", ko), ("en", en)] {
        let (code, text) = place.refused(&["--lang", lang]);
        assert_eq!(code, Some(1), "{text}");
        assert!(text.contains(words) && text.contains(why), "{words}: {text}");
    }
}

const NO_DATABASE: (&str, &str) = ("데이터베이스를 열 수 없습니다", "the database cannot be opened");

#[tokio::test]
async fn without_a_copy_of_this_very_database_it_does_not_start() {
    let cluster = Cluster::own();
    let place = place(&cluster.url());
    cluster.stop_server();
    let (ko, en) = ("사본이 아직 없습니다", "there is no copy yet");
    refused(&place, ko, en, "cannot be reached");
    cluster.start_server();
    serve_once(&place).await;
    // A mistake in the URL is no outage of the database that was copied.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("postgres://postgres@{}/postgres", free.local_addr().unwrap());
    drop(free);
    std::fs::write(place.path().join("database"), nobody).unwrap();
    let (ko, en) = ("다른 데이터베이스의 것입니다", "is of another one");
    refused(&place, ko, en, "refused");
    std::fs::write(place.data().join("offline/journal"), "nonsense\n").unwrap();
    let (ko, en) = ("사본도 열 수 없습니다", "cannot be opened");
    refused(&place, ko, en, "journal");
    let kept = std::fs::read(place.data().join("offline/journal")).unwrap();
    assert_eq!(kept, b"nonsense\n");
}

#[tokio::test]
async fn a_database_that_is_there_and_refuses_is_no_outage() {
    let cluster = Cluster::own();
    cluster
        .run("CREATE ROLE guarded LOGIN PASSWORD 'opensesame'; CREATE SCHEMA guarded AUTHORIZATION guarded");
    let url = |password: &str| {
        let url = cluster.url_for(&format!("guarded:{password}"));
        url + "&options[search_path]=guarded"
    };
    let place = place(&url("opensesame"));
    serve_once(&place).await;
    std::fs::write(place.path().join("database"), url("hunter2")).unwrap();
    refused(
        &place,
        NO_DATABASE.0,
        NO_DATABASE.1,
        "password authentication failed",
    );
    std::fs::write(place.path().join("database"), url("opensesame")).unwrap();
    cluster.run(
        "INSERT INTO guarded._sqlx_migrations (version, description, success, checksum, execution_time)
         SELECT 9999, 'later', success, checksum, 0 FROM guarded._sqlx_migrations WHERE version = 1",
    );
    refused(&place, NO_DATABASE.0, NO_DATABASE.1, "start that version");
}

/// A server that takes connections and says nothing, and a name that nobody knows.
#[tokio::test]
async fn a_database_that_says_nothing_or_is_not_found_is_away() {
    let cluster = Cluster::own();
    let url = cluster.url();
    let place = place(&url);
    serve_once(&place).await;
    cluster.stop_server();
    let (_, folder) = url.split_once("host=").unwrap();
    let socket = Path::new(folder).join(".s.PGSQL.5432");
    let silent = UnixListener::bind(&socket).unwrap();
    let server = place.serve();
    assert!(server.said("데이터베이스에 닿지 않아").contains("not answered"));
    answers(&server).await;
    server.stop();
    drop(silent);
    std::fs::remove_file(&socket).unwrap();

    let nowhere = "postgres://biseo@no-such-host.invalid:5432/biseo";
    let (books, now) = (Books::default(), jiff::Timestamp::UNIX_EPOCH);
    let local = copy(&place).await;
    local.copy_books(&books, nowhere, now).await.unwrap();
    local.close().await;
    std::fs::write(place.path().join("database"), nowhere).unwrap();
    let server = place.serve();
    server.said("데이터베이스에 닿지 않아");
    answers(&server).await;
    server.stop();
    cluster.start_server();
}

/// Somebody calls, is greeted, and hangs up.
async fn answers(server: &Server) {
    let caller = Caller::dial(&server.address("haengbok")).await;
    until("sound", CONVERSATION, || async {
        (!caller.line().loud.is_empty()).then_some(())
    })
    .await;
    caller.hang_up().await;
}
