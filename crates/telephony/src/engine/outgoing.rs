//! Calls that we place (RFC 3261 §13.2).

use tokio::sync::mpsc;

use super::Engine;
use super::client::{Login, Owner};
use super::leg::{Dialog, LegState, Phase, dialog_key};
use super::offers::description_of;
use super::timers::{Due, LegTimer};
use super::trunks::retry_after;
use crate::call::{EndCause, LegEvent, OutgoingCall, Party};
use crate::config::Credentials;
use crate::msg::{CSeq, Headers, Method, NameAddr, Request, Response};
use crate::transport::Flow;
use crate::trunk::By;
use crate::wire::InResponse;

/// Re-sent INVITEs because of 422 before we give up.
const MAX_422: u32 = 3;

impl Engine {
    /// Places a call; the address has been resolved to a flow.
    pub(super) fn place(&mut self, id: u64, call: OutgoingCall, flow: Flow, events: mpsc::Sender<LegEvent>) {
        let own = format!("<sip:biseo@{}>", self.host_port(flow));
        let from = call.from.as_deref().map(as_name_addr).unwrap_or(own);
        let dialog = Dialog {
            call_id: self.ids.token(),
            local: from,
            local_tag: self.ids.token(),
            remote: format!("<{}>", call.to),
            remote_tag: String::new(),
            target: call.to.clone(),
            routes: Vec::new(),
            local_cseq: self.ids.sequence(),
            remote_cseq: None,
        };
        let phase = Phase::Calling {
            provisional: false,
            cancelled: false,
        };
        let mut leg = LegState::new(events, dialog, flow, phase);
        leg.trunk = call.trunk.as_deref().and_then(|id| self.trunk_named(id));
        // Until the peer has named its Contact, the way is the one that was resolved.
        leg.pinned = true;
        leg.fixed = call.flow.is_some();
        leg.local_sdp = Some(call.sdp.clone());
        leg.login = Login {
            credentials: self.credentials_for(&call),
            tries: 0,
        };
        leg.patience = Some(
            self.timers
                .set(self.now + self.cfg.timers.ring, Due::Leg(id, LegTimer::Patience)),
        );
        self.legs.insert(id, leg);
        if self.closing {
            return self.finish(id, Party::Stack, EndCause::Shutdown);
        }
        self.send_invite(id, &call);
    }

    fn credentials_for(&self, call: &OutgoingCall) -> Option<Credentials> {
        let trunk = call.trunk.as_deref().and_then(|id| self.trunk_named(id));
        let trunk = trunk.and_then(|t| self.cfg.trunks.get(t));
        call.credentials
            .clone()
            .or_else(|| trunk.and_then(|t| t.credentials.clone()))
    }

    fn trunk_named(&self, id: &str) -> Option<usize> {
        self.cfg.trunks.iter().position(|t| t.id == id)
    }

    fn send_invite(&mut self, id: u64, call: &OutgoingCall) {
        let Some((mut req, flow)) = self.request_in(id, Method::Invite) else {
            return;
        };
        for (name, value) in &call.headers {
            req.headers.push(name, &crate::msg::clean_line(value));
        }
        self.ask_session(id, &mut req);
        req.headers.push("Content-Type", "application/sdp");
        req.body = call.sdp.clone().into_bytes();
        let login = self.legs.get(&id).map(|l| l.login.clone()).unwrap_or_default();
        let branch = self.send_request(req.clone(), flow, Owner::Invite(id), login);
        self.invite_resent(id, branch, req);
    }

