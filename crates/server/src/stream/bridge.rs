//! Carries one call between its WebSocket and its media session: frames both ways, marks, clears, keys, the end.

use std::time::Instant;

use biseo_media_io::{Wire, WireOut};
use biseo_media_stream::Event;
use biseo_media_stream::server::{Connection, Gone, Goodbye};
use biseo_telephony::{EndCause, Party};
use tokio::sync::watch;

use super::link::{LetGo, Told};
use super::marks::Marks;

/// See the module's documentation.
pub(super) struct Bridge {
    connection: Connection,
    wire: Wire,
    told: Told,
    marks: Marks,
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
    /// Between a connection and the session at the other end of `wire`.
    pub(super) fn new(connection: Connection, wire: Wire, told: Told) -> Self {
        Self {
            connection,
            wire,
            told,
            marks: Marks::default(),
        }
    }

    /// Carries the call until somebody ends it: the caller, the conversation by `let_go`, the program by `stopping`.
    pub(super) async fn carry(mut self, let_go: LetGo, mut stopping: watch::Receiver<()>) {
        // A platform that does not read keeps nobody from ending the call.
        let end = tokio::select! {
            end = self.steps() => end,
            () = let_go.wait() => End::Ours,
            _ = stopping.changed() => End::Stopping,
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
        self.told.ended(by, cause).await;
        if !matches!(end, End::Failed(_)) {
            self.connection.close(Goodbye::Over).await;
        }
    }

    async fn steps(&mut self) -> End {
        loop {
            if let Err(end) = self.step().await {
                return end;
            }
        }
    }

    async fn step(&mut self) -> Result<(), End> {
        let due = self.marks.due();
        tokio::select! {
            event = self.connection.next() => self.heard(event?),
            out = self.wire.next() => {
                self.say(out.ok_or(End::Ours)?).await?;
                // A platform that takes it so slowly is as good as gone, and a mark may be among what was dropped.
                if self.wire.lost() > 0 {
                    return Err(End::Failed(Gone::Stuck));
                }
                Ok(())
            }
            () = at(due) => {
                self.marks.overdue().into_iter().for_each(|mark| self.wire.played(mark));
                Ok(())
            }
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
            Event::Digit(digit) => self.told.key(digit),
            Event::Stopped => return Err(End::Theirs),
            Event::Started(_) | Event::Nothing => {}
        }
        Ok(())
    }

    async fn say(&mut self, out: WireOut) -> Result<(), End> {
        match out {
            WireOut::Sound(octets) => self.connection.media(&octets).await?,
            WireOut::Mark(mark) => {
                let name = self.marks.sent(mark, Instant::now());
                self.connection.mark(&name).await?;
            }
            WireOut::Clear => {
                self.connection.clear().await?;
                let gone = self.marks.cleared();
                gone.into_iter().for_each(|mark| self.wire.played(mark));
            }
        }
        Ok(())
    }
}

/// Waits until an instant; for ever without one.
async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant.into()).await,
        None => std::future::pending().await,
    }
}
