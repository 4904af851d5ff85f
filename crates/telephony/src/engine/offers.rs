//! Changing a running session: re-INVITE, UPDATE (RFC 3311), offers in PRACK, from both sides.

use std::time::Duration;

use super::Engine;
use super::client::Owner;
use super::leg::Phase;
use super::timers::{Due, LegTimer};
use crate::call::{EndCause, LegEvent, Reoffer};
use crate::msg::{Method, Request, Response};
use crate::sdp::Sdp;

/// The session description of a message: `None` without a body; a status code to refuse with.
pub(super) fn description(req: &Request) -> Result<Option<Sdp>, u16> {
    of_body(req.headers.get("Content-Type"), &req.body)
}

/// The same for a response, where nobody can be refused.
pub(super) fn description_of(resp: &Response) -> Option<Sdp> {
    of_body(resp.headers.get("Content-Type"), &resp.body)
        .ok()
        .flatten()
}

fn of_body(content_type: Option<&str>, body: &[u8]) -> Result<Option<Sdp>, u16> {
    if body.is_empty() {
        return Ok(None);
    }
    let content_type = content_type.unwrap_or("application/sdp");
    let kind = content_type
        .split(';')
        .next()
        .unwrap_or("")
        .trim()
        .to_ascii_lowercase();
    if kind == "application/sdp" {
        return Sdp::parse(body).map(Some).map_err(|_| 488);
    }
    if kind.starts_with("multipart/") {
        let params = crate::msg::Params::parse(content_type.split_once(';').map_or("", |(_, p)| p), ';');
        let part = params.get("boundary").and_then(|b| sdp_part(body, b));
        return part
            .ok_or(415)
            .and_then(|p| Sdp::parse(&p).map(Some).map_err(|_| 488));
    }
    Err(415)
}

/// The SDP part of a multipart body (RFC 5621): carriers put ISUP beside it.
fn sdp_part(body: &[u8], boundary: &str) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(body);
    let part = text.split(&format!("--{boundary}")).take(16).find_map(|part| {
        let (head, content) = part.split_once("\r\n\r\n")?;
        let is_sdp = head.lines().filter_map(|l| l.split_once(':')).any(|(n, v)| {
            n.trim().eq_ignore_ascii_case("content-type")
                && v.trim().to_ascii_lowercase().starts_with("application/sdp")
        });
        is_sdp.then(|| content.to_owned())
    })?;
    Some(part.into_bytes())
}

impl Engine {
    /// The peer changes the session, or asks for our offer, or refreshes.
    pub(super) fn reoffer(&mut self, key: &str, id: u64) {
        let Some(inv) = self.server_txs.get(key).map(|t| t.inv.clone()) else {
            return;
        };
        let sdp = match description(&inv.req) {
            Ok(sdp) => sdp,
            Err(415) => return self.reply_with(key, 415, None, &[("Accept", "application/sdp")]),
            Err(code) => return self.reply(key, code),
        };
        let Some(leg) = self.legs.get_mut(&id) else { return };
        if leg.our_offer.is_some() || leg.wants_answer {
            return self.reply(key, 491);
        }
        if leg.pending.is_some() {
            let after = (self.ids.below(10)).to_string();
            return self.reply_with(key, 500, None, &[("Retry-After", &after)]);
        }
        leg.pending = Some(key.to_owned());
        if inv.req.method == Method::Invite {
            self.reply(key, 100);
        }
        let hold = sdp.as_ref().is_some_and(Sdp::is_hold);
        let commands = self.commands.clone();
        let change = Reoffer {
            sdp,
            hold,
            leg: id,
            key: key.to_owned(),
            commands,
            done: false,
        };
        self.tell(id, LegEvent::Reoffer(change));
    }

