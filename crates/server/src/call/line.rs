//! What signals a call: the telephone network, or the platform that brings it by WebSocket. The conversation does not mind.

use biseo_telephony::{Leg, LegEvent};

use crate::stream::Link;

/// A call's signalling. Dropping it hangs up.
pub(crate) enum Line {
    /// SIP.
    Sip(Leg),
    /// A media stream.
    Stream(Link),
}

impl Line {
    /// The next event. May be dropped while it waits.
    pub(crate) async fn next_event(&mut self) -> LegEvent {
        match self {
            Self::Sip(leg) => leg.next_event().await,
            Self::Stream(link) => link.next_event().await,
        }
    }

    /// Offers the session anew.
    pub(crate) fn reinvite(&self, sdp: String) {
        if let Self::Sip(leg) = self {
            leg.reinvite(sdp);
        }
    }

    /// Ends the call.
    pub(crate) fn hangup(&mut self) {
        match self {
            Self::Sip(leg) => leg.hangup(),
            Self::Stream(link) => link.hangup(),
        }
    }
}
