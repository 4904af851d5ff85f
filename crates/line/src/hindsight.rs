//! What a Biseo elsewhere tells afterwards, once the line is back: it could not be heard, but it has counted.

use crate::evidence::Later;
use crate::judge::beacon::lost;
use crate::verdict::{Finding, Label, Verdict};

/// The beacon was heard last so long before the fault's first sign at most, ms.
const BEFORE_MS: i64 = 5_000;

/// Adds to a verdict what became known of its time; whether there was anything. Only a fault of which it was not known which way it was is told.
pub(crate) fn tell(verdict: &mut Verdict, later: &Later) -> bool {
    let same = verdict.label == Label::BlackholeOrReturnLost
        && later.since_ms.saturating_add(BEFORE_MS) >= verdict.since_ms
        && later.forward_sent >= 2
        && later.return_sent >= 2;
    if same {
        verdict.findings.retain(|f| !is_later(f));
        verdict.findings.push(Finding::BeaconSaysLater {
            forward: lost((later.forward_sent, later.forward_got)),
            back: lost((later.return_sent, later.return_got)),
        });
    }
    same
}

/// Newer findings take the older ones' place, but for what was told afterwards.
pub(crate) fn renew(findings: &mut Vec<Finding>, newer: Vec<Finding>) {
    findings.retain(is_later);
    findings.splice(0..0, newer);
}

fn is_later(finding: &Finding) -> bool {
    matches!(finding, Finding::BeaconSaysLater { .. })
}
