//! The half of a session that talks with the service.

use std::sync::Arc;
use std::time::Duration;

use biseo_speech::Transcript;
use futures_util::{SinkExt, StreamExt};
use tokio::time::{Instant, MissedTickBehavior, timeout};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, frame::coding::CloseCode};
use tokio_tungstenite::tungstenite::{Bytes, Message};

use super::line::Line;
use super::session::Limits;
use super::{Heard, Protocol, Utterance};
use crate::failure::Failure;
use crate::net::{Connector, Socket, open};

/// Samples that are sent at a time at least: 40 ms.
const LEAST: usize = 320;
/// A message that cannot be sent within this time is given up, and the connection with it.
const WRITE: Duration = Duration::from_secs(3);
/// How often the service is asked whether it is still there, and how long it may be silent.
const PING: Duration = Duration::from_secs(3);
const SILENCE: Duration = Duration::from_secs(10);
/// A connection without an utterance is kept for so long.
const IDLE: Duration = Duration::from_secs(45);
/// After the end and a final text: how long more of it is waited for.
const GRACE: Duration = Duration::from_millis(400);
/// For a good-bye.
const CLOSE: Duration = Duration::from_secs(1);

/// Serves one utterance after another until the session is dropped.
pub(super) async fn run<P: Protocol>(protocol: P, connector: Connector, line: Arc<Line>, limits: Limits) {
    let mut kept = None;
    while let Some(round) = next_round(&line, &mut kept).await {
        let served = tokio::select! {
            biased;
            () = line.over(round) => None,
            served = serve(&protocol, &connector, &line, limits, round, kept.take()) => Some(served),
        };
        match served {
            Some(Ok((transcript, socket))) => {
                line.settle(round, Ok(transcript));
                kept = socket;
            }
            Some(Err(failure)) => line.settle(round, Err(failure)),
            None => {}
        }
    }
    close(&mut kept).await;
}

/// The next utterance, or `None` at the session's end. Meanwhile the connection is listened to, so that its pings are
/// answered and its end is noticed.
async fn next_round(line: &Line, kept: &mut Option<Socket>) -> Option<u64> {
    let until = Instant::now() + IDLE;
    loop {
        if line.is_closed() {
            return None;
        }
        if let Some(round) = line.begun() {
            return Some(round);
        }
        let Some(socket) = kept else {
            line.woken().await;
            continue;
        };
        tokio::select! {
            () = line.woken() => {}
            message = socket.next() => {
                if !matches!(message, Some(Ok(Message::Text(_) | Message::Ping(_) | Message::Pong(_)))) {
                    *kept = None;
                }
            }
            () = tokio::time::sleep_until(until) => close(kept).await,
        }
    }
}

async fn close(kept: &mut Option<Socket>) {
    if let Some(mut socket) = kept.take() {
        // Politeness; whoever does not answer is left.
        let _ = timeout(CLOSE, socket.close(None)).await;
    }
}

async fn enter<P: Protocol>(protocol: &P, connector: &Connector, limits: Limits) -> Result<Socket, Failure> {
    let door = protocol.door().await?;
    let mut opened = open(connector, &door.url, door.headers, limits.connect).await;
    if opened.as_ref().err() == Some(&Failure::Status(401)) && protocol.shut_out().await {
        let door = protocol.door().await?;
        opened = open(connector, &door.url, door.headers, limits.connect).await;
    }
    let mut socket = opened?;
    if let Some(greeting) = protocol.greeting() {
        send(&mut socket, vec![greeting]).await?;
    }
    Ok(socket)
}

async fn send(socket: &mut Socket, messages: Vec<Message>) -> Result<(), Failure> {
    let all = async {
        for message in messages {
            socket.feed(message).await?;
        }
        socket.flush().await
    };
    match timeout(WRITE, all).await {
        Ok(sent) => sent.map_err(|e| crate::net::socket_failure(&e)),
        Err(_) => Err(Failure::Late(WRITE)),
    }
}

