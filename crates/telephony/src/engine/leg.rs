//! A leg: one dialog (RFC 3261 §12) and what stands around it.

use std::net::IpAddr;

use tokio::sync::mpsc;

use super::client::{Login, Owner};
use super::timers::{LegTimer, TimerId};
use super::{Engine, provisional::Reliable, session::Session};
use crate::call::{EndCause, Ended, LegEvent, Party};
use crate::config::Proto;
use crate::msg::{Method, Request, Uri};
use crate::transport::Flow;

/// The identifiers of a dialog.
#[derive(Clone, Debug)]
pub(super) struct Dialog {
    pub(super) call_id: String,
    /// Our From or To without tag.
    pub(super) local: String,
    pub(super) local_tag: String,
    pub(super) remote: String,
    pub(super) remote_tag: String,
    /// The peer's Contact.
    pub(super) target: String,
    /// Routes towards the peer, in order.
    pub(super) routes: Vec<String>,
    pub(super) local_cseq: u32,
    pub(super) remote_cseq: Option<u32>,
}

impl Dialog {
    pub(super) fn next_cseq(&mut self) -> u32 {
        self.local_cseq += 1;
        self.local_cseq
    }

    pub(super) fn key(&self) -> String {
        dialog_key(&self.call_id, &self.local_tag, &self.remote_tag)
    }
}

/// The name of a dialog, as we look it up.
pub(super) fn dialog_key(call_id: &str, local_tag: &str, remote_tag: &str) -> String {
    format!("{call_id}|{local_tag}|{remote_tag}")
}

/// How far a leg is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// A call to us without final response.
    Incoming,
    /// Our 200 waits for its ACK.
    Accepted,
    /// Both sides agree.
    Up,
    /// Our call without final response.
    Calling {
        /// Something came back, so CANCEL may be sent.
        provisional: bool,
        /// The server gave up.
        cancelled: bool,
    },
}

/// A leg.
#[derive(Debug)]
pub(super) struct LegState {
    pub(super) events: mpsc::Sender<LegEvent>,
    pub(super) dialog: Dialog,
    pub(super) flow: Flow,
    pub(super) phase: Phase,
    /// Requests go where the peer's come from: its Contact is behind a NAT.
    pub(super) pinned: bool,
    /// The server chose the way (a softphone's binding); it stays.
    pub(super) fixed: bool,
    pub(super) trunk: Option<usize>,
    /// The call by trunks of which this is a try.
    pub(super) group: Option<u64>,
    /// For the books; `None` for calls that we placed.
    pub(super) source: Option<IpAddr>,
    pub(super) peer_has_update: bool,
    /// The INVITE transaction of a call to us.
    pub(super) invite_key: Option<String>,
    /// Branch and request of the INVITE of a call we place.
    pub(super) our_invite: Option<(String, Request)>,
    pub(super) reliable: Reliable,
    pub(super) local_sdp: Option<String>,
    /// We made an offer in a response and wait for the answer in ACK or PRACK.
    pub(super) wants_answer: bool,
    /// The session description has been agreed on (an early UPDATE may change it).
    pub(super) agreed: bool,
    /// A change of the session by the peer that the server has not answered.
    pub(super) pending: Option<String>,
    /// A change of the session by us that the peer has not answered; again when it met 491.
    pub(super) our_offer: Option<String>,
    pub(super) session: Session,
    /// The last ACK of a 2xx, for its repetitions.
    pub(super) last_ack: Option<(u32, Vec<u8>)>,
    pub(super) hangup_on_ack: bool,
    /// The ACK of the first 200 has come.
    pub(super) confirmed: bool,
    pub(super) login: Login,
    pub(super) patience: Option<TimerId>,
    pub(super) reinvite_timer: Option<TimerId>,
}

