//! Where calls, turns, bookings, orders and messages are kept, written as they happen.
//!
//! SQLite in one file, or PostgreSQL. Every write is committed before its function returns, so that what was acknowledged outlives a
//! `kill -9`. What is read, cancelled or moved names its shop: a tenant's rows are reached through that tenant's id only. A call in progress is written to by its own id.
//!
//! ```no_run
//! # async fn demo() -> Result<(), biseo_store::StoreError> {
//! let store = biseo_store::Store::open("data/biseo.db").await?;
//! let shop = biseo_model::ids::ShopId::new("haengbok").unwrap();
//! for call in store.calls(&shop, 20).await? {
//!     println!("{} {:?}", call.started, call.end);
//! }
//! # Ok(()) }
//! ```

mod accounts;
mod audit;
mod bookings;
mod call_backs;
mod call_pages;
mod callers;
mod calls;
mod corrections;
mod counts;
mod deliveries;
mod digest_feeds;
mod digests;
mod erasure;
mod error;
mod factors;
mod feeds;
mod free;
mod holds;
mod imports;
mod incidents;
mod invitations;
mod lists;
mod messages;
mod migrations;
mod news;
pub mod offline;
mod once;
mod open;
mod orders;
mod outbox;
mod passkeys;
mod place;
mod pool;
mod program_keys;
mod query;
mod questions;
mod retention;
mod row;
mod server;
mod sessions;
mod settings;
mod snapshot;
mod spans;
mod subscriptions;
mod turns;
mod untold;
mod visits;
mod webhooks;

pub use accounts::{Account, Membership};
pub use audit::Audited;
pub use bookings::{Booked, Move};
pub use call_backs::{CallBack, Settlement};
pub use call_pages::{CallFilter, ListedCall};
pub use callers::{Caller, CallerNote};
pub use corrections::Correction;
pub use counts::Waiting;
pub use deliveries::{Delivery, DeliveryState, Lease, Settled, StoredNotice};
pub use digest_feeds::{DigestFeed, MOST_DIGEST_FEEDS};
pub use digests::KeptDigest;
pub use erasure::{Dossier, Erased};
pub use error::StoreError;
pub use factors::Factor;
pub use feeds::{Feed, MOST_FEEDS};
pub use free::{Asker, Want};
pub use imports::{Import, MOST_BUSY, MOST_IMPORTS};
pub use incidents::{FoundBy, Incident, MOST_IN_SPAN, MOST_STANDING};
pub use invitations::Invited;
pub use lists::{Cursor, Page};
pub use messages::LeftMessage;
pub use news::{FEED_REST_MS, FeedState, Followed, MOST_FOLLOWED, NewsItem};
pub use once::Once;
pub use open::{Claim, Pulse, Store};
pub use outbox::{MOST_TOGETHER, NewNotice};
pub use passkeys::{MOST_PASSKEYS, Passkey, Removal};
pub use program_keys::{MOST_PROGRAM_KEYS, ProgramKey};
pub use questions::Question;
pub use retention::OldRecording;
pub use sessions::{Counted, Session};
pub use settings::{Rechosen, Setting};
pub use snapshot::snapshot;
pub use spans::Span;
pub use subscriptions::{MOST_BROWSERS, Subscription};
pub use untold::{Done, Telling, Untold};
pub use visits::Visits;
pub use webhooks::{MOST_WEBHOOKS, Webhook};
