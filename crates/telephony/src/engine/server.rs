//! Server transactions (RFC 3261 §17.2, RFC 6026): retransmissions are answered from memory, final responses to INVITE
//! are sent until they are acknowledged.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::timers::{Due, TimerId};
use super::{Engine, Output};
use crate::config::Proto;
use crate::msg::{Headers, Method, Response, Via};
use crate::transport::Flow;
use crate::wire::InRequest;

/// How far a transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// No final response yet.
    Open,
    /// A final response was sent; for a 2xx to INVITE the ACK is waited for.
    Final,
    /// The ACK has come.
    Confirmed,
}

/// One transaction.
#[derive(Debug)]
pub(super) struct ServerTx {
    pub(super) inv: Arc<InRequest>,
    pub(super) flow: Flow,
    back: Flow,
    pub(super) stage: Stage,
    pub(super) code: u16,
    pub(super) leg: Option<u64>,
    pub(super) to_tag: String,
    last: Vec<u8>,
    interval: Duration,
    resend: Option<TimerId>,
    end: Option<TimerId>,
}

/// The name of a request's transaction (RFC 3261 §17.2.3), also for those who do not know branches. The Call-ID is in it
/// for those who use one branch for everything.
pub(super) fn tx_key(r: &InRequest, method: &Method) -> String {
    let v = &r.via;
    let port = v.port.unwrap_or(5060);
    match v.branch() {
        Some(branch) => format!("{branch}|{}:{port}|{}|{method}", v.host, r.call_id),
        None => format!(
            "2543|{}|{}|{}|{}:{port}|{}|{}|{method}",
            r.call_id,
            r.from.tag().unwrap_or(""),
            r.cseq.number,
            v.host,
            v.params.get("branch").unwrap_or(""),
            r.req.uri
        ),
    }
}

/// Where responses go (RFC 3261 §18.2.2, RFC 3581 §4): the way the request came; without rport to the port it names.
pub(super) fn way_back(flow: Flow, via: Option<&Via>) -> Flow {
    let Some(via) = via.filter(|v| flow.proto == Proto::Udp && !v.params.has("rport")) else {
        return flow;
    };
    Flow {
        remote: SocketAddr::new(flow.remote.ip(), via.port.unwrap_or(5060)),
        ..flow
    }
}

/// Writes into the topmost Via where the request came from.
pub(super) fn stamp(headers: &mut Headers, via: &Via, source: SocketAddr) {
    let Some(line) = headers.get("Via").map(str::to_owned) else {
        return;
    };
    let mut values = crate::msg::split_list(&line);
    if let Some(first) = values.first_mut() {
        *first = via.stamped(source);
    }
    headers.replace_first("Via", values.join(", "));
}

impl Engine {
    /// Opens a transaction; `None` when there are too many: then whoever is known is told to come back, and strangers nothing.
    pub(super) fn open_tx(&mut self, mut r: InRequest, flow: Flow) -> Option<String> {
        let via = r.via.clone();
        stamp(&mut r.req.headers, &via, flow.remote);
        if self.server_txs.len() >= self.cfg.limits.max_transactions {
            self.overloaded(&r, flow);
            return None;
        }
        let key = tx_key(&r, &r.req.method);
        let end = self.timers.set(
            self.now + self.cfg.timers.unanswered + self.cfg.timers.give_up(),
            Due::ServerEnd(key.clone()),
        );
        let tx = ServerTx {
            inv: Arc::new(r),
            flow,
            back: way_back(flow, Some(&via)),
            stage: Stage::Open,
            code: 0,
            leg: None,
            to_tag: if self.stranger {
                self.stranger_tag(&key)
            } else {
                self.ids.token()
            },
            last: Vec::new(),
            interval: self.cfg.timers.t1,
            resend: None,
            end: Some(end),
        };
        self.server_txs.insert(key.clone(), tx);
        Some(key)
    }

    /// There is no room for another transaction: 503 without keeping anything.
    fn overloaded(&mut self, r: &InRequest, flow: Flow) {
        if let Some(others) = self.lines.full.may(self.now) {
            tracing::warn!(others, "too many SIP transactions; a request was not taken");
        }
        if self.stranger || r.req.method == Method::Ack {
            return;
        }
        let mut resp = r.req.response(503, None, Some(&self.ids.token()));
        resp.headers.push("Retry-After", "5");
        self.outputs
            .push(Output::Send(way_back(flow, Some(&r.via)), resp.to_bytes()));
    }

