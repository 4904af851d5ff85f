//! Which certificates are believed.

use std::sync::Arc;

use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

/// What is wrong with the certificates.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct TlsError {
    /// The field of the configuration.
    pub field: &'static str,
    /// What is wrong with it.
    pub why: String,
}

fn wrong(field: &'static str, why: impl Into<String>) -> TlsError {
    TlsError {
        field,
        why: why.into(),
    }
}

/// TLS that believes the system's certificates and, beside them, those of `pem`.
///
/// # Errors
/// [`TlsError`] if certificates cannot be read or there are none.
pub fn tls(pem: Option<&[u8]>) -> Result<ClientConfig, TlsError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    for certificate in pem.into_iter().flat_map(CertificateDer::pem_slice_iter) {
        let certificate = certificate.map_err(|e| wrong("ca_file", e.to_string()))?;
        roots
            .add(certificate)
            .map_err(|e| wrong("ca_file", e.to_string()))?;
    }
    if roots.is_empty() {
        return Err(wrong(
            "ca_file",
            "no certificates: apt-get install ca-certificates",
        ));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| wrong("tls", e.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