    /// The server answers.
    pub(super) fn accept_offer(&mut self, id: u64, key: &str, sdp: String) {
        let Some(inv) = self.take_pending(id, key) else {
            return;
        };
        let Some(flow) = self.server_txs.get(key).map(|t| t.flow) else {
            return;
        };
        let Some(to_tag) = self.legs.get(&id).map(|l| l.dialog.local_tag.clone()) else {
            return;
        };
        let mut resp = inv.req.response(200, None, Some(&to_tag));
        let contact = self.contact(flow, super::is_sips(&inv.req.uri));
        resp.headers.push("Contact", &contact);
        resp.headers.push("Allow", Method::ALLOW);
        resp.headers.push("Supported", "100rel, timer");
        resp.headers.push("Content-Type", "application/sdp");
        resp.body = sdp.clone().into_bytes();
        let is_invite = inv.req.method == Method::Invite;
        if inv.req.method != Method::Prack {
            self.start_session_as_uas(id, key, &mut resp);
        }
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.local_sdp = Some(sdp);
            if is_invite {
                leg.wants_answer = inv.req.body.is_empty();
                leg.invite_key = Some(key.to_owned());
                leg.phase = Phase::Accepted;
            }
        }
        if let Some(tx) = self.server_txs.get_mut(key) {
            tx.leg = Some(id);
        }
        self.respond(key, resp);
    }

    pub(super) fn reject_offer(&mut self, id: u64, key: &str, code: u16) {
        if self.take_pending(id, key).is_some() {
            self.reply(key, if (300..700).contains(&code) { code } else { 488 });
        }
    }

    fn take_pending(&mut self, id: u64, key: &str) -> Option<std::sync::Arc<crate::wire::InRequest>> {
        let leg = self
            .legs
            .get_mut(&id)
            .filter(|l| l.pending.as_deref() == Some(key))?;
        leg.pending = None;
        self.server_txs.get(key).map(|t| t.inv.clone())
    }

    /// The server changes the session.
    pub(super) fn reinvite(&mut self, id: u64, sdp: String) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        if leg.phase != Phase::Up || leg.pending.is_some() || leg.our_offer.is_some() {
            return self.tell(id, LegEvent::ReinviteFailed { code: 491 });
        }
        leg.our_offer = Some(sdp);
        self.send_reinvite(id, false);
    }

    /// Sends the offer that stands, or for a refresh the description that is in force.
    pub(super) fn send_reinvite(&mut self, id: u64, refresh: bool) {
        let Some((mut req, flow)) = self.request_in(id, Method::Invite) else {
            return;
        };
        let Some(leg) = self.legs.get(&id) else { return };
        let sdp = leg
            .our_offer
            .clone()
            .or_else(|| leg.local_sdp.clone())
            .unwrap_or_default();
        let login = leg.login.clone();
        self.ask_session(id, &mut req);
        req.headers.push("Content-Type", "application/sdp");
        req.body = sdp.into_bytes();
        self.send_request(req, flow, Owner::Reinvite { leg: id, refresh }, login);
    }

    /// After 491: the owner of the Call-ID waits longer (RFC 3261 §14.1).
    fn delay_reinvite(&mut self, id: u64) {
        let spread = Duration::from_millis(self.ids.below(1900));
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let wait = if leg.our_invite.is_some() {
            Duration::from_millis(2100) + spread
        } else {
            spread
        };
        leg.reinvite_timer = Some(self.timers.set(self.now + wait, Due::Leg(id, LegTimer::Reinvite)));
    }

    pub(super) fn reinvite_again(&mut self, id: u64) {
        let Some(leg) = self.legs.get(&id).filter(|l| l.phase == Phase::Up) else {
            return;
        };
        if leg.our_offer.is_some() && leg.pending.is_none() {
            self.send_reinvite(id, false);
        }
    }

    pub(super) fn on_reinvite_final(&mut self, id: u64, resp: Response, req: &Request, refresh: bool) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        if resp.code < 300 {
            if let Some(sdp) = leg.our_offer.take() {
                leg.local_sdp = Some(sdp);
            }
            self.retarget(id, resp.headers.list("Contact"));
            self.send_ack(id, req);
            self.start_session_as_uac(id, &resp);
            if let Some(sdp) = description_of(&resp).filter(|_| !refresh) {
                self.tell(id, LegEvent::RemoteAnswer(sdp));
            }
            return;
        }
        match resp.code {
            491 if !refresh => self.delay_reinvite(id),
            // The peer has no such dialog, or is gone (RFC 3261 §12.2.1.2, RFC 5057).
            408 | 481 => self.end_by_stack(id, EndCause::Timeout),
            code => {
                leg.our_offer = None;
                if !refresh {
                    self.tell(id, LegEvent::ReinviteFailed { code });
                }
            }
        }
    }

    /// A new Contact of the peer (target refresh, RFC 3261 §12.2.1.2).
    pub(super) fn retarget(&mut self, id: u64, contacts: Vec<String>) {
        let uri = contacts
            .first()
            .and_then(|c| crate::msg::NameAddr::parse(c).ok())
            .map(|c| c.uri);
        if let (Some(leg), Some(uri)) = (self.legs.get_mut(&id), uri) {
            leg.dialog.target = uri;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sdp_is_found_beside_isup() {
        let sdp = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
        let body = format!(
            "--b1\r\nContent-Type: application/ISUP\r\n\r\nxx\r\n--b1\r\nContent-Type: application/sdp\r\n\r\n{sdp}--b1--\r\n"
        );
        let found = of_body(Some("multipart/mixed;boundary=\"b1\""), body.as_bytes())
            .unwrap()
            .unwrap();
        assert_eq!(found.audio().map(|m| m.port), Some(4000));
        assert_eq!(
            of_body(Some("multipart/mixed;boundary=zz"), body.as_bytes()),
            Err(415)
        );
        assert_eq!(of_body(Some("text/plain"), b"x"), Err(415));
        assert_eq!(of_body(Some("application/sdp"), b"x"), Err(488));
        assert_eq!(of_body(Some("text/plain"), b""), Ok(None));
    }
}
