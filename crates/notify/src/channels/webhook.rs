//! Webhooks, by the Standard Webhooks specification: a POST with `webhook-id`, `webhook-timestamp` and `webhook-signature`.

use std::collections::HashMap;
use std::sync::Arc;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use biseo_model::ids::ShopId;
use biseo_store::{Store, Webhook};
use biseo_vault::Keys;
use http_body_util::Full;
use hyper::header::CONTENT_TYPE;
use hyper::{Method, Request, Uri};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::hook_secret;
use super::{Allowed, Channel, GuardError, Http, Outcome, Parcel, Sending, SetupError, setup};
use crate::hooks::HOOK;

/// Octets that a secret has at least, as the specification wants.
const LEAST_SECRET: usize = 24;

/// Octets of a secret that is made here.
const SECRET: usize = 32;

const GONE: &str = "the webhook is gone";
const OFF: &str = "the webhook is switched off";
const LOCKED: &str = "the webhook's secret is sealed with a key that is not here";
const REFUSED: &str = "the webhook's address or secret is refused";

/// A new secret, in the form in which it is told: `whsec_` and base64 of 256 random bits.
///
/// # Errors
/// [`SetupError`] if the system has no randomness.
pub fn new_secret() -> Result<String, SetupError> {
    let mut octets = [0; SECRET];
    aws_lc_rs::rand::fill(&mut octets).map_err(|_| setup("secret", "the system has no randomness"))?;
    Ok(format!("whsec_{}", STANDARD.encode(octets)))
}

/// Whether requests may go to an address, as far as that can be told without asking for its name; asked again at each request.
///
/// # Errors
/// [`GuardError`].
pub fn may_go(allowed: &Allowed, url: &str) -> Result<(), GuardError> {
    allowed.read(url).map(drop)
}

/// What was wrong at a try, as a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It answered by this status.
    Status(u16),
    /// No connection came about, or its address may not be reached.
    Unreachable,
    /// It did not answer in time, or the connection broke off.
    Silent,
    /// It was switched off when it was to be told.
    Off,
    /// It is no more.
    Gone,
    /// Something else, which the log tells.
    Other,
}

impl Fault {
    /// The code of a delivery's fault.
    #[must_use]
    pub fn of(fault: &str) -> Self {
        if let Some(status) = fault.strip_prefix("status ").and_then(|s| s.parse().ok()) {
            return Self::Status(status);
        }
        match fault {
            OFF => Self::Off,
            GONE => Self::Gone,
            REFUSED | "no connection" => Self::Unreachable,
            fault if fault.starts_with("no answer") || fault == "the connection broke off" => Self::Silent,
            _ => Self::Other,
        }
    }
}

/// Where a webhook's requests go, and the secrets that sign them.
#[derive(Debug, Clone)]
pub struct Endpoint {
    uri: Uri,
    keys: Vec<hmac::Key>,
}

impl Endpoint {
    /// `url` must be permitted by the client's guard. `secrets` are `whsec_` and base64 of 24 to 64 octets; several while one is being
    /// replaced: each makes a signature.
    ///
    /// # Errors
    /// [`SetupError`] for an address that may not be reached, or a secret of another form.
    pub fn new(http: &Http, url: &str, secrets: &[SecretString]) -> Result<Self, SetupError> {
        let uri = http
            .allowed()
            .read(url)
            .map_err(|e| setup("url", e.to_string()))?;
        let keys = secrets.iter().map(key).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() {
            return Err(setup("secret", "a webhook needs a secret"));
        }
        Ok(Self { uri, keys })
    }
}

fn key(secret: &SecretString) -> Result<hmac::Key, SetupError> {
    let encoded = secret
        .expose_secret()
        .strip_prefix("whsec_")
        .unwrap_or(secret.expose_secret());
    let octets = STANDARD
        .decode(encoded)
        .map_err(|_| setup("secret", "write it as whsec_ and base64"))?;
    if !(LEAST_SECRET..=64).contains(&octets.len()) {
        return Err(setup("secret", "a secret has 24 to 64 octets"));
    }
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &octets))
}

