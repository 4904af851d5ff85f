//! Events as a stream to one listener.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::response::sse::Event;
use biseo_model::ids::ShopId;
use futures_util::{Stream, stream};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior};

use super::hub::Listening;
use super::{LiveEvent, Told};
use crate::auth::{self, May, Right, Role, Signed, needs};
use crate::problem::{Code, Problem};
use crate::state::Api;

/// Something is sent at least so often, so that nobody between takes the connection for dead.
pub(crate) const BREATH: Duration = Duration::from_secs(15);
/// So often it is looked whether the listener may still listen; and at once where a role or session is taken away here.
const AGAIN: Duration = Duration::from_secs(20);
/// How long a browser waits before it comes back.
const RETRY: Duration = Duration::from_secs(2);

/// Streams that are open, by session.
#[derive(Debug, Clone, Default)]
pub(crate) struct Streams(Arc<Mutex<HashMap<String, usize>>>);

/// One open stream; counted until it is dropped.
struct Place {
    all: Streams,
    session: String,
}

impl Streams {
    fn place(&self, session: &str, most: usize) -> Result<Place, Problem> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let open = all.entry(session.into()).or_default();
        if *open >= most {
            return Err(Problem::new(Code::TooManyRequests).retry_after(10));
        }
        *open += 1;
        Ok(Place {
            all: self.clone(),
            session: session.into(),
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut all = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = all.get_mut(&self.session) {
            *open -= 1;
            if *open == 0 {
                all.remove(&self.session);
            }
        }
    }
}

struct Listener {
    api: Api,
    signed: Signed,
    shop: ShopId,
    ready: VecDeque<Event>,
    listening: Listening,
    again: Interval,
    _place: Place,
}

/// Opens a stream of a shop's events, after the one of an id.
pub(crate) fn open(
    may: May<needs::ReadCalls>,
    after: Option<String>,
) -> Result<impl Stream<Item = Result<Event, Infallible>>, Problem> {
    let (api, shop) = (may.api, may.shop);
    let place = api.streams.place(&may.signed.hash, api.settings.streams)?;
    let mut again = tokio::time::interval(AGAIN);
    again.set_missed_tick_behavior(MissedTickBehavior::Delay);
    again.reset();
    let mut listening = api.live.listen(&shop, after.as_deref());
    let mut ready = VecDeque::new();
    if listening.lost {
        ready.push_back(resync(&api, listening.latest));
    }
    // An id without data is no event for the page, but what it comes back with.
    ready.push_back(Event::default().retry(RETRY).id(api.live.id(listening.latest)));
    let missed = std::mem::take(&mut listening.missed);
    if !missed.is_empty() {
        ready.clear();
        ready.extend(missed.iter().map(|told| event(&api, told)));
    }
    let listener = Listener {
        api,
        signed: may.signed,
        shop,
        ready,
        listening,
        again,
        _place: place,
    };
    Ok(stream::unfold(listener, next))
}

async fn next(mut l: Listener) -> Option<(Result<Event, Infallible>, Listener)> {
    loop {
        if let Some(event) = l.ready.pop_front() {
            return Some((Ok(event), l));
        }
        tokio::select! {
            biased;
            () = over(&mut l.listening.over) => return None,
            // What is told after a right was taken away is not heard.
            Ok(()) = l.listening.again.changed() => {
                if !may_still(&l).await {
                    return None;
                }
            }
            _ = l.again.tick() => {
                if !may_still(&l).await {
                    return None;
                }
            }
            told = l.listening.receiver.recv() => match told {
                Ok(told) if told.shop == l.shop => l.ready.push_back(event(&l.api, &told)),
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => l.ready.push_back(resync(&l.api, l.api.live.latest())),
                Err(RecvError::Closed) => return None,
            }
        }
    }
}

/// Waits for the end, which may have come before.
async fn over(told: &mut watch::Receiver<bool>) {
    let _ = told.wait_for(|over| *over).await;
}

/// The session may have ended, the role may be another. A database that does not answer ends no stream.
async fn may_still(l: &Listener) -> bool {
    if l.signed.program.is_some() {
        let may = auth::program::may_still(&l.api, &l.signed.hash, Right::ReadCalls).await;
        return may.unwrap_or(true);
    }
    let session = l.api.store.session(&l.signed.hash, l.api.now()).await;
    let Ok(Some(session)) = session else {
        return session.is_err();
    };
    let Ok(shops) = l.api.store.memberships(&session.account.id).await else {
        return true;
    };
    let role = shops
        .iter()
        .find(|m| m.shop == l.shop)
        .and_then(|m| Role::of_code(&m.role));
    role.is_some_and(|r| r.may(Right::ReadCalls))
}

fn event(api: &Api, told: &Told) -> Event {
    Event::default()
        .id(api.live.id(told.number))
        .event(told.kind)
        .data(&*told.data)
}

fn resync(api: &Api, number: u64) -> Event {
    let data = serde_json::to_string(&LiveEvent::Resync).unwrap_or_default();
    Event::default()
        .id(api.live.id(number))
        .event(LiveEvent::Resync.kind())
        .data(data)
}
