//! What a verdict brings about: what callers are told, and whether the shops' people are.

use biseo_line::{Consequence, Finding, Label, Subject, Verdict};
use biseo_model::incident::IncidentKind;

/// Of what callers are told while a verdict stands. What cannot be told is not guessed at to callers, and what is somebody else's
/// fault is told of that one.
pub(super) fn announced(verdict: &Verdict) -> Option<IncidentKind> {
    if verdict.because_of.is_some() || verdict.label == Label::CannotTell || is_elsewhere(verdict) {
        return None;
    }
    let brings = |c| verdict.consequences.contains(&c);
    match &verdict.subject {
        Subject::Names => Some(IncidentKind::InternetDown),
        Subject::Uplink(_) if brings(Consequence::CallsFail) => Some(IncidentKind::InternetDown),
        Subject::Trunk(_) if brings(Consequence::CallsFail) => Some(IncidentKind::LineDown),
        Subject::Uplink(_) | Subject::Trunk(_) if brings(Consequence::SoundBroken) => {
            Some(IncidentKind::LinePoor)
        }
        _ => None,
    }
}

/// The same of a verdict that has grown. More may follow from it than at first, and callers are told of that; what was told holds, unless it has
/// turned out to be one area's.
pub(super) fn still_announced(before: Option<IncidentKind>, verdict: &Verdict) -> Option<IncidentKind> {
    before.filter(|_| !is_elsewhere(verdict)).or(announced(verdict))
}

/// Whether it concerns callers from one area only: those who hear an announcement are not among them.
fn is_elsewhere(verdict: &Verdict) -> bool {
    let only = |f: &Finding| matches!(f, Finding::OnlyFrom { .. });
    verdict.findings.iter().any(only)
}

/// Whether the shops' people are told: of causes, and not of what does no harm or is a caller's own.
pub(super) fn is_told(verdict: &Verdict) -> bool {
    verdict.because_of.is_none()
        && !matches!(
            verdict.label,
            Label::PathChanged | Label::OtherPartyMedia | Label::Normal
        )
}

#[cfg(test)]
mod tests {
    use super::super::status::tests::verdict;
    use super::*;

    #[test]
    fn callers_hear_of_what_is_known_and_only_of_causes() {
        let dead = verdict(Label::TrunkDead, 0, 0);
        assert_eq!(announced(&dead), Some(IncidentKind::LineDown));
        assert!(is_told(&dead));
        let mut busan = verdict(Label::TrunkHang, 0, 0);
        busan.findings.push(Finding::OnlyFrom { area: "051".into() });
        assert_eq!((announced(&busan), is_told(&busan)), (None, true));
        let told = Some(IncidentKind::LineDown);
        assert_eq!(
            still_announced(told, &busan),
            None,
            "it was taken for the whole trunk's"
        );
        assert_eq!(still_announced(None, &dead), told);
        let light = Verdict {
            consequences: Vec::new(),
            ..dead.clone()
        };
        assert_eq!(still_announced(told, &light), told);
        let unclear = verdict(Label::CannotTell, 0, 0);
        assert_eq!((announced(&unclear), is_told(&unclear)), (None, true));
        let inherited = Verdict {
            because_of: Some(Subject::Uplink("eth0".into())),
            ..dead.clone()
        };
        assert_eq!((announced(&inherited), is_told(&inherited)), (None, false));
        let uplink = Verdict {
            subject: Subject::Uplink("eth0".into()),
            ..verdict(Label::UplinkDown, 0, 0)
        };
        assert_eq!(announced(&uplink), Some(IncidentKind::InternetDown));
        let flood = Verdict {
            label: Label::TrafficFlood,
            consequences: vec![Consequence::Slow, Consequence::SoundBroken],
            ..uplink
        };
        assert_eq!(announced(&flood), Some(IncidentKind::LinePoor));
        let host = Verdict {
            subject: Subject::Host,
            label: Label::HostOverloaded,
            ..flood
        };
        assert_eq!((announced(&host), is_told(&host)), (None, true));
        let other = Verdict {
            consequences: vec![Consequence::Slow],
            ..verdict(Label::PathChanged, 0, 0)
        };
        assert_eq!((announced(&other), is_told(&other)), (None, false));
    }
}
