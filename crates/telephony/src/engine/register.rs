//! Registering at providers (RFC 3261 §10.2): refreshed before it ends, tried again ever more slowly when it fails.

use std::net::SocketAddr;
use std::time::Duration;

use super::Engine;
use super::client::{Login, Owner};
use super::timers::{Due, TimerId};
use crate::auth::Challenge;
use crate::msg::{Headers, Method, NameAddr, Request, Response};
use crate::resolve::Target;
use crate::stack::SipEvent;
use crate::trunk::By;

/// First and longest pause after a failure, seconds (RFC 5626 §4.5).
const BACKOFF: (u64, u64) = (30, 1800);

/// One registration.
#[derive(Debug)]
pub(super) struct Registering {
    call_id: String,
    tag: String,
    cseq: u32,
    challenge: Option<Challenge>,
    expires: u32,
    failures: u32,
    up: bool,
    /// When it is sent again.
    timer: Option<TimerId>,
    /// Where it was sent last.
    place: Option<SocketAddr>,
}

/// Pause after so many failures in a row, before spreading, seconds.
fn backoff(failures: u32) -> u64 {
    BACKOFF.0.saturating_mul(1 << failures.min(10)).min(BACKOFF.1)
}

impl Engine {
    /// Asks for the addresses of all trunks' servers; registrations follow when they are known.
    pub(super) fn start_registrations(&mut self) {
        for trunk in 0..self.cfg.trunks.len() {
            let wanted = self.cfg.trunks.get(trunk).and_then(|t| t.register.clone());
            let state = wanted.map(|r| Registering {
                call_id: self.ids.token(),
                tag: self.ids.token(),
                cseq: 0,
                challenge: None,
                expires: r.expires,
                failures: 0,
                up: false,
                timer: None,
                place: None,
            });
            self.registering.push(state);
            self.ask_address(trunk);
        }
    }

    /// The places of a trunk's server are known; an empty list says that its name has none.
    pub(super) fn resolved(&mut self, trunk: usize, targets: Vec<Target>, good_for: Option<Duration>) {
        let found = !targets.is_empty();
        self.located(trunk, targets, good_for);
        let due = self
            .registering
            .get(trunk)
            .and_then(Option::as_ref)
            .is_some_and(|r| r.timer.is_none());
        match (due && !self.closing, found) {
            (true, true) => self.send_register(trunk, None),
            (true, false) => self.register_failed(trunk, 0),
            (false, _) => {}
        }
    }

    pub(super) fn register_due(&mut self, trunk: usize) {
        if let Some(Some(state)) = self.registering.get_mut(trunk) {
            state.timer = None;
        }
        if !self.closing {
            // The name may have moved since: it is looked up each time.
            self.ask_address(trunk);
        }
    }

    /// Registers at once, whenever it was due.
    pub(super) fn register_now(&mut self, trunk: usize) {
        self.register_after(trunk, Duration::ZERO);
    }

    fn register_after(&mut self, trunk: usize, wait: Duration) {
        let Some(Some(state)) = self.registering.get_mut(trunk) else {
            return;
        };
        self.timers.cancel(&mut state.timer);
        state.timer = Some(self.timers.set(self.now + wait, Due::Register(trunk)));
    }

    /// Whether a registration stands; `None` where there is none to be.
    pub(super) fn is_registered(&self, trunk: usize) -> Option<bool> {
        Some(self.registering.get(trunk)?.as_ref()?.up)
    }

    fn send_register(&mut self, trunk: usize, expires: Option<u32>) {
        let Some(flow) = self.ways_to(trunk).into_iter().next() else {
            return self.register_failed(trunk, 0);
        };
        let Some(t) = self.cfg.trunks.get(trunk).cloned() else {
            return;
        };
        let Some(r) = t.register.as_ref() else { return };
        let host = t
            .server
            .as_deref()
            .and_then(crate::msg::host_port)
            .map(|(h, _)| crate::msg::bracketed(&h));
        let domain = r.domain.clone().or(host).unwrap_or_default();
        let contact = self
            .contact(flow, false)
            .replacen("biseo@", &format!("{}@", r.user), 1);
        let number = self.register_cseq(trunk);
        let cnonce = self.ids.token();
        let agent = self.cfg.user_agent.clone();
        let Some(Some(state)) = self.registering.get_mut(trunk) else {
            return;
        };
        state.place = Some(flow.remote);
        let mut headers = Headers::default();
        headers.push("Max-Forwards", "70");
        headers.push("From", &format!("<sip:{}@{domain}>;tag={}", r.user, state.tag));
        headers.push("To", &format!("<sip:{}@{domain}>", r.user));
        headers.push("Call-ID", &state.call_id);
        headers.push("CSeq", &format!("{number} REGISTER"));
        headers.push("Contact", &contact);
        headers.push("Expires", &expires.unwrap_or(state.expires).to_string());
        headers.push("Allow", Method::ALLOW);
        headers.push("User-Agent", &agent);
        let mut req = Request {
            method: Method::Register,
            uri: format!("sip:{domain}"),
            headers,
            body: Vec::new(),
        };
        if let (Some(challenge), Some(c)) = (state.challenge.as_mut(), t.credentials.as_ref()) {
            challenge.authorize(&mut req, c, &cnonce);
        }
        let login = Login {
            credentials: t.credentials.clone(),
            tries: 0,
        };
        self.send_request(req, flow, Owner::Registration(trunk), login);
    }

