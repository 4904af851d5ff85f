//! NHN Cloud: SMS v3.0 and, for 알림톡, KakaoTalk Bizmessage v2.3. Sources: docs.nhncloud.com, "Notification > SMS > API v3.0 Guide" and its
//! result codes; "Notification > KakaoTalk Bizmessage > AlimTalk > API v2.3 Guide" and its result codes.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::CONTENT_TYPE;
use hyper::{Method, Request, Uri};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::config::{Kakao, word};
use super::{Body, Carrier, Message, TextSettings, by_status, code, json as read, query, unreadable};
use crate::channels::http::Answer;
use crate::channels::{Http, Outcome, Sending, SetupError, setup};

const SMS_URL: &str = "https://api-sms.cloud.toast.com";
const KAKAO_URL: &str = "https://kakaotalk-bizmessage.api.nhncloudservice.com";

/// Messages on a page of a list, of which the first is read: those to one number with our key, or at least to one number.
const PAGE: &str = "1000";

/// One of the two services: they have keys, secrets and addresses of their own.
pub(super) struct Side {
    url: String,
    secret: SecretString,
    /// `senderKey`, and whether what does not arrive is sent as SMS; for 알림톡 only.
    channel: Option<(String, bool)>,
}

impl Side {
    /// 알림톡.
    pub(super) fn kakao(http: &Http, kakao: &Kakao, secret: SecretString) -> Result<Self, SetupError> {
        let key = kakao.key.as_deref().unwrap_or_default();
        word("text.kakao.key", key)?;
        let url = address(http, ("text.kakao.url", kakao.url.as_deref()), KAKAO_URL)?;
        Ok(Self {
            url: format!("{url}/alimtalk/v2.3/appkeys/{key}/messages"),
            secret,
            channel: Some((kakao.channel.clone(), kakao.fallback)),
        })
    }
}

/// An account.
pub(super) struct Nhn {
    http: Http,
    sms: Side,
    kakao: Option<Side>,
    sender: String,
}

