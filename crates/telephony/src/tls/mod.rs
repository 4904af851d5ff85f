//! Certificates for SIP over TLS: our own, read anew when its files change, and whom we believe.

mod der;
mod files;
mod own;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_rustls::rustls::client::danger::ServerCertVerifier;
use tokio_rustls::rustls::client::{WebPkiServerVerifier, verify_server_name};
use tokio_rustls::rustls::crypto::{CryptoProvider, aws_lc_rs};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::server::{ParsedCertificate, WebPkiClientVerifier};
use tokio_rustls::rustls::{ClientConfig, ServerConfig};

use crate::config::{Tls, TlsFiles};
use crate::trunk::Trunk;
pub(crate) use own::Own;

/// What is wrong with a file, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// Not there, or not readable.
    #[error("{file}: {why}. Check the path, and that Biseo's user may read it")]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        why: std::io::Error,
    },
    /// No certificate in it, or a damaged one.
    #[error("{file} holds no certificate: it must be PEM (-----BEGIN CERTIFICATE-----)")]
    NoCertificate {
        /// The file.
        file: PathBuf,
    },
    /// No private key in it, or a damaged one.
    #[error("{file} holds no private key without a password: it must be PEM (-----BEGIN PRIVATE KEY-----)")]
    NoKey {
        /// The file.
        file: PathBuf,
    },
    /// Key and certificate do not belong together.
    #[error("the key in {key} is not the one of the certificate in {certificate}: take both from one issue")]
    Mismatch {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// The library refuses the settings.
    #[error("TLS cannot be set up: {0}")]
    Library(String),
}

/// What is to be known of our certificate.
#[derive(Debug)]
pub struct Facts {
    /// Good from then on, seconds since 1970.
    pub not_before: i64,
    /// Good until then, seconds since 1970.
    pub not_after: i64,
    first: CertificateDer<'static>,
}

impl Facts {
    /// Whether it is made out to that host name or address.
    #[must_use]
    pub fn names(&self, host: &str) -> bool {
        let name = ServerName::try_from(host.to_owned());
        let parsed = ParsedCertificate::try_from(&self.first);
        matches!((name, parsed), (Ok(n), Ok(p)) if verify_server_name(&p, &n).is_ok())
    }
}

/// Reads a certificate and its key, and checks that they belong together.
///
/// # Errors
/// [`TlsError`] says what to do.
pub fn inspect(files: &TlsFiles) -> Result<Facts, TlsError> {
    let key = files::certified(files, &provider())?;
    let missing = || TlsError::NoCertificate {
        file: files.certificate.clone(),
    };
    let first = key.cert.first().ok_or_else(missing)?.clone().into_owned();
    let (not_before, not_after) = der::validity(&first).ok_or_else(missing)?;
    Ok(Facts {
        not_before,
        not_after,
        first,
    })
}

/// Reads a list of issuers.
///
/// # Errors
/// As [`inspect`].
pub fn inspect_issuers(file: &Path) -> Result<(), TlsError> {
    files::issuers(Some(file)).map(drop)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

fn library(e: impl std::fmt::Display) -> TlsError {
    TlsError::Library(e.to_string())
}

/// How we answer who connects.
pub(crate) fn server(tls: &Tls, own: Arc<Own>) -> Result<Arc<ServerConfig>, TlsError> {
    let builder = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(library)?;
    let builder = match &tls.client_ca {
        None => builder.with_no_client_auth(),
        Some(file) => {
            let issuers = Arc::new(files::issuers(Some(file))?);
            let verifier = WebPkiClientVerifier::builder_with_provider(issuers, provider()).build();
            builder.with_client_cert_verifier(verifier.map_err(library)?)
        }
    };
    Ok(Arc::new(builder.with_cert_resolver(own)))
}

/// How we connect to others: each trunk with issuers of its own has its own way.
pub(crate) struct Clients {
    usual: Option<Arc<ClientConfig>>,
    trunks: Vec<Option<Arc<ClientConfig>>>,
}

impl Clients {
    /// Reads the lists of issuers. The usual one is read if anything could need it: a machine without one may still have
    /// trunks that bring theirs.
    pub(crate) fn new(tls: &Tls, trunks: &[Trunk], own: Option<&Arc<Own>>) -> Result<Self, TlsError> {
        let usual = match (&tls.ca, client(tls.ca.as_deref(), own)) {
            (_, Ok(config)) => Some(config),
            (Some(_), Err(e)) => return Err(e),
            (None, Err(e)) => {
                tracing::debug!("no certificate of a server can be checked: {e}");
                None
            }
        };
        let of = |t: &Trunk| t.ca.as_deref().map(|ca| client(Some(ca), own)).transpose();
        Ok(Self {
            usual,
            trunks: trunks.iter().map(of).collect::<Result<_, _>>()?,
        })
    }

    /// The way to a trunk's server, or to anybody's.
    pub(crate) fn config(&self, trunk: Option<usize>) -> Option<Arc<ClientConfig>> {
        let own = trunk.and_then(|t| self.trunks.get(t)).cloned().flatten();
        own.or_else(|| self.usual.clone())
    }
}

fn client(ca: Option<&Path>, own: Option<&Arc<Own>>) -> Result<Arc<ClientConfig>, TlsError> {
    let issuers = Arc::new(files::issuers(ca)?);
    let verifier: Arc<dyn ServerCertVerifier> =
        WebPkiServerVerifier::builder_with_provider(issuers, provider())
            .build()
            .map_err(library)?;
    let builder = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(library)?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    Ok(Arc::new(match own {
        Some(own) => builder.with_client_cert_resolver(Arc::clone(own) as _),
        None => builder.with_no_client_auth(),
    }))
}
