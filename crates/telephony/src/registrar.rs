//! The shop's own softphones: which account can be reached where (RFC 3261 §10.3). Only the book; the engine minds the
//! messages and the passwords.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::transport::Flow;

/// One way to reach an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The address that the softphone gave.
    pub contact: String,
    /// The way its registration came, which also leads back through its NAT.
    pub flow: Flow,
    /// What remains of its time, seconds.
    pub expires: u32,
    /// Preference, 0 to 1000 for q = 0 to 1.
    pub q: u16,
}

#[derive(Clone, Debug)]
struct Entry {
    contact: String,
    flow: Flow,
    until: Instant,
    q: u16,
    call_id: String,
    cseq: u32,
}

/// What a REGISTER asks for.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) contact: String,
    pub(crate) expires: u32,
    pub(crate) q: u16,
}

/// Why a change was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// An older request than the last one (RFC 3261 §10.3 step 7).
    OutOfOrder,
    /// More contacts than an account may have.
    TooMany,
}

/// The book.
#[derive(Debug)]
pub(crate) struct Registrar {
    max_contacts: usize,
    accounts: HashMap<String, Vec<Entry>>,
}

impl Registrar {
    pub(crate) fn new(max_contacts: usize) -> Self {
        Self {
            max_contacts,
            accounts: HashMap::new(),
        }
    }

    /// Enters, refreshes or removes (`expires` 0) contacts: all or none.
    pub(crate) fn change(
        &mut self,
        account: &str,
        changes: &[Change],
        flow: Flow,
        order: (&str, u32),
        now: Instant,
    ) -> Result<(), Refusal> {
        let mut entries = self.accounts.get(account).cloned().unwrap_or_default();
        entries.retain(|e| e.until > now);
        for c in changes {
            if entries
                .iter()
                .any(|e| e.contact == c.contact && e.call_id == order.0 && e.cseq >= order.1)
            {
                return Err(Refusal::OutOfOrder);
            }
            entries.retain(|e| e.contact != c.contact);
            if c.expires > 0 {
                let until = now + Duration::from_secs(u64::from(c.expires));
                let (contact, call_id) = (c.contact.clone(), order.0.to_owned());
                entries.push(Entry {
                    contact,
                    flow,
                    until,
                    q: c.q,
                    call_id,
                    cseq: order.1,
                });
            }
        }
        if entries.len() > self.max_contacts {
            return Err(Refusal::TooMany);
        }
        if entries.is_empty() {
            self.accounts.remove(account);
        } else {
            self.accounts.insert(account.to_owned(), entries);
        }
        Ok(())
    }

    /// Removes every contact of an account (`Contact: *`).
    pub(crate) fn clear(&mut self, account: &str) {
        self.accounts.remove(account);
    }

    /// The ways to reach an account, best first.
    pub(crate) fn bindings(&self, account: &str, now: Instant) -> Vec<Binding> {
        let remaining =
            |e: &Entry| u32::try_from(e.until.saturating_duration_since(now).as_secs()).unwrap_or(u32::MAX);
        let live = self
            .accounts
            .get(account)
            .into_iter()
            .flatten()
            .filter(|e| e.until > now);
        let mut found: Vec<Binding> = live
            .map(|e| Binding {
                contact: e.contact.clone(),
                flow: e.flow,
                expires: remaining(e),
                q: e.q,
            })
            .collect();
        found.sort_by_key(|b| std::cmp::Reverse(b.q));
        found
    }

    /// Forgets what has run out; gives the accounts that cannot be reached any more.
    pub(crate) fn expire(&mut self, now: Instant) -> Vec<String> {
        let mut gone = Vec::new();
        self.accounts.retain(|account, entries| {
            entries.retain(|e| e.until > now);
            if entries.is_empty() {
                gone.push(account.clone());
            }
            !entries.is_empty()
        });
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Proto;

    fn flow() -> Flow {
        let a = ([127, 0, 0, 1], 5060).into();
        Flow {
            proto: Proto::Udp,
            local: a,
            remote: a,
            conn: 0,
        }
    }

    fn change(contact: &str, expires: u32) -> Change {
        Change {
            contact: contact.into(),
            expires,
            q: 1000,
        }
    }

    #[test]
    fn bind_refresh_expire_remove() {
        let (mut r, t0) = (Registrar::new(2), Instant::now());
        let s = Duration::from_secs;
        r.change("a", &[change("sip:1", 60)], flow(), ("c", 1), t0)
            .unwrap();
        assert_eq!(
            r.change("a", &[change("sip:1", 60)], flow(), ("c", 1), t0),
            Err(Refusal::OutOfOrder)
        );
        r.change(
            "a",
            &[change("sip:1", 90), change("sip:2", 30)],
            flow(),
            ("c", 2),
            t0,
        )
        .unwrap();
        assert_eq!(
            r.change("a", &[change("sip:3", 9)], flow(), ("d", 1), t0),
            Err(Refusal::TooMany)
        );
        assert_eq!(r.bindings("a", t0).len(), 2);
        assert_eq!(r.bindings("a", t0 + s(31)).len(), 1);
        assert_eq!(r.expire(t0 + s(91)), ["a"]);
        r.change("a", &[change("sip:1", 60)], flow(), ("c", 3), t0)
            .unwrap();
        r.change("a", &[change("sip:1", 0)], flow(), ("c", 4), t0)
            .unwrap();
        assert!(r.bindings("a", t0).is_empty());
    }
}
