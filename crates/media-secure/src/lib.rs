//! Sound that nobody on the way hears or forges: SRTP and SRTCP (RFC 3711) with keys that the signalling brings, and the
//! answering half of STUN (RFC 8489) that ICE-lite needs.
//!
//! Pure and sans-IO: no socket, no clock, no randomness; packets come in and go out as octets in the caller's buffers. What
//! memory a stream needs it takes when its keys are agreed on; nothing is allocated per packet (`tests/no_alloc.rs` of `media-io` counts whole calls). The
//! primitives (AES, GCM, HMAC) are those of `aws-lc-rs`; packet format, rollover counting and replay are ours.
//!
//! ```
//! use biseo_media_secure::srtp::{MasterKey, Protector, Suite, Unprotector};
//!
//! let key = MasterKey::new(Suite::AesCm128Sha1_80, &[7; 30]).ok_or("length")?; // random in a real call
//! let (mut ours, mut theirs) = (Protector::new(&key)?, Unprotector::new(&key)?);
//!
//! let mut packet = [0; 64];
//! packet[..12].copy_from_slice(&[0x80, 8, 0, 1, 0, 0, 0, 160, 0, 0, 0, 9]);
//! packet[12..32].copy_from_slice(b"twenty octets of law");
//! let len = ours.protect_rtp(&mut packet, 32)?;
//! assert_eq!(len, 42); // and its tag
//!
//! let mut heard = [0; 64];
//! assert_eq!(theirs.unprotect_rtp(&packet[..len], &mut heard)?, 32);
//! assert_eq!(&heard[12..32], b"twenty octets of law");
//! assert!(theirs.unprotect_rtp(&packet[..len], &mut heard).is_err()); // a repetition
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod srtp;
pub mod stun;
