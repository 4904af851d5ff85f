//! Certificates of one's own.

use std::path::{Path, PathBuf};

use biseo_telephony::config::TlsFiles;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

/// Somebody who vouches for others.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    folder: PathBuf,
    name: &'static str,
}

impl Authority {
    /// A new one, whose certificate is written into the folder.
    pub fn new(folder: &Path, name: &'static str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        let certificate = params.self_signed(&key).unwrap();
        std::fs::write(folder.join(name), certificate.pem()).unwrap();
        Self {
            issuer: Issuer::new(params, key),
            folder: folder.to_owned(),
            name,
        }
    }

    /// The file of its certificate.
    pub fn file(&self) -> PathBuf {
        self.folder.join(self.name)
    }

    /// Vouches for somebody with these names; certificate and key are written into the folder.
    pub fn issue(&self, file: &str, names: &[&str]) -> TlsFiles {
        self.issue_until(file, names, (2061, 1, 1))
    }

    pub fn issue_until(&self, file: &str, names: &[&str], (year, month, day): (i32, u8, u8)) -> TlsFiles {
        let names: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(names).unwrap();
        params.not_after = rcgen::date_time_ymd(year, month, day);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let files = TlsFiles {
            certificate: self.folder.join(format!("{file}.crt")),
            key: self.folder.join(format!("{file}.key")),
        };
        std::fs::write(&files.certificate, certificate.pem()).unwrap();
        std::fs::write(&files.key, key.serialize_pem()).unwrap();
        files
    }
}
