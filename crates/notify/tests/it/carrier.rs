//! Solapi and NHN Cloud as their documents have them: signatures and keys are checked, what is taken is kept and shown in lists, and a
//! request can be met with an error, or taken and never answered.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use aws_lc_rs::hmac;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub const KEY: &str = "NCSAYU7YDBXYORXC";
pub const SECRET: &str = "a-secret-of-32-characters-or-so!";
pub const KAKAO_KEY: &str = "kakaoAppKey01";
pub const KAKAO_SECRET: &str = "kakaosecret";

/// How a sending is met.
#[derive(Debug, Clone)]
pub enum Meets {
    /// Taken.
    Takes,
    /// This status, these seconds of rest, this body; not taken.
    Answers(u16, Option<u32>, Value),
    /// Taken, and the connection breaks off without an answer.
    TakesAndBreaks,
    /// Taken, and nothing is said any more.
    TakesAndHangs,
}

/// A message that was taken.
#[derive(Debug, Clone)]
pub struct Taken {
    pub path: String,
    pub message: Value,
    pub headers: HeaderMap,
    pub body: Value,
}

#[derive(Clone)]
pub struct Carrier {
    pub address: SocketAddr,
    meets: Arc<Mutex<VecDeque<Meets>>>,
    taken: Arc<Mutex<Vec<Taken>>>,
    lists: Arc<Mutex<Vec<String>>>,
    /// Whether Solapi's list never ends.
    endless: Arc<AtomicBool>,
    /// Statuses with which lists are met before they are shown.
    blind: Arc<Mutex<VecDeque<u16>>>,
}

impl Carrier {
    /// Meets sendings in this way, one after the other, and takes the rest.
    pub async fn meeting(meets: &[Meets]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let carrier = Self {
            address: listener.local_addr().unwrap(),
            meets: Arc::new(Mutex::new(meets.iter().cloned().collect())),
            taken: Arc::default(),
            lists: Arc::default(),
            endless: Arc::default(),
            blind: Arc::default(),
        };
        let serving = carrier.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let carrier = serving.clone();
                let service = service_fn(move |request| carrier.clone().answer(request));
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        carrier
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }

    /// The lists that were asked for, path and query.
    pub fn lists(&self) -> Vec<String> {
        self.lists.lock().unwrap().clone()
    }

    /// From now on there is always another page of Solapi's list, or never.
    pub fn endless(&self, endless: bool) {
        self.endless.store(endless, Ordering::SeqCst);
    }

    /// Meets the next lists with these statuses.
    pub fn blind(&self, statuses: &[u16]) {
        self.blind.lock().unwrap().extend(statuses);
    }

    async fn answer(self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, std::io::Error> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(std::io::Error::other)?.to_bytes();
        let path = head.uri.path().to_string();
        let solapi = path.starts_with("/messages/v4/");
        let known = match solapi {
            true => is_signed(&head.headers),
            false => has_key(&path, &head.headers),
        };
        if !known {
            return Ok(said(401, None, &json!({ "errorCode": "InvalidAPIKey" })));
        }
        match head.method {
            Method::GET => Ok(self.list(&path, head.uri.query().unwrap_or_default(), solapi)),
            _ => self.take(path, head.headers, &body, solapi).await,
        }
    }

    async fn take(
        self,
        path: String,
        headers: HeaderMap,
        body: &[u8],
        solapi: bool,
    ) -> Result<Response<Full<Bytes>>, std::io::Error> {
        assert!(
            headers["content-type"]
                .to_str()
                .unwrap()
                .starts_with("application/json")
        );
        let body: Value = serde_json::from_slice(body).unwrap();
        let message = if solapi {
            body["messages"][0].clone()
        } else {
            body["recipientList"][0].clone()
        };
        let meets = self.meets.lock().unwrap().pop_front().unwrap_or(Meets::Takes);
        if let Meets::Answers(status, rest, body) = meets {
            return Ok(said(status, rest, &body));
        }
        let taken = Taken {
            path,
            message: message.clone(),
            headers,
            body,
        };
        self.taken.lock().unwrap().push(taken);
        match meets {
            Meets::TakesAndBreaks => Err(std::io::Error::other("gone")),
            Meets::TakesAndHangs => std::future::pending().await,
            _ if solapi => Ok(said(
                200,
                None,
                &json!({
                    "failedMessageList": [], "groupInfo": { "count": { "total": 1, "registeredSuccess": 1 } },
                    "messageList": [{ "messageId": "M4V1", "statusCode": "2000", "customFields": message["customFields"] }],
                }),
            )),
            _ => Ok(said(200, None, &nhn_taken(&message))),
        }
    }

