//! Voluntary application server identification (RFC 8292): a signed token that tells a push service who sends.

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use aws_lc_rs::encoding::{AsBigEndian, EcPrivateKeyBin};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::Uri;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use crate::channels::{SetupError, setup};

/// A token is good for so long, in seconds; a day is the most (RFC 8292 §2).
const LIFE: i64 = 12 * 3600;

/// Who sends: a key pair of P-256 and an address for the push service's operators.
pub struct Vapid {
    pair: EcdsaKeyPair,
    public: String,
    contact: String,
}

/// The private key is not shown.
impl std::fmt::Debug for Vapid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vapid")
            .field("public", &self.public)
            .finish_non_exhaustive()
    }
}

impl Vapid {
    /// `private` is the key as tools write it: 32 octets, base64url. `contact` is `mailto:` or `https:`.
    ///
    /// # Errors
    /// [`SetupError`] for a key or contact of another form.
    pub fn new(private: &SecretString, contact: &str) -> Result<Self, SetupError> {
        let bad = || setup("vapid_key", "write it as 32 octets in base64url");
        if !contact.starts_with("mailto:") && !contact.starts_with("https://") {
            return Err(setup(
                "contact",
                "write it as mailto:name@example.com or https://…",
            ));
        }
        let octets = URL_SAFE_NO_PAD
            .decode(private.expose_secret().trim_end_matches('='))
            .map_err(|_| bad())?;
        let key = PrivateKey::from_private_key(&ECDH_P256, &octets).map_err(|_| bad())?;
        let public = key.compute_public_key().map_err(|_| bad())?;
        let pair = EcdsaKeyPair::from_private_key_and_public_key(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            &octets,
            public.as_ref(),
        )
        .map_err(|_| bad())?;
        Ok(Self {
            pair,
            public: URL_SAFE_NO_PAD.encode(public.as_ref()),
            contact: contact.to_string(),
        })
    }

    /// A new private key, as [`Vapid::new`] takes it. Browsers that subscribed under another one have to subscribe again.
    ///
    /// # Errors
    /// [`SetupError`] if the system gives no randomness.
    pub fn generate() -> Result<SecretString, SetupError> {
        let key = PrivateKey::generate(&ECDH_P256).map_err(|_| setup("vapid_key", "no randomness"))?;
        let octets: EcPrivateKeyBin<'static> = key
            .as_be_bytes()
            .map_err(|_| setup("vapid_key", "no randomness"))?;
        Ok(URL_SAFE_NO_PAD.encode(octets.as_ref()).into())
    }

    /// The public key for `applicationServerKey` of the page that subscribes.
    #[must_use]
    pub fn public(&self) -> &str {
        &self.public
    }

    /// The `Authorization` header for a push service.
    pub(crate) fn authorization(&self, endpoint: &Uri, now: Timestamp) -> Option<String> {
        let origin = format!("{}://{}", endpoint.scheme_str()?, endpoint.authority()?);
        let claims = json!({ "aud": origin, "exp": now.as_second() + LIFE, "sub": self.contact });
        let header = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"ES256"}"#);
        let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).ok()?;
        Some(format!(
            "vapid t={signed}.{}, k={}",
            URL_SAFE_NO_PAD.encode(signature),
            self.public
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_another_form_are_refused() {
        let key = |text: &str| Vapid::new(&text.to_string().into(), "mailto:a@example.com").is_ok();
        assert!(key(Vapid::generate().unwrap().expose_secret()));
        for bad in ["", "a", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "한글"] {
            assert!(!key(bad), "{bad}");
        }
        assert!(Vapid::new(&Vapid::generate().unwrap(), "a@example.com").is_err());
    }
}
