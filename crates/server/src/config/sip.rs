//! `[sip]`: sockets, trunks, the shop's own telephones.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use biseo_telephony::CallInfo;
use biseo_telephony::config::{Account, Listen, Proto, SipConfig, Tls, TlsFiles};
use biseo_telephony::sdp::Protection;
use serde::Deserialize;

use super::guard::GuardConfig;
use super::secret::{Fault, Secret, fault};
use super::trunk::{Target, TrunkConfig};

/// Telephony.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Sip {
    /// `udp:ADDRESS:PORT`, `tcp:ADDRESS:PORT` or `tls:ADDRESS:PORT`; port 0 lets the system choose.
    pub(crate) listen: Vec<String>,
    /// The address that the other side sees, if a router translates addresses.
    pub(crate) advertised: Option<IpAddr>,
    /// Certificates for TLS.
    pub(crate) tls: TlsConfig,
    /// Whether the sound of calls is encrypted; a trunk may say otherwise.
    pub(crate) srtp: Srtp,
    /// Tells keys for the sound even where the signalling is not encrypted: whoever reads that hears everything.
    pub(crate) srtp_without_tls: bool,
    /// Answers offers with ICE by ICE-lite.
    pub(crate) ice: bool,
    /// Takes calls from anybody. For a laboratory; never on the internet.
    pub(crate) accept_anyone: bool,
    /// Who is listened to when many come.
    pub(crate) guard: GuardConfig,
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
            tls: TlsConfig::default(),
            srtp: Srtp::Optional,
            srtp_without_tls: false,
            ice: true,
            accept_anyone: false,
            guard: GuardConfig::default(),
            trunk: Vec::new(),
            account: Vec::new(),
        }
    }
}

/// Whether the sound of calls is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Srtp {
    /// Never.
    Off,
    /// Where both sides can.
    Optional,
    /// Always; other calls are refused (488).
    Required,
}

/// Certificates for TLS, all files PEM. They are looked at every half minute, so that a renewed one needs no restart.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TlsConfig {
    /// Our certificate and those between it and its issuer.
    certificate: Option<PathBuf>,
    /// Its private key.
    key: Option<PathBuf>,
    /// The name by which telephones and providers call this machine; `biseo check` looks for it in the certificate.
    name: Option<String>,
    /// Whoever connects must have a certificate of these issuers.
    client_ca: Option<PathBuf>,
    /// Issuers that are believed of servers, in place of the system's.
    ca: Option<PathBuf>,
}

impl TlsConfig {
    /// The certificate's files, if there is one.
    pub(crate) fn own(&self) -> Option<TlsFiles> {
        Some(TlsFiles {
            certificate: self.certificate.clone()?,
            key: self.key.clone()?,
        })
    }

    /// The name that the certificate should have.
    pub(crate) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The lists of issuers.
    pub(crate) fn issuers(&self) -> impl Iterator<Item = &PathBuf> {
        self.client_ca.iter().chain(&self.ca)
    }

    fn check(&self, listens: bool) -> Result<(), Fault> {
        if self.certificate.is_some() != self.key.is_some() {
            return Err(fault("sip.tls", "give certificate and key, both or neither"));
        }
        if listens && self.certificate.is_none() {
            return Err(fault(
                "sip.tls",
                "to listen on tls: give certificate = \"fullchain.pem\" and key = \"privkey.pem\"",
            ));
        }
        Ok(())
    }

    fn files(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let own = self.certificate.iter_mut().chain(&mut self.key);
        own.chain(&mut self.client_ca).chain(&mut self.ca)
    }
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
        let listens = self.sockets()?.iter().any(|l| l.proto == Proto::Tls);
        self.tls.check(listens)?;
        self.guard.check()?;
        for (place, trunk) in self.trunk.iter().enumerate() {
            trunk.check()?;
            if self.trunk.iter().take(place).any(|t| t.id == trunk.id) {
                return Err(fault(
                    &trunk.field(),
                    "two trunks have this id; give each its own",
                ));
            }
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
            tls: Tls {
                own: self.tls.own(),
                client_ca: self.tls.client_ca.clone(),
                ca: self.tls.ca.clone(),
                ..Tls::default()
            },
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
            guard: self.guard.rules(),
            ..SipConfig::default()
        })
    }

    /// The servers of all trunks: where they are registered at, or the only address from which they call. A trunk of many addresses is
    /// nobody to ask.
    pub(crate) fn targets(&self) -> Vec<Target> {
        self.trunk.iter().filter_map(TrunkConfig::target).collect()
    }

    /// The names of all trunks.
    pub(crate) fn trunks(&self) -> impl Iterator<Item = &str> {
        self.trunk.iter().map(|t| t.id.as_str())
    }

    /// The files that hold secrets, and those of certificates.
    pub(crate) fn files(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let trunks = self.trunk.iter_mut();
        let trunks = trunks.flat_map(|t| t.files());
        let accounts = self.account.iter_mut().filter_map(|a| a.password_file.as_mut());
        trunks.chain(accounts).chain(self.tls.files())
    }

    /// Whether a call's sound is encrypted. Where the signalling can be read by others no key is told, unless the operator
    /// wants it so.
    ///
    /// # Errors
    /// Encryption is demanded and cannot be had: what to do.
    pub(crate) fn protection(&self, info: &CallInfo) -> Result<Protection, &'static str> {
        let trunk = self.trunk.iter().find(|t| Some(&t.id) == info.trunk.as_ref());
        let wished = trunk.and_then(|t| t.srtp).unwrap_or(self.srtp);
        match (wished, info.encrypted || self.srtp_without_tls) {
            (Srtp::Off, _) | (Srtp::Optional, false) => Ok(Protection::Off),
            (Srtp::Optional, true) => Ok(Protection::Optional),
            (Srtp::Required, true) => Ok(Protection::Required),
            (Srtp::Required, false) => Err(
                "srtp = \"required\", and it did not come by TLS; let it come by TLS, or set srtp_without_tls = true",
            ),
        }
    }

    /// The lists of issuers, of trunks too.
    pub(crate) fn issuers(&self) -> impl Iterator<Item = &PathBuf> {
        let trunks = self.trunk.iter().filter_map(|t| t.tls_ca.as_ref());
        self.tls.issuers().chain(trunks)
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
        Some(("tls", rest)) => (Proto::Tls, rest),
        _ => {
            return Err(fault(
                "sip.listen",
                format!("{text:?} does not begin with udp:, tcp: or tls:"),
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

impl AccountConfig {
    fn secret(&self) -> Secret<'_> {
        Secret::new(
            "password",
            self.password_env.as_deref(),
            self.password_file.as_deref(),
        )
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
