//! RTZR: `POST /v1/authenticate` and the WebSocket `/v1/transcribe:streaming`.

use std::collections::HashMap;
use std::io::BufReader;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use biseo_speech::{SttSession, Transcript};
use serde_json::{Value as Json, json};
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::{Message, WebSocket, accept_hdr};

use super::http::{self, answer};
use super::{Server, listener};

/// What its tests look at and change.
#[derive(Default)]
pub struct Desk {
    /// Tokens that were given; the last one is good.
    pub given: AtomicUsize,
    /// Tokens up to this number are not taken any more.
    pub withdrawn: AtomicUsize,
    /// Seconds that tokens are good for.
    pub lifetime: AtomicU64,
}

/// A service that does what it is asked; the client is `shop` with the secret `s3cret&more`.
pub fn start() -> (Server, Arc<Desk>) {
    let desk = Arc::new(Desk::default());
    desk.lifetime.store(6 * 3_600, Ordering::SeqCst);
    let theirs = desk.clone();
    (Server::start(move |_, stream| serve(stream, &theirs)), desk)
}

/// Serves one connection well.
pub fn serve(stream: TcpStream, desk: &Desk) {
    let mut first = [0; 4];
    while matches!(stream.peek(&mut first), Ok(n) if (1..4).contains(&n)) {}
    if &first == b"POST" {
        authenticate(stream, desk);
    } else if let Some((socket, words)) = shake(stream, desk) {
        transcribe(socket, listener(&words));
    }
}

/// Gives tokens.
pub fn authenticate(stream: TcpStream, desk: &Desk) {
    let mut out = stream.try_clone().unwrap();
    let mut reader = BufReader::new(stream);
    while let Some(request) = http::read(&mut reader) {
        assert!(
            request.line.starts_with("POST /v1/authenticate "),
            "{}",
            request.line
        );
        let form: HashMap<_, _> = form_urlencoded::parse(&request.body).into_owned().collect();
        let field = |name: &str| form.get(name).map(String::as_str);
        if (field("client_id"), field("client_secret")) != (Some("shop"), Some("s3cret&more")) {
            answer(
                &mut out,
                "401 Unauthorized",
                "",
                r#"{"code":"H0002","msg":"invalid credential"}"#,
            );
            continue;
        }
        let number = desk.given.fetch_add(1, Ordering::SeqCst) + 1;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let until = now + desk.lifetime.load(Ordering::SeqCst);
        let token = json!({"access_token": format!("token-{number}"), "expire_at": until});
        answer(
            &mut out,
            "200 OK",
            "Content-Type: application/json\r\n",
            &token.to_string(),
        );
    }
}

/// Shakes hands with whoever has a good token; gives the keywords too.
#[expect(clippy::result_large_err, reason = "tungstenite's own")]
pub fn shake(stream: TcpStream, desk: &Desk) -> Option<(WebSocket<TcpStream>, Vec<String>)> {
    let mut words = Vec::new();
    let look = |request: &Request, response: Response| {
        let good = |header: &str| {
            let number: usize = header.strip_prefix("Bearer token-")?.parse().ok()?;
            let (withdrawn, given) = (&desk.withdrawn, &desk.given);
            let range = withdrawn.load(Ordering::SeqCst) + 1..=given.load(Ordering::SeqCst);
            range.contains(&number).then_some(())
        };
        let query: HashMap<_, _> =
            form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes())
                .into_owned()
                .collect();
        let set = |name: &str, value: &str| query.get(name).is_some_and(|v| v == value);
        let header = request
            .headers()
            .get("authorization")
            .and_then(|h| h.to_str().ok());
        let status = if header.and_then(good).is_none() {
            401
        } else if request.uri().path() != "/v1/transcribe:streaming"
            || !set("sample_rate", "8000")
            || !set("encoding", "LINEAR16")
        {
            400
        } else {
            let keywords = query.get("keywords").map(String::as_str).unwrap_or_default();
            words = keywords.split(',').map(str::to_owned).collect();
            return Ok(response);
        };
        let mut refused = ErrorResponse::new(None);
        *refused.status_mut() = status.try_into().unwrap();
        Err(refused)
    };
    let socket = accept_hdr(stream, look).ok()?;
    Some((socket, words))
}

fn transcribe(mut socket: WebSocket<TcpStream>, mut session: Box<dyn SttSession>) {
    let mut told = String::new();
    while let Ok(message) = socket.read() {
        match message {
            Message::Binary(octets) => {
                let samples: Vec<i16> = octets
                    .as_chunks()
                    .0
                    .iter()
                    .map(|&b| i16::from_le_bytes(b))
                    .collect();
                session.accept(&samples).unwrap();
                let text = session.partial().unwrap().text;
                if text != told {
                    let event = json!({"seq": 0, "start_at": 0, "duration": 0, "final": false,
                        "alternatives": [{"text": text}]});
                    let _ = socket.send(Message::text(event.to_string()));
                    told = text;
                }
            }
            Message::Text(text) if text.as_str() == "EOS" => {
                let found = session.finish().unwrap();
                if !found.text.is_empty() {
                    let _ = socket.send(Message::text(sentence(&found).to_string()));
                }
                let _ = socket.close(None);
            }
            _ => {}
        }
    }
}

/// A final sentence: its words in tokens of one syllable, with `|` between words.
fn sentence(found: &Transcript) -> Json {
    let mut tokens = Vec::new();
    for word in &found.words {
        if !tokens.is_empty() {
            tokens.push(json!({"text": "|", "start_at": 0, "duration": 0}));
        }
        for syllable in word.text.chars() {
            let at = word.start.unwrap_or_default() / 8;
            tokens.push(
                json!({"text": syllable, "start_at": at, "duration": 10, "confidence": word.confidence}),
            );
        }
    }
    json!({"seq": 0, "start_at": 0, "duration": 1000, "final": true,
        "alternatives": [{"text": found.text, "confidence": found.confidence, "words": tokens}]})
}
