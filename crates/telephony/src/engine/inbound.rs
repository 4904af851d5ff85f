//! Requests that arrive: which transaction, which dialog, which method.

use super::leg::dialog_key;
use super::server::tx_key;
use super::{Engine, Output};
use crate::call::EndCause;
use crate::config::{Offence, Proto};
use crate::msg::{Headers, Method, Request, Uri, split_outside};
use crate::transport::Flow;
use crate::transport::guard::Notice;
use crate::wire::InRequest;

/// Extensions that a caller may require of us.
pub(super) const SUPPORTED: [&str; 2] = ["100rel", "timer"];

impl Engine {
    pub(super) fn request(&mut self, r: InRequest, flow: Flow) {
        match r.req.method {
            Method::Ack => return self.ack(&r),
            Method::Cancel => return self.cancel(r, flow),
            _ => {}
        }
        if self.is_retransmission(&tx_key(&r, &r.req.method)) {
            return;
        }
        let leg = self.leg_of(&r);
        self.stranger &= !self.is_familiar(flow, leg) && !self.cfg.open;
        if self.stranger && !self.hears_stranger(&r, flow) {
            tracing::debug!("a request of a scanner or beyond a stranger's rate was dropped");
            return;
        }
        let Some(key) = self.open_tx(r, flow) else { return };
        self.dispatch(&key, leg);
        if self.stranger {
            self.forget(&key);
        }
    }

    /// Whether somebody whom the guard did not know is known here: by a dialog, or as a trunk.
    fn is_familiar(&mut self, flow: Flow, leg: Option<u64>) -> bool {
        let familiar = leg.is_some() || self.trunk_of(flow.remote.ip()).is_some();
        if familiar && self.stranger {
            self.outputs
                .push(Output::Tell(Notice::Familiar(flow.remote.ip())));
        }
        familiar
    }

    /// Whether a stranger's request is worked on.
    fn hears_stranger(&mut self, r: &InRequest, flow: Flow) -> bool {
        let header = |name| r.req.headers.get(name).unwrap_or("").as_bytes();
        if self.scanners.know(header("User-Agent"), header("From")) {
            self.offence(flow, Offence::Scanner);
            return false;
        }
        self.admission.stranger(self.now, flow.remote.ip())
    }

    /// The leg whose dialog a request names.
    fn leg_of(&self, r: &InRequest) -> Option<u64> {
        let local_tag = r.to.tag()?;
        self.dialogs
            .get(&dialog_key(&r.call_id, local_tag, r.from.tag().unwrap_or("")))
            .copied()
    }

    fn dispatch(&mut self, key: &str, leg: Option<u64>) {
        let Some((inv, proto)) = self.server_txs.get(key).map(|t| (t.inv.clone(), t.flow.proto)) else {
            return;
        };
        match &inv.req.method {
            Method::Known(_) => return self.reply_with(key, 405, None, &[("Allow", Method::ALLOW)]),
            Method::Other(_) => return self.reply_with(key, 501, None, &[("Allow", Method::ALLOW)]),
            _ => {}
        }
        if let Some(unsupported) = unsupported(&inv.req) {
            return self.reply_with(key, 420, None, &[("Unsupported", &unsupported)]);
        }
        let sips = matches!(Uri::parse(&inv.req.uri), Some(Uri::Sip(u)) if u.secure);
        if sips && proto != Proto::Tls && leg.is_none() {
            // A sips: address promises encryption on every hop, and this hop had none (RFC 5630 §4).
            return self.reply(key, 416);
        }
        match (leg, inv.to.tag()) {
            (Some(leg), _) => self.in_dialog(key, leg),
            (None, Some(_)) if inv.req.method != Method::Register && inv.req.method != Method::Options => {
                self.reply(key, 481)
            }
            (None, _) => self.out_of_dialog(key, &inv.req.method),
        }
    }

    fn out_of_dialog(&mut self, key: &str, method: &Method) {
        match method {
            Method::Invite => self.invite(key),
            Method::Options => self.options(key),
            Method::Register => self.register_request(key),
            Method::Refer => self.reply(key, 403),
            _ => self.reply(key, 481),
        }
    }

    /// What we can do (RFC 3261 §11.2).
    pub(super) fn options(&mut self, key: &str) {
        let code = if self.closing { 503 } else { 200 };
        let headers = [
            ("Allow", Method::ALLOW),
            ("Accept", "application/sdp, application/dtmf-relay"),
            ("Accept-Encoding", "identity"),
            ("Accept-Language", "ko, en"),
            ("Supported", "100rel, timer"),
        ];
        self.reply_with(key, code, None, &headers);
    }

