use std::io::Read as _;

use axum::http::Request;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::*;

// `FALLBACK`: what is embedded where the console was not built.
include!(concat!(env!("OUT_DIR"), "/fallback.rs"));

#[path = "../build.rs"]
#[expect(dead_code, reason = "the tests look at its choice only")]
mod build;

async fn get(path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, Vec<u8>) {
    of(ASSETS, path, headers).await
}

async fn of(table: Table, path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, Vec<u8>) {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = serving::<()>(table)
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    let (parts, body) = response.into_parts();
    (
        parts.status,
        parts.headers,
        body.collect().await.unwrap().to_bytes().to_vec(),
    )
}

#[tokio::test]
async fn a_page_of_the_console_gets_the_index() {
    let (status, headers, body) = get("/", &[]).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
    assert_eq!(headers[header::CACHE_CONTROL], "no-cache");
    assert!(String::from_utf8(body.clone()).unwrap().contains("lang=\"ko\""));
    assert_eq!(get("/calls/c-1", &[]).await.2, body);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    for path in [
        "/nothing.js",
        "/assets/none.css",
        "/api/v1/shops",
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml.js",
    ] {
        assert_eq!(get(path, &[]).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn nothing_but_reading_is_allowed() {
    let request = Request::post("/").body(Body::empty()).unwrap();
    let response = router::<()>().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    // RFC 9110 §15.5.6: it says what is allowed.
    assert_eq!(response.headers()[header::ALLOW], "GET, HEAD");
}

#[tokio::test]
async fn what_is_kept_is_not_sent_again() {
    let (_, headers, _) = get("/", &[]).await;
    let tag = headers[header::ETAG].to_str().unwrap();
    let (status, _, body) = get("/", &[("if-none-match", tag)]).await;
    assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0));
}

#[tokio::test]
async fn gzip_is_for_those_who_take_it_and_says_the_same() {
    let mut packed = 0;
    for asset in ASSETS.iter().filter(|a| a.gzip.is_some()) {
        let path = format!("/{}", asset.path);
        let (_, headers, body) = get(&path, &[("accept-encoding", "br, gzip;q=0.5")]).await;
        assert_eq!(headers[header::CONTENT_ENCODING], "gzip");
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(&body[..])
            .read_to_end(&mut plain)
            .unwrap();
        assert_eq!(plain, asset.plain);
        let (_, headers, body) = get(&path, &[("accept-encoding", "gzip;q=0")]).await;
        assert!(!headers.contains_key(header::CONTENT_ENCODING));
        assert_eq!(body, asset.plain);
        packed += 1;
    }
    assert!(packed > 0);
}

#[tokio::test]
async fn every_answer_carries_the_policy() {
    for path in ["/", "/nothing.js"] {
        let (_, headers, _) = get(path, &[]).await;
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
    }
}

#[test]
fn hashed_files_are_kept_for_ever_and_only_they() {
    for asset in ASSETS {
        assert_eq!(
            caching(asset).contains("immutable"),
            asset.path.starts_with("assets/"),
            "{}",
            asset.path
        );
    }
}

/// No page holds a script or a style of its own: the policy would forbid it.
#[test]
fn the_page_has_nothing_inline() {
    let page = String::from_utf8(asset(ASSETS, "/").unwrap().plain.to_vec()).unwrap();
    assert!(!page.contains("<style") && !page.contains(" style=") && !page.contains(" onload="));
    for script in page.split("<script").skip(1) {
        assert!(script.split('>').next().unwrap().contains("src="));
    }
}

#[tokio::test]
async fn without_the_console_every_page_says_what_is_missing() {
    let (status, headers, body) = of(FALLBACK, "/", &[]).await;
    let page = String::from_utf8(body.clone()).unwrap();
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
    assert!(headers.contains_key(header::CONTENT_SECURITY_POLICY));
    for words in [
        "화면이 들어 있지 않습니다",
        "not part of this program",
        "make web",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert_eq!(of(FALLBACK, "/calls/c-1", &[]).await.2, body, "on every path");
    assert_eq!(of(FALLBACK, "/api/v1/shops", &[]).await.0, StatusCode::NOT_FOUND);
    // It needs nothing that is not there, and runs nothing.
    assert!(!page.contains("<script"));
    for link in page.split("href=\"").skip(1) {
        let path = link.split('"').next().unwrap();
        assert_eq!(of(FALLBACK, path, &[]).await.0, StatusCode::OK, "{path}");
    }
}

#[test]
fn the_console_is_embedded_if_it_was_built_and_the_page_else() {
    let place = tempfile::tempdir().unwrap();
    let here = place.path().join("crates/console");
    std::fs::create_dir_all(&here).unwrap();
    assert_eq!(
        build::root(&here),
        (here.join("fallback"), false),
        "no Node was here"
    );
    let dist = here.join("../../web/dist");
    std::fs::create_dir_all(&dist).unwrap();
    assert!(!build::root(&here).1, "a build that broke off has no page");
    std::fs::write(dist.join("index.html"), "<!doctype html>").unwrap();
    assert_eq!(build::root(&here), (dist, true));
}
