//! Requests within a dialog.

use super::Engine;
use super::leg::Phase;
use crate::call::{EndCause, LegEvent, Party};
use crate::config::ReferPolicy;
use crate::msg::{Method, NameAddr, Request};
use crate::wire::InRequest;

impl Engine {
    pub(super) fn in_dialog(&mut self, key: &str, id: u64) {
        let Some((inv, flow)) = self.server_txs.get(key).map(|t| (t.inv.clone(), t.flow)) else {
            return;
        };
        let Some(leg) = self.legs.get_mut(&id) else {
            return self.reply(key, 481);
        };
        if leg.dialog.remote_cseq.is_some_and(|n| inv.cseq.number <= n) {
            // Older than what we have seen (RFC 3261 §12.2.2); an equal number under another branch is a merged copy.
            let merged = leg.dialog.remote_cseq == Some(inv.cseq.number);
            return self.reply(key, if merged { 482 } else { 500 });
        }
        leg.dialog.remote_cseq = Some(inv.cseq.number);
        if leg.pinned || flow.remote.ip() == leg.flow.remote.ip() {
            leg.flow = flow;
        }
        if let Some(tx) = self.server_txs.get_mut(key) {
            tx.to_tag.clone_from(&leg.dialog.local_tag);
        }
        match inv.req.method {
            Method::Bye => self.bye(key, id),
            Method::Invite => self.reinvited(key, id, &inv),
            Method::Update => self.updated(key, id, &inv),
            Method::Prack => self.prack(key, id),
            Method::Info => self.info(key, id, &inv.req),
            Method::Options => self.options(key),
            Method::Refer => self.refer(key, id, &inv.req),
            _ => self.reply_with(key, 405, None, &[("Allow", Method::ALLOW)]),
        }
    }

    fn bye(&mut self, key: &str, id: u64) {
        self.reply(key, 200);
        let Some(leg) = self.legs.get(&id) else { return };
        let (phase, invite) = (leg.phase, leg.invite_key.clone());
        let early = phase == Phase::Incoming;
        if let Some(invite) = invite {
            self.drop_reliable(id);
            if early {
                self.reply(&invite, 487);
            } else {
                // A BYE says that our 200 arrived, even if its ACK is lost.
                self.confirm(&invite);
            }
        }
        self.finish(
            id,
            Party::Remote,
            if early {
                EndCause::Cancelled
            } else {
                EndCause::Hangup
            },
        );
    }

    fn reinvited(&mut self, key: &str, id: u64, inv: &InRequest) {
        let Some(leg) = self.legs.get(&id) else { return };
        match leg.phase {
            Phase::Incoming | Phase::Calling { .. } => {
                return self.reply_with(key, 500, None, &[("Retry-After", "2")]);
            }
            Phase::Accepted => return self.reply(key, 491),
            Phase::Up => {}
        }
        if let Some(min) = self.interval_too_small(&inv.req) {
            return self.reply_with(key, 422, None, &[("Min-SE", &min.to_string())]);
        }
        self.retarget(id, inv.req.headers.list("Contact"));
        self.reoffer(key, id);
    }

    /// UPDATE (RFC 3311): with an offer it changes the session, without it refreshes.
    fn updated(&mut self, key: &str, id: u64, inv: &InRequest) {
        if let Some(min) = self.interval_too_small(&inv.req) {
            return self.reply_with(key, 422, None, &[("Min-SE", &min.to_string())]);
        }
        self.retarget(id, inv.req.headers.list("Contact"));
        let Some(leg) = self.legs.get(&id) else { return };
        if inv.req.body.is_empty() {
            return self.refreshed(key, id);
        }
        if !leg.agreed {
            // RFC 3311 §5.2: an offer while another one stands.
            return self.reply_with(key, 500, None, &[("Retry-After", "1")]);
        }
        self.reoffer(key, id);
    }

    fn refreshed(&mut self, key: &str, id: u64) {
        let Some(tx) = self.server_txs.get(key) else {
            return;
        };
        let (flow, sips) = (tx.flow, super::is_sips(&tx.inv.req.uri));
        let mut resp = tx.inv.req.response(200, None, Some(&tx.to_tag));
        let contact = self.contact(flow, sips);
        resp.headers.push("Contact", &contact);
        resp.headers.push("Allow", Method::ALLOW);
        self.start_session_as_uas(id, key, &mut resp);
        self.respond(key, resp);
    }

    /// INFO (RFC 6086): key presses are understood, an empty one is a sign of life, anything else is not for us.
    fn info(&mut self, key: &str, id: u64, req: &Request) {
        let kind = req
            .headers
            .get("Content-Type")
            .unwrap_or("")
            .split(';')
            .next()
            .unwrap_or("")
            .trim()
            .to_ascii_lowercase();
        match (kind.as_str(), key_press(&req.body)) {
            (_, _) if req.body.is_empty() => self.reply(key, 200),
            ("application/dtmf-relay" | "application/dtmf", Some((digit, duration_ms))) => {
                self.reply(key, 200);
                self.tell(id, LegEvent::Dtmf { digit, duration_ms });
            }
            ("application/dtmf-relay" | "application/dtmf", None) => self.reply(key, 400),
            _ => self.reply_with(
                key,
                415,
                None,
                &[("Accept", "application/dtmf-relay, application/dtmf")],
            ),
        }
    }

    fn refer(&mut self, key: &str, id: u64, req: &Request) {
        let to = req.headers.get("Refer-To").and_then(|v| NameAddr::parse(v).ok());
        match (self.cfg.refer, to) {
            (ReferPolicy::Refuse, _) => self.reply(key, 603),
            (ReferPolicy::Report, None) => self.reply(key, 400),
            (ReferPolicy::Report, Some(to)) => {
                self.reply(key, 202);
                self.tell(id, LegEvent::Refer { to: to.uri });
            }
        }
    }
}

/// `Signal=5\r\nDuration=160` or just the digit.
fn key_press(body: &[u8]) -> Option<(char, u32)> {
    let text = std::str::from_utf8(body).ok()?;
    let field = |name: &str| {
        text.lines()
            .filter_map(|l| l.split_once('='))
            .find(|(n, _)| n.trim().eq_ignore_ascii_case(name))
            .map(|(_, v)| v.trim())
    };
    let signal = field("Signal").unwrap_or(text.trim());
    let digit = match signal.to_ascii_uppercase().as_str() {
        "10" => '*',
        "11" => '#',
        s if s.chars().count() == 1 => s.chars().next()?,
        _ => return None,
    };
    let duration = field("Duration")
        .and_then(|d| d.parse().ok())
        .unwrap_or(160)
        .clamp(40, 10_000);
    (digit.is_ascii_digit() || "*#ABCD".contains(digit)).then_some((digit, duration))
}

#[cfg(test)]
mod tests {
    use super::key_press;

    #[test]
    fn key_presses() {
        for (body, want) in [
            ("Signal=5\r\nDuration=160\r\n", Some(('5', 160))),
            ("signal = *\r\n", Some(('*', 160))),
            ("Signal=11\r\nDuration=0", Some(('#', 40))),
            ("7", Some(('7', 160))),
            ("d\r\n", Some(('D', 160))),
            ("Signal=x", None),
            ("", None),
            ("hello", None),
        ] {
            assert_eq!(key_press(body.as_bytes()), want, "{body:?}");
        }
    }
}
