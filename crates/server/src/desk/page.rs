//! The console and its API on their address.

use std::sync::Arc;

use axum::Router;
use biseo_api::live::Live;
use biseo_api::{Api, Settings, Shops, auth, digest_router, router, serve};
use biseo_model::ids::ShopId;
use biseo_store::{Done, StoreError};
use biseo_visit::Links;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::closing;
use super::houses::Chosen;
use super::post::Post;
use super::rehearsals::{Rehearsals, Rehearser};
use super::shops::DeskShops;
use super::tryout::Counter;
use super::visits;
use crate::config::ConsoleConfig;
use crate::house::{Closed, House};
use crate::line::OnPage;
use crate::live::Deed;
use crate::wording::Wording;

/// First owners' links are printed for so many shops; more than these an operator invites.
const MOST_LINKS: usize = 10;

/// The id of the shop that is made on the page of an installation without any.
const FIRST_SHOP: &str = "shop";

/// The console, before it serves.
pub(super) struct Page {
    listener: TcpListener,
    origin: String,
    links: Links,
    routes: Router,
}

impl Page {
    /// Listens; `None` if it is not wished.
    pub(super) async fn open(
        house: &Arc<House>,
        live: &Live,
        (shops, chosen, post, rehearsals): (&Arc<DeskShops>, &Arc<Chosen>, &Post, &Arc<Rehearsals>),
    ) -> Result<Option<Self>, Closed> {
        let config = &house.config.console;
        let Some(address) = config.listen else {
            return Ok(None);
        };
        let failed = |e: &dyn std::fmt::Display| Closed::because("console_bad")(format!("{address}: {e}"));
        let listener = TcpListener::bind(address).await.map_err(|e| failed(&e))?;
        let bound = listener.local_addr().map_err(|e| failed(&e))?;
        let origin = config.origin.clone().unwrap_or_else(|| format!("http://{bound}"));
        let mut settings = settings(house, config);
        settings.mail = post.mail;
        settings.text = post.text;
        settings.push_key.clone_from(&post.push_key);
        settings.outbox = Some(post.outbox.clone());
        settings.outbound = post.http.allowed().clone();
        settings.converses = Some(Arc::new(Counter(house.clone())));
        settings.rehearses = Some(Arc::new(Rehearser(rehearsals.clone())));
        let line = house.clone();
        settings.incidents = Arc::new(move || line.line.standing.look_again());
        settings.line = Some(Arc::new(OnPage(house.clone())));
        let records = house.records.clone();
        settings.stood_in_for = Arc::new(move || records.is_away());
        let told = chosen.clone();
        settings.chosen = Arc::new(move |shop, choices| told.choose(shop, choices));
        let teller = house.live.clone();
        settings.program_did = Arc::new(move |done| teller.done(deed(done)));
        let shops: Arc<dyn Shops> = shops.clone();
        let links = Links::open(&house.config.data).map_err(|e| failed(&e))?;
        let api = Api::new(house.store.clone(), shops.clone(), live.clone(), settings);
        let routes = router(api.clone()).merge(digest_router(api));
        let routes = routes.merge(visits::router(house, shops, links.clone()));
        Ok(Some(Self {
            listener,
            origin,
            links,
            routes: routes.merge(biseo_console::router()),
        }))
    }

    /// Where it is.
    pub(super) fn address(&self) -> String {
        self.origin.clone()
    }

    /// Makes the links to callers' pages.
    pub(super) fn links(&self) -> &Links {
        &self.links
    }

    /// Tells the operator where it is, and prints the links by which the first owners get in.
    pub(super) async fn greet(&self, house: &House, wording: &Wording) {
        println!("{}", wording.say("console_listening", &self.origin, ""));
        if !biseo_console::is_built() {
            println!("{}", wording.say("console_missing", "", ""));
        }
        // Without the database nobody knows whether there are accounts: they are printed when it is reached.
        if house.store.is_ready() {
            welcome(house, &self.origin, wording).await;
        }
    }

    /// Serves until the office closes.
    pub(super) async fn serve(self, mut stopped: watch::Receiver<bool>) {
        serve(self.listener, self.routes, closing(&mut stopped)).await;
    }
}

/// Prints the first owners' links.
pub(super) async fn welcome(house: &House, origin: &str, wording: &Wording) {
    match welcomes(house, origin).await {
        Ok(welcomes) => {
            for (key, name, link) in welcomes {
                println!("{}", wording.say(key, &name, &link));
            }
        }
        Err(e) => tracing::error!("the first owners' links could not be made: {e}"),
    }
}

/// While nobody has an account, a link for the owner of each shop and one for the operator.
async fn welcomes(house: &House, origin: &str) -> Result<Vec<(&'static str, String, String)>, StoreError> {
    let mut welcomes = Vec::new();
    if !house.store.no_accounts().await? {
        return Ok(welcomes);
    }
    let now = house.clock.now();
    let link = |token: String| format!("{origin}/welcome#{token}");
    for shop in house.directory.all().iter().take(MOST_LINKS) {
        let token = auth::first_owner_link(&house.store, Some(&shop.id), "", now).await?;
        welcomes.push(("welcome", shop.name.ko.clone(), link(token)));
    }
    if house.directory.all().is_empty() {
        let first = ShopId::new(FIRST_SHOP).map_err(|e| StoreError::Conflict(e.to_string()))?;
        let token = auth::first_owner_link(&house.store, Some(&first), "", now).await?;
        welcomes.push(("welcome_first", String::new(), link(token)));
    }
    let token = auth::first_owner_link(&house.store, None, "", now).await?;
    welcomes.push(("welcome_operator", String::new(), link(token)));
    Ok(welcomes)
}

/// What a program did, told as what is done for callers.
fn deed(done: Done) -> Deed {
    match done {
        Done::Booked { booking } => Deed::Booked(booking),
        Done::Moved { booking, .. } => Deed::Moved(booking),
        Done::Cancelled { booking } => Deed::Cancelled(booking),
        Done::Ordered { order } | Done::OrderChanged { order } => Deed::Ordered(order),
        Done::OrderCancelled { order } => Deed::OrderCancelled { order, call: None },
        Done::Left {
            message,
            urgent: true,
        } => Deed::Alert(message),
        Done::Left { message, .. } => Deed::Message(message),
    }
}

fn settings(house: &House, config: &ConsoleConfig) -> Settings {
    let clock = house.clock;
    Settings {
        origins: config.origin.iter().cloned().collect(),
        secure: config.is_secure(),
        keys: house.keys.clone(),
        totp_required: config.second_factor(),
        proxies: config.proxies.clone(),
        record: house.config.call.record,
        clock: Arc::new(move || clock.now()),
        ..Settings::new(house.config.data.clone())
    }
}
