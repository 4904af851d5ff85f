//! A voice on its way: fetched on the engine's thread, passed on to the call on one of its own.

use std::time::Duration;

use biseo_speech::SpeechSink;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::{Bytes, Incoming};
use hyper::header::CONTENT_TYPE;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::{NAME, wav};
use crate::failure::Failure;
use crate::net::Http;
use crate::sound::Telephone;

/// Octets of sound that a text may have: ten seconds, and one for each character, at the highest rate. No voice is so slow.
pub(super) const fn most_octets(characters: usize) -> usize {
    (10 + characters) * 96_000 * 2
}

pub(super) type Piece = std::result::Result<Bytes, Failure>;

/// Asks and hands the body on, piece by piece. A last piece that is empty says that it was whole.
pub(super) async fn fetch(
    http: Http,
    request: Request<Full<Bytes>>,
    (first, idle): (Duration, Duration),
    pieces: mpsc::Sender<Piece>,
) {
    if let Err(failure) = body(&http, request, first, idle, &pieces).await {
        // A listener that has gone needs no failure.
        let _ = pieces.send(Err(failure)).await;
    }
}

async fn body(
    http: &Http,
    request: Request<Full<Bytes>>,
    first: Duration,
    idle: Duration,
    pieces: &mpsc::Sender<Piece>,
) -> std::result::Result<(), Failure> {
    let response = http.send(request, first).await?;
    let kind = response.headers().get(CONTENT_TYPE);
    if kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json")) {
        return Err(Failure::Form("JSON where sound is due"));
    }
    let mut body: Incoming = response.into_body();
    let mut limit = first;
    loop {
        let frame = timeout(limit, body.frame())
            .await
            .map_err(|_| Failure::Late(limit))?;
        let Some(frame) = frame else {
            let _ = pieces.send(Ok(Bytes::new())).await;
            return Ok(());
        };
        let data = frame
            .map_err(|_| Failure::Connection)?
            .into_data()
            .unwrap_or_default();
        if data.is_empty() {
            continue;
        }
        limit = idle;
        if pieces.send(Ok(data)).await.is_err() {
            return Ok(());
        }
    }
}

/// How far a response is.
pub(super) enum Incoming8k {
    /// The WAV's head is not whole yet.
    Head,
    /// Samples come.
    Samples(Telephone),
}

/// Brings pieces to the telephone and to the call, until either ends.
pub(super) fn pass_on(
    mut pieces: mpsc::Receiver<Piece>,
    mut state: Incoming8k,
    most: usize,
    sink: &SpeechSink,
) {
    let outcome = pump(&mut pieces, &mut state, most, sink);
    if let Err(failure) = outcome
        && !sink.canceller().is_cancelled()
    {
        let error = failure.of(NAME);
        tracing::warn!(%error, "synthesis failed");
        sink.fail(error);
    }
}

fn pump(
    pieces: &mut mpsc::Receiver<Piece>,
    state: &mut Incoming8k,
    mut left: usize,
    sink: &SpeechSink,
) -> std::result::Result<(), Failure> {
    let mut octets = Vec::new();
    loop {
        // None: the fetching was broken off.
        let piece = pieces.blocking_recv().ok_or(Failure::Connection)??;
        if piece.is_empty() {
            break;
        }
        left = left.checked_sub(piece.len()).ok_or(Failure::Large)?;
        octets.extend_from_slice(&piece);
        if matches!(state, Incoming8k::Head)
            && let Some((rate, length)) = wav::head(&octets)?
        {
            octets.drain(..length);
            *state = Incoming8k::Samples(Telephone::new(rate));
        }
        if let Incoming8k::Samples(telephone) = state
            && !sink.send(telephone.push(&mut octets))
        {
            return Ok(());
        }
    }
    match std::mem::replace(state, Incoming8k::Head) {
        Incoming8k::Samples(telephone) => {
            sink.send(telephone.finish());
            Ok(())
        }
        Incoming8k::Head => Err(Failure::Form("no WAV of 16 bit and one channel")),
    }
}
