//! What only a server can do wrong.

use crate::common::{Db, call, shop, wish};
use biseo_store::{Booked, Store, StoreError};
use biseo_testkit::cluster::Cluster;
use sqlx::Connection;

/// Fails to open, without telling the password. By `away`, whether that is an outage.
async fn refused_as(away: bool, url: &str, password: &str) -> String {
    let error = Store::open(url).await.unwrap_err();
    assert_eq!(error.is_away(), away, "{error:?}");
    let text = format!("{error} {error:?}");
    assert!(!text.contains(password), "{text}");
    text
}

async fn refused(url: &str, password: &str) -> String {
    refused_as(false, url, password).await
}

#[tokio::test]
async fn a_wrong_password_is_told_and_not_shown() {
    let cluster = Cluster::shared();
    cluster
        .run("CREATE ROLE guarded LOGIN PASSWORD 'opensesame'; CREATE SCHEMA guarded AUTHORIZATION guarded");
    let text = refused(&cluster.url_for("guarded:hunter2"), "hunter2").await;
    assert!(
        text.contains("password authentication failed") && text.contains("postgres://guarded@"),
        "{text}"
    );
    let url = cluster.url_for("guarded:opensesame") + "&options[search_path]=guarded";
    let store = Store::open(&url).await.unwrap();
    for shown in [format!("{store:?}"), store.place().to_string()] {
        assert!(
            !shown.contains("opensesame") && shown.contains("guarded@"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn a_database_or_right_that_is_missing_is_told() {
    let cluster = Cluster::shared();
    let text = refused(&(cluster.url() + "&dbname=nowhere"), "hunter2").await;
    assert!(
        text.contains("nowhere") && text.contains("does not exist"),
        "{text}"
    );
    cluster.run("CREATE ROLE stranger LOGIN");
    let text = refused(&cluster.url_for("stranger"), "hunter2").await;
    assert!(text.contains("permission denied"), "{text}");
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_told() {
    let port = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port()
    };
    let text = refused_as(
        true,
        &format!("postgres://b:hunter2@127.0.0.1:{port}/calls"),
        "hunter2",
    )
    .await;
    assert!(
        text.contains("refused") && text.contains(&format!("127.0.0.1:{port}/calls")),
        "{text}"
    );
}

/// The clock of this test runs ahead whenever nothing else can happen.
#[tokio::test(start_paused = true)]
async fn a_server_that_says_nothing_is_given_up() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://b:hunter2@{}/calls", silent.local_addr().unwrap());
    let text = refused_as(true, &url, "hunter2").await;
    assert!(text.contains("not answered"), "{text}");
}

#[tokio::test]
async fn a_host_that_nobody_knows_is_away() {
    let url = "postgres://b:hunter2@no-such-host.invalid/calls";
    let text = refused_as(true, url, "hunter2").await;
    assert!(text.contains("no-such-host.invalid"), "{text}");
}

/// Until it was prepared, nobody reads tables that may be of another version or another program's.
#[tokio::test]
async fn an_unprepared_database_is_away_until_everybody_is_let_in() {
    let db = Db::postgres().await;
    let store = Store::unprepared(db.address()).await.unwrap();
    let other = store.clone();
    let away = |r: Result<(), StoreError>| assert!(matches!(r, Err(StoreError::Away(_))), "{r:?}");
    away(other.ping().await);
    away(other.begin_call(&call("c1", "haengbok")).await);
    let (first, claim) = store.prepare().await.unwrap();
    first.begin_call(&call("c1", "haengbok")).await.unwrap();
    assert!(!other.is_ready());
    away(other.ping().await);
    store.let_in();
    assert!(other.is_ready());
    assert_eq!(other.calls(&shop("haengbok"), 9).await.unwrap().len(), 1);
    // Another one does not touch the tables as long as this one works on them.
    let late = Store::unprepared(db.address()).await.unwrap();
    assert!(matches!(late.prepare().await, Err(StoreError::InUse { .. })));
    drop(claim);
    let _late = late.prepare().await.unwrap();
}

/// A standby, or a server whose disk is nearly full, says so by this state: calls have to go on elsewhere.
#[tokio::test]
async fn a_server_that_lets_nothing_be_written_is_away() {
    let cluster = Cluster::shared();
    cluster.run("CREATE ROLE reader LOGIN; CREATE SCHEMA reader AUTHORIZATION reader");
    let url = cluster.url_for("reader") + "&options[search_path]=reader";
    Store::open(&url).await.unwrap().close().await;
    cluster.run("ALTER ROLE reader SET default_transaction_read_only = on");
    let text = refused_as(true, &url, "hunter2").await;
    assert!(text.contains("read-only"), "{text}");
}

#[tokio::test]
async fn tls_is_refused_rather_than_left_out() {
    let url = Cluster::shared().url() + "&sslmode=require";
    assert!(refused(&url, "hunter2").await.contains("TLS"));
}

#[tokio::test]
async fn one_program_claims_a_database() {
    let db = Db::postgres().await;
    let (first, second) = (db.open().await, db.open().await);
    let held = first.claim().await.unwrap();
    assert!(matches!(second.claim().await, Err(StoreError::InUse { .. })));
    let elsewhere = Db::postgres().await.open().await;
    let _elsewhere = elsewhere.claim().await.unwrap();
    drop(held);
    let _second = second.claim().await.unwrap();
}

/// A transaction of the shop is let through only once the one before it is over, and then sees what it did.
#[tokio::test]
async fn a_shop_s_bookings_wait_for_each_other() {
    let db = Db::postgres().await;
    let store = Store::open(db.address() + "&application_name=waiting")
        .await
        .unwrap();
    let mut other = sqlx::PgConnection::connect(&db.address()).await.unwrap();
    for sql in [
        "BEGIN",
        "SELECT pg_advisory_xact_lock(hashtextextended(concat(current_schema(), '/', 'haengbok'), 0))",
        "INSERT INTO booking VALUES ('a', 'haengbok', NULL, '2026-11-25', '19:00:00', 29927220, 29927340, 4, '김민수',
         '01023456789', 't', 'confirmed', 1795000000000)",
    ] {
        sqlx::raw_sql(sql).execute(&mut other).await.unwrap();
    }
    let waiting = tokio::spawn({
        let store = store.clone();
        async move { store.book(&wish("b", "haengbok", 19, 30, 60), &["t"]).await }
    });
    let blocked = "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
        WHERE locktype = 'advisory' AND NOT granted AND application_name = 'waiting'";
    while db.number(blocked).await == 0 {
        assert!(!waiting.is_finished(), "it did not wait");
    }
    // Another shop does not wait.
    let elsewhere = store.book(&wish("c", "byeol", 19, 30, 60), &["t"]).await;
    assert!(matches!(elsewhere, Ok(Booked::Confirmed(_))));
    sqlx::raw_sql("COMMIT").execute(&mut other).await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap(), Booked::Full);
}

/// The tests' server has other defaults, with which a confirmed booking could be lost or be seen too late.
#[tokio::test]
async fn connections_begin_with_what_bookings_need() {
    let db = Db::postgres().await;
    let store = db.open().await;
    let settings = "SELECT count(*) FROM pg_settings WHERE (name, setting) IN
        (('default_transaction_isolation', 'repeatable read'), ('synchronous_commit', 'off'))";
    assert_eq!(db.number(settings).await, 2);
    // What a session of the store has set is told by a trigger, which runs in it.
    db.run(
        "CREATE TABLE seen (setting TEXT);
         CREATE FUNCTION look() RETURNS trigger AS $$ BEGIN
           INSERT INTO seen VALUES (current_setting('transaction_isolation')), (current_setting('synchronous_commit')),
             (current_setting('lock_timeout'));
           RETURN NEW; END $$ LANGUAGE plpgsql;
         CREATE TRIGGER look BEFORE INSERT ON call FOR EACH ROW EXECUTE FUNCTION look()",
    )
    .await;
    store.begin_call(&call("c1", "haengbok")).await.unwrap();
    let right = "SELECT count(*) FROM seen WHERE setting IN ('read committed', 'on', '4s')";
    assert_eq!(db.number(right).await, 3);
}

/// A server that ends our connections, as one that is restarted does, costs no more than what was under way.
#[tokio::test]
async fn a_restarted_server_is_found_again() {
    let db = Db::postgres().await;
    let store = Store::open(db.address() + "&application_name=restarted")
        .await
        .unwrap();
    store.begin_call(&call("c1", "haengbok")).await.unwrap();
    let ended =
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'restarted'";
    assert!(db.number(ended).await > 0);
    store.begin_call(&call("c2", "haengbok")).await.unwrap();
    assert_eq!(store.calls(&shop("haengbok"), 9).await.unwrap().len(), 2);
}
