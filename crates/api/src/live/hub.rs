//! Tells all listeners what happens, and remembers the last of it for those who come back.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use biseo_model::ids::ShopId;
use tokio::sync::{broadcast, watch};

use super::LiveEvent;
use crate::auth::secret;

/// Events that a listener may lag behind before it loses some.
const LAG: usize = 1024;
/// Events that are remembered.
const REMEMBERED: usize = 2048;

/// An event as it is sent.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) number: u64,
    pub(crate) shop: ShopId,
    pub(crate) kind: &'static str,
    pub(crate) data: Arc<str>,
}

/// Tells what happens in calls. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Live(Arc<Hub>);

#[derive(Debug)]
struct Hub {
    /// Numbers begin anew with each start of the program: this tells the starts apart.
    epoch: String,
    last: Mutex<(u64, VecDeque<Told>)>,
    sender: broadcast::Sender<Told>,
    over: watch::Sender<bool>,
    again: watch::Sender<()>,
}

/// From where on somebody listens.
pub(crate) struct Listening {
    pub(crate) missed: Vec<Told>,
    /// What was missed is not known: everything has to be loaded anew.
    pub(crate) lost: bool,
    /// The number of the latest event then.
    pub(crate) latest: u64,
    pub(crate) receiver: broadcast::Receiver<Told>,
    pub(crate) over: watch::Receiver<bool>,
    pub(crate) again: watch::Receiver<()>,
}

impl Default for Live {
    fn default() -> Self {
        Self::new()
    }
}

impl Live {
    /// With nobody listening yet.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Hub {
            epoch: secret::token()[..8].into(),
            last: Mutex::default(),
            sender: broadcast::channel(LAG).0,
            over: watch::channel(false).0,
            again: watch::channel(()).0,
        }))
    }

    /// Tells those who listen to the shop; that nobody does is no fault. It never waits.
    pub fn tell(&self, shop: &ShopId, event: &LiveEvent) {
        let Ok(data) = serde_json::to_string(event) else {
            return;
        };
        let mut last = self.0.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.0 += 1;
        let told = Told {
            number: last.0,
            shop: shop.clone(),
            kind: event.kind(),
            data: data.into(),
        };
        if last.1.len() == REMEMBERED {
            last.1.pop_front();
        }
        last.1.push_back(told.clone());
        // Under the lock, so that numbers arrive in order.
        let _ = self.0.sender.send(told);
    }

    /// All streams end: the program does.
    pub fn close(&self) {
        self.0.over.send_replace(true);
    }

    /// Sessions or roles have changed: all streams look at once whether their listener may still listen.
    pub(crate) fn look_again(&self) {
        self.0.again.send_replace(());
    }

    /// The id of an event in the stream.
    pub(crate) fn id(&self, number: u64) -> String {
        format!("{}-{number}", self.0.epoch)
    }

    /// Listens from now on, or from after the event of an id.
    pub(crate) fn listen(&self, shop: &ShopId, after: Option<&str>) -> Listening {
        let last = self.0.last.lock().unwrap_or_else(PoisonError::into_inner);
        let known = after.and_then(|id| {
            let (epoch, number) = id.rsplit_once('-')?;
            let number: u64 = number.parse().ok()?;
            let oldest = last.1.front().map_or(last.0 + 1, |t| t.number);
            let here = epoch == self.0.epoch && number <= last.0 && number + 1 >= oldest;
            here.then_some(number)
        });
        let missed = |after: u64| {
            let of_shop = last.1.iter().filter(|t| t.number > after && t.shop == *shop);
            of_shop.cloned().collect()
        };
        Listening {
            missed: known.map_or_else(Vec::new, missed),
            lost: after.is_some() && known.is_none(),
            latest: last.0,
            receiver: self.0.sender.subscribe(),
            over: self.0.over.subscribe(),
            again: self.0.again.subscribe(),
        }
    }

    /// The number of the latest event.
    pub(crate) fn latest(&self) -> u64 {
        self.0.last.lock().unwrap_or_else(PoisonError::into_inner).0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shop(id: &str) -> ShopId {
        ShopId::new(id).unwrap()
    }

    #[test]
    fn who_comes_back_hears_what_was_missed() {
        let live = Live::new();
        for n in 0..6 {
            live.tell(&shop(if n % 2 == 0 { "a" } else { "b" }), &LiveEvent::Resync);
        }
        let missed = |after: Option<String>| {
            let listening = live.listen(&shop("a"), after.as_deref());
            let numbers: Vec<_> = listening.missed.iter().map(|t| t.number).collect();
            (numbers, listening.lost)
        };
        assert_eq!(missed(None), (vec![], false));
        assert_eq!(missed(Some(live.id(2))), (vec![3, 5], false));
        assert_eq!(missed(Some(live.id(6))), (vec![], false));
        for unknown in ["", "x", "other-3", "-", &live.id(7), &format!("{}x", live.id(2))] {
            assert_eq!(missed(Some(unknown.into())), (vec![], true), "{unknown}");
        }
        for _ in 0..REMEMBERED {
            live.tell(&shop("b"), &LiveEvent::Resync);
        }
        assert_eq!(missed(Some(live.id(5))), (vec![], true), "forgotten");
        assert_eq!(missed(Some(live.id(6))), (vec![], false), "nothing of it is");
    }
}
