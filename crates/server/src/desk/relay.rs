//! What happens in calls, told to the pages that look on.

use std::collections::HashMap;
use std::sync::Arc;

use biseo_api::live::{Live, LiveEvent, LiveTurn, Notice, NoticeKind, Partial};
use biseo_api::views::{CallView, TurnView};
use biseo_model::ids::{CallId, ShopId};
use biseo_model::record::{CallRecord, TurnRecord};
use jiff::Timestamp;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;

use super::closing;
use crate::house::House;
use crate::live::LiveEvent as Happened;

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
            Ok(event) => relay.event(event).await,
            Err(RecvError::Lagged(_)) => relay.lost(),
            Err(RecvError::Closed) => return,
        }
    }
}

struct Relay {
    house: Arc<House>,
    live: Live,
    /// Calls under way: whose they are, and when they were answered.
    calls: HashMap<CallId, (ShopId, Option<Timestamp>)>,
}

impl Relay {
    async fn event(&mut self, event: Happened) {
        match event {
            Happened::Began(call) => self.began(*call),
            Happened::Partial { call, number, heard } => self.partial(&call, number, heard),
            Happened::Turn(turn) => self.turn(*turn, LiveEvent::Turn),
            Happened::Amended(turn) => self.turn(*turn, LiveEvent::TurnAmended),
            Happened::Connecting { call, .. } => self.connecting(&call),
            Happened::Ended { call, .. } => self.ended(*call).await,
        }
    }

    fn began(&mut self, call: CallRecord) {
        let shop = call.shop.clone();
        self.calls.insert(call.id.clone(), (shop.clone(), call.answered));
        let call = Box::new(CallView::begun(call));
        self.live.tell(&shop, &LiveEvent::CallBegan { call });
    }

    fn partial(&self, call: &CallId, number: u32, heard: String) {
        if let Some((shop, _)) = self.calls.get(call) {
            let call = call.to_string();
            let partial = Partial { call, number, heard };
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

    /// The call as it is stored: with what came of it.
    async fn ended(&mut self, call: CallRecord) {
        self.calls.remove(&call.id);
        let shop = call.shop.clone();
        let stored = self.house.store.listed_call(&shop, &call.id).await;
        let view = match stored {
            Ok(Some(listed)) => listed.into(),
            Ok(None) | Err(_) => CallView::begun(call),
        };
        let call = Box::new(view);
        self.live.tell(&shop, &LiveEvent::CallEnded { call });
    }

    /// Events were lost. Calls of which the end was lost are forgotten when their number grows beyond all that may go on.
    fn lost(&mut self) {
        for shop in self.house.directory.all() {
            self.live.tell(&shop.id, &LiveEvent::Resync);
        }
        if self.calls.len() > self.house.config.call.at_once * 2 {
            self.calls.clear();
        }
    }
}
