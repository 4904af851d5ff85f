//! `[metrics]`: figures for Prometheus.

use std::net::{IpAddr, SocketAddr};

use serde::Deserialize;

use super::secret::{Fault, fault};

/// Where figures are told; nowhere without `listen`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct MetricsConfig {
    /// `ADDRESS:PORT`. Whoever reaches it may read: no password is asked, and nothing of callers is in it.
    pub(crate) listen: Option<SocketAddr>,
}

impl MetricsConfig {
    /// Checks what can be checked without touching anything.
    pub(super) fn check(&self) -> Result<(), Fault> {
        match self.listen {
            Some(at) if !is_inner(at.ip()) => {
                let why: String = "anybody could read how many calls there are: give 127.0.0.1 or an address of a private network".into();
                Err(fault("metrics.listen", why))
            }
            _ => Ok(()),
        }
    }
}

/// Of this machine or a private network (RFC 1918, RFC 4193).
fn is_inner(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_inner_addresses_are_listened_on() {
        for (listen, fits) in [
            ("127.0.0.1:9464", true),
            ("[::1]:9464", true),
            ("10.0.0.2:9464", true),
            ("[fd00::1]:9464", true),
            ("0.0.0.0:9464", false),
            ("[::]:9464", false),
            ("203.0.113.7:9464", false),
        ] {
            let config = MetricsConfig {
                listen: Some(listen.parse().unwrap()),
            };
            assert_eq!(config.check().is_ok(), fits, "{listen}");
        }
        assert!(MetricsConfig::default().check().is_ok());
    }
}
