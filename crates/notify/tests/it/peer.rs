//! An HTTP server that answers by a list of statuses and keeps what it was sent.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

/// A request as it came.
#[derive(Clone)]
pub struct Got {
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Got {
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

/// The server.
#[derive(Clone)]
pub struct Peer {
    pub address: SocketAddr,
    answers: Arc<Mutex<VecDeque<u16>>>,
    got: Arc<Mutex<Vec<Got>>>,
    /// Octets that each answer has to say beside its status.
    talk: usize,
}

impl Peer {
    /// Answers with these statuses, one after the other; 500 after the last.
    pub async fn answering(answers: &[u16]) -> Self {
        Self::talking(answers, 0).await
    }

    /// The same with so many octets behind each status.
    pub async fn talking(answers: &[u16], talk: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let peer = Self {
            address: listener.local_addr().unwrap(),
            answers: Arc::new(Mutex::new(answers.iter().copied().collect())),
            got: Arc::default(),
            talk,
        };
        tokio::spawn(peer.clone().serve(listener));
        peer
    }

    pub fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    async fn serve(self, listener: TcpListener) {
        while let Ok((stream, _)) = listener.accept().await {
            let peer = self.clone();
            let service = service_fn(move |request| peer.clone().answer(request));
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    }

    async fn answer(self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
        assert_eq!(request.method(), "POST");
        let (head, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        self.got.lock().unwrap().push(Got {
            path: head.uri.path().to_string(),
            headers: head.headers,
            body,
        });
        let status = self.answers.lock().unwrap().pop_front().unwrap_or(500);
        let answer = Response::builder()
            .status(status)
            .body(Full::new(vec![b'x'; self.talk].into()));
        Ok(answer.unwrap())
    }
}