    pub(super) fn register_cseq(&mut self, trunk: usize) -> u32 {
        let Some(Some(state)) = self.registering.get_mut(trunk) else {
            return 1;
        };
        state.cseq += 1;
        state.cseq
    }

    pub(super) fn register_challenge(&mut self, trunk: usize, challenge: Challenge) {
        if let Some(Some(state)) = self.registering.get_mut(trunk) {
            state.challenge = Some(challenge);
        }
    }

    pub(super) fn on_register_final(&mut self, trunk: usize, resp: &Response) {
        if self.closing {
            return;
        }
        self.learn_from(trunk, By::Registration, resp);
        match resp.code {
            200..300 => self.registered(trunk, resp),
            423 if self.grow_expires(trunk, resp) => self.send_register(trunk, None),
            code => {
                if let Some(Some(state)) = self.registering.get_mut(trunk) {
                    state.challenge = None;
                }
                self.register_failed(trunk, code);
            }
        }
    }

    /// 423: ask for the interval that the provider wants (RFC 3261 §10.2.8).
    fn grow_expires(&mut self, trunk: usize, resp: &Response) -> bool {
        let min = resp
            .headers
            .get("Min-Expires")
            .and_then(|v| v.trim().parse::<u32>().ok());
        let Some(Some(state)) = self.registering.get_mut(trunk) else {
            return false;
        };
        let grown = min.filter(|m| *m > state.expires && *m <= 86_400);
        state.expires = grown.unwrap_or(state.expires);
        grown.is_some()
    }

    fn registered(&mut self, trunk: usize, resp: &Response) {
        let user = self
            .cfg
            .trunks
            .get(trunk)
            .and_then(|t| t.register.as_ref())
            .map(|r| r.user.clone());
        let Some(Some(state)) = self.registering.get_mut(trunk) else {
            return;
        };
        let ours = |c: &String| {
            let n = NameAddr::parse(c).ok()?;
            let mine = n.parsed_uri().is_some_and(|u| Some(u.user()) == user.as_deref());
            n.params
                .get("expires")
                .filter(|_| mine)
                .and_then(|e| e.parse::<u32>().ok())
        };
        let general = resp.headers.get("Expires").and_then(|e| e.trim().parse().ok());
        let said = resp.headers.list("Contact").iter().find_map(ours).or(general);
        let granted = said.unwrap_or(state.expires).clamp(10, 86_400);
        state.failures = 0;
        state.up = true;
        if let (Some(c), Some(info)) = (state.challenge.as_mut(), resp.headers.get("Authentication-Info")) {
            c.next_nonce(info);
        }
        // Nine tenths, and never later than five seconds before the end.
        let wait = (u64::from(granted) * 9 / 10).min(u64::from(granted) - 5);
        self.register_after(trunk, Duration::from_secs(wait));
        self.emit(SipEvent::Registered {
            trunk: self.trunk_id(trunk),
            expires: granted,
        });
    }

    fn register_failed(&mut self, trunk: usize, code: u16) {
        let spread = self.ids.below(1000);
        let place = self
            .registering
            .get_mut(trunk)
            .and_then(|r| r.as_mut()?.place.take());
        let dead = matches!(code, 408 | 500 | 502..=504);
        if let Some(place) = place.filter(|_| dead)
            && self.avoid(trunk, place)
        {
            // Another of its servers may take it (RFC 3263 §4.3).
            return self.register_now(trunk);
        }
        let Some(Some(state)) = self.registering.get_mut(trunk) else {
            return;
        };
        let base = backoff(state.failures) * 1000;
        state.failures = state.failures.saturating_add(1);
        state.up = false;
        // Between half and all of it, so that a provider that comes back is not met by everybody at once.
        let wait = Duration::from_millis(base / 2 + base / 2 * spread / 1000);
        self.register_after(trunk, wait);
        let trunk = self.trunk_id(trunk);
        tracing::warn!(trunk, code, again_in = wait.as_secs(), "registration failed");
        self.emit(SipEvent::RegistrationFailed {
            trunk,
            code,
            retry_in: wait,
        });
    }

    pub(super) fn trunk_id(&self, trunk: usize) -> String {
        self.cfg
            .trunks
            .get(trunk)
            .map(|t| t.id.clone())
            .unwrap_or_default()
    }

    /// At the end, providers shall not ring at a dead address.
    pub(super) fn unregister_all(&mut self) {
        let up = |r: &Option<Registering>| r.as_ref().is_some_and(|r| r.up);
        let trunks: Vec<usize> = self
            .registering
            .iter()
            .enumerate()
            .filter(|(_, r)| up(r))
            .map(|(i, _)| i)
            .collect();
        trunks.into_iter().for_each(|t| self.send_register(t, Some(0)));
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn backoff_doubles_up_to_half_an_hour() {
        let waits: Vec<u64> = [0, 1, 2, 5, 6, 40].iter().map(|f| super::backoff(*f)).collect();
        assert_eq!(waits, [30, 60, 120, 960, 1800, 1800]);
    }
}