    fn list(&self, path: &str, query: &str, solapi: bool) -> Response<Full<Bytes>> {
        self.lists.lock().unwrap().push(format!("{path}?{query}"));
        if let Some(status) = self.blind.lock().unwrap().pop_front() {
            return said(status, None, &json!({}));
        }
        let asked = |name: &str| {
            query
                .split('&')
                .find_map(|p| p.strip_prefix(&format!("{name}=")))
                .map(str::to_string)
        };
        let taken = self.taken();
        if solapi {
            let to = asked("to").unwrap();
            assert!(
                asked("startDate").unwrap() < asked("endDate").unwrap()
                    && asked("dateType").unwrap() == "CREATED"
            );
            let ours = taken
                .iter()
                .filter(|t| t.message["to"] == to.as_str())
                .enumerate();
            let list: serde_json::Map<_, _> = ours
                .map(|(n, t)| {
                    let fields = &t.message["customFields"];
                    (
                        format!("M{n}"),
                        json!({ "statusCode": "3000", "customFields": fields, "to": to }),
                    )
                })
                .collect();
            let list = match self.endless.load(Ordering::SeqCst) {
                true => {
                    json!({ "nextKey": "more", "messageList": { "M9": { "statusCode": "4000", "customFields": {} } } })
                }
                false => json!({ "startKey": null, "nextKey": null, "limit": 100, "messageList": list }),
            };
            return said(200, None, &list);
        }
        assert!(asked("startRequestDate").unwrap() < asked("endRequestDate").unwrap());
        let key = asked("recipientGroupingKey").unwrap();
        let (to, page) = (asked("recipientNo").unwrap(), asked("pageSize").unwrap());
        assert!(page.parse::<u32>().unwrap() <= 1000);
        let list: Vec<Value> = taken
            .iter()
            .filter(|t| t.path == path && t.message["recipientGroupingKey"] == key.as_str())
            .filter(|t| t.message["recipientNo"] == to.as_str())
            .map(|t| json!({ "recipientGroupingKey": t.message["recipientGroupingKey"], "msgStatus": "3" }))
            .collect();
        let header = json!({ "isSuccessful": true, "resultCode": 0, "resultMessage": "SUCCESS" });
        match path.starts_with("/alimtalk/") {
            true => {
                let result = json!({ "messages": list, "totalCount": list.len() });
                said(
                    200,
                    None,
                    &json!({ "header": header, "messageSearchResultResponse": result }),
                )
            }
            false => said(
                200,
                None,
                &json!({ "header": header, "body": { "pageNum": 1, "data": list } }),
            ),
        }
    }
}

fn nhn_taken(message: &Value) -> Value {
    let result = json!([{ "recipientNo": message["recipientNo"], "resultCode": 0, "resultMessage": "SUCCESS", "recipientSeq": 1 }]);
    json!({
        "header": { "isSuccessful": true, "resultCode": 0, "resultMessage": "SUCCESS" },
        "body": { "data": { "requestId": "r1", "statusCode": "2", "sendResultList": result } },
        "message": { "requestId": "r1", "sendResults": result },
    })
}

fn said(status: u16, rest: Option<u32>, body: &Value) -> Response<Full<Bytes>> {
    let mut answer = Response::builder()
        .status(status)
        .header("content-type", "application/json");
    if let Some(rest) = rest {
        answer = answer.header("retry-after", rest);
    }
    answer.body(Full::new(body.to_string().into())).unwrap()
}

/// As Solapi checks it: the key, a date, a salt of 12 to 64 characters, and the signature over both.
fn is_signed(headers: &HeaderMap) -> bool {
    let value = headers["authorization"]
        .to_str()
        .unwrap()
        .strip_prefix("HMAC-SHA256 ")
        .unwrap();
    let field = |name: &str| {
        let found = value
            .split(", ")
            .find_map(|p| p.strip_prefix(&format!("{name}=")));
        found.unwrap().to_string()
    };
    let (date, salt) = (field("date"), field("salt"));
    assert!(date.parse::<jiff::Timestamp>().is_ok() && (12..=64).contains(&salt.len()));
    let signature: Vec<u8> = field("signature")
        .as_bytes()
        .chunks(2)
        .map(|two| u8::from_str_radix(str::from_utf8(two).unwrap(), 16).unwrap())
        .collect();
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    field("apiKey") == KEY && hmac::verify(&key, format!("{date}{salt}").as_bytes(), &signature).is_ok()
}

/// As NHN checks it: each service has its own app key and secret.
fn has_key(path: &str, headers: &HeaderMap) -> bool {
    let secret = headers["x-secret-key"].to_str().unwrap();
    match path.starts_with("/alimtalk/") {
        true => path.contains(KAKAO_KEY) && secret == KAKAO_SECRET,
        false => path.starts_with(&format!("/sms/v3.0/appKeys/{KEY}/sender/")) && secret == SECRET,
    }
}
