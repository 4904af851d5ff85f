//! Passkeys (W3C Web Authentication level 2 and 3): the relying party's half, by `webauthn-rs`. Here is what this house demands:
//! one domain, the console's own origins, user verification, keys that the device finds by itself.

use biseo_store::Passkey;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use webauthn_rs::prelude::{
    Credential, CredentialID, DiscoverableAuthentication, ParsedAttestation, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, Url, Uuid, Webauthn, WebauthnBuilder, WebauthnError,
};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Ceremonies;
use crate::problem::{Code, Fault, Problem};
use crate::settings::Settings;

/// What is asked of one domain's passkeys.
pub(crate) struct Passkeys {
    webauthn: Webauthn,
    domain: String,
    /// Passkeys that are being added, by sessions and one-time links.
    pub(crate) adding: Ceremonies<Adding>,
    /// Sign-ins that are under way.
    pub(crate) entering: Ceremonies<DiscoverableAuthentication>,
}

/// A passkey that is being added.
pub(crate) struct Adding {
    state: PasskeyRegistration,
    /// Whose it will be.
    pub(crate) account: String,
    /// Login and name of an account that is made with it.
    pub(crate) founding: Option<(String, String)>,
}

/// What an answer to a sign-in's challenge says, before it is checked.
pub(crate) struct Answer {
    given: PublicKeyCredential,
    handle: String,
    /// The credential's id, base64url.
    pub(crate) credential: String,
}

/// A sign-in that was refused.
pub(crate) enum Refused {
    /// Its counter is not above the last one: the key may have been copied.
    CountedBack,
    /// Anything else: signature, challenge, origin, domain, user verification.
    Unproved,
}

/// What a sign-in proved.
pub(crate) struct Proved {
    pub(crate) counter: u32,
    pub(crate) backed_up: bool,
}

/// A passkey that the device has just made.
pub(crate) struct Made<'a> {
    pub(crate) id: String,
    pub(crate) account: &'a str,
    pub(crate) name: String,
    pub(crate) now: Timestamp,
}

impl Passkeys {
    /// For the first of the console's origins; `None` if it has none to which a passkey can belong: no domain (an IP address is none),
    /// or no secure context (HTTPS, or this very machine).
    pub(crate) fn of(settings: &Settings) -> Option<Self> {
        let mut origins = settings.origins.iter().map(|o| fitting(o));
        let first = origins.next()??;
        let domain = first.domain()?.to_string();
        let mut builder = WebauthnBuilder::new(&domain, &first)
            .ok()?
            .rp_name(&settings.issuer);
        for other in origins.flatten().filter(|o| o.domain() == Some(&domain)) {
            builder = builder.append_allowed_origin(&other);
        }
        let webauthn = builder.build().ok()?;
        Some(Self {
            webauthn,
            domain,
            adding: Ceremonies::default(),
            entering: Ceremonies::default(),
        })
    }

    /// The domain to which all passkeys made now belong.
    pub(crate) fn domain(&self) -> &str {
        &self.domain
    }

    /// Begins to add a passkey for an account; `known` are those that it has. Gives the options for the browser.
    ///
    /// # Errors
    /// 500 if the library refuses what we ask.
    pub(crate) fn begin_adding(
        &self,
        (account, login, name): (&str, &str, &str),
        known: &[Passkey],
    ) -> Result<(serde_json::Value, Adding), Problem> {
        let known = known.iter().filter(|p| p.domain == self.domain);
        let known: Vec<CredentialID> = known.filter_map(|p| unbase64(&p.credential)).collect();
        let begun = self
            .webauthn
            .start_passkey_registration(handle(account), login, name, Some(known));
        let (asked, state) = begun.map_err(|e| fault(&e))?;
        let mut options = options(&asked.public_key)?;
        // The library leaves it to the device whether it keeps the key; a key that has to be named first is of no use here.
        options["authenticatorSelection"]["residentKey"] = "required".into();
        options["authenticatorSelection"]["requireResidentKey"] = true.into();
        let adding = Adding {
            state,
            account: account.into(),
            founding: None,
        };
        Ok((options, adding))
    }

    /// Checks the device's answer to [`Self::begin_adding`].
    ///
    /// # Errors
    /// 422 if it is no answer, 403 if it is a wrong one.
    pub(crate) fn finish_adding(
        &self,
        adding: &Adding,
        given: serde_json::Value,
        made: Made<'_>,
    ) -> Result<Passkey, Problem> {
        let given: RegisterPublicKeyCredential = read(given)?;
        let done = self.webauthn.finish_passkey_registration(&given, &adding.state);
        let mut key = Credential::from(done.map_err(|e| refused(&e))?);
        // Who made the device is nobody's business: none was asked for.
        key.attestation = ParsedAttestation::default();
        let cose = serde_json::to_string(&key).map_err(|_| Code::Internal)?;
        Ok(Passkey {
            id: made.id,
            account: made.account.into(),
            domain: self.domain.clone(),
            credential: URL_SAFE_NO_PAD.encode(&key.cred_id),
            handle: URL_SAFE_NO_PAD.encode(handle(made.account)),
            public_key: cose,
            counter: key.counter,
            backup_eligible: key.backup_eligible,
            backed_up: key.backup_state,
            name: made.name,
            made: made.now,
            used: None,
        })
    }

