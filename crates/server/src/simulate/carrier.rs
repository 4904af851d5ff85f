//! A platform in miniature: brings a simulated caller's call to a server by WebSocket. It sends 20 ms every 20 ms, plays what
//! it gets in the time that it lasts, sends marks back when they are reached and throws away what waits when it is told to.

use std::collections::VecDeque;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use biseo_media::FRAME_SAMPLES;
use biseo_media_io::{Law, MediaEngine, MediaSession, Octets, SessionConfig, Wire, WireOut};
use biseo_media_stream::client::{Client, ClientError, Wish};
use biseo_telephony::{EndCause, Party};
use tokio::time::MissedTickBehavior;

use crate::call::line::Line;
use crate::stream::{LetGo, Link, Told};

/// One packet's length.
const FRAME: Duration = Duration::from_millis(20);
/// The octet of silence (ITU-T G.711).
const SILENCE: u8 = 0xff;
/// Sound that may wait to be played: a minute. What goes beyond it is lost.
const WAITING: usize = 3000;

/// Whether a target is called by WebSocket: `ws://HOST:PORT/media-stream/TOKEN?to=haengbok`.
pub(super) fn carries(target: &str) -> bool {
    target.starts_with("ws://")
}

/// Brings a call. It goes on until the line is dropped or the other side ends it.
///
/// # Errors
/// In words: not reached, not let in.
pub(super) async fn dial(
    media: &MediaEngine,
    url: &str,
    number: &str,
) -> Result<(Line, MediaSession), String> {
    let client = Client::dial(url, number).await.map_err(|e| e.to_string())?;
    let nowhere = SessionConfig::on(Ipv4Addr::UNSPECIFIED.into());
    let (session, wire) = media.open_wired(nowhere, Law::Mu).map_err(|e| e.to_string())?;
    let (link, told, let_go) = Link::new();
    tokio::spawn(Carrier::new(client, wire).run(told, let_go));
    Ok((Line::Stream(link), session))
}

enum Waiting {
    Sound(Octets),
    Mark(String),
}

struct Carrier {
    client: Client,
    wire: Wire,
    /// What came and is not played yet.
    waiting: VecDeque<Waiting>,
    /// Sound that fills no frame yet.
    rest: Vec<u8>,
    /// Frames played.
    number: u64,
    /// Something was sent since the last tick.
    spoke: bool,
}

impl Carrier {
    fn new(client: Client, wire: Wire) -> Self {
        Self {
            client,
            wire,
            waiting: VecDeque::new(),
            rest: Vec::new(),
            number: 0,
            spoke: false,
        }
    }

    async fn run(mut self, told: Told, let_go: LetGo) {
        let ended = tokio::select! {
            ended = self.carry() => Some(ended),
            () = let_go.wait() => None,
        };
        match ended {
            None => self.client.stop().await,
            Some(Ok(())) => told.ended(Party::Remote, EndCause::Hangup).await,
            Some(Err(why)) => {
                tracing::warn!("a simulated caller's media stream has failed: {why}");
                told.ended(Party::Remote, EndCause::Timeout).await;
            }
        }
    }

    /// Until the other side ends the call.
    async fn carry(&mut self) -> Result<(), ClientError> {
        let mut ticks = tokio::time::interval(FRAME);
        // The other side is to hear as much as there is time.
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        loop {
            tokio::select! {
                _ = ticks.tick() => self.tick().await?,
                wish = self.client.next() => match wish? {
                    Wish::Play(octets) => self.buffer(&octets),
                    Wish::Mark(name) => {
                        self.waiting.push_back(Waiting::Mark(name));
                        self.reach_marks().await?;
                    }
                    Wish::Clear => self.clear().await?,
                    Wish::End(_) => return Ok(()),
                },
                out = self.wire.next() => match out {
                    Some(WireOut::Sound(octets)) => {
                        self.spoke = true;
                        self.client.media(&octets).await?;
                    }
                    Some(WireOut::Mark(mark)) => self.wire.played(mark),
                    // What was given has been sent.
                    Some(WireOut::Clear) => {}
                    None => return Ok(()),
                },
            }
        }
    }

    async fn tick(&mut self) -> Result<(), ClientError> {
        if !std::mem::take(&mut self.spoke) {
            self.client.media(&[SILENCE; FRAME_SAMPLES]).await?;
        }
        let octets = match self.waiting.front() {
            Some(Waiting::Sound(octets)) => *octets,
            _ => [SILENCE; FRAME_SAMPLES],
        };
        if matches!(self.waiting.front(), Some(Waiting::Sound(_))) {
            self.waiting.pop_front();
        }
        self.wire.give(self.number, &octets, Instant::now());
        self.number += 1;
        self.reach_marks().await
    }

    fn buffer(&mut self, octets: &[u8]) {
        self.rest.extend_from_slice(octets);
        let (whole, rest) = self.rest.as_chunks::<FRAME_SAMPLES>();
        let room = WAITING.saturating_sub(self.waiting.len());
        self.waiting
            .extend(whole.iter().take(room).map(|f| Waiting::Sound(*f)));
        self.rest = rest.to_vec();
    }

    /// Sends back the marks before which nothing waits.
    async fn reach_marks(&mut self) -> Result<(), ClientError> {
        while let Some(Waiting::Mark(name)) = self.waiting.front() {
            self.client.mark(name).await?;
            self.waiting.pop_front();
        }
        Ok(())
    }

    async fn clear(&mut self) -> Result<(), ClientError> {
        self.waiting.retain(|w| matches!(w, Waiting::Mark(_)));
        self.reach_marks().await
    }
}
