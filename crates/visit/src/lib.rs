//! The caller's page (보이는 화면): whoever booked by telephone opens it from the text message after the call, sees the booking,
//! moves or cancels it.
//!
//! The link is all the right there is: shop, booking and end under a signature ([`Links`]). The page ([`router`]) is HTML without
//! script and without a cookie. What it changes goes through the store's transactions and the shop's rules
//! ([`biseo_api::room`]), and is told to whoever implements [`Told`].
//!
//! ```no_run
//! # fn demo(store: biseo_store::Store, shops: std::sync::Arc<dyn biseo_api::Shops>, told: std::sync::Arc<dyn biseo_visit::Told>)
//! # -> Result<(), Box<dyn std::error::Error>> {
//! use biseo_visit::{Links, Settings, Site, router};
//! let links = Links::open("data".as_ref())?;
//! let pages = router(Site::new(store, shops, links, told, Settings::default()));
//! # Ok(()) }
//! ```

mod answer;
mod asked;
mod change;
mod html;
mod key;
mod link;
mod scene;
mod site;
mod told;
mod words;

pub use key::{Key, KeyError};
pub use link::{Claim, Links};
pub use site::{Settings, Site, router};
pub use told::{Change, Telling, Told};
