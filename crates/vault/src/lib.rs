//! What is kept sealed: the sound of calls, and short secrets in the records.
//!
//! A **sealed recording** is a header of [`layout::HEADER`] octets and chunks. The header holds a magic word, the version, the id of the
//! installation's key and 32 random octets, from which the file's own key comes (HKDF-SHA256, RFC 5869). A chunk holds 4096 octets of sound
//! (128 ms), sealed by itself with AES-256-GCM-SIV (RFC 8452) under a random nonce; its number and whether it is the last one are
//! authenticated with it (the STREAM construction). A chunk that is shorter than 4096, an empty one among them, is the last one. So
//! - a file only grows while its call goes on, and is never longer without its sound than one chunk;
//! - a range is read by opening the chunks that it touches;
//! - chunks that were changed, moved, left out or taken from elsewhere do not open, and a file that was cut has no last chunk;
//! - a chunk can be written over ([`conceal`]), under a new nonce.
//!
//! What it does not tell: that a chunk was put back as it had been before it was written over; how long a recording is; a file
//! cut between two chunks from one whose call a crash has ended ([`Ending::Open`] is both, and is told).
//!
//! ```
//! use biseo_vault::{Keys, Sealed, Sealer};
//! let keys = Keys::generate()?;
//! let mut sealer = Sealer::new(&keys)?;
//! let mut file = sealer.header().to_vec();
//! sealer.push(&[7; 10_000], &mut file)?;
//! sealer.finish(&mut file)?;
//! let mut sealed = Sealed::open(std::io::Cursor::new(file), &keys)?;
//! let mut sound = [0; 2];
//! assert_eq!(sealed.read_at(9_999, &mut sound)?, 1);
//! assert_eq!(sound[0], 7);
//! # Ok::<(), biseo_vault::VaultError>(())
//! ```

mod chunk;
mod conceal;
mod error;
mod key;
pub mod key_file;
pub mod layout;
mod mend;
mod reader;
mod recording;
mod redo;
mod text;
mod transfer;
mod writer;

pub use conceal::conceal;
pub use error::VaultError;
pub use key::{Key, KeyFault, KeyId, Keys};
pub use mend::{Mended, mend};
pub use reader::{Ending, Sealed};
pub use recording::{Recording, sealed_by, wav_header};
pub use redo::remove as remove_redo;
pub use text::is_sealed as is_sealed_text;
pub use transfer::{Sealing, seal, unseal};
pub use writer::Sealer;
