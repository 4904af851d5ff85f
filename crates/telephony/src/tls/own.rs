//! Our own certificate, which may be renewed while we run.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio_rustls::rustls::SignatureScheme;
use tokio_rustls::rustls::client::ResolvesClientCert;
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;

use super::{TlsError, files, provider};
use crate::config::TlsFiles;

/// The certificate in use. Connections that are there keep the one they began with.
#[derive(Debug)]
pub(crate) struct Own {
    files: TlsFiles,
    present: Mutex<Arc<CertifiedKey>>,
}

impl Own {
    /// Reads it.
    pub(crate) fn read(files: &TlsFiles) -> Result<Arc<Self>, TlsError> {
        let present = files::certified(files, &provider())?;
        Ok(Arc::new(Self {
            files: files.clone(),
            present: Mutex::new(Arc::new(present)),
        }))
    }

    fn present(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.present.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the files again whenever they have changed. While they do not fit together, as in the middle of a renewal, the
    /// old certificate stays and they are tried again.
    pub(crate) async fn watch(self: Arc<Self>, every: Duration) {
        let mut seen = self.times();
        loop {
            tokio::time::sleep(every).await;
            let now = self.times();
            if now == seen {
                continue;
            }
            match files::certified(&self.files, &provider()) {
                Ok(new) => {
                    *self.present.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(new);
                    seen = now;
                    tracing::info!("SIP over TLS: a renewed certificate is in use");
                }
                Err(e) => tracing::warn!("SIP over TLS: the certificate stays as it was: {e}"),
            }
        }
    }

    fn times(&self) -> [Option<SystemTime>; 2] {
        let changed = |f: &std::path::Path| std::fs::metadata(f).and_then(|m| m.modified()).ok();
        [changed(&self.files.certificate), changed(&self.files.key)]
    }
}

impl ResolvesServerCert for Own {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.present())
    }
}

impl ResolvesClientCert for Own {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(self.present())
    }

    fn has_certs(&self) -> bool {
        true
    }
}
