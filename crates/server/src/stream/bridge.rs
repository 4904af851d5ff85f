//! Carries one call between its WebSocket and its media session: frames both ways, marks, clears, keys, the end.

use std::time::{Duration, Instant};

use biseo_media_io::{Law, Octets, Wire, WireOut};
use biseo_media_stream::Event;
use biseo_media_stream::server::{Connection, Gone};
use biseo_telephony::{EndCause, Party};
use tokio::sync::watch;

use super::link::FarEnd;
use super::marks::Marks;

/// No sound was sent for so long: what the platform had is played, and its buffer is empty.
const EMPTY: Duration = Duration::from_millis(100);
/// Octets in a millisecond.
const PER_MS: usize = 8;

/// See the module's documentation.
pub(super) struct Bridge {
    connection: Connection,
    wire: Wire,
    far_end: FarEnd,
    stopping: watch::Receiver<()>,
    marks: Marks,
    sent: Option<Instant>,
}

/// Why carrying ends.
enum End {
    /// The conversation has hung up, or its session is gone.
    Ours,
    /// The caller has, or the platform.
    Theirs,
    /// The program is told to stop.
    Stopping,
    /// The connection has failed.
    Failed(Gone),
}

impl From<Gone> for End {
    fn from(gone: Gone) -> Self {
        match gone {
            Gone::Closed => Self::Theirs,
            gone => Self::Failed(gone),
        }
    }
}

impl Bridge {
    pub(super) fn new(
        connection: Connection,
        wire: Wire,
        far_end: FarEnd,
        stopping: watch::Receiver<()>,
    ) -> Self {
        Self {
            connection,
            wire,
            far_end,
            stopping,
            marks: Marks::default(),
            sent: None,
        }
    }

    /// Carries the call until its end. Each utterance is led by `lead` milliseconds of silence, so that the platform, which
    /// plays from the first octet on, does not run dry at the first packet that is late.
    pub(super) async fn carry(mut self, law: Law, lead: u16) {
        let lead = vec![silence(law); usize::from(lead) * PER_MS];
        let end = loop {
            if let Err(end) = self.step(&lead).await {
                break end;
            }
        };
        let (by, cause) = match &end {
            End::Ours => (Party::Local, EndCause::Hangup),
            End::Theirs => (Party::Remote, EndCause::Hangup),
            End::Stopping => (Party::Stack, EndCause::Shutdown),
            End::Failed(gone) => {
                tracing::warn!("the connection of a media stream has failed: {gone}");
                (Party::Remote, EndCause::Timeout)
            }
        };
        // The session's events end with the wire; the conversation waits for that.
        drop(self.wire);
        self.far_end.ended(by, cause).await;
        if matches!(end, End::Ours | End::Theirs | End::Stopping) {
            self.connection.close().await;
        }
    }

    async fn step(&mut self, lead: &[u8]) -> Result<(), End> {
        let due = self.marks.due();
        tokio::select! {
            event = self.connection.next() => self.heard(event?),
            out = self.wire.next() => self.say(out.ok_or(End::Ours)?, lead).await,
            () = at(due), if due.is_some() => {
                self.marks.overdue().into_iter().for_each(|mark| self.wire.played(mark));
                Ok(())
            }
            () = self.far_end.let_go() => Err(End::Ours),
            _ = self.stopping.changed() => Err(End::Stopping),
        }
    }

    fn heard(&mut self, event: Event) -> Result<(), End> {
        let now = Instant::now();
        match event {
            Event::Sound(frames) => frames
                .iter()
                .for_each(|f| self.wire.give(f.number, &f.octets, now)),
            Event::Mark(name) => {
                let played = self.marks.confirmed(&name);
                played.into_iter().for_each(|mark| self.wire.played(mark));
            }
            Event::Digit(digit) => self.far_end.key(digit),
            Event::Stopped => return Err(End::Theirs),
            Event::Started(_) | Event::Nothing => {}
        }
        Ok(())
    }

    async fn say(&mut self, out: WireOut, lead: &[u8]) -> Result<(), End> {
        match out {
            WireOut::Sound(octets) => self.sound(&octets, lead).await?,
            WireOut::Mark(mark) => {
                let name = self.marks.sent(mark, Instant::now());
                self.connection.mark(&name).await?;
            }
            WireOut::Clear => {
                self.connection.clear().await?;
                let gone = self.marks.cleared();
                gone.into_iter().for_each(|mark| self.wire.played(mark));
                self.sent = None;
            }
        }
        Ok(())
    }

    async fn sound(&mut self, octets: &Octets, lead: &[u8]) -> Result<(), End> {
        let now = Instant::now();
        let empty = self.sent.is_none_or(|sent| now.duration_since(sent) > EMPTY);
        self.sent = Some(now);
        if empty && !lead.is_empty() {
            self.connection.media(lead).await?;
        }
        Ok(self.connection.media(octets).await?)
    }
}

/// The octet of silence (ITU-T G.711).
fn silence(law: Law) -> u8 {
    match law {
        Law::Mu => 0xff,
        Law::A => 0xd5,
    }
}

/// Waits until an instant; for ever without one.
async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant.into()).await,
        None => std::future::pending().await,
    }
}
