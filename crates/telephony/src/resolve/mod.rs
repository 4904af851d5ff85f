//! From a server's name to the places where it can be reached (RFC 3263): NAPTR, SRV, then addresses; the last good answer is kept for as
//! long as no name server answers. An address, or a host with a port, asks for no more than it needs.

mod dns;
mod plan;

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::config::Proto;
use dns::Dns;

/// Places of one server that are kept.
const MOST_TARGETS: usize = 16;
/// Servers whose places are kept.
const MOST_SERVERS: usize = 512;
/// The shortest and the longest time for which an answer counts, whatever its TTL.
const LIFE: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(3600));
/// When a name is asked for again that was not answered.
const RETRY: Duration = Duration::from_secs(30);
/// How long the last good answer stands in for one that does not come.
const STALE: Duration = Duration::from_secs(86_400);
/// All questions for one server together.
const PATIENCE: Duration = Duration::from_secs(8);

/// A place where a server can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// By which protocol.
    pub proto: Proto,
    /// Where.
    pub addr: SocketAddr,
}

/// A server as it was named.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Server {
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
    pub(crate) proto: Proto,
    /// UDP or TCP, as the provider likes.
    pub(crate) any_proto: bool,
}

/// Its places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// In the order in which they are tried; empty if there are none.
    pub(crate) targets: Vec<Target>,
    /// When to ask again; never for an address.
    pub(crate) good_for: Option<Duration>,
}

impl Server {
    /// Reads `host` or `host:port`.
    pub(crate) fn read(text: &str, proto: Proto, any_proto: bool) -> Option<Self> {
        let (host, port) = crate::msg::host_port(text)?;
        Some(Self {
            host,
            port,
            proto,
            any_proto: any_proto && proto != Proto::Tls,
        })
    }

    fn numeric(&self) -> Option<Found> {
        let ip: IpAddr = self.host.parse().ok()?;
        Some(Found {
            targets: vec![self.at(ip)],
            good_for: None,
        })
    }

    fn at(&self, ip: IpAddr) -> Target {
        let port = self.port.unwrap_or(self.proto.default_port());
        Target {
            proto: self.proto,
            addr: SocketAddr::new(ip, port),
        }
    }

    fn allowed(&self) -> Vec<Proto> {
        if self.any_proto {
            vec![Proto::Udp, Proto::Tcp]
        } else {
            vec![self.proto]
        }
    }
}

struct Known {
    targets: Vec<Target>,
    at: Instant,
    until: Instant,
}

/// Finds servers; clones share what is known.
#[derive(Clone)]
pub(crate) struct Resolver {
    dns: Arc<Dns>,
    known: Arc<Mutex<HashMap<Server, Known>>>,
}

impl Resolver {
    /// Asks these name servers; the system's if there are none.
    pub(crate) fn new(servers: &[SocketAddr]) -> Self {
        Self {
            dns: Arc::new(Dns::new(servers)),
            known: Arc::default(),
        }
    }

    /// The places of a server.
    pub(crate) async fn find(&self, server: &Server) -> Found {
        if let Some(found) = server.numeric() {
            return found;
        }
        let now = Instant::now();
        if let Some(found) = self.known(server, now, false) {
            return found;
        }
        let looked = tokio::time::timeout(PATIENCE, self.look_up(server)).await;
        let now = Instant::now();
        let Some((targets, until)) = looked.ok().filter(|(targets, _)| !targets.is_empty()) else {
            let stale = self.known(server, now, true);
            if stale.is_some() {
                tracing::warn!("the name of a SIP server is not answered; its last addresses are used on");
            }
            let nothing = Found {
                targets: Vec::new(),
                good_for: Some(RETRY),
            };
            return stale.unwrap_or(nothing);
        };
        let life = until.saturating_duration_since(now).clamp(LIFE.0, LIFE.1);
        self.remember(server, &targets, now, life);
        Found {
            targets,
            good_for: Some(life),
        }
    }

