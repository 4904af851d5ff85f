//! Requests to machines that somebody else named: which of them may be reached, and whose certificates are believed.
//!
//! ```
//! use biseo_outbound::{Allowed, GuardError};
//! assert_eq!(Allowed::public().read("https://192.168.0.1/admin"), Err(GuardError::Private));
//! ```

mod guard;
mod tls;

pub use guard::{Allowed, GuardError, Resolver};
pub use tls::{TlsError, tls};
