//! Solapi's REST API, v4. Sources: github.com/solapi/documents (`api-reference/messages/sendSimpleMessage.md`, `getMessageList.md`,
//! `message-status-codes.md`) and the provider's own client, github.com/solapi/solapi-nodejs (`send-many/detail` and its answer,
//! `kakaoOptions`, the parameters of the list, the form of errors).

use aws_lc_rs::hmac;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use hyper::{Method, Request, Uri};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::config::word;
use super::{BROKE, Body, Carrier, Message, TextSettings, by_status, code, json as read, query, unreadable};
use crate::channels::http::Answer;
use crate::channels::{Http, Outcome, Sending, SetupError, setup};
use crate::notifier::hex;

const URL: &str = "https://api.solapi.com";
/// The field of ours that a message bears (30 characters at most, its value 100).
const FIELD: &str = "notice";
/// Messages on a page of the list, and pages that are read at most.
const PAGE: &str = "100";
const PAGES: usize = 25;

/// An account.
pub(super) struct Solapi {
    http: Http,
    url: String,
    key: String,
    secret: hmac::Key,
    sender: String,
    /// `pfId`, and whether what does not arrive is sent as SMS.
    kakao: Option<(String, bool)>,
}

impl Solapi {
    pub(super) fn new(
        http: Http,
        settings: &TextSettings,
        (key, secret): (&SecretString, &SecretString),
    ) -> Result<Self, SetupError> {
        let url = settings
            .url
            .as_deref()
            .unwrap_or(URL)
            .trim_end_matches('/')
            .to_string();
        http.allowed()
            .read(&url)
            .map_err(|e| setup("text.url", e.to_string()))?;
        word("text.key", key.expose_secret())?;
        Ok(Self {
            http,
            url,
            key: key.expose_secret().to_string(),
            secret: hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes()),
            sender: settings.sender.as_str().to_string(),
            kakao: settings.kakao.as_ref().map(|k| (k.channel.clone(), k.fallback)),
        })
    }

    /// `HMAC-SHA256 apiKey=…, date=…, salt=…, signature=…`: the signature is over date and salt, in hexadecimal digits.
    fn authorization(&self, now: Timestamp) -> Option<String> {
        let mut salt = [0; 16];
        aws_lc_rs::rand::fill(&mut salt).ok()?;
        let (date, salt) = (second(now), hex(&salt));
        let signature = hex(hmac::sign(&self.secret, format!("{date}{salt}").as_bytes()).as_ref());
        let key = &self.key;
        Some(format!(
            "HMAC-SHA256 apiKey={key}, date={date}, salt={salt}, signature={signature}"
        ))
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: String,
        now: Timestamp,
    ) -> Result<(Answer, Value), Outcome> {
        let broken = || Outcome::again("the request cannot be written");
        let uri: Uri = format!("{}{path}", self.url).parse().map_err(|_| broken())?;
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .header(AUTHORIZATION, self.authorization(now).ok_or_else(broken)?)
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body)))
            .map_err(|_| broken())?;
        let (answer, body) = self.http.exchange_whole(request).await.map_err(Outcome::from)?;
        match by_status(&answer) {
            Some(outcome) => Err(outcome),
            None => Ok((answer, read(&body))),
        }
    }

    fn message(&self, message: &Message<'_>) -> Value {
        let mut out = json!({ "to": message.to, "from": self.sender, "customFields": { FIELD: message.id } });
        match (message.template, &self.kakao, &message.body) {
            (Some((template, variables)), Some((channel, fallback)), _) => {
                let variables: Value = variables
                    .iter()
                    .map(|(n, v)| (format!("#{{{n}}}"), json!(v)))
                    .collect();
                out["type"] = json!("ATA");
                out["kakaoOptions"] = json!({
                    "pfId": channel, "templateId": template, "variables": variables, "disableSms": !fallback,
                });
            }
            (_, _, Body::Sms(text)) => {
                out["type"] = json!("SMS");
                out["text"] = json!(text);
            }
            (_, _, Body::Lms { subject, text }) => {
                out["type"] = json!("LMS");
                out["subject"] = json!(subject);
                out["text"] = json!(text);
            }
        }
        out
    }

    async fn post(&self, message: &Message<'_>) -> Outcome {
        let body =
            json!({ "messages": [self.message(message)], "allowDuplicates": false, "showMessageList": true });
        let path = "/messages/v4/send-many/detail";
        match self.ask(Method::POST, path, body.to_string(), message.now).await {
            Ok((answer, body)) => taken(&answer, &body),
            Err(outcome) => outcome,
        }
    }

    /// The list knows numbers and times only, so the messages to this number are looked through for our field.
    async fn find(&self, message: &Message<'_>) -> Result<bool, Outcome> {
        let (from, until) = message.span();
        let (from, until) = (second(from), second(until));
        let mut next = String::new();
        for _ in 0..PAGES {
            let mut pairs = vec![("to", message.to), ("dateType", "CREATED")];
            pairs.extend([("startDate", from.as_str()), ("endDate", &until), ("limit", PAGE)]);
            if !next.is_empty() {
                pairs.push(("startKey", &next));
            }
            let path = format!("/messages/v4/list?{}", query(&pairs));
            let (answer, body) = self.ask(Method::GET, &path, String::new(), message.now).await?;
            let list = body["messageList"].as_object().filter(|_| answer.status == 200);
            let list = list.ok_or_else(|| Outcome::again("the provider's list cannot be read"))?;
            if list.values().any(|m| is(m, message.id)) {
                return Ok(true);
            }
            match body["nextKey"].as_str() {
                Some(key) if !key.is_empty() && !list.is_empty() => next = key.to_string(),
                _ => return Ok(false),
            }
        }
        Err(Outcome::again("the provider's list is too long to be read"))
    }
}