/// One utterance. Gives its text, and the connection if it serves for another.
async fn serve<P: Protocol>(
    protocol: &P,
    connector: &Connector,
    line: &Line,
    limits: Limits,
    round: u64,
    kept: Option<Socket>,
) -> Result<(Transcript, Option<Socket>), Failure> {
    if let Some(socket) = kept {
        let mut talk = Talk::new(protocol, line, round);
        match talk.run(socket).await {
            // It had gone in the meantime without our knowledge: nothing of this utterance was taken.
            Err(Failure::Connection | Failure::Closed) if !talk.answered => {
                line.give_back(round, &talk.sent);
            }
            served => return served,
        }
    }
    let socket = enter(protocol, connector, limits).await?;
    let mut talk = Talk::new(protocol, line, round);
    // A new connection is not doubted.
    talk.answered = true;
    talk.run(socket).await
}

/// One utterance on one connection.
struct Talk<'a, P: Protocol> {
    line: &'a Line,
    round: u64,
    utterance: P::Utterance,
    ended: bool,
    /// The service has said something since the utterance began.
    answered: bool,
    /// What was sent before it did.
    sent: Vec<i16>,
}

impl<'a, P: Protocol> Talk<'a, P> {
    fn new(protocol: &P, line: &'a Line, round: u64) -> Self {
        Self {
            line,
            round,
            utterance: protocol.utterance(),
            ended: false,
            answered: false,
            sent: Vec::new(),
        }
    }

    async fn run(&mut self, mut socket: Socket) -> Result<(Transcript, Option<Socket>), Failure> {
        let mut pings = tokio::time::interval_at(Instant::now() + PING, PING);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut last_heard = Instant::now();
        loop {
            let messages = self.due();
            if !messages.is_empty() {
                send(&mut socket, messages).await?;
            }
            let settled = self.utterance.settled().filter(|_| self.ended);
            tokio::select! {
                () = self.line.woken() => {}
                message = socket.next() => {
                    last_heard = Instant::now();
                    match self.hear(message)? {
                        Heard::Nothing => {}
                        Heard::Partial(text) => self.line.tell(self.round, text),
                        Heard::Final(text) => return Ok((text, P::KEEPS.then_some(socket))),
                    }
                }
                _ = pings.tick() => {
                    if last_heard.elapsed() > SILENCE {
                        return Err(Failure::Late(SILENCE));
                    }
                    send(&mut socket, vec![Message::Ping(Bytes::new())]).await?;
                }
                () = tokio::time::sleep(GRACE), if settled.is_some() => {
                    return Ok((settled.unwrap_or_default(), None));
                }
            }
        }
    }

    /// What is to be sent now.
    fn due(&mut self) -> Vec<Message> {
        let mut messages = Vec::new();
        let (samples, over) = self.line.take(self.round, LEAST);
        if !samples.is_empty() {
            self.utterance.audio(&samples, &mut messages);
        }
        if !self.answered {
            self.sent.extend_from_slice(&samples);
        }
        if over && !self.ended {
            self.ended = true;
            self.utterance.end(&mut messages);
        }
        messages
    }

    fn hear(&mut self, message: Incoming) -> Result<Heard, Failure> {
        match message {
            Some(Ok(Message::Text(text))) => {
                self.answered = true;
                self.sent = Vec::new();
                self.utterance.hear(&text)
            }
            Some(Ok(Message::Binary(_))) => Err(Failure::Form("octets where text is due")),
            Some(Ok(Message::Close(frame))) if self.ended && is_good_bye(frame.as_ref()) => {
                self.utterance.closed().map(Heard::Final)
            }
            Some(Ok(Message::Close(_))) | None => Err(Failure::Closed),
            Some(Ok(_)) => Ok(Heard::Nothing),
            Some(Err(e)) => Err(crate::net::socket_failure(&e)),
        }
    }
}

type Incoming = Option<Result<Message, tokio_tungstenite::tungstenite::Error>>;

/// Whether a service closes because all is done, and not for trouble of its own (RFC 6455, 7.4.1).
fn is_good_bye(frame: Option<&CloseFrame>) -> bool {
    frame.is_none_or(|frame| {
        matches!(
            frame.code,
            CloseCode::Normal | CloseCode::Away | CloseCode::Status
        )
    })
}