    fn known(&self, server: &Server, now: Instant, stale: bool) -> Option<Found> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let k = known.get(server)?;
        let good = now < k.until;
        let usable = good || (stale && now < k.at + STALE);
        usable.then(|| Found {
            targets: k.targets.clone(),
            good_for: Some(if good { k.until - now } else { RETRY }),
        })
    }

    fn remember(&self, server: &Server, targets: &[Target], at: Instant, life: Duration) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_SERVERS {
            known.clear();
        }
        let entry = Known {
            targets: targets.to_vec(),
            at,
            until: at + life,
        };
        known.insert(server.clone(), entry);
    }

    async fn look_up(&self, server: &Server) -> (Vec<Target>, Instant) {
        let mut until = Instant::now() + LIFE.1;
        if server.port.is_none() {
            let targets = self.by_service(server, &mut until).await;
            if !targets.is_empty() {
                return (targets, until);
            }
        }
        let Some((addresses, good)) = self.dns.addresses(&server.host).await else {
            return (Vec::new(), until);
        };
        (
            addresses.into_iter().map(|ip| server.at(ip)).collect(),
            until.min(good),
        )
    }

    /// NAPTR where the provider may choose, then SRV.
    async fn by_service(&self, server: &Server, until: &mut Instant) -> Vec<Target> {
        let allowed = server.allowed();
        let mut services = Vec::new();
        if server.any_proto
            && let Some((records, good)) = self.dns.naptr(&server.host).await
        {
            *until = (*until).min(good);
            services = plan::services(records, &allowed);
        }
        if services.is_empty() {
            let usual = |p: &Proto| (*p, plan::srv_name(*p, &server.host));
            services = allowed.iter().map(usual).collect();
        }
        let mut targets = Vec::new();
        for (proto, name) in services {
            let Some((records, good)) = self.dns.srv(&name).await else {
                continue;
            };
            *until = (*until).min(good);
            for srv in plan::in_order(records, &mut draw) {
                self.of_srv(proto, &srv, &mut targets, until).await;
            }
        }
        targets.truncate(MOST_TARGETS);
        targets
    }

    async fn of_srv(&self, proto: Proto, srv: &plan::Srv, targets: &mut Vec<Target>, until: &mut Instant) {
        let Some((addresses, good)) = self.dns.addresses(&srv.host).await else {
            return;
        };
        *until = (*until).min(good);
        for ip in addresses {
            let target = Target {
                proto,
                addr: SocketAddr::new(ip, srv.port),
            };
            if !targets.contains(&target) {
                targets.push(target);
            }
        }
    }
}

fn draw(most: u64) -> u64 {
    crate::random::Ids::default().below(most.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_last_good_answer_stands_in_for_a_day() {
        let resolver = Resolver::new(&[SocketAddr::from(([127, 0, 0, 1], 9))]);
        let server = Server::read("carrier.test", Proto::Udp, true).unwrap();
        let target = Target {
            proto: Proto::Udp,
            addr: SocketAddr::from(([192, 0, 2, 1], 5060)),
        };
        let begin = Instant::now();
        resolver.remember(&server, &[target], begin, Duration::from_secs(60));
        let at = |s| begin + Duration::from_secs(s);
        let good = resolver.known(&server, at(50), false).unwrap();
        assert_eq!(
            (good.targets, good.good_for),
            (vec![target], Some(Duration::from_secs(10)))
        );
        assert_eq!(resolver.known(&server, at(60), false), None);
        let stale = resolver.known(&server, at(60), true).unwrap();
        assert_eq!((stale.targets.len(), stale.good_for), (1, Some(RETRY)));
        assert_eq!(resolver.known(&server, at(86_400), true), None);
        let other = Server::read("carrier.test:5060", Proto::Udp, true).unwrap();
        assert_eq!(resolver.known(&other, begin, true), None);
    }

    #[test]
    fn addresses_are_known_for_ever() {
        for (text, at) in [
            ("192.0.2.1", "192.0.2.1:5061"),
            ("192.0.2.1:5070", "192.0.2.1:5070"),
            ("[2001:db8::1]:5070", "[2001:db8::1]:5070"),
        ] {
            let found = Server::read(text, Proto::Tls, false).unwrap().numeric().unwrap();
            assert_eq!(found.targets[0].addr.to_string(), at);
            assert_eq!(found.good_for, None);
        }
        assert_eq!(
            Server::read("carrier.test", Proto::Udp, false).unwrap().numeric(),
            None
        );
    }
}
