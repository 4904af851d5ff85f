//! RTCP (RFC 3550 §6): reports out and in, reception statistics, round trip.

mod packet;
mod session;
mod stats;

pub use packet::{Blocks, Compound, ReportBlock, Rtcp, RtcpError, SenderInfo, Writer};
pub use session::{Heard, RtcpSession, ntp};
pub use stats::{Reception, RtpReceiverStats, Sequencing};
