//! Tokens: fetched when needed, shared by all calls, renewed before they end.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use hyper::header::{ACCEPT, CONTENT_TYPE};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::failure::Failure;
use crate::net::{Http, whole};

/// A token is renewed so long before its end; the service gives six hours.
const MARGIN: u64 = 300;
/// Octets of an answer at most.
const MOST: usize = 16 * 1024;

/// Who asks for them.
pub(super) struct Client {
    pub(super) id: String,
    pub(super) secret: SecretString,
}

/// The tokens of one account.
pub(super) struct Tokens {
    http: Http,
    url: String,
    client: Client,
    within: Duration,
    /// Held while one is fetched, so that calls that begin together ask once.
    current: Mutex<Option<Token>>,
}

struct Token {
    value: SecretString,
    /// Seconds since 1970.
    expires: u64,
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    expire_at: u64,
}

impl Tokens {
    pub(super) fn new(http: Http, url: String, client: Client, within: Duration) -> Self {
        Self {
            http,
            url,
            client,
            within,
            current: Mutex::new(None),
        }
    }

    /// One that is good for a while yet.
    pub(super) async fn valid(&self) -> Result<SecretString, Failure> {
        let mut current = self.current.lock().await;
        if let Some(token) = current.as_ref().filter(|token| token.expires > now() + MARGIN) {
            return Ok(token.value.clone());
        }
        let token = self.fetch().await?;
        let value = token.value.clone();
        *current = Some(token);
        Ok(value)
    }

    /// The one in use is not taken.
    pub(super) async fn forget(&self) {
        *self.current.lock().await = None;
    }

    async fn fetch(&self) -> Result<Token, Failure> {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", &self.client.id)
            .append_pair("client_secret", self.client.secret.expose_secret())
            .finish();
        let request = Request::post(&self.url)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::new(Bytes::from(form)))
            .map_err(|_| Failure::Form("no request"))?;
        let response = self.http.send(request, self.within).await?;
        let body = whole(response.into_body(), MOST, self.within).await?;
        let answer: Answer =
            serde_json::from_slice(&body).map_err(|_| Failure::Form("no token where one is due"))?;
        Ok(Token {
            value: answer.access_token.into(),
            expires: answer.expire_at,
        })
    }
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs())
}
