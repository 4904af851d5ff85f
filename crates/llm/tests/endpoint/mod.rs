//! A chat endpoint as others run it: HTTP/1.1, `POST /v1/chat/completions`, an answer by JSON schema. It answers as it is
//! told to, well or badly.
#![allow(dead_code)] // each test file uses its part

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How it answers.
#[derive(Debug, Clone)]
pub enum Way {
    /// With this as the model's answer.
    Says(String),
    /// With this body.
    Body(String),
    /// With this status.
    Status(u16),
    /// With a body that is announced longer than it is.
    Truncated,
    /// With ten megabytes.
    Huge,
    /// Never.
    Silent,
    /// One octet, and then no more.
    Drip,
    /// By closing the connection.
    Reset,
}

/// A running endpoint.
pub struct Endpoint {
    /// Its address, for `Client::new`.
    pub url: String,
    /// How many questions came.
    pub asked: Arc<AtomicUsize>,
    /// How many connections came.
    pub connections: Arc<AtomicUsize>,
    /// The last question: head and body.
    pub last: Arc<Mutex<(String, Json)>>,
    way: Arc<Mutex<Way>>,
}

impl Endpoint {
    /// Begins to listen.
    pub async fn start(way: Way) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = Self {
            url: format!("http://{}/v1", listener.local_addr().unwrap()),
            asked: Arc::default(),
            connections: Arc::default(),
            last: Arc::new(Mutex::new((String::new(), Json::Null))),
            way: Arc::new(Mutex::new(way)),
        };
        let (asked, connections) = (endpoint.asked.clone(), endpoint.connections.clone());
        let (last, way) = (endpoint.last.clone(), endpoint.way.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream, asked.clone(), last.clone(), way.clone()));
            }
        });
        endpoint
    }

    /// Answers otherwise from now on.
    pub fn answer(&self, way: Way) {
        *self.way.lock().unwrap() = way;
    }

    /// How many questions came.
    pub fn count(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

async fn serve(
    mut stream: TcpStream,
    asked: Arc<AtomicUsize>,
    last: Arc<Mutex<(String, Json)>>,
    way: Arc<Mutex<Way>>,
) {
    while let Some(question) = read(&mut stream).await {
        asked.fetch_add(1, Ordering::SeqCst);
        *last.lock().unwrap() = question;
        let way = way.lock().unwrap().clone();
        match way {
            Way::Says(text) => {
                let body = json!({"id": "chatcmpl-1", "object": "chat.completion", "choices": [
                    {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}]});
                write(&mut stream, 200, &body.to_string()).await;
            }
            Way::Body(body) => write(&mut stream, 200, &body).await,
            Way::Status(status) => write(&mut stream, status, "{\"error\":{}}").await,
            Way::Truncated => {
                let _ = stream
                    .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"choices\":")
                    .await;
                return;
            }
            Way::Huge => {
                let body = format!("{{\"choices\":[],\"x\":\"{}\"}}", "x".repeat(10_000_000));
                write(&mut stream, 200, &body).await;
            }
            Way::Silent => std::future::pending().await,
            Way::Drip => {
                let _ = stream
                    .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")
                    .await;
                std::future::pending::<()>().await;
            }
            Way::Reset => return,
        }
    }
}

/// One request, or `None` at the connection's end.
async fn read(stream: &mut TcpStream) -> Option<(String, Json)> {
    let mut octets = Vec::new();
    let head = loop {
        if let Some(at) = octets.windows(4).position(|w| w == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut octets).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8(octets[..head].to_vec()).unwrap();
    let length = text.to_lowercase();
    let length = length.lines().find_map(|l| l.strip_prefix("content-length:"))?;
    let length: usize = length.trim().parse().unwrap();
    while octets.len() < head + length {
        if stream.read_buf(&mut octets).await.ok()? == 0 {
            return None;
        }
    }
    Some((
        text,
        serde_json::from_slice(&octets[head..head + length]).unwrap(),
    ))
}

async fn write(stream: &mut TcpStream, status: u16, body: &str) {
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(body.as_bytes()).await;
}
