//! Web push (RFC 8030): to a browser's push service, encrypted for the browser (RFC 8291), under our name (VAPID, RFC 8292).

mod encrypt;
mod vapid;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use biseo_store::{Store, Subscription};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE};
use hyper::{Method, Request};
use serde_json::json;

pub use encrypt::{EncryptError, Keys, encrypt};
pub use vapid::Vapid;

use super::{Channel, Http, Outcome, Parcel, Sending};

/// A push service keeps a notice for a browser that is off for so long, in seconds: a day.
const TTL: u32 = 24 * 3600;
/// Characters of the text in a notice: a service takes 4096 octets, encrypted (RFC 8030 §7.2), and Hangul has three each.
const TEXT: usize = 700;

/// The channel. Addresses are the ids of subscriptions in the store.
#[derive(Debug)]
pub struct Push {
    http: Http,
    vapid: Vapid,
    store: Store,
}

impl Push {
    /// To push services that the client's guard permits.
    #[must_use]
    pub fn new(http: Http, vapid: Vapid, store: Store) -> Self {
        Self { http, vapid, store }
    }

    async fn post(&self, parcel: &Parcel) -> Outcome {
        let browser = match self.store.subscription(&parcel.shop, &parcel.address).await {
            Ok(Some(browser)) => browser,
            Ok(None) => return Outcome::never("the browser no longer wants notices"),
            Err(e) => return Outcome::again(format!("the store: {e}")),
        };
        let request = match self.request(parcel, &browser) {
            Ok(request) => request,
            Err(why) => return Outcome::never(why),
        };
        let answer = match self.http.exchange(request).await {
            Ok(answer) => answer,
            Err(e) => return e.into(),
        };
        if matches!(answer.status, 404 | 410) {
            // The service knows the browser no more (RFC 8030 §7.3). If it stays in the store, the next notice finds out again.
            let _ = self.store.unsubscribe(&parcel.shop, &browser.id).await;
        }
        answer.outcome()
    }

    fn request(&self, parcel: &Parcel, browser: &Subscription) -> Result<Request<Full<Bytes>>, String> {
        let uri = self
            .http
            .allowed()
            .read(&browser.endpoint)
            .map_err(|e| e.to_string())?;
        let keys = keys(browser).ok_or("the browser's keys cannot be read")?;
        let sealed = encrypt(&notice(parcel), &keys).map_err(|e| e.to_string())?;
        let name = self
            .vapid
            .authorization(&uri, parcel.now)
            .ok_or("the VAPID key does not sign")?;
        Request::builder()
            .method(Method::POST)
            .uri(uri)
            .header(AUTHORIZATION, name)
            .header(CONTENT_TYPE, "application/octet-stream")
            .header(CONTENT_ENCODING, "aes128gcm")
            .header("ttl", TTL)
            .header("urgency", if parcel.letter.urgent { "high" } else { "normal" })
            // What waits at the service under the same topic is replaced (RFC 8030 §5.4).
            .header("topic", &parcel.id)
            .body(Full::new(sealed.into()))
            .map_err(|e| e.to_string())
    }
}

impl Channel for Push {
    /// A repetition has the same topic, and the same `tag`, by which the browser shows it once.
    fn send<'a>(&'a self, parcel: &'a Parcel) -> Sending<'a, Outcome> {
        Box::pin(self.post(parcel))
    }
}

fn keys(browser: &Subscription) -> Option<Keys> {
    let read = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok();
    Some(Keys {
        public: read(&browser.p256dh)?.try_into().ok()?,
        auth: read(&browser.auth)?.try_into().ok()?,
    })
}

/// What the page's service worker is given: `{id, tag, title, body, url, urgent}`.
fn notice(parcel: &Parcel) -> Vec<u8> {
    let letter = &parcel.letter;
    let body: String = letter.short.chars().take(TEXT).collect();
    json!({
        "id": parcel.id,
        "tag": parcel.id,
        "title": letter.title,
        "body": body,
        "url": letter.link,
        "urgent": letter.urgent,
    })
    .to_string()
    .into_bytes()
}
