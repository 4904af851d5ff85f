//! The page's own call: a simulated caller phones the running house over SIP and RTP, on this machine.
//!
//! It is let in by an account of its own, whose password is made at each start and told to nobody.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use biseo_api::views::RehearsalCallState;
use biseo_model::ids::ShopId;
use biseo_rehearse::{CALLERS_NUMBER, Scenario};
use biseo_telephony::config::{Account, Credentials, Proto};
use secrecy::SecretString;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::Rehearsals;
use crate::live::LiveEvent;
use crate::simulate::{self, Call};

/// A call of the page's takes no longer.
const LONGEST: Duration = Duration::from_secs(240);
/// espeak-ng's variant: the one of the demonstration.
const VOICE: &str = "m1";

/// How the house is called from within.
#[derive(Clone)]
pub(crate) struct Door {
    at: SocketAddr,
    secret: SecretString,
}

impl Door {
    /// The account that lets the caller in.
    ///
    /// # Errors
    /// If the system has no randomness.
    pub(crate) fn account() -> Result<Account, String> {
        let mut octets = [0u8; 32];
        getrandom::fill(&mut octets).map_err(|e| e.to_string())?;
        let secret: String = octets.iter().map(|o| format!("{o:02x}")).collect();
        Ok(Account {
            name: CALLERS_NUMBER.into(),
            password: secret.into(),
        })
    }

    /// The first UDP address on which the house is called; `None` if there is none.
    pub(crate) fn of(bound: &[(Proto, SocketAddr)], account: &Account) -> Option<Self> {
        let (_, at) = bound.iter().find(|(proto, _)| *proto == Proto::Udp)?;
        let ip = match at.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        Some(Self {
            at: SocketAddr::new(ip, at.port()),
            secret: account.password.clone(),
        })
    }
}

/// Calls, and tells where the call is until it is over.
pub(super) async fn ring(
    rehearsals: Arc<Rehearsals>,
    door: Door,
    caller: Scenario,
    line: OwnedSemaphorePermit,
) {
    let Ok(shop) = ShopId::new(caller.shop.as_str()) else {
        return;
    };
    let events = rehearsals.house.live.listen();
    let follow = tokio::spawn(follow(rehearsals.clone(), shop.clone(), events));
    let target = format!("sip:{shop}@{}", door.at);
    let call = Call {
        target: &target,
        recording: None,
        voice: VOICE,
        credentials: Some(Credentials {
            user: CALLERS_NUMBER.into(),
            password: door.secret.clone(),
        }),
    };
    let placed = simulate::place(&rehearsals.house.engines, &caller, &call);
    let state = match tokio::time::timeout(LONGEST, placed).await {
        Ok(Ok(_)) => RehearsalCallState::Over,
        Ok(Err(why)) => failed(&shop, &why),
        Err(_) => failed(&shop, "it went on for too long"),
    };
    follow.abort();
    rehearsals.call_changed(&shop, |call| call.state = state);
    drop(line);
}

fn failed(shop: &ShopId, why: &str) -> RehearsalCallState {
    tracing::warn!("shop {shop}: the call from its page has failed: {why}");
    RehearsalCallState::Failed
}

/// Finds the call among those of the house.
async fn follow(rehearsals: Arc<Rehearsals>, shop: ShopId, mut events: Receiver<LiveEvent>) {
    loop {
        match events.recv().await {
            Ok(LiveEvent::Began(call)) if call.shop == shop && is_ours(call.caller.as_ref()) => {
                rehearsals.call_changed(&shop, |known| {
                    known.state = RehearsalCallState::Talking;
                    known.call = Some(call.id.as_str().into());
                });
            }
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

fn is_ours(number: Option<&biseo_model::phone::PhoneNumber>) -> bool {
    number.is_some_and(|n| n.as_str() == CALLERS_NUMBER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_house_is_called_where_it_listens() {
        let account = Door::account().unwrap();
        let other = Door::account().unwrap();
        let open = |a: &Account| secrecy::ExposeSecret::expose_secret(&a.password).to_string();
        assert!(open(&account).len() == 64 && open(&account) != open(&other));
        let at = |bound: &[(Proto, &str)]| {
            let bound: Vec<_> = bound.iter().map(|(p, a)| (*p, a.parse().unwrap())).collect();
            Door::of(&bound, &account).map(|door| door.at.to_string())
        };
        assert_eq!(at(&[(Proto::Tcp, "127.0.0.1:5")]), None);
        for (bound, called) in [
            ("0.0.0.0:5060", "127.0.0.1:5060"),
            ("192.0.2.7:5070", "192.0.2.7:5070"),
            ("[::]:5060", "[::1]:5060"),
        ] {
            assert_eq!(
                at(&[(Proto::Tcp, "127.0.0.1:5"), (Proto::Udp, bound)]).as_deref(),
                Some(called)
            );
        }
    }
}
