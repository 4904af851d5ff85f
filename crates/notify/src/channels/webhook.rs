//! Webhooks, by the Standard Webhooks specification: a POST with `webhook-id`, `webhook-timestamp` and `webhook-signature`.

use std::collections::HashMap;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use biseo_model::ids::ShopId;
use http_body_util::Full;
use hyper::header::CONTENT_TYPE;
use hyper::{Method, Request, Uri};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::{Channel, Http, Outcome, Parcel, Sending, SetupError, setup};

/// Octets that a secret has at least, as the specification wants.
const LEAST_SECRET: usize = 24;

/// Where a webhook's requests go, and the secrets that sign them.
#[derive(Debug)]
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

/// The channel: endpoints by shop and name. An endpoint is a shop's own; a shop cannot name another's.
#[derive(Debug)]
pub struct Webhooks {
    http: Http,
    endpoints: HashMap<(ShopId, String), Endpoint>,
}

impl Webhooks {
    /// Without endpoints yet.
    #[must_use]
    pub fn new(http: Http) -> Self {
        Self {
            http,
            endpoints: HashMap::new(),
        }
    }

    /// With an endpoint of a shop, under the name by which readers refer to it.
    #[must_use]
    pub fn with(mut self, shop: ShopId, name: impl Into<String>, endpoint: Endpoint) -> Self {
        self.endpoints.insert((shop, name.into()), endpoint);
        self
    }

    async fn post(&self, parcel: &Parcel) -> Outcome {
        let Some(endpoint) = self.endpoints.get(&(parcel.shop.clone(), parcel.address.clone())) else {
            return Outcome::again("the webhook is not set up");
        };
        let Some(request) = request(endpoint, parcel) else {
            return Outcome::never("the request cannot be written");
        };
        match self.http.exchange(request).await {
            Ok(answer) => answer.of_webhook(),
            Err(e) => e.into(),
        }
    }
}

impl Channel for Webhooks {
    /// A repetition has the same `webhook-id`, by which the receiver knows it.
    fn send<'a>(&'a self, parcel: &'a Parcel) -> Sending<'a, Outcome> {
        Box::pin(self.post(parcel))
    }
}

fn request(endpoint: &Endpoint, parcel: &Parcel) -> Option<Request<Full<hyper::body::Bytes>>> {
    let body = json!({
        "type": "notice",
        "timestamp": parcel.made,
        "data": { "shop": parcel.shop, "reader": parcel.reader, "text": parcel.letter.text, "events": parcel.letter.data },
    })
    .to_string();
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
