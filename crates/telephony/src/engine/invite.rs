//! A call comes in (RFC 3261 §13.3).

use std::sync::Arc;

use biseo_model::phone::PhoneNumber;
use tokio::sync::mpsc;

use super::leg::{Dialog, LegState, Phase};
use super::server::merge_key;
use super::timers::{Due, LegTimer};
use super::{Engine, LEG_STEP};
use crate::auth::Verdict;
use crate::call::{CallInfo, EndCause, IncomingCall, Leg, LegControl, LegEvent, Party};
use crate::config::{Offence, Proto};
use crate::msg::{NameAddr, Request, Uri};
use crate::sdp::Sdp;
use crate::stack::{RefusedCall, SipEvent};
use crate::transport::Flow;
use crate::trunk::{DialledSource, Evidence, dialled, identity};
use crate::wire::InRequest;

/// Events of one leg that may wait to be read.
pub(crate) const LEG_EVENTS: usize = 64;

/// Whose call it is.
enum Origin {
    Trunk(usize),
    Account(String),
    Open,
}

impl Engine {
    /// An INVITE outside any dialog.
    pub(super) fn invite(&mut self, key: &str) {
        let Some((inv, flow)) = self.server_txs.get(key).map(|t| (Arc::clone(&t.inv), t.flow)) else {
            return;
        };
        if self.closing {
            return self.reply_with(key, 503, None, &[("Retry-After", "10")]);
        }
        if self.merged.contains_key(&merge_key(&inv)) {
            return self.reply(key, 482);
        }
        let Some(origin) = self.whose(key, &inv, flow) else {
            return;
        };
        if let Origin::Trunk(t) = origin
            && self.refuses_by_pull(t, &inv.req)
        {
            // Without Retry-After, which would keep the carrier away when the trunk is back.
            return self.reply(key, 503);
        }
        let offer = match self.acceptable(&inv.req) {
            Ok(offer) => offer,
            Err((code, name, value)) => return self.reply_with(key, code, None, &[(name, &value)]),
        };
        let trunk = if let Origin::Trunk(t) = origin {
            Some(t)
        } else {
            None
        };
        let room = trunk.map(|t| (t, self.cfg.trunks.get(t).and_then(|t| t.max_calls)));
        if let Err(refused) = self.admission.enter(self.now, flow.remote.ip(), room) {
            if let Some(trunk) = trunk {
                self.tell_refused(trunk, &inv.req);
            }
            return self.reply_with(
                key,
                503,
                None,
                &[("Retry-After", &refused.retry_after.to_string())],
            );
        }
        self.reply(key, 100);
        self.take_call(key, &inv, flow, &origin, offer);
    }

    /// A trunk's call finds no room: whoever called is told, so that somebody may call back.
    fn tell_refused(&mut self, trunk: usize, req: &Request) {
        let Some(of) = self.cfg.trunks.get(trunk) else {
            return;
        };
        if self.admission.may_tell(self.now) {
            let call = RefusedCall {
                trunk: of.id.clone(),
                caller: identity(req, of.trusted_identity, self.cfg.normalise),
                dialled: dialled(req, &of.dialled, self.cfg.normalise),
            };
            self.emit(SipEvent::Refused(Box::new(call)));
        }
    }

    /// Who places the call: a trunk by its address, an account by its digest, else nobody whose calls we take.
    fn whose(&mut self, key: &str, inv: &InRequest, flow: Flow) -> Option<Origin> {
        if let Some(trunk) = self.trunk_of(flow.remote.ip()) {
            return Some(Origin::Trunk(trunk));
        }
        let user = inv
            .from
            .parsed_uri()
            .map(|u| u.user().to_owned())
            .unwrap_or_default();
        let claims_account = self.cfg.accounts.iter().any(|a| a.name == user);
        if claims_account || inv.req.headers.get("Authorization").is_some() {
            return self.authenticated(key, &inv.req, flow).map(Origin::Account);
        }
        if self.cfg.open {
            return Some(Origin::Open);
        }
        self.offence(flow, Offence::Refused);
        if let Some(others) = self.lines.refused.may(self.now) {
            let source = flow.remote.ip();
            tracing::info!(%source, others, "a call from an address that is no trunk was refused");
        }
        self.reply(key, 403);
        None
    }

    /// The account whose credentials a request carries; otherwise it has been challenged.
    pub(super) fn authenticated(&mut self, key: &str, req: &Request, flow: Flow) -> Option<String> {
        let now = self.now.saturating_duration_since(self.start);
        let accounts = &self.cfg.accounts;
        let password = |name: &str| {
            accounts
                .iter()
                .find(|a| a.name == name)
                .map(|a| a.password.clone())
        };
        let verdict = self.nonces.verify(now, req, "Authorization", password);
        let stale = match verdict {
            Verdict::Good(user) => {
                self.proved(flow);
                return Some(user);
            }
            Verdict::Wrong => {
                self.wrong_credentials(flow);
                false
            }
            Verdict::Stale => true,
            Verdict::Missing => {
                self.offence(flow, Offence::Unproved);
                false
            }
        };
        let tx = self.server_txs.get(key)?;
        let mut resp = tx.inv.req.response(401, None, Some(&tx.to_tag));
        self.nonces
            .challenge(now, &mut resp.headers, "WWW-Authenticate", stale);
        self.respond(key, resp);
        None
    }

