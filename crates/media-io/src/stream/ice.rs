//! What the other side asks by ICE, and the way that it chooses.

use std::net::SocketAddr;

use super::Stream;
use crate::Negotiation;
use crate::line::Line;
use crate::socket::Arrival;

impl Stream {
    /// A STUN packet. Only whoever knows our password is answered, and may choose where we send.
    pub(super) fn asked(&mut self, line: &Line, arrival: &Arrival<'_>, on_rtp: bool) {
        let Some(ice) = &mut self.guards.ice else {
            self.not_rtp += 1;
            return;
        };
        let Some((answer, nominated)) = ice.answer(arrival) else {
            self.not_rtp += 1;
            return;
        };
        let sent = if on_rtp {
            line.send(answer, arrival.from)
        } else {
            line.send_rtcp(answer, arrival.from, false)
        };
        self.unsent += u64::from(!sent);
        if nominated {
            self.nominate(arrival, on_rtp);
        }
    }

    fn nominate(&mut self, arrival: &Arrival<'_>, on_rtp: bool) {
        self.nominated[usize::from(!on_rtp)] = Some(arrival.from);
        if on_rtp {
            if self.shares_port() {
                self.nominated[1] = Some(arrival.from);
            }
            self.latch.expect(arrival.from);
        }
        place(self.nominated, &mut self.negotiation);
    }

    /// Puts the way that was chosen in place of what a description says.
    pub(super) fn keep_nominated(&self, new: &mut Negotiation) {
        place(self.nominated, new);
    }
}

fn place([rtp, rtcp]: [Option<SocketAddr>; 2], into: &mut Negotiation) {
    into.remote = rtp.unwrap_or(into.remote);
    into.remote_rtcp = rtcp.unwrap_or(into.remote_rtcp);
}
