//! A trunk and the way to it.

use super::Past;
use super::calls::{CallsPast, SetUps};
use super::past::{Differs, refusing};
use super::way::Silence;
use crate::evidence::{By, Calls, Place, Refusal};
use crate::hold::{Opinion, Outlook};
use crate::series::Series;
use crate::site::TrunkAt;
use crate::verdict::{Consequence, Finding, Label};

/// How far back real calls count, ms.
const CALLS_MS: i64 = 20_000;

pub(crate) fn judge(past: &Past, trunk: &TrunkAt) -> Outlook {
    let view = View::new(past, trunk);
    let Some(last) = view.witnesses.iter().filter_map(|s| s.last_answer_ms()).max() else {
        return view.calls_only();
    };
    let silence = Silence {
        past,
        trunk,
        witnesses: &view.witnesses,
        since_ms: last,
    };
    if view.all_silent(600, 2) {
        let port = view.port_closed(last);
        return port.or_else(|| silence.said()).unwrap_or_else(|| {
            if view.all_silent(1_000, 4) {
                silence.ends()
            } else {
                Outlook::Nothing
            }
        });
    }
    let faults = [
        View::port_or_hang,
        View::rejecting,
        View::lossy,
        View::changed,
        View::calls_of_one_area_fail,
        View::calls_fail,
        View::calls_fail_in_a_row,
        View::sound_of_one_area,
        View::sound,
    ];
    faults
        .iter()
        .find_map(|fault| fault(&view))
        .unwrap_or_else(|| view.well())
}

struct View<'a> {
    past: &'a Past,
    trunk: &'a TrunkAt,
    icmp: Option<&'a Series>,
    options: Option<&'a Series>,
    witnesses: Vec<&'a Series>,
    calls: Calls,
}

impl<'a> View<'a> {
    fn new(past: &'a Past, trunk: &'a TrunkAt) -> Self {
        let series = |by| past.series(Place::Trunk, &trunk.name, by).filter(|s| s.witness());
        let (icmp, options) = (series(By::Icmp), series(By::Options));
        let witnesses = [icmp, options].into_iter().flatten().collect();
        let calls = past
            .calls
            .get(&trunk.name)
            .map(|c| c.sum(past.now_ms, CALLS_MS))
            .unwrap_or_default();
        Self {
            past,
            trunk,
            icmp,
            options,
            witnesses,
            calls,
        }
    }

    fn now(&self) -> i64 {
        self.past.now_ms
    }

    fn all_silent(&self, span_ms: i64, least: u32) -> bool {
        let silent = |s: &&Series| s.silent(self.now(), span_ms, least).is_some();
        // One kind of probe is slower to be given up than the other: it may still be waiting, but it must not have answered.
        let quiet = |s: &&Series| s.sum(self.now() - span_ms).answered == 0;
        self.witnesses.iter().any(silent) && self.witnesses.iter().all(quiet)
    }

    fn well(&self) -> Outlook {
        let fresh = self.witnesses.iter().any(|s| s.well(self.now(), 1_600));
        if fresh { Outlook::Well } else { Outlook::Nothing }
    }

    /// Without any probe that is answered, real calls are all there is.
    fn calls_only(&self) -> Outlook {
        let well = if self.set_ups().well() > 0 {
            Outlook::Well
        } else {
            Outlook::Nothing
        };
        self.calls_of_one_area_fail()
            .or_else(|| self.calls_fail())
            .or_else(|| self.calls_fail_in_a_row())
            .unwrap_or(well)
    }

    fn port_closed(&self, since: i64) -> Option<Outlook> {
        let (_, _by) = self
            .options?
            .refusals(since.max(self.now() - 3_000), |why| why == Refusal::Port)?;
        let opinion = Opinion::new(Label::TrunkDead, since, 0.93, vec![Finding::PortClosed]);
        Some(Outlook::Wrong(opinion.bringing(Consequence::CallsFail)))
    }

    /// The machine answers pings, its SIP server does not.
    fn port_or_hang(&self) -> Option<Outlook> {
        let options = self.options?;
        let quiet = options.silent(self.now(), 1_600, 3)?;
        if let Some(closed) = self.port_closed(self.now() - quiet) {
            return Some(closed);
        }
        let icmp = self.icmp.filter(|s| s.well(self.now(), 1_600))?;
        let mut findings = vec![Finding::OptionsSilent { ms: quiet }];
        findings.extend(
            icmp.rtt(self.now(), 1_600)
                .map(|ms| Finding::TrunkMachineWell { ms }),
        );
        findings.extend((self.calls.unanswered > 0).then_some(Finding::CallsUnanswered {
            n: self.calls.unanswered,
        }));
        // Real calls that are answered say more than a question that is not. So does a registration: the same server answered it.
        let set_ups = self.set_ups();
        if set_ups.well() + set_ups.registered > 0 {
            return None;
        }
        let opinion = Opinion::new(Label::TrunkHang, self.now() - quiet, 0.85, findings);
        Some(Outlook::Wrong(opinion.bringing(Consequence::CallsFail)))
    }

    fn rejecting(&self) -> Option<Outlook> {
        let codes = self.options?.codes(self.now(), 1_600);
        let past_calls = self.past.calls.get(&self.trunk.name);
        if past_calls.is_some_and(CallsPast::refuses_always) {
            return None;
        }
        let all: u32 = codes.iter().fold(0, |n, (_, k)| n.saturating_add(*k));
        let bad = codes
            .iter()
            .filter(|(code, _)| refusing(*code))
            .max_by_key(|(_, n)| *n)?;
        let share = f64::from(bad.1) / f64::from(all.max(1));
        let findings = vec![Finding::Refusals {
            status: bad.0,
            n: bad.1,
        }];
        let opinion = Opinion::new(Label::TrunkRejecting, self.now() - 1_600, 0.9, findings);
        (bad.1 >= 3 && share > 0.7).then(|| Outlook::Wrong(opinion.bringing(Consequence::CallsFail)))
    }