    fn wrong_credentials(&mut self, flow: Flow) {
        self.offence(flow, Offence::Credentials);
        if let Some(others) = self.lines.credentials.may(self.now) {
            tracing::info!(others, "wrong credentials");
        }
    }

    /// Whether we can read and answer what the INVITE brings; gives its offer.
    fn acceptable(&self, req: &Request) -> Result<Option<Sdp>, (u16, &'static str, String)> {
        let text = str::to_owned;
        if req
            .headers
            .get("Content-Encoding")
            .is_some_and(|e| !e.eq_ignore_ascii_case("identity"))
        {
            return Err((415, "Accept-Encoding", text("identity")));
        }
        let offer = match super::offers::description(req) {
            Err(415) => return Err((415, "Accept", text("application/sdp"))),
            Err(code) => {
                return Err((
                    code,
                    "Warning",
                    format!("305 {} \"Unusable SDP\"", self.cfg.domain),
                ));
            }
            Ok(offer) => offer,
        };
        let accepts = req.headers.list("Accept");
        let sdp_ok = |a: &String| {
            let kind = a.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
            ["application/sdp", "application/*", "*/*"].contains(&kind.as_str())
        };
        if req.headers.get("Accept").is_some() && !accepts.iter().any(sdp_ok) {
            return Err((
                406,
                "Warning",
                format!("399 {} \"Answers are application/sdp\"", self.cfg.domain),
            ));
        }
        match self.interval_too_small(req) {
            Some(min) => Err((422, "Min-SE", min.to_string())),
            None => Ok(offer),
        }
    }

    fn take_call(&mut self, key: &str, inv: &InRequest, flow: Flow, origin: &Origin, offer: Option<Sdp>) {
        let id = self.next_leg;
        self.next_leg += LEG_STEP;
        let (tx, rx) = mpsc::channel(LEG_EVENTS);
        let Some(to_tag) = self.server_txs.get(key).map(|t| t.to_tag.clone()) else {
            return;
        };
        let mut leg = LegState::new(tx, uas_dialog(inv, flow, to_tag), flow, Phase::Incoming);
        leg.source = Some(flow.remote.ip());
        leg.trunk = if let Origin::Trunk(t) = origin {
            Some(*t)
        } else {
            None
        };
        if let Some(trunk) = leg.trunk {
            self.learn(trunk, Evidence::Called);
        }
        let hidden = matches!(origin, Origin::Account(_)) || is_behind_nat(inv, flow);
        leg.pinned = hidden && leg.dialog.routes.is_empty();
        leg.peer_has_update = inv.req.headers.has_token("Allow", "UPDATE");
        leg.invite_key = Some(key.to_owned());
        leg.agreed = false;
        leg.reliable.mode = self.reliable_mode(&inv.req);
        let due = Due::Leg(id, LegTimer::Patience);
        leg.patience = Some(self.timers.set(self.now + self.cfg.timers.unanswered, due));
        self.dialogs.insert(leg.dialog.key(), id);
        self.legs.insert(id, leg);
        self.merged.insert(merge_key(inv), key.to_owned());
        if let Some(tx) = self.server_txs.get_mut(key) {
            tx.leg = Some(id);
        }
        let info = self.call_info(inv, flow, origin, offer);
        self.came_back(&info);
        let control = LegControl {
            id,
            commands: self.commands.clone(),
        };
        let call = IncomingCall {
            info,
            leg: Leg::new(control, rx),
        };
        self.announce(id, call);
    }

    /// Hands the call to the server; one that does not listen cannot answer it.
    fn announce(&mut self, id: u64, call: IncomingCall) {
        let masked = call
            .info
            .caller
            .number
            .as_deref()
            .and_then(|n| PhoneNumber::parse(n).ok());
        tracing::info!(leg = id, from = ?masked, trunk = call.info.trunk, "a call comes in");
        let sent = self.events.try_send(SipEvent::IncomingCall(Box::new(call)));
        if sent.is_err() {
            tracing::error!("the server does not take calls; one was refused with 503");
            if let Some(key) = self.legs.get(&id).and_then(|l| l.invite_key.clone()) {
                self.reply_with(&key, 503, None, &[("Retry-After", "10")]);
            }
            self.finish(id, Party::Stack, EndCause::Overrun);
        }
    }

