//! What several rooms' tests need. Never a dependency of anything but tests.

pub mod netem;