fn address(
    http: &Http,
    (field, given): (&'static str, Option<&str>),
    usual: &str,
) -> Result<String, SetupError> {
    let url = given.unwrap_or(usual).trim_end_matches('/');
    http.allowed()
        .read(url)
        .map_err(|e| setup(field, e.to_string()))?;
    Ok(url.to_string())
}

impl Nhn {
    pub(super) fn new(
        http: Http,
        settings: &TextSettings,
        (key, secret): (&SecretString, SecretString),
        kakao: Option<Side>,
    ) -> Result<Self, SetupError> {
        word("text.key", key.expose_secret())?;
        let url = address(&http, ("text.url", settings.url.as_deref()), SMS_URL)?;
        let sms = Side {
            url: format!("{url}/sms/v3.0/appKeys/{}/sender", key.expose_secret()),
            secret,
            channel: None,
        };
        let sender = settings.sender.as_str().to_string();
        Ok(Self {
            http,
            sms,
            kakao,
            sender,
        })
    }

    async fn ask(
        &self,
        side: &Side,
        uri: &str,
        post: Option<(&str, Value)>,
    ) -> Result<(Answer, Value), Outcome> {
        let broken = || Outcome::again("the request cannot be written");
        let uri: Uri = uri.parse().map_err(|_| broken())?;
        let mut request = Request::builder()
            .uri(uri)
            .header(CONTENT_TYPE, "application/json;charset=UTF-8")
            .header("X-Secret-Key", side.secret.expose_secret());
        let mut body = String::new();
        if let Some((id, value)) = post {
            // Within ten minutes a second request with this key is refused (-1005): one lock more against two workers at once.
            request = request
                .method(Method::POST)
                .header("X-NC-API-IDEMPOTENCY-KEY", id);
            body = value.to_string();
        }
        let request = request.body(Full::new(Bytes::from(body))).map_err(|_| broken())?;
        let (answer, body) = self.http.exchange_whole(request).await.map_err(Outcome::from)?;
        match by_status(&answer) {
            Some(outcome) => Err(outcome),
            None => Ok((answer, read(&body))),
        }
    }

    fn text(&self, message: &Message<'_>) -> (String, Value) {
        let mut out = json!({
            "body": message.body.text(), "sendNo": self.sender, "senderGroupingKey": "biseo",
            "recipientList": [{ "recipientNo": message.to, "recipientGroupingKey": message.id }],
        });
        let kind = match &message.body {
            Body::Sms(_) => "sms",
            Body::Lms { subject, .. } => {
                out["title"] = json!(subject);
                "mms"
            }
        };
        (format!("{}/{kind}", self.sms.url), out)
    }

    /// Variables are named without `#{}`; `resendParameter` says what is sent where 알림톡 does not arrive.
    fn talk(
        &self,
        message: &Message<'_>,
        channel: &(String, bool),
        (template, variables): (&str, &[(String, String)]),
    ) -> Value {
        let variables: Value = variables.iter().map(|(n, v)| (n.clone(), json!(v))).collect();
        let mut resend = json!({ "isResend": channel.1 });
        if channel.1 {
            resend["resendContent"] = json!(message.body.text());
            resend["resendSendNo"] = json!(self.sender);
            resend["resendType"] = json!("SMS");
            if let Body::Lms { subject, .. } = &message.body {
                resend["resendType"] = json!("LMS");
                resend["resendTitle"] = json!(subject);
            }
        }
        json!({
            "senderKey": channel.0, "templateCode": template, "senderGroupingKey": "biseo",
            "recipientList": [{
                "recipientNo": message.to, "templateParameter": variables, "resendParameter": resend,
                "recipientGroupingKey": message.id,
            }],
        })
    }

    async fn post(&self, message: &Message<'_>) -> Outcome {
        let kakao = self
            .kakao
            .as_ref()
            .and_then(|side| Some((side, side.channel.as_ref()?)));
        let (side, uri, body) = match (message.template, kakao) {
            (Some(template), Some((side, channel))) => {
                (side, side.url.clone(), self.talk(message, channel, template))
            }
            _ => {
                let (uri, body) = self.text(message);
                (&self.sms, uri, body)
            }
        };
        // What falls back is not the same request.
        let id = match side.channel {
            Some(_) => message.id.to_string(),
            None => format!("{}-text", message.id),
        };
        match self.ask(side, &uri, Some((&id, body))).await {
            Ok((answer, body)) => taken(&answer, &body),
            Err(outcome) => outcome,
        }
    }

    /// Both kinds of text messages and 알림톡: what a message becomes can differ from one try to the next, since "내일" becomes "오늘".
    async fn find(&self, message: &Message<'_>) -> Result<bool, Outcome> {
        let (from, until) = message.span();
        let wheres = [(&self.sms, "/sms", true), (&self.sms, "/mms", true)];
        let kakao = self.kakao.iter().map(|side| (side, "", false));
        for (side, path, seconds) in wheres.into_iter().chain(kakao) {
            let (from, until) = (clock(from, seconds), clock(until, seconds));
            let pairs = [
                ("startRequestDate", from.as_str()),
                ("endRequestDate", &until),
                ("recipientNo", message.to),
                ("recipientGroupingKey", message.id),
                ("pageSize", PAGE),
            ];
            let uri = format!("{}{path}?{}", side.url, query(&pairs));
            let (_, body) = self.ask(side, &uri, None).await?;
            if shows(&body, message.id)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Korean time, which has no summer time, with seconds for SMS and without for 알림톡.
fn clock(at: Timestamp, seconds: bool) -> String {
    let here = TimeZone::fixed(Offset::constant(9)).to_datetime(at);
    here.strftime(if seconds {
        "%Y-%m-%d %H:%M:%S"
    } else {
        "%Y-%m-%d %H:%M"
    })
    .to_string()
}

/// Whether a list shows a message of ours. What the carriers could not deliver later counts as taken: it was sent once.
fn shows(body: &Value, id: &str) -> Result<bool, Outcome> {
    if body["header"]["isSuccessful"] != true {
        return Err(Outcome::again(format!(
            "the provider's list cannot be read ({})",
            code(&body["header"]["resultCode"]).unwrap_or_default()
        )));
    }
    let lists = [
        &body["body"]["data"],
        &body["messageSearchResultResponse"]["messages"],
    ];
    let list = lists.into_iter().find_map(Value::as_array);
    Ok(list.is_some_and(|list| {
        list.iter()
            .any(|m| m["recipientGroupingKey"].as_str() == Some(id))
    }))
}

/// The request's own code, then that of its one recipient. What has none is no answer of the provider's and ends nothing.
fn taken(answer: &Answer, body: &Value) -> Outcome {
    let header = &body["header"];
    let refused = |said: &Value| code(said).map_or_else(unreadable, |code| refused(&code, answer));
    if header["isSuccessful"] != true {
        return refused(&header["resultCode"]);
    }
    let results = [
        &body["body"]["data"]["sendResultList"],
        &body["message"]["sendResults"],
    ];
    match results.into_iter().find_map(|list| list.get(0)) {
        Some(result) if result["resultCode"] != 0 => refused(&result["resultCode"]),
        Some(_) => Outcome::Sent,
        None => unreadable(),
    }
}

/// By the result codes of both services. Those of the account (-1000 to -1002, -1004, -1007, -1008) are the operator's to mend, and a
/// second request within ten minutes (-1005), a day's limit (-1017) and faults of the system (-2021, -9999) pass; the rest does not:
/// a bad number (-2018, -2019), a sender that is not registered or blocked (-2312, -2313), a template that is not there.
/// NHN sends a bill afterwards: there is no balance to run out.
fn refused(code: &str, answer: &Answer) -> Outcome {
    let fault = format!(
        "the provider refuses the message ({code}, status {})",
        answer.status
    );
    match code {
        "-1000" | "-1001" | "-1002" | "-1004" | "-1007" | "-1008" | "-1005" | "-1017" | "-2021" | "-9999" => {
            Outcome::Again {
                after: answer.rest,
                fault,
            }
        }
        _ => Outcome::never(fault),
    }
}

impl Carrier for Nhn {
    fn has<'a>(&'a self, message: &'a Message<'a>) -> Sending<'a, Result<bool, Outcome>> {
        Box::pin(self.find(message))
    }

    fn send<'a>(&'a self, message: &'a Message<'a>) -> Sending<'a, Outcome> {
        Box::pin(self.post(message))
    }
}
