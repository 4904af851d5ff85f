//! What happens in calls, told to the pages that look on.

use std::collections::HashMap;
use std::sync::Arc;

use biseo_api::live::{Live, LiveEvent, LiveTurn, Notice, NoticeKind, Partial};
use biseo_api::views::{CallView, TurnView};
use biseo_model::ids::{CallId, ShopId};
use biseo_model::record::{CallRecord, TurnRecord};
use biseo_store::{Span, StoreError};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;

use super::closing;
use crate::house::House;
use crate::live::LiveEvent as Happened;

/// A call lasts so long at most.
const LONGEST: SignedDuration = SignedDuration::from_hours(1);

/// Tells until the office closes.
pub(super) async fn tell(house: Arc<House>, live: Live, mut stopped: watch::Receiver<bool>) {
    let mut events = house.live.listen();
    let mut relay = Relay {
        house,
        live,
        calls: HashMap::new(),
    };
    loop {
        let event = tokio::select! {
            event = events.recv() => event,
            () = closing(&mut stopped) => return,
        };
        match event {
            Ok(event) => relay.event(event),
            Err(RecvError::Lagged(_)) => relay.lost().await,
            Err(RecvError::Closed) => return,
        }
    }
}

/// A shop's calls that have not ended. What began longer ago than a call lasts is none.
pub(super) async fn under_way(house: &House, shop: &ShopId) -> Result<Vec<CallRecord>, StoreError> {
    let from = house.clock.now().checked_sub(LONGEST).unwrap_or(Timestamp::MIN);
    let until = Timestamp::MAX;
    let mut calls = house.store.calls_in_span(shop, Span { from, until }).await?;
    calls.retain(|call| call.ended.is_none());
    Ok(calls)
}

struct Relay {
    house: Arc<House>,
    live: Live,
    /// Calls under way: whose they are, and when they were answered.
    calls: HashMap<CallId, (ShopId, Option<Timestamp>)>,
}

impl Relay {
    fn event(&mut self, event: Happened) {
        match event {
            Happened::Began(call) => self.began(*call),
            Happened::Partial {
                call,
                number,
                heard,
                at,
            } => self.partial(&call, (number, heard), at),
            Happened::Turn(turn) => self.turn(*turn, LiveEvent::Turn),
            Happened::Amended(turn) => self.turn(*turn, LiveEvent::TurnAmended),
            Happened::Connecting { call, .. } => self.connecting(&call),
            Happened::Ended { call, .. } => self.ended(*call),
        }
    }

    fn began(&mut self, call: CallRecord) {
        let shop = call.shop.clone();
        self.calls.insert(call.id.clone(), (shop.clone(), call.answered));
        let call = Box::new(CallView::begun(call));
        self.live.tell(&shop, &LiveEvent::CallBegan { call });
    }

    fn partial(&self, call: &CallId, (number, heard): (u32, String), at: Timestamp) {
        if let Some((shop, _)) = self.calls.get(call) {
            let call = call.to_string();
            let partial = Partial {
                call,
                number,
                heard,
                at,
            };
            self.live.tell(shop, &LiveEvent::Partial(partial));
        }
    }

    fn turn(&self, turn: TurnRecord, kind: fn(Box<LiveTurn>) -> LiveEvent) {
        if let Some((shop, answered)) = self.calls.get(&turn.call) {
            let call = turn.call.to_string();
            let turn = TurnView::of(turn, *answered);
            self.live.tell(shop, &kind(Box::new(LiveTurn { call, turn })));
        }
    }

    fn connecting(&self, call: &CallId) {
        if let Some((shop, _)) = self.calls.get(call) {
            let notice = Notice::of(NoticeKind::Connecting, None, Some(call.as_str()));
            self.live.tell(shop, &LiveEvent::Notice(notice));
        }
    }

    /// The call as it is stored: with what came of it. Nobody's words wait for the reading.
    fn ended(&mut self, call: CallRecord) {
        self.calls.remove(&call.id);
        let (store, live) = (self.house.store.clone(), self.live.clone());
        tokio::spawn(async move {
            let shop = call.shop.clone();
            let view = match store.listed_call(&shop, &call.id).await {
                Ok(Some(listed)) => listed.into(),
                Ok(None) | Err(_) => CallView::begun(call),
            };
            let call = Box::new(view);
            live.tell(&shop, &LiveEvent::CallEnded { call });
        });
    }

    /// Events were lost, beginnings and ends among them: the calls under way are those of the store.
    async fn lost(&mut self) {
        let mut calls = HashMap::new();
        for shop in self.house.directory.all() {
            match under_way(&self.house, &shop.id).await {
                Ok(open) => calls.extend(open.into_iter().map(|c| (c.id, (c.shop, c.answered)))),
                Err(e) => tracing::error!("shop {}: the calls under way cannot be read: {e}", shop.id),
            }
            self.live.tell(&shop.id, &LiveEvent::Resync);
        }
        self.calls = calls;
    }
}
