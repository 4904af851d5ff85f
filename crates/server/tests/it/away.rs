//! The database is stopped while the telephone is answered: calls go on against the local copy, and what they did is brought into
//! the database when it is back. A real PostgreSQL, real SIP and RTP; the recogniser is dead, so that callers press keys.

use biseo_model::record::CallEnd;
use biseo_store::{Booked, Store};
use biseo_testkit::cluster::Cluster;

use crate::support::outage::{books, place, said, standing, theirs};
use crate::support::wire::Caller;
use crate::support::{CONVERSATION, Server, biseo, shop, until};

#[tokio::test]
async fn bookings_by_call_while_the_database_is_away_are_reconciled_without_a_double() {
    let cluster = Cluster::own();
    let url = cluster.url();
    let place = place(&url);
    let server = place.serve();
    let central = Store::open(&url).await.unwrap();
    // The first caller finds the recogniser dead; those who follow hear at once that keys are asked for.
    let caller = Caller::dial(&server.address("haengbok")).await;
    place
        .turns(&central, "the greeting", |_, turns| !turns.is_empty())
        .await;
    caller.say("내일 저녁에 예약하고 싶은데요");
    said(&place, &central, "예약은 1번").await;
    caller.hang_up().await;
    place
        .turns(&central, "its end", |call, _| call.ended.is_some())
        .await;

    central.close().await;
    cluster.stop_server();
    server.told("calls go on against the local copy");
    let local = Store::open(place.data().join("offline/copy.db")).await.unwrap();
    // The only room, and a table.
    books(&place, &server, &local, "1122#1900").await;
    books(&place, &server, &local, "12#2#1800").await;
    assert_eq!(standing(&local).await.len(), 2);
    local.close().await;
    server.stop();

    // While this Biseo is off, somebody else takes the room.
    cluster.start_server();
    let central = Store::open(&url).await.unwrap();
    assert!(matches!(
        central.book(&theirs(), &["룸-1"]).await.unwrap(),
        Booked::Confirmed(_)
    ));
    // Later by the clock as well: the latest call is looked for.
    let later = ["serve", "--clock", "2026-11-24T10:40:00+09:00"];
    let server = Server::start(biseo(&later, place.path()));
    let clash = until("the conflict", CONVERSATION, || async {
        let messages = central.messages(&shop(), 9).await.unwrap();
        messages.into_iter().find(|m| m.text.contains("겹친 예약"))
    })
    .await;
    assert_eq!(clash.call_back.as_ref().unwrap().as_str(), "01055554444");
    assert!(clash.text.contains("2026-11-25 19:00"), "{clash:?}");
    let bookings = standing(&central).await;
    let at: Vec<_> = bookings.iter().map(|b| (b.time.hour(), b.party_size)).collect();
    assert_eq!(at, [(18, 2), (18, 8)], "{bookings:#?}");
    let by_call = bookings[0].call.as_ref().expect("it is known by which call");
    let turns = central.turns(&shop(), by_call).await.unwrap();
    assert!(
        turns.iter().any(|t| t.said.contains("예약되었어요")),
        "{turns:#?}"
    );
    let journal = place.data().join("offline/journal");
    until("the journal's end", CONVERSATION, || async {
        (std::fs::metadata(&journal).unwrap().len() == 0).then_some(())
    })
    .await;

    // And once more, without a new start between; the first after a start finds the recogniser dead anew.
    let caller = Caller::dial(&server.address("haengbok")).await;
    place
        .turns(&central, "the greeting", |call, turns| {
            call.ended.is_none() && !turns.is_empty()
        })
        .await;
    caller.say("내일 저녁에 예약하고 싶은데요");
    said(&place, &central, "예약은 1번").await;
    central.close().await;
    cluster.stop_server();
    server.told("calls go on against the local copy");
    // The call that is under way goes on.
    let local = Store::open(place.data().join("offline/copy.db")).await.unwrap();
    caller.press("14#2#2000");
    said(&place, &local, "맞으면 1번").await;
    caller.press("1");
    place
        .turns(&local, "the good-bye", |call, _| call.ended.is_some())
        .await;
    local.close().await;
    cluster.start_server();
    let central = Store::open(&url).await.unwrap();
    until("the booking", CONVERSATION, || async {
        let bookings = standing(&central).await;
        bookings
            .iter()
            .any(|b| (b.time.hour(), b.party_size) == (20, 4))
            .then_some(())
    })
    .await;
    // The record has both its halves.
    let (call, turns) = place
        .turns(&central, "the whole call", |call, _| call.ended.is_some())
        .await;
    assert_eq!(call.end, Some(CallEnd::Biseo));
    assert!(
        turns[0].said.contains("AI") && turns.iter().any(|t| t.said.contains("예약되었어요")),
        "{turns:#?}"
    );
    central.close().await;
    server.stop();
}