    fn call_info(&mut self, inv: &InRequest, flow: Flow, origin: &Origin, offer: Option<Sdp>) -> CallInfo {
        let trunk = if let Origin::Trunk(t) = origin {
            self.cfg.trunks.get(*t)
        } else {
            None
        };
        let order = trunk.map_or(DialledSource::DEFAULT.as_slice(), |t| &t.dialled);
        let trusted = trunk.is_some_and(|t| t.trusted_identity);
        CallInfo {
            sip_call_id: inv.call_id.clone(),
            caller: identity(&inv.req, trusted, self.cfg.normalise),
            dialled: dialled(&inv.req, order, self.cfg.normalise),
            trunk: trunk.map(|t| t.id.clone()),
            account: if let Origin::Account(a) = origin {
                Some(a.clone())
            } else {
                None
            },
            offer,
            source: flow.remote,
            encrypted: flow.proto == Proto::Tls,
            behind_nat: is_behind_nat(inv, flow),
            local_ip: self.local_ip(flow),
            roams: flow.local.ip().is_unspecified(),
            headers: inv.req.headers.clone(),
        }
    }

    /// The caller gave up, or somebody else has taken the call.
    pub(super) fn cancelled(&mut self, id: u64, key: &str, why: EndCause) {
        let early = self.legs.get(&id).is_some_and(|l| l.phase == Phase::Incoming);
        if early {
            self.drop_reliable(id);
            self.reply(key, 487);
            self.finish(id, Party::Remote, why);
        }
    }

    /// The ACK of our 200 has come.
    pub(super) fn acked(&mut self, id: u64, r: &InRequest) {
        let Some(leg) = self.legs.get(&id) else { return };
        // An ACK names the INVITE by its number: the first one, or a re-INVITE.
        let key = leg.invite_key.clone();
        let matches = key
            .as_ref()
            .and_then(|k| self.server_txs.get(k))
            .is_some_and(|t| t.inv.cseq.number == r.cseq.number);
        let Some(key) = key.filter(|_| matches) else {
            return;
        };
        if self.confirm(&key).is_none() {
            return;
        }
        let Some(leg) = self.legs.get_mut(&id) else { return };
        self.timers.cancel(&mut leg.patience);
        let first = !std::mem::replace(&mut leg.confirmed, true);
        leg.phase = Phase::Up;
        let (hangup, wanted) = (leg.hangup_on_ack, std::mem::take(&mut leg.wants_answer));
        if first {
            self.tell(id, LegEvent::Acked);
        }
        if wanted {
            self.late_answer(id, &r.req);
        }
        if hangup {
            self.hangup(id);
        }
    }

    /// The answer to an offer that we made in a response.
    pub(super) fn late_answer(&mut self, id: u64, req: &Request) {
        match super::offers::description(req) {
            Ok(Some(sdp)) => {
                if let Some(leg) = self.legs.get_mut(&id) {
                    leg.agreed = true;
                }
                self.tell(id, LegEvent::RemoteAnswer(sdp));
            }
            _ => self.end_by_stack(id, EndCause::BadAnswer),
        }
    }
}

/// Whether a caller sits behind a router that translates addresses and does not know it: the address by which it calls itself
/// is not the one its request came from, and its Contact names that address too (RFC 3581 §1, RFC 5626 §1). A proxy's
/// request comes from where its Via says, so that what stands behind a proxy is left alone.
fn is_behind_nat(inv: &InRequest, flow: Flow) -> bool {
    let Some(claimed) = inv.via.sent_by() else {
        return false;
    };
    let same_ip = claimed.ip() == flow.remote.ip();
    let other_port =
        flow.proto == Proto::Udp && inv.via.params.has("rport") && claimed.port() != flow.remote.port();
    let contact = inv.req.headers.list("Contact").into_iter().next();
    let contact = contact
        .and_then(|c| NameAddr::parse(&c).ok())
        .and_then(|c| c.parsed_uri());
    let named = contact
        .as_ref()
        .and_then(Uri::sip)
        .and_then(|u| u.host.parse().ok());
    (!same_ip || other_port) && named == Some(claimed.ip())
}

/// The dialog that an INVITE opens at its callee (RFC 3261 §12.1.1). A missing Contact (RFC 2543) means the source.
fn uas_dialog(inv: &InRequest, flow: Flow, to_tag: String) -> Dialog {
    let contact = inv
        .req
        .headers
        .list("Contact")
        .into_iter()
        .find_map(|c| NameAddr::parse(&c).ok());
    let usable = contact.filter(|c| matches!(c.parsed_uri(), Some(Uri::Sip(_))));
    let target = usable.map_or_else(|| format!("sip:{}", flow.remote), |c| c.uri);
    Dialog {
        call_id: inv.call_id.clone(),
        local: inv.to.bare(),
        local_tag: to_tag,
        remote: inv.from.bare(),
        remote_tag: inv.from.tag().unwrap_or("").to_owned(),
        target,
        routes: inv
            .req
            .headers
            .list("Record-Route")
            .into_iter()
            .take(16)
            .collect(),
        local_cseq: 0,
        remote_cseq: Some(inv.cseq.number),
    }
}
