//! When a worker tries, and when it leaves a reader alone.

use biseo_store::DeliveryState;
use jiff::SignedDuration;

use crate::common::{BY_WEBHOOK, Desk, start, webhooks};
use crate::peer::Peer;

/// On the shop's clock; the tests begin at 20:06 of it.
const QUIET: &str = "quiet = [{ from = \"21:00\", to = \"02:00\" }]";

#[tokio::test]
async fn what_failed_is_not_tried_again_in_a_quiet_time() {
    let peer = Peer::answering(&[503, 204]).await;
    let desk = Desk::new(&format!("{BY_WEBHOOK}\n{QUIET}")).await;
    let worker = desk.worker(webhooks(peer.address));
    assert_eq!(desk.tell().await, 1);
    assert_eq!(worker.round().await.unwrap(), 1);
    // The next try would be within seconds.
    assert!(desk.delivery().await.due < start() + SignedDuration::from_mins(1));
    desk.an_hour_later();
    // Claimed when it has become quiet: put off to its end, and that is no try.
    assert_eq!(worker.round().await.unwrap(), 1);
    let waiting = desk.delivery().await;
    assert_eq!((waiting.state, waiting.tries), (DeliveryState::Due, 1));
    assert_eq!(worker.round().await.unwrap(), 0);
    assert_eq!(peer.got().len(), 1);
    for _ in 0..4 {
        desk.an_hour_later();
        assert_eq!(worker.round().await.unwrap(), 0);
    }
    desk.an_hour_later();
    assert_eq!(worker.round().await.unwrap(), 1);
    let sent = desk.delivery().await;
    assert_eq!((sent.state, sent.tries), (DeliveryState::Sent, 2));
    assert_eq!(peer.got().len(), 2);
}

#[tokio::test]
async fn a_try_that_fails_just_before_a_quiet_time_is_next_tried_after_it() {
    let peer = Peer::answering(&[503, 503, 503, 503, 503, 503, 503, 503, 503, 503]).await;
    let desk = Desk::new(&format!(
        "{BY_WEBHOOK}\nquiet = [{{ from = \"20:07\", to = \"02:00\" }}]"
    ))
    .await;
    let worker = desk.worker(webhooks(peer.address));
    desk.tell().await;
    worker.round().await.unwrap();
    let due = desk.delivery().await.due;
    // Either a try within the minute that is left, or one after two o'clock; never one between.
    assert!(due < start() + SignedDuration::from_secs(33) || due >= start() + SignedDuration::from_hours(5));
}

#[tokio::test]
async fn what_is_urgent_does_not_wait() {
    let peer = Peer::answering(&[503, 204]).await;
    let desk = Desk::new(&format!(
        "{BY_WEBHOOK}\nquiet = [{{ from = \"00:00\", to = \"23:59\" }}]"
    ))
    .await;
    let worker = desk.worker(webhooks(peer.address));
    assert_eq!(desk.tell_urgent().await, 1);
    assert_eq!(worker.round().await.unwrap(), 1);
    desk.an_hour_later();
    assert_eq!(worker.round().await.unwrap(), 1);
    assert_eq!(desk.delivery().await.state, DeliveryState::Sent);
}

#[tokio::test]
async fn what_is_urgent_finds_another_way_where_there_is_no_browser() {
    let reader = "by = [\"push\"]\nwebhook = \"till\"";
    let desk = Desk::new(reader).await;
    assert_eq!(desk.tell().await, 0, "nobody is told, and the log says so");
    assert_eq!(desk.tell_urgent().await, 1);
    let peer = Peer::answering(&[204]).await;
    assert_eq!(desk.worker(webhooks(peer.address)).round().await.unwrap(), 1);
    assert_eq!(desk.delivery().await.channel, "webhook");
}

#[tokio::test]
async fn a_program_that_was_down_for_days_tries_all_the_same() {
    let peer = Peer::answering(&[503, 204]).await;
    let desk = Desk::new(BY_WEBHOOK).await;
    let worker = desk.worker(webhooks(peer.address));
    desk.tell().await;
    assert_eq!(worker.round().await.unwrap(), 1);
    (0..72).for_each(|_| desk.an_hour_later());
    assert_eq!(worker.round().await.unwrap(), 1);
    assert_eq!(desk.delivery().await.state, DeliveryState::Sent);
}

/// A worker that runs sends, and ends when it is told to.
#[tokio::test]
async fn it_runs_until_it_is_told_to_end() {
    let peer = Peer::answering(&[204, 204]).await;
    let desk = Desk::new(BY_WEBHOOK).await;
    let worker = desk.worker(webhooks(peer.address));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(worker.run(async {
        let _ = stopped.await;
    }));
    for n in 1..=2 {
        desk.tell_of(&format!("m{n}")).await;
        while peer.got().len() < n {
            tokio::task::yield_now().await;
        }
    }
    stop.send(()).unwrap();
    running.await.unwrap();
    for delivery in desk.store.deliveries(&crate::common::shop(), 9).await.unwrap() {
        assert_eq!(delivery.state, DeliveryState::Sent);
    }
}

/// Two workers on one PostgreSQL outbox, with dead time between tries: each message once.
#[tokio::test]
async fn two_workers_on_postgres_send_each_once() {
    let peer = Peer::answering(&[503, 204, 204, 204, 204, 204]).await;
    let db = crate::db::Db::postgres();
    let desk = Desk::over(db.address(), BY_WEBHOOK).await;
    let workers = [0, 1].map(|_| desk.worker(webhooks(peer.address)));
    for n in 0..5 {
        desk.tell_of(&format!("m{n}")).await;
        let (one, other) = tokio::join!(workers[0].round(), workers[1].round());
        assert_eq!(one.unwrap() + other.unwrap(), 1);
    }
    desk.an_hour_later();
    let (one, other) = tokio::join!(workers[0].round(), workers[1].round());
    assert_eq!(one.unwrap() + other.unwrap(), 1);
    assert_eq!(peer.got().len(), 6);
    for delivery in desk.store.deliveries(&crate::common::shop(), 9).await.unwrap() {
        assert_eq!(delivery.state, DeliveryState::Sent);
    }
}

#[tokio::test]
async fn on_postgres_two_refusals_and_a_success_are_three_tries() {
    let peer = Peer::answering(&[503, 429, 204]).await;
    let db = crate::db::Db::postgres();
    let desk = Desk::over(db.address(), BY_WEBHOOK).await;
    desk.third_try_arrives(&desk.worker(webhooks(peer.address))).await;
}