    /// What became of calls, where at least three of the last ones failed and hardly any went well.
    fn calls_fail(&self) -> Option<Outlook> {
        let calls = self.set_ups();
        let all = f64::from(calls.failed() + calls.well());
        let enough = calls.failed() >= 3 && f64::from(calls.failed()) >= 0.7 * all;
        enough.then(|| Outlook::Wrong(failing(calls, self.now() - 2_000, 0.7)))
    }

    fn set_ups(&self) -> SetUps {
        SetUps {
            tried: self.calls.tried,
            refused: self.calls.refused,
            unanswered: self.calls.unanswered,
            registered: self.calls.registered,
        }
    }

    fn past_calls(&self) -> Option<&CallsPast> {
        self.past.calls.get(&self.trunk.name)
    }

    /// The last calls failed one after another, though there are so few that twenty seconds hold none.
    fn calls_fail_in_a_row(&self) -> Option<Outlook> {
        let (calls, since) = self.past_calls()?.failing(self.now())?;
        Some(Outlook::Wrong(failing(calls, since, 0.6)))
    }

    /// Calls from one area fail, while others go well.
    fn calls_of_one_area_fail(&self) -> Option<Outlook> {
        let one = self.past_calls()?.one_area(self.now())?;
        let mut opinion = failing(one.failing, one.since_ms, 0.7).of_area(&one.area);
        opinion.findings.push(Finding::CallsWell { n: one.elsewhere });
        opinion.findings.push(Finding::OnlyFrom { area: one.area });
        Some(Outlook::Wrong(opinion))
    }

    /// Sound stays away in calls from one area, while all others have it.
    fn sound_of_one_area(&self) -> Option<Outlook> {
        let (bad, good) = (self.calls.media_bad, self.calls.media_good);
        let all = |a: &&crate::evidence::Area| a.media_bad == bad && a.media_good == 0;
        let area = self
            .calls
            .areas
            .iter()
            .find(all)
            .filter(|_| bad >= 2 && good >= 2)?;
        let findings = vec![
            Finding::SoundMissing { bad, good },
            Finding::OnlyFrom {
                area: area.area.clone(),
            },
        ];
        let opinion = Opinion::new(Label::OtherPartyMedia, self.now() - 1_000, 0.85, findings);
        Some(Outlook::Wrong(opinion.after(4).of_area(&area.area)))
    }

    fn lossy(&self) -> Option<Outlook> {
        let series = self.icmp.or(self.options)?;
        let since = series.lossy(self.now())?;
        let sum = series.sum(self.now() - 4_100);
        let findings = vec![Finding::Loss {
            share: sum.loss(),
            usual: series.usual_loss(),
        }];
        if self.past.crowded(&self.trunk.uplink) {
            return Some(Outlook::Unclear(Opinion::new(
                Label::CannotTell,
                since,
                0.4,
                findings,
            )));
        }
        let opinion = Opinion::new(Label::RandomLoss, since, 0.85, findings);
        Some(Outlook::Wrong(opinion.bringing(Consequence::SoundBroken)))
    }

    fn changed(&self) -> Option<Outlook> {
        let (differs, since) = self.past.paths.get(&self.trunk.name)?.changed(self.now())?;
        let finding = match differs {
            Differs::Hop { hop, now, usual } => Finding::OtherHop { hop, now, usual },
            Differs::Length { now, usual } => Finding::PathLength { now, usual },
        };
        let mut findings = vec![finding];
        let (now, usual) = (
            self.icmp.and_then(|s| s.rtt(self.now(), 1_600)),
            self.icmp.and_then(Series::usual_rtt),
        );
        findings.extend(now.zip(usual).map(|(ms, _)| Finding::TrunkMachineWell { ms }));
        let opinion = Opinion::new(Label::PathChanged, since, 0.9, findings).after(1);
        Some(Outlook::Wrong(opinion.bringing(Consequence::Slow)))
    }

    /// Sound stays away in some calls while the line and other calls are well.
    fn sound(&self) -> Option<Outlook> {
        let (bad, good) = (self.calls.media_bad, self.calls.media_good);
        if bad == 0 {
            return None;
        }
        let findings = vec![Finding::SoundMissing { bad, good }];
        if good == 0 && bad > 1 {
            return Some(Outlook::Unclear(Opinion::new(
                Label::CannotTell,
                self.now() - 1_000,
                0.4,
                findings,
            )));
        }
        let sure = if good >= bad { 0.85 } else { 0.6 };
        Some(Outlook::Wrong(
            Opinion::new(Label::OtherPartyMedia, self.now() - 1_000, sure, findings).after(4),
        ))
    }
}

/// Calls that fail: refused by most, or without an answer.
fn failing(calls: SetUps, since_ms: i64, sure: f64) -> Opinion {
    let (label, finding) = if calls.refused >= calls.unanswered {
        (Label::TrunkRejecting, Finding::CallsRefused { n: calls.refused })
    } else {
        (Label::TrunkHang, Finding::CallsUnanswered { n: calls.unanswered })
    };
    Opinion::new(label, since_ms, sure, vec![finding]).bringing(Consequence::CallsFail)
}
