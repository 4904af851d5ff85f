//! What can go wrong when an engine or a session is opened.

use std::io;
use std::net::IpAddr;

/// Why the engine or a session could not be had. Nothing that happens later on a call is an error here: it is an
/// [`Event`](crate::Event), and the call goes on.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// The keys of encrypted sound cannot be used.
    #[error("the keys of encrypted sound cannot be used: {0}")]
    Keys(#[from] biseo_media_secure::srtp::SrtpError),
    /// The range holds no even port with an odd one behind it, or starts below 1024.
    #[error("the RTP port range {first}-{last} holds no pair of ports; give for instance 20000-29999")]
    PortRange {
        /// First port as configured.
        first: u16,
        /// Last port as configured.
        last: u16,
    },
    /// Every pair of the range is taken: more calls than ports, or another program sits in the range.
    #[error("no free RTP port in {first}-{last}: widen the port range or admit fewer calls")]
    PortsExhausted {
        /// First port of the range.
        first: u16,
        /// Last port of the range.
        last: u16,
    },
    /// The address is not one of this machine's.
    #[error("cannot open RTP sockets on {ip}: {source}")]
    LocalAddress {
        /// The address asked for.
        ip: IpAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The system gave no socket (often: too many open files).
    #[error("cannot open an RTP socket: {0}; if too many files are open, raise the limit (ulimit -n)")]
    Socket(#[source] io::Error),
    /// The system gave no thread.
    #[error("cannot start a media thread: {0}")]
    Thread(#[source] io::Error),
    /// The system gave no random numbers; RTP without them can be guessed (RFC 3550 §5.1).
    #[error("no random numbers from the system")]
    Random,
    /// The codec could not be set up.
    #[error("cannot set up the codec: {0}")]
    Codec(String),
    /// The engine has been stopped.
    #[error("the media engine has been stopped")]
    Stopped,
}
