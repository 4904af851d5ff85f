//! The owner's side, joined to the calls: the console with its API, what happens told to it, and notices.

mod call_backs;
mod callers;
mod care;
mod deeds;
mod evening;
mod hand;
mod houses;
mod late;
mod news;
mod page;
mod post;
mod rehearsals;
mod relay;
mod shops;
mod teller;
mod tryout;
mod visits;

use std::sync::Arc;
use std::time::Duration;

use biseo_api::live::Live;
use biseo_notify::Notifier;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::house::{Closed, House};
use crate::wording::Wording;
use evening::Evening;
use houses::Chosen;
pub(crate) use late::Late;
use page::Page;
use post::Post;
pub(crate) use rehearsals::{Door, Rehearsals};
use shops::DeskShops;

/// What is under way at the end has so long.
const FAREWELL: Duration = Duration::from_secs(8);

/// The owner's side, before it begins.
pub(crate) struct Desk {
    house: Arc<House>,
    live: Live,
    chosen: Arc<Chosen>,
    shops: Arc<DeskShops>,
    notifier: Notifier,
    post: Post,
    page: Option<Page>,
    rehearsals: Arc<Rehearsals>,
}

/// The owner's side at work.
pub(crate) struct Office {
    live: Live,
    stop: watch::Sender<bool>,
    work: JoinSet<()>,
}

impl Desk {
    /// Listens for browsers, if it is wished; nobody is served yet.
    ///
    /// # Errors
    /// [`Closed`], with what to tell the operator.
    pub(crate) async fn open(house: &Arc<House>) -> Result<Self, Closed> {
        let live = Live::new();
        let shops = house.directory.all();
        let chosen = match house.store.is_ready() {
            true => Chosen::read(&house.store, shops).await,
            false => Ok(Chosen::unread(shops)),
        };
        let chosen = Arc::new(chosen.map_err(|e| Closed::because("store_bad")(e.to_string()))?);
        let notifier = Notifier::new(house.store.clone(), chosen.clone());
        let post = Post::open(house, &notifier)?;
        let rehearsals = Arc::new(Rehearsals::new(house.clone()));
        let shops = DeskShops::open(house.clone(), chosen.clone()).map_err(Closed::because("shops_bad"))?;
        let shops = Arc::new(shops);
        Ok(Self {
            house: house.clone(),
            page: Page::open(house, &live, (&shops, &chosen, &post, &rehearsals)).await?,
            shops,
            rehearsals,
            live,
            chosen,
            notifier,
            post,
        })
    }

    /// Where the console is, if there is one.
    pub(crate) fn address(&self) -> Option<String> {
        self.page.as_ref().map(Page::address)
    }

    /// The house's telephone is open: its pages may call it.
    pub(crate) fn called_at(&self, door: Door) {
        self.rehearsals.called_at(door);
    }

    /// Tells the operator where it is and how the first owners get in.
    pub(crate) async fn greet(&self, wording: &Wording) {
        if let Some(page) = &self.page {
            page.greet(&self.house, wording).await;
        }
    }

    /// What is to be read once the database is reached; nothing if it was at the start.
    pub(crate) fn late(&self) -> Option<Late> {
        let late = || Late::new(self.house.clone(), self.chosen.clone(), self.address());
        (!self.house.store.is_ready()).then(late)
    }

    /// Begins to work.
    pub(crate) fn begin(self) -> Office {
        let origin = self.address();
        let Self {
            house,
            live,
            chosen,
            shops,
            notifier,
            post,
            page,
            rehearsals,
        } = self;
        let (stop, stopped) = watch::channel(false);
        // What callers do on their page while it closes is told as well.
        let (page_over, after_page) = watch::channel(false);
        let mut work = JoinSet::new();
        // Without a page nobody looks on.
        if page.is_some() {
            work.spawn(relay::tell(house.clone(), live.clone(), stopped.clone()));
        }
        if let Some(deeds) = house.live.deeds() {
            let to = (house.clone(), live.clone(), notifier.clone());
            let link = visits::link(&house, page.as_ref().map(|page| page.links().clone()));
            work.spawn(deeds::tell(deeds, to, link, after_page));
        }
        work.spawn(hand::watch(shops, live.clone(), stopped.clone()));
        work.spawn(visits::import(house.clone(), post.http, stopped.clone()));
        work.spawn(care::keep(house.clone(), rehearsals, stopped.clone()));
        work.spawn(call_backs::offer(
            house.clone(),
            notifier.clone(),
            stopped.clone(),
        ));
        let news = news::follow(house.clone(), chosen.clone(), post.rounds, stopped.clone());
        work.spawn(news);
        let (records, mut until, mut early) = (house.records.clone(), stopped.clone(), stopped.clone());
        work.spawn(async move {
            // What is in the outbox cannot be read before.
            tokio::select! {
                () = records.there() => {}
                () = closing(&mut early) => return,
            }
            post.worker.run(async move { closing(&mut until).await }).await;
        });
        let evening = Evening::new(house, chosen, notifier, origin);
        work.spawn(evening.run(stopped.clone()));
        work.spawn(async move {
            let mut stopped = stopped;
            match page {
                Some(page) => page.serve(stopped).await,
                None => closing(&mut stopped).await,
            }
            page_over.send_replace(true);
        });
        Office { live, stop, work }
    }
}

impl Office {
    /// Ends once what is under way is told: the calls are over.
    pub(crate) async fn close(mut self) {
        self.live.close();
        self.stop.send_replace(true);
        let rest = async { while self.work.join_next().await.is_some() {} };
        if tokio::time::timeout(FAREWELL, rest).await.is_err() {
            tracing::warn!("the console did not close in time");
        }
    }
}

/// Ready when the office is to close.
async fn closing(stopped: &mut watch::Receiver<bool>) {
    // An office that is gone without a word is closed as well.
    let _ = stopped.wait_for(|stop| *stop).await;
}
