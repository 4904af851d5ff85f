//! `[[sip.trunk]]`: the providers' lines.

use std::path::PathBuf;
use std::time::Duration;

use biseo_telephony::config::{Credentials, Proto};
use biseo_telephony::trunk::{Registration, Trunk};
use ipnet::IpNet;
use serde::Deserialize;

use super::secret::{Fault, Secret, fault};
use super::sip::Srtp;

/// Seconds between two pings of a trunk.
const PING: std::ops::RangeInclusive<u64> = 5..=3600;

/// Priority and weight of a trunk that has none.
fn usual_share() -> u16 {
    10
}

fn usual_ping() -> u64 {
    30
}

/// A provider: known by its addresses, or by our registration there.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrunkConfig {
    /// A name of one's own for it.
    pub(super) id: String,
    /// Networks its calls come from.
    #[serde(default)]
    from: Vec<IpNet>,
    /// Its server, `host` or `host:port`.
    #[serde(default)]
    server: Option<String>,
    /// Whether to speak TCP with it.
    #[serde(default)]
    tcp: bool,
    /// Whether to speak TLS with it.
    #[serde(default)]
    tls: bool,
    /// Issuers that are believed of its server, in place of all others: a file (PEM).
    #[serde(default)]
    pub(super) tls_ca: Option<PathBuf>,
    /// The name in its certificate, if that is not the server's.
    #[serde(default)]
    tls_name: Option<String>,
    /// Whether the sound of its calls is encrypted; like all others if it is not said.
    #[serde(default)]
    pub(super) srtp: Option<Srtp>,
    /// Our user name there.
    #[serde(default)]
    user: Option<String>,
    /// The environment variable that holds our password there.
    #[serde(default)]
    password_env: Option<String>,
    /// Or the file that holds it.
    #[serde(default)]
    password_file: Option<PathBuf>,
    /// Whether to register there.
    #[serde(default)]
    register: bool,
    /// Whether to believe the caller's number that it asserts (RFC 3325).
    #[serde(default)]
    trusted_identity: bool,
    /// Calls at once.
    #[serde(default)]
    max_calls: Option<usize>,
    /// Its place among the trunks: calls begin with the lowest that is well.
    #[serde(default = "usual_share")]
    priority: u16,
    /// Its share of the calls among those of the same priority.
    #[serde(default = "usual_share")]
    weight: u16,
    /// Seconds between two questions to its server whether it is there (OPTIONS); 0 asks never.
    #[serde(default = "usual_ping")]
    ping: u64,
}

/// A provider's server, as the line doctor asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// The trunk's name.
    pub(crate) id: String,
    /// `host` or `host:port`.
    pub(crate) server: String,
    /// Whether it speaks UDP.
    pub(crate) udp: bool,
}

impl TrunkConfig {
    /// The files that it names.
    pub(super) fn files(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        self.password_file.iter_mut().chain(&mut self.tls_ca)
    }

    fn secret(&self) -> Secret<'_> {
        Secret::new(
            "password",
            self.password_env.as_deref(),
            self.password_file.as_deref(),
        )
    }

    pub(super) fn field(&self) -> String {
        format!("sip.trunk {:?}", self.id)
    }

    pub(super) fn target(&self) -> Option<Target> {
        let only = |net: &IpNet| (net.prefix_len() == net.max_prefix_len()).then(|| net.addr().to_string());
        let server = self.server.clone();
        Some(Target {
            id: self.id.clone(),
            server: server.or_else(|| self.from.iter().find_map(only))?,
            udp: !self.tcp && !self.tls,
        })
    }

    pub(super) fn check(&self) -> Result<(), Fault> {
        if self.from.is_empty() && self.server.is_none() {
            return Err(fault(
                &self.field(),
                "nobody could call by it: give from = [\"203.0.113.0/24\"] or a server",
            ));
        }
        if self.tcp && self.tls {
            return Err(fault(
                &self.field(),
                "speaks either TCP or TLS: give one of tcp and tls",
            ));
        }
        let registers = self.register && (self.server.is_none() || self.user.is_none());
        if registers {
            return Err(fault(&self.field(), "register = true needs server and user"));
        }
        if self.ping != 0 && !PING.contains(&self.ping) {
            return Err(fault(
                &self.field(),
                "ping is how many seconds lie between two questions to its server: 5 to 3600, or 0 to judge it by calls alone",
            ));
        }
        if self.user.is_some() {
            self.secret().check(&self.field())?;
        }
        Ok(())
    }

    pub(super) fn build(&self) -> Result<Trunk, Fault> {
        let mut trunk = Trunk::by_address(&self.id, self.from.clone());
        trunk.server.clone_from(&self.server);
        trunk.proto = match (self.tls, self.tcp) {
            (true, _) => Proto::Tls,
            (false, true) => Proto::Tcp,
            (false, false) => Proto::Udp,
        };
        trunk.ca.clone_from(&self.tls_ca);
        trunk.certificate_name.clone_from(&self.tls_name);
        trunk.trusted_identity = self.trusted_identity;
        trunk.max_calls = self.max_calls;
        trunk.priority = self.priority;
        trunk.weight = self.weight;
        trunk.ping = (self.ping > 0).then(|| Duration::from_secs(self.ping));
        trunk.any_proto = !self.tcp && !self.tls;
        if let Some(user) = &self.user {
            trunk.credentials = Some(Credentials {
                user: user.clone(),
                password: self.secret().fetch(&self.field())?,
            });
            trunk.register = self.register.then(|| Registration {
                user: user.clone(),
                domain: None,
                expires: 600,
            });
        }
        Ok(trunk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> TrunkConfig {
        toml::from_str(&format!("id = \"kt\"\nserver = \"sip.kt.example\"\n{text}")).unwrap()
    }

    #[test]
    fn what_is_not_said_is_usual() {
        let built = read("").build().unwrap();
        assert_eq!((built.priority, built.weight, built.any_proto), (10, 10, true));
        assert_eq!(built.ping, Some(Duration::from_secs(30)));
        let built = read("priority = 1\nweight = 70\nping = 0\ntcp = true")
            .build()
            .unwrap();
        assert_eq!((built.priority, built.weight, built.any_proto), (1, 70, false));
        assert_eq!(built.ping, None);
    }

    #[test]
    fn pings_too_often_or_too_seldom_are_told() {
        for ping in [1, 4, 3601] {
            let (field, why) = read(&format!("ping = {ping}")).check().unwrap_err();
            assert!(
                field.contains("kt") && why.contains("5 to 3600"),
                "{ping}: {field} {why}"
            );
        }
        for ping in [0, 5, 3600] {
            assert!(read(&format!("ping = {ping}")).check().is_ok());
        }
    }
}
