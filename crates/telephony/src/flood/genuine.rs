//! Genuine calls: one telephone of a trunk that places call after call, and how soon each was answered.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::config::{Limits, Listen, Proto, SipConfig};
use crate::sdp::{Codec, Direction, LocalCaps, LocalSrtp, Origin, offer};
use crate::{Leg, LegEvent, OutgoingCall, SipError, SipEvent, SipStack};

/// A call that is not answered by then counts as not answered.
const PATIENCE: Duration = Duration::from_secs(10);

/// What became of calls.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    /// How many were placed.
    pub placed: usize,
    /// From the INVITE to the 200, of each that was answered, in order of their answers.
    pub answered: Vec<Duration>,
}

impl Calls {
    /// Answered calls, in percent of those that were placed.
    #[must_use]
    // Counts of calls are exact in an f64.
    #[allow(clippy::cast_precision_loss)]
    pub fn percent(&self) -> f64 {
        100.0 * self.answered.len() as f64 / (self.placed.max(1)) as f64
    }
}

/// The value that `share` (0 to 1) of all are at most, by the nearest rank; zero of none.
#[must_use]
pub fn percentile(values: &[Duration], share: f64) -> Duration {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    // A rank is between 0 and the number of values.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss
    )]
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

/// A telephone that calls.
pub struct Genuine {
    stack: SipStack,
    _events: mpsc::Receiver<SipEvent>,
    here: IpAddr,
}

impl Genuine {
    /// Calls from that address, by UDP.
    ///
    /// # Errors
    /// No socket can be had there.
    pub async fn start(here: IpAddr) -> Result<Self, SipError> {
        let listen = Listen {
            proto: Proto::Udp,
            addr: SocketAddr::new(here, 0),
        };
        let config = SipConfig {
            listen: vec![listen],
            limits: Limits::default(),
            ..SipConfig::default()
        };
        let (stack, events) = SipStack::start(config).await?;
        Ok(Self {
            stack,
            _events: events,
            here,
        })
    }

    /// Places so many calls a second for so long, each hung up when it was answered and `talk` has passed.
    pub async fn place(&self, target: &str, a_second: u32, time: Duration, talk: Duration) -> Calls {
        let mut clock = tokio::time::interval(Duration::from_secs(1) / a_second.max(1));
        let (end, mut running, mut calls) = (Instant::now() + time, JoinSet::new(), Calls::default());
        while Instant::now() < end {
            clock.tick().await;
            calls.placed += 1;
            let call = OutgoingCall {
                to: target.to_owned(),
                from: Some("<sip:01023456789@127.77.0.1>".to_owned()),
                sdp: offer(&self.caps()),
                ..OutgoingCall::default()
            };
            running.spawn(once(self.stack.clone(), call, talk));
        }
        while let Some(done) = running.join_next().await {
            calls.answered.extend(done.ok().flatten());
        }
        calls
    }

    fn caps(&self) -> LocalCaps {
        LocalCaps {
            codecs: vec![Codec::Pcma, Codec::Pcmu],
            addr: self.here,
            port: 41_000,
            dtmf: true,
            ptime_ms: 20,
            rtcp_mux: false,
            srtp: LocalSrtp::off(),
            ice: None,
            direction: Direction::SendRecv,
            origin: Origin::new(1),
        }
    }

    /// Ends what is left of its calls.
    pub async fn stop(&self) {
        self.stack.shutdown().await;
    }
}

/// One call; gives how long its answer took.
async fn once(stack: SipStack, call: OutgoingCall, talk: Duration) -> Option<Duration> {
    let begin = Instant::now();
    let mut leg = stack.call(call).await.ok()?;
    let answer = tokio::time::timeout(PATIENCE, answered(&mut leg)).await;
    let took = begin.elapsed();
    let answer = answer.unwrap_or(false);
    if answer {
        tokio::time::sleep(talk).await;
    }
    leg.hangup();
    let over = async { while !matches!(leg.next_event().await, LegEvent::Ended(_)) {} };
    let _ = tokio::time::timeout(PATIENCE, over).await;
    answer.then_some(took)
}

async fn answered(leg: &mut Leg) -> bool {
    loop {
        match leg.next_event().await {
            LegEvent::Answered { .. } => return true,
            LegEvent::Ended(_) => return false,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_rank() {
        let ms = Duration::from_millis;
        let values: Vec<Duration> = (1..=100).rev().map(ms).collect();
        assert_eq!(percentile(&values, 0.5), ms(50));
        assert_eq!(percentile(&values, 0.95), ms(95));
        assert_eq!(percentile(&values[..1], 0.95), ms(100));
        assert_eq!(percentile(&[], 0.5), Duration::ZERO);
    }
}
