//! Is this machine itself too slow to be believed?

use super::Past;
use crate::evidence::Host;
use crate::hold::{Opinion, Outlook};
use crate::verdict::{Consequence, Finding, Label};

/// Late timers alone are no overload (a machine may have been suspended): the cause must show as well.
pub(crate) fn judge(past: &Past) -> Outlook {
    let host = &past.host;
    let Some((at, newest)) = host.recent.back() else {
        return Outlook::Nothing;
    };
    if *at != past.now_ms {
        return Outlook::Nothing;
    }
    let starved = |h: &Host| {
        let cause = h.run_delay > host.delay_limit() || h.throttled.is_some_and(|t| t > 0.3);
        cause && f64::from(h.late_us) / 1e3 > host.late_limit()
    };
    let bad: Vec<i64> = host
        .recent
        .iter()
        .filter(|(_, h)| starved(h))
        .map(|(at, _)| *at)
        .collect();
    match bad.as_slice() {
        [] => Outlook::Well,
        [since, _, _, ..] if starved(newest) => Outlook::Wrong(opinion(newest, *since, bad.len())),
        _ => Outlook::Nothing,
    }
}

fn opinion(host: &Host, since: i64, windows: usize) -> Opinion {
    let mut findings = vec![Finding::TimerLate {
        ms: f64::from(host.late_us) / 1e3,
    }];
    findings.push(Finding::RunDelay {
        share: host.run_delay,
    });
    findings.extend(
        host.throttled
            .filter(|t| *t > 0.05)
            .map(|share| Finding::Throttled { share }),
    );
    let sure = if windows > 3 { 0.9 } else { 0.8 };
    Opinion::new(Label::HostOverloaded, since, sure, findings)
        .bringing(Consequence::Slow)
        .bringing(Consequence::SoundBroken)
}
