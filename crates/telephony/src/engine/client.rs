//! Client transactions (RFC 3261 §17.1, RFC 6026), and answering challenges on their behalf.

use std::time::Duration;

use tokio::sync::oneshot;

use super::timers::{Due, TimerId};
use super::{Engine, Output};
use crate::auth::{Challenge, best_challenge};
use crate::config::{Credentials, Proto};
use crate::msg::{CSeq, Headers, Method, Request, Response};
use crate::stack::OptionsReply;
use crate::transport::Flow;
use crate::trunk::OVERLOAD_OFFERED;
use crate::wire::InResponse;

/// Who waits for the answer.
#[derive(Debug)]
pub(super) enum Owner {
    /// The INVITE that opens our call.
    Invite(u64),
    /// A re-INVITE; `refresh` if it only keeps the session alive.
    Reinvite { leg: u64, refresh: bool },
    /// An UPDATE that keeps the session alive.
    Refresh(u64),
    /// A PRACK.
    Prack(u64),
    /// BYE, CANCEL: nobody.
    Nobody,
    /// A registration at a provider.
    Registration(usize),
    /// A ping.
    Ping(Option<oneshot::Sender<OptionsReply>>),
    /// A ping of a trunk.
    TrunkPing(usize),
}

/// Challenges met so far, and what they are answered with.
#[derive(Clone, Debug, Default)]
pub(super) struct Login {
    pub(super) credentials: Option<Credentials>,
    pub(super) tries: u8,
}

/// One transaction.
#[derive(Debug)]
pub(super) struct ClientTx {
    pub(super) req: Request,
    pub(super) flow: Flow,
    pub(super) owner: Owner,
    pub(super) login: Login,
    bytes: Vec<u8>,
    stage: Stage,
    interval: Duration,
    resend: Option<TimerId>,
    end: Option<TimerId>,
    sent: std::time::Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Calling,
    Proceeding,
    /// Final response seen; kept to absorb repetitions.
    Done,
}

impl ClientTx {
    pub(super) fn is_done(&self) -> bool {
        self.stage == Stage::Done
    }
}

fn key_of(branch: &str, method: &Method) -> String {
    format!("{branch}|{method}")
}

impl Engine {
    /// Sends a request with a new branch; gives the branch.
    pub(super) fn send_request(
        &mut self,
        mut req: Request,
        flow: Flow,
        owner: Owner,
        login: Login,
    ) -> String {
        let branch = self.ids.branch();
        let by_trunk = match &owner {
            Owner::Invite(leg) => self.legs.get(leg).is_some_and(|l| l.trunk.is_some()),
            _ => false,
        };
        let overload = if by_trunk { OVERLOAD_OFFERED } else { "" };
        let via = format!(
            "SIP/2.0/{} {};branch={branch};rport{overload}",
            flow.proto,
            self.host_port(flow)
        );
        req.headers.prepend("Via", &via);
        self.send_with_via(req, flow, owner, login, &branch);
        branch
    }

    /// Sends a request that has its Via: a CANCEL wears that of its INVITE.
    pub(super) fn send_with_via(
        &mut self,
        req: Request,
        flow: Flow,
        owner: Owner,
        login: Login,
        branch: &str,
    ) {
        let (t1, give_up) = (self.cfg.timers.t1, self.cfg.timers.give_up());
        let (bytes, key) = (req.to_bytes(), key_of(branch, &req.method));
        self.outputs.push(Output::Send(flow, bytes.clone()));
        let udp = flow.proto == Proto::Udp;
        let resend = udp.then(|| self.timers.set(self.now + t1, Due::ClientResend(key.clone())));
        let end = Some(self.timers.set(self.now + give_up, Due::ClientEnd(key.clone())));
        let (stage, sent) = (Stage::Calling, self.now);
        let tx = ClientTx {
            req,
            flow,
            owner,
            login,
            bytes,
            stage,
            interval: t1,
            resend,
            end,
            sent,
        };
        self.client_txs.insert(key, tx);
    }

    pub(super) fn client_resend(&mut self, key: &str) {
        let t2 = self.cfg.timers.t2;
        let Some(tx) = self.client_txs.get_mut(key).filter(|t| t.stage != Stage::Done) else {
            return;
        };
        let invite = tx.req.method == Method::Invite;
        if invite && tx.stage == Stage::Proceeding {
            return;
        }
        self.outputs.push(Output::Send(tx.flow, tx.bytes.clone()));
        let longest = if invite { Duration::MAX } else { t2 };
        tx.interval = if tx.stage == Stage::Proceeding {
            t2
        } else {
            tx.interval.saturating_mul(2).min(longest)
        };
        tx.resend = Some(
            self.timers
                .set(self.now + tx.interval, Due::ClientResend(key.to_owned())),
        );
    }