    /// The INVITE that counts is now this one: a CANCEL must name its branch.
    pub(super) fn invite_resent(&mut self, id: u64, branch: String, req: Request) {
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.our_invite = Some((branch, req));
            if let Phase::Calling { provisional, .. } = &mut leg.phase {
                *provisional = false;
            }
        }
    }

    pub(super) fn on_provisional(&mut self, id: u64, r: InResponse) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let Phase::Calling { cancelled, .. } = leg.phase else {
            return;
        };
        leg.phase = Phase::Calling {
            provisional: true,
            cancelled,
        };
        if let Some(trunk) = leg.trunk {
            self.spoke(trunk, id);
            self.learn_from(trunk, By::Call, &r.resp);
        }
        if cancelled {
            // The hang-up had to wait for a sign that the INVITE arrived (RFC 3261 §9.1).
            return self.send_cancel(id);
        }
        if r.resp.code == 100 {
            return self.group_trying(id);
        }
        if r.resp.headers.has_token("Require", "100rel") && !self.send_prack(id, &r) {
            return;
        }
        if !self.group_rings(id) {
            return;
        }
        self.tell(
            id,
            LegEvent::Ringing {
                code: r.resp.code,
                sdp: description_of(&r.resp),
            },
        );
    }

    /// Acknowledges a reliable response; `false` for one we have seen or that is out of order (RFC 3262 §4).
    fn send_prack(&mut self, id: u64, r: &InResponse) -> bool {
        let Some(rseq) = r
            .resp
            .headers
            .get("RSeq")
            .and_then(|v| v.trim().parse::<u32>().ok())
        else {
            return true;
        };
        let Some(leg) = self.legs.get_mut(&id) else {
            return false;
        };
        if !leg.reliable.saw(r.to.tag().unwrap_or(""), rseq) {
            return false;
        }
        // The PRACK goes within the early dialog; the leg's own dialog is fixed only by the 2xx.
        let before = leg.dialog.clone();
        early_dialog(&mut leg.dialog, &r.resp, r.to.tag().unwrap_or(""));
        let login = leg.login.clone();
        let request = self.request_in(id, Method::Prack);
        if let Some(leg) = self.legs.get_mut(&id) {
            let number = leg.dialog.local_cseq;
            leg.dialog = Dialog {
                local_cseq: number,
                ..before
            };
        }
        if let Some((mut req, flow)) = request {
            req.headers
                .push("RAck", &format!("{rseq} {} INVITE", r.cseq.number));
            self.send_request(req, flow, Owner::Prack(id), login);
        }
        true
    }

    pub(super) fn on_prack_final(&mut self, id: u64, resp: &Response) {
        tracing::debug!(leg = id, code = resp.code, "PRACK answered");
    }

    pub(super) fn send_cancel(&mut self, id: u64) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let Some((branch, invite)) = leg.our_invite.clone() else {
            return;
        };
        let flow = leg.flow;
        self.timers.cancel(&mut leg.patience);
        // A peer that answers the CANCEL but never the INVITE shall not hold the leg.
        let give_up = self.now + self.cfg.timers.give_up();
        leg.patience = Some(self.timers.set(give_up, Due::Leg(id, LegTimer::Patience)));
        let mut headers = Headers::default();
        headers.push("Via", &self.via_of(&branch, flow));
        for name in ["Max-Forwards", "From", "To", "Call-ID", "Route"] {
            invite.headers.all(name).for_each(|v| headers.push(name, v));
        }
        let number = invite
            .headers
            .get("CSeq")
            .and_then(CSeq::parse)
            .map_or(1, |c| c.number);
        headers.push("CSeq", &format!("{number} CANCEL"));
        let req = Request {
            method: Method::Cancel,
            uri: invite.uri,
            headers,
            body: Vec::new(),
        };
        self.send_with_via(req, flow, Owner::Nobody, Login::default(), &branch);
    }

    fn via_of(&mut self, branch: &str, flow: Flow) -> String {
        format!(
            "SIP/2.0/{} {};branch={branch};rport",
            flow.proto,
            self.host_port(flow)
        )
    }

    /// The INVITE of our call has its final response.
    pub(super) fn on_invite_final(
        &mut self,
        id: u64,
        resp: Response,
        tag: &str,
        req: &Request,
        flow: Flow,
        login: Login,
    ) {
        let Some(leg) = self.legs.get_mut(&id) else {
            // The leg is gone (we gave up) and the peer answers all the same: end it at once.
            if resp.code < 300 {
                self.end_fork(&resp, tag, req, flow);
            }
            return;
        };
        let cancelled = matches!(leg.phase, Phase::Calling { cancelled: true, .. });
        leg.login = Login { tries: 0, ..login };
        if let Some(trunk) = leg.trunk {
            // Without headers it is our own: nothing came.
            if !resp.headers.is_empty() && resp.code != 481 {
                self.spoke(trunk, id);
            }
            self.learn_from(trunk, By::Call, &resp);
        }
        match resp.code {
            200..300 => {
                let unwanted = cancelled || !self.group_wins(id);
                self.answered(id, &resp, tag, req, unwanted);
            }
            422 if !cancelled && self.grow_interval(id, &resp) => self.resend_invite(id, req),
            _ if cancelled => self.finish(id, Party::Local, EndCause::Hangup),
            408 if resp.headers.is_empty() => self.finish(id, Party::Stack, EndCause::Timeout),
            code => {
                let contacts = if code < 400 {
                    resp.headers.list("Contact")
                } else {
                    Vec::new()
                };
                let contacts = contacts.into_iter().take(8).collect();
                let cause = EndCause::Rejected {
                    code,
                    reason: resp.reason.chars().take(128).collect(),
                    contacts,
                    retry_after: resp.headers.get("Retry-After").and_then(retry_after),
                };
                self.finish(id, Party::Remote, cause);
            }
        }
    }

    fn answered(&mut self, id: u64, resp: &Response, tag: &str, req: &Request, cancelled: bool) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        early_dialog(&mut leg.dialog, resp, tag);
        leg.phase = Phase::Up;
        leg.agreed = true;
        leg.pinned = leg.fixed;
        leg.peer_has_update = resp.headers.has_token("Allow", "UPDATE");
        self.timers.cancel(&mut leg.patience);
        self.dialogs.insert(leg.dialog.key(), id);
        self.send_ack(id, req);
        if cancelled {
            self.send_bye(id);
            return self.finish(id, Party::Local, EndCause::Hangup);
        }
        self.start_session_as_uac(id, resp);
        self.tell(
            id,
            LegEvent::Answered {
                sdp: description_of(resp),
            },
        );
    }

    /// ACK of a 2xx (RFC 3261 §13.2.2.4): a request of its own, kept for repetitions of the 2xx.
    pub(super) fn send_ack(&mut self, id: u64, invite: &Request) {
        let number = invite
            .headers
            .get("CSeq")
            .and_then(CSeq::parse)
            .map_or(1, |c| c.number);
        let Some((mut ack, flow)) = self.request_numbered(id, Method::Ack, number) else {
            return;
        };
        for name in ["Authorization", "Proxy-Authorization"] {
            invite.headers.all(name).for_each(|v| ack.headers.push(name, v));
        }
        let branch = self.ids.branch();
        let via = self.via_of(&branch, flow);
        ack.headers.prepend("Via", &via);
        let bytes = ack.to_bytes();
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.last_ack = Some((number, bytes.clone()));
            leg.flow = Flow {
                conn: leg.flow.conn,
                ..flow
            };
        }
        self.send_raw(flow, bytes);
    }

    /// A 2xx again: its ACK was lost, or another phone of a forked call picked up as well.
    pub(super) fn on_repeated_2xx(&mut self, id: u64, r: InResponse, flow: Flow) {
        let tag = r.to.tag().unwrap_or("");
        let Some(leg) = self.legs.get(&id).filter(|l| l.dialog.remote_tag == tag) else {
            let Some((_, req)) = self.legs.get(&id).and_then(|l| l.our_invite.clone()) else {
                return;
            };
            return self.end_fork(&r.resp, tag, &req, flow);
        };
        if let Some((_, bytes)) = leg.last_ack.clone().filter(|(n, _)| *n == r.cseq.number) {
            let flow = leg.flow;
            self.send_raw(flow, bytes);
        }
    }

    /// Confirms and ends a dialog that nobody wants: ACK and BYE.
    fn end_fork(&mut self, resp: &Response, tag: &str, invite: &Request, flow: Flow) {
        let from = invite.headers.get("From").and_then(|v| NameAddr::parse(v).ok());
        let to = invite.headers.get("To").and_then(|v| NameAddr::parse(v).ok());
        let (Some(from), Some(to)) = (from, to) else {
            return;
        };
        let number = invite
            .headers
            .get("CSeq")
            .and_then(CSeq::parse)
            .map_or(1, |c| c.number);
        let mut dialog = Dialog {
            call_id: invite.headers.get("Call-ID").unwrap_or("").to_owned(),
            local: from.bare(),
            local_tag: from.tag().unwrap_or("").to_owned(),
            remote: to.bare(),
            remote_tag: String::new(),
            target: invite.uri.clone(),
            routes: Vec::new(),
            local_cseq: number,
            remote_cseq: None,
        };
        early_dialog(&mut dialog, resp, tag);
        if self
            .dialogs
            .contains_key(&dialog_key(&dialog.call_id, &dialog.local_tag, tag))
        {
            return;
        }
        let id = u64::MAX;
        let (events, _) = mpsc::channel(1);
        self.legs
            .insert(id, LegState::new(events, dialog, flow, Phase::Up));
        self.send_ack(id, invite);
        self.send_bye(id);
        self.finish(id, Party::Stack, EndCause::Hangup);
    }

    /// 422: ask for more next time (RFC 4028 §7.4).
    fn grow_interval(&mut self, id: u64, resp: &Response) -> bool {
        let min = resp
            .headers
            .get("Min-SE")
            .and_then(|v| v.split(';').next()?.trim().parse::<u32>().ok());
        let Some(leg) = self.legs.get_mut(&id) else {
            return false;
        };
        let grows = min.is_some_and(|m| m > leg.session.min_se.max(self.cfg.session.min_se));
        leg.session.min_se = min.unwrap_or(0).min(7200 * MAX_422);
        grows
    }

    fn resend_invite(&mut self, id: u64, req: &Request) {
        let mut req = req.clone();
        ["Via", "Session-Expires", "Min-SE"]
            .iter()
            .for_each(|n| req.headers.remove(n));
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let (number, flow, login) = (leg.dialog.next_cseq(), leg.flow, leg.login.clone());
        req.headers.set("CSeq", &format!("{number} INVITE"));
        self.ask_session(id, &mut req);
        let branch = self.send_request(req.clone(), flow, Owner::Invite(id), login);
        self.invite_resent(id, branch, req);
    }
}

/// What a response of the callee makes of our dialog (RFC 3261 §12.1.2).
fn early_dialog(dialog: &mut Dialog, resp: &Response, tag: &str) {
    dialog.remote_tag = tag.to_owned();
    dialog.routes = resp
        .headers
        .list("Record-Route")
        .into_iter()
        .rev()
        .take(16)
        .collect();
    let contact = resp
        .headers
        .list("Contact")
        .into_iter()
        .find_map(|c| NameAddr::parse(&c).ok());
    if let Some(contact) = contact {
        dialog.target = contact.uri;
    }
}

/// An address or a name-address, as the server gives it, without parameters of the header.
fn as_name_addr(text: &str) -> String {
    NameAddr::parse(text).map_or_else(|_| "<sip:anonymous@anonymous.invalid>".to_owned(), |n| n.bare())
}
