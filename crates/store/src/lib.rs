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

mod bookings;
mod calls;
mod error;
mod free;
mod holds;
mod messages;
mod open;
mod orders;
mod outbox;
mod place;
mod pool;
mod query;
mod row;
mod subscriptions;
mod turns;
mod visits;

pub use bookings::{Booked, Move};
pub use error::StoreError;
pub use free::{Asker, Want};
pub use open::{Claim, Store};
pub use outbox::{Delivery, DeliveryState, Lease, MOST_TOGETHER, NewNotice, Settled, StoredNotice};
pub use subscriptions::Subscription;
pub use visits::Visits;