    /// Whether a request is one that we have already; then the last response is sent again.
    pub(super) fn is_retransmission(&mut self, key: &str) -> bool {
        let Some(tx) = self.server_txs.get(key) else {
            return false;
        };
        if !tx.last.is_empty() && tx.stage != Stage::Confirmed {
            self.outputs.push(Output::Send(tx.back, tx.last.clone()));
        }
        true
    }

    /// Answers with nothing but a status.
    pub(super) fn reply(&mut self, key: &str, code: u16) {
        self.reply_with(key, code, None, &[]);
    }

    /// Answers with some headers.
    pub(super) fn reply_with(&mut self, key: &str, code: u16, reason: Option<&str>, extra: &[(&str, &str)]) {
        let Some(tx) = self.server_txs.get(key) else {
            return;
        };
        let mut resp = tx.inv.req.response(code, reason, Some(&tx.to_tag));
        extra.iter().for_each(|(n, v)| resp.headers.push(n, v));
        self.respond(key, resp);
    }

    /// Sends a response and minds its timers.
    pub(super) fn respond(&mut self, key: &str, mut resp: Response) {
        let (t1, give_up) = (self.cfg.timers.t1, self.cfg.timers.give_up());
        let Some(tx) = self.server_txs.get_mut(key).filter(|t| t.stage == Stage::Open) else {
            return;
        };
        resp.headers.push("Server", &self.cfg.user_agent);
        tx.last = resp.to_bytes();
        tx.code = resp.code;
        self.outputs.push(Output::Send(tx.back, tx.last.clone()));
        if resp.code < 200 {
            return;
        }
        tx.stage = Stage::Final;
        self.timers.cancel(&mut tx.end);
        tx.end = Some(
            self.timers
                .set(self.now + give_up, Due::ServerEnd(key.to_owned())),
        );
        // A 2xx to INVITE is sent again on every transport (§13.3.1.4), another final response only on UDP.
        let invite = tx.inv.req.method == Method::Invite;
        if invite && (resp.code < 300 || tx.flow.proto == Proto::Udp) {
            tx.interval = t1;
            tx.resend = Some(self.timers.set(self.now + t1, Due::ServerResend(key.to_owned())));
        }
    }

    pub(super) fn server_resend(&mut self, key: &str) {
        let t2 = self.cfg.timers.t2;
        let Some(tx) = self.server_txs.get_mut(key).filter(|t| t.stage == Stage::Final) else {
            return;
        };
        self.outputs.push(Output::Send(tx.back, tx.last.clone()));
        tx.interval = (tx.interval * 2).min(t2);
        tx.resend = Some(
            self.timers
                .set(self.now + tx.interval, Due::ServerResend(key.to_owned())),
        );
    }

    /// The ACK has come: no more retransmissions. Gives the leg, if the response was a 2xx.
    pub(super) fn confirm(&mut self, key: &str) -> Option<u64> {
        let tx = self.server_txs.get_mut(key).filter(|t| t.stage == Stage::Final)?;
        self.timers.cancel(&mut tx.resend);
        tx.stage = Stage::Confirmed;
        tx.leg.filter(|_| tx.code < 300)
    }

    pub(super) fn server_end(&mut self, key: &str) {
        let Some(mut tx) = self.server_txs.remove(key) else {
            return;
        };
        self.timers.cancel(&mut tx.resend);
        self.timers.cancel(&mut tx.end);
        let merge = merge_key(&tx.inv);
        if self.merged.get(&merge).is_some_and(|of| of == key) {
            self.merged.remove(&merge);
        }
        let unconfirmed =
            tx.inv.req.method == Method::Invite && tx.code / 100 == 2 && tx.stage == Stage::Final;
        if let Some(leg) = tx.leg.filter(|_| unconfirmed) {
            self.end_by_stack(leg, crate::call::EndCause::NoAck);
        }
    }
}

/// What is the same in two copies of one request that came by different ways.
pub(super) fn merge_key(r: &InRequest) -> String {
    format!("{}|{}|{}", r.call_id, r.from.tag().unwrap_or(""), r.cseq.number)
}
