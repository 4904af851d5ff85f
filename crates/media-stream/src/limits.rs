//! How much of what a platform sends is taken. Whatever is beyond is refused, never cut.

/// Octets of one message: a second of sound in base64 is less than a fifth of it.
pub const MESSAGE: usize = 64 * 1024;
/// Octets of sound in one message, decoded: one second of G.711. Platforms send 20 to 200 ms.
pub const PAYLOAD: usize = 8000;
/// Characters of an id, and of a mark's name.
pub const NAME: usize = 128;
/// Custom parameters of a call.
pub const PARAMETERS: usize = 64;
/// Characters of a parameter's value, and of a number.
pub const VALUE: usize = 512;
/// Tracks named at the start.
pub const TRACKS: usize = 8;
