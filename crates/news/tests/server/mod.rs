//! A real HTTP server on the loopback that counts what it is asked.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

#[derive(Clone)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Answer {
    pub fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub fn octets(kind: &str, body: &[u8]) -> Self {
        let answer = Self {
            body: body.to_vec(),
            ..Self::status(200)
        };
        answer.with("content-type", kind)
    }

    pub fn html(body: &str) -> Self {
        Self::octets("text/html; charset=utf-8", body.as_bytes())
    }

    pub fn feed(body: &str) -> Self {
        Self::octets("application/rss+xml", body.as_bytes())
    }

    pub fn zipped(body: &[u8]) -> Self {
        let mut zip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        zip.write_all(body).unwrap();
        Self::octets("text/html", &zip.finish().unwrap()).with("content-encoding", "gzip")
    }

    pub fn to(address: &str) -> Self {
        Self::status(302).with("location", address)
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

#[derive(Default)]
struct State {
    pages: HashMap<String, Answer>,
    asked: HashMap<String, usize>,
    unchanged: HashMap<String, usize>,
}

pub struct Server {
    at: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Server {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let state = Arc::<Mutex<State>>::default();
        tokio::spawn(serve(listener, state.clone()));
        Self { at, state }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.at)
    }

    pub fn put(&self, path: &str, answer: Answer) {
        self.state.lock().unwrap().pages.insert(path.into(), answer);
    }

    pub fn asked(&self, path: &str) -> usize {
        self.state.lock().unwrap().asked.get(path).copied().unwrap_or(0)
    }

    /// How often it said that nothing is new.
    pub fn unchanged(&self, path: &str) -> usize {
        self.state
            .lock()
            .unwrap()
            .unchanged
            .get(path)
            .copied()
            .unwrap_or(0)
    }
}

async fn serve(listener: TcpListener, state: Arc<Mutex<State>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let state = state.clone();
        tokio::spawn(async move {
            let service = service_fn(|request| {
                let answer = answer(&state, &request);
                async move { Ok::<_, Infallible>(answer) }
            });
            let served =
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            // A client that gives up in the middle is what some tests are about.
            let _ = served.await;
        });
    }
}

fn answer(state: &Mutex<State>, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    let mut state = state.lock().unwrap();
    let path = request.uri().path().to_string();
    *state.asked.entry(path.clone()).or_default() += 1;
    let found = state.pages.get(&path).cloned().unwrap_or(Answer::status(404));
    let tag = found.headers.iter().find(|h| h.0 == "etag").map(|h| h.1.as_str());
    let known = request
        .headers()
        .get("if-none-match")
        .and_then(|v| v.to_str().ok());
    if tag.is_some() && tag == known {
        *state.unchanged.entry(path).or_default() += 1;
        return Response::builder().status(304).body(Full::default()).unwrap();
    }
    let mut response = Response::builder().status(found.status);
    for (name, value) in &found.headers {
        response = response.header(name, value);
    }
    response.body(Full::new(found.body.into())).unwrap()
}
