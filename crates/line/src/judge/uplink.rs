//! The way out: no carrier, a flood, a first hop that says nothing, loss from the first hop on.

use super::past::LinkPast;
use super::{FirstHop, Past};
use crate::evidence::{By, Place};
use crate::hold::{Opinion, Outlook};
use crate::series::Series;
use crate::site::Site;
use crate::verdict::{Consequence, Finding, Label};

pub(crate) fn judge(past: &Past, site: &Site, uplink: &str) -> Outlook {
    let link = past.links.get(uplink);
    if let Some(since) = link.and_then(|l| l.down_since_ms) {
        let opinion = Opinion::new(Label::UplinkDown, since, 0.97, vec![Finding::NoCarrier]);
        return Outlook::Wrong(opinion.after(1).bringing(Consequence::CallsFail));
    }
    let Some(first) = past.first_hop(uplink) else {
        return if link.is_some() {
            Outlook::Well
        } else {
            Outlook::Nothing
        };
    };
    flood(past, first, link)
        .or_else(|| mute(past, site, uplink, first, link))
        .or_else(|| loss(past, uplink, first))
        .unwrap_or_else(|| otherwise(past, first))
}

fn otherwise(past: &Past, first: &Series) -> Outlook {
    if first.well(past.now_ms, 1_100) {
        Outlook::Well
    } else {
        Outlook::Nothing
    }
}

/// More comes in than ever, and the first hop suffers: it is slow *and* loses, which a download does not do to it, or what comes
/// is what nobody asked for.
fn flood(past: &Past, first: &Series, link: Option<&LinkPast>) -> Option<Outlook> {
    let link = link.filter(|l| l.at_ms == Some(past.now_ms))?;
    let (pps, usual) = link.rx.surge(3.0, 200.0)?;
    let slow = first.slow(past.now_ms, 1_600);
    let (short, long) = (first.sum(past.now_ms - 2_100), first.sum(past.now_ms - 4_100));
    let unasked = link.unasked.filter(|u| *u > 0.5 * pps);
    // A burst of loss that meets a download is over while its losses are still among those of the last two seconds: the newest window has to have some.
    let goes_on = first.sum(past.now_ms - 1).loss() >= 0.25;
    let heavy = short.loss() >= 0.25 && short.lost() >= 5 && goes_on;
    let silent = first.silent(past.now_ms, 900, 3);
    let windows = match (
        heavy || silent.is_some(),
        unasked.is_some() && (slow.is_some() || short.loss() > 0.1),
    ) {
        (_, true) => 2,
        (true, _) => 4,
        // What was asked for is acknowledged: on a line that it fills, TCP sends a packet for every few.
        _ if slow.is_some() && link.rx.excess(1.0) > 15.0 * link.tx.excess(1.3).max(1.0) => 3,
        _ if slow.is_some() && long.loss() >= 0.12 && long.lost() >= 5 && first.loses_on(past.now_ms) => 8,
        _ => return None,
    };
    let mut findings = vec![Finding::PacketsIn { pps, usual }];
    findings.extend(slow.map(|(ms, usual)| Finding::FirstHopSlow { ms, usual }));
    findings.push(Finding::FirstHopLoss { share: short.loss() });
    findings.extend(unasked.map(|pps| Finding::Unasked { pps }));
    let sure = 0.6 + 0.15 * f64::from(u8::from(slow.is_some())) + 0.1 * f64::from(u8::from(heavy));
    let sure = sure + 0.1 * f64::from(u8::from(unasked.is_some()));
    // A rise of longer ago was something else, such as a download before it.
    let since = link.rx.risen().unwrap_or(past.now_ms).max(past.now_ms - 10_000);
    let opinion = Opinion::new(Label::TrafficFlood, since, sure, findings).after(windows);
    Some(Outlook::Wrong(
        opinion
            .bringing(Consequence::Slow)
            .bringing(Consequence::SoundBroken),
    ))
}

/// The first hop and all behind it say nothing.
fn mute(past: &Past, site: &Site, uplink: &str, first: &Series, link: Option<&LinkPast>) -> Option<Outlook> {
    let quiet = first.silent(past.now_ms, 1_200, 4)?;
    if behind_answers(past, site, uplink) {
        // A first hop that stopped answering pings while it carries packets is no fault.
        return Some(Outlook::Well);
    }
    let mut findings = vec![Finding::FirstHopSilent { ms: quiet }];
    let fallen = link.and_then(|l| l.rx.fallen());
    findings.extend(fallen.map(|(pps, usual)| Finding::PacketsIn { pps, usual }));
    let sure = if fallen.is_some() { 0.92 } else { 0.75 };
    let opinion = Opinion::new(Label::GatewayMute, past.now_ms - quiet, sure, findings);
    Some(Outlook::Wrong(opinion.bringing(Consequence::CallsFail)))
}

fn behind_answers(past: &Past, site: &Site, uplink: &str) -> bool {
    let fresh = |s: Option<&Series>| s.is_some_and(|s| s.sum(past.now_ms - 1_100).answered > 0);
    let near = [Place::Access, Place::Carrier]
        .iter()
        .any(|p| fresh(past.series(*p, uplink, By::Icmp)));
    let trunks = site.trunks.iter().filter(|t| t.uplink == uplink);
    near || trunks
        .flat_map(|t| [By::Icmp, By::Options].map(|by| past.series(Place::Trunk, &t.name, by)))
        .any(fresh)
}

/// Loss that begins before the first hop. Loss while the link is crowded by what was asked for is congestion, no fault of the line.
fn loss(past: &Past, uplink: &str, first: &Series) -> Option<Outlook> {
    if past.first_hop_state(uplink) == FirstHop::Silent {
        return None;
    }
    let since = first.lossy(past.now_ms)?;
    let sum = first.sum(past.now_ms - 4_100);
    let findings = vec![
        Finding::Loss {
            share: sum.loss(),
            usual: first.usual_loss(),
        },
        Finding::LossFromFirstHop,
    ];
    let surging = past
        .links
        .get(uplink)
        .is_some_and(|l| l.rx.surge(3.0, 200.0).is_some() || l.tx.surge(3.0, 200.0).is_some());
    if surging || past.crowded(uplink) {
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
