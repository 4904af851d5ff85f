//! PEM files.

use std::path::Path;
use std::sync::Arc;

use tokio_rustls::rustls::crypto::CryptoProvider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{Error, InconsistentKeys, RootCertStore};

use super::TlsError;
use crate::config::TlsFiles;

fn read(file: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(file).map_err(|why| TlsError::Unreadable {
        file: file.to_owned(),
        why,
    })
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&read(file)?).collect();
    let found = found.ok().filter(|f| !f.is_empty());
    found.ok_or_else(|| TlsError::NoCertificate {
        file: file.to_owned(),
    })
}

/// A certificate with its key, ready for use.
pub(super) fn certified(files: &TlsFiles, provider: &Arc<CryptoProvider>) -> Result<CertifiedKey, TlsError> {
    let chain = certificates(&files.certificate)?;
    let no_key = || TlsError::NoKey {
        file: files.key.clone(),
    };
    let key = PrivateKeyDer::from_pem_slice(&read(&files.key)?).map_err(|_| no_key())?;
    CertifiedKey::from_der(chain, key, provider).map_err(|e| match e {
        Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => TlsError::Mismatch {
            certificate: files.certificate.clone(),
            key: files.key.clone(),
        },
        Error::InvalidCertificate(_) => TlsError::NoCertificate {
            file: files.certificate.clone(),
        },
        _ => no_key(),
    })
}

/// Those who vouch for certificates: of a file, or the system's.
pub(super) fn issuers(file: Option<&Path>) -> Result<RootCertStore, TlsError> {
    let found = match file {
        Some(file) => certificates(file)?,
        None => rustls_native_certs::load_native_certs().certs,
    };
    let mut store = RootCertStore::empty();
    let (good, _) = store.add_parsable_certificates(found);
    match (good, file) {
        (0, Some(file)) => Err(TlsError::NoCertificate {
            file: file.to_owned(),
        }),
        (0, None) => Err(super::library(
            "this system has no list of issuers; install one (ca-certificates), or name a file",
        )),
        _ => Ok(store),
    }
}
