//! Serves a router by HTTP/1.1 with limits on everything: connections, headers, and the time to send them.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt;

/// Connections at once; further ones wait in the system's queue.
const CONNECTIONS: usize = 1024;
/// A request's headers come within this time, also on a connection that was used before.
const HEADERS: Duration = Duration::from_secs(30);
/// A request's headers have so many octets at most.
const HEADER_OCTETS: usize = 32 * 1024;
/// What is under way at the end has so long.
const FAREWELL: Duration = Duration::from_secs(5);

/// Serves until `shutdown` is ready; then what is under way is finished, for five seconds at most. TLS is a reverse proxy's.
/// Live streams end by [`Live::close`](crate::live::Live::close), which the caller does first.
pub async fn serve(listener: TcpListener, router: Router, shutdown: impl Future<Output = ()>) {
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = async {
            let place = places.clone().acquire_owned().await;
            (listener.accept().await, place)
        };
        let (accepted, place) = tokio::select! {
            () = &mut shutdown => break,
            accepted = accepted => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let connection = graceful.watch(connection(stream, peer, router.clone()));
                tokio::spawn(async move {
                    // An error is the client's: it is gone, or speaks something else.
                    let _ = connection.await;
                    drop(place);
                });
            }
            // Too many open files, mostly: others may close some.
            Err(e) => {
                tracing::warn!(error = %e, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
    let _ = tokio::time::timeout(FAREWELL, graceful.shutdown()).await;
}

fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> + Send {
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        let router = router.clone();
        async move {
            let response = router.oneshot(request.map(axum::body::Body::new)).await;
            Ok::<_, Infallible>(response.unwrap_or_else(|never| match never {}))
        }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_buf_size(HEADER_OCTETS)
        .serve_connection(TokioIo::new(stream), service)
}
