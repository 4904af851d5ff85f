//! What can be learnt of a trunk, and what it says.

use std::time::Duration;

/// By what something was learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// A call, ours or theirs.
    Call,
    /// Our registration there.
    Registration,
    /// A ping (OPTIONS).
    Options,
}

/// What was learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// A response: any code from 100 to 699; of a call also provisional ones.
    Answered(By, u16),
    /// 503 with Retry-After (RFC 3261 §21.5.4).
    Busy(By, Duration),
    /// Nothing came before the other trunk was tried, or a ping was not answered: one lost packet may do that.
    Late(By),
    /// Nothing came at all (timers B and F of RFC 3261).
    Silent(By),
    /// The network says that nobody is there: ICMP, a refused or broken connection, no address.
    Unreachable(By),
    /// A call came in by it.
    Called,
}

/// What a piece of evidence says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// It carries calls, with so many points.
    Good(u8),
    /// It does not, with so many.
    Strike(u8),
    /// Neither.
    Nothing,
}

pub(super) fn says(evidence: Evidence) -> Says {
    match evidence {
        Evidence::Called => Says::Good(2),
        Evidence::Answered(By::Options, code) => match code {
            500 | 502..=504 => Says::Strike(1),
            // Whoever refuses OPTIONS (403, 404, 405, 501) is there all the same.
            _ => Says::Good(1),
        },
        Evidence::Answered(By::Registration, code) => match code {
            200..300 => Says::Good(2),
            500..600 => Says::Strike(1),
            _ => Says::Nothing,
        },
        Evidence::Answered(By::Call, code) => match code {
            // It does not take our credentials: no call will pass.
            401 | 407 => Says::Strike(1),
            // It is there, but something behind it did not answer; the callee may be to blame.
            408 => Says::Nothing,
            500..600 => Says::Strike(1),
            _ => Says::Good(2),
        },
        Evidence::Busy(..) => Says::Nothing,
        Evidence::Late(_) => Says::Strike(1),
        Evidence::Silent(By::Options) => Says::Strike(1),
        Evidence::Silent(_) | Evidence::Unreachable(_) => Says::Strike(2),
    }
}

pub(super) fn by(evidence: Evidence) -> By {
    match evidence {
        Evidence::Answered(by, _)
        | Evidence::Busy(by, _)
        | Evidence::Late(by)
        | Evidence::Silent(by)
        | Evidence::Unreachable(by) => by,
        Evidence::Called => By::Call,
    }
}