    /// An INVITE is not repeated any more; a response to it is still taken.
    pub(super) fn stop_repeating(&mut self, branch: &str) {
        if let Some(tx) = self.client_txs.get_mut(&key_of(branch, &Method::Invite)) {
            self.timers.cancel(&mut tx.resend);
        }
    }

    /// An INVITE that has a provisional response goes out once more, by UDP.
    pub(super) fn repeat(&mut self, branch: &str) {
        let tx = self.client_txs.get(&key_of(branch, &Method::Invite));
        if let Some(tx) = tx.filter(|t| t.stage == Stage::Proceeding && t.flow.proto == Proto::Udp) {
            self.outputs.push(Output::Send(tx.flow, tx.bytes.clone()));
        }
    }

    pub(super) fn client_end(&mut self, key: &str) {
        let Some(mut tx) = self.client_txs.remove(key) else {
            return;
        };
        self.timers.cancel(&mut tx.resend);
        if tx.stage != Stage::Done {
            let resp = Response {
                code: 408,
                reason: "Request Timeout".into(),
                headers: Headers::default(),
                body: vec![],
            };
            self.outcome(tx, resp, "");
        }
    }

    /// A response has arrived.
    pub(super) fn response(&mut self, r: InResponse) {
        let key = key_of(&r.branch, &r.cseq.method);
        let Some(tx) = self.client_txs.get_mut(&key) else {
            tracing::debug!(code = r.resp.code, "a response to nothing of ours");
            return;
        };
        if r.resp.code < 200 {
            if tx.stage == Stage::Calling {
                tx.stage = Stage::Proceeding;
            }
            if tx.req.method == Method::Invite && tx.stage == Stage::Proceeding {
                self.timers.cancel(&mut tx.resend);
                // A call may ring as long as the leg's own patience lasts; a change of a session may not.
                if let Owner::Invite(leg) = tx.owner {
                    self.timers.cancel(&mut tx.end);
                    self.on_provisional(leg, r);
                }
            }
            return;
        }
        self.final_response(&key, r);
    }

    fn final_response(&mut self, key: &str, r: InResponse) {
        let Some(tx) = self.client_txs.get_mut(key) else {
            return;
        };
        let (first, invite) = (tx.stage != Stage::Done, tx.req.method == Method::Invite);
        if invite && r.resp.code >= 300 {
            let ack = ack_for(&tx.req, &r.resp);
            self.outputs.push(Output::Send(tx.flow, ack.to_bytes()));
        }
        let tag = r.to.tag().unwrap_or("").to_owned();
        if !first {
            if let (Owner::Invite(leg) | Owner::Reinvite { leg, .. }, true) = (&tx.owner, r.resp.code < 300) {
                let (leg, flow) = (*leg, tx.flow);
                self.on_repeated_2xx(leg, r, flow);
            }
            return;
        }
        self.timers.cancel(&mut tx.resend);
        self.timers.cancel(&mut tx.end);
        tx.stage = Stage::Done;
        let kept = ClientTx {
            bytes: Vec::new(),
            owner: std::mem::replace(&mut tx.owner, Owner::Nobody),
            ..tx.shallow()
        };
        if invite {
            tx.owner = match kept.owner {
                Owner::Invite(leg) => Owner::Invite(leg),
                Owner::Reinvite { leg, refresh } => Owner::Reinvite { leg, refresh },
                _ => Owner::Nobody,
            };
            tx.end = Some(self.timers.set(
                self.now + self.cfg.timers.give_up(),
                Due::ClientEnd(key.to_owned()),
            ));
        } else {
            self.client_txs.remove(key);
        }
        self.outcome(kept, r.resp, &tag);
    }