    /// CANCEL (RFC 3261 §9.2) is answered by itself; the INVITE it names is ended if it still can be.
    fn cancel(&mut self, r: InRequest, flow: Flow) {
        let own = tx_key(&r, &Method::Cancel);
        if self.is_retransmission(&own) {
            return;
        }
        let target = tx_key(&r, &Method::Invite);
        let found = self.server_txs.get(&target).map(|t| (t.leg, t.to_tag.clone()));
        let Some((leg, to_tag)) = found else {
            if self.admission.stranger(self.now, flow.remote.ip())
                && let Some(key) = self.open_tx(r, flow)
            {
                self.reply(&key, 481);
                if self.stranger {
                    self.forget(&key);
                }
            }
            return;
        };
        let why = why_cancelled(&r.req.headers);
        let Some(key) = self.open_tx(r, flow) else { return };
        if let Some(tx) = self.server_txs.get_mut(&key) {
            tx.to_tag = to_tag;
        }
        self.reply(&key, 200);
        if let Some(leg) = leg {
            self.cancelled(leg, &target, why);
        }
    }

    /// ACK: of a refusal it ends the transaction; of a 2xx it confirms the dialog.
    fn ack(&mut self, r: &InRequest) {
        let key = tx_key(r, &Method::Invite);
        if self.server_txs.get(&key).is_some_and(|t| t.code >= 300) {
            self.confirm(&key);
            return;
        }
        let Some(leg) = self.leg_of(r) else { return };
        self.acked(leg, r);
    }

    /// The trunk whose address this is.
    pub(super) fn trunk_of(&self, source: std::net::IpAddr) -> Option<usize> {
        let ip = source.to_canonical();
        let resolved = |i: usize| self.trunks.get(i).is_some_and(|t| t.is_at(ip));
        self.cfg
            .trunks
            .iter()
            .enumerate()
            .position(|(i, t)| t.covers(ip) || resolved(i))
    }

    /// Sends an octet string outside any transaction.
    pub(super) fn send_raw(&mut self, flow: Flow, bytes: Vec<u8>) {
        self.outputs.push(Output::Send(flow, bytes));
    }
}

/// Why a call was cancelled: a proxy that rang several telephones says so to those that were too late (RFC 3326 §2).
fn why_cancelled(headers: &Headers) -> EndCause {
    let reasons = headers.list("Reason");
    let elsewhere = reasons.iter().any(|reason| {
        let mut parts = split_outside(reason, ';').into_iter().map(str::trim);
        let sip = parts.next().is_some_and(|p| p.eq_ignore_ascii_case("SIP"));
        let taken = parts.any(|p| {
            let (name, value) = p.split_once('=').unwrap_or((p, ""));
            name.trim().eq_ignore_ascii_case("cause") && value.trim() == "200"
        });
        sip && taken
    });
    match elsewhere {
        true => EndCause::TakenElsewhere,
        false => EndCause::Cancelled,
    }
}

/// What a request requires and we do not have, for `Unsupported`. CANCEL and ACK are exempt (RFC 3261 §8.2.2.3).
fn unsupported(req: &Request) -> Option<String> {
    let known = |v: &String| SUPPORTED.iter().any(|s| v.eq_ignore_ascii_case(s));
    let missing: Vec<String> = req
        .headers
        .list("Require")
        .into_iter()
        .filter(|v| !known(v))
        .collect();
    (!missing.is_empty()).then(|| crate::msg::clean_line(&missing.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cancel_says_whether_another_telephone_has_the_call() {
        use EndCause::{Cancelled, TakenElsewhere};
        for (reasons, why) in [
            (&[][..], Cancelled),
            (
                &["SIP;cause=200;text=\"Call completed elsewhere\""],
                TakenElsewhere,
            ),
            (&["Q.850;cause=26", "sip ; Cause = 200"], TakenElsewhere),
            (&["Q.850;cause=26, SIP;cause=200"], TakenElsewhere),
            (&["SIP;cause=487"], Cancelled),
            (&["Q.850;cause=200"], Cancelled),
            (&["SIP;text=\"a;cause=200\""], Cancelled),
            (&["", ";;", "SIP"], Cancelled),
        ] {
            let mut headers = Headers::default();
            reasons.iter().for_each(|reason| headers.push("Reason", reason));
            assert_eq!(why_cancelled(&headers), why, "{reasons:?}");
        }
    }
}
