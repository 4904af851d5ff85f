//! What changes something is carried out as a whole, its entry in the audit log included.

use axum::extract::Request;
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

use crate::problem::{Code, Problem};

/// Works in a task of its own: hyper drops what it serves when its client hangs up, and whoever does so at the right moment
/// would leave a change without its trace.
pub(crate) async fn whole(request: Request, next: Next) -> Result<Response, Problem> {
    if [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method()) {
        return Ok(next.run(request).await);
    }
    let done = tokio::spawn(next.run(request)).await;
    done.map_err(|_| Problem::new(Code::Internal))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn;
    use axum::routing::{get, post};
    use tokio::sync::{Notify, mpsc};
    use tower::ServiceExt;

    use super::*;

    /// Begins, waits for a bell, ends.
    fn router(bell: Arc<Notify>, told: mpsc::UnboundedSender<&'static str>) -> Router {
        let handler = move || {
            let (bell, told) = (bell.clone(), told.clone());
            async move {
                told.send("begun").unwrap();
                bell.notified().await;
                told.send("done").unwrap();
            }
        };
        let routes = get(handler.clone()).merge(post(handler));
        Router::new().route("/", routes).layer(from_fn(whole))
    }

    #[tokio::test]
    async fn who_hangs_up_leaves_nothing_half_done() {
        for (method, end) in [("POST", Some("done")), ("GET", None)] {
            let (bell, (tell, mut told)) = (Arc::new(Notify::new()), mpsc::unbounded_channel());
            let request = Request::builder()
                .method(method)
                .uri("/")
                .body(Body::empty())
                .unwrap();
            let mut asked = Box::pin(router(bell.clone(), tell).oneshot(request));
            tokio::select! {
                _ = &mut asked => unreachable!("the bell has not rung"),
                begun = told.recv() => assert_eq!(begun, Some("begun")),
            }
            drop(asked);
            bell.notify_one();
            assert_eq!(told.recv().await, end, "{method}");
        }
    }
}
