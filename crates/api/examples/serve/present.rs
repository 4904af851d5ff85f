//! What goes on: a call that comes again and again.

use std::time::Duration;

use biseo_api::live::{Live, LiveEvent, LiveTurn, Notice, NoticeKind, Partial};
use biseo_api::views::{CallView, TurnView};
use biseo_model::ids::ShopId;
use biseo_model::record::*;
use biseo_store::Store;
use jiff::Timestamp;

use super::Failed;
use super::past::{TALK, call, turn};

/// A call every ten seconds, word by word.
pub(super) async fn calls(store: Store, live: Live) {
    for n in 0.. {
        tokio::time::sleep(Duration::from_secs(10)).await;
        if let Err(e) = one_call(&store, &live, n).await {
            eprintln!("{e}");
        }
    }
}

async fn one_call(store: &Store, live: &Live, n: i64) -> Result<(), Failed> {
    let shop = ShopId::new("haengbok")?;
    let mut record = call(n, &shop, Timestamp::now())?;
    store.begin_call(&record).await?;
    record.answered = Some(Timestamp::now());
    store.answer_call(&record.id, Timestamp::now(), None).await?;
    live.tell(
        &shop,
        &LiveEvent::CallBegan {
            call: Box::new(CallView::begun(record.clone())),
        },
    );
    for number in 0..u32::try_from(TALK.len())? {
        let mut heard = String::new();
        for word in TALK[number as usize].0.split(' ').filter(|w| !w.is_empty()) {
            heard = format!("{heard} {word}").trim().to_string();
            let partial = Partial {
                call: record.id.to_string(),
                number,
                heard: heard.clone(),
                at: Timestamp::now(),
            };
            live.tell(&shop, &LiveEvent::Partial(partial));
            tokio::time::sleep(Duration::from_millis(350)).await;
        }
        let turn = turn(&record.id, number, Timestamp::now());
        store.add_turn(&turn).await?;
        let told = LiveTurn {
            call: record.id.to_string(),
            turn: TurnView::of(turn, record.answered),
        };
        live.tell(&shop, &LiveEvent::Turn(Box::new(told.clone())));
        tokio::time::sleep(Duration::from_millis(400)).await;
        live.tell(&shop, &LiveEvent::TurnAmended(Box::new(told)));
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    store
        .end_call(&record.id, Timestamp::now(), CallEnd::Biseo)
        .await?;
    let ended = store
        .listed_call(&shop, &record.id)
        .await?
        .ok_or("the call is gone")?;
    live.tell(
        &shop,
        &LiveEvent::CallEnded {
            call: Box::new(ended.into()),
        },
    );
    let notice = Notice::of(NoticeKind::Booking, None, Some(record.id.as_str()));
    live.tell(&shop, &LiveEvent::Notice(notice));
    Ok(())
}