    /// Tells whoever waits, after a challenge has been answered if it can be.
    fn outcome(&mut self, mut tx: ClientTx, resp: Response, to_tag: &str) {
        if matches!(resp.code, 401 | 407) && self.retry_with_login(&mut tx, &resp) {
            return;
        }
        match tx.owner {
            Owner::Invite(leg) => self.on_invite_final(leg, resp, to_tag, &tx.req, tx.flow, tx.login),
            Owner::Reinvite { leg, refresh } => self.on_reinvite_final(leg, resp, &tx.req, refresh),
            Owner::Refresh(leg) => self.on_refresh_final(leg, &resp),
            Owner::Prack(leg) => self.on_prack_final(leg, &resp),
            Owner::Registration(trunk) => self.on_register_final(trunk, &resp),
            Owner::TrunkPing(trunk) => self.on_trunk_ping(trunk, &resp),
            Owner::Ping(Some(reply)) => {
                let rtt = self.now.saturating_duration_since(tx.sent);
                // Nobody may be waiting any more.
                let _ = reply.send(OptionsReply { code: resp.code, rtt });
            }
            Owner::Nobody | Owner::Ping(None) => {}
        }
    }

    /// Sends the request once more with credentials; `false` when that is no use.
    fn retry_with_login(&mut self, tx: &mut ClientTx, resp: &Response) -> bool {
        let Some(credentials) = tx.login.credentials.clone() else {
            return false;
        };
        let Some(mut challenge) = best_challenge(&resp.headers, resp.code == 407) else {
            return false;
        };
        // Once for the challenge, once more for a stale nonce or for a second proxy; then the password is wrong.
        let had = if challenge.proxy {
            "Proxy-Authorization"
        } else {
            "Authorization"
        };
        let repeated = tx.req.headers.get(had).is_some() && !challenge.stale;
        if repeated || tx.login.tries >= 3 {
            return false;
        }
        let mut req = tx.req.clone();
        req.headers.remove("Via");
        let number = self.next_cseq(&tx.owner, &req);
        req.headers.set("CSeq", &format!("{number} {}", req.method));
        let cnonce = self.ids.token();
        challenge.authorize(&mut req, &credentials, &cnonce);
        let login = Login {
            credentials: Some(credentials),
            tries: tx.login.tries + 1,
        };
        let owner = std::mem::replace(&mut tx.owner, Owner::Nobody);
        self.remember_challenge(&owner, challenge);
        let leg = if let Owner::Invite(leg) = owner {
            Some(leg)
        } else {
            None
        };
        let branch = self.send_request(req.clone(), tx.flow, owner, login);
        if let Some(leg) = leg {
            self.invite_resent(leg, branch, req);
        }
        true
    }

    fn next_cseq(&mut self, owner: &Owner, req: &Request) -> u32 {
        let leg = match owner {
            Owner::Invite(l) | Owner::Refresh(l) | Owner::Prack(l) | Owner::Reinvite { leg: l, .. } => {
                Some(*l)
            }
            _ => None,
        };
        if let Some(leg) = leg.and_then(|l| self.legs.get_mut(&l)) {
            return leg.dialog.next_cseq();
        }
        if let Owner::Registration(trunk) = owner {
            return self.register_cseq(*trunk);
        }
        req.headers
            .get("CSeq")
            .and_then(CSeq::parse)
            .map_or(1, |c| c.number + 1)
    }

    fn remember_challenge(&mut self, owner: &Owner, challenge: Challenge) {
        if let Owner::Registration(trunk) = owner {
            self.register_challenge(*trunk, challenge);
        }
    }
}

impl ClientTx {
    /// All but the octets and the owner.
    fn shallow(&self) -> Self {
        Self {
            req: self.req.clone(),
            flow: self.flow,
            owner: Owner::Nobody,
            login: self.login.clone(),
            bytes: Vec::new(),
            stage: self.stage,
            interval: self.interval,
            resend: None,
            end: None,
            sent: self.sent,
        }
    }
}

/// The ACK of a response of 300 or more (RFC 3261 §17.1.1.3): the INVITE's own branch.
fn ack_for(invite: &Request, resp: &Response) -> Request {
    let mut headers = Headers::default();
    for name in ["Via", "From", "Call-ID", "Max-Forwards", "Route"] {
        invite.headers.all(name).for_each(|v| headers.push(name, v));
    }
    let to = resp.headers.get("To").or(invite.headers.get("To")).unwrap_or("");
    headers.push("To", to);
    let number = invite
        .headers
        .get("CSeq")
        .and_then(CSeq::parse)
        .map_or(1, |c| c.number);
    headers.push("CSeq", &format!("{number} ACK"));
    Request {
        method: Method::Ack,
        uri: invite.uri.clone(),
        headers,
        body: Vec::new(),
    }
}
