//! Questions to name servers, by hickory-resolver.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolverConfig};
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{RData, RecordType};

use super::plan::{Naptr, Srv};

/// How long one name server has for one answer, and how often it is asked.
const ANSWER_TIME: Duration = Duration::from_secs(1);
const ATTEMPTS: usize = 2;
/// Addresses of one name that are looked at.
const MOST_ADDRESSES: usize = 4;
/// Records of an answer that are read at all.
const MOST_READ: usize = 32;

/// What was found, and until when it is good.
pub(super) type Answer<T> = (Vec<T>, Instant);

/// Name servers to ask.
pub(super) struct Dns(Option<TokioResolver>);

impl Dns {
    /// The given name servers, or else the system's. Where none can be had, names are left to the system's own resolver.
    pub(super) fn new(servers: &[SocketAddr]) -> Self {
        let builder = if servers.is_empty() {
            TokioResolver::builder_tokio()
        } else {
            let config = ResolverConfig::from_parts(None, vec![], servers.iter().map(server).collect());
            Ok(TokioResolver::builder_with_config(
                config,
                TokioRuntimeProvider::default(),
            ))
        };
        let resolver = builder.and_then(|mut builder| {
            let options = builder.options_mut();
            (options.timeout, options.attempts) = (ANSWER_TIME, ATTEMPTS);
            options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
            builder.build()
        });
        if let Err(e) = &resolver {
            tracing::warn!(error = %e, "no name server is known; SRV and NAPTR records are not asked for");
        }
        Self(resolver.ok())
    }

    async fn ask(&self, name: &str, kind: RecordType) -> Option<Lookup> {
        let resolver = self.0.as_ref()?;
        match resolver.lookup(absolute(name).as_str(), kind).await {
            Ok(found) => Some(found),
            Err(e) => {
                tracing::debug!(%kind, error = %e, "no answer of a name server");
                None
            }
        }
    }

    /// Its NAPTR records.
    pub(super) async fn naptr(&self, name: &str) -> Option<Answer<Naptr>> {
        let found = self.ask(name, RecordType::NAPTR).await?;
        let read = |data: &RData| match data {
            RData::NAPTR(n) => Some(Naptr {
                order: n.order,
                preference: n.preference,
                flags: String::from_utf8_lossy(&n.flags).into_owned(),
                service: String::from_utf8_lossy(&n.services).into_owned(),
                replacement: bare(&n.replacement.to_utf8()),
            }),
            _ => None,
        };
        Some(records(&found, read))
    }

    /// Its SRV records.
    pub(super) async fn srv(&self, name: &str) -> Option<Answer<Srv>> {
        let found = self.ask(name, RecordType::SRV).await?;
        let read = |data: &RData| match data {
            RData::SRV(s) => Some(Srv {
                priority: s.priority,
                weight: s.weight,
                port: s.port,
                host: bare(&s.target.to_utf8()),
            }),
            _ => None,
        };
        Some(records(&found, read))
    }

    /// Its addresses. What the name servers do not know the system may (its own file of hosts, mDNS).
    pub(super) async fn addresses(&self, host: &str) -> Option<Answer<IpAddr>> {
        if let Some(resolver) = &self.0
            && let Ok(found) = resolver.lookup_ip(absolute(host).as_str()).await
        {
            let addresses: Vec<IpAddr> = found.iter().take(MOST_ADDRESSES).collect();
            if !addresses.is_empty() {
                return Some((addresses, found.valid_until()));
            }
        }
        let system = tokio::net::lookup_host((host, 0));
        let found = tokio::time::timeout(ANSWER_TIME * 2, system).await.ok()?.ok()?;
        let addresses: Vec<IpAddr> = found.map(|a| a.ip()).take(MOST_ADDRESSES).collect();
        (!addresses.is_empty()).then(|| (addresses, Instant::now() + super::RETRY))
    }
}

fn server(addr: &SocketAddr) -> NameServerConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut c| {
        c.port = addr.port();
        c
    });
    NameServerConfig::new(addr.ip(), true, connections.into())
}

fn records<T>(found: &Lookup, read: impl Fn(&RData) -> Option<T>) -> Answer<T> {
    let answers = found.answers().iter().take(MOST_READ);
    (
        answers.filter_map(|r| read(&r.data)).collect(),
        found.valid_until(),
    )
}

/// A name with dots is not looked for in domains of this machine.
fn absolute(name: &str) -> String {
    let dot = if name.contains('.') && !name.ends_with('.') {
        "."
    } else {
        ""
    };
    format!("{name}{dot}")
}

fn bare(name: &str) -> String {
    name.trim_end_matches('.').to_owned()
}
