//! How long the first page of 100,000 calls takes, in the server: `cargo run --release -p biseo-api --example big_list [postgres]`.
//!
//! An SQLite file of its own, or with the word `postgres` a server of its own (Debian's `postgresql`; without `fsync`, which writes wait for and
//! readers do not). Medians of 50 requests through the whole router, without the network.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::http::Request;
use biseo_api::live::Live;
use biseo_api::{Api, Folder, Rate, Settings, auth, router};
use biseo_model::ids::{CallId, ShopId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{CallEnd, CallRecord};
use biseo_store::Store;
use biseo_testkit::cluster::Cluster;
use http_body_util::BodyExt;
use jiff::{SignedDuration, Timestamp};
use tower::ServiceExt;

type Failed = Box<dyn std::error::Error + Send + Sync>;

const CALLS: i64 = 100_000;

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let dir = tempfile::tempdir()?;
    let place = match std::env::args().nth(1).as_deref() {
        Some("postgres") => server(),
        _ => dir.path().join("biseo.db").display().to_string(),
    };
    let store = Store::open(&place).await?;
    let shop = ShopId::new("haengbok")?;
    let began = Instant::now();
    fill(&store, &shop).await?;
    println!("{CALLS} calls stored in {:.0} s", began.elapsed().as_secs_f64());
    let wide = Rate {
        burst: 100_000,
        per_second: 100_000.0,
    };
    let settings = Settings {
        totp_required: false,
        session_rate: wide,
        ..Settings::new(dir.path().into())
    };
    let shops = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shops");
    let folder = Arc::new(Folder::open(shops.as_ref())?);
    let router = router(Api::new(store.clone(), folder, Live::new(), settings));
    let token = auth::first_owner_link(&store, Some(&shop), "a", Timestamp::now()).await?;
    let body = serde_json::json!({"token": token, "login": "a", "name": "a", "password": "big-list-2026"});
    let joined = Request::post("/api/v1/invitations/accept")
        .header("x-biseo", "1")
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))?;
    let joined = router.clone().oneshot(joined).await?;
    let cookie = joined.headers().get("set-cookie").ok_or("not let in")?.clone();
    for query in [
        "calls",
        "calls?limit=200",
        "calls?outcome=failed",
        "calls?outcome=live",
        "calls?caller=01023450007",
        "callers",
        "summary",
    ] {
        let mut times = Vec::new();
        for _ in 0..50 {
            let path = format!("/api/v1/shops/{shop}/{query}");
            let request = Request::get(path)
                .header("cookie", cookie.clone())
                .body(Body::empty())?;
            let began = Instant::now();
            let answer = router.clone().oneshot(request).await?;
            if !answer.status().is_success() {
                return Err(format!("{query}: {}", answer.status()).into());
            }
            answer.into_body().collect().await?;
            times.push(began.elapsed().as_secs_f64() * 1000.0);
        }
        times.sort_by(f64::total_cmp);
        println!("{query}: median {:.1} ms, worst {:.1} ms", times[25], times[49]);
    }
    Ok(())
}

/// A schema of its own on a server of its own.
fn server() -> String {
    let (name, url) = Cluster::shared().new_schema();
    Cluster::shared().run(&format!("CREATE SCHEMA {name}"));
    url
}

async fn fill(store: &Store, shop: &ShopId) -> Result<(), Failed> {
    let mut tasks = tokio::task::JoinSet::new();
    for worker in 0..4 {
        let (store, shop) = (store.clone(), shop.clone());
        tasks.spawn(async move {
            for n in (worker..CALLS).step_by(4) {
                let started = Timestamp::now() - SignedDuration::from_secs(n * 60);
                let end = [CallEnd::Biseo, CallEnd::Caller, CallEnd::Silence];
                let end = if n % 997 == 0 {
                    CallEnd::Failed
                } else {
                    end[usize::try_from(n % 3)?]
                };
                let call = CallRecord {
                    id: CallId::new(format!("c{n}"))?,
                    shop: shop.clone(),
                    caller: Some(PhoneNumber::parse(&format!("010-2345-{:04}", n % 5000))?),
                    dialled: None,
                    forwarded: None,
                    started,
                    answered: Some(started),
                    ended: Some(started),
                    end: Some(end),
                    recording: None,
                };
                store.begin_call(&call).await?;
            }
            Ok::<_, Failed>(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(())
}
