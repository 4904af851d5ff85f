//! Answering a call: 180, 183, reliably where the caller wants it (RFC 3262), 200 and refusals.

use std::collections::VecDeque;
use std::time::Duration;

use super::Engine;
use super::leg::Phase;
use super::timers::{Due, LegTimer, TimerId};
use crate::call::{EndCause, Party};
use crate::config::Reliable as Policy;
use crate::msg::{Method, Request, Response};

/// Provisional responses that may wait for the PRACK of an earlier one.
const MAX_QUEUE: usize = 8;

/// Reliable provisional responses of a leg.
#[derive(Debug, Default)]
pub(super) struct Reliable {
    /// The caller supports it and the policy uses it.
    pub(super) mode: bool,
    number: u32,
    waiting: Option<(u32, Response)>,
    queue: VecDeque<(u16, Option<String>)>,
    answer: Option<String>,
    interval: Duration,
    spent: Duration,
    pub(super) timer: Option<TimerId>,
    /// As caller: the last number seen of each callee of a forked call.
    seen: Vec<(String, u32)>,
}

impl Reliable {
    /// As caller: whether a reliable response is the next one of that callee.
    pub(super) fn saw(&mut self, tag: &str, number: u32) -> bool {
        let full = self.seen.len() >= MAX_QUEUE;
        match self.seen.iter_mut().find(|(t, _)| t == tag) {
            Some((_, last)) if last.checked_add(1) == Some(number) => *last = number,
            Some(_) => return false,
            None if full => return false,
            None => self.seen.push((tag.to_owned(), number)),
        }
        true
    }
}

impl Engine {
    pub(super) fn reliable_mode(&self, req: &Request) -> bool {
        let required = req.headers.has_token("Require", "100rel");
        let supported = req.headers.has_token("Supported", "100rel");
        required || (supported && self.cfg.reliable == Policy::IfSupported)
    }

    /// A response that opens or confirms the dialog: with Contact, Record-Route, Allow.
    fn dialog_response(&mut self, key: &str, code: u16, sdp: Option<&str>) -> Option<Response> {
        let tx = self.server_txs.get(key)?;
        let (flow, inv) = (tx.flow, tx.inv.clone());
        let mut resp = inv.req.response(code, None, Some(&tx.to_tag));
        for route in inv.req.headers.all("Record-Route") {
            resp.headers.push("Record-Route", route);
        }
        let contact = self.contact(flow, super::is_sips(&inv.req.uri));
        resp.headers.push("Contact", &contact);
        resp.headers.push("Allow", Method::ALLOW);
        resp.headers.push("Supported", "100rel, timer");
        if let Some(sdp) = sdp {
            resp.headers.push("Content-Type", "application/sdp");
            resp.body = sdp.as_bytes().to_vec();
        }
        Some(resp)
    }

    pub(super) fn provisional(&mut self, id: u64, code: u16, sdp: Option<String>) {
        let Some(leg) = self.legs.get_mut(&id).filter(|l| l.phase == Phase::Incoming) else {
            return;
        };
        let Some(key) = leg.invite_key.clone() else { return };
        if let Some(sdp) = &sdp {
            leg.local_sdp = Some(sdp.clone());
        }
        if !leg.reliable.mode {
            if let Some(resp) = self.dialog_response(&key, code, sdp.as_deref()) {
                self.respond(&key, resp);
            }
            return;
        }
        if leg.reliable.waiting.is_some() {
            if leg.reliable.queue.len() < MAX_QUEUE {
                leg.reliable.queue.push_back((code, sdp));
            }
            return;
        }
        self.send_reliable(id, &key, code, sdp.as_deref());
    }

    fn send_reliable(&mut self, id: u64, key: &str, code: u16, sdp: Option<&str>) {
        let Some(mut resp) = self.dialog_response(key, code, sdp) else {
            return;
        };
        let (t1, first, had_offer) = (self.cfg.timers.t1, self.ids.sequence(), self.had_offer(key));
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let r = &mut leg.reliable;
        r.number = if r.number == 0 { first } else { r.number + 1 };
        resp.headers.push("Require", "100rel");
        resp.headers.push("RSeq", &r.number.to_string());
        (r.waiting, r.interval, r.spent) = (Some((r.number, resp.clone())), t1, Duration::ZERO);
        r.timer = Some(self.timers.set(self.now + t1, Due::Leg(id, LegTimer::Reliable)));
        if sdp.is_some() {
            leg.agreed = had_offer;
            leg.wants_answer = !had_offer;
        }
        self.respond(key, resp);
    }

    fn had_offer(&self, key: &str) -> bool {
        self.server_txs
            .get(key)
            .is_some_and(|t| !t.inv.req.body.is_empty())
    }

