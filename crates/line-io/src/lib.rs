//! The line doctor's probes: they ask, count and read, and make [`biseo_line::Window`]s of it.
//!
//! One thread, no runtime: how late the prober's own timer is is evidence itself, and shall not be that of somebody else's tasks.

mod asked;
pub mod beacon;
mod counted;
mod depth;
mod dns;
mod icmp;
mod looks;
mod plan;
mod prober;
mod proc;
mod sip;
mod socket;
mod tally;
mod way;

pub use plan::{BeaconPlan, Pace, Plan, ResolverPlan, TrunkPlan, UplinkPlan};
pub use prober::{may_ping, run};
pub use way::{Way, resolvers, way_to};
