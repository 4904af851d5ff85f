//! `[sip]`: sockets, trunks, the shop's own telephones.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use biseo_telephony::config::{Account, Credentials, Listen, Proto, SipConfig};
use biseo_telephony::trunk::{Registration, Trunk};
use ipnet::IpNet;
use serde::Deserialize;

use super::secret::{Fault, Secret, fault};

/// Telephony.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Sip {
    /// `udp:ADDRESS:PORT` or `tcp:ADDRESS:PORT`; port 0 lets the system choose.
    pub(crate) listen: Vec<String>,
    /// The address that the other side sees, if a router translates addresses.
    pub(crate) advertised: Option<IpAddr>,
    /// Takes calls from anybody. For a laboratory; never on the internet.
    pub(crate) accept_anyone: bool,
    /// The providers.
    pub(crate) trunk: Vec<TrunkConfig>,
    /// The shop's own telephones.
    pub(crate) account: Vec<AccountConfig>,
}

impl Default for Sip {
    fn default() -> Self {
        Self {
            listen: vec!["udp:0.0.0.0:5060".into(), "tcp:0.0.0.0:5060".into()],
            advertised: None,
            accept_anyone: false,
            trunk: Vec::new(),
            account: Vec::new(),
        }
    }
}

/// A provider: known by its addresses, or by our registration there.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrunkConfig {
    /// A name of one's own for it.
    id: String,
    /// Networks its calls come from.
    #[serde(default)]
    from: Vec<IpNet>,
    /// Its server, `host` or `host:port`.
    #[serde(default)]
    server: Option<String>,
    /// Whether to speak TCP with it.
    #[serde(default)]
    tcp: bool,
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
}

/// One of the shop's own telephones.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountConfig {
    /// User name.
    name: String,
    /// The environment variable that holds its password.
    #[serde(default)]
    password_env: Option<String>,
    /// Or the file that holds it.
    #[serde(default)]
    password_file: Option<PathBuf>,
}

impl Sip {
    /// Checks what can be checked without touching anything.
    pub(crate) fn check(&self) -> Result<(), Fault> {
        self.sockets()?;
        for trunk in &self.trunk {
            trunk.check()?;
        }
        self.account.iter().try_for_each(AccountConfig::check)
    }

    /// The stack's configuration, with the secrets fetched.
    ///
    /// # Errors
    /// The field, and what is wrong with it: a secret that is not where the file says.
    pub(crate) fn stack(&self) -> Result<SipConfig, Fault> {
        Ok(SipConfig {
            listen: self.sockets()?,
            advertised: self.advertised,
            trunks: self
                .trunk
                .iter()
                .map(TrunkConfig::build)
                .collect::<Result<_, _>>()?,
            accounts: self
                .account
                .iter()
                .map(AccountConfig::build)
                .collect::<Result<_, _>>()?,
            open: self.accept_anyone,
            ..SipConfig::default()
        })
    }

    /// The files that hold secrets.
    pub(crate) fn secret_files(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let trunks = self.trunk.iter_mut().filter_map(|t| t.password_file.as_mut());
        trunks.chain(self.account.iter_mut().filter_map(|a| a.password_file.as_mut()))
    }

    fn sockets(&self) -> Result<Vec<Listen>, Fault> {
        if self.listen.is_empty() {
            return Err(fault(
                "sip.listen",
                "give at least one, such as \"udp:0.0.0.0:5060\"",
            ));
        }
        self.listen.iter().map(|text| socket(text)).collect()
    }
}

fn socket(text: &str) -> Result<Listen, Fault> {
    let (proto, addr) = match text.split_once(':') {
        Some(("udp", rest)) => (Proto::Udp, rest),
        Some(("tcp", rest)) => (Proto::Tcp, rest),
        _ => {
            return Err(fault(
                "sip.listen",
                format!("{text:?} begins neither with udp: nor with tcp:"),
            ));
        }
    };
    let addr: SocketAddr = addr.parse().map_err(|_| {
        fault(
            "sip.listen",
            format!("{text:?}: write it as udp:0.0.0.0:5060 or udp:[::]:5060"),
        )
    })?;
    Ok(Listen { proto, addr })
}

impl TrunkConfig {
    fn secret(&self) -> Secret<'_> {
        Secret {
            what: "password",
            env: self.password_env.as_deref(),
            file: self.password_file.as_deref(),
        }
    }

    fn field(&self) -> String {
        format!("sip.trunk {:?}", self.id)
    }

    fn check(&self) -> Result<(), Fault> {
        if self.from.is_empty() && self.server.is_none() {
            return Err(fault(
                &self.field(),
                "nobody could call by it: give from = [\"203.0.113.0/24\"] or a server",
            ));
        }
        let registers = self.register && (self.server.is_none() || self.user.is_none());
        if registers {
            return Err(fault(&self.field(), "register = true needs server and user"));
        }
        if self.user.is_some() {
            self.secret().check(&self.field())?;
        }
        Ok(())
    }

    fn build(&self) -> Result<Trunk, Fault> {
        let mut trunk = Trunk::by_address(&self.id, self.from.clone());
        trunk.server.clone_from(&self.server);
        trunk.proto = if self.tcp { Proto::Tcp } else { Proto::Udp };
        trunk.trusted_identity = self.trusted_identity;
        trunk.max_calls = self.max_calls;
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

impl AccountConfig {
    fn secret(&self) -> Secret<'_> {
        Secret {
            what: "password",
            env: self.password_env.as_deref(),
            file: self.password_file.as_deref(),
        }
    }

    fn field(&self) -> String {
        format!("sip.account {:?}", self.name)
    }

    fn check(&self) -> Result<(), Fault> {
        self.secret().check(&self.field())
    }

    fn build(&self) -> Result<Account, Fault> {
        Ok(Account {
            name: self.name.clone(),
            password: self.secret().fetch(&self.field())?,
        })
    }
}