impl LegState {
    /// A leg at its beginning.
    pub(super) fn new(events: mpsc::Sender<LegEvent>, dialog: Dialog, flow: Flow, phase: Phase) -> Self {
        Self {
            events,
            dialog,
            flow,
            phase,
            pinned: false,
            fixed: false,
            trunk: None,
            group: None,
            source: None,
            peer_has_update: false,
            invite_key: None,
            our_invite: None,
            reliable: Reliable::default(),
            local_sdp: None,
            wants_answer: false,
            agreed: false,
            pending: None,
            our_offer: None,
            session: Session::default(),
            last_ack: None,
            hangup_on_ack: false,
            confirmed: false,
            login: Login::default(),
            patience: None,
            reinvite_timer: None,
        }
    }
}

impl Engine {
    /// Tells the server; a leg whose events nobody reads is ended. One place is kept for [`LegEvent::Ended`].
    pub(super) fn tell(&mut self, id: u64, event: LegEvent) {
        let Some(leg) = self.legs.get(&id) else { return };
        if leg.events.capacity() > 1 && leg.events.try_send(event).is_ok() {
            return;
        }
        if leg.events.is_closed() {
            return;
        }
        self.end_by_stack(id, EndCause::Overrun);
    }

    /// Takes a leg off the books and tells the server.
    pub(super) fn finish(&mut self, id: u64, by: Party, cause: EndCause) {
        let Some(mut leg) = self.legs.remove(&id) else {
            return;
        };
        for timer in [
            &mut leg.patience,
            &mut leg.reinvite_timer,
            &mut leg.session.timer,
            &mut leg.reliable.timer,
        ] {
            self.timers.cancel(timer);
        }
        self.dialogs.remove(&leg.dialog.key());
        if let Some(source) = leg.source {
            self.admission.leave(source, leg.trunk);
        }
        if let Some(key) = leg.pending.take() {
            self.reply(&key, 487);
        }
        if let Some(outer) = leg.group {
            return self.try_over(outer, id, by, cause);
        }
        let _ = leg.events.try_send(LegEvent::Ended(Ended { by, cause }));
    }

    /// Ends a leg for a reason of our own.
    pub(super) fn end_by_stack(&mut self, id: u64, cause: EndCause) {
        let code = if cause == EndCause::Shutdown { 503 } else { 480 };
        self.end_leg(id, Party::Stack, cause, code);
    }

    /// The server hangs up.
    pub(super) fn hangup(&mut self, id: u64) {
        if self.hangup_group(id) {
            return;
        }
        self.end_leg(id, Party::Local, EndCause::Hangup, 480);
    }