    /// Begins a sign-in by whichever passkey the person chooses. Gives the options for the browser.
    ///
    /// # Errors
    /// 500 if the library refuses what we ask.
    pub(crate) fn begin_entering(&self) -> Result<(serde_json::Value, DiscoverableAuthentication), Problem> {
        let (asked, state) = self
            .webauthn
            .start_discoverable_authentication()
            .map_err(|e| fault(&e))?;
        Ok((options(&asked.public_key)?, state))
    }

    /// Checks the answer to [`Self::begin_entering`] against a passkey that is known.
    pub(crate) fn finish_entering(
        &self,
        state: DiscoverableAuthentication,
        answer: &Answer,
        known: &Passkey,
    ) -> Result<Proved, Refused> {
        let key = key_of(known).ok_or(Refused::Unproved)?;
        if known.handle != answer.handle || known.domain != self.domain || framed(answer) {
            return Err(Refused::Unproved);
        }
        let checked = self
            .webauthn
            .finish_discoverable_authentication_v2(&answer.given, state, &key);
        let proved = checked.map_err(|e| {
            tracing::debug!(error = %e, "a passkey was refused");
            match e {
                WebauthnError::CredentialPossibleCompromise => Refused::CountedBack,
                _ => Refused::Unproved,
            }
        })?;
        // The library has looked at it already; what is both factors is looked at twice.
        proved
            .user_verified()
            .then(|| Proved {
                counter: proved.counter(),
                backed_up: proved.backup_state(),
            })
            .ok_or(Refused::Unproved)
    }
}

impl Answer {
    /// Reads the JSON of a browser's answer.
    ///
    /// # Errors
    /// 422 if it is none, or does not say whose it is.
    pub(crate) fn read(given: serde_json::Value) -> Result<Self, Problem> {
        let given: PublicKeyCredential = read(given)?;
        let handle = given.get_user_unique_id().map(|h| URL_SAFE_NO_PAD.encode(h));
        Ok(Self {
            handle: handle.ok_or_else(no_form)?,
            credential: URL_SAFE_NO_PAD.encode(given.get_credential_id()),
            given,
        })
    }
}

/// How devices call an account. It says nothing of the person, and is the same for all passkeys of the account, so that a device
/// keeps one of them.
fn handle(account: &str) -> Uuid {
    let digest = Sha256::digest(format!("biseo passkey\n{account}"));
    let mut octets = [0; 16];
    octets.copy_from_slice(&digest[..16]);
    Uuid::from_bytes(octets)
}

/// An origin to which passkeys can belong.
fn fitting(origin: &str) -> Option<Url> {
    let url = Url::parse(origin).ok()?;
    let domain = url.domain()?;
    let local = domain == "localhost" || domain.ends_with(".localhost");
    (url.scheme() == "https" || (url.scheme() == "http" && local)).then_some(url)
}

/// The key of a stored passkey, with the counter and the flag that are newer than it.
fn key_of(known: &Passkey) -> Option<Credential> {
    let mut key: Credential = serde_json::from_str(&known.public_key).ok()?;
    key.counter = known.counter;
    key.backup_state = known.backed_up;
    Some(key)
}

/// Whether the browser says that it was asked within another site's page, which the library lets pass.
fn framed(answer: &Answer) -> bool {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Told {
        #[serde(default)]
        cross_origin: bool,
        top_origin: Option<String>,
    }
    let told = serde_json::from_slice::<Told>(&answer.given.response.client_data_json);
    told.map_or(true, |told| told.cross_origin || told.top_origin.is_some())
}

fn options(asked: &impl Serialize) -> Result<serde_json::Value, Problem> {
    serde_json::to_value(asked).map_err(|_| Code::Internal.into())
}

fn read<T: for<'de> Deserialize<'de>>(given: serde_json::Value) -> Result<T, Problem> {
    serde_json::from_value(given).map_err(|_| no_form())
}

fn no_form() -> Problem {
    Problem::field("credential", Fault::Form)
}

fn unbase64(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

fn refused(e: &WebauthnError) -> Problem {
    tracing::debug!(error = %e, "a passkey was refused");
    Code::PasskeyRefused.into()
}

fn fault(e: &WebauthnError) -> Problem {
    tracing::error!(error = %e, "no challenge for a passkey");
    Code::Internal.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(origins: &[&str]) -> Option<String> {
        let settings = Settings {
            origins: origins.iter().map(ToString::to_string).collect(),
            ..Settings::new("data".into())
        };
        Passkeys::of(&settings).map(|p| p.domain)
    }

    #[test]
    fn a_passkey_belongs_to_a_domain_in_a_secure_context() {
        for (origins, expected) in [
            (&[][..], None),
            (&["https://biseo.example"], Some("biseo.example")),
            (&["https://biseo.example:8443"], Some("biseo.example")),
            (&["http://biseo.example"], None),
            (&["http://localhost:8080"], Some("localhost")),
            (&["https://192.0.2.7"], None),
            (&["https://[2001:db8::1]"], None),
            (&["http://127.0.0.1:8080"], None),
            (&["nonsense"], None),
            (&["https://a.example", "https://b.example"], Some("a.example")),
        ] {
            assert_eq!(domain(origins).as_deref(), expected, "{origins:?}");
        }
    }

    #[test]
    fn one_handle_for_an_account_and_nothing_of_it() {
        assert_eq!(handle("a"), handle("a"));
        assert_ne!(handle("a"), handle("b"));
    }
}