/// As the provider writes times.
fn second(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Whether a message of the list is ours and on its way: what failed at its acceptance (1xxx) or within the platform (2xxx but 2000)
/// never left.
fn is(message: &Value, id: &str) -> bool {
    let status = message["statusCode"].as_str().unwrap_or_default();
    let failed = status.starts_with('1') || (status.starts_with('2') && status != "2000");
    message["customFields"][FIELD].as_str() == Some(id) && !failed
}

/// Taken is what stands in `groupInfo` and not in `failedMessageList`. What is no answer of the provider's, as a machine between us gives
/// one, ends nothing: it is asked again.
fn taken(answer: &Answer, body: &Value) -> Outcome {
    let refused = |said: &Value| code(said).map_or_else(unreadable, |code| refused(&code, answer));
    if !(200..300).contains(&answer.status) {
        return refused(&body["errorCode"]);
    }
    match body["failedMessageList"].as_array().and_then(|list| list.first()) {
        Some(failed) => refused(&failed["statusCode"]),
        None if body["groupInfo"].is_object() => Outcome::Sent,
        None => unreadable(),
    }
}

/// By `message-status-codes.md` and the names of errors: 1030 and 2230 are an empty account; faults of the server (1024, 2024), of
/// routes (1058) and of pace pass; a number that is wrong or blocked, a sender that is not registered (1062), a template that is not
/// there (1042) or differs (1043) do not.
fn refused(code: &str, answer: &Answer) -> Outcome {
    let fault = format!(
        "the provider refuses the message ({code}, status {})",
        answer.status
    );
    match code {
        "1030" | "2230" | "NotEnoughBalance" => Outcome::NoCredit { after: BROKE, fault },
        "1024" | "2024" | "1058" | "TooManyRequests" | "InternalError" | "ServiceUnavailable" => {
            Outcome::Again {
                after: answer.rest,
                fault,
            }
        }
        // Our account or our clock, which is no fault of the message's.
        "1020" | "SignatureDoesNotMatch" | "RequestTimeTooSkewed" | "InvalidAPIKey" => Outcome::again(fault),
        _ => Outcome::never(fault),
    }
}

impl Carrier for Solapi {
    fn has<'a>(&'a self, message: &'a Message<'a>) -> Sending<'a, Result<bool, Outcome>> {
        Box::pin(self.find(message))
    }

    fn send<'a>(&'a self, message: &'a Message<'a>) -> Sending<'a, Outcome> {
        Box::pin(self.post(message))
    }
}
