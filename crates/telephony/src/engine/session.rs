//! Session timers (RFC 4028): a call whose other side is gone ends by itself.

use std::time::Duration;

use super::Engine;
use super::client::Owner;
use super::leg::Phase;
use super::timers::{Due, LegTimer, TimerId};
use crate::call::EndCause;
use crate::msg::{Method, Params, Request, Response};

/// The timer of a leg.
#[derive(Debug, Default)]
pub(super) struct Session {
    /// Agreed interval, seconds; 0 without one.
    pub(super) interval: u32,
    /// Smallest interval that we learned (422).
    pub(super) min_se: u32,
    pub(super) we_refresh: bool,
    pub(super) timer: Option<TimerId>,
}

fn number(text: Option<&str>) -> Option<u32> {
    text?.split(';').next()?.trim().parse().ok()
}

fn refresher(value: &str) -> Option<bool> {
    let params = Params::parse(value.split_once(';').map_or("", |(_, p)| p), ';');
    params.get("refresher").map(|r| r.eq_ignore_ascii_case("uas"))
}

impl Engine {
    /// Our Min-SE, when the request asks for less and could ask for more.
    pub(super) fn interval_too_small(&self, req: &Request) -> Option<u32> {
        let asked = number(req.headers.get("Session-Expires"))?;
        let min = self.cfg.session.min_se;
        (asked < min && req.headers.has_token("Supported", "timer")).then_some(min)
    }

    /// Agrees on an interval in a 2xx that we send (RFC 4028 §9).
    pub(super) fn start_session_as_uas(&mut self, id: u64, key: &str, resp: &mut Response) {
        let Some(inv) = self.server_txs.get(key).map(|t| t.inv.clone()) else {
            return;
        };
        let (h, ours) = (&inv.req.headers, self.cfg.session);
        let supported = h.has_token("Supported", "timer") || h.has_token("Require", "timer");
        let asked = h.get("Session-Expires").map(str::to_owned);
        let floor = ours.min_se.max(number(h.get("Min-SE")).unwrap_or(0));
        let interval = match number(asked.as_deref()) {
            Some(asked) if ours.expires > 0 => asked.min(ours.expires.max(floor)).max(floor),
            Some(asked) => asked.max(floor),
            None if supported && ours.expires > 0 => ours.expires.max(floor),
            None => return self.stop_session(id),
        };
        let said = asked.as_deref().and_then(refresher);
        // A caller who does not know timers cannot refresh (RFC 4028 §9, table 2).
        let we_refresh = if supported {
            said.unwrap_or(ours.we_refresh)
        } else {
            true
        };
        let who = if we_refresh { "uas" } else { "uac" };
        resp.headers
            .push("Session-Expires", &format!("{interval};refresher={who}"));
        if !we_refresh {
            resp.headers.push("Require", "timer");
        }
        self.set_session(id, interval, we_refresh);
    }

    /// Takes over what a 2xx to a request of ours says (RFC 4028 §7.2).
    pub(super) fn start_session_as_uac(&mut self, id: u64, resp: &Response) {
        match (
            number(resp.headers.get("Session-Expires")),
            resp.headers.get("Session-Expires"),
        ) {
            (Some(interval), Some(value)) => {
                let peer = refresher(value).unwrap_or(false);
                self.set_session(id, interval, !peer);
            }
            _ => self.stop_session(id),
        }
    }

    /// Asks for an interval in a request of ours.
    pub(super) fn ask_session(&mut self, id: u64, req: &mut Request) {
        let ours = self.cfg.session;
        let Some(leg) = self.legs.get(&id) else { return };
        let floor = ours.min_se.max(leg.session.min_se);
        let running = leg.session.interval;
        let interval = if running > 0 { running } else { ours.expires };
        if interval == 0 {
            return;
        }
        let role = match (running > 0, leg.session.we_refresh) {
            (false, _) => "",
            (true, true) => ";refresher=uac",
            (true, false) => ";refresher=uas",
        };
        req.headers
            .push("Session-Expires", &format!("{}{role}", interval.max(floor)));
        req.headers.push("Min-SE", &floor.to_string());
    }

    fn set_session(&mut self, id: u64, interval: u32, we_refresh: bool) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        self.timers.cancel(&mut leg.session.timer);
        let interval = interval.min(86_400);
        leg.session.interval = interval;
        leg.session.we_refresh = we_refresh;
        let whole = Duration::from_secs(u64::from(interval));
        let wait = if we_refresh {
            whole / 2
        } else {
            whole - (whole / 3).min(Duration::from_secs(32))
        };
        leg.session.timer = Some(self.timers.set(self.now + wait, Due::Leg(id, LegTimer::Session)));
    }

    fn stop_session(&mut self, id: u64) {
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.session.interval = 0;
            self.timers.cancel(&mut leg.session.timer);
        }
    }

    /// Half the interval is over and we refresh, or the peer has not refreshed in time.
    pub(super) fn session_due(&mut self, id: u64) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        if !leg.session.we_refresh {
            return self.end_by_stack(id, EndCause::SessionExpired);
        }
        // If the refresh is not answered, the transaction's own end (408) ends the call.
        let busy = leg.our_offer.is_some() || leg.pending.is_some() || leg.phase != Phase::Up;
        if busy {
            let again = Duration::from_secs(2);
            leg.session.timer = Some(self.timers.set(self.now + again, Due::Leg(id, LegTimer::Session)));
            return;
        }
        if leg.peer_has_update {
            self.send_update(id)
        } else {
            self.send_reinvite(id, true)
        }
    }

    fn send_update(&mut self, id: u64) {
        let Some((mut req, flow)) = self.request_in(id, Method::Update) else {
            return;
        };
        self.ask_session(id, &mut req);
        let login = self.legs.get(&id).map(|l| l.login.clone()).unwrap_or_default();
        self.send_request(req, flow, Owner::Refresh(id), login);
    }

    pub(super) fn on_refresh_final(&mut self, id: u64, resp: &Response) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        match resp.code {
            200..300 => self.start_session_as_uac(id, resp),
            408 | 481 => self.end_by_stack(id, EndCause::SessionExpired),
            422 => {
                let min = number(resp.headers.get("Min-SE")).unwrap_or(1800);
                leg.session.min_se = min;
                leg.session.interval = leg.session.interval.max(min);
                self.send_update(id);
            }
            // It does not know UPDATE after all, or had no time for it.
            _ => {
                leg.peer_has_update = !matches!(resp.code, 405 | 501);
                let again = Duration::from_secs(2);
                leg.session.timer = Some(self.timers.set(self.now + again, Due::Leg(id, LegTimer::Session)));
            }
        }
    }
}