/// The value of `webhook-signature`: over id, time and body, each apart by a full stop.
fn signature(keys: &[hmac::Key], id: &str, second: i64, body: &[u8]) -> String {
    let mut signed = format!("{id}.{second}.").into_bytes();
    signed.extend_from_slice(body);
    let one = |key: &hmac::Key| format!("v1,{}", STANDARD.encode(hmac::sign(key, &signed)));
    keys.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// The value of `webhook-signature` for a request of one's own, such as the API's.
///
/// # Errors
/// [`SetupError`] for a secret of another form.
///
/// ```
/// use biseo_notify::channels::webhook::sign;
/// let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_string().into();
/// let at = jiff::Timestamp::from_second(1614265330).unwrap();
/// let signature = sign(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, br#"{"test": 2432232314}"#).unwrap();
/// assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
/// ```
pub fn sign(secret: &SecretString, id: &str, at: Timestamp, body: &[u8]) -> Result<String, SetupError> {
    Ok(signature(&[key(secret)?], id, at.as_second(), body))
}

/// The channel: endpoints by shop and name, and those that owners keep in the store. An endpoint is a shop's own; a shop cannot name another's.
#[derive(Debug)]
pub struct Webhooks {
    http: Http,
    kept: Option<(Store, Option<Arc<Keys>>)>,
    endpoints: HashMap<(ShopId, String), Endpoint>,
}

impl Webhooks {
    /// Without endpoints yet.
    #[must_use]
    pub fn new(http: Http) -> Self {
        Self {
            http,
            kept: None,
            endpoints: HashMap::new(),
        }
    }

    /// With those that owners keep in a store, as they stand when something is sent; `keys` open secrets that are sealed.
    #[must_use]
    pub fn kept_in(mut self, store: Store, keys: Option<Arc<Keys>>) -> Self {
        self.kept = Some((store, keys));
        self
    }

    /// With an endpoint of a shop, under the name by which readers refer to it.
    #[must_use]
    pub fn with(mut self, shop: ShopId, name: impl Into<String>, endpoint: Endpoint) -> Self {
        self.endpoints.insert((shop, name.into()), endpoint);
        self
    }

    async fn post(&self, parcel: &Parcel) -> Outcome {
        let endpoint = match self.endpoint(parcel).await {
            Ok(endpoint) => endpoint,
            Err(outcome) => return outcome,
        };
        let Some(request) = request(&endpoint, parcel) else {
            return Outcome::never("the request cannot be written");
        };
        match self.http.exchange(request).await {
            Ok(answer) => answer.of_webhook(),
            Err(e) => e.into(),
        }
    }

    async fn endpoint(&self, parcel: &Parcel) -> Result<Endpoint, Outcome> {
        let kept = self.kept.as_ref().filter(|_| parcel.reader == HOOK);
        let Some((store, keys)) = kept else {
            let named = self.endpoints.get(&(parcel.shop.clone(), parcel.address.clone()));
            return named
                .cloned()
                .ok_or_else(|| Outcome::again("the webhook is not set up"));
        };
        match store.webhook(&parcel.shop, &parcel.address).await {
            Ok(Some(hook)) => of_owner(&self.http, &hook, keys.as_deref()),
            Ok(None) => Err(Outcome::never(GONE)),
            Err(e) => Err(Outcome::again(format!("the store: {e}"))),
        }
    }
}

/// The endpoint that an owner keeps, as it stands now.
fn of_owner(http: &Http, hook: &Webhook, keys: Option<&Keys>) -> Result<Endpoint, Outcome> {
    if !hook.on {
        return Err(Outcome::never(OFF));
    }
    // Whoever runs the installation may bring the key back.
    let secret = hook_secret::kept(keys, hook).map_err(|_| Outcome::again(LOCKED))?;
    Endpoint::new(http, &hook.url, &[secret]).map_err(|_| Outcome::never(REFUSED))
}

impl Channel for Webhooks {
    /// A repetition has the same `webhook-id`, by which the receiver knows it.
    fn send<'a>(&'a self, parcel: &'a Parcel) -> Sending<'a, Outcome> {
        Box::pin(self.post(parcel))
    }
}

/// What a request says.
pub(crate) fn body(parcel: &Parcel) -> String {
    json!({
        "type": "notice",
        "timestamp": parcel.made,
        "data": { "shop": parcel.shop, "reader": parcel.reader, "text": parcel.letter.text, "events": parcel.letter.data },
    })
    .to_string()
}

fn request(endpoint: &Endpoint, parcel: &Parcel) -> Option<Request<Full<hyper::body::Bytes>>> {
    let body = body(parcel);
    let second = parcel.now.as_second();
    Request::builder()
        .method(Method::POST)
        .uri(endpoint.uri.clone())
        .header(CONTENT_TYPE, "application/json")
        .header("webhook-id", &parcel.id)
        .header("webhook-timestamp", second)
        .header(
            "webhook-signature",
            signature(&endpoint.keys, &parcel.id, second, body.as_bytes()),
        )
        .body(Full::new(body.into()))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::HttpError;

    #[test]
    fn a_secret_is_new_and_of_its_form() {
        let (a, b) = (new_secret().unwrap(), new_secret().unwrap());
        assert_ne!(a, b);
        assert!(a.starts_with("whsec_") && key(&a.into()).is_ok());
    }

    #[test]
    fn what_the_channel_says_of_a_fault_has_a_code() {
        for (fault, code) in [
            ("status 503".to_string(), Fault::Status(503)),
            (HttpError::NoConnection.to_string(), Fault::Unreachable),
            (REFUSED.to_string(), Fault::Unreachable),
            (HttpError::Broken.to_string(), Fault::Silent),
            (HttpError::Late.to_string(), Fault::Silent),
            (
                "no answer in time; whether it arrived is not known".to_string(),
                Fault::Silent,
            ),
            (OFF.to_string(), Fault::Off),
            (GONE.to_string(), Fault::Gone),
            ("the store: away".to_string(), Fault::Other),
            ("status x".to_string(), Fault::Other),
        ] {
            assert_eq!(Fault::of(&fault), code, "{fault}");
        }
    }
}
