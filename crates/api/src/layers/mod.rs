//! What every request passes on its way in and every answer on its way out.

mod address;
mod etag;
mod headers;
mod once;
mod origin;
mod whole;

pub(crate) use address::address;
pub use address::seen_through;
pub(crate) use etag::etag;
pub(crate) use headers::headers;
pub(crate) use once::{Key, once};
pub(crate) use origin::origin;
pub use origin::same_site;
pub(crate) use whole::whole;
