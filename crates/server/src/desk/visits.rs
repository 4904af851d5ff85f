//! The page that callers open from a text message, and calendars: joined to the house.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use biseo_api::Shops;
use biseo_calendar::fetch::Importer;
use biseo_calendar::site::Profiles;
use biseo_model::record::Booking;
use biseo_notify::channels::Http;
use biseo_visit::{Change, Links, Settings, Site, Telling, Told};
use jiff::tz::TimeZone;
use tokio::sync::watch;

use super::callers::LinkTo;
use super::closing;
use crate::house::House;
use crate::live::Deed;

/// How often is looked whether a calendar is to be read again.
const EVERY: Duration = Duration::from_secs(60);

/// Tells what callers change on their page as what they change in a call is told.
struct Teller(Arc<House>);

impl Told for Teller {
    fn told(&self, change: Change) -> Telling<'_> {
        self.0.live.done(match change {
            Change::Moved { booking } => Deed::Moved(booking),
            Change::Cancelled { booking } => Deed::Cancelled(booking),
        });
        Box::pin(std::future::ready(()))
    }
}

/// The callers' page and the calendars' feeds.
pub(super) fn router(house: &Arc<House>, shops: Arc<dyn Shops>, links: Links) -> Router {
    let (config, clock) = (&house.config.console, house.clock);
    let settings = Settings {
        origins: config.origin.iter().cloned().collect(),
        proxies: config.proxies.clone(),
        clock: Arc::new(move || clock.now()),
        ..Settings::default()
    };
    let told = Arc::new(Teller(house.clone()));
    let visits = biseo_visit::router(Site::new(house.store.clone(), shops, links, told, settings));
    let feeds = biseo_calendar::site::Site::new(
        house.store.clone(),
        profiles(house),
        Arc::new(move || clock.now()),
    );
    visits.merge(biseo_calendar::site::router(feeds))
}

/// Where a booking's page is for its caller; nowhere as long as the console is seen on this machine only.
pub(super) fn link(house: &Arc<House>, links: Option<Links>) -> LinkTo {
    let (house, origin) = (house.clone(), house.config.console.origin.clone());
    Box::new(move |booking: &Booking| {
        let (links, origin) = (links.as_ref()?, origin.as_ref()?);
        let shop = house.directory.find(&booking.shop)?;
        let zone = TimeZone::get(&shop.zone).ok()?;
        Some(format!("{origin}{}", links.path(booking, &zone)?))
    })
}

/// Reads the calendars that shops import, until the office closes.
pub(super) async fn import(house: Arc<House>, http: Http, mut stopped: watch::Receiver<bool>) {
    let importer = Importer::new(house.store.clone(), http, profiles(&house));
    loop {
        let step = async {
            house.records.there().await;
            if let Err(e) = importer.step(house.clock.now()).await {
                tracing::error!("calendars could not be imported: {e}");
            }
            tokio::time::sleep(EVERY).await;
        };
        tokio::select! {
            () = step => {}
            () = closing(&mut stopped) => return,
        }
    }
}

fn profiles(house: &Arc<House>) -> Profiles {
    let house = house.clone();
    Arc::new(move |shop| house.directory.find(shop))
}