    /// No PRACK yet: send again, twice as late each time, and give up after 64·T1 (RFC 3262 §3).
    pub(super) fn reliable_due(&mut self, id: u64) {
        let give_up = self.cfg.timers.give_up();
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let (Some((_, resp)), Some(key)) = (leg.reliable.waiting.clone(), leg.invite_key.clone()) else {
            return;
        };
        leg.reliable.spent += leg.reliable.interval;
        if leg.reliable.spent >= give_up {
            self.drop_reliable(id);
            self.reply(&key, 504);
            return self.finish(id, Party::Stack, EndCause::NoAck);
        }
        leg.reliable.interval *= 2;
        let next = leg.reliable.interval.min(give_up - leg.reliable.spent);
        leg.reliable.interval = next;
        leg.reliable.timer = Some(self.timers.set(self.now + next, Due::Leg(id, LegTimer::Reliable)));
        self.respond(&key, resp);
    }

    /// Forgets what waits: a final response ends it.
    pub(super) fn drop_reliable(&mut self, id: u64) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        self.timers.cancel(&mut leg.reliable.timer);
        leg.reliable.waiting = None;
        leg.reliable.queue.clear();
    }

    /// PRACK (RFC 3262 §4).
    pub(super) fn prack(&mut self, key: &str, id: u64) {
        let Some(inv) = self.server_txs.get(key).map(|t| t.inv.clone()) else {
            return;
        };
        let invite = self.legs.get(&id).and_then(|l| l.invite_key.clone());
        let number = invite
            .as_ref()
            .and_then(|k| self.server_txs.get(k))
            .map(|t| t.inv.cseq.number);
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let rack: Vec<&str> = inv
            .req
            .headers
            .get("RAck")
            .unwrap_or("")
            .split_whitespace()
            .collect();
        let waiting = leg.reliable.waiting.as_ref().map(|(n, _)| *n);
        let fits = match rack.as_slice() {
            [rseq, cseq, "INVITE"] => {
                rseq.parse().ok() == waiting && waiting.is_some() && cseq.parse().ok() == number
            }
            _ => false,
        };
        if !fits {
            return self.reply(key, 481);
        }
        self.timers.cancel(&mut leg.reliable.timer);
        leg.reliable.waiting = None;
        let wanted = std::mem::take(&mut leg.wants_answer);
        if wanted {
            self.reply(key, 200);
            self.late_answer(id, &inv.req);
        } else if inv.req.body.is_empty() {
            self.reply(key, 200);
        } else {
            self.reoffer(key, id);
        }
        self.after_prack(id);
    }

    /// Sends what waited for the PRACK.
    fn after_prack(&mut self, id: u64) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let Some(key) = leg.invite_key.clone() else { return };
        if let Some((code, sdp)) = leg.reliable.queue.pop_front() {
            self.send_reliable(id, &key, code, sdp.as_deref());
        } else if let Some(sdp) = leg.reliable.answer.take() {
            self.answer(id, sdp);
        }
    }

    /// 200. While a reliable response with a description is not acknowledged it waits (RFC 3262 §3).
    pub(super) fn answer(&mut self, id: u64, sdp: String) {
        let Some(leg) = self.legs.get_mut(&id).filter(|l| l.phase == Phase::Incoming) else {
            return;
        };
        let Some(key) = leg.invite_key.clone() else { return };
        let media_open = leg.reliable.queue.iter().any(|(_, sdp)| sdp.is_some())
            || leg
                .reliable
                .waiting
                .as_ref()
                .is_some_and(|(_, r)| !r.body.is_empty());
        if media_open {
            leg.reliable.answer = Some(sdp);
            return;
        }
        let settled = leg.agreed;
        self.drop_reliable(id);
        let had_offer = self.had_offer(&key);
        let body = (!settled).then_some(sdp.as_str());
        let Some(mut resp) = self.dialog_response(&key, 200, body) else {
            return;
        };
        self.start_session_as_uas(id, &key, &mut resp);
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.phase = Phase::Accepted;
        leg.wants_answer = !settled && !had_offer;
        leg.agreed = settled || had_offer;
        if !settled {
            leg.local_sdp = Some(sdp);
        }
        self.timers.cancel(&mut leg.patience);
        self.respond(&key, resp);
    }

    pub(super) fn reject(&mut self, id: u64, code: u16, reason: Option<&str>, retry_after: Option<u32>) {
        let Some(leg) = self.legs.get(&id).filter(|l| l.phase == Phase::Incoming) else {
            return self.hangup(id);
        };
        let Some(key) = leg.invite_key.clone() else { return };
        let code = if (300..700).contains(&code) { code } else { 500 };
        self.drop_reliable(id);
        let after = retry_after.map(|s| s.to_string()).unwrap_or_default();
        let extra = [("Retry-After", after.as_str())];
        self.reply_with(
            &key,
            code,
            reason,
            if retry_after.is_some() { &extra } else { &[] },
        );
        let text = reason
            .unwrap_or_else(|| crate::msg::default_reason(code))
            .to_owned();
        self.finish(
            id,
            Party::Local,
            EndCause::Rejected {
                code,
                reason: text,
                contacts: Vec::new(),
                retry_after: retry_after.map(|s| Duration::from_secs(s.into())),
            },
        );
    }
}
