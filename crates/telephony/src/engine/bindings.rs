//! REGISTER to us (RFC 3261 §10.3): the shop's own softphones.

use super::Engine;
use crate::config::Offence;
use crate::msg::{NameAddr, Request, Uri};
use crate::registrar::{Change, Refusal};
use crate::stack::SipEvent;

/// Shortest and longest interval that we grant, seconds.
const EXPIRES: (u32, u32) = (60, 3600);
/// Contacts in one request that are looked at.
const MAX_CONTACTS: usize = 16;

impl Engine {
    pub(super) fn register_request(&mut self, key: &str) {
        let Some((inv, flow)) = self.server_txs.get(key).map(|t| (t.inv.clone(), t.flow)) else {
            return;
        };
        if self.cfg.accounts.is_empty() {
            // Nothing to register at here; say so without telling what there is.
            self.offence(flow, Offence::Refused);
            return self.reply(key, 403);
        }
        if self.closing {
            return self.reply_with(key, 503, None, &[("Retry-After", "10")]);
        }
        let Some(account) = self.authenticated(key, &inv.req, flow) else {
            return;
        };
        if !matches!(inv.to.parsed_uri(), Some(Uri::Sip(u)) if u.user == account) {
            // One account may not bind contacts of another (RFC 3261 §10.3 step 4).
            return self.reply(key, 403);
        }
        let changes = match asked(&inv.req) {
            Err(code) => return self.reply(key, code),
            Ok(Asked::RemoveAll) => {
                self.registrar.clear(&account);
                Vec::new()
            }
            Ok(Asked::Change(changes)) => changes,
        };
        if changes.iter().any(|c| c.expires > 0 && c.expires < EXPIRES.0) {
            return self.reply_with(key, 423, None, &[("Min-Expires", &EXPIRES.0.to_string())]);
        }
        let order = (inv.call_id.as_str(), inv.cseq.number);
        match self.registrar.change(&account, &changes, flow, order, self.now) {
            Err(Refusal::OutOfOrder) => self.reply(key, 500),
            Err(Refusal::TooMany) => self.reply(key, 403),
            Ok(()) => self.registered_reply(key, account),
        }
    }

    fn registered_reply(&mut self, key: &str, account: String) {
        let bindings = self.registrar.bindings(&account, self.now);
        let contacts: Vec<String> = bindings
            .iter()
            .map(|b| format!("<{}>;expires={}", b.contact, b.expires))
            .collect();
        let extra: Vec<(&str, &str)> = contacts.iter().map(|c| ("Contact", c.as_str())).collect();
        self.reply_with(key, 200, None, &extra);
        self.emit(if bindings.is_empty() {
            SipEvent::Unbound { account }
        } else {
            SipEvent::Bound { account }
        });
    }
}

enum Asked {
    RemoveAll,
    /// None of them: only the list is wanted.
    Change(Vec<Change>),
}

/// What a REGISTER wants; a status code if it cannot be.
fn asked(req: &Request) -> Result<Asked, u16> {
    let contacts = req.headers.list("Contact");
    let general = req
        .headers
        .get("Expires")
        .map(|e| e.trim().parse::<u32>().unwrap_or(EXPIRES.1));
    if contacts.iter().any(|c| c == "*") {
        return if contacts.len() == 1 && general == Some(0) {
            Ok(Asked::RemoveAll)
        } else {
            Err(400)
        };
    }
    if contacts.len() > MAX_CONTACTS {
        return Err(403);
    }
    let changes: Option<Vec<Change>> = contacts.iter().map(|c| change(c, general)).collect();
    changes.map(Asked::Change).ok_or(400)
}

fn change(value: &str, general: Option<u32>) -> Option<Change> {
    let n = NameAddr::parse(value).ok()?;
    if !matches!(n.parsed_uri(), Some(Uri::Sip(_))) {
        return None;
    }
    let own = n
        .params
        .get("expires")
        .map(|e| e.parse::<u32>().unwrap_or(EXPIRES.1));
    let expires = own.or(general).unwrap_or(EXPIRES.1).min(EXPIRES.1);
    let q = n
        .params
        .get("q")
        .and_then(|q| q.parse::<f32>().ok())
        .unwrap_or(1.0)
        .clamp(0.0, 1.0);
    // A fraction between 0 and 1000 fits.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let q = (q * 1000.0) as u16;
    Some(Change {
        contact: n.uri,
        expires,
        q,
    })
}
