//! The owner's side of Biseo by HTTP: `/api/v1` with its OpenAPI document, sign-in, roles and live events.
//!
//! JSON with English codes and no prose: words that people read are the console's. The room knows the store and the profiles of
//! shops; calls reach it as [`live::LiveEvent`]s that whoever carries them tells.
//!
//! ```no_run
//! # async fn demo() -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//! let store = biseo_store::Store::open("data/biseo.db").await?;
//! let shops = Arc::new(biseo_api::Folder::open("shops".as_ref())?);
//! let live = biseo_api::live::Live::new();
//! let api = biseo_api::Api::new(store, shops, live.clone(), biseo_api::Settings::new("data".into()));
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
//! biseo_api::serve(listener, biseo_api::router(api), std::future::pending()).await;
//! # Ok(()) }
//! ```

pub mod auth;
mod check;
mod cursor;
mod digest_site;
mod document;
mod extract;
mod folder;
pub mod layers;
pub mod limit;
mod line;
pub mod live;
mod number;
pub mod outage;
mod problem;
mod profile;
mod recording;
mod rehearsal;
mod resources;
pub mod room;
mod router;
mod routes;
mod serve;
mod settings;
mod setup;
mod shops;
mod state;
mod tag;
mod tryout;
pub mod views;

pub use digest_site::digest_router;
pub use document::{BASE, document};
pub use folder::Folder;
pub use line::{LineLook, LineNow, LineVerdict, SeesLine};
pub use problem::{Code, Fault, FieldFault, Problem, ProblemDetails};
pub use recording::remove as remove_recording;
pub use rehearsal::{Beginning, NotBegun, Rehearses};
pub use router::router;
pub use serve::serve;
pub use settings::{Chosen, Clock, IncidentsChanged, Rate, Settings};
pub use shops::{NotReplaced, Shops};
pub use state::Api;
pub use tryout::{Converses, Said, Understood, Unsayable};