    /// Ends a leg as its phase demands: refuse, wait for the ACK, BYE or CANCEL.
    fn end_leg(&mut self, id: u64, by: Party, cause: EndCause, code: u16) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        match leg.phase {
            Phase::Incoming => {
                if let Some(key) = leg.invite_key.clone() {
                    self.drop_reliable(id);
                    self.reply(&key, code);
                }
                self.finish(id, by, cause);
            }
            // RFC 3261 §15: the callee sends no BYE before the ACK, or before it has waited for it in vain.
            Phase::Accepted if cause == EndCause::Hangup => leg.hangup_on_ack = true,
            Phase::Accepted | Phase::Up => {
                self.send_bye(id);
                self.finish(id, by, cause);
            }
            Phase::Calling {
                provisional,
                cancelled,
            } => {
                leg.phase = Phase::Calling {
                    provisional,
                    cancelled: true,
                };
                if provisional && !cancelled {
                    self.send_cancel(id);
                }
                if !matches!(cause, EndCause::Hangup) {
                    self.finish(id, by, cause);
                }
            }
        }
    }

    /// A timer of a leg falls due.
    pub(super) fn leg_timer(&mut self, id: u64, timer: LegTimer) {
        match timer {
            LegTimer::Reliable => self.reliable_due(id),
            LegTimer::Session => self.session_due(id),
            LegTimer::Reinvite => self.reinvite_again(id),
            LegTimer::Patience => self.end_by_stack(id, EndCause::Timeout),
        }
    }

    /// A request within the dialog, and the way it goes.
    pub(super) fn request_in(&mut self, id: u64, method: Method) -> Option<(Request, Flow)> {
        let leg = self.legs.get_mut(&id)?;
        let number = leg.dialog.next_cseq();
        self.request_numbered(id, method, number)
    }

    /// The same with a given CSeq: an ACK has that of its INVITE.
    pub(super) fn request_numbered(
        &mut self,
        id: u64,
        method: Method,
        number: u32,
    ) -> Option<(Request, Flow)> {
        let leg = self.legs.get(&id)?;
        let (d, pinned, known) = (leg.dialog.clone(), leg.pinned, leg.flow);
        let (uri, routes, hop) = loose_or_strict(&d);
        let flow = if pinned {
            known
        } else {
            self.flow_towards(&hop, known)
        };
        let mut headers = crate::msg::Headers::default();
        headers.push("Max-Forwards", "70");
        headers.push("From", &format!("{};tag={}", d.local, d.local_tag));
        let tag = if d.remote_tag.is_empty() {
            String::new()
        } else {
            format!(";tag={}", d.remote_tag)
        };
        headers.push("To", &format!("{}{tag}", d.remote));
        headers.push("Call-ID", &d.call_id);
        headers.push("CSeq", &format!("{number} {method}"));
        routes.iter().for_each(|r| headers.push("Route", r));
        if matches!(method, Method::Invite | Method::Update) {
            let contact = self.contact(flow, super::is_sips(&d.target));
            headers.push("Contact", &contact);
            headers.push("Allow", Method::ALLOW);
            headers.push("Supported", "100rel, timer");
        }
        headers.push("User-Agent", &self.cfg.user_agent);
        Some((
            Request {
                method,
                uri,
                headers,
                body: Vec::new(),
            },
            flow,
        ))
    }

    pub(super) fn send_bye(&mut self, id: u64) {
        if let Some((req, flow)) = self.request_in(id, Method::Bye) {
            let login = self.legs.get(&id).map(|l| l.login.clone()).unwrap_or_default();
            self.send_request(req, flow, Owner::Nobody, login);
        }
    }

    /// The way to an address. An address that is a name, is unroutable from here, or is the peer we talk to by a connection
    /// already, means the way we know. From TLS nothing leads back to what others can read.
    pub(super) fn flow_towards(&self, uri: &str, known: Flow) -> Flow {
        let Some(Uri::Sip(sip)) = Uri::parse(uri) else {
            return known;
        };
        let Some(remote) = sip.socket() else { return known };
        let same_peer = remote.ip() == known.remote.ip();
        let hidden = is_private(remote.ip()) && !is_private(known.remote.ip());
        if hidden || remote.ip().is_unspecified() || (known.proto.is_stream() && same_peer) {
            return known;
        }
        let proto = if known.proto == Proto::Tls {
            Proto::Tls
        } else {
            sip.proto()
        };
        let keep = known.proto == proto && known.local.is_ipv4() == remote.is_ipv4();
        let local = if keep {
            Some(known.local)
        } else {
            self.socket_for(proto, remote)
        };
        local.map_or(known, |local| Flow {
            proto,
            local,
            remote,
            conn: 0,
        })
    }
}

/// Request-URI, Route headers and next hop (RFC 3261 §12.2.1.1): a first route without `lr` is a strict router.
fn loose_or_strict(d: &Dialog) -> (String, Vec<String>, String) {
    let address = |route: &str| {
        crate::msg::NameAddr::parse(route)
            .map(|n| n.uri)
            .unwrap_or_default()
    };
    let Some((first, rest)) = d.routes.split_first() else {
        return (d.target.clone(), Vec::new(), d.target.clone());
    };
    let hop = address(first);
    let loose = Uri::parse(&hop)
        .as_ref()
        .and_then(Uri::sip)
        .is_some_and(|u| u.params.has("lr"));
    if loose || hop.is_empty() {
        return (d.target.clone(), d.routes.clone(), hop);
    }
    let mut routes = rest.to_vec();
    routes.push(format!("<{}>", d.target));
    (hop.clone(), routes, hop)
}

fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => {
            v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.octets()[0] == 100 && v4.octets()[1] & 0xc0 == 64
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}
